"""Work: versions, deletions, scopes, and reading as of a moment."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from connector.desk import Cursor, Raw
from connector.model.problem import Problem, Source
from connector.model.statement import Fate
from connector.model.work import Survey
from connector.store import ledger, work
from connector.store.engine import Store
from connector.store.nouns import Counts, Scope, Seen, SeenWork
from tests.store.samples import APRIL, MARCH, NOW, closing, entry, march, save, seen, snapshot

LATER = NOW + timedelta(days=1)
PROBLEM = Problem(
    code="unreadable_ticket",
    message="time_unit 'x' is no number",
    about="zammad/1",
    source=Source(file="zammad.yaml", line=3, column=5),
    amount=Decimal("12.50"),
)


def only(store: Store, target: str, asof: int | None = None) -> SeenWork:
    (found,) = work.find_work(store, target, asof)
    return found


def unreadable(ticket: str) -> Seen:
    return Seen(
        raw=Raw(ticket=ticket, payload={"time_unit": "x"}), problem=replace(PROBLEM, about=f"zammad/{ticket}")
    )


def test_an_entry_comes_back_as_it_was_told(store: Store) -> None:
    told = entry(
        "1",
        "5",
        -900,
        started_at=datetime(2026, 3, 10, 9, 30, tzinfo=timezone(timedelta(hours=1))),
        ended_at=datetime(2026, 3, 10, 9, 45, 0, 500, tzinfo=UTC),
        note="replaced »drum«\n2nd line",
        billable=False,
        fields={"article": "77"},
        problem=PROBLEM,
    )
    ticket = snapshot(
        "1",
        told,
        created_on=date(2026, 3, 9),
        closed=True,
        survey=Survey.BAD,
        survey_text="2 of 5",
        fields={"site": "Bonn"},
    )
    assert save(store, ticket) == Counts(new=1)
    found = only(store, "zammad/1/5")
    assert found.entry == told
    assert found.ticket == replace(ticket, work=())
    assert found.first_owner == {"organization": "ACME GmbH"}
    assert (found.claimed_by, found.seq) == ("", 2)


def test_a_moment_without_zone_is_refused(store: Store) -> None:
    naive = entry("1", "5", started_at=datetime(2026, 3, 10, 9, 30))  # noqa: DTZ001 (it is the fault tested)
    with pytest.raises(ValueError, match="has no time zone"):
        save(store, snapshot("1", naive))


def test_the_same_again_writes_nothing(store: Store) -> None:
    tickets = [snapshot("1", entry("1", "1"), entry("1", "2")), snapshot("2", entry("2", "1"))]
    assert save(store, *tickets) == Counts(new=3)
    before = work.latest_seq(store)
    assert save(store, *tickets, now=LATER) == Counts(unchanged=3)
    assert save(store, replace(tickets[0], changed_at=LATER), now=LATER) == Counts(unchanged=2)
    with store.read() as connection:
        fetched = connection.exec_driver_sql("SELECT fetched_at FROM raw_records").scalars()
        assert set(fetched) == {"2026-04-04T06:00:00+00:00"}
    assert work.latest_seq(store) == before == 5


def test_changed_new_and_deleted_entries_are_counted(store: Store) -> None:
    save(store, snapshot("1", *(entry("1", str(number)) for number in range(1, 5))))
    changed = snapshot("1", entry("1", "1"), entry("1", "2", 60), entry("1", "5"))
    assert save(store, changed) == Counts(new=1, changed=1, deleted=2, unchanged=1)
    assert march(store) == {"zammad/1/1": 3600, "zammad/1/2": 60, "zammad/1/5": 3600}


def test_a_deleted_entry_that_comes_back_is_a_new_version_of_the_same_work(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1")))
    first = work.latest_seq(store)
    assert save(store, snapshot("1")) == Counts(deleted=1)
    gone = work.latest_seq(store)
    assert march(store) == {}
    back = snapshot("1", entry("1", "1"), owner={"organization": "Beta AG"})
    assert save(store, back) == Counts(new=1)
    assert march(store) == {"zammad/1/1": 3600}
    assert (march(store, asof=first), march(store, asof=gone)) == ({"zammad/1/1": 3600}, {})
    assert only(store, "zammad/1/1").first_owner == {"organization": "ACME GmbH"}
    with store.read() as connection:
        versions = connection.exec_driver_sql("SELECT deleted FROM work_versions ORDER BY seq").scalars()
        assert list(versions) == [0, 1, 0]


def test_a_deletion_is_seen_once(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1")))
    save(store, snapshot("1"))
    assert save(store, snapshot("1", title="Scanner")) == Counts()


def test_a_ticket_that_is_gone_deletes_all_its_work(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1"), entry("1", "2")), snapshot("2", entry("2", "1")))
    trashed = snapshot("1", entry("1", "1"), removed=True)
    assert save(store, trashed) == Counts(deleted=2)
    assert march(store) == {"zammad/2/1": 3600}
    assert save(store, snapshot("1", entry("1", "1"))) == Counts(new=1)


def test_asof_gives_entry_and_ticket_as_they_were(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1")))
    then = work.latest_seq(store)
    save(store, snapshot("1", entry("1", "1", 60), title="Scanner", owner={"organization": "Beta AG"}))
    before, now = only(store, "zammad/1/1", then), only(store, "zammad/1/1")
    assert (before.entry.seconds, before.ticket.title, before.ticket.owner) == (
        3600,
        "Printer",
        {"organization": "ACME GmbH"},
    )
    assert (now.entry.seconds, now.ticket.title, now.ticket.owner) == (
        60,
        "Scanner",
        {"organization": "Beta AG"},
    )
    assert (before.seq, now.seq) == (2, 4)
    assert march(store, asof=0) == {}


def test_a_ticket_that_alone_changed_counts_as_a_newer_version(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1")))
    assert save(store, snapshot("1", entry("1", "1"), closed=True)) == Counts(unchanged=1)
    assert (only(store, "zammad/1").seq, only(store, "zammad/1").ticket.closed) == (3, True)
    assert not only(store, "zammad/1", 2).ticket.closed


def test_work_comes_by_day_time_and_key(store: Store) -> None:
    early, late = (datetime(2026, 3, 10, hour, tzinfo=UTC) for hour in (8, 9))
    save(
        store,
        snapshot("2", entry("2", "1", day=11), entry("2", "2", started_at=early, ended_at=late)),
        snapshot(
            "1", entry("1", "1", started_at=late, ended_at=late), entry("1", "2"), entry("1", "3", day=1)
        ),
    )
    assert list(march(store)) == [f"zammad/{one}" for one in ("1/3", "1/2", "2/2", "1/1", "2/1")]


def test_the_end_of_a_range_is_outside(store: Store) -> None:
    save(store, snapshot("1", *(entry("1", str(day), day=day) for day in (1, 2, 31))))
    found = work.work_between(store, date(2026, 3, 1), date(2026, 3, 2))
    assert [one.entry.entry for one in found] == ["1"]
    assert list(work.work_between(store, APRIL.start, APRIL.end)) == []


def test_a_scope_takes_what_is_claimed_owned_or_named(store: Store) -> None:
    beta = {"organization": "Beta AG"}
    save(
        store,
        snapshot("1", entry("1", "1"), entry("1", "2")),
        snapshot("2", entry("2", "1"), owner=beta),
        snapshot("3", entry("3", "1"), owner={}),
    )
    ids = {words["organization"]: id_ for id_, (_, words) in work.owners(store).items() if words}
    assert march(store, scope=Scope(owners=frozenset({ids["Beta AG"]}))) == {"zammad/2/1": 3600}
    assert list(march(store, scope=Scope(keys=frozenset({"zammad/1/2", "zammad/3"})))) == [
        "zammad/1/2",
        "zammad/3/1",
    ]
    assert march(store, scope=Scope()) == {}
    ledger.close_period(store, closing(None, {"zammad/1/1": Fate.FREE}), NOW)
    assert march(store, scope=Scope(customer="acme")) == {"zammad/1/1": 3600}
    both = Scope(customer="acme", owners=frozenset({ids["Beta AG"]}))
    assert list(march(store, scope=both)) == ["zammad/1/1", "zammad/2/1"]
    assert only(store, "zammad/1/1").claimed_by == "acme"


def test_owners_are_all_that_tickets_ever_named(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1")), snapshot("2", owner={"organization": "No Work Ltd"}))
    save(store, snapshot("1", entry("1", "1"), owner={"organization": "Beta AG"}))
    assert ids_of(store).keys() == {"ACME GmbH", "No Work Ltd", "Beta AG"}


def ids_of(store: Store) -> dict[str, int]:
    return {words["organization"]: id_ for id_, (_, words) in work.owners(store).items()}


def scope_of(store: Store, name: str = "ACME GmbH", *keys: str) -> Scope:
    return Scope(owners=frozenset({ids_of(store)[name]}), keys=frozenset(keys))


def opened(store: Store, scope: Scope, asof: int | None = None) -> list[tuple[str, str]]:
    """Name the tickets opened in March, each with whose it is."""
    found = work.tickets_opened(store, MARCH.start, MARCH.end, scope, asof)
    return [(one.ticket.ticket, one.first_owner["organization"]) for one in found]


def test_tickets_opened_on_some_days(store: Store) -> None:
    days = (None, date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1))
    save(store, *(snapshot(str(number), created_on=day) for number, day in enumerate(days)))
    save(store, snapshot("5", created_on=MARCH.start, owner={"organization": "Beta AG"}))
    assert opened(store, scope_of(store)) == [("2", "ACME GmbH"), ("3", "ACME GmbH")]
    assert opened(store, scope_of(store, "Beta AG", "zammad/2")) == [("2", "ACME GmbH"), ("5", "Beta AG")]
    before = work.latest_seq(store)
    save(store, snapshot("2", created_on=date(2026, 3, 1), removed=True))
    assert opened(store, scope_of(store)) == [("3", "ACME GmbH")]
    assert opened(store, scope_of(store), before) == [("2", "ACME GmbH"), ("3", "ACME GmbH")]
    assert opened(store, scope_of(store), 0) == []
    (one,) = work.tickets_opened(store, MARCH.start, MARCH.end, scope_of(store))
    assert (one.opened_on, one.ticket.title) == (date(2026, 3, 31), "Printer")


def test_a_ticket_with_work_stays_with_whom_its_first_work_was_seen(store: Store) -> None:
    beta = {"organization": "Beta AG"}
    day = date(2026, 3, 9)
    save(store, snapshot("1", created_on=day), snapshot("2", entry("2", "1"), created_on=day))
    before = work.latest_seq(store)
    save(
        store,
        snapshot("1", entry("1", "1"), created_on=day, owner=beta),
        snapshot("2", entry("2", "1"), entry("2", "0"), created_on=day, owner=beta),
    )
    for name in ("ACME GmbH", "Beta AG"):
        assert opened(store, scope_of(store, name)) == [("1", "Beta AG"), ("2", "ACME GmbH")]
        assert opened(store, scope_of(store, name), before) == [("1", "ACME GmbH"), ("2", "ACME GmbH")]


def test_days_of_opened_tickets_that_changed_since(store: Store) -> None:
    beta = {"organization": "Beta AG"}
    days = {str(number): date(2026, 3, number) for number in range(1, 6)}
    save(store, *(snapshot(name, created_on=day) for name, day in days.items()))
    save(store, snapshot("6", entry("6", "1"), created_on=date(2026, 3, 6)))
    seq = work.latest_seq(store)
    save(store, snapshot("2", created_on=days["2"], title="Scanner"))
    save(store, snapshot("3", created_on=days["3"], owner=beta))
    save(store, snapshot("4", created_on=date(2026, 3, 14)))
    save(store, snapshot("7", created_on=date(2026, 3, 7)), snapshot("8", created_on=MARCH.end))

    def since(number: int, name: str, *keys: str) -> list[int]:
        found = work.opened_since(store, number, scope_of(store, name, *keys), MARCH.end)
        return sorted({day.day for day in found})

    assert since(seq, "ACME GmbH") == [2, 3, 4, 7, 14]
    assert since(seq, "Beta AG") == [3]
    assert since(seq, "Beta AG", "zammad/4") == [3, 4, 14]
    last = work.latest_seq(store)
    assert since(last, "ACME GmbH") == []
    save(store, snapshot("6", entry("6", "1"), created_on=date(2026, 3, 6), owner=beta))
    moved = work.latest_seq(store)
    save(store, snapshot("6", entry("6", "1"), created_on=date(2026, 3, 6), owner=beta, title="Scanner"))
    assert since(moved, "ACME GmbH") == [6]  # its work is theirs
    assert work.opened_on(store, "zammad/4") == [days["4"], date(2026, 3, 14)]
    assert work.opened_on(store, "zammad/9") == []


def test_find_work_by_ticket_and_entry(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1"), entry("1", "11")), snapshot("11", entry("11", "1")))
    assert [one.entry.key for one in work.find_work(store, "zammad/1")] == ["zammad/1/1", "zammad/1/11"]
    assert [one.entry.key for one in work.find_work(store, "zammad/1/11")] == ["zammad/1/11"]
    assert work.find_work(store, "zammad/9") == []


def first_touched(store: Store, seq: int, scope: Scope) -> date | None:
    return min((placed.worked_on for placed in work.touched_since(store, seq, scope)), default=None)


def test_touched_since_tells_the_first_day_before_or_after_the_change(store: Store) -> None:
    everything = Scope(keys=frozenset({"zammad/1", "zammad/2", "zammad/3"}))
    save(store, snapshot("1", entry("1", "1", day=20)), snapshot("2", entry("2", "1", day=3)))
    start = work.latest_seq(store)
    assert first_touched(store, start, everything) is None
    assert first_touched(store, 0, everything) == date(2026, 3, 3)
    save(store, snapshot("1", entry("1", "1", day=25)))
    moved = work.latest_seq(store)
    assert first_touched(store, start, everything) == date(2026, 3, 20)
    save(store, snapshot("1", entry("1", "1", day=5)))
    assert first_touched(store, moved, everything) == date(2026, 3, 5)
    assert first_touched(store, moved, Scope(keys=frozenset({"zammad/2"}))) is None


def test_touched_since_sees_deletions_and_tickets(store: Store) -> None:
    everything = Scope(keys=frozenset({"zammad/1", "zammad/2"}))
    save(
        store, snapshot("1", entry("1", "1", day=20), entry("1", "2", day=21)), snapshot("2", entry("2", "1"))
    )
    start = work.latest_seq(store)
    save(store, snapshot("1", entry("1", "2", day=21)))
    gone = work.latest_seq(store)
    assert first_touched(store, start, everything) == date(2026, 3, 20)
    save(store, snapshot("1", entry("1", "2", day=21), closed=True))
    assert first_touched(store, gone, everything) == date(2026, 3, 21)


def test_a_ticket_that_cannot_be_parsed_keeps_its_work_and_is_a_problem(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1")))
    counts = work.save_page(store, "zammad", [unreadable("1"), unreadable("2")], Cursor("7"), NOW)
    assert counts == Counts()
    assert march(store) == {"zammad/1/1": 3600}
    assert work.problems(store) == [PROBLEM, replace(PROBLEM, about="zammad/2")]
    assert work.known(store, "zammad", ["1", "2", "3"]) == {
        ticket: Raw(ticket=ticket, payload={"time_unit": "x"}) for ticket in ("1", "2")
    }
    assert save(store, snapshot("1", entry("1", "1"))) == Counts(unchanged=1)
    assert work.problems(store) == [replace(PROBLEM, about="zammad/2")]
    assert save(store, snapshot("2", entry("2", "1"))) == Counts(new=1)
    assert work.problems(store) == []


@pytest.mark.parametrize("entries", [("1", "1"), ("2",)], ids=["twice", "wrong ticket"])
def test_an_adapter_that_contradicts_itself_deletes_and_sums_nothing(
    store: Store, entries: tuple[str, ...]
) -> None:
    save(store, snapshot("1", entry("1", "1")))
    wrong = snapshot("1", *(entry(ticket, "1", 60) for ticket in entries))
    assert save(store, wrong) == Counts()
    assert march(store) == {"zammad/1/1": 3600}
    assert [problem.code for problem in work.problems(store)] == ["ticket_contradicts_itself"]


def test_the_last_state_in_a_page_counts(store: Store) -> None:
    assert save(store, snapshot("1", entry("1", "1")), snapshot("1", entry("1", "1", 60))) == Counts(new=1)
    assert march(store) == {"zammad/1/1": 60}


def test_known_gives_the_newest_raw_record_even_of_a_state_that_returned(store: Store) -> None:
    first, second = snapshot("1", entry("1", "1")), snapshot("1", entry("1", "1", 60))
    for state in (first, second, first):
        save(store, state)
    assert work.known(store, "zammad", ["1"]) == {"1": seen(first).raw}
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM raw_records").scalar() == 2


def test_the_cursor_goes_in_with_its_page(store: Store) -> None:
    assert work.cursor(store, "zammad") == ""
    work.save_page(store, "zammad", [seen(snapshot("1"))], Cursor('{"page":2}'), NOW)
    save(store, snapshot("2"))
    assert (work.cursor(store, "zammad"), work.cursor(store, "glpi")) == ('{"page":2}', "")
    broken = snapshot("3", entry("3", "1", started_at=datetime(2026, 3, 1)))  # noqa: DTZ001 (it must fail late)
    with pytest.raises(ValueError, match="time zone"):
        work.save_page(
            store, "zammad", [seen(snapshot("4", entry("4", "1"))), seen(broken)], Cursor("9"), NOW
        )
    assert (work.cursor(store, "zammad"), march(store)) == ('{"page":2}', {})


def test_synced_until_is_the_start_of_the_last_complete_pull(store: Store) -> None:
    assert work.synced_until(store) == {}
    work.save_page(store, "glpi", [], Cursor("1"), NOW)
    work.mark_synced(store, "zammad", NOW, LATER)
    work.mark_synced(store, "zammad", LATER, LATER)
    assert work.synced_until(store) == {"zammad": LATER}
    work.mark_synced(store, "glpi", NOW, LATER)
    assert (work.synced_until(store), work.cursor(store, "glpi")) == ({"zammad": LATER, "glpi": NOW}, "1")


def test_an_entry_has_one_version_that_stands(store: Store) -> None:
    save(store, snapshot("1", entry("1", "1")))
    save(store, snapshot("1", entry("1", "1", 60), title="Scanner"))
    with store.read() as connection:
        ends = connection.exec_driver_sql("SELECT seq, until FROM work_versions ORDER BY seq").all()
        tickets = connection.exec_driver_sql("SELECT seq, until FROM ticket_versions ORDER BY seq").all()
    assert [tuple(row) for row in ends] == [(2, 4), (4, 2**31 - 1)]
    assert [tuple(row) for row in tickets] == [(1, 3), (3, 2**31 - 1)]


def test_many_tickets_are_read_in_batches(store: Store) -> None:
    for start in range(0, 2400, 600):
        save(store, *(snapshot(str(n), entry(str(n), "1", n)) for n in range(start, start + 600)))
    assert (
        sum(one.entry.seconds for one in work.work_between(store, MARCH.start, MARCH.end)) == 2400 * 2399 // 2
    )
