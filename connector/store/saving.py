"""Saving a page of tickets: what is new, changed or gone becomes a version; the same again writes nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, bindparam, case, insert, select, update

from connector.model.problem import Problem
from connector.store.counters import SEQUENCE, current, take
from connector.store.facts import HALF_A_DAY, Facts, facts_of
from connector.store.names import name_all
from connector.store.nouns import Counts, Seen
from connector.store.tables import STANDS, raw_records, ticket_versions, tickets, work, work_versions

_GONE = ""  #: the digest of a deleted entry: whatever comes back is a new version
_Rows = list[dict[str, Any]]


class _State(NamedTuple):
    """What a ticket's row says of its newest pull."""

    raw_digest: str = ""
    digest: str = ""
    problem: Problem | None = None


class _Standing(NamedTuple):
    """The version of an entry that stands."""

    ticket: str
    digest: str
    owner_id: int


def save(connection: Connection, desk: str, page: Sequence[Seen], now: datetime) -> Counts:
    """Save tickets; where one comes twice in a page its last state counts."""
    newest = {f"{desk}/{seen.raw.ticket}": seen for seen in page}
    names = name_all(connection, desk, [seen.snapshot for seen in newest.values() if seen.snapshot])
    pulled = [facts_of(key, seen, names) for key, seen in newest.items()]
    known = _states(connection, newest)
    _save_raw(connection, desk, [one for one in pulled if _raw_is_new(one, known)], now)
    _save_tickets(connection, desk, pulled, known)
    changed = [one for one in pulled if one.version and one.digest != known.get(one.key, _State()).digest]
    counts = _save_versions(connection, changed)
    return counts + Counts(unchanged=_entries(pulled) - _entries(changed))


def _entries(pulled: Iterable[Facts]) -> int:
    return sum(len(one.work) for one in pulled)


def _states(connection: Connection, keys: Iterable[str]) -> dict[str, _State]:
    query = select(tickets.c.key, tickets.c.raw_digest, tickets.c.digest, tickets.c.problem)
    return {
        key: _State(*rest) for key, *rest in connection.execute(query.where(tickets.c.key.in_(list(keys))))
    }


def _raw_is_new(one: Facts, known: Mapping[str, _State]) -> bool:
    return one.raw_digest != known.get(one.key, _State()).raw_digest


def _save_raw(connection: Connection, desk: str, pulled: Sequence[Facts], now: datetime) -> None:
    # A ticket may return to a state that it had: that record is there already.
    query = select(raw_records.c.ticket, raw_records.c.digest).where(
        raw_records.c.desk == desk, raw_records.c.ticket.in_([one.ticket for one in pulled])
    )
    known = {tuple(row) for row in connection.execute(query)} if pulled else set()
    _insert(
        connection,
        raw_records,
        [
            {
                "desk": desk,
                "ticket": one.ticket,
                "digest": one.raw_digest,
                "payload": one.raw_text,
                "fetched_at": now,
            }
            for one in pulled
            if (one.ticket, one.raw_digest) not in known
        ],
    )


def _save_tickets(
    connection: Connection, desk: str, pulled: Sequence[Facts], known: Mapping[str, _State]
) -> None:
    new, moved = [], []
    for one in pulled:
        old = known.get(one.key)
        state = _State(one.raw_digest, one.digest or (old.digest if old else ""), one.problem)
        if old is None:
            told = {"key": one.key, "desk": desk, "ticket": one.ticket, "moved": False}
            new.append({**told, **state._asdict()})
        elif state != old:
            moved.append({"of": one.key, **state._asdict()})
    _insert(connection, tickets, new)
    if moved:
        connection.execute(update(tickets).where(tickets.c.key == bindparam("of")), moved)


def _save_versions(connection: Connection, changed: Sequence[Facts]) -> Counts:
    standing = _standing_work(connection, changed)
    first = (current(connection, SEQUENCE) or 0) + 1  # all that this transaction writes is numbered from here
    rows = {key: row for one in changed for key, row in one.work.items()}
    new = [key for key in rows if key not in standing or standing[key].digest == _GONE]
    altered = [
        key for key in rows if key in standing and _GONE != standing[key].digest != rows[key]["digest"]
    ]
    gone = [key for key, was in standing.items() if was.digest != _GONE and key not in rows]
    _insert(connection, work, [row for one in changed for row in _new_work(one, standing, first)])
    tickets_now = _changed_tickets(connection, changed)
    put_versions(connection, ticket_versions, "ticket", tickets_now)
    versions = [rows[key] for key in (*new, *altered)] + _deletions(connection, gone)
    put_versions(connection, work_versions, "work", versions)
    _touch(connection, [row["ticket"] for row in tickets_now], gone, first)
    _place(connection, [rows[key] for key in (*new, *altered) if key in standing], first)
    _mark_moved(connection, changed, standing)
    unchanged = len(rows) - len(new) - len(altered)
    return Counts(new=len(new), changed=len(altered), deleted=len(gone), unchanged=unchanged)


def _new_work(one: Facts, standing: Mapping[str, _Standing], first: int) -> Iterator[dict[str, Any]]:
    born = {"ticket": one.key, "owner_id": one.owner_id, "customer": "", "touched": first}
    for key, entry in one.entries.items():
        if key not in standing:
            row = one.work[key]
            yield {"key": key, "entry": entry, **born, **_placed(row), "first_on": row["worked_on"]}


def _placed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"worked_on": row["worked_on"], "long": row["seconds"] > HALF_A_DAY}


def _touch(connection: Connection, of: Sequence[str], keys: Sequence[str], first: int) -> None:
    """Note that entries, or the tickets of entries, have newer versions."""
    for column, touched in ((work.c.ticket, of), (work.c.key, keys)):
        if touched:
            older = column.in_(touched) & (work.c.touched < first)
            connection.execute(update(work).where(older).values(touched=first))


def _place(connection: Connection, rows: _Rows, first: int) -> None:
    """Note where work stands whose newest version is another than before."""
    if not rows:
        return
    day = bindparam("day", type_=work.c.worked_on.type)
    earlier = case((work.c.first_on < day, work.c.first_on), else_=day)
    moved = update(work).where(work.c.key == bindparam("of")).values(touched=first, first_on=earlier)
    connection.execute(moved, [{"of": row["work"], "day": row["worked_on"], **_placed(row)} for row in rows])


def _mark_moved(connection: Connection, changed: Sequence[Facts], standing: Mapping[str, _Standing]) -> None:
    """Note which tickets name another owner now than some of their work was first seen with."""
    owner = {one.key: one.owner_id for one in changed}
    moved = {was.ticket for was in standing.values() if was.owner_id != owner[was.ticket]}
    for names_another, keys in ((True, moved), (False, {was.ticket for was in standing.values()} - moved)):
        if keys:
            wrong = tickets.c.key.in_(sorted(keys)) & (tickets.c.moved != names_another)
            connection.execute(update(tickets).where(wrong).values(moved=names_another))


def _standing_work(connection: Connection, changed: Sequence[Facts]) -> dict[str, _Standing]:
    query = (
        select(work.c.key, work.c.ticket, work_versions.c.digest, work.c.owner_id)
        .join(work_versions, work_versions.c.work == work.c.key)
        .where(work_versions.c.until == STANDS, work.c.ticket.in_([one.key for one in changed]))
    )
    return {key: _Standing(*rest) for key, *rest in connection.execute(query)}


def _changed_tickets(connection: Connection, changed: Sequence[Facts]) -> _Rows:
    query = select(ticket_versions.c.ticket, ticket_versions.c.digest).where(
        ticket_versions.c.until == STANDS, ticket_versions.c.ticket.in_([one.key for one in changed])
    )
    standing = {row.ticket: row.digest for row in connection.execute(query)}
    return [one.version for one in changed if standing.get(one.key) != one.version["digest"]]


def _deletions(connection: Connection, gone: Sequence[str]) -> _Rows:
    query = select(work_versions).where(work_versions.c.until == STANDS, work_versions.c.work.in_(gone))
    rows = connection.execute(query).mappings() if gone else ()
    return [{**row, "deleted": True, "digest": _GONE} for row in rows]


def put_versions(connection: Connection, table: Table, of: str, rows: _Rows) -> None:
    """Put versions in the place of those that stand."""
    if not rows:
        return
    first = take(connection, SEQUENCE, len(rows))
    versions = [{**row, "seq": seq, "until": STANDS} for seq, row in enumerate(rows, first)]
    ends = [{"of": row[of], "seq_after": row["seq"]} for row in versions]
    stands = (table.c[of] == bindparam("of")) & (table.c.until == STANDS)
    connection.execute(update(table).where(stands).values(until=bindparam("seq_after")), ends)
    connection.execute(insert(table), versions)


def _insert(connection: Connection, table: Table, rows: _Rows) -> None:
    if rows:
        connection.execute(insert(table), rows)
