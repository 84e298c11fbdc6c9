"""The daemon: cycles by the clock, remotes that are down for hours, and the end when it is told to stop."""

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.daemon import Daemon
from connector.http import ConfigError, Transient
from connector.model.problem import Problem
from connector.store import events
from connector.store.engine import open_store
from connector.store.lease import Busy, acquire
from connector.workflow.cycle import CycleReport, run
from connector.workflow.house import House
from connector.workflow.push import BooksReport, Total
from connector.workflow.sync import DeskReport
from tests.workflow.standins import Clock, FakeBooks, FakeDesk, make_house

Cycle = Callable[[House], CycleReport]
NOTHING = CycleReport(started_at=Clock()())


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    logging.getLogger("apscheduler").setLevel(logging.NOTSET)


class Opener:
    """Opens the same house again and again, as a configuration file does."""

    def __init__(self, folder: Path, **parts: Any) -> None:
        made = make_house(folder)
        made.close()
        self.folder, self.parts, self.opened = folder, parts, 0
        daemon = made.settings.daemon.model_copy(update={"every": 1, "jitter": 0})
        self.template = made
        self.settings = made.settings.model_copy(update={"daemon": daemon})

    def __call__(self, config: Path, **given: Any) -> House:
        self.opened += 1
        one = self.template
        return House(
            path=config,
            settings=self.settings,
            origin=one.origin,
            customers=one.customers,
            origins=one.origins,
            mappings=one.mappings,
            store=open_store(self.folder / "deskbill.sqlite"),
            now=Clock(),
            **self.parts,
            **given,
        )


def watch(folder: Path, cycle: Cycle, **facts: Any) -> Daemon:
    return Daemon(folder / "config.yaml", opener=Opener(folder), cycle=cycle, **facts)


def told(caplog: pytest.LogCaptureFixture, level: int = logging.INFO) -> list[str]:
    return [
        record.getMessage()
        for record in caplog.records
        if record.name == "connector.daemon" and record.levelno >= level
    ]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_it_after_the_page_under_way(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, number: signal.Signals
) -> None:
    caplog.set_level(logging.INFO)
    heard: list[bool] = []

    def cycle(house: House) -> CycleReport:
        assert not house.stop()
        os.kill(os.getpid(), number)
        heard.append(bool(house.sleep(5)))  # a wait of the door is cut short
        heard.append(house.stop())
        return NOTHING

    watch(tmp_path, cycle).serve()
    assert heard == [True, True]
    lines = told(caplog)
    assert lines[0].startswith("daemon started config=")
    assert "cycle good=yes tickets=0 closed=0 waiting=0 documents=0 held=0 next=never" in lines
    assert lines[-1] == "daemon stopped"


def test_real_cycle_goes_round(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    desk, books = FakeDesk(), FakeBooks()
    desk.put("1", a=6 * 3600)
    opener = Opener(tmp_path, desks={"zammad": desk}, books={"tryton": books})

    def cycle(house: House) -> CycleReport:
        report = run(house)
        daemon.stop()
        return report

    daemon = Daemon(tmp_path / "config.yaml", opener=opener, cycle=cycle)
    daemon.serve()
    assert "first push waits for a person; run: deskbill push" in told(caplog, logging.WARNING)
    assert any(line.startswith("cycle good=yes tickets=1 closed=1") for line in told(caplog))
    with open_store(tmp_path / "deskbill.sqlite") as store:
        assert [event.actor for event in events.events(store, kind="cycle")] == ["daemon"]
        acquire(store, "another", Clock()())  # the lease was given back


def test_one_cycle_at_a_time_and_the_next_one_comes(tmp_path: Path) -> None:
    running, most, count = [0], [0], [0]

    def cycle(house: House) -> CycleReport:
        running[0] += 1
        count[0] += 1
        most[0] = max(most[0], running[0])
        house.sleep(0.1)
        running[0] -= 1
        if count[0] == 2:
            daemon.stop()
        return NOTHING

    daemon = watch(tmp_path, cycle)
    daemon.serve()
    assert (count, most) == ([2], [1])


def test_house_is_opened_anew_for_each_cycle(tmp_path: Path) -> None:
    def cycle(_: House) -> CycleReport:
        daemon.stop()
        return NOTHING

    daemon = watch(tmp_path, cycle)
    opener = daemon.opener
    assert isinstance(opener, Opener)
    daemon.serve()
    assert opener.opened == 2  # to look at the settings, and for the first cycle


def test_house_that_cannot_be_opened_is_told_at_once(tmp_path: Path) -> None:
    def opener(*_: Any, **__: Any) -> House:
        raise ConfigError("no adapter 'jira'")

    with pytest.raises(ConfigError, match="jira"):
        Daemon(tmp_path / "config.yaml", opener=opener).serve()


class Watched(Daemon):
    """Rounds without the clock."""

    def rounds(self, count: int) -> None:
        for _ in range(count):
            self._go_round()

    def _next(self) -> str:
        return "12:15"


def test_remote_that_is_down_for_hours_is_told_ever_more_rarely(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    fault = Transient("GET http://desk/:\n503")
    down = CycleReport(started_at=Clock()(), synced=(DeskReport(desk="zammad", fault=fault),))
    up = CycleReport(started_at=Clock()(), synced=(DeskReport(desk="zammad", complete=True),))
    reports = [*[down] * 9, up]
    daemon = Watched(tmp_path / "c.yaml", opener=Opener(tmp_path), cycle=lambda _: reports.pop(0))
    daemon.rounds(10)
    assert told(caplog, logging.WARNING) == [
        f"failed name=zammad times={count} next=12:15 why=GET http://desk/: 503" for count in (1, 2, 4, 8)
    ]
    assert "recovered name=zammad after=9" in told(caplog)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ConfigError("the secret 'x' is not set"), "the secret 'x' is not set"),
        (Busy("eve", Clock()(), Clock()()), "eve is at work since 2026-04-04 06:00:00 UTC"),
        (OSError(28, "No space left on device"), "No space left on device"),
    ],
)
def test_what_passes_does_not_end_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, error: Exception, why: str
) -> None:
    caplog.set_level(logging.INFO)
    outcomes: list[Exception | CycleReport] = [error, NOTHING]

    def cycle(_: House) -> CycleReport:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    Watched(tmp_path / "c.yaml", opener=Opener(tmp_path), cycle=cycle).rounds(2)
    (line,) = told(caplog, logging.WARNING)
    assert line.startswith("failed name=cycle times=1 next=12:15 why=")
    assert why in line
    assert "recovered name=cycle after=1" in told(caplog)


def test_customer_files_that_cannot_be_read_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    opener = Opener(tmp_path)
    opener.parts["problems"] = (Problem(code="unreadable", message="acme.yaml: unknown key 'hourli'"),)
    Watched(tmp_path / "c.yaml", opener=opener, cycle=lambda _: NOTHING).rounds(1)
    assert told(caplog, logging.WARNING) == [
        "failed name=customers times=1 next=12:15 why=acme.yaml: unknown key 'hourli'"
    ]


def test_books_are_told_by_name_and_so_is_a_first_push(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    total = Total(books="files", currency="EUR", documents=1, net=Decimal(1), gross=Decimal(1))
    down = BooksReport(books="tryton", fault=Transient("503"))
    report = CycleReport(started_at=Clock()(), pushed=(down,), unconfirmed=(total,))
    Watched(tmp_path / "c.yaml", opener=Opener(tmp_path), cycle=lambda _: report).rounds(1)
    assert told(caplog, logging.WARNING) == [
        "failed name=tryton times=1 next=12:15 why=503",
        "first push waits for a person; run: deskbill push",
    ]


def test_hanging_request_does_not_keep_it_longer_than_its_patience(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answers = threading.Event()
    left: list[int] = []

    def cycle(_: House) -> CycleReport:
        daemon.stop()
        answers.wait(5)
        return NOTHING

    daemon = watch(tmp_path, cycle, patience=0.1, leave=left.append)
    daemon.serve()
    answers.set()
    assert left == [0]
    assert told(caplog) == [
        "daemon stopped while a request hangs; the next cycle finds out what became of it"
    ]
