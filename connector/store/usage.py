"""Usage in the vault: saving what the files tell, and reading it back for rating."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, false, insert, or_, select

from connector.model.problem import Problem
from connector.model.statement import Fate
from connector.model.usage import UsageRow
from connector.store.engine import Store
from connector.store.nouns import Counts, Scope
from connector.store.reading import stood
from connector.store.tables import STANDS, owners, ticket_versions, tickets
from connector.store.usage_nouns import KnownFile, NamedTicket, SeenUsage, ToldFile, UsageClaim
from connector.store.usage_saving import save_rows
from connector.store.usage_tables import usage, usage_claims, usage_files, usage_versions

_BATCH = 500  # names that are looked up together


def save_file(store: Store, told: ToldFile, now: datetime) -> Counts:
    """Save a file's records as versions, and how the file was read, together or not at all."""
    with store.begin() as connection:
        counts = save_rows(connection, told)
        this = (usage_files.c.source == told.source) & (usage_files.c.name == told.name)
        connection.execute(delete(usage_files).where(this))
        row = {"source": told.source, "name": told.name, "digest": told.digest, "read_at": now}
        connection.execute(insert(usage_files).values(**row, problems=tuple(told.problems)))
    return counts


def known_files(store: Store) -> dict[tuple[str, str], KnownFile]:
    """Return by source and name how each file was read last."""
    query = select(usage_files).order_by(usage_files.c.source, usage_files.c.name)
    with store.read() as connection:
        return {
            (row.source, row.name): KnownFile(
                source=row.source, name=row.name, digest=row.digest, problems=row.problems
            )
            for row in connection.execute(query)
        }


def forget_file(store: Store, source: str, name: str) -> None:
    """Drop how a file was read that is there no more; what it told stands."""
    with store.begin() as connection:
        this = (usage_files.c.source == source) & (usage_files.c.name == name)
        connection.execute(delete(usage_files).where(this))


def usage_problems(store: Store) -> list[Problem]:
    """Return what is wrong with the usage files as they were read last."""
    return [problem for known in known_files(store).values() for problem in known.problems]


def told_by(store: Store, source: str) -> dict[str, str]:
    """Return by record of a source the file that tells it; deleted ones are left out."""
    query = (
        select(usage_versions.c.record, usage.c.file)
        .join(usage, usage.c.key == usage_versions.c.usage)
        .where(usage.c.source == source, usage_versions.c.until == STANDS, ~usage_versions.c.deleted)
    )
    with store.read() as connection:
        return {row.record: row.file for row in connection.execute(query)}


def tickets_named(store: Store, desk: str, by: str, names: Iterable[str]) -> dict[str, NamedTicket]:
    """Find tickets of a desk by ``number`` or ``id``."""
    column = ticket_versions.c.number if by == "number" else tickets.c.ticket
    query = (
        select(column.label("name"), tickets.c.key, ticket_versions.c.number, owners.c.words)
        .join(ticket_versions, ticket_versions.c.ticket == tickets.c.key)
        .join(owners, owners.c.id == ticket_versions.c.owner_id)
        .where(tickets.c.desk == desk)
        .order_by(ticket_versions.c.seq.desc())  # the first version is read last, and counts
    )
    found: dict[str, NamedTicket] = {}
    wanted = sorted(set(names))
    with store.read() as connection:
        for at in range(0, len(wanted), _BATCH):
            for row in connection.execute(query.where(column.in_(wanted[at : at + _BATCH]))):
                found[row.name] = NamedTicket(key=row.key, number=row.number, owner=row.words)
    return found


def usage_between(
    store: Store, start: date, end: date, *, asof: int | None = None, scope: Scope | None = None
) -> Iterator[SeenUsage]:
    """Read usage of the days from ``start`` to, not including, ``end``, or that stands on one of them.

    Deleted records are left out. ``asof`` gives records as they were at that sequence number.
    """
    versions = usage_versions.c
    stands = versions.stands & or_(versions.end.is_(None), versions.end > start)
    used = ~versions.stands & (versions.start >= start)
    yield from _read(store, or_(stands, used) & (versions.start < end), asof, scope)


def unclaimed_usage(store: Store, scope: Scope | None = None) -> Iterator[SeenUsage]:
    """Read usage that no close has claimed."""
    yield from _read(store, usage.c.customer == "", None, scope)


def find_usage(store: Store, key: str) -> list[SeenUsage]:
    """Find a record by ``source/record``; none if there is none, or it was deleted."""
    return list(_read(store, usage.c.key == key, None, None))


def usage_touched_since(store: Store, seq: int, scope: Scope) -> date | None:
    """Return the first day from which usage is another after a sequence number."""
    versions = usage_versions.c
    changed = (
        select(versions.usage)
        .join(usage, usage.c.key == versions.usage)
        .where(versions.seq > seq)
        .where(_within(scope, ever=True))
    )
    query = select(usage_versions).where(
        versions.usage.in_(changed), or_(versions.until == STANDS, stood(usage_versions, seq))
    )
    with store.read() as connection:
        states: dict[str, list[Row[Any]]] = {}
        for row in connection.execute(query):
            states.setdefault(row.usage, []).append(row)
    days = [_first_difference(found, seq) for found in states.values()]
    return min((day for day in days if day is not None), default=None)


def claims_of_usage(store: Store, period_start: date, scope: Scope) -> list[UsageClaim]:
    """Return what closed periods of that first day claim of the usage of a scope, whoever claims it."""
    versions = usage_versions.c
    mine = select(versions.usage).where(versions.owner_id.in_(sorted(scope.owners)))
    query = select(usage_claims).where(
        usage_claims.c.period_start == period_start,
        or_(usage_claims.c.customer == scope.customer, usage_claims.c.usage.in_(mine)),
    )
    with store.read() as connection:
        return [
            UsageClaim(
                usage=row.usage,
                period_start=row.period_start,
                fate=Fate(row.fate),
                customer=row.customer,
                owner_id=row.owner_id,
            )
            for row in connection.execute(query)
        ]


def periods_holding_usage(store: Store, customer: str) -> set[date]:
    """Return the first days of a customer's closed periods that hold usage back."""
    held = (usage_claims.c.customer == customer) & (usage_claims.c.fate == Fate.HELD)
    with store.read() as connection:
        return set(connection.execute(select(usage_claims.c.period_start).where(held)).scalars())


def _first_difference(states: list[Row[Any]], seq: int) -> date | None:
    """Return the first day on which a record is another than it was; where only the end moved, that day."""
    before = next((row for row in states if row.seq <= seq and not row.deleted), None)
    after = next((row for row in states if row.until == STANDS and not row.deleted), None)
    if before is None or after is None:
        known = before if after is None else after
        start: date | None = known.start if known else None
        return start
    if before.end != after.end and before.digest.split(" ")[0] == after.digest.split(" ")[0]:
        ends: list[date] = [end for end in (before.end, after.end) if end is not None]
        return min(ends)
    starts: tuple[date, date] = before.start, after.start
    return min(starts)


def _within(scope: Scope | None, *, ever: bool = False) -> ColumnElement[bool]:
    """Ask for the usage of a scope; ``ever``: also for what was of it in an earlier version."""
    if scope is None:
        return usage.c.key.is_not(None)
    mine = usage_versions.c.owner_id.in_(sorted(scope.owners))
    if ever:
        mine = usage.c.key.in_(select(usage_versions.c.usage).where(mine))
    claimed = usage.c.customer == scope.customer if scope.customer else false()
    return or_(mine, claimed)


def _read(
    store: Store, wanted: ColumnElement[bool], asof: int | None, scope: Scope | None
) -> Iterator[SeenUsage]:
    query: Select[Any] = (
        select(usage.c.source, usage.c.file, owners.c.desk, owners.c.words, usage_versions)
        .join(usage_versions, usage_versions.c.usage == usage.c.key)
        .join(owners, owners.c.id == usage_versions.c.owner_id)
        .where(stood(usage_versions, asof), ~usage_versions.c.deleted, wanted, _within(scope))
        .order_by(usage_versions.c.start, usage.c.key)
    )
    with store.read() as connection:
        for row in connection.execute(query):
            yield SeenUsage(row=_row(row), owner_id=row.owner_id, file=row.file)


def _row(row: Row[Any]) -> UsageRow:
    return UsageRow(
        source=row.source,
        record=row.record,
        quantity=row.quantity,
        start=row.start,
        at=row.at,
        end=row.end,
        stands=row.stands,
        unit=row.unit,
        text=row.text,
        cost=row.cost,
        ticket=row.ticket,
        number=row.number,
        owned_at=row.desk,
        owner=row.words,
        columns=row.columns,
    )
