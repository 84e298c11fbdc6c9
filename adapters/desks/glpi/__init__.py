"""GLPI as a service desk: tickets, and the tasks in which technicians book their time."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from adapters.desks.glpi.client import MOST, Api, Names, Row
from adapters.desks.glpi.parse import snapshot, task_fields, ticket_fields, who
from adapters.desks.glpi.settings import Settings
from connector.desk import ChangedPage, Cursor, DeskInfo, Known, Raw
from connector.http import Answer, AuthFailed, ConfigError, Session
from connector.model.work import TicketSnapshot

__all__ = ["PROOF", "Glpi", "Settings", "connect"]

PROOF = "proven: exchanges recorded from GLPI 10.0.19 and 10.0.20 (apirest.php)"

#: How far a pull looks back behind the newest change that it knows. GLPI's stamps are wall times: when the
#: clocks go back, an hour's changes bear the stamps of the hour before.
_OVERLAP = timedelta(minutes=90)
_PAGE = 200
#: A clock that is off by less is no matter; by more it is the clock, not its zone.
_CLOCK, _ZONES = timedelta(minutes=5), timedelta(hours=26)
#: Rights of a profile, by the bits of GLPI's source (Ticket::READALL, CommonITILTask::SEEPRIVATE). Without
#: them GLPI leaves rows out and does not say so: work would seem to be deleted.
_RIGHTS = {"ticket": (1024, "Tickets: See all tickets"), "task": (8192, "Tasks: See private ones")}


def connect(settings: Settings, session: Session) -> "Glpi":
    """Make the desk. Nothing is asked yet."""
    return Glpi(settings, session)


@dataclass(slots=True)
class _Seen:
    """What one pull has read so far, so that whole tickets need few further requests."""

    all_tasks: bool = False  #: `tasks` are all that there are, not only those that changed
    all_surveys: bool = False
    tickets: dict[str, Row] = field(default_factory=dict)
    tasks: dict[str, dict[int, Row]] = field(default_factory=dict)  #: by ticket, by id
    surveys: dict[str, Row] = field(default_factory=dict)  #: by ticket
    live: dict[int, bool] = field(default_factory=dict)  #: whether a merged ticket is out of the trash


class Glpi:
    """The desk. It remembers what a pull has read until `snapshots` asks for it."""

    def __init__(self, settings: Settings, session: Session) -> None:
        self._settings = settings
        self._api = Api(session, settings)
        self._names = Names(self._api)
        self._seen = _Seen()

    def check(self) -> DeskInfo:
        """Log in with the rights to see all; probe version and the zone of the user's dates.

        Raises:
            AuthFailed: the user's profile hides tickets or tasks.
            ConfigError: the user's dates are not in the zone that the mapping says.
        """
        answer = self._api.get("getFullSession")
        _demand_rights(answer.data["session"]["glpiactiveprofile"])
        _demand_zone(answer, self._settings.time.timezone or "UTC")
        config = self._api.get("getGlpiConfig").data["cfg_glpi"]
        return DeskInfo(
            product="GLPI", version=config.get("version", "unknown"), capabilities={"all_entities": True}
        )

    def changed(self, since: Cursor) -> Iterator[ChangedPage]:
        """Yield changed and trashed tickets, then those of which only a task or the survey changed."""
        marks: dict[str, str] = json.loads(since or '{"tickets": "", "tasks": "", "surveys": ""}')
        tasks, surveys = self._read_changes(marks)
        touched = _touched(tasks, "date_mod", marks["tasks"])
        touched |= _touched(surveys, "date_answered", marks["surveys"])
        newest = {"tasks": _newest(tasks, "date_mod"), "surveys": _newest(surveys, "date_answered")}
        rows = sorted(self._seen.tickets.values(), key=lambda row: (_stamp(row), row["id"]))
        self._read_all_tasks_if_cheaper(sum(_stamp(row) > marks["tickets"] for row in rows))
        for page in _pages(rows):
            marks["tickets"] = max(marks["tickets"], _stamp(page[-1]))
            yield ChangedPage(tickets=_ids(page), cursor=_cursor(marks), total=len(rows))
        for rest in _pages(sorted(touched.difference(_ids(rows)))):
            yield ChangedPage(tickets=tuple(rest), cursor=_cursor(marks))
        marks |= {feed: max(marks[feed], stamp) for feed, stamp in newest.items()}
        yield ChangedPage(tickets=(), cursor=_cursor(marks))

    def every(self) -> Iterator[ChangedPage]:
        """Yield all tickets outside the trash, with all their tasks and surveys at hand."""
        self._begin(all_surveys=True)
        for rows in self._api.pages("TicketSatisfaction"):
            self._take_surveys(rows)
        self._read_all_tasks()
        for rows in self._api.pages("Ticket"):
            self._take_tickets(rows)
            yield ChangedPage(tickets=_ids(rows), cursor=Cursor(""), total=self._api.totals["Ticket"])

    def snapshots(self, tickets: Sequence[str], known: Known) -> Iterator[Raw]:
        """Yield whole tickets. One that did not change, or whose tasks were all listed, costs no request."""
        raws = [self._raw(ticket, known.get(ticket)) for ticket in tickets]
        self._names.learn({who(task): task["technician"] for task in _entries(known.values())})
        users = self._names.users({who(task) for task in _entries(raws)} - {0})
        for raw in raws:
            for task in _entries([raw]):
                task["technician"] = users.get(who(task), "")
                task["category"] = self._names.of("TaskCategory", task.get("taskcategories_id", 0))
                task["source_live"] = self._is_live(task.get("sourceitems_id", 0))
            yield raw

    def parse(self, raw: Raw) -> TicketSnapshot:
        """Settle zone, state and survey. Pure."""
        return snapshot(raw, self._settings)

    def _begin(self, *, all_surveys: bool) -> None:
        self._names.forget()
        self._seen = _Seen(all_surveys=all_surveys)

    def _read_changes(self, marks: Mapping[str, str]) -> tuple[list[Row], list[Row]]:
        """Read what changed since the marks, or shortly before; return the tasks and the surveys."""
        self._begin(all_surveys=not marks["surveys"])
        tasks = list(self._api.newest("TicketTask", "date_mod", _behind(marks["tasks"])))
        surveys = list(self._api.newest("TicketSatisfaction", "date_answered", _behind(marks["surveys"])))
        self._take_tasks(tasks)
        self._take_surveys(surveys)
        self._seen.all_tasks = not marks["tasks"]
        bound = _behind(marks["tickets"])
        self._take_tickets(self._api.newest("Ticket", "date_mod", bound, is_deleted=1))
        self._take_tickets(self._api.newest("Ticket", "date_mod", bound))
        return tasks, surveys

    def _read_all_tasks_if_cheaper(self, changed: int) -> None:
        """Read the tasks of all tickets at once, where ticket by ticket would take more requests."""
        if not self._seen.all_tasks and changed > self._api.totals["TicketTask"] // MOST:
            self._read_all_tasks()

    def _read_all_tasks(self) -> None:
        self._seen.tasks.clear()
        for rows in self._api.pages("TicketTask"):
            self._take_tasks(rows)
        self._seen.all_tasks = True

    def _take_tickets(self, rows: Iterable[Row]) -> None:
        self._seen.tickets |= {
            str(row["id"]): {key: value for key, value in row.items() if key != "content"} for row in rows
        }

    def _take_tasks(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._seen.tasks.setdefault(str(row["tickets_id"]), {})[row["id"]] = task_fields(row)

    def _take_surveys(self, rows: Iterable[Row]) -> None:
        self._seen.surveys |= {str(row["tickets_id"]): row for row in rows}

    def _raw(self, ticket: str, known: Raw | None) -> Raw:
        held = known.payload if known else {}
        try:
            row = self._seen.tickets.get(ticket) or self._api.ticket(ticket)
        except AuthFailed as failure:
            if "ERROR_RIGHT_MISSING" not in failure.body:
                raise
            message = "the API user may not read this ticket; give it a profile that sees all entities"
            return Raw(ticket=ticket, payload={"refused": message})
        if row is None:
            return Raw(ticket=ticket, payload={"gone": True, "ticket": held.get("ticket", {}), "entries": []})
        fields = ticket_fields(row, self._words(row))
        if row.get("is_deleted"):
            return Raw(ticket=ticket, payload={"gone": True, "ticket": fields, "entries": []})
        tasks = self._tasks(ticket, fields, held)
        return Raw(
            ticket=ticket, payload={"ticket": fields, "entries": tasks, "survey": self._survey(ticket, held)}
        )

    def _words(self, row: Row) -> dict[str, str]:
        return {
            "entity": self._names.of("Entity", row.get("entities_id", 0)),
            "category": self._names.of("ITILCategory", row.get("itilcategories_id", 0)),
            "location": self._names.of("Location", row.get("locations_id", 0)),
        }

    def _tasks(self, ticket: str, fields: Row, held: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Gather a ticket's tasks. One was deleted only if the ticket changed, and no list tells which."""
        seen = self._seen.tasks.get(ticket, {})
        if self._seen.all_tasks:
            return [dict(seen[number]) for number in sorted(seen)]
        kept = {task["id"]: task_fields(task) for task in held.get("entries", ())}
        unchanged = fields.get("date_mod") == held.get("ticket", {}).get("date_mod")
        if unchanged and all(kept.get(number) == task for number, task in seen.items()):
            return list(kept.values())
        rows = (row for page in self._api.pages(f"Ticket/{ticket}/TicketTask") for row in page)
        found = {row["id"]: task_fields(row) for row in rows}
        return [found[number] for number in sorted(found)]

    def _survey(self, ticket: str, held: Mapping[str, Any]) -> dict[str, Any]:
        row = self._seen.surveys.get(ticket)
        if row is None and not self._seen.all_surveys:
            return dict(held.get("survey", {}))
        answered = row is not None and row.get("satisfaction") is not None
        return (
            {"satisfaction": row["satisfaction"], "comment": row.get("comment")} if row and answered else {}
        )

    def _is_live(self, ticket: int) -> bool:
        """Tell whether the ticket that a task was copied from by a merge is out of the trash."""
        if ticket and ticket not in self._seen.live:
            try:
                row = self._seen.tickets.get(str(ticket)) or self._api.ticket(str(ticket))
            except AuthFailed:
                row = None
            self._seen.live[ticket] = row is not None and not row.get("is_deleted")
        return self._seen.live.get(ticket, False)


def _demand_zone(answer: Answer, name: str) -> None:
    """Hold the user's wall clock against the server's true one: in a wrong zone every hour would be wrong."""
    zone = ZoneInfo(name)
    wall = datetime.fromisoformat(answer.data["session"]["glpi_currenttime"]).replace(tzinfo=zone)
    true = parsedate_to_datetime(answer.headers["Date"]).astimezone(zone)
    if _CLOCK < abs(wall - true) < _ZONES:
        raise ConfigError(
            f"GLPI shows this user {wall:%H:%M} when it is {true:%H:%M} in {zone}; mend time.timezone in "
            "the desk's mapping, or the time zone in the API user's preferences: nothing is read before"
        )


def _demand_rights(profile: Mapping[str, Any]) -> None:
    lacking = [words for name, (bit, words) in _RIGHTS.items() if not int(profile.get(name) or 0) & bit]
    if lacking:
        raise AuthFailed(
            f"GLPI's profile '{profile.get('name')}' hides work from the API user; it lacks: "
            f"{', '.join(lacking)}. Tick that in the profile, or give the user the profile Read-Only"
        )


def _behind(mark: str) -> str:
    return f"{datetime.fromisoformat(mark) - _OVERLAP}" if mark else ""


def _stamp(row: Row) -> str:
    return row.get("date_mod") or ""


def _touched(rows: Iterable[Row], by: str, mark: str) -> set[str]:
    return {str(row["tickets_id"]) for row in rows if (row.get(by) or "") > mark}


def _newest(rows: Iterable[Row], by: str) -> str:
    return max((row.get(by) or "" for row in rows), default="")


def _pages(things: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (things[start : start + _PAGE] for start in range(0, len(things), _PAGE))


def _entries(raws: Iterable[Raw]) -> Iterator[dict[str, Any]]:
    return (entry for raw in raws for entry in raw.payload.get("entries", ()))


def _ids(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(row["id"]) for row in rows))


def _cursor(marks: Mapping[str, str]) -> Cursor:
    return Cursor(json.dumps(marks, sort_keys=True))
