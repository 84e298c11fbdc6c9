"""The night watch: goes round the house by the clock, one cycle at a time, until it is told to stop."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from apscheduler.events import EVENT_SCHEDULER_STARTED
from apscheduler.schedulers.blocking import BlockingScheduler

from connector.config.validate import Unreadable
from connector.http import ConfigError
from connector.workflow.cycle import CycleReport, run
from connector.workflow.house import House, open_house
from connector.workflow.upkeep import Busy, StoreError

#: What keeps one cycle from its work and may be mended before the next.
_PASSING = (Busy, StoreError, Unreadable, ConfigError, OSError)
_CYCLE = "cycle"

logger = logging.getLogger(__name__)


@dataclass
class Daemon:
    """Cycles of one house by the clock. The house is opened anew each time, so edited files take effect."""

    config: Path
    actor: str = "daemon"
    opener: Callable[..., House] = open_house
    cycle: Callable[[House], CycleReport] = run
    patience: float = 25  #: seconds that a cycle has for coming to the end of a page or document
    leave: Callable[[int], object] = os._exit  #: ends the process while a request still hangs
    _stopping: threading.Event = field(default_factory=threading.Event, init=False)
    _idle: threading.Event = field(default_factory=threading.Event, init=False)
    _failures: dict[str, int] = field(default_factory=dict, init=False)  #: in a row, by desk or books
    _clock: BlockingScheduler = field(init=False)

    def serve(self) -> None:
        """Work until `stop` is called or SIGTERM or SIGINT comes. Blocks; call it in the main thread.

        Raises:
            Unreadable, ConfigError, StoreError: the house cannot be opened even once.
        """
        with closing(self._open()) as house:
            times = house.settings.daemon
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it would call each long cycle a warning
        self._idle.set()
        self._clock = BlockingScheduler(timezone=UTC)
        self._clock.add_listener(self._watch, EVENT_SCHEDULER_STARTED)
        self._clock.add_job(
            self._go_round,
            "interval",
            id=_CYCLE,
            seconds=times.every,
            jitter=times.jitter or None,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )
        logger.info("daemon started config=%s every=%ss jitter=%ss", self.config, times.every, times.jitter)
        self._clock.start()
        self._finish()

    def stop(self) -> None:
        """Ask to stop: after this page, this document, or at once if nothing is under way."""
        self._stopping.set()

    def _open(self) -> House:
        return self.opener(
            self.config, actor=self.actor, stop=self._stopping.is_set, sleep=self._stopping.wait
        )

    def _watch(self, _event: object) -> None:
        def end() -> None:
            self._stopping.wait()
            self._clock.shutdown(wait=False)

        threading.Thread(target=end, daemon=True).start()

    def _finish(self) -> None:
        if self._idle.wait(self.patience):
            logger.info("daemon stopped")
            return
        logger.warning("daemon stopped while a request hangs; the next cycle finds out what became of it")
        self.leave(0)

    def _go_round(self) -> None:
        self._idle.clear()
        try:
            with closing(self._open()) as house:
                self._tell_files(house)
                report = self.cycle(house)
            self._tell(report)
        except _PASSING as error:
            self._failed(_CYCLE, error)
        finally:
            self._idle.set()

    def _tell_files(self, house: House) -> None:
        if house.problems:
            self._failed("customers", Unreadable(house.problems))
        else:
            self._recovered("customers")

    def _tell(self, report: CycleReport) -> None:
        self._recovered(_CYCLE)
        faults = dict(report.faults())
        docks = [desk.desk for desk in report.synced] + [
            books.books for books in (*report.left, *report.pushed)
        ]
        for name in docks:
            if name not in faults:
                self._recovered(name)
        for name, fault in faults.items():
            self._failed(name, fault)
        if report.unconfirmed:
            logger.warning("first push waits for a person; run: deskbill push")
        documents = [document for books in (*report.left, *report.pushed) for document in books.documents]
        logger.info(
            "cycle good=%s tickets=%d closed=%d waiting=%d documents=%d held=%d next=%s",
            "yes" if report.good else "no",
            sum(desk.tickets for desk in report.synced),
            sum(1 for closed in report.closed if not closed.skipped),
            sum(1 for closed in report.closed if closed.skipped),
            len(documents),
            sum(1 for document in documents if document.reason),
            self._next(),
        )

    def _failed(self, name: str, fault: Exception) -> None:
        """Log the first failure, the second, the fourth, the eighth ...: a remote may be down for hours."""
        count = self._failures[name] = self._failures.get(name, 0) + 1
        level = logging.DEBUG if count & (count - 1) else logging.WARNING
        what = " ".join(str(fault).split())
        logger.log(level, "failed name=%s times=%d next=%s why=%s", name, count, self._next(), what)

    def _recovered(self, name: str) -> None:
        if count := self._failures.pop(name, 0):
            logger.info("recovered name=%s after=%d", name, count)

    def _next(self) -> str:
        job = self._clock.get_job(_CYCLE)
        return (
            "never" if job is None or self._stopping.is_set() else f"{job.next_run_time:%Y-%m-%dT%H:%M:%SZ}"
        )
