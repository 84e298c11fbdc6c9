"""Persons and owners under opaque ids, so that a person can be forgotten and no digest holds a name."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from connector.model.work import TicketSnapshot
from connector.store.columns import canonical
from connector.store.tables import owners, persons


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The opaque ids of all owners and persons of some tickets of one desk."""

    owners: dict[str, int]  #: by words, canonical
    persons: dict[str, int]  #: by the desk's own id
    forgotten: frozenset[str]  #: the desk's own ids

    def owner(self, snapshot: TicketSnapshot) -> int:
        """Return the id of the ticket's present owner."""
        return self.owners[canonical(dict(snapshot.owner))]

    def without_owners_and_persons(self, text: str, snapshot: TicketSnapshot) -> str:
        """Put opaque ids for the names in the JSON text of a ticket."""
        for word in sorted(snapshot.owner.values()):
            text = _replaced(text, word, f"owner {self.owner(snapshot)}")
        return self.without_persons(text, snapshot, self.persons)

    def without_forgotten(self, text: str, snapshot: TicketSnapshot) -> str:
        """Put opaque ids for the names of forgotten persons in the JSON text of a ticket."""
        return self.without_persons(text, snapshot, self.forgotten)

    def without_persons(self, text: str, snapshot: TicketSnapshot, remote_ids: Iterable[str]) -> str:
        """Put opaque ids for the names of some of the technicians in the JSON text of a ticket."""
        chosen = set(remote_ids)
        people = {(entry.technician_name, entry.technician) for entry in snapshot.work}
        for name, technician in sorted(people):
            if technician in chosen:
                text = _replaced(text, name, f"person {self.persons[technician]}")
        return text


def name_all(connection: Connection, desk: str, snapshots: Iterable[TicketSnapshot]) -> Names:
    """Look up the ids of all owners and technicians; those not seen before get one."""
    snapshots = list(snapshots)
    people = {e.technician: e.technician_name for s in snapshots for e in s.work if e.technician}
    words = {canonical(dict(s.owner)): dict(s.owner) for s in snapshots}
    ids, forgotten = _persons(connection, desk, people)
    return Names(owners=owner_ids(connection, desk, words), persons=ids, forgotten=forgotten)


def owner_ids(connection: Connection, desk: str, words: dict[str, dict[str, str]]) -> dict[str, int]:
    """Look up the ids of owners by their words, canonical; those not seen before get one."""
    query = select(owners.c.words, owners.c.id).where(
        owners.c.desk == desk, owners.c.words.in_(list(words.values()))
    )
    known = {canonical(found): id_ for found, id_ in connection.execute(query)}
    missing = [{"desk": desk, "words": words[text]} for text in words if text not in known]
    if not missing:
        return known
    connection.execute(insert(owners), missing)
    return {canonical(found): id_ for found, id_ in connection.execute(query)}


def _persons(
    connection: Connection, desk: str, people: dict[str, str]
) -> tuple[dict[str, int], frozenset[str]]:
    query = select(persons).where(persons.c.desk == desk, persons.c.remote_id.in_(list(people)))
    known = {row.remote_id: row for row in connection.execute(query)}
    missing = [{"desk": desk, "remote_id": r, "name": people[r]} for r in people if r not in known]
    if missing:
        connection.execute(insert(persons), missing)
        known = {row.remote_id: row for row in connection.execute(query)}
    for remote_id, row in known.items():
        if people[remote_id] not in ("", row.name) and row.forgotten_at is None:
            connection.execute(update(persons).where(persons.c.id == row.id).values(name=people[remote_id]))
    forgotten = frozenset(remote_id for remote_id, row in known.items() if row.forgotten_at is not None)
    return {remote_id: row.id for remote_id, row in known.items()}, forgotten


def _replaced(text: str, name: str, by: str) -> str:
    if not name:
        return text
    return text.replace(json.dumps(name, ensure_ascii=False), json.dumps(by))
