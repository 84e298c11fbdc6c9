"""The protocol of a service desk: what an adapter under `adapters/desks` offers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NewType, Protocol

from connector.model.problem import Problem
from connector.model.work import TicketSnapshot

#: Where a pull goes on, as JSON text that only the adapter reads; empty: from the beginning.
Cursor = NewType("Cursor", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """A ticket as the desk sent it: only the fields that `Desk.parse` reads."""

    ticket: str  #: the desk's own id
    payload: Mapping[str, Any]  #: JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPage:
    """Tickets that changed, oldest change first."""

    tickets: tuple[str, ...]  #: the desk's own ids
    cursor: Cursor  #: valid once all these tickets are stored
    total: int | None = None  #: how many the desk says there are in all, for progress


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskInfo:
    """What a log-in found."""

    product: str
    version: str
    capabilities: Mapping[str, bool] = field(default_factory=dict)  #: probed
    problems: tuple[Problem, ...] = ()  #: what would make figures wrong, e.g. a unit that disagrees


#: The raw tickets that the house already has, by ticket id.
Known = Mapping[str, Raw]


class Desk(Protocol):
    """A service desk. Errors are those of `connector.http`."""

    def check(self) -> DeskInfo:
        """Log in and probe version and rights."""

    def changed(self, since: Cursor) -> Iterator[ChangedPage]:
        """Yield what changed, oldest first, inclusive and with overlap: a ticket may come again."""

    def snapshots(self, tickets: Sequence[str], known: Known) -> Iterator[Raw]:
        """Yield whole tickets with all their work. A ticket that is gone comes as a payload that says so."""

    def every(self) -> Iterator[ChangedPage]:
        """Yield all tickets that exist now, for the sweep that finds deletions and unannounced edits."""

    def parse(self, raw: Raw) -> TicketSnapshot:
        """Settle unit, zone and sign. Pure."""


#: What our one internal note on a ticket begins with, by which it is found again.
NOTE_MARK = "[Deskbill]"


class Annotates(Protocol):
    """A desk that takes the contract's position back to the people who work on a ticket (optional)."""

    def annotate(self, ticket: str, text: str) -> None:
        """Make ``text`` our one internal note on a ticket, never to be seen by the customer.

        The note of ours that stands there is found by `NOTE_MARK`, with which ``text`` begins, and replaced;
        where the desk lets nobody edit a note, a field of the ticket holds the text. The same text again
        changes nothing. Errors are those of `connector.http`.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A word that a desk knows, and where tickets bear it."""

    where: str  #: as a mapping's ``from`` says it: ``ticket.owner.organization``, ``entry.activity`` ...
    word: str  #: as the tickets bear it
    about: str = ""  #: what helps people to know it, e.g. the name that belongs to an id; plain text


class Directory(Protocol):
    """A desk that lists its customers, sites, people, items and kinds of work (optional)."""

    def directory(self) -> Iterator[Listed]:
        """Yield every word that tickets may bear, also those that none bears yet; inactive ones are left out.

        What the desk's user has no right to list is left out.
        """


class Hears(Protocol):
    """A desk that sends word of a change, which is a hint only: the facts come by the pull (optional)."""

    def heard(self, headers: Mapping[str, str], body: bytes) -> tuple[str, ...]:
        """Return the tickets that a request tells of; none if it is of no use.

        Raises:
            AuthFailed: its signature is missing or wrong.
        """
