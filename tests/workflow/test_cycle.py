"""One round of the house's work, and what is left of it when something is in the way."""

from pathlib import Path

import pytest

from connector.http import Transient
from connector.store import events, lease
from connector.workflow.cycle import CycleReport, run
from connector.workflow.house import House
from tests.workflow.standins import Clock, FakeBooks, FakeDesk, make_house, statuses, stop_after


def kinds(house: House) -> list[str]:
    return [event.kind for event in events.events(house.store) if event.kind.startswith(("cycle", "sweep"))]


def test_round_pulls_closes_and_pushes(house: House, desk: FakeDesk, books: FakeBooks) -> None:
    desk.put("1", a=6 * 3600)  # 5 h are in the allowance: 1 h at 75.00
    report = run(house, confirmed=True)
    assert report.good
    assert [desk.tickets for desk in report.synced] == [1]
    assert [(closed.customer, str(closed.period), closed.skipped) for closed in report.closed] == [
        ("acme", "2026-03", "")
    ]
    assert [(one.reference, str(one.net)) for one in books.documents] == [("db-2026-0001", "75.00")]
    assert statuses(house) == {"db-2026-0001": "pushed"}
    assert kinds(house) == ["cycle", "sweep"]


def test_second_round_changes_nothing(house: House, desk: FakeDesk, books: FakeBooks) -> None:
    desk.put("1", a=6 * 3600)
    run(house, confirmed=True)
    report = run(house)
    assert (report.good, report.closed, report.pushed) == (True, (), ())
    assert len(books.documents) == 1


def test_first_push_waits_for_a_person(house: House, desk: FakeDesk, books: FakeBooks) -> None:
    desk.put("1", a=6 * 3600)
    report = run(house)
    assert [(total.books, str(total.net)) for total in report.unconfirmed] == [("tryton", "75.00")]
    assert report.good
    assert books.documents == []
    assert run(house).unconfirmed == report.unconfirmed


def test_what_is_left_is_pushed_first(house: House, desk: FakeDesk, books: FakeBooks) -> None:
    desk.put("1", a=6 * 3600)
    books.fault = Transient("GET: 503")
    report = run(house, confirmed=True)
    assert not report.good
    assert [(name, str(fault)) for name, fault in report.faults()] == [("tryton", "GET: 503")]
    failed = events.events(house.store, kind="cycle_failed")
    assert [event.detail for event in failed] == ["tryton: GET: 503"]
    books.fault = None
    report = run(house, confirmed=True)
    assert [document.reference for books_ in report.left for document in books_.documents] == ["db-2026-0001"]
    assert report.pushed == ()


def test_desk_that_is_down_keeps_the_period_open(house: House, desk: FakeDesk) -> None:
    desk.put("1", a=60)
    desk.fails_at = 0
    report = run(house, confirmed=True)
    assert not report.good
    assert [closed.invoices for closed in report.closed] == [()]
    assert "zammad has not been synced past the end of 2026-03" in report.closed[0].skipped


def test_desks_are_swept_once_a_day(house: House, desk: FakeDesk, clock: Clock) -> None:
    desk.put("1", a=60)
    swept = []
    for _ in range(3):
        swept.append(len(run(house, confirmed=True).swept))
        clock.forward(hours=12)
    assert swept == [1, 0, 1]


def test_desk_that_shrank_spoils_the_round(house: House, desk: FakeDesk) -> None:
    desk.put("1", a=60)
    assert run(house, confirmed=True).good
    desk.tickets.clear()
    house.now = Clock(house.now().replace(day=6))
    report = run(house, confirmed=True)
    assert not report.good
    assert "no longer shows 1 of the tickets" in events.events(house.store, last=1)[0].detail


@pytest.mark.parametrize("asked", [1, 2, 3, 4, 5, 6])
def test_stopped_round_is_taken_up_by_the_next(tmp_path: Path, asked: int) -> None:
    desk, books = FakeDesk(page=1), FakeBooks()
    desk.put("1", a=6 * 3600)
    desk.put("2", a=3600)
    house = make_house(tmp_path, desks={"zammad": desk}, books={"tryton": books}, stop=stop_after(asked))
    report = run(house, confirmed=True)
    assert report.stopped
    assert not report.good
    house.stop = lambda: False
    lease.acquire(house.store, "another", house.now())
    lease.release(house.store, "another")
    assert run(house, confirmed=True).good
    assert [str(one.net) for one in books.documents] == ["150.00"]
    house.close()


def test_report_without_anything_is_good() -> None:
    assert CycleReport(started_at=Clock()()).good
