"""What a simulated GLPI holds, and what people do there: tickets, tasks, the trash, merges, surveys.

Rows have the server's fields; instants are aware here and become wall times when they are sent. Facts: a GLPI
10.0.19, measured; its recordings are cited by number, ``matrix`` is the one of what moves ``date_mod``.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from connector.simulators.clock import Clock

Row = dict[str, Any]
Rows = dict[int, Row]

CLOSED = 6
DONE = 2  #: a task's state; 0 is information, 1 to do

# Fields that this simulator never fills (80, 87, 136-138).
_EMPTY_TICKET: Row = {
    **dict.fromkeys(("closedate", "solvedate", "takeintoaccountdate", "time_to_resolve", "time_to_own")),
    **dict.fromkeys(("ola_tto_begin_date", "ola_ttr_begin_date", "begin_waiting_date")),
    **dict.fromkeys(("internal_time_to_resolve", "internal_time_to_own")),
    **dict.fromkeys(("slas_id_ttr", "slas_id_tto", "slalevels_id_ttr", "sla_waiting_duration"), 0),
    **dict.fromkeys(("olas_id_tto", "olas_id_ttr", "olalevels_id_ttr", "ola_waiting_duration"), 0),
    **dict.fromkeys(("close_delay_stat", "solve_delay_stat", "takeintoaccount_delay_stat"), 0),
    **dict.fromkeys(("waiting_duration", "validation_percent", "actiontime", "is_deleted"), 0),
    **dict.fromkeys(("requesttypes_id", "global_validation", "type"), 1),
    **dict.fromkeys(("users_id_lastupdater", "users_id_recipient"), 2),
}
_EMPTY_TASK: Row = {
    **dict.fromkeys(("users_id_editor", "groups_id_tech", "tasktemplates_id"), 0),
    **dict.fromkeys(("sourceitems_id", "sourceof_items_id"), 0),
    "timeline_position": 1,
}
_EMPTY_LOCATION: Row = dict.fromkeys(
    (
        "address",
        "postcode",
        "town",
        "state",
        "country",
        "building",
        "room",
        "latitude",
        "longitude",
        "altitude",
    )
)
_EMPTY_CATEGORY: Row = {
    **dict.fromkeys(("tickettemplates_id_incident", "tickettemplates_id_demand", "changetemplates_id"), 0),
    **dict.fromkeys(("knowbaseitemcategories_id", "users_id", "groups_id", "problemtemplates_id"), 0),
    **dict.fromkeys(("is_helpdeskvisible", "is_incident", "is_request", "is_problem", "is_change"), 1),
    "code": None,
}


class GlpiState:
    """The desk's rows by item type and id, and the verbs of its people. ``at``: when they do it."""

    def __init__(self, *, clock: Clock | None = None, tickets: Iterable[int] = ()) -> None:
        """Install a desk with the root entity (id 0) and the user ``glpi`` (id 2).

        ``tickets``: the ids of the tickets in the order in which they are opened; else they count from 1.
        """
        self.clock = clock or Clock()
        kinds = ("Entity", "User", "Location", "ITILCategory", "TaskCategory", "Ticket", "TicketTask")
        self.rows: dict[str, Rows] = {kind: {} for kind in (*kinds, "TicketSatisfaction")}
        self._ids: dict[str, Iterator[int]] = {"Entity": count(0), "User": count(2)}  # never used again
        if numbers := list(tickets):
            self._ids["Ticket"] = iter(numbers)
        self.add_entity("Root entity", parent=None)
        self.add_user("glpi")

    def add_entity(self, name: str, *, parent: int | None = 0, at: datetime | None = None) -> int:
        """Add an entity: a customer, or a site of one."""
        row = {"entities_id": parent, "registration_number": None, "address": None, "town": None}
        return self._branch("Entity", name, parent, row, at)

    def add_user(
        self,
        name: str,
        *,
        firstname: str | None = None,
        realname: str | None = None,
        at: datetime | None = None,
    ) -> int:
        """Add a person."""
        row = {"name": name, "firstname": firstname, "realname": realname, "entities_id": 0}
        return self._add("User", at, row | {"is_active": 1, "is_deleted": 0, "registration_number": None})

    def add_location(self, name: str, *, entity: int = 0, parent: int = 0, at: datetime | None = None) -> int:
        """Add a place where work is done."""
        row = _EMPTY_LOCATION | {"entities_id": entity, "is_recursive": 1, "locations_id": parent}
        return self._branch("Location", name, parent or None, row, at)

    def add_category(self, name: str, *, parent: int = 0, at: datetime | None = None) -> int:
        """Add a category of tickets."""
        row = _EMPTY_CATEGORY | {"entities_id": 0, "is_recursive": 1, "itilcategories_id": parent}
        return self._branch("ITILCategory", name, parent or None, row, at)

    def add_task_category(self, name: str, *, parent: int = 0, at: datetime | None = None) -> int:
        """Add a kind of work."""
        row = {"entities_id": 0, "is_recursive": 1, "taskcategories_id": parent, "is_active": 1}
        row |= {"is_helpdeskvisible": 1, "knowbaseitemcategories_id": 0}
        return self._branch("TaskCategory", name, parent or None, row, at)

    def add_ticket(
        self,
        name: str,
        *,
        entity: int,
        category: int = 0,
        location: int = 0,
        status: int = 2,
        priority: int = 3,
        content: str = "",
        at: datetime | None = None,
    ) -> int:
        """Open a ticket. ``status``: 1 new, 2 assigned, 5 solved, 6 closed; ``content``: HTML."""
        row = _EMPTY_TICKET | {"name": name, "content": content, "entities_id": entity, "status": status}
        row |= {"priority": priority, "urgency": priority, "impact": priority}
        row |= {"itilcategories_id": category, "locations_id": location}
        number = self._add("Ticket", at, row)
        row["date"] = row["date_creation"]
        return number

    def add_task(
        self,
        ticket: int,
        seconds: int,
        *,
        technician: int,
        activity: int = 0,
        begin: datetime | None = None,
        end: datetime | None = None,
        state: int = DONE,
        content: str = "",
        at: datetime | None = None,
        **fields: Any,
    ) -> int:
        """Book work on a ticket; ``content``: HTML; ``fields``: further ones by the server's names."""
        row = _EMPTY_TASK | {"tickets_id": ticket, "actiontime": seconds, "state": state, "content": content}
        row |= {"taskcategories_id": activity, "users_id": 2, "users_id_tech": technician, "is_private": 0}
        row |= {"begin": begin, "end": end, **fields}
        number = self._add("TicketTask", at, row)
        row["uuid"] = _uuid(number)
        row.setdefault("date", row["date_creation"])
        self._sum(ticket)
        return number

    def edit_task(self, task: int, *, at: datetime | None = None, **fields: Any) -> None:
        """Correct a task by the server's names. The ticket moves even if nothing changes (matrix)."""
        row, now = self.rows["TicketTask"][task], self._now(at)
        if row | fields != row:
            row |= {**fields, "date_mod": now}
        self._sum(row["tickets_id"])

    def delete_task(self, task: int, *, at: datetime | None = None) -> None:
        """Delete a task: tasks have no trash, no trace stays (matrix)."""
        self._now(at)
        self._sum(self.rows["TicketTask"].pop(task)["tickets_id"])

    def move_task(self, task: int, into: int, *, at: datetime | None = None) -> None:
        """Move a task: only the new ticket is touched, and no sum is computed again (matrix)."""
        row = self.rows["TicketTask"][task]
        row |= {"tickets_id": into, "date_mod": self._now(at)}
        self._touch(into)

    def change_ticket(self, ticket: int, *, at: datetime | None = None, **fields: Any) -> None:
        """Change fields of a ticket by the server's names; a change to the same value touches nothing."""
        row, now = self.rows["Ticket"][ticket], self._now(at)
        if row | fields != row:
            row |= {**fields, "date_mod": now}

    def close_ticket(self, ticket: int, *, at: datetime | None = None) -> None:
        """Close a ticket, and send its survey, unanswered (140)."""
        now = self._now(at)
        self.change_ticket(ticket, at=now, status=CLOSED, closedate=now)
        row = {"tickets_id": ticket, "type": 1, "date_begin": now, "date_answered": None}
        row |= {"satisfaction": None, "comment": None}
        number = next(self._ids.setdefault("TicketSatisfaction", count(1)))
        self.rows["TicketSatisfaction"][number] = {"id": number, **row}

    def answer_survey(
        self, ticket: int, stars: int, comment: str = "", *, at: datetime | None = None
    ) -> None:
        """Answer the survey of a closed ticket, 1 to 5; the ticket is not touched (matrix)."""
        surveys = self.rows["TicketSatisfaction"].values()
        survey = next(row for row in surveys if row["tickets_id"] == ticket)
        survey |= {"satisfaction": stars, "comment": comment, "date_answered": self._now(at)}

    def move_to_entity(self, ticket: int, entity: int, *, at: datetime | None = None) -> None:
        """Move a ticket to another entity, with its past work."""
        self.change_ticket(ticket, at=at, entities_id=entity)

    def trash(self, ticket: int, *, at: datetime | None = None) -> None:
        """Put a ticket into the trash; its tasks stay in the list of tasks (117)."""
        self.change_ticket(ticket, at=at, is_deleted=1)

    def restore(self, ticket: int, *, at: datetime | None = None) -> None:
        """Take a ticket out of the trash (247)."""
        self.change_ticket(ticket, at=at, is_deleted=0)

    def purge(self, ticket: int, *, at: datetime | None = None) -> None:
        """Delete a ticket for good, with its tasks; no trace stays (252)."""
        self._now(at)
        del self.rows["Ticket"][ticket]
        tasks = self.rows["TicketTask"]
        self.rows["TicketTask"] = {key: row for key, row in tasks.items() if row["tickets_id"] != ticket}

    def merge(self, source: int, into: int, *, at: datetime | None = None) -> None:
        """Merge a ticket into another: its tasks are copied; it goes to the trash with its own (241-244)."""
        now = self._now(at)
        for row in self.tasks_of(source):
            task = self._add("TicketTask", now, row | {"tickets_id": into, "sourceitems_id": source})
            self.rows["TicketTask"][task]["uuid"] = _uuid(task)
            self._sum(into)
        self._touch(into)
        self.trash(source, at=now)

    def tasks_of(self, ticket: int) -> list[Row]:
        """Return the ticket's present tasks."""
        return [row for row in self.rows["TicketTask"].values() if row["tickets_id"] == ticket]

    def _now(self, at: datetime | None) -> datetime:
        return self.clock.happens(at).replace(microsecond=0)

    def _touch(self, ticket: int) -> None:
        row = self.rows["Ticket"][ticket]
        row["date_mod"] = max(row["date_mod"], self.clock.now.replace(microsecond=0))

    def _sum(self, ticket: int) -> None:
        self.rows["Ticket"][ticket]["actiontime"] = sum(row["actiontime"] for row in self.tasks_of(ticket))
        self._touch(ticket)

    def _add(self, kind: str, at: datetime | None, row: Row) -> int:
        number = next(self._ids.setdefault(kind, count(1)))
        now = self._now(at)
        row |= {"id": number, "date_mod": now, "date_creation": now}
        self.rows[kind][number] = row
        return number

    def _branch(self, kind: str, name: str, parent: int | None, row: Row, at: datetime | None) -> int:
        above = self.rows[kind][parent] if parent is not None else None
        path = f"{above['completename']} > {name}" if above else name
        level = above["level"] + 1 if above else 1
        row = row | {"name": name, "completename": path, "level": level, "comment": None}
        return self._add(kind, at, row | {"ancestors_cache": "[]", "sons_cache": None})


def _uuid(task: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"TicketTask/{task}"))
