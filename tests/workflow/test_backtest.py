"""The backtest: a contract over real past work, against what was billed for it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from connector.config.validate import Unreadable
from connector.http import ConfigError
from connector.model.change import CustomerChange, Figures
from connector.model.decision import Decision, Kind
from connector.model.period import parse_period
from connector.workflow.backtest import backtest
from connector.workflow.close import close_due
from connector.workflow.decide import decide
from connector.workflow.house import House
from tests.workflow.standins import Clock
from tests.workflow.written import CUSTOMER, book, opened, put, synced, write_house

JANUARY, MARCH, APRIL = date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 30)
DEARER = CUSTOMER.replace("75.00", "80.00")
OTHER = CUSTOMER.replace("acme", "beta").replace("ACME GmbH", "Beta AG")


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 4, 20, 6, tzinfo=UTC))


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    """Closed up to March 2026, with a goodwill credit of 10.00 on February."""
    house = write_house(tmp_path / "repository", clock)
    for month, hours in ((1, 1), (2, 2), (4, 3)):
        book(house, hours, month=month, ticket=str(month))
    decide(
        house,
        Decision(
            id="",
            kind=Kind.CREDIT,
            by="Mara",
            at=house.now(),
            why="goodwill",
            customer="acme",
            period=parse_period("2026-02"),
            amount=Decimal("10.00"),
        ),
    )
    assert [invoice.net for one in close_due(house) for invoice in one.invoices] == [
        Decimal("115.00"),
        Decimal("180.00"),
        Decimal("40.00"),
    ]
    yield house
    house.close()


def figures(found: CustomerChange) -> list[tuple[str, bool, str, str, str]]:
    return [
        (str(one.period), one.closed, _net(one.old), _net(one.new), str(one.difference))
        for one in found.periods
    ]


def _net(side: Figures | None) -> str:
    return str(side.net) if side else "-"


def written(house: House, text: str, name: str = "trial") -> Path:
    path = house.path.parent / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_present_files_come_to_what_was_billed(house: House) -> None:
    found = backtest(house, JANUARY, MARCH, (), None)
    assert not found.differs
    # The credit is no price: it stands on a document whatever the contract says.
    assert figures(found.customers[0]) == [
        ("2026-01", True, "115.00", "115.00", "0.00"),
        ("2026-02", True, "190.00", "190.00", "0.00"),
        ("2026-03", True, "40.00", "40.00", "0.00"),
    ]


def test_another_contract_is_held_against_the_bills_line_by_line(house: House) -> None:
    found = backtest(house, JANUARY, APRIL, (), written(house, DEARER))
    assert (found.old, found.new.endswith("trial.yaml"), found.differs) == ("billed", True, True)
    (acme,) = found.customers
    assert figures(acme) == [
        ("2026-01", True, "115.00", "120.00", "5.00"),
        ("2026-02", True, "190.00", "200.00", "10.00"),
        ("2026-03", True, "40.00", "40.00", "0.00"),
        ("2026-04", False, "0", "280.00", "280.00"),
    ]
    (change,) = acme.periods[1].changes
    assert (change.key.ticket, change.before, change.after) == (
        "zammad/2",
        Decimal("150.00"),
        Decimal("160.00"),
    )


def test_corrections_count_to_what_was_billed_for_the_period_they_correct(house: House, clock: Clock) -> None:
    book(house, 1.5, month=1, ticket="1")
    clock.at = datetime(2026, 5, 5, 6, tzinfo=UTC)
    synced(house)
    (april,) = close_due(house)
    assert april.invoices[0].net == Decimal("302.50")  # 3 h, the fee, and half an hour of January
    found = backtest(house, JANUARY, date(2026, 1, 31), ("acme",), None)
    assert figures(found.customers[0]) == [("2026-01", True, "152.50", "152.50", "0.00")]


def test_a_range_that_begins_in_the_open_knows_what_was_carried_into_it(house: House, clock: Clock) -> None:
    clock.at = datetime(2026, 5, 20, 6, tzinfo=UTC)
    book(house, 3, month=5, ticket="5")
    allowance = "    allowances: [{id: hours, of: 5h, carry_over: 1 month}]\n    rates:"
    trial = written(house, CUSTOMER.replace("    rates:", allowance).replace("of: 5h", "of: 4h"))
    found = backtest(house, date(2026, 5, 1), date(2026, 5, 31), (), trial)
    assert figures(found.customers[0]) == [("2026-05", False, "0", "40.00", "40.00")]
    short = written(house, CUSTOMER.replace("    rates:", allowance).replace("of: 5h", "of: 2h"))
    found = backtest(house, date(2026, 5, 1), date(2026, 5, 31), (), short)
    assert figures(found.customers[0]) == [("2026-05", False, "0", "115.00", "115.00")]


def test_a_contract_is_tried_on_other_customers(house: House) -> None:
    put(house.path.parent, OTHER, "beta")
    book(house, 2, month=2, ticket="60", owner="Beta AG")
    again = opened(house.path.parent, Clock(house.now()))
    trial = written(again, DEARER.replace("40.00", "0.00"))
    found = backtest(again, JANUARY, MARCH, ("acme", "beta"), trial)
    again.close()
    assert [one.customer for one in found.customers] == ["acme", "beta"]
    assert [[one[3] for one in figures(customer)] for customer in found.customers] == [
        ["80.00", "160.00", "0.00"],
        ["0.00", "160.00", "0.00"],
    ]


def test_periods_before_the_first_close_are_rated_too(house: House) -> None:
    book(house, 2, month=12, ticket="12")  # 10 December 2026: not in sight
    trial = written(house, CUSTOMER.replace("2026-01-01", "2025-12-01"))
    found = backtest(house, date(2025, 11, 1), MARCH, (), trial)
    assert [one[0] for one in figures(found.customers[0])] == ["2025-12", "2026-01", "2026-02", "2026-03"]
    assert figures(found.customers[0])[0] == ("2025-12", False, "0", "40.00", "40.00")


def test_what_cannot_be_tried_is_said(house: House) -> None:
    (nothing,) = backtest(house, date(2020, 1, 1), date(2020, 12, 31), (), None).customers
    assert nothing.periods == ()
    with pytest.raises(ConfigError, match="no customer 'nobody'"):
        backtest(house, JANUARY, MARCH, ("nobody",), written(house, DEARER))
    with pytest.raises(Unreadable, match=r"trial\.yaml:7:16: tax 'DE-99' is not defined"):
        backtest(house, JANUARY, MARCH, (), written(house, CUSTOMER.replace("tax: DE-19", "tax: DE-99")))
