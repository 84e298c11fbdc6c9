"""Zammad as a service desk: tickets, and the time that agents book on them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from adapters.desks.zammad.client import BEGINNING, FOUND_A_PAGE, Api, Names, Row
from adapters.desks.zammad.parse import entry_fields, snapshot, ticket_fields
from adapters.desks.zammad.settings import Settings
from connector.desk import ChangedPage, Cursor, DeskInfo, Known, Raw
from connector.http import AuthFailed, Session
from connector.model.problem import Problem
from connector.model.work import TicketSnapshot
from connector.model.written import write_duration

__all__ = ["PROOF", "Settings", "Zammad", "connect"]

PROOF = "proven: exchanges recorded from Zammad 5.5 with the time accounting of 6.5"

#: The display setting `time_accounting_unit`: what Zammad shows, not what it means.
_SHOWN_UNITS = {"minute": 60, "quarter": 900, "hour": 3600}
_NO_RIGHT = "Not authorized"


def connect(settings: Settings, session: Session) -> "Zammad":
    """Make the desk. Nothing is asked yet."""
    return Zammad(settings, session)


@dataclass(slots=True)
class _Seen:
    """What one pull has read so far, so that whole tickets need few further requests."""

    tickets: dict[str, Row] = field(default_factory=dict)  #: expanded
    time: dict[str, dict[int, Row]] = field(default_factory=dict)  #: by ticket, by id of the entry
    #: which entries in the house's hands still hold: all that were not read anew, since every edit was read;
    #: those of a ticket that did not change; none
    trust: Literal["all", "unchanged", "none"] = "none"


class Zammad:
    """The desk. It remembers what a pull has read until `snapshots` asks for it."""

    def __init__(self, settings: Settings, session: Session) -> None:
        self._settings = settings
        self._api = Api(session, settings.secret)
        self._names = Names(self._api)
        self._seen = _Seen()

    def check(self) -> DeskInfo:
        """Log in; probe version, rights, and the unit that Zammad shows."""
        self._api.get("users/me")
        version = self._api.allowed("version") or {}
        shown = (self._api.allowed("signshow") or {}).get("config", {}).get("time_accounting_unit", "")
        capabilities = {
            "time_of_all_tickets": self._api.allowed("time_accountings", {"per_page": 1}) is not None,
            "activity_types": self._api.allowed("time_accounting/types") is not None,
        }
        return DeskInfo(
            product="Zammad",
            version=version.get("version", "unknown"),
            capabilities=capabilities,
            problems=tuple(self._doubts(shown, capabilities)),
        )

    def changed(self, since: Cursor) -> Iterator[ChangedPage]:
        """Yield changed tickets, then those of which only an entry changed: its type, or a time of zero."""
        marks = json.loads(since or '{"tickets": "", "time": "", "rows": []}')
        time = self._api.time_since(marks["time"])
        self._begin(time, trust="unchanged" if time is None else "all")
        told: set[str] = set()
        for rows in self._api.changed(marks["tickets"] or BEGINNING):
            marks = {**marks, "tickets": rows[-1]["updated_at"]}
            page = self._remember(rows)
            told.update(page)
            yield ChangedPage(tickets=page, cursor=_cursor(marks))
        if time:
            # The bound is inclusive: the rows of its very moment were told the last time.
            fresh = (
                row for row in time if row["updated_at"] > marks["time"] or row["id"] not in marks["rows"]
            )
            rest = sorted({str(row["ticket_id"]) for row in fresh} - told)
            for start in range(0, len(rest), FOUND_A_PAGE):
                yield ChangedPage(tickets=tuple(rest[start : start + FOUND_A_PAGE]), cursor=_cursor(marks))
            newest = max(row["updated_at"] for row in time)
            ids = [row["id"] for row in time if row["updated_at"] == newest]
            yield ChangedPage(tickets=(), cursor=_cursor({**marks, "time": newest, "rows": ids}))

    def every(self) -> Iterator[ChangedPage]:
        """Yield all tickets, with all time rows at hand where the token may list them."""
        self._begin(self._api.time_since(""), trust="none")
        for rows in self._api.every():
            yield ChangedPage(tickets=self._remember(rows), cursor=Cursor(""))

    def snapshots(self, tickets: Sequence[str], known: Known) -> Iterator[Raw]:
        """Yield whole tickets. One that did not change, or whose time was listed, costs no request."""
        raws = [self._raw(ticket, known.get(ticket)) for ticket in tickets]
        self._names.learn({who: row["created_by"] for who, row in _booked(known.values())})
        users = self._names.users({who for who, _ in _booked(raws)})
        for raw in raws:
            for who, row in _booked([raw]):
                row["created_by"] = users[who]
                row["type"] = self._names.type(row.get("type_id"))
            yield raw

    def parse(self, raw: Raw) -> TicketSnapshot:
        """Settle unit, day and interval as the mapping says. Pure."""
        return snapshot(raw, self._settings)

    def _doubts(self, shown: str, capabilities: Mapping[str, bool]) -> Iterator[Problem]:
        unit = self._settings.time.unit[-1].unit
        if _SHOWN_UNITS.get(shown, unit) != unit:
            message = (
                f"Zammad shows its time in the unit '{shown}', the mapping says that one is "
                f"{write_duration(unit)}; mend time.unit in the desk's mapping, or Zammad's setting"
            )
            yield Problem(code="unit_disagrees", message=message, about=self._settings.name)
        if not capabilities["time_of_all_tickets"]:
            message = (
                "the token may not list time entries: each changed ticket costs a request, and an entry that "
                "only changed its type is not noticed until a period closes; give it admin.time_accounting"
            )
            yield Problem(code="right_lacking", message=message, about=self._settings.name)

    def _begin(self, time: list[Row] | None, trust: Literal["all", "unchanged", "none"]) -> None:
        self._names.forget()
        self._seen = _Seen(trust=trust)
        for row in time or ():
            self._seen.time.setdefault(str(row["ticket_id"]), {})[row["id"]] = entry_fields(row)

    def _remember(self, rows: list[Row]) -> tuple[str, ...]:
        self._seen.tickets |= {str(row["id"]): row for row in rows}
        return tuple(dict.fromkeys(str(row["id"]) for row in rows))

    def _raw(self, ticket: str, known: Raw | None) -> Raw:
        try:
            row = self._seen.tickets.pop(ticket, None) or self._api.ticket(ticket)
        except AuthFailed as failure:
            if _NO_RIGHT not in failure.body:
                raise
            message = "the token may not read this ticket; give its user the right to read the ticket's group"
            return Raw(ticket=ticket, payload={"refused": message})
        if row is None:
            fields = known.payload.get("ticket", {}) if known else {}
            return Raw(ticket=ticket, payload={"gone": True, "ticket": fields, "entries": []})
        fields = ticket_fields(row)
        if "state_id" in row:
            fields["closed"] = self._names.closed(row["state_id"])
        return Raw(ticket=ticket, payload={"ticket": fields, "entries": self._time(ticket, row, known)})

    def _time(self, ticket: str, row: Row, known: Raw | None) -> list[dict[str, Any]]:
        """Gather a ticket's entries. The ids that it names tell what was deleted and what is lacking."""
        ids = row.get("ticket_time_accounting_ids")
        at_hand = self._held(row, known) | self._seen.time.get(ticket, {})
        if ids is None or not at_hand.keys() >= set(ids):
            return [entry_fields(entry) for entry in self._api.time_of(ticket)]
        return [at_hand[number] for number in sorted(ids)]

    def _held(self, row: Row, known: Raw | None) -> dict[int, Row]:
        if known is None or self._seen.trust == "none":
            return {}
        same = known.payload.get("ticket", {}).get("updated_at") == row["updated_at"]
        if not same and self._seen.trust == "unchanged":
            return {}
        return {row["id"]: dict(row) for row in known.payload.get("entries", ()) if "id" in row}


def _booked(raws: Iterable[Raw]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield entries with the id of who booked them; one without is judged by `parse`."""
    rows = (row for raw in raws for row in raw.payload.get("entries", ()))
    return ((row["created_by_id"], row) for row in rows if "created_by_id" in row)


def _cursor(marks: Mapping[str, Any]) -> Cursor:
    return Cursor(json.dumps(marks, sort_keys=True))
