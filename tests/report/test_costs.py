"""Shares and their sums: every cent of a statement is somebody's, and cost stands against revenue."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.model.period import parse_period
from connector.model.statement import Fate, Line, LineKey, RatedItem, RatedUsage, Statement
from connector.report.costs import (
    Taken,
    costs,
    profits,
    profits_data,
    profits_text,
    sums_data,
    sums_text,
    trends,
)
from connector.report.shares import Facts, Share, shared, shares
from connector.report.usage import usage_lines, used_data

MARCH = parse_period("2026-03")
ZERO = Decimal(0)
PHONE = LineKey("work", "2026-03", "zammad/1", contract="support")
VISIT = LineKey("surcharge", "2026-03", "zammad/1", contract="support")
FEE = LineKey("fee", "2026-03", ref="support/base", contract="support")
OFFICE = LineKey("usage", "2026-03", contract="support")
FACTS = Facts(
    facets={"w1": {"contact": "eve", "service": "phone"}, "w2": {"contact": "bob", "service": "phone"}},
    contracts={"w3": "support"},
    hourly={"w1": Decimal(30), "w2": Decimal(30), "w3": Decimal(30)},
    units={"l1": Decimal("7.00")},
)


def line(key: LineKey, amount: str, *work: str, **more: Any) -> Line:
    day = more.pop("day", date(2026, 3, 2))
    return Line(
        key=key,
        amount=Decimal(amount),
        category="standard",
        text="",
        service_from=day,
        service_to=day,
        work=work,
        **more,
    )


def item(work: str, seconds: int, fate: Fate = Fate.BILLED, key: LineKey | None = PHONE) -> RatedItem:
    charged = key if fate is Fate.BILLED else None
    return RatedItem(
        work=work,
        ticket="zammad/1",
        on=date(2026, 3, 2),
        real=seconds,
        billed=seconds,
        fate=fate,
        line=charged,
    )


def used(record: str, amount: str, person: str, fate: Fate = Fate.BILLED) -> RatedUsage:
    return RatedUsage(
        record=record,
        fate=fate,
        quantity=Decimal(1),
        amount=Decimal(amount),
        line=OFFICE if fate is Fate.BILLED else None,
        facets={"contact": person, "article": "office"},
        reason="" if fate is Fate.BILLED else "in the fee",
    )


STATEMENT = Statement(
    customer="acme",
    period=MARCH,
    currency="EUR",
    items=(item("w1", 3600), item("w2", 7200), item("w3", 3600, Fate.FREE)),
    lines=(
        line(PHONE, "100.00", "w1", "w2"),
        line(VISIT, "10.00", "w1", "w2"),
        line(FEE, "50.00", day=date(2026, 4, 1)),
        line(OFFICE, "3.30", "l1", part=(10, 30)),
    ),
    usage=(used("l1", "3.30", "eve"), used("l2", "0.00", "bob", Fate.INCLUDED)),
)


@pytest.fixture(scope="module")
def taken() -> Sequence[Taken]:
    return [Taken(customer="acme", currency="EUR", share=share) for share in shares(STATEMENT, FACTS)]


def test_the_shares_sum_to_the_net(taken: Sequence[Taken]) -> None:
    amounts = [(each.share.kind, each.share.key, each.share.amount) for each in taken]
    assert amounts == [
        ("work", "w1", Decimal("36.66")),  # 33.33 of the time, 3.33 of the surcharge
        ("work", "w2", Decimal("73.34")),
        ("work", "w3", 0),
        ("usage", "l1", Decimal("3.30")),
        ("usage", "l2", 0),
        ("fee", "", Decimal("50.00")),
    ]
    assert sum(amount for *_, amount in amounts) == STATEMENT.net
    assert taken[-1].share.on == date(2026, 3, 1)  # a fee of April that March bills is money of March


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        ("10.00", (1, 1, 1), ("3.34", "3.33", "3.33")),
        ("-10.00", (1, 1, 1), ("-3.33", "-3.33", "-3.34")),
        ("0.05", (0, 0), ("0.03", "0.02")),
        ("1.00", (0, 4), ("0.00", "1.00")),
        ("1.00", (), ()),
    ],
)
def test_an_amount_is_shared_to_the_cent(
    amount: str, weights: tuple[int, ...], parts: tuple[str, ...]
) -> None:
    found = shared(Decimal(amount), weights, "EUR")
    assert found == [Decimal(part) for part in parts]


def test_costs_by_person(taken: Sequence[Taken]) -> None:
    assert sums_text(costs(taken, "person"), ["Person"]).splitlines() == [
        "Customer  Person  Worked   Work  Usage  Other   Together",
        "acme      (none)      1h   0.00   0.00  50.00  50.00 EUR",
        "acme      bob         2h  73.34   0.00   0.00  73.34 EUR",
        "acme      eve         1h  36.66   3.30   0.00  39.96 EUR",
        "",
        "Net 163.30 EUR",
    ]
    assert sums_data(costs(taken, "person"), ["person"])[2] == {
        "customer": "acme",
        "person": "eve",
        "seconds": 3600,
        "quantity": "1",
        "work": "36.66",
        "usage": "3.30",
        "other": "0.00",
        "amount": "39.96",
        "currency": "EUR",
    }
    assert sums_text([], ["Person"]) == "There is nothing in these days"


def test_trends_by_article(taken: Sequence[Taken]) -> None:
    rows = {row.key: (row.amount, row.quantity) for row in trends(taken, "article")}
    assert rows == {
        ("2026-03", ""): (Decimal("160.00"), ZERO),
        ("2026-03", "office"): (Decimal("3.30"), Decimal(2)),
    }


def test_profit_by_contract(taken: Sequence[Taken]) -> None:
    (none, support) = profits(taken, "contract")
    assert (none.key, none.revenue, none.cost) == ("", ZERO, ZERO)  # the included licence: no cost is known
    assert (support.revenue, support.seconds, support.free) == (Decimal("163.30"), 4 * 3600, Decimal(30))
    assert support.cost.quantize(Decimal("0.01")) == Decimal("122.33")  # 4 h x 30.00, 7.00 x 10/30
    assert profits_text(profits(taken, "customer"), "customer").splitlines() == [
        "Customer  Worked  Revenue    Cost  Included   Free     Profit  Cost unknown",
        "acme          4h   163.30  122.33      0.00  30.00  40.97 EUR",
    ]
    assert "zammad/1" in profits_text(profits(taken, "ticket"), "ticket")
    assert profits_text([], "ticket") == "There is nothing in these days"
    assert profits_data(profits(taken, "contract"), "contract")[1] == {
        "customer": "acme",
        "contract": "support",
        "seconds": 14400,
        "revenue": "163.30",
        "cost": "122.33",
        "included": "0.00",
        "free": "30.00",
        "profit": "40.97",
        "unknown_seconds": 0,
        "currency": "EUR",
    }


def test_work_without_a_known_cost_is_said() -> None:
    share = Share(kind="work", on=date(2026, 3, 2), seconds=3600, amount=Decimal("75.00"))
    (row,) = profits([Taken(customer="acme", currency="EUR", share=share)], "customer")
    assert profits_text([row], "customer").splitlines()[1].split() == (
        ["acme", "1h", "75.00", "0.00", "0.00", "0.00", "75.00", "EUR", "1h"]
    )


def test_a_preview_counts_usage_by_fate() -> None:
    assert usage_lines(STATEMENT) == ["  charged   1 records", "  included  1 records  in the fee"]
    assert used_data(STATEMENT.usage[0])["facets"] == {"contact": "eve", "article": "office"}
