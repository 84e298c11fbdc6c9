"""What a simulated Zammad holds, and what people do there: tickets, booked time, merges, moves.

Rows are as the server sends them, without the names that ``expand`` adds. Facts: a server of the 5.5 line
with the time accounting of 6.5, measured; its recordings are cited by number.
"""

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from typing import Any

from connector.simulators.clock import Clock

Row = dict[str, Any]

#: id, name, state type (176).
STATES = (
    (1, "new", 1),
    (2, "open", 2),
    (3, "pending reminder", 3),
    (4, "closed", 5),
    (5, "merged", 6),
    (6, "removed", 7),
    (7, "pending close", 4),
)
PRIORITIES = ((1, "1 low"), (2, "2 normal"), (3, "3 high"))

# Keys that this simulator never fills (138, 183).
_EMPTY_TICKET = dict.fromkeys(
    (
        *("note", "pending_time", "type", "time_unit"),
        *("first_response_at", "first_response_in_min", "first_response_diff_in_min"),
        *("close_at", "close_in_min", "close_diff_in_min", "update_in_min", "update_diff_in_min"),
        *("first_response_escalation_at", "close_escalation_at", "update_escalation_at", "escalation_at"),
        *("last_close_at", "last_contact_at", "last_contact_agent_at", "last_contact_customer_at"),
        "last_owner_update_at",
    )
)
_EMPTY_USER: Row = {
    **dict.fromkeys(("image", "image_source", "department", "address", "last_login", "source")),
    **dict.fromkeys(("web", "phone", "fax", "mobile", "street", "zip", "city", "country", "note"), ""),
    **dict.fromkeys(("out_of_office_start_at", "out_of_office_end_at", "out_of_office_replacement_id")),
    **dict.fromkeys(("vip", "verified", "out_of_office"), False),
    "login_failed": 0,
    "preferences": {},
    "organization_ids": [],
    "authorization_ids": [],
    "overview_sorting_ids": [],
    "group_ids": {},
}


def instant(at: datetime) -> str:
    """Write an instant as Zammad does: UTC, milliseconds, Z."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def unit(value: Decimal) -> str:
    """Write a number of units as Zammad does: text, at least one decimal, no more than it needs (046)."""
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if abs(rounded) > Decimal("9999.99"):
        raise ValueError("time_unit is numeric(6,2)")  # 044
    return f"{rounded:f}"[:-1] if rounded == rounded.quantize(Decimal("0.1")) else f"{rounded:f}"


class ZammadState:
    """The desk's rows by id, and the verbs of its people. ``at`` is the moment when they do it."""

    def __init__(self, *, clock: Clock | None = None, time_accounting_unit: str = "minute") -> None:
        """Install a desk with its system user, an administrator (id 3), and one group."""
        self.clock = clock or Clock()
        self.time_accounting_unit = (
            time_accounting_unit  #: a display setting: minute, hour, quarter, custom, ""
        )
        self.organizations: dict[int, Row] = {}
        self.users: dict[int, Row] = {}
        self.types: dict[int, Row] = {}
        self.tickets: dict[int, Row] = {}
        self.entries: dict[int, Row] = {}
        self.groups: dict[int, Row] = {}
        # An id is never used again.
        self._ids: dict[str, Iterator[int]] = {"user": iter([1, *range(3, 10**6)]), "article": count(1)}
        self.add_user("-", firstname="-", active=False)  # 183: a system user, listed with the others
        self.admin = self.add_user("admin@desk.example", firstname="Ada", lastname="Admin")
        self.add_group("Users")

    def add_group(self, name: str, *, at: datetime | None = None) -> int:
        """Add a group of agents."""
        return self._add(self.groups, "group", at, {"name": name, "active": True, "note": None})

    def add_organization(self, name: str, *, at: datetime | None = None, **fields: Any) -> int:
        """Add a customer's organization."""
        fields = {"shared": True, "domain": "", "domain_assignment": False, "note": "", **fields}
        row = {"name": name, "active": True, "member_ids": [], "secondary_member_ids": [], **fields}
        return self._add(self.organizations, "organization", at, row)

    def add_user(
        self,
        login: str,
        *,
        firstname: str = "",
        lastname: str = "",
        organization: int | None = None,
        active: bool = True,
        at: datetime | None = None,
    ) -> int:
        """Add a person: a customer if it has an organization, else an agent."""
        row = deepcopy(_EMPTY_USER) | {
            "login": login,
            "email": login if "@" in login else "",
            "firstname": firstname,
            "lastname": lastname,
            "organization_id": organization,
            "active": active,
            "role_ids": [3] if organization else [2],
        }
        number = self._add(self.users, "user", at, row)
        if organization:
            self.organizations[organization]["member_ids"].append(number)
        return number

    def add_type(self, name: str, *, note: str = "", at: datetime | None = None) -> int:
        """Add an activity type."""
        return self._add(self.types, "type", at, {"name": name, "note": note, "active": True})

    def add_ticket(
        self,
        title: str,
        *,
        customer: int,
        group: int = 1,
        state: str = "open",
        priority: str = "2 normal",
        owner: int = 1,
        at: datetime | None = None,
        **custom: Any,
    ) -> int:
        """Open a ticket with one article; ``custom``: fields of this installation, beside the others."""
        row = _EMPTY_TICKET | {
            "title": title,
            "group_id": group,
            "priority_id": _number(PRIORITIES, priority),
            "state_id": _number(STATES, state),
            "organization_id": self.users[customer]["organization_id"],
            "customer_id": customer,
            "owner_id": owner,
            "create_article_type_id": 10,
            "create_article_sender_id": 1,
            "article_count": 1,
            "preferences": {},
            **custom,
        }
        number = self._add(self.tickets, "ticket", at, row)
        row["number"] = str(15000 + number)
        return number

    def book_time(
        self,
        ticket: int,
        units: str,
        *,
        technician: int,
        activity: int | None = None,
        at: datetime | None = None,
    ) -> int:
        """Book time: the desk keeps when and by whom it was booked, no day or hour of work (041)."""
        row: Row = {"ticket_id": ticket, "ticket_article_id": None, "type_id": activity}
        row["time_unit"] = unit(Decimal(units))
        number = self._add(self.entries, "entry", at, row, by=technician)
        del row["updated_by_id"]
        self._sum(ticket)
        return number

    def edit_time(
        self, entry: int, *, units: str | None = None, activity: int | None = None, at: datetime | None = None
    ) -> None:
        """Correct an entry. Its activity alone does not touch the ticket (251)."""
        row, now = self.entries[entry], self.clock.happens(at)
        row["time_unit"] = unit(Decimal(units)) if units is not None else row["time_unit"]
        row["type_id"] = activity if activity is not None else row["type_id"]
        row["updated_at"] = instant(now)
        self._sum(row["ticket_id"])

    def delete_time(self, entry: int, *, at: datetime | None = None) -> None:
        """Delete an entry; no trace stays (052)."""
        self.clock.happens(at)
        self._sum(self.entries.pop(entry)["ticket_id"])

    def delete_ticket(self, ticket: int, *, at: datetime | None = None) -> None:
        """Delete a ticket with its entries; no trace stays (067)."""
        self.clock.happens(at)
        del self.tickets[ticket]
        self.entries = {key: row for key, row in self.entries.items() if row["ticket_id"] != ticket}

    def merge(self, source: int, into: int, *, at: datetime | None = None) -> None:
        """Merge a ticket into another. Its entries stay with it (104); its owner goes (106)."""
        self.change_ticket(source, at=at, state_id=5, owner_id=1)
        self.touch(into)

    def move_to_organization(self, customer: int, organization: int, *, at: datetime | None = None) -> None:
        """Move a person to another organization: all its tickets move along, with past work (254)."""
        self.clock.happens(at)
        user = self.users[customer]
        if user["organization_id"]:
            self.organizations[user["organization_id"]]["member_ids"].remove(customer)
        self.organizations[organization]["member_ids"].append(customer)
        user["organization_id"] = organization
        for row in self.tickets.values():
            if row["customer_id"] == customer:
                row["organization_id"] = organization
                self.touch(row["id"])

    def rename_organization(self, organization: int, name: str, *, at: datetime | None = None) -> None:
        """Rename a customer; no ticket's ``updated_at`` moves (253)."""
        self.organizations[organization] |= {"name": name, "updated_at": instant(self.clock.happens(at))}

    def rename_type(self, activity: int, name: str, *, at: datetime | None = None) -> None:
        """Rename an activity type; neither entries nor tickets move (258)."""
        self.types[activity] |= {"name": name, "updated_at": instant(self.clock.happens(at))}

    def change_ticket(self, ticket: int, *, at: datetime | None = None, **fields: Any) -> None:
        """Change fields of a ticket by the server's names; a change to the same value touches nothing."""
        self.clock.happens(at)
        row = self.tickets[ticket]
        if row | fields != row:
            row |= fields
            self.touch(ticket)

    def close_ticket(self, ticket: int, *, at: datetime | None = None) -> None:
        """Set the state ``closed``."""
        self.change_ticket(ticket, at=at, state_id=4)

    def touch(self, ticket: int) -> None:
        """Move the ticket's ``updated_at`` to now, never back."""
        row = self.tickets[ticket]
        row["updated_at"] = max(row["updated_at"], instant(self.clock.now))

    def entries_of(self, ticket: int) -> list[Row]:
        """Return the ticket's present entries."""
        return [row for row in self.entries.values() if row["ticket_id"] == ticket]

    def _sum(self, ticket: int) -> None:
        # The ticket moves only when its sum changes: not for an entry of 0 (214), nor for a type (251).
        total = sum((Decimal(row["time_unit"]) for row in self.entries_of(ticket)), Decimal(0))
        row = self.tickets[ticket]
        if total != Decimal(row["time_unit"] or 0):
            row["time_unit"] = unit(total)
            self.touch(ticket)

    def _add(self, rows: dict[int, Row], kind: str, at: datetime | None, row: Row, by: int = 3) -> int:
        number = next(self._ids.setdefault(kind, count(1)))
        now = instant(self.clock.happens(at))
        row |= {"id": number, "created_at": now, "updated_at": now, "created_by_id": by, "updated_by_id": by}
        rows[number] = row
        return number


def _number(table: tuple[tuple[Any, ...], ...], name: str) -> int:
    return next(int(row[0]) for row in table if row[1] == name)
