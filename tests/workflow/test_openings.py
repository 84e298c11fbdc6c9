"""Every ticket is a call: it counts in the month in which it was opened, once, worked on or not."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.desk import Raw
from connector.http import ConfigError
from connector.model.decision import Decision, Kind
from connector.model.work import TicketSnapshot, WorkEntry
from connector.store import ledger
from connector.store.nouns import Seen
from connector.store.work import save_page
from connector.workflow.account import open_account
from connector.workflow.close import close_due
from connector.workflow.conservation import conservation
from connector.workflow.decide import Refusal, decide
from connector.workflow.explain import explain
from connector.workflow.house import House
from connector.workflow.plan import plan
from connector.workflow.reopening import reopen
from connector.workflow.replay import replay
from connector.workflow.sides import of_files
from connector.workflow.statements import preview
from tests.workflow.standins import Clock
from tests.workflow.written import CUSTOMER, opened, put, synced, write_house

ROWS = "    rates: [{per_call: 25.00 EUR, count: every ticket, text: Request}]\n"
CALLS = f"{CUSTOMER[: CUSTOMER.index('    rates:')]}{ROWS}"
BETA = CALLS.replace("acme", "beta").replace("ACME GmbH", "Beta AG")
JANUARY, MARCH = date(2026, 1, 12), date(2026, 3, 12)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 1, 31, 6, tzinfo=UTC))


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    write_house(tmp_path / "repository", clock).close()
    folder = tmp_path / "repository" / "billing"
    put(folder, CALLS)
    put(folder, BETA, "beta")
    made = opened(folder, clock)
    yield made
    made.close()


def tell(
    house: House, ticket: str, on: date | None, *worked: date, owner: str = "ACME GmbH", **facts: Any
) -> None:
    """Let the desk have a ticket that was opened on a day, with an hour of work on some days."""
    work = tuple(
        WorkEntry(desk="zammad", ticket=ticket, entry=str(day), seconds=3600, worked_on=day) for day in worked
    )
    snapshot = TicketSnapshot(
        desk="zammad",
        ticket=ticket,
        number=f"9{ticket}",
        title="Printer",
        owner={"organization": owner},
        work=work,
        changed_at=house.now(),
        created_on=on,
        closed=facts.get("closed", False),
        removed=facts.get("removed", False),
    )
    payload = {"worked": [str(day) for day in worked], "owner": owner, "on": str(on), **facts}
    seen = Seen(raw=Raw(ticket=ticket, payload=payload), snapshot=snapshot)
    save_page(house.store, "zammad", [seen], None, house.now())
    synced(house)


def closed(house: House, month: int, clock: Clock) -> dict[str, list[str]]:
    """Close what is due early in a month: by customer, each line's month and amount."""
    clock.at = datetime(2026, month, 5, 6, tzinfo=UTC)
    synced(house)
    found: dict[str, list[str]] = {}
    for one in close_due(house):
        lines = [line for invoice in one.invoices for line in invoice.lines]
        found.setdefault(one.customer, []).extend(f"{line.key.period} {line.amount}" for line in lines)
    return {customer: lines for customer, lines in found.items() if lines}


def say(house: House, kind: Kind, target: str, **facts: str) -> None:
    said = Decision(id="", kind=kind, by="Mara", at=house.now(), why="agreed", target=target, **facts)  # type: ignore[arg-type] # text alone
    decide(house, said)


def sound(house: House) -> bool:
    """Tell whether each document is proven, nothing is withheld and no second is lost."""
    references = [one.invoice.reference for one in ledger.invoices(house.store)]
    withheld = [reopen(open_account(house, name)).withheld for name in house.customers]
    lost = [one.lost for one in conservation(house)]
    return all(replay(house, one).proven for one in references) and not any(withheld) and not any(lost)


def test_a_ticket_without_work_is_charged_in_the_month_it_was_opened(house: House, clock: Clock) -> None:
    tell(house, "1", JANUARY)
    tell(house, "2", None)
    assert closed(house, 2, clock) == {"acme": ["2026-01 25.00"]}
    for name in ("db-2026-0001", "zammad/1", "acme/2026-01"):
        (line,) = explain(house, name)
        assert (line.amount, line.proven, line.items) == (Decimal("25.00"), True, ())
    with pytest.raises(ConfigError, match="no work under 'zammad/2'"):  # the desk does not say when
        explain(house, "zammad/2")
    assert closed(house, 3, clock) == {}
    assert sound(house)
    assert [(one.customer, one.entries) for one in conservation(house)] == [("acme", 0), ("beta", 0), ("", 0)]


def test_a_ticket_worked_on_two_months_later_is_charged_once_when_it_was_opened(
    house: House, clock: Clock
) -> None:
    tell(house, "1", JANUARY)
    assert closed(house, 2, clock) == {"acme": ["2026-01 25.00"]}
    closed(house, 3, clock)
    tell(house, "1", JANUARY, MARCH)
    assert closed(house, 4, clock) == {}
    call, work = explain(house, "zammad/1")
    assert (call.amount, call.title, call.items) == (Decimal("25.00"), "zammad/1 in 2026-01: Request", ())
    (item,) = work.items
    assert (item.fate, item.reason) == ("included", "its call was counted in an earlier period")
    assert sound(house)


@pytest.mark.parametrize("worked", [(), (JANUARY,), (MARCH,)])
def test_a_ticket_that_is_learnt_of_late_is_a_charge_of_the_month_it_was_opened(
    house: House, clock: Clock, worked: tuple[date, ...]
) -> None:
    tell(house, "2", JANUARY)
    closed(house, 2, clock)
    closed(house, 3, clock)
    tell(house, "1", JANUARY, *worked)
    assert closed(house, 4, clock) == {"acme": ["2026-01 25.00"]}
    tell(house, "3", JANUARY)
    assert closed(house, 5, clock) == {"acme": ["2026-01 25.00"]}
    assert closed(house, 6, clock) == {}
    assert sound(house)


def test_a_call_that_was_charged_when_it_was_worked_moves_to_the_day_it_was_opened(
    house: House, clock: Clock
) -> None:
    tell(house, "1", None, MARCH)
    assert closed(house, 4, clock) == {"acme": ["2026-03 25.00"]}
    tell(house, "1", JANUARY, MARCH)
    assert closed(house, 5, clock) == {"acme": ["2026-01 25.00", "2026-03 -25.00"]}
    assert sound(house)


def test_a_ticket_that_is_removed_is_taken_back(house: House, clock: Clock) -> None:
    tell(house, "1", JANUARY)
    closed(house, 2, clock)
    tell(house, "1", JANUARY, removed=True)
    assert closed(house, 3, clock) == {"acme": ["2026-01 -25.00"]}
    assert sound(house)


def test_a_person_waives_a_ticket_without_work(house: House, clock: Clock) -> None:
    tell(house, "1", JANUARY)
    tell(house, "2", JANUARY)
    say(house, Kind.WAIVE, "zammad/1")
    assert closed(house, 2, clock) == {"acme": ["2026-01 25.00"]}
    say(house, Kind.WAIVE, "zammad/2")
    assert closed(house, 3, clock) == {"acme": ["2026-01 -25.00"]}
    with pytest.raises(Refusal, match="no work under 'zammad/3'"):
        say(house, Kind.WAIVE, "zammad/3")
    assert sound(house)


def test_without_work_a_ticket_is_whose_it_says_and_with_work_whose_it_was(
    house: House, clock: Clock
) -> None:
    tell(house, "1", JANUARY)
    tell(house, "2", JANUARY, JANUARY)
    assert closed(house, 2, clock) == {"acme": ["2026-01 25.00", "2026-01 25.00"]}
    tell(house, "1", JANUARY, owner="Beta AG")
    tell(house, "2", JANUARY, JANUARY, owner="Beta AG")
    assert closed(house, 3, clock) == {"acme": ["2026-01 -25.00"], "beta": ["2026-01 25.00"]}
    (shown,) = preview(house, None, ["acme"])
    assert [one.about for one in shown.problems if one.code == "customer_changed"] == ["zammad/2/2026-01-12"]
    say(house, Kind.REASSIGN, "zammad/2", to_customer="beta")
    assert closed(house, 4, clock) == {"acme": ["2026-01 -25.00"], "beta": ["2026-01 25.00"]}
    assert sound(house)


def test_tickets_that_turn_out_to_be_a_customers_become_due(house: House, clock: Clock) -> None:
    tell(house, "1", JANUARY, owner="ACME Holding")
    tell(house, "2", JANUARY)
    assert closed(house, 2, clock) == {"acme": ["2026-01 25.00"]}
    folder = house.path.parent
    put(folder, CALLS.replace("organization: ACME GmbH", "organization: [ACME GmbH, ACME Holding]"))
    wider = opened(folder, clock)
    assert closed(wider, 3, clock) == {"acme": ["2026-01 25.00"]}
    tell(wider, "3", JANUARY)
    assert closed(wider, 4, clock) == {"acme": ["2026-01 25.00"]}
    assert sound(wider)
    wider.close()


def test_tickets_that_are_a_customers_no_more_wait_for_a_person(house: House, clock: Clock) -> None:
    tell(house, "1", JANUARY)
    closed(house, 2, clock)
    folder = house.path.parent
    put(folder, CALLS.replace("organization: ACME GmbH", "organization: ACME Holding"))
    other = opened(folder, clock)
    tell(other, "2", JANUARY, owner="ACME Holding")
    (problem,) = reopen(open_account(other, "acme")).withheld
    assert (problem.code, problem.amount) == ("engine_difference", Decimal("-25.00"))
    assert replay(other, "db-2026-0001").proven
    other.close()


def test_where_worked_tickets_count_an_opening_is_nothing(house: House, clock: Clock) -> None:
    folder = house.path.parent
    put(folder, CALLS.replace(", count: every ticket", ""))
    worked = opened(folder, clock)
    tell(worked, "1", JANUARY)
    tell(worked, "2", JANUARY, MARCH)
    assert closed(worked, 4, clock) == {"acme": ["2026-03 25.00"]}
    tell(worked, "3", JANUARY)
    assert not reopen(open_account(worked, "acme")).statements
    every = folder / "every.yaml"
    every.write_text(CALLS, encoding="utf-8")
    (change,) = plan(of_files(worked, folder / "customers" / "acme.yaml", every), ["acme"], 3).customers
    nets = [(one.old.net, one.new.net) for one in change.periods if one.old and one.new]
    assert nets[:3] == [(0, Decimal("75.00")), (0, 0), (Decimal("25.00"), 0)]
    worked.close()


def test_the_call_of_a_closed_ticket_is_billed_early(house: House, clock: Clock) -> None:
    folder = house.path.parent
    put(folder, CALLS.replace("{tax: DE-19}", "{tax: DE-19, cycle: on_close}"))
    early = opened(folder, clock)
    clock.at = datetime(2026, 1, 20, 6, tzinfo=UTC)
    tell(early, "1", JANUARY, closed=True)
    tell(early, "2", JANUARY)
    (billed,) = (one for one in close_due(early) if one.invoices)
    assert (billed.early, [str(one.net) for one in billed.invoices]) == (True, ["25.00"])
    assert not any(one.invoices for one in close_due(early))
    assert closed(early, 2, clock) == {"acme": ["2026-01 25.00"]}
    assert sound(early)
    early.close()
