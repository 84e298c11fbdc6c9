"""Work as the desk tells it: tickets with all their present work entries, unit, zone and sign settled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from connector.model.problem import Problem


class Survey(StrEnum):
    """What the requester's satisfaction survey says."""

    NONE = "none"  #: the desk has none, or it is unanswered
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkEntry:
    """One booking of time on a ticket, as `Desk.parse` settles it."""

    desk: str  #: the desk's name in the configuration
    ticket: str  #: the desk's own ticket id, as text
    entry: str  #: the desk's own entry id, as text; unique within the ticket
    seconds: int  #: what is billed; negative where a desk books a correction so
    worked_on: date  #: the day of work as the desk says it; a known interval decides instead
    started_at: datetime | None = None  #: aware; None if the desk knows no time of day
    ended_at: datetime | None = None  #: aware; set exactly when ``started_at`` is
    technician: str = ""  #: the desk's own id of who worked; empty: unknown
    technician_name: str = ""  #: the name for people; stored apart, can be blanked
    activity: str = ""  #: the desk's word for the kind of work; empty: none given
    note: str = ""  #: what was done, plain text
    billable: bool | None = None  #: the desk's own flag; None: the desk has none
    #: further fields of the entry, by the desk's names
    fields: Mapping[str, str] = field(default_factory=dict)
    problem: Problem | None = None  #: why this entry cannot be believed as it stands; it is held

    @property
    def key(self) -> str:
        """``desk/ticket/entry``: unique in the house, never reused."""
        return f"{self.desk}/{self.ticket}/{self.entry}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSnapshot:
    """A ticket with all its present work: an entry that is no longer in it was deleted."""

    desk: str  #: the desk's name in the configuration
    ticket: str  #: the desk's own id, as text
    number: str  #: the number that people see
    title: str  #: plain text
    #: who pays, in the desk's words, e.g. ``{"organization": "ACME GmbH"}``; empty: unknown
    owner: Mapping[str, str]
    work: tuple[WorkEntry, ...]  #: every entry the ticket has now
    changed_at: datetime  #: aware; the desk's own clock
    created_on: date | None = None
    closed: bool = False  #: the desk regards the ticket as done
    survey: Survey = Survey.NONE
    survey_text: str = ""  #: the survey's words or score, for people
    #: site, item, contact, category, priority, sla, state, links, custom fields
    fields: Mapping[str, str] = field(default_factory=dict)
    removed: bool = False  #: the ticket is gone or in the trash: all its work is deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A work entry in the contract's words: what rating sees. Made by `connector.mapping`."""

    key: str  #: ``desk/ticket/entry``
    desk: str
    ticket: str  #: ``desk/ticket``: one line on an invoice never spans two
    number: str  #: the ticket number that people see
    title: str  #: the ticket's title
    seconds: int  #: real seconds, signed
    worked_on: date
    started_at: datetime | None = None  #: aware
    ended_at: datetime | None = None  #: aware
    technician: str = ""  #: opaque id
    #: service, site, category, priority, item, cost_centre ... in the contract's words
    facets: Mapping[str, str] = field(default_factory=dict)
    billable: bool | None = None
    survey: Survey = Survey.NONE
    survey_text: str = ""
    closed: bool = True
    shift: str = ""  #: the shift that the mapping names for day-only work; empty: none
    opened_on: date | None = None  #: when the ticket was opened; None: the desk does not say
    problem: Problem | None = None  #: it is held, and this is why
