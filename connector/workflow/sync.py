"""Bring tickets and time in from the desks, page by page; one desk that is down does not stop the others."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from connector.desk import ChangedPage, Cursor, Desk, Known, Raw
from connector.http import ConfigError, Refused, RemoteError
from connector.model.problem import Problem
from connector.store import work
from connector.store.nouns import Counts, Seen
from connector.workflow.house import House

#: Told at the start and after each page: desk, tickets so far, tickets in all if the desk says so.
Progress = Callable[[str, int, int | None], object]
#: How many tickets a sweep fetches and saves at a time.
SWEEP_PAGE = 200
#: Where a desk refuses this many tickets one after the other, it is not the tickets.
FEW = 5
#: What `Desk.parse` raises when a ticket has not the shape that it knows.
MISSHAPEN = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskReport:
    """What a pull or sweep of one desk did."""

    desk: str
    tickets: int = 0  #: tickets read, some perhaps twice
    counts: Counts = field(default_factory=Counts)  #: in work entries
    complete: bool = False  #: all that the desk had at the start is in the ledger
    problems: tuple[Problem, ...] = ()  #: found this time: of the log-in, of tickets, a desk that shrank
    fault: RemoteError | ConfigError | None = None  #: why it broke off


def silent(_desk: str, _done: int, _total: int | None) -> None:
    """Show no progress."""


def sync(
    house: House, desks: Sequence[str] | None = None, progress: Progress = silent
) -> tuple[DeskReport, ...]:
    """Pull what changed at the desks named, or at all of them.

    Raises:
        Busy: another process writes.
        ConfigError: the configuration has no such desk.
    """
    return _each(house, desks, progress, _pull)


def sweep(
    house: House, desks: Sequence[str] | None = None, progress: Progress = silent, *, believe: bool = False
) -> tuple[DeskReport, ...]:
    """Read every ticket that the desks have, which finds deletions and edits that no desk announces.

    Where a desk shows fewer than half of the tickets whose work we know, nothing is taken from it, unless a
    person says to ``believe`` it.

    Raises:
        Busy: another process writes.
        ConfigError: the configuration has no such desk.
    """
    return _each(house, desks, progress, partial(_sweep, believe=believe))


@dataclass(slots=True)
class _Pull:
    """One desk being read, and what came of it so far."""

    house: House
    name: str
    desk: Desk
    progress: Progress
    report: DeskReport

    def take(self, tickets: Sequence[str], cursor: Cursor | None, total: int | None) -> bool:
        """Fetch tickets and save them in one transaction; tell whether to go on."""
        store = self.house.store
        known = {ticket: raw for ticket, raw in work.known(store, self.name, tickets).items() if raw.payload}
        page = [_read(self.desk, self.name, raw) for raw in _fetched(self.desk, self.name, tickets, known)]
        counts = work.save_page(store, self.name, page, cursor, self.house.now())
        self.report = replace(
            self.report,
            tickets=self.report.tickets + len(page),
            counts=self.report.counts + counts,
            problems=(*self.report.problems, *(seen.problem for seen in page if seen.problem)),
        )
        self.progress(self.name, self.report.tickets, total)
        return not self.house.halted()


def _each(
    house: House, desks: Sequence[str] | None, progress: Progress, job: Callable[[_Pull], bool]
) -> tuple[DeskReport, ...]:
    names = list(house.settings.desks) if desks is None else list(dict.fromkeys(desks))
    for name in names:
        house.demand("desks", name)
    with house.writer():
        return tuple(_one(house, name, progress, job) for name in names)


def _one(house: House, name: str, progress: Progress, job: Callable[[_Pull], bool]) -> DeskReport:
    report = DeskReport(desk=name)
    progress(name, 0, None)
    try:
        desk = house.desk(name)
        pull = _Pull(house, name, desk, progress, replace(report, problems=desk.check().problems))
    except (RemoteError, ConfigError) as fault:
        return replace(report, fault=fault)
    try:
        complete = job(pull)
    except (RemoteError, ConfigError) as fault:
        return replace(pull.report, fault=fault)
    return replace(pull.report, complete=complete)


def _pull(pull: _Pull) -> bool:
    house, started = pull.house, pull.house.now()
    if house.halted():
        return False
    # Tickets that could not be read are tried again, although the desk does not call them changed.
    if not all(pull.take(page, None, None) for page in _pages(_troubled(house, pull.name), FEW)):
        return False
    for page in _understood(pull.name, pull.desk.changed(work.cursor(house.store, pull.name))):
        if not pull.take(page.tickets, page.cursor, page.total):
            return False
    work.mark_synced(house.store, pull.name, started, house.now())
    return True


def _sweep(pull: _Pull, *, believe: bool) -> bool:
    house, started = pull.house, pull.house.now()
    present = dict.fromkeys(
        ticket for page in _understood(pull.name, pull.desk.every()) for ticket in page.tickets
    )
    with_work = _tickets_with_work(pull.house, pull.name)
    missing = [ticket for ticket in with_work if ticket not in present]
    if 2 * len(missing) > len(with_work) and not believe:
        pull.report = replace(pull.report, problems=(*pull.report.problems, _shrunk(pull, len(missing))))
        return False
    # The desk is asked for the missing ones too: only what it calls gone is gone.
    everything = [*present, *missing]
    if not all(pull.take(page, None, len(everything)) for page in _pages(everything, SWEEP_PAGE)):
        return False
    work.mark_synced(house.store, pull.name, started, house.now())
    return True


def _tickets_with_work(house: House, name: str) -> list[str]:
    entries = (seen.entry for seen in work.work_between(house.store, date.min, date.max))
    return list(dict.fromkeys(entry.ticket for entry in entries if entry.desk == name))


def _shrunk(pull: _Pull, missing: int) -> Problem:
    return Problem(
        code="desk_shrunk",
        about=pull.name,
        message=f"desk {pull.name} no longer shows {missing} of the tickets whose work we know, more than "
        "half; nothing was deleted. See whether its user lost rights or its database was restored",
    )


def _pages(tickets: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (tickets[start : start + size] for start in range(0, len(tickets), size))


def _troubled(house: House, name: str) -> list[str]:
    about = [problem.about.split("/") for problem in work.problems(house.store)]
    return list(dict.fromkeys(parts[1] for parts in about if len(parts) > 1 and parts[0] == name))


def _understood(name: str, pages: Iterator[ChangedPage]) -> Iterator[ChangedPage]:
    """Pass pages on. A list that an adapter cannot read is the desk's fault, and ends this desk's run."""
    while True:
        try:
            page = next(pages)
        except StopIteration:
            return
        except MISSHAPEN as error:
            raise _garbled(name, error) from error
        yield page


def _garbled(name: str, error: Exception) -> Refused:
    return Refused(f"{name}: an answer of the desk cannot be understood ({type(error).__name__}: {error})")


def _fetched(desk: Desk, name: str, tickets: Sequence[str], known: Known) -> Iterator[Raw | Seen]:
    """Fetch tickets; where one of them is refused or spoils the answer, fetch each alone."""
    try:
        yield from list(desk.snapshots(tickets, known))
    except (Refused, *MISSHAPEN) as fault:
        refused = 0
        for ticket in tickets:
            found = _alone(desk, name, ticket, known)
            refused += any(isinstance(one, Seen) for one in found)
            if refused > FEW:
                raise fault if isinstance(fault, Refused) else _garbled(name, fault) from None
            yield from found


def _alone(desk: Desk, name: str, ticket: str, known: Known) -> Sequence[Raw | Seen]:
    try:
        return list(desk.snapshots([ticket], known))
    except Refused as refusal:
        return [_refused(name, ticket, known, refusal)]
    except MISSHAPEN as error:
        raw = known.get(ticket) or Raw(ticket=ticket, payload={})
        return [Seen(raw=raw, problem=_unreadable(name, ticket, error))]


def _refused(name: str, ticket: str, known: Known, refusal: Refused) -> Seen:
    return Seen(
        raw=known.get(ticket) or Raw(ticket=ticket, payload={}),
        problem=Problem(
            code="ticket_refused",
            about=f"{name}/{ticket}",
            message=f"the desk does not hand out this ticket: {refusal.message}; next time it is asked again",
        ),
    )


def _read(desk: Desk, name: str, raw: Raw | Seen) -> Seen:
    if isinstance(raw, Seen):
        return raw
    try:
        return Seen(raw=raw, snapshot=desk.parse(raw))
    except MISSHAPEN as error:
        return Seen(raw=raw, problem=_unreadable(name, raw.ticket, error))


def _unreadable(name: str, ticket: str, error: Exception) -> Problem:
    message = (
        f"this ticket cannot be understood ({type(error).__name__}: {error}); its work so far stands. "
        "Correct it at the desk, or report it to the adapter's makers"
    )
    return Problem(code="ticket_unreadable", about=f"{name}/{ticket}", message=message)
