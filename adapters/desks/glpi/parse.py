"""GLPI's tickets and tasks in the trade's words: zone, state and survey settled. No network."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from html import unescape
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

from adapters.desks.glpi.settings import Settings
from connector.desk import Raw
from connector.model.problem import Problem
from connector.model.work import Survey, TicketSnapshot, WorkEntry

Row = Mapping[str, Any]

_TICKET = ("name", "status", "type", "priority", "date", "date_mod")
_TASK = (
    "id",
    "date",
    "begin",
    "end",
    "actiontime",
    "state",
    "content",
    "users_id",
    "users_id_tech",
    "taskcategories_id",
    "is_private",
    "sourceitems_id",
)
#: GLPI's numbers in the words of its own pages.
_STATUS = {1: "new", 2: "assigned", 3: "planned", 4: "pending", 5: "solved", 6: "closed"}
_TYPE = {1: "incident", 2: "request"}
_PRIORITY = {1: "very low", 2: "low", 3: "medium", 4: "high", 5: "very high", 6: "major"}
_DONE_WITH = (5, 6)
#: State of a task that is only planned: its time is not work yet. The others are 0, information, and 2, done.
_TO_DO = 1
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def ticket_fields(row: Row, names: Mapping[str, str]) -> dict[str, Any]:
    """Keep of a ticket what `snapshot` reads; ``names``: of its entity, category and location."""
    return {name: row[name] for name in _TICKET if name in row} | {**names}


def task_fields(row: Row) -> dict[str, Any]:
    """Keep of a task what `snapshot` reads; the names of category and technician are added later."""
    return {name: row[name] for name in _TASK if name in row}


def snapshot(raw: Raw, settings: Settings) -> TicketSnapshot:
    """Settle a ticket.

    Raises:
        ValueError, LookupError: the ticket has not the shape that is known.
    """
    if "refused" in raw.payload:
        raise ValueError(raw.payload["refused"])
    # A ticket that is gone keeps the fields that were known of it, if any were.
    ticket: Row = raw.payload["ticket"]
    survey: Row = raw.payload.get("survey") or {}
    tasks = [task for task in raw.payload["entries"] if _is_work(task)]
    return TicketSnapshot(
        desk=settings.name,
        ticket=raw.ticket,
        number=raw.ticket,
        title=unescape(ticket.get("name") or ""),
        owner={"entity": unescape(ticket["entity"])} if ticket.get("entity") else {},
        work=tuple(_entry(task, raw.ticket, settings) for task in tasks),
        changed_at=_zoned(ticket["date_mod"], settings).astimezone(UTC) if ticket else _NEVER,
        created_on=_day(ticket["date"]) if ticket.get("date") else None,
        closed=ticket.get("status") in _DONE_WITH,
        survey=_opinion(survey.get("satisfaction"), settings),
        survey_text=_survey_text(survey),
        fields=_fields(ticket),
        removed="gone" in raw.payload,
    )


def plain_text(content: str) -> str:
    """Turn GLPI's HTML into text. A layer of entities around it, if there is one, is taken off first."""
    reader = _Text()
    reader.feed(unescape(content) if "<" not in content else content)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).splitlines())
    return "\n".join(line for line in lines if line)


class _Text(HTMLParser):
    _BLOCKS = frozenset(("p", "div", "br", "li", "tr", "h1", "h2", "h3", "pre", "blockquote"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(
        self,
        tag: str,
        attrs: list[tuple[str, str | None]],  # noqa: ARG002 - the parser calls it so
    ) -> None:
        self.parts.append("\n" if tag in self._BLOCKS else "")

    def handle_endtag(self, tag: str) -> None:
        self.handle_starttag(tag, [])

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _is_work(task: Row) -> bool:
    # A note without time is no booking: it must not become a minimum charge.
    return task["state"] != _TO_DO and bool(task["actiontime"] or task["begin"])


def _entry(task: Row, ticket: str, settings: Settings) -> WorkEntry:
    key = f"{settings.name}/{ticket}/{task['id']}"
    started, ended, problem = _interval(task, key, settings)
    return WorkEntry(
        desk=settings.name,
        ticket=ticket,
        entry=str(task["id"]),
        seconds=int(task["actiontime"]),
        worked_on=_day(task["begin"] or task["date"]),
        started_at=started,
        ended_at=ended,
        technician=str(who(task) or ""),
        technician_name=task.get("technician") or "",
        activity=unescape(task.get("category") or ""),
        note=plain_text(task["content"] or ""),
        fields={"private": "yes" if task["is_private"] else "no"},
        problem=_copied(task, key) or problem,
    )


def who(task: Row) -> int:
    """Return the id of who worked: the technician of the task, else its author; 0: nobody is left."""
    return int(task.get("users_id_tech") or task.get("users_id") or 0)


def _copied(task: Row, about: str) -> Problem | None:
    """Judge a task that a merge copied here.

    GLPI copies the tasks of the merged ticket under new ids and leaves the originals on that ticket, which
    it puts into the trash (recordings 241-244). A ticket in the trash is removed and its work with it, so the
    copy alone counts; only if somebody takes that ticket out of the trash does the same work stand twice.
    """
    if not task.get("source_live"):
        return None
    source = task["sourceitems_id"]
    message = (
        f"this work was copied from ticket {source} by a merge, and ticket {source} is back from the trash: "
        "it would count twice; delete it in one of the two tickets"
    )
    return Problem(code="copied_work", about=about, message=message)


def _interval(
    task: Row, about: str, settings: Settings
) -> tuple[datetime | None, datetime | None, Problem | None]:
    if not task["begin"] or not task["end"] or task["actiontime"] < 0:
        return None, None, None
    started, ended = _zoned(task["begin"], settings), _zoned(task["end"], settings)
    doubtful = next((moment for moment in (started, ended) if _is_doubtful(moment)), None)
    if doubtful is not None:
        message = (
            f"{doubtful:%Y-%m-%d %H:%M} occurs twice or never in {settings.time.timezone}, as clocks change; "
            "give the API user the time zone UTC in GLPI, and write it into time.timezone of the mapping"
        )
        return None, None, Problem(code="time_ambiguous", about=about, message=message)
    if ended <= started:
        message = f"the work ends at {task['end']}, not after its begin at {task['begin']}; correct the task"
        return None, None, Problem(code="time_unreadable", about=about, message=message)
    return started, ended, None


def _is_doubtful(moment: datetime) -> bool:
    """Tell whether a wall time names two instants, or none: then its two readings differ (PEP 495)."""
    return moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()


def _zoned(text: str, settings: Settings) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(settings.time.timezone or "UTC"))


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()


def _opinion(score: int | None, settings: Settings) -> Survey:
    if score is None or settings.survey_bad < score < settings.survey_good:
        return Survey.NONE
    return Survey.BAD if score <= settings.survey_bad else Survey.GOOD


def _survey_text(survey: Row) -> str:
    if survey.get("satisfaction") is None:
        return ""
    comment = plain_text(survey.get("comment") or "")
    return f"{survey['satisfaction']} of 5" + (f": {comment}" if comment else "")


def _fields(ticket: Row) -> dict[str, str]:
    fields = {
        "category": ticket.get("category", ""),
        "site": ticket.get("location", ""),
        "state": _STATUS.get(ticket.get("status", 0), str(ticket.get("status", ""))),
        "type": _TYPE.get(ticket.get("type", 0), ""),
        "priority": _PRIORITY.get(ticket.get("priority", 0), ""),
    }
    return {name: unescape(text) for name, text in fields.items() if text}
