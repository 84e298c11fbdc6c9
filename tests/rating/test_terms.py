"""Terms side by side, figure by figure: what a worked case does not ask."""

from datetime import date
from decimal import Decimal

import pytest

from connector.model.period import parse_period
from connector.model.statement import Fate
from connector.rating.adjust import spread
from connector.rating.changes import charge_of, figures
from connector.rating.fees import fees_of_before
from connector.rating.usage import shared
from tests.rating.written import APRIL, MARCH, Tree, amounts, fates, hourly, months, terms, used, worked

CALLS = {"steps": [{"to": "1 calls", "price": "25.00 EUR"}, {"price": "20.00 EUR"}]}
FREE_HOUR = {"steps": [{"to": "1h", "price": "0.00 EUR"}, {"price": "60.00 EUR"}]}


def test_a_wider_limit_sees_what_a_narrower_one_made_of_it() -> None:
    limits = [
        {"id": "wide", "per": "ticket", "cap": "80.00 EUR"},
        {"id": "narrow", "per": "entry", "cap": "60.00 EUR"},
    ]
    known = terms({"rates": [hourly()], "limits": limits})
    (march, _) = months(known, [worked(1, "3", 100), worked(2, "4", 50)])
    # 100 is 60 at most, and 50 stays: 110 is 80 at most
    assert amounts(march, "work", "limit") == ["150.00", "-40.00", "-30.00"]
    assert [str(line.reached) for line in march.lines if line.key.kind == "limit"] == ["100.00", "110.00"]


def test_a_limit_of_a_day_names_the_day() -> None:
    known = terms({"rates": [hourly()], "limits": [{"id": "day", "per": "day", "cap": "90.00 EUR"}]})
    (march, _) = months(known, [worked(1, "3", 100), worked(2, "4", 50)])
    (cap,) = (line for line in march.lines if line.key.kind == "limit")
    assert (cap.amount, cap.service_from.day, cap.service_to.day) == (Decimal("-10.00"), 3, 3)


def test_a_limit_of_other_work_is_not_seen() -> None:
    limits = [
        {"id": "narrow", "per": "entry", "cap": "60.00 EUR", "when": {"service": "phone"}},
        {"id": "wide", "per": "ticket", "minimum": "50.00 EUR", "when": {"service": "on-site"}},
    ]
    known = terms({"rates": [hourly()], "limits": limits})
    (march, _) = months(known, [worked(1, "3", 100, service="phone"), worked(2, "4", 45, service="on-site")])
    assert sorted(amounts(march, "limit")) == ["-40.00", "5.00"]


def test_work_at_nothing_comes_to_its_minimum() -> None:
    known = terms({"rates": [hourly("0.00 EUR")], "limits": [{"id": "least", "minimum": "10.00 EUR"}]})
    (march, _) = months(known, [worked(1, "3", 60)])
    assert amounts(march) == ["0.00", "10.00"]


def test_nothing_is_given_back_of_nothing() -> None:
    credit = {"id": "late", "when": {"sla_state": "missed"}, "amount": "30.00 EUR"}
    included = {"when": {"service": "care"}, "included": "yes"}
    known = terms({"rates": [included, hourly()], "sla_credits": [credit]})
    missed = [
        worked(1, "3", 20, sla_state="missed"),
        worked(2, "4", 60, ticket="2", sla_state="missed", service="care"),
    ]
    (march, _) = months(known, missed)
    assert amounts(march) == ["20.00", "-20.00"]


def test_spare_cents_fall_on_the_largest_category() -> None:
    parts = {
        ("a", "19", ""): Decimal("10.00"),
        ("b", "7", ""): Decimal("20.00"),
        ("c", "0", ""): Decimal("0.00"),
    }
    assert spread(Decimal("0.05"), parts, "EUR") == {
        ("a", "19", ""): Decimal("0.02"),
        ("b", "7", ""): Decimal("0.03"),
    }
    assert spread(Decimal("1.00"), {("a", "19", ""): Decimal(0)}, "EUR") == {("a", "19", ""): Decimal("1.00")}


def test_usage_that_takes_back_what_was_used_comes_to_nothing() -> None:
    assert shared(Decimal("9.99"), [Decimal(2), Decimal(-2)], Decimal(0), "EUR") == [
        Decimal("9.99"),
        Decimal(0),
    ]
    parts = [Decimal(1), Decimal(1), Decimal(1)]
    assert list(map(str, shared(Decimal("10.00"), parts, Decimal(3), "EUR"))) == ["3.34", "3.33", "3.33"]


def test_what_is_carried_from_the_last_of_a_month_lasts_a_whole_window() -> None:
    allowance = {"id": "a", "of": "5h", "anchor": "contract", "carry_over": "1 period"}
    known = terms({"valid": {"from": "2026-01-31"}, "rates": [hourly()], "allowances": [allowance]})
    march, april = months(known, [worked(1, "31", 60)])
    # windows begin on 28 February, 31 March, 30 April; what is oldest is used first
    assert [(one.granted, one.amount // 3600, one.until) for one in march.closing] == [
        (date(2026, 2, 28), 4, date(2026, 4, 30)),
        (date(2026, 3, 31), 5, date(2026, 4, 30)),
    ]
    assert [(one.granted, one.amount // 3600, one.until) for one in april.closing] == [
        (date(2026, 3, 31), 5, date(2026, 5, 31)),
        (date(2026, 4, 30), 5, date(2026, 5, 31)),
    ]


def test_nothing_is_settled_where_nothing_is_owed() -> None:
    settle = {"per": "month", "hourly": "70.00 EUR"}
    allowance = {"id": "a", "of": "1h", "then": "overdraw", "settle": settle}
    known = terms({"rates": [hourly()], "allowances": [allowance]})
    march, april = months(known, [worked(1, "3", 60), worked(2, "04-02", 90)])
    assert (amounts(march), amounts(april)) == ([], ["35.00"])


@pytest.mark.parametrize(
    ("row", "fate", "reason"),
    [
        ({"free": "goodwill"}, Fate.FREE, "goodwill"),
        ({"included": "yes"}, Fate.INCLUDED, "included"),
        ({"hold": "ask first"}, Fate.HELD, "ask first"),
        ({"per_call": "25.00 EUR"}, Fate.BILLED, ""),
    ],
)
def test_time_above_an_allowance_has_the_fate_that_the_named_contract_says(
    row: dict[str, str], fate: Fate, reason: str
) -> None:
    allowance = {"id": "a", "of": "1h", "then": {"contract": "later"}}
    later = {"id": "later", "rates": [row], "covers": {"service": "never"}}
    known = terms({"rates": [hourly()], "allowances": [allowance]}, later)
    (march, _) = months(known, [worked(1, "3", 90), worked(2, "4", 30)])
    assert [item.fate for item in march.items[:2]] == [Fate.INCLUDED, fate]
    assert march.items[1].reason == reason
    told = "its call is counted already: call" if fate is Fate.BILLED else reason
    assert march.items[2].reason == told


def test_an_allowance_that_names_its_own_contract_or_none_charges_there() -> None:
    for name in ("c", "gone"):
        known = terms(
            {"rates": [hourly()], "allowances": [{"id": "a", "of": "1h", "then": {"contract": name}}]}
        )
        (march, _) = months(known, [worked(1, "3", 90)])
        assert amounts(march) == ["30.00"]


def test_a_block_is_bought_again_until_it_covers_the_work() -> None:
    block = {"id": "b", "of": "1h", "price": "50.00 EUR", "bought": "2026-03-01"}
    renewed = {**block, "renew": {"below": "15m", "by": "automatic"}}
    known = terms({"rates": [hourly()]}, blocks=[renewed])
    (march, _) = months(known, [worked(1, "3", 150)])
    assert amounts(march) == ["0.00", "50.00", "50.00", "50.00"]
    assert march.allowances[0].left == 1800
    assert march.allowances[0].over == 0


def test_fees_in_advance_are_of_the_statement_before() -> None:
    fees = [
        {"id": "base", "amount": "20.00 EUR", "in": "advance"},
        {"id": "late", "amount": "5.00 EUR"},
        {"id": "yearly", "amount": "99.00 EUR", "per": "year", "in": "advance"},
    ]
    known = terms({"rates": [hourly()], "fees": fees})
    assert list(fees_of_before(known, MARCH)) == []
    assert [(str(line.amount), line.key.period) for line in fees_of_before(known, APRIL)] == [
        ("20.00", "2026-03")
    ]


def test_usage_has_a_line_of_its_own_for_each_record() -> None:
    usage = [{"id": "u", "each": "2.00 EUR", "lines": "record"}]
    known = terms({"rates": [hourly()], "usage": usage})
    (march, _) = months(known, [], usage=(used(1, "3", "03-04"), used(2, "5", "03-04")))
    assert amounts(march) == ["6.00", "10.00"]


def test_licences_that_stand_for_a_quarter_are_one_line() -> None:
    usage = [{"id": "u", "each": "2.00 EUR", "per": "month"}]
    known = terms(
        {"rates": [hourly()], "usage": usage},
        billing_from="2026-01-01",
        invoice={"tax": "DE-19", "cycle": "quarterly"},
    )
    (first,) = months(known, [], parse_period("2026-Q1"), usage=(used(1, "3", "01-01", stands=True),))
    assert amounts(first) == ["18.00"]
    assert [str(one.amount) for one in first.usage] == ["6.00", "6.00", "6.00"]


def test_work_without_any_row_is_held() -> None:
    known = terms({"rates": [hourly(when={"service": "phone"})]})
    (march, _) = months(known, [worked(1, "3", 60, service="travel")])
    assert [problem.code for problem in march.problems] == ["no_rate"]


def test_a_ticket_is_ignored_only_where_its_day_is_known() -> None:
    old = {
        "valid": {"from": "2026-01-01", "to": "2026-03-01"},
        "open_requests": "ignore",
        "rates": [hourly()],
    }
    new = {"id": "new", "valid": {"from": "2026-03-01"}, "rates": [hourly()]}
    known = terms(old, new)
    (march, _) = months(
        known, [worked(1, "3", 60), worked(2, "4", 60, ticket="2", opened_on=date(2026, 2, 1))]
    )
    assert fates(march) == [("billed", 60), ("free", 60)]


def test_lines_are_kept_apart_by_several_facets() -> None:
    known = terms({"rates": [hourly()]}, invoice={"tax": "DE-19", "split_by": ["cost_centre", "site"]})
    (march, _) = months(
        known, [worked(1, "3", 60, cost_centre="4711", site="north"), worked(2, "3", 30, site="north")]
    )
    assert sorted((line.key.split, str(line.amount)) for line in march.lines) == [
        ("4711 / north", "60.00"),
        ("north", "30.00"),
    ]


def test_too_short_work_eats_worked_time_of_several_allowances() -> None:
    allowances = [
        {"id": "minute", "of": "1m", "eats": "worked"},
        {"id": "calls", "of": "9 calls"},
        {"id": "rounded", "of": "1h"},
        {"id": "empty", "of": "0m", "eats": "worked"},
        {"id": "hour", "of": "1h", "eats": "worked"},
    ]
    known = terms({"rates": [hourly()], "round": {"free_under": "5m"}, "allowances": allowances})
    (march, _) = months(known, [worked(1, "3", 3), worked(2, "4", 0)])
    assert [(item.allowance, item.real) for item in march.items] == [
        ("c/minute", 60),
        ("c/hour", 120),
        ("", 0),
    ]
    assert [one.used for one in march.allowances] == [60, 0, 0, 0, 120]


def test_an_allowance_goes_on_in_its_own_contract_beside_another() -> None:
    def contract(id_: str, service: str, of: str) -> Tree:
        allowance = {"id": "a", "of": of, "carry_over": "always"}
        return {"id": id_, "covers": {"service": service}, "rates": [hourly()], "allowances": [allowance]}

    known = terms(contract("one", "phone", "1h"), contract("two", "on-site", "2h"))
    _, april = months(known, [])
    assert [(one.allowance, one.carried_in) for one in april.allowances] == [("one/a", 3600), ("two/a", 7200)]


def test_an_allowance_goes_over_to_the_contract_that_follows() -> None:
    allowance = {"id": "a", "of": "1h", "carry_over": "always"}
    one = {
        "id": "one",
        "valid": {"from": "2026-03-01", "to": "2026-04-01"},
        "rates": [hourly()],
        "allowances": [allowance],
    }
    two = {"id": "two", "valid": {"from": "2026-04-01"}, "rates": [hourly()], "allowances": [allowance]}
    _, april = months(terms(one, two), [])
    assert [(each.allowance, each.carried_in) for each in april.allowances] == [("two/a", 3600)]


def test_figures_of_a_statement_are_net_tax_and_seconds() -> None:
    known = terms({"rates": [hourly("33.33 EUR"), hourly()], "fees": [{"id": "f", "amount": "0.03 EUR"}]})
    (march, _) = months(known, [worked(1, "3", 20), worked(2, "3", 20, ticket="2")])
    assert [(charge_of(line).number, str(charge_of(line).amount)) for line in march.lines] == [
        ("1", "11.11"),
        ("2", "11.11"),
        ("", "0.03"),
    ]
    on_document, by_line = figures(march, known), figures(march, known, "line")
    assert (str(on_document.net), str(on_document.tax), str(by_line.tax)) == ("22.25", "4.23", "4.23")
    assert on_document.seconds == march.seconds()


@pytest.mark.parametrize("status", [{"status": "pending"}, {"valid": {"from": "2026-04-01"}}])
def test_usage_of_a_contract_that_is_not_active_waits(status: dict[str, object]) -> None:
    row = {"id": "m365", "each": "9.90 EUR"}
    waiting = {"rates": [hourly()], "usage": [row], **status}
    (march, _) = months(terms(waiting), [], usage=(used(1, "1", "03-10"),))
    assert [problem.code for problem in march.problems] == ["contract_pending"]
    assert [one.fate for one in march.usage] == [Fate.HELD]
    (march, _) = months(terms({**waiting, "pending": "bill"}), [], usage=(used(1, "1", "03-10"),))
    assert amounts(march) == ["9.90"]


def test_a_contract_that_is_not_active_has_no_fees_yet() -> None:
    fees = [{"id": "base", "amount": "10.00 EUR"}]
    least = [{"id": "least", "amount": "50.00 EUR", "per": "month"}]
    known = terms({"rates": [hourly()], "fees": fees, "commitments": least, "status": "pending"})
    (march, _) = months(known, [])
    assert amounts(march) == []
