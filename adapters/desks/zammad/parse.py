"""Zammad's tickets and time in the trade's words: unit, sign and day settled. No network."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from adapters.desks.zammad.settings import Settings
from connector.desk import Raw
from connector.model.mapping import UnitFrom
from connector.model.problem import Problem
from connector.model.work import TicketSnapshot, WorkEntry

Row = Mapping[str, Any]

_READ = ("number", "title", "organization", "organization_id", "customer", "created_at", "updated_at")
_FIELDS = ("group", "priority", "state", "type")
#: Zammad's own columns; what else stands beside them are the house's custom attributes.
_COLUMNS = frozenset(
    (
        *_READ,
        *_FIELDS,
        "id",
        "article_count",
        "article_ids",
        "close_at",
        "close_diff_in_min",
        "close_escalation_at",
        "close_in_min",
        "create_article_sender",
        "create_article_sender_id",
        "create_article_type",
        "create_article_type_id",
        "created_by",
        "created_by_id",
        "customer_id",
        "escalation_at",
        "first_response_at",
        "first_response_diff_in_min",
        "first_response_escalation_at",
        "first_response_in_min",
        "group_id",
        "last_close_at",
        "last_contact_agent_at",
        "last_contact_at",
        "last_contact_customer_at",
        "last_owner_update_at",
        "note",
        "owner",
        "owner_id",
        "pending_time",
        "preferences",
        "priority_id",
        "state_id",
        "ticket_time_accounting",
        "ticket_time_accounting_ids",
        "time_unit",
        "update_diff_in_min",
        "update_escalation_at",
        "update_in_min",
        "updated_by",
        "updated_by_id",
        "checklist_id",
        "referencing_checklist_ids",
        "ai_agent_running",
    )
)
_ENTRY = ("id", "time_unit", "type_id", "created_by_id", "created_at")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def ticket_fields(row: Row) -> dict[str, Any]:
    """Keep of an expanded ticket what `snapshot` reads; whether it is closed is added later."""
    kept = {name: row[name] for name in _READ if name in row}
    custom = {name: _text(value) for name, value in row.items() if name not in _COLUMNS}
    fields = {name: _text(row.get(name)) for name in _FIELDS} | custom
    return kept | {"fields": {name: text for name, text in fields.items() if text}}


def entry_fields(row: Row) -> dict[str, Any]:
    """Keep of a time row what `snapshot` reads; the names of type and technician are added later."""
    return {name: row[name] for name in _ENTRY if name in row}


def snapshot(raw: Raw, settings: Settings) -> TicketSnapshot:
    """Settle a ticket.

    Raises:
        ValueError, LookupError: the ticket has not the shape that is known.
    """
    if "refused" in raw.payload:
        raise ValueError(raw.payload["refused"])
    # A ticket that is gone keeps the fields that were known of it, if any were.
    ticket: Row = raw.payload["ticket"]
    return TicketSnapshot(
        desk=settings.name,
        ticket=raw.ticket,
        number=ticket["number"] if ticket else "",
        title=ticket.get("title") or "",
        owner=_owner(ticket) if ticket else {},
        work=tuple(_entry(row, raw.ticket, settings) for row in raw.payload["entries"]),
        changed_at=_moment(ticket["updated_at"]) if ticket else _NEVER,
        created_on=_local(ticket["created_at"], settings).date() if ticket else None,
        closed=bool(ticket) and ticket["closed"],
        fields=ticket["fields"] if ticket else {},
        removed="gone" in raw.payload,
    )


def _owner(ticket: Row) -> dict[str, str]:
    # Without an organization the key of its name is left out (recording 262).
    organization = {"organization": ticket["organization"]} if ticket["organization_id"] else {}
    return organization | {"customer": ticket["customer"]}


def _entry(row: Row, ticket: str, settings: Settings) -> WorkEntry:
    key = f"{settings.name}/{ticket}/{row['id']}"
    booked = _local(row["created_at"], settings)
    seconds, problem = _seconds(row["time_unit"], booked.date(), settings.time.unit, key)
    started, ended = _interval(booked, seconds, settings)
    return WorkEntry(
        desk=settings.name,
        ticket=ticket,
        entry=str(row["id"]),
        seconds=seconds,
        worked_on=started.date() if started else booked.date(),
        started_at=started,
        ended_at=ended,
        technician=str(row["created_by_id"]),
        technician_name=row.get("created_by") or "",
        # Without the right to read the types the id stands for the name: it is never silently no activity.
        activity=row.get("type") or _text(row["type_id"]),
        fields={"type_id": _text(row["type_id"])},
        problem=problem,
    )


def _seconds(
    amount: object, day: date, units: tuple[UnitFrom, ...], about: str
) -> tuple[int, Problem | None]:
    """Turn Zammad's unitless amount (a decimal as text, zammad recording 046) into seconds."""
    try:
        number = Decimal(str(amount))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        message = f"'{amount}' is no amount of time; correct the entry in Zammad"
        return 0, Problem(code="time_unreadable", about=about, message=message)
    unit = next((unit.unit for unit in reversed(units) if unit.from_ <= day), None)
    if unit is None:
        message = f"the mapping names no unit of time for {day}; add to time.unit  {{from: {day}, unit: 1m}}"
        return 0, Problem(code="unit_unknown", about=about, message=message)
    return int((number * unit).quantize(Decimal(1), ROUND_HALF_UP)), None


def _interval(
    booked: datetime, seconds: int, settings: Settings
) -> tuple[datetime, datetime] | tuple[None, None]:
    """Place the work by the moment of its booking. A correction downwards happened at no time of day."""
    if settings.time.entry == "day" or seconds <= 0:
        return None, None
    # In UTC, since adding to a local time ignores the change to summer time in between.
    moment, length = booked.astimezone(UTC), timedelta(seconds=seconds)
    start, end = (moment - length, moment) if settings.time.entry == "end" else (moment, moment + length)
    return start.astimezone(booked.tzinfo), end.astimezone(booked.tzinfo)


def _local(text: str, settings: Settings) -> datetime:
    return _moment(text).astimezone(ZoneInfo(settings.time.timezone or "UTC"))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"the moment '{text}' has no offset")
    return moment


def _text(value: object) -> str:
    """Write a scalar as text; what is more than a scalar has none."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (str, int, Decimal)) else ""
