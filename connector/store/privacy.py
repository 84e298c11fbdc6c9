"""Forgetting persons, and removing what need not be kept; invoices, lines and bases are never touched."""

from datetime import date, datetime

from sqlalchemy import delete, or_, select, update

from connector.store.engine import Store
from connector.store.events import note
from connector.store.nouns import Purged
from connector.store.tables import STANDS, persons, raw_records, tickets, work, work_versions


def forget(store: Store, desk: str, person_remote_id: str, now: datetime) -> bool:
    """Blank a person's name for good and tell whether anybody was found.

    The opaque id stays, and with it every figure and digest. The raw records of the tickets that the person
    worked on are removed, for they hold the name. Texts that people wrote (notes, titles) are not searched;
    `purge` blanks notes.
    """
    with store.begin() as connection:
        person = connection.execute(
            select(persons.c.id).where(persons.c.desk == desk, persons.c.remote_id == person_remote_id)
        ).scalar()
        if person is None:
            return False
        connection.execute(update(persons).where(persons.c.id == person).values(name="", forgotten_at=now))
        theirs = (
            select(tickets.c.ticket)
            .join(work, work.c.ticket == tickets.c.key)
            .join(work_versions, work_versions.c.work == work.c.key)
            .where(tickets.c.desk == desk, work_versions.c.person_id == person)
        )
        connection.execute(
            delete(raw_records).where(raw_records.c.desk == desk, raw_records.c.ticket.in_(theirs))
        )
        note(connection, now, "", "forget", f"{desk} person {person}", "")
    return True


def technicians(store: Store) -> dict[tuple[str, str], str]:
    """Return the names of who worked, by desk and the desk's own id; empty: unknown, or forgotten."""
    with store.read() as connection:
        return {(row.desk, row.remote_id): row.name for row in connection.execute(select(persons))}


def purge(store: Store, raw_before: datetime, notes_before: date, now: datetime) -> Purged:
    """Remove raw records fetched before a moment, and blank old notes of work that is claimed or deleted.

    Notes are those of work done before the day ``notes_before``. A purged note does not come back with the
    next pull: the entry's digest stays that of what the desk told.
    """
    settled = or_(
        work_versions.c.work.in_(select(work.c.key).where(work.c.customer != "")),
        work_versions.c.work.in_(
            select(work_versions.c.work).where(work_versions.c.until == STANDS, work_versions.c.deleted)
        ),
    )
    old = (work_versions.c.worked_on < notes_before) & (work_versions.c.note != "")
    with store.begin() as connection:
        raw = connection.execute(delete(raw_records).where(raw_records.c.fetched_at < raw_before)).rowcount
        notes = connection.execute(update(work_versions).where(old, settled).values(note="")).rowcount
        note(connection, now, "", "purge", "", f"{raw} raw records, {notes} notes")
    return Purged(raw=raw, notes=notes)
