"""Bounds and orders: the first of two, the day itself, the cent that is over, a window that is used up."""

from datetime import date
from decimal import Decimal

from connector.documents.wording import Voice, invoice_line
from connector.model.basis import Origin
from connector.model.decision import Kind
from connector.model.invoice import DueLine, InvoiceLine, Role
from connector.model.period import parse_period
from connector.rating.adjust import spread
from connector.rating.due import due
from connector.rating.history import booked
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
    cases = (("10.00", ["-10.00"]), ("120.00", ["-120.00"]), ("125.00", ["-120.00", "-5.00"]))
    for amount, lines in cases:
        discount = said(1, Kind.DISCOUNT, period=MARCH, amount=Decimal(amount))
        (march, _) = months(known, work, decisions=(discount,))
        assert sorted(amounts(march, "discount")) == lines


def test_nothing_more_is_owed_beyond_what_may_be() -> None:
    allowance = {"id": "a", "of": "1h", "then": "overdraw", "overdraw_to": "1h"}
    known = terms({"rates": [hourly()], "allowances": [allowance]})
    opening = said(1, Kind.OPENING, allowance="a", seconds=-9000)
    (march, _) = months(known, [worked(1, "3", 60)], decisions=(opening,))
    assert (amounts(march), march.allowances[0].left) == (["60.00"], -5400)


def test_a_renewed_block_is_valid_as_long_as_the_first() -> None:
    block = {"id": "b", "of": "1h", "price": "50.00 EUR", "bought": "2026-03-01"}
    renewed = {**block, "renew": {"below": "30m", "by": "automatic"}}
    for valid, until in (({"from": "2026-03-01", "to": "2026-05-01"}, date(2026, 5, 11)), (None, date.max)):
        known = terms({"rates": [hourly()]}, blocks=[renewed | ({"valid": valid} if valid else {})])
        (march, _) = months(known, [worked(1, "11", 60)])
        assert [(lot.amount, lot.until) for lot in march.closing if lot.amount] == [(3600, until)]


def test_one_call_may_be_owed_where_one_may() -> None:
    allowance = {"id": "a", "of": "1 calls", "then": "overdraw", "overdraw_to": "1 calls"}
    known = terms({"rates": [{"per_call": "25.00 EUR"}], "allowances": [allowance]})
    (march, _) = months(known, [worked(n, "3", 10, ticket=str(n)) for n in (1, 2, 3)])
    assert (amounts(march), march.allowances[0].left) == (["25.00"], -1)


def test_what_a_block_covers_is_printed_by_the_hour_at_nothing() -> None:
    block = {"id": "b", "of": "1h", "price": "50.00 EUR", "bought": "2026-02-01"}
    (march, _) = months(terms({"rates": [hourly()]}, blocks=[block]), [worked(1, "3", 60)])
    assert [(line.key.kind, line.unit, line.per_seconds, line.seconds) for line in march.lines] == [
        ("covered", "hour", 3600, 3600)
    ]


def test_a_limit_is_named_by_what_it_acts_on() -> None:
    for per, ref in (("ticket", "c/least/desk/1"), ("entry", "c/least/desk/1/7"), ("period", "c/least")):
        limit = {"id": "least", "minimum": "90.00 EUR", "per": per}
        (march, _) = months(terms({"rates": [hourly()], "limits": [limit]}), [worked(7, "3", 60)])
        assert [line.key.ref for line in march.lines if line.key.kind == "limit"] == [ref]


def test_a_commitment_that_lacks_little_is_made_up() -> None:
    commitment = {"id": "m", "amount": "60.50 EUR", "per": "month"}
    (march, _) = months(terms({"rates": [hourly()], "commitments": [commitment]}), [worked(1, "3", 60)])
    assert amounts(march) == ["60.00", "0.50"]


def test_weighted_seconds_are_counted_exactly() -> None:
    weights = [{"when": {}, "factor": "x1.5"}]
    known = terms({"rates": [hourly()], "allowances": [{"id": "a", "of": "1h", "weights": weights}]})
    (march, _) = months(known, [worked(1, "3", 61 / 60)])
    assert march.allowances[0].used == Decimal("91.5")
    assert type(march.allowances[0].used) is Decimal


def test_a_clock_tells_the_hour_of_a_day_that_is_short() -> None:
    known = terms(
        {"rates": [hourly("90.00 EUR", when={"shift": "night"}), hourly()]},
        shifts={"night": {"from": "20:30", "to": "06:00"}},
        timezone="Europe/Berlin",
    )
    (march, _) = months(known, [worked(1, "29", 60, at="18:30")])  # 20:30 in Berlin, clocks went forward
    assert march.items[0].trail[0].values == ("night", "20:30")


def test_what_is_settled_has_not_lapsed() -> None:
    settle = {"per": "month", "hourly": "70.00 EUR"}
    allowance = {"id": "a", "of": "1h", "then": "overdraw", "settle": settle}
    (march, _) = months(terms({"rates": [hourly()], "allowances": [allowance]}), [worked(1, "3", 90)])
    (position,) = march.allowances
    assert (position.settled, position.lapsed, position.used) == (1800, 0, 5400)


def test_no_second_is_lost_where_rounding_down_meets_a_step() -> None:
    steps = [{"to": "30m", "price": "40.00 EUR"}, {"price": "30.00 EUR"}]
    known = terms({"rates": [{"tiers": {"steps": steps}}], "round": {"to": "1h", "mode": "down"}})
    (march, _) = months(known, [worked(1, "3", 70)])
    assert [(item.real, item.billed) for item in march.items] == [(1800, 1800), (2400, 1800)]
    assert all(item.trail[-1].source is not None for item in march.items)


def test_the_step_that_all_reach_leaves_what_was_said_before() -> None:
    steps = [{"to": "1h", "price": "40.00 EUR"}, {"price": "30.00 EUR"}]
    surcharge = {"id": "late", "when": {}, "percent": "50%"}
    rate = {"tiers": {"mode": "top", "steps": steps}, "round": {"to": "15m"}}
    (march, _) = months(terms({"rates": [rate], "surcharges": [surcharge]}), [worked(1, "3", 50)])
    assert [step.rule for step in march.items[0].trail] == ["round", "top_tier", "surcharge", "price"]


def test_what_was_carried_over_and_back_is_done_with() -> None:
    known = terms({"rates": [hourly()]})
    march, april = months(known, [worked(1, "3", 60)])
    transfer = said(1, Kind.TRANSFER, period=MARCH, amount=Decimal("20.00"))
    billed = booked({}, printed(due(known, [march], {}, [transfer]).lines), "db-1")
    second = due(known, [march, april], billed, [transfer])
    assert [(one.role, str(one.amount)) for one in second.lines] == [(Role.CARRIED_IN, "20.00")]
    billed = booked(billed, printed(second.lines), "db-2")
    assert due(known, [march, april], billed, [transfer]).lines == []
    assert sum(one.seconds for one in billed.values()) == 3600


def test_a_document_that_bills_more_of_a_line_adds_its_time() -> None:
    known = terms({"rates": [hourly()]})
    (march, _) = months(known, [worked(1, "3", 60)])
    billed = booked({}, printed(due(known, [march], {}, []).lines), "db-1")
    (more, _) = months(known, [worked(1, "3", 60), worked(2, "4", 30)])
    billed = booked(billed, printed(due(known, [more], billed, []).lines), "db-2")
    assert [(str(one.amount), one.seconds, one.references) for one in billed.values()] == [
        ("90.00", 5400, ("db-1", "db-2"))
    ]


def printed(lines: list[DueLine]) -> list[InvoiceLine]:
    return [invoice_line(at, line, Voice(currency="EUR", language="en")) for at, line in enumerate(lines, 1)]


def test_held_work_cites_the_row_that_would_price_it() -> None:
    (march, _) = months(terms({"rates": [{"hold": "ask first"}]}), [worked(1, "3", 60)])
    assert [str(problem.source) for problem in march.problems] == [":1:1"]


def test_a_line_of_each_record_has_the_rows_name() -> None:
    known = terms({"rates": [hourly()], "usage": [{"id": "u", "each": "2.00 EUR", "lines": "record"}]})
    (march, _) = months(known, [], usage=(used(1, "1", "03-04"),))
    assert [(line.text, line.key.ref) for line in march.lines] == [("u", "c/u/usage/1")]


def test_a_second_is_billed() -> None:
    known = terms({"rates": [hourly("3600.00 EUR")], "round": {"minimum": "1s"}})
    (march, _) = months(known, [worked(1, "3", 1 / 60)])
    assert amounts(march) == ["1.00"]


def test_a_warning_beyond_the_whole_comes_in_the_period_that_reaches_it() -> None:
    allowance = {"id": "a", "of": "2h", "per": "quarter", "warn_at": ["150%"], "then": "overdraw"}
    known = terms({"rates": [hourly()], "allowances": [allowance]}, billing_from="2026-04-01")
    work = [worked(1, "04-03", 120), worked(2, "05-03", 75)]
    april, may = months(known, work, *map(parse_period, ("2026-04", "2026-05")))
    assert [len(one.thresholds) for one in (april, may)] == [0, 1]
    assert (may.thresholds[0].used, may.thresholds[0].into_entry) == (10800, 3600)


def test_weights_are_of_time_and_leave_the_warnings_of_calls_alone() -> None:
    """Found by a random contract: a weight of nothing on an allowance of calls that warns."""
    weights = [{"when": {}, "factor": "x0"}]
    allowance = {"id": "a", "of": "1 calls", "warn_at": ["100%"], "weights": weights}
    known = terms({"rates": [{"per_call": "25.00 EUR"}], "allowances": [allowance]})
    (march, _) = months(known, [worked(1, "3", 10)])
    assert [(one.used, one.into_entry) for one in march.thresholds] == [(1, 0)]
