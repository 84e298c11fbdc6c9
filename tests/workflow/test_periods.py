"""Billing by weeks, quarters, years: periods close one after the other, also when the cycle changes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.model.contract import Customer
from connector.model.decision import Decision, Kind
from connector.model.period import Period, parse_period
from connector.store import ledger
from connector.store.work import mark_synced
from connector.workflow.balance import balances, owed
from connector.workflow.close import Closed, close, close_due
from connector.workflow.conservation import conservation
from connector.workflow.decide import Refusal, decide
from connector.workflow.explain import explain
from connector.workflow.house import House
from connector.workflow.statements import preview
from tests.workflow.standins import ACME, APRIL, MARCH, Clock, make_house
from tests.workflow.test_close import book


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = make_house(tmp_path, clock=clock)
    yield made
    made.close()


def write(house: House, cycle: str, billing_from: str = "2026-03-01", **contract: Any) -> None:
    of = {**ACME["contracts"][0], "allowances": [], **contract}
    told = {
        **ACME,
        "billing_from": billing_from,
        "contracts": [of],
        "invoice": {"tax": "DE-19", "cycle": cycle},
    }
    house.customers = {"acme": Customer.model_validate(told)}


def on(house: House, clock: Clock, month: int, day: int = 6) -> list[Closed]:
    clock.at = datetime(2026, month, day, tzinfo=UTC)
    mark_synced(house.store, "zammad", clock.at, clock.at)
    return close_due(house)


def shown(found: list[Closed]) -> list[str]:
    return [
        f"{one.period} {one.invoices[0].net if one.invoices else 'nothing'}{one.skipped}" for one in found
    ]


def say(house: House, kind: Kind, **facts: Any) -> Decision:
    said = Decision(id="", kind=kind, by="Mara", at=house.now(), why="agreed", customer="acme")
    return decide(house, replace(said, **facts))


def test_a_quarter_is_billed_as_one(house: House, clock: Clock) -> None:
    write(house, "quarterly", "2026-01-01")
    book(house, 1, month=1)
    book(house, 2, ticket="2")
    assert shown(on(house, clock, 4)) == ["2026-Q1 225.00"]
    book(house, 3, ticket="2")
    book(house, 5, month=5, ticket="3")
    assert shown(on(house, clock, 6)) == []
    assert [str(one.statement.period) for one in preview(house, parse_period("2026-05"), None)] == ["2026-Q2"]
    assert preview(house, MARCH, None) == []
    assert shown(on(house, clock, 7)) == ["2026-Q2 450.00"]
    (stored,) = ledger.invoices(house.store)[1:]
    assert "quarter 1 of 2026: 225.00 instead of 150.00" in stored.invoice.lines[1].text
    assert all(
        one.proven for reference in ("db-2026-0001", "db-2026-0002") for one in explain(house, reference)
    )
    assert balances(house, None)[0].period == parse_period("2026-Q3")


def test_weeks_close_one_by_one(house: House, clock: Clock) -> None:
    write(house, "weekly", "2026-03-02")
    book(house, 1, day=4)
    book(house, 2, day=12, ticket="2")
    assert shown(on(house, clock, 3, 12)) == ["2026-W10 75.00"]
    assert shown(on(house, clock, 3, 20)) == ["2026-W11 150.00"]
    clock.at = datetime(2026, 4, 8, tzinfo=UTC)
    mark_synced(house.store, "zammad", clock.at, clock.at)
    done = close(house, MARCH, None)  # up to the week in which the month's last day lies
    assert [str(one.period) for one in done] == ["2026-W12", "2026-W13", "2026-W14"]


@pytest.mark.parametrize(("cycle", "period"), [("half-yearly", "2026-H1"), ("yearly", "2026")])
def test_half_years_and_years(house: House, clock: Clock, cycle: str, period: str) -> None:
    write(house, cycle, "2026-01-01")
    book(house, 1)
    assert shown(on(house, clock, 6)) == []
    clock.at = datetime(2027, 1, 6, tzinfo=UTC)
    mark_synced(house.store, "zammad", clock.at, clock.at)
    assert shown(close_due(house))[0] == f"{period} 75.00"


def test_the_cycle_may_change_between_two_closes(house: House, clock: Clock) -> None:
    write(house, "monthly", "2026-02-01")
    book(house, 1, month=2)
    book(house, 1, month=1, ticket="9")  # before billing begins
    assert shown(on(house, clock, 3)) == ["2026-02 75.00"]
    write(house, "quarterly", "2026-02-01")
    book(house, 2, ticket="2")
    assert shown(on(house, clock, 4)) == ["2026-03 150.00"]  # what is left of the first quarter
    book(house, 3, month=4, ticket="3")
    book(house, 2, month=2)
    assert [worked.lost for worked in conservation(house)] == [(), ()]
    write(house, "weekly", "2026-02-01")
    assert shown(on(house, clock, 4, 9)) == ["2026-04-01/2026-04-06 75.00"]
    write(house, "monthly", "2026-02-01")
    assert shown(on(house, clock, 5)) == ["2026-04-06/2026-05-01 225.00"]
    assert all(
        one.proven for each in ledger.invoices(house.store) for one in explain(house, each.invoice.reference)
    )
    assert [worked.lost for worked in conservation(house)] == [(), ()]


def test_decisions_name_the_customers_own_periods(house: House, clock: Clock) -> None:
    write(house, "quarterly", "2026-01-01")
    for wrong, right in ((MARCH, "2026-Q1"), (APRIL, "2026-Q2"), (parse_period("2026"), "2026-Q1")):
        with pytest.raises(Refusal, match=f"{wrong} is no period by which acme is billed; name {right}"):
            say(house, Kind.CREDIT, period=wrong, amount=Decimal(5))
    say(house, Kind.CREDIT, period=parse_period("2026-Q2"), amount=Decimal(5))
    on(house, clock, 4)
    write(house, "monthly", "2026-01-01")
    with pytest.raises(Refusal, match="2026-Q2 is no period by which acme is billed; name 2026-04"):
        say(house, Kind.TRANSFER, period=parse_period("2026-Q2"), amount=Decimal(5))
    say(house, Kind.TRANSFER, period=APRIL, amount=Decimal(5))


def test_what_is_owed_is_told_by_the_period_of_a_day(house: House, clock: Clock) -> None:
    write(house, "quarterly", "2026-01-01", allowances=[{"id": "care", "of": "2h", "owed": "yes"}])
    clock.at = datetime(2026, 3, 20, tzinfo=UTC)
    book(house, 1)
    on(house, clock, 4)
    assert [(name, one.owed) for name, one in owed(house, parse_period("2026-02"))] == [("acme", 6 * 3600)]


def test_part_of_an_allowance_may_be_borrowed(house: House, clock: Clock) -> None:
    write(house, "monthly", allowances=[{"id": "phone", "of": "2h"}, {"id": "calls", "of": "3 calls"}])
    book(house, 3)
    for facts, reason in (
        ({"allowance": "phone"}, "a time or an amount, one of the two"),
        ({"allowance": "fax", "seconds": 60}, "has no allowance 'fax'; it has: calls, phone"),
        ({"allowance": "calls", "seconds": 60}, "'calls' is of count: write --amount"),
        ({"allowance": "phone", "amount": Decimal(1)}, "'phone' is of time: write --time"),
        ({"allowance": "phone", "seconds": 0}, "must be more than nothing"),
        ({"allowance": "phone", "seconds": 60, "period": None}, "borrow needs a period"),
    ):
        with pytest.raises(Refusal, match=reason):
            say(house, Kind.BORROW, **{"period": MARCH, **facts})
    said = say(house, Kind.BORROW, period=MARCH, allowance="phone", seconds=1800)
    (seen,) = preview(house, None, None)
    assert seen.net == Decimal("37.50")  # 30 minutes of 3 h are left
    on(house, clock, 4)
    book(house, 2, month=4, ticket="2")
    assert shown(on(house, clock, 5)) == ["2026-04 37.50"]  # April has 30 minutes less
    with pytest.raises(Refusal, match=f"a closed period stands on {said.id}"):
        say(house, Kind.UNDO, undoes=said.id)


def test_a_period_that_began_before_the_file_is_not_missed(house: House, clock: Clock) -> None:
    """Billing that begins within a quarter is billed for the whole of it; earlier work is free."""
    write(house, "quarterly", "2026-02-10")
    book(house, 1, month=1)
    book(house, 1, ticket="2")
    (closed,) = on(house, clock, 4)
    assert (closed.period, closed.problems) == (Period(date(2026, 1, 1), date(2026, 4, 1)), ())
    assert closed.invoices[0].net == Decimal("75.00")
