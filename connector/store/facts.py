"""From a ticket as a pull brought it to the rows of its versions, each with a digest that holds no name."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any

from connector.model.problem import Problem
from connector.model.work import TicketSnapshot, WorkEntry
from connector.store.columns import canonical, write_moment, write_problem
from connector.store.names import Names
from connector.store.nouns import Seen

#: Longer work may reach into the days after the one on which it began; in seconds.
HALF_A_DAY = 43200


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A ticket's rows, not stored yet."""

    key: str  #: ``desk/ticket``
    ticket: str  #: the desk's own id
    raw_text: str
    raw_digest: str
    problem: Problem | None
    digest: str  #: of the ticket with all its work; empty: it could not be parsed
    version: dict[str, Any]  #: the row of the ticket's own facts; empty: it could not be parsed
    work: dict[str, dict[str, Any]]  #: the rows of its entries, by entry key
    entries: dict[str, str]  #: the desk's own entry ids, by entry key

    @property
    def owner_id(self) -> int:
        """The present owner."""
        return int(self.version["owner_id"])


def digest_of(text: str) -> str:
    """Name a text by its content."""
    return hashlib.sha256(text.encode()).hexdigest()


def facts_of(key: str, seen: Seen, names: Names) -> Facts:
    """Make the rows of one ticket."""
    raw, snapshot = canonical(seen.raw.payload), seen.snapshot
    problem = seen.problem or (_contradiction(key, snapshot) if snapshot else None)
    if snapshot is None or problem:
        return Facts(
            key=key,
            ticket=seen.raw.ticket,
            raw_text=raw,
            raw_digest=digest_of(raw),
            problem=problem,
            digest="",
            version={},
            work={},
            entries={},
        )
    present = () if snapshot.removed else snapshot.work
    version = _ticket_row(key, snapshot, names)
    work = {entry.key: _work_row(entry, names) for entry in present}
    return Facts(
        key=key,
        ticket=seen.raw.ticket,
        raw_text=names.without_forgotten(raw, snapshot),
        raw_digest=digest_of(names.without_owners_and_persons(raw, snapshot)),
        problem=None,
        digest=digest_of(
            canonical([version["digest"], sorted((k, row["digest"]) for k, row in work.items())])
        ),
        version=version,
        work=work,
        entries={entry.key: entry.entry for entry in present},
    )


def _contradiction(key: str, snapshot: TicketSnapshot) -> Problem | None:
    keys = Counter(entry.key for entry in snapshot.work)
    wrong = [entry for entry, count in keys.items() if count > 1 or not entry.startswith(f"{key}/")]
    if not wrong:
        return None
    return Problem(
        code="ticket_contradicts_itself",
        message=f"the desk's adapter gave {', '.join(wrong)} twice or on the wrong ticket; "
        "its work stands as it was; report it to the adapter's author",
        about=key,
    )


def _ticket_row(key: str, snapshot: TicketSnapshot, names: Names) -> dict[str, Any]:
    told = {
        "number": snapshot.number,
        "title": snapshot.title,
        "owner_id": names.owner(snapshot),
        "closed": snapshot.closed,
        "survey": str(snapshot.survey),
        "survey_text": snapshot.survey_text,
        "fields": dict(snapshot.fields),
        "removed": snapshot.removed,
    }
    # `changed_at` is left out: a desk moves it for much that rating never sees.
    digest = digest_of(canonical([told, snapshot.created_on and snapshot.created_on.isoformat()]))
    return {
        "ticket": key,
        "digest": digest,
        "changed_at": snapshot.changed_at,
        "created_on": snapshot.created_on,
        **told,
    }


def _work_row(entry: WorkEntry, names: Names) -> dict[str, Any]:
    told = {
        "seconds": entry.seconds,
        "person_id": names.persons.get(entry.technician),
        "activity": entry.activity,
        "note": entry.note,
        "billable": entry.billable,
        "fields": dict(entry.fields),
    }
    placed = [
        entry.worked_on.isoformat(),
        entry.started_at and write_moment(entry.started_at),
        entry.ended_at and write_moment(entry.ended_at),
        entry.problem and write_problem(entry.problem),
    ]
    return {
        "work": entry.key,
        "digest": digest_of(canonical([told, placed])),
        "deleted": False,
        "worked_on": entry.worked_on,
        "started_at": entry.started_at,
        "ended_at": entry.ended_at,
        "problem": entry.problem,
        **told,
    }
