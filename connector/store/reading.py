"""Reading work: the versions that stand now, or stood at a sequence number, each with its ticket.

Rows come as the driver gives them and are read here: months of work say the same few days, words and persons.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    ScalarSelect,
    Select,
    Table,
    Text,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)

from connector.model.making import maker
from connector.model.work import Survey, TicketSnapshot, WorkEntry
from connector.store.columns import read_problem, read_words
from connector.store.nouns import Scope, SeenTicket, SeenWork
from connector.store.tables import STANDS, owners, persons, ticket_versions, tickets, work, work_versions

_BATCH = 500  # rows whose tickets are looked up together
_day = lru_cache(maxsize=4096)(date.fromisoformat)
_make_entry, _make_ticket, _make_seen = maker(WorkEntry), maker(TicketSnapshot), maker(SeenWork)


class _Person(NamedTuple):
    remote_id: str = ""
    name: str = ""


class _Names(NamedTuple):
    """Who is meant by the opaque ids."""

    owners: Mapping[int, Mapping[str, str]]
    persons: Mapping[int | None, _Person]


def stood(versions: Table, asof: int | None) -> ColumnElement[bool]:
    """Ask for the versions that stand now, or that stood at a sequence number."""
    if asof is None:
        return versions.c.until == STANDS
    return (versions.c.seq <= asof) & (versions.c.until > asof)


def claimed_by(customer: str) -> ColumnElement[bool]:
    """Ask for the work that a customer's closed periods claimed; empty: that none did."""
    # The owner is named because the index begins with it.
    return work.c.owner_id.in_(select(owners.c.id)) & (work.c.customer == customer)


def within(scope: Scope | None) -> list[ColumnElement[bool]]:
    """Ask for the work of a scope, part by part, so that each finds its index; no entry is in two parts.

    None asks for all work.
    """
    if scope is None:
        return [literal(True)]
    parts: list[ColumnElement[bool]] = []
    others: ColumnElement[bool] = work.c.owner_id.not_in(sorted(scope.owners))
    keys = sorted(scope.keys)
    if scope.owners:
        parts.append(work.c.owner_id.in_(sorted(scope.owners)))
    if scope.customer:
        parts.append(claimed_by(scope.customer) & others)
        others &= work.c.customer != scope.customer
    if keys:
        parts.append(or_(work.c.key.in_(keys), work.c.ticket.in_(keys)) & others)
    return parts


def read_work(
    connection: Connection, parts: Sequence[ColumnElement[bool]], asof: int | None = None
) -> Iterator[SeenWork]:
    """Read the work that meets any of some conditions, no two of which the same entry meets.

    It comes by day, time of day and key; deleted work is left out.
    """
    if not parts:
        return
    names = _Names(
        owners=_owners(connection),
        persons={row.id: _Person(row.remote_id, row.name) for row in connection.execute(select(persons))},
    )
    snapshots: dict[str, tuple[int, TicketSnapshot]] = {}
    query = union_all(*(_standing_work(asof).where(part) for part in parts))
    for rows in connection.execute(query.order_by("worked_on", "began", "key")).partitions(_BATCH):
        lacking = {row[0] for row in rows} - snapshots.keys()
        if lacking:
            snapshots.update(_snapshots(connection, sorted(lacking), asof, names))
        for row in rows:
            yield _seen_work(row, snapshots, names)


def _owners(connection: Connection) -> dict[int, Mapping[str, str]]:
    return {row.id: row.words for row in connection.execute(select(owners))}


@lru_cache(maxsize=8)
def _standing_work(asof: int | None) -> Select[Any]:
    versions = work_versions.c
    return (
        select(
            work.c.ticket,
            work.c.entry,
            work.c.owner_id,
            work.c.customer,
            versions.seq,
            versions.seconds,
            _raw(versions.worked_on).label("worked_on"),
            func.coalesce(_raw(versions.started_at), "").label("began"),
            _raw(versions.ended_at),
            versions.person_id,
            versions.activity,
            versions.note,
            type_coerce(versions.billable, Integer),
            _raw(versions.fields),
            _raw(versions.problem),
            work.c.key.label("key"),
        )
        .join(work_versions, versions.work == work.c.key)
        .where(stood(work_versions, asof), ~versions.deleted)
    )


def _raw(column: ColumnElement[Any]) -> ColumnElement[str]:
    return type_coerce(column, Text)


def _seen_work(row: Row[Any], snapshots: Mapping[str, tuple[int, TicketSnapshot]], names: _Names) -> SeenWork:
    ticket_key, entry, owner, customer, seq, seconds, worked_on, began, ended, *told = tuple(row)
    person, activity, note, billable, fields, problem, _ = told
    ticket_seq, ticket = snapshots[ticket_key]
    technician = names.persons[person] if person is not None else _NOBODY
    return _make_seen(
        entry=_make_entry(
            desk=ticket.desk,
            ticket=ticket.ticket,
            entry=entry,
            seconds=seconds,
            worked_on=_day(worked_on),
            started_at=datetime.fromisoformat(began) if began else None,
            ended_at=datetime.fromisoformat(ended) if ended else None,
            technician=technician.remote_id,
            technician_name=technician.name,
            activity=activity,
            note=note,
            billable=None if billable is None else billable == 1,
            fields=read_words(fields),
            problem=None if problem is None else read_problem(problem),
        ),
        ticket=ticket,
        first_owner=names.owners[owner],
        claimed_by=customer,
        seq=max(ticket_seq, seq),
    )


_NOBODY = _Person()


def _snapshots(
    connection: Connection, keys: Sequence[str], asof: int | None, names: _Names
) -> dict[str, tuple[int, TicketSnapshot]]:
    wanted = ticket_versions.c.ticket.in_(keys) & stood(ticket_versions, asof)
    rows = connection.execute(_TICKETS.where(wanted)).all()  # at once: one by one takes far longer
    return {key: (seq, _snapshot(told, names)) for key, seq, *told in rows}


_TICKETS = select(
    ticket_versions.c.ticket,
    ticket_versions.c.seq,
    tickets.c.desk,
    tickets.c.ticket,
    ticket_versions.c.number,
    ticket_versions.c.title,
    ticket_versions.c.owner_id,
    _raw(ticket_versions.c.changed_at),
    _raw(ticket_versions.c.created_on),
    ticket_versions.c.closed,
    ticket_versions.c.survey,
    ticket_versions.c.survey_text,
    _raw(ticket_versions.c.fields),
    ticket_versions.c.removed,
).join(tickets, tickets.c.key == ticket_versions.c.ticket)
_SURVEYS = {survey.value: survey for survey in Survey}


def _snapshot(told: Sequence[Any], names: _Names) -> TicketSnapshot:
    desk, ticket, number, title, owner, changed, created, closed, survey, survey_text, fields, removed = told
    return _make_ticket(
        desk=desk,
        ticket=ticket,
        number=number,
        title=title,
        owner=names.owners[owner],
        work=(),
        changed_at=datetime.fromisoformat(changed),
        created_on=None if created is None else _day(created),
        closed=closed,
        survey=_SURVEYS[survey],
        survey_text=survey_text,
        fields=read_words(fields),
        removed=removed,
    )


def read_tickets(
    connection: Connection, wanted: ColumnElement[bool], asof: int | None = None
) -> Iterator[SeenTicket]:
    """Read the tickets that meet a condition, by key; those without a day of opening are left out."""
    names = _Names(owners=_owners(connection), persons={})
    query = _TICKETS.add_columns(_first_owner(asof)).where(wanted, stood(ticket_versions, asof))
    for _, _, *told, first in connection.execute(query.order_by(ticket_versions.c.ticket)):
        ticket = _snapshot(told, names)
        if ticket.created_on is not None:
            owner = ticket.owner if first is None else names.owners[first]
            yield SeenTicket(ticket=ticket, opened_on=ticket.created_on, first_owner=owner)


def _first_owner(asof: int | None) -> ScalarSelect[int]:
    """Ask with whom the first work of a ticket was seen that was known at a sequence number."""
    known = literal(True) if asof is None else work_versions.c.seq <= asof
    return (
        select(work.c.owner_id)
        .join(work_versions, work_versions.c.work == work.c.key)
        .where(work.c.ticket == ticket_versions.c.ticket, known)
        .order_by(work_versions.c.seq)
        .limit(1)
        .correlate(ticket_versions)
        .scalar_subquery()
    )
