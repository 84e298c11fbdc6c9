"""Work in the vault: saving what a desk tells, and reading it back for rating."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, exists, insert, or_, select, update

from connector.desk import Cursor, Raw
from connector.model.period import Period
from connector.model.problem import Problem
from connector.store.counters import latest_seq
from connector.store.engine import Store
from connector.store.facts import HALF_A_DAY
from connector.store.ledger_tables import claims
from connector.store.nouns import Counts, Scope, Seen, SeenTicket, SeenWork
from connector.store.privacy import forget, purge
from connector.store.reading import claimed_by, read_tickets, read_work, within
from connector.store.saving import save
from connector.store.tables import STANDS, cursors, raw_records, ticket_versions, tickets, work, work_versions
from connector.store.tables import owners as owner_rows

__all__ = [
    "Placed",
    "claimed_work",
    "cursor",
    "find_work",
    "first_days",
    "forget",
    "known",
    "latest_seq",
    "mark_synced",
    "opened_on",
    "opened_since",
    "owners",
    "problems",
    "purge",
    "rehomed",
    "save_page",
    "synced_until",
    "tickets_opened",
    "touched_since",
    "unclaimed",
    "work_between",
]


class Placed(NamedTuple):
    """Where a version of an entry says that it was worked."""

    worked_on: date
    started_at: datetime | None


def save_page(store: Store, desk: str, page: Sequence[Seen], cursor: Cursor | None, now: datetime) -> Counts:
    """Save tickets as a pull brought them, and the cursor that is valid after them (None: it stays).

    Raw records, versions, deletions, persons and problems go in together or not at all.
    """
    with store.begin() as connection:
        counts = save(connection, desk, page, now)
        if cursor is not None:
            _put_cursor(connection, desk, {"cursor": cursor, "at": now})
    return counts


def cursor(store: Store, desk: str) -> Cursor:
    """Return where the desk's pull goes on; empty: from the beginning."""
    with store.read() as connection:
        return Cursor(
            connection.execute(select(cursors.c.cursor).where(cursors.c.desk == desk)).scalar() or ""
        )


def known(store: Store, desk: str, tickets_: Iterable[str]) -> dict[str, Raw]:
    """Return the newest raw records of some tickets, by ticket; purged ones are left out."""
    query = (
        select(raw_records.c.ticket, raw_records.c.payload)
        .join(
            tickets,
            (tickets.c.desk == raw_records.c.desk)
            & (tickets.c.ticket == raw_records.c.ticket)
            & (tickets.c.raw_digest == raw_records.c.digest),
        )
        .where(tickets.c.desk == desk, tickets.c.ticket.in_(list(tickets_)))
    )
    with store.read() as connection:
        return {
            ticket: Raw(ticket=ticket, payload=json.loads(text)) for ticket, text in connection.execute(query)
        }


def mark_synced(store: Store, desk: str, started_at: datetime, now: datetime) -> None:
    """Note that a complete pull which began at ``started_at`` (our clock) is in."""
    with store.begin() as connection:
        _put_cursor(connection, desk, {"synced_until": started_at, "at": now})


def synced_until(store: Store) -> dict[str, datetime]:
    """Return by desk the moment of our clock up to which all is in; desks never synced are left out."""
    query = select(cursors.c.desk, cursors.c.synced_until).where(cursors.c.synced_until.is_not(None))
    with store.read() as connection:
        return {row.desk: row.synced_until for row in connection.execute(query)}


def work_between(
    store: Store, start: date, end: date, *, asof: int | None = None, scope: Scope | None = None
) -> Iterator[SeenWork]:
    """Read work of the days from ``start`` to, not including, ``end``, by day, time of day and key.

    Entries of over half a day that began before ``start`` may reach into these days: they come too.
    Deleted work is left out. ``asof`` gives entries and tickets as they were at that sequence number;
    who claimed an entry is told as it is now.
    """
    if asof is None:
        short = ~work.c.long & (work.c.worked_on >= start) & (work.c.worked_on < end)
        reaching = [short, work.c.long & (work.c.worked_on < end)]
    else:
        long = work_versions.c.seconds > HALF_A_DAY
        days = or_(work_versions.c.worked_on >= start, long) & (work_versions.c.worked_on < end)
        reaching = [days & (work.c.first_on < end)]
    wanted = [one & days for one in within(scope) for days in reaching]
    with store.read() as connection:
        yield from read_work(connection, wanted, asof)


def claimed_work(store: Store, customer: str, period: Period, asof: int) -> Iterator[SeenWork]:
    """Read the work that a customer's closed period claims, as it was at a sequence number."""
    theirs = (claims.c.customer == customer) & (claims.c.period_start == period.start)
    with store.read() as connection:
        yield from read_work(connection, [work.c.key.in_(select(claims.c.work).where(theirs))], asof)


def unclaimed(store: Store, start: date, end: date, scope: Scope | None = None) -> Iterator[SeenWork]:
    """Read work of the days from ``start`` to, not including, ``end`` that no close has claimed."""
    free = claimed_by("") & (work.c.worked_on >= start) & (work.c.worked_on < end)
    with store.read() as connection:
        yield from read_work(connection, [free & one for one in within(scope)])


def rehomed(store: Store, before: date, scope: Scope) -> Iterator[SeenWork]:
    """Read work of the days before one whose ticket now names another owner than when it was first seen."""
    now = (ticket_versions.c.ticket == work.c.ticket) & (ticket_versions.c.until == STANDS)
    another = exists().where(now, ticket_versions.c.owner_id != work.c.owner_id)
    moved = select(tickets.c.key).where(tickets.c.moved)
    theirs = or_(
        (work.c.owner_id + 0).in_(sorted(scope.owners)),  # + 0: the moved tickets are few, begin with them
        (work.c.customer == scope.customer) & (work.c.customer != ""),
        work.c.key.in_(sorted(scope.keys)),
        work.c.ticket.in_(sorted(scope.keys)),
    )
    wanted = work.c.ticket.in_(moved) & another & theirs & (work.c.worked_on < before)
    with store.read() as connection:
        if connection.execute(moved.limit(1)).first():
            yield from read_work(connection, [wanted])


def find_work(store: Store, target: str, asof: int | None = None) -> list[SeenWork]:
    """Find work by ``desk/ticket`` or ``desk/ticket/entry``; deleted work is left out."""
    with store.read() as connection:
        return list(read_work(connection, within(Scope(keys=frozenset({target}))), asof))


def owners(store: Store) -> dict[int, tuple[str, Mapping[str, str]]]:
    """Return all owners that tickets or usage ever named: by id the desk or source, and its words."""
    with store.read() as connection:
        return {row.id: (row.desk, row.words) for row in connection.execute(select(owner_rows))}


def touched_since(store: Store, seq: int, scope: Scope, before: date = date.max) -> Iterator[Placed]:
    """Yield the days before one whose work changed after a sequence number: as it was, and as it is now."""
    versions = work_versions
    told = (versions.c.until > seq) & or_(
        versions.c.until < STANDS, versions.c.seq > seq, ~versions.c.deleted
    )
    query = select(versions.c.worked_on, versions.c.started_at).join(work, work.c.key == versions.c.work)
    touched = (work.c.touched > seq) & (work.c.first_on < before) & told & (versions.c.worked_on < before)
    with store.read() as connection:
        for one in within(scope):
            yield from map(Placed._make, connection.execute(query.where(touched, one)))


def first_days(store: Store, target: str) -> list[date]:
    """Return the first day of each entry of a ticket, or of one entry, that any of its versions says."""
    named = (work.c.key == target) | (work.c.ticket == target)
    with store.read() as connection:
        return list(connection.execute(select(work.c.first_on).where(named)).scalars())


def tickets_opened(
    store: Store, start: date, end: date, scope: Scope, asof: int | None = None
) -> list[SeenTicket]:
    """Read tickets opened on the days from ``start`` to, not including, ``end``, by key; removed ones not.

    In a scope is what it names, and what ever named one of its owners: whose it is decides `SeenTicket`.
    """
    versions = ticket_versions.c
    days = (versions.created_on >= start) & (versions.created_on < end)
    ever = select(versions.ticket).where(versions.owner_id.in_(sorted(scope.owners)), days)
    theirs = versions.ticket.in_(ever) | versions.ticket.in_(sorted(scope.keys))
    with store.read() as connection:
        return list(read_tickets(connection, days & theirs & ~versions.removed, asof))


def opened_since(store: Store, seq: int, scope: Scope, before: date) -> Iterator[date]:
    """Yield the days before one on which tickets were opened that changed after a sequence number."""
    versions = ticket_versions.c
    newer = (versions.until == STANDS) & (versions.seq > seq)
    replaced = (versions.until > seq) & (versions.until < STANDS)
    # A ticket that names another owner now goes on to concern the one with whom its work was first seen.
    of_work = work.c.ticket.in_(select(tickets.c.key).where(tickets.c.moved))
    first_theirs = (work.c.owner_id + 0).in_(sorted(scope.owners))  # + 0: as in `rehomed`
    moved = select(work.c.ticket).where(first_theirs, of_work)
    theirs = (
        versions.owner_id.in_(sorted(scope.owners)),
        versions.ticket.in_(moved) | versions.ticket.in_(sorted(scope.keys)),
    )
    query = select(versions.created_on).where(versions.created_on < before).distinct()
    with store.read() as connection:
        for one in theirs:
            for changed in (newer, replaced):
                yield from connection.execute(query.where(one, changed)).scalars()


def opened_on(store: Store, target: str) -> list[date]:
    """Return the days on which any version of a ticket says that it was opened."""
    versions = ticket_versions.c
    query = select(versions.created_on).where(versions.ticket == target, versions.created_on.is_not(None))
    with store.read() as connection:
        return list(connection.execute(query.distinct()).scalars())


def problems(store: Store) -> list[Problem]:
    """Return why the newest state of some tickets could not be taken, by ticket."""
    query = select(tickets.c.problem).where(tickets.c.problem.is_not(None)).order_by(tickets.c.key)
    with store.read() as connection:
        return list(connection.execute(query).scalars())


def _put_cursor(connection: Connection, desk: str, values: dict[str, Any]) -> None:
    if connection.execute(select(cursors.c.desk).where(cursors.c.desk == desk)).first():
        connection.execute(update(cursors).where(cursors.c.desk == desk).values(**values))
    else:
        connection.execute(insert(cursors).values(**{"desk": desk, "cursor": "", **values}))
