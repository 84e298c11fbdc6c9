"""Pulling a desk: pages, restarts, tickets that cannot be read, desks that are down or shrink."""

from pathlib import Path

import pytest

from connector.desk import DeskInfo
from connector.http import ConfigError, Refused, Transient
from connector.model.problem import Problem
from connector.store import lease, work
from connector.store.lease import Busy
from connector.store.nouns import Counts
from connector.workflow.house import House
from connector.workflow.sync import FEW, sweep, sync
from tests.workflow.standins import MARCH, Clock, FakeDesk, make_house, stop_after


def seconds(house: House) -> dict[str, int]:
    found = work.work_between(house.store, MARCH.start, MARCH.end)
    return {seen.entry.key: seen.entry.seconds for seen in found}


def test_pull_saves_all_pages_and_marks_the_start(house: House, desk: FakeDesk, clock: Clock) -> None:
    for ticket in "123":
        desk.put(ticket, a=3600)
    shown: list[tuple[str, int, int | None]] = []

    def progress(name: str, done: int, total: int | None) -> None:
        shown.append((name, done, total))
        clock.forward(minutes=bool(done))

    started = clock()
    (report,) = sync(house, progress=progress)
    assert seconds(house) == {"zammad/1/a": 3600, "zammad/2/a": 3600, "zammad/3/a": 3600}
    assert report.complete
    assert (report.tickets, report.counts) == (3, Counts(new=3))
    assert shown == [("zammad", 0, None), ("zammad", 2, 3), ("zammad", 3, 3)]
    assert work.synced_until(house.store) == {"zammad": started}


def test_second_pull_changes_nothing_and_takes_up_where_the_first_ended(house: House, desk: FakeDesk) -> None:
    desk.put("1", a=3600)
    sync(house)
    seq = work.latest_seq(house.store)
    desk.put("2", b=60)
    (report,) = sync(house)
    assert report.counts == Counts(new=1)
    assert desk.asked == [("1",), ("2",)]
    assert work.latest_seq(house.store) > seq


def test_edit_and_deletion_of_an_entry_are_seen(house: House, desk: FakeDesk) -> None:
    desk.put("1", a=3600, b=60)
    sync(house)
    desk.put("1", a=1800)
    (report,) = sync(house)
    assert report.counts == Counts(changed=1, deleted=1)
    assert seconds(house) == {"zammad/1/a": 1800}


def test_stop_is_heard_after_a_page_and_the_next_pull_goes_on(tmp_path: Path, desk: FakeDesk) -> None:
    for ticket in "12345":
        desk.put(ticket, a=60)
    # asked before the first page, then after each: the second page is the last.
    house = make_house(tmp_path, desks={"zammad": desk}, stop=stop_after(3))
    (report,) = sync(house)
    assert not report.complete
    assert sorted(seconds(house)) == ["zammad/1/a", "zammad/2/a", "zammad/3/a", "zammad/4/a"]
    assert work.synced_until(house.store) == {}
    house.stop = lambda: False
    (report,) = sync(house)
    assert report.complete
    assert desk.asked[-1] == ("5",)
    house.close()


def test_desk_that_breaks_off_keeps_its_pages_and_says_why(house: House, desk: FakeDesk) -> None:
    for ticket in "123":
        desk.put(ticket, a=60)
    desk.fails_at = 1
    (report,) = sync(house)
    assert isinstance(report.fault, Transient)
    assert not report.complete
    assert work.cursor(house.store, "zammad") == "2"
    desk.fails_at = None
    (report,) = sync(house)
    assert report.counts == Counts(new=1)


def test_desk_that_is_down_does_not_stop_the_others(house: House, desk: FakeDesk) -> None:
    class Down(FakeDesk):
        def check(self) -> DeskInfo:
            raise Transient("GET http://glpi/: no answer in time")

    house.settings = house.settings.model_copy(
        update={"desks": {"glpi": house.settings.desks["zammad"], **house.settings.desks}}
    )
    house.desks["glpi"] = Down()
    desk.put("1", a=60)
    down, fine = sync(house)
    assert (down.desk, str(down.fault)) == ("glpi", "GET http://glpi/: no answer in time")
    assert fine.complete
    assert seconds(house) == {"zammad/1/a": 60}


def test_unknown_desk_is_a_configuration_error(house: House) -> None:
    with pytest.raises(ConfigError, match=r"no desks\.jira; it has: zammad"):
        sync(house, ["jira"])


def test_what_the_log_in_finds_is_reported(house: House, desk: FakeDesk) -> None:
    desk.warns = (Problem(code="unit_disagrees", message="the desk shows hours"),)
    (report,) = sync(house)
    assert report.problems == desk.warns
    assert report.complete


def test_misshapen_ticket_is_a_problem_its_work_stands_and_it_is_read_again(
    house: House, desk: FakeDesk
) -> None:
    desk.put("1", a=3600)
    desk.put("2", a=60)
    sync(house)
    desk.put("1", a="an hour")
    desk.put("2", a=120)
    (report,) = sync(house)
    assert [problem.code for problem in report.problems] == ["ticket_unreadable"]
    assert report.problems[0].about == "zammad/1"
    assert "ValueError" in report.problems[0].message
    assert seconds(house) == {"zammad/1/a": 3600, "zammad/2/a": 120}
    assert report.complete
    desk.tickets["1"] = {"a": 1800}  # mended, and the desk does not call it changed
    (report,) = sync(house)
    assert report.problems == ()
    assert seconds(house) == {"zammad/1/a": 1800, "zammad/2/a": 120}
    assert work.problems(house.store) == []


def test_refused_ticket_is_a_problem_and_the_rest_of_its_page_comes(house: House, desk: FakeDesk) -> None:
    desk.refused = {"1"}
    desk.put("1", a=60)
    desk.put("2", a=120)
    (report,) = sync(house)
    assert seconds(house) == {"zammad/2/a": 120}
    assert [(problem.code, problem.about) for problem in report.problems] == [("ticket_refused", "zammad/1")]
    desk.refused = set()
    (report,) = sync(house)
    assert seconds(house) == {"zammad/1/a": 60, "zammad/2/a": 120}
    assert report.problems == ()


def test_desk_that_refuses_many_tickets_breaks_off(house: House, desk: FakeDesk) -> None:
    desk.page = 50
    for number in range(50):
        desk.put(str(number), a=60)
    desk.refused = set(desk.tickets)
    (report,) = sync(house)
    assert isinstance(report.fault, Refused)
    assert not report.complete
    assert work.cursor(house.store, "zammad") == ""
    assert len(desk.asked) == 1 + FEW + 1


def test_few_refused_tickets_never_block_the_desk(house: House, desk: FakeDesk) -> None:
    for number in range(12):
        desk.put(str(number), a=60)
    desk.refused = set(desk.tickets)
    assert sync(house)[0].complete
    desk.put("99", a=60)
    (report,) = sync(house)
    assert report.complete
    assert seconds(house) == {"zammad/99/a": 60}
    assert len(work.problems(house.store)) == 12


def test_sweep_finds_deleted_tickets_and_unannounced_edits(house: House, desk: FakeDesk) -> None:
    for ticket in "123":
        desk.put(ticket, a=60)
    sync(house)
    del desk.tickets["2"]
    desk.tickets["3"] = {"a": 90}
    assert sync(house)[0].counts == Counts()
    (report,) = sweep(house)
    assert report.complete
    assert report.counts == Counts(changed=1, deleted=1, unchanged=1)
    assert seconds(house) == {"zammad/1/a": 60, "zammad/3/a": 90}


@pytest.mark.parametrize("left", [(), ("1",)])
def test_desk_that_shrank_deletes_nothing(house: House, desk: FakeDesk, left: tuple[str, ...]) -> None:
    for ticket in "123":
        desk.put(ticket, a=60)
    sync(house)
    desk.tickets = {ticket: {"a": 60} for ticket in left}
    (report,) = sweep(house)
    assert not report.complete
    assert [problem.code for problem in report.problems] == ["desk_shrunk"]
    assert len(seconds(house)) == 3
    assert sweep(house, believe=True)[0].complete
    assert len(seconds(house)) == len(left)


def test_another_writer_is_named(house: House) -> None:
    lease.acquire(house.store, "daemon (process 1 on host7)", house.now())
    with pytest.raises(Busy, match=r"daemon \(process 1 on host7\)"):
        sync(house)


def test_lease_is_renewed_during_a_long_pull_and_given_back(
    house: House, desk: FakeDesk, clock: Clock
) -> None:
    for ticket in "12345678":
        desk.put(ticket, a=60)
    busy: list[str] = []

    def progress(*_: object) -> None:
        clock.forward(seconds=60)  # the start and 4 pages: 300 s, more than twice the lease
        try:
            lease.acquire(house.store, "another", clock())
        except Busy as held:
            busy.append(held.holder)

    (report,) = sync(house, progress=progress)
    assert report.complete
    assert len(busy) == 5
    lease.acquire(house.store, "another", clock())
