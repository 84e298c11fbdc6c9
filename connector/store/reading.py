"""Reading work: the versions that stand now, or stood at a sequence number, each with its ticket."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    Text,
    false,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from connector.model.work import Survey, TicketSnapshot, WorkEntry
from connector.store.nouns import Scope, SeenWork
from connector.store.tables import STANDS, owners, persons, ticket_versions, tickets, work, work_versions

_BATCH = 2000  # rows whose tickets are looked up together


class _Person(NamedTuple):
    remote_id: str = ""
    name: str = ""


def stood(versions: Table, asof: int | None) -> ColumnElement[bool]:
    """Ask for the versions that stand now, or that stood at a sequence number."""
    if asof is None:
        return versions.c.until == STANDS
    return (versions.c.seq <= asof) & (versions.c.until > asof)


def within(scope: Scope | None) -> ColumnElement[bool]:
    """Ask for the work of a scope; None: all work."""
    if scope is None:
        return literal(True)
    return or_(
        work.c.customer == scope.customer if scope.customer else false(),
        work.c.owner_id.in_(sorted(scope.owners)),
        work.c.key.in_(sorted(scope.keys)),
        work.c.ticket.in_(sorted(scope.keys)),
    )


def standing_work(asof: int | None) -> Select[Any]:
    """Select work that is not deleted, by day, time of day and key."""
    began = func.coalesce(type_coerce(work_versions.c.started_at, Text), "")
    return (
        select(
            work.c.entry,
            work.c.owner_id,
            work.c.customer,
            ticket_versions.c.seq,
            work_versions.c.seq,
            work_versions.c.seconds,
            work_versions.c.worked_on,
            work_versions.c.started_at,
            work_versions.c.ended_at,
            work_versions.c.person_id,
            work_versions.c.activity,
            work_versions.c.note,
            work_versions.c.billable,
            work_versions.c.fields,
            work_versions.c.problem,
        )
        .join(work_versions, work_versions.c.work == work.c.key)
        .join(ticket_versions, ticket_versions.c.ticket == work.c.ticket)
        .where(stood(work_versions, asof), stood(ticket_versions, asof), ~work_versions.c.deleted)
        .order_by(work_versions.c.worked_on, began, work.c.key)
    )


def read_work(connection: Connection, query: Select[Any]) -> Iterator[SeenWork]:
    """Read what `standing_work` selected, a batch at a time."""
    owned = {row.id: row.words for row in connection.execute(select(owners))}
    people = {row.id: _Person(row.remote_id, row.name) for row in connection.execute(select(persons))}
    snapshots: dict[int, TicketSnapshot] = {}
    for rows in connection.execute(query).partitions(_BATCH):
        lacking = {row[3] for row in rows} - snapshots.keys()
        snapshots.update(_snapshots(connection, sorted(lacking), owned))
        for row in rows:
            yield _seen_work(row, snapshots[row[3]], owned, people)


def _seen_work(
    row: Row[Any],
    ticket: TicketSnapshot,
    owned: Mapping[int, Mapping[str, str]],
    people: Mapping[int | None, _Person],
) -> SeenWork:
    entry, owner, customer, ticket_seq, seq, *told = tuple(row)
    seconds, worked_on, started_at, ended_at, person, activity, note, billable, fields, problem = told
    technician = people[person] if person is not None else _Person()
    return SeenWork(
        entry=WorkEntry(
            desk=ticket.desk,
            ticket=ticket.ticket,
            entry=entry,
            seconds=seconds,
            worked_on=worked_on,
            started_at=started_at,
            ended_at=ended_at,
            technician=technician.remote_id,
            technician_name=technician.name,
            activity=activity,
            note=note,
            billable=billable,
            fields=fields,
            problem=problem,
        ),
        ticket=ticket,
        first_owner=owned[owner],
        claimed_by=customer,
        seq=max(seq, ticket_seq),
    )


def _snapshots(
    connection: Connection, seqs: Sequence[int], owned: Mapping[int, Mapping[str, str]]
) -> dict[int, TicketSnapshot]:
    query = (
        select(tickets.c.desk, tickets.c.ticket.label("id"), ticket_versions)
        .join(tickets, tickets.c.key == ticket_versions.c.ticket)
        .where(ticket_versions.c.seq.in_(seqs))
    )
    return {row.seq: _snapshot(row, owned) for row in connection.execute(query)}


def _snapshot(row: Row[Any], owned: Mapping[int, Mapping[str, str]]) -> TicketSnapshot:
    return TicketSnapshot(
        desk=row.desk,
        ticket=row.id,
        number=row.number,
        title=row.title,
        owner=owned[row.owner_id],
        work=(),
        changed_at=row.changed_at,
        created_on=row.created_on,
        closed=row.closed,
        survey=Survey(row.survey),
        survey_text=row.survey_text,
        fields=row.fields,
        removed=row.removed,
    )
