"""Bounds and orders: the first of two, the day itself, the cent that is over, a window that is used up."""

from datetime import date
from decimal import Decimal

from connector.model.basis import Origin
from connector.model.decision import Kind
from connector.model.period import parse_period
from connector.rating.adjust import spread
from connector.rating.usage import shared
from tests.rating.written import MARCH, Tree, amounts, hourly, months, said, terms, used, worked


def test_money_is_carried_up_to_an_amount() -> None:
    allowance = {"id": "a", "of": "30.00 EUR", "carry_over": {"for": "1 period", "cap": "9.50 EUR"}}
    (march, _) = months(terms({"rates": [hourly()], "allowances": [allowance]}), [])
    assert march.allowances[0].carried_out == Decimal("9.50")


def test_what_was_given_is_used_before_what_was_paid() -> None:
    def block(id_: str, price: str, bought: str) -> Tree:
        return {"id": id_, "of": "1h", "price": price, "bought": bought}

    blocks = [block("paid", "50.00 EUR", "2026-03-01"), block("given", "0.00 EUR", "2026-03-02")]
    (march, _) = months(terms({"rates": [hourly()]}, blocks=blocks), [worked(1, "3", 30)])
    assert [item.allowance for item in march.items] == ["blocks/given"]


def test_a_row_of_a_price_list_is_cited_in_its_file() -> None:
    listed = {"price_list": "house", "versions": [{"from": "2026-01-01", "rates": [hourly()]}]}
    origin = Origin(file="prices/house.yaml", lines={"versions.0.rates.0": (5, 7)})
    known = terms({"price_list": "house"}, lists=(listed,), list_origins={"house": origin})
    (march, _) = months(known, [worked(1, "3", 60)])
    assert [str(line.source) for line in march.lines] == ["prices/house.yaml:5:7"]


def test_a_fee_that_falls_due_once_is_named_by_its_day() -> None:
    fee = {"id": "set-up", "amount": "99.00 EUR", "per": "once", "from": "2026-03-05"}
    (march, _) = months(terms({"rates": [hourly()], "fees": [fee]}), [])
    assert [(line.key.ref, line.service_from, line.service_to) for line in march.lines] == [
        ("c/set-up/2026-03-05/2026-03-06", date(2026, 3, 5), date(2026, 3, 5))
    ]


def test_a_fee_changes_with_the_window_that_begins_on_the_day() -> None:
    for day, april in (("2026-04-01", "30.00"), ("2026-04-02", "20.00")):
        fee = {"id": "f", "amount": "20.00 EUR", "changes": [{"from": day, "amount": "30.00 EUR"}]}
        statements = months(terms({"rates": [hourly()], "fees": [fee]}), [])
        assert [amounts(one) for one in statements] == [["20.00"], [april]]


def test_a_fee_that_changes_within_a_window_has_two_lines() -> None:
    change = {"from": "2026-03-11", "amount": "62.00 EUR"}
    fee = {"id": "f", "amount": "31.00 EUR", "prorate": "days", "changes": [change]}
    (march, _) = months(terms({"rates": [hourly()], "fees": [fee]}), [])
    assert [(line.key.ref, str(line.amount), line.part) for line in march.lines] == [
        ("c/f/2026-03", "10.00", (10, 31)),
        ("c/f/2026-03/1", "42.00", (21, 31)),
    ]


def test_what_each_item_has_goes_on_for_each() -> None:
    def allowance(id_: str, each: str) -> Tree:
        return {"id": id_, "of": "1h", "each": each, "carry_over": "always", "for": {"service": id_}}

    known = terms(
        {"rates": [hourly()], "allowances": [allowance("phone", "item"), allowance("care", "site")]}
    )
    work = [worked(1, "3", 15, service="phone", item="i1"), worked(2, "3", 30, service="care", site="north")]
    _, april = months(known, work)
    assert [(one.allowance, one.key, one.carried_in) for one in april.allowances] == [
        ("c/phone", "i1", 2700),
        ("c/care", "north", 1800),
    ]
    assert all(type(one.carried_in) is int for one in april.allowances)


def test_a_grant_that_is_used_up_is_known_until_its_window_ends() -> None:
    allowance = {"id": "a", "of": "2h", "per": "quarter", "warn_at": ["50%", "100%"]}
    known = terms({"rates": [hourly()], "allowances": [allowance]}, billing_from="2026-04-01")
    april, may = months(
        known, [worked(1, "04-03", 150), worked(2, "05-03", 60)], *map(parse_period, ("2026-04", "2026-05"))
    )
    assert [(lot.amount, lot.of) for lot in april.closing] == [(0, 7200)]
    assert [one.percent for one in april.thresholds] == [50, 100]
    assert (may.thresholds, amounts(april), amounts(may)) == ((), ["30.00"], ["60.00"])


def test_a_spare_cent_is_on_the_first_of_the_largest() -> None:
    parts = {(code, "19", ""): Decimal(10) for code in "abc"}
    assert spread(Decimal("0.01"), parts, "EUR") == {("a", "19", ""): Decimal("0.01")}
    assert spread(Decimal("-0.05"), parts, "EUR") == {
        ("a", "19", ""): Decimal("-0.01"),
        ("b", "19", ""): Decimal("-0.02"),
        ("c", "19", ""): Decimal("-0.02"),
    }


def test_spare_cents_go_to_the_largest_remainders() -> None:
    parts = [Decimal(1), Decimal(5), Decimal(3)]
    shares = shared(Decimal("0.10"), parts, Decimal(9), "EUR")  # 0.0111, 0.0555, 0.0333
    assert list(map(str, shares)) == ["0.01", "0.06", "0.03"]
    shares = shared(Decimal("1.00"), [Decimal(2), Decimal(1), Decimal(4)], Decimal(7), "EUR")
    assert list(map(str, shares)) == ["0.29", "0.14", "0.57"]  # 0.2857, 0.1428, 0.5714


def test_a_shift_that_ends_when_it_begins_is_a_whole_day() -> None:
    known = terms(
        {"rates": [hourly("90.00 EUR", when={"shift": "sunday"}), hourly()]},
        shifts={"sunday": {"days": ["sun"], "from": "08:00", "to": "08:00"}},
    )
    (march, _) = months(known, [worked(1, "9", 120, at="07:00")])  # a Monday
    assert amounts(march) == ["60.00", "90.00"]


def test_work_waits_for_the_first_of_two_that_are_used_up() -> None:
    allowances = [{"id": id_, "of": "15m", "then": "hold"} for id_ in ("one", "two")]
    (march, _) = months(terms({"rates": [hourly()], "allowances": allowances}), [worked(1, "3", 60)])
    assert [problem.message.partition(",")[0] for problem in march.problems] == [
        "the allowance one is used up"
    ]


def test_a_fee_that_counts_takes_the_word_of_the_earliest_record() -> None:
    fee = {"id": "f", "amount": "2.00 EUR", "counted": {}}
    known = terms({"rates": [hourly()], "fees": [fee], "usage": [{"id": "u", "included": "yes"}]})
    later = used(1, "1", "03-09", stands=True, unit="seat")
    first = used(2, "1", "03-05", stands=True, unit="licence")
    for usage in ((later, first), (first, later)):
        assert [line.unit for line in months(known, [], MARCH, usage=usage)[0].lines] == ["licence"]


def test_a_discount_is_spread_over_the_categories_until_it_is_used() -> None:
    rates = [hourly(when={"service": "phone"}, tax="DE-7"), hourly()]
    known = terms({"rates": rates})
    work = [worked(1, "3", 10, service="phone"), worked(2, "3", 60), worked(3, "3", 60, ticket="2")]
    for amount, lines in (
        ("10.00", ["-10.00"]),
        ("25.00", ["-10.00", "-15.00"]),
        ("500.00", ["-10.00", "-120.00"]),
    ):
        discount = said(1, Kind.DISCOUNT, period=MARCH, amount=Decimal(amount))
        (march, _) = months(known, work, decisions=(discount,))
        assert sorted(amounts(march, "discount")) == lines


def test_nothing_more_is_owed_beyond_what_may_be() -> None:
    allowance = {"id": "a", "of": "1h", "then": "overdraw", "overdraw_to": "1h"}
    known = terms({"rates": [hourly()], "allowances": [allowance]})
    opening = said(1, Kind.OPENING, allowance="a", seconds=-9000)
    (march, _) = months(known, [worked(1, "3", 60)], decisions=(opening,))
    assert (amounts(march), march.allowances[0].left) == (["60.00"], -5400)
