"""A simulated desk as the conformance kit drives it, and a small house that pulls from it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from connector.desk import Cursor, Desk, Known, Raw
from connector.http import Refused, Session
from connector.model.work import TicketSnapshot
from connector.simulators.clock import Clock
from connector.simulators.faults import FaultPlan
from connector.simulators.server import serving
from connector.workflow.sync import MISSHAPEN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_BEGINNING = Cursor("")
#: By ticket and entry, the seconds that count.
Facts = Mapping[str, Mapping[str, int]]


class Simulator(Protocol):
    """A simulated desk: a WSGI application with a clock and a plan of faults."""

    clock: Clock
    faults: FaultPlan

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        """Answer a request."""


class DeskStage(ABC):
    """One product's simulated desk, with an adapter for it, in the kit's words. Ids are text."""

    simulator: Simulator
    #: regular expression, as `FaultPlan` takes it, of the requests that list changed tickets
    listing: ClassVar[str]
    #: names of fields of an entry without which its figure cannot be known
    needed: ClassVar[tuple[str, ...]]
    #: what the adapter asks of its session
    secrets: ClassVar[Mapping[str, str]]

    @abstractmethod
    def connect(self, url: str, session: Session) -> Desk:
        """Make the adapter; the desk answers at ``url``, which is the session's address."""

    @abstractmethod
    def open(self, *seconds: int) -> str:
        """Open a ticket with an entry of each length; give its id."""

    @abstractmethod
    def edit(self, ticket: str, seconds: int) -> None:
        """Set the length of the ticket's first entry."""

    @abstractmethod
    def delete(self, ticket: str) -> None:
        """Delete the ticket's first entry."""

    @abstractmethod
    def remove(self, ticket: str) -> None:
        """Delete the ticket, or put it into the trash."""

    @abstractmethod
    def belongs(self, row: Mapping[str, Any], ticket: str) -> bool:
        """Tell whether a JSON object that the desk sends is this ticket, or an entry of it."""

    @abstractmethod
    def truth(self) -> Facts:
        """Give what the desk holds now, removed tickets left out."""


@dataclass(slots=True)
class Pulled:
    """A house without a store: it pulls from a desk as `connector.workflow.sync` does, and remembers."""

    desk: Desk
    session: Session
    slept: list[float]  #: seconds that the session waited before it tried again
    cursor: Cursor = _BEGINNING
    known: dict[str, Raw] = field(default_factory=dict)

    def pull(self, pages: int | None = None) -> None:
        """Take what changed; break off after so many pages, as a process does that is stopped."""
        for number, page in enumerate(self.desk.changed(self.cursor), 1):
            self.take(page.tickets)
            self.cursor = page.cursor
            if number == pages:
                return

    def sweep(self) -> None:
        """Take every ticket, and ask for those that the desk no longer shows."""
        present = dict.fromkeys(ticket for page in self.desk.every() for ticket in page.tickets)
        self.take([*present, *(ticket for ticket in self.known if ticket not in present)])

    def take(self, tickets: Sequence[str]) -> None:
        """Fetch tickets; what is stored of them is known."""
        known = {ticket: self.known[ticket] for ticket in tickets if ticket in self.known}
        try:
            raws = list(self.desk.snapshots(tickets, known))
        except (Refused, *MISSHAPEN):
            raws = [raw for ticket in tickets for raw in self._alone(ticket, known)]
        self.known |= {raw.ticket: raw for raw in raws}

    def snapshots(self) -> list[TicketSnapshot]:
        """Parse all tickets; those that cannot be understood are left out."""
        return [snapshot for raw in self.known.values() if (snapshot := self._parsed(raw))]

    def facts(self) -> Facts:
        """Give what this house knows, removed tickets and entries with a problem left out."""
        return {
            one.ticket: {entry.entry: entry.seconds for entry in one.work if not entry.problem}
            for one in self.snapshots()
            if not one.removed
        }

    def _alone(self, ticket: str, known: Known) -> list[Raw]:
        try:
            return list(self.desk.snapshots([ticket], known))
        except (Refused, *MISSHAPEN):
            return []

    def _parsed(self, raw: Raw) -> TicketSnapshot | None:
        try:
            return self.desk.parse(raw)
        except MISSHAPEN:
            return None


@contextmanager
def pulling(stage: DeskStage) -> Iterator[Pulled]:
    """Serve a stage's simulator and connect its adapter, with a session that never really waits."""
    slept: list[float] = []
    with serving(stage.simulator) as url:
        session = Session(url, secrets=stage.secrets, sleep=slept.append)
        try:
            yield Pulled(stage.connect(url, session), session, slept)
        finally:
            session.close()
