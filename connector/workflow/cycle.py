"""One round of the house's work: push what is left, bring in what is new, close what is due, push."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.http import ConfigError, RemoteError
from connector.store import events
from connector.workflow.close import Closed, close_due
from connector.workflow.house import House
from connector.workflow.push import BooksReport, Total, Unconfirmed, push
from connector.workflow.sync import DeskReport, Progress, silent, sweep, sync
from connector.workflow.usage import UsageReport, sync_usage

#: Every desk is read whole this often, so that a close does not bill what was deleted unannounced.
SWEEP_EVERY = timedelta(days=1)
#: Kinds of events: a round that went well, and one that did not.
GOOD, FAILED, SWEPT = "cycle", "cycle_failed", "sweep"


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """What one round did, in the order in which it was done."""

    started_at: datetime  #: aware
    left: tuple[BooksReport, ...] = ()  #: pushed first, from earlier rounds
    synced: tuple[DeskReport, ...] = ()
    swept: tuple[DeskReport, ...] = ()
    usage: tuple[UsageReport, ...] = ()
    closed: tuple[Closed, ...] = ()
    pushed: tuple[BooksReport, ...] = ()
    unconfirmed: tuple[Total, ...] = ()  #: the first push of the installation, which a person must confirm
    stopped: bool = False  #: somebody asked to stop before the end

    def faults(self) -> Iterator[tuple[str, RemoteError | ConfigError]]:
        """Yield the desks and books that broke off, with the reason."""
        for desk in (*self.synced, *self.swept):
            if desk.fault:
                yield desk.desk, desk.fault
        for books in (*self.left, *self.pushed):
            if books.fault:
                yield books.books, books.fault

    @property
    def good(self) -> bool:
        """Tell whether the round came to its end with all desks and books."""
        return not self.stopped and not any(self.faults()) and all(desk.complete for desk in self.swept)


def run(house: House, *, confirmed: bool = False, progress: Progress = silent) -> CycleReport:
    """Go one round under the writer's lease; a desk or books that are down do not stop the rest.

    Args:
        house: the house.
        confirmed: a person has said yes to the first push of this installation.
        progress: told after each page and document.

    Raises:
        Busy: another process writes.
    """
    with house.writer():
        started_at = house.now()
        left, unconfirmed = _push(house, confirmed, progress)
        synced = sync(house, progress=progress)
        swept = _sweep(house, synced, progress)
        usage = () if house.halted() else sync_usage(house)
        closed = () if house.halted() else tuple(close_due(house))
        pushed: tuple[BooksReport, ...] = ()
        if not unconfirmed and not house.halted():
            pushed, unconfirmed = _push(house, confirmed, progress)
        report = CycleReport(
            started_at=started_at,
            left=left,
            synced=synced,
            swept=swept,
            usage=usage,
            closed=closed,
            pushed=pushed,
            unconfirmed=unconfirmed,
            stopped=house.halted(),
        )
        _note(house, report)
    return report


def _push(
    house: House, confirmed: bool, progress: Progress
) -> tuple[tuple[BooksReport, ...], tuple[Total, ...]]:
    try:
        return push(house, confirmed=confirmed, progress=progress), ()
    except Unconfirmed as first:
        return (), first.totals


def _sweep(house: House, synced: tuple[DeskReport, ...], progress: Progress) -> tuple[DeskReport, ...]:
    due = [report.desk for report in synced if report.complete and _unswept(house, report.desk)]
    swept = sweep(house, due, progress) if due and not house.halted() else ()
    for report in swept:
        if report.complete:
            events.record(house.store, house.now(), house.actor, SWEPT, report.desk)
    return swept


def _unswept(house: House, desk: str) -> bool:
    last = events.events(house.store, kind=SWEPT, subject=desk, last=1)
    return not last or house.now() - last[0].at >= SWEEP_EVERY


def _note(house: House, report: CycleReport) -> None:
    if report.good:
        events.record(house.store, house.now(), house.actor, GOOD, "")
        return
    reasons = [f"{name}: {fault}" for name, fault in report.faults()]
    reasons += [problem.message for desk in report.swept if not desk.complete for problem in desk.problems]
    events.record(house.store, house.now(), house.actor, FAILED, "", "; ".join(reasons) or "it was stopped")
