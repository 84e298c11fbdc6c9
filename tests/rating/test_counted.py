"""What is counted, and what is priced by how much there is: calls, steps, what all of it reaches."""

from decimal import Decimal

import pytest

from connector.model.decision import Kind
from tests.rating.written import Tree, amounts, fates, hourly, months, said, terms, used, worked

CALLS = {"steps": [{"to": "1 calls", "price": "25.00 EUR"}, {"price": "20.00 EUR"}]}
FREE_HOUR = {"steps": [{"to": "1h", "price": "0.00 EUR"}, {"price": "60.00 EUR"}]}


def test_a_limit_sees_what_money_took_off_a_call() -> None:
    known = terms(
        {
            "rates": [{"per_call": "25.00 EUR"}],
            "allowances": [{"id": "free", "of": "20.00 EUR"}],
            "limits": [{"id": "least", "per": "entry", "minimum": "10.00 EUR"}],
        }
    )
    (march, _) = months(known, [worked(1, "3", 60)])
    assert amounts(march) == ["5.00", "5.00"]


def test_a_limit_sees_the_step_that_all_of_it_reaches() -> None:
    steps = [{"to": "1h", "price": "100.00 EUR"}, {"price": "60.00 EUR"}]
    known = terms(
        {
            "rates": [{"tiers": {"mode": "top", "steps": steps}}],
            "limits": [{"id": "most", "per": "entry", "cap": "50.00 EUR"}],
        }
    )
    (march, _) = months(known, [worked(1, "3", 45), worked(2, "4", 60)])
    assert amounts(march) == ["105.00", "-10.00"]  # 45.00 and 60.00


def test_calls_are_drawn_from_the_allowance_that_is_named_next() -> None:
    allowances = [
        {"id": "first", "of": "1 calls", "then": {"next": "third"}, "priority": "1"},
        {"id": "second", "of": "9 calls", "priority": "2"},
        {"id": "hours", "of": "9h", "priority": "3"},
        {"id": "third", "of": "1 calls", "priority": "4"},
    ]
    known = terms({"rates": [{"per_call": "25.00 EUR"}], "allowances": allowances})
    (march, _) = months(known, [worked(n, "3", 10, ticket=str(n)) for n in (1, 2, 3)])
    assert [item.allowance for item in march.items] == ["c/first", "c/third", ""]
    assert amounts(march) == ["25.00"]


def test_calls_above_an_allowance_cost_what_the_named_contract_says() -> None:
    allowance = {"id": "calls", "of": "1 calls", "then": {"contract": "later"}}
    later = {"id": "later", "rates": [{"tiers": CALLS}], "covers": {"service": "never"}}
    known = terms({"rates": [{"per_call": "99.00 EUR"}], "allowances": [allowance]}, later)
    (march, _) = months(known, [worked(n, "3", 10, ticket=str(n)) for n in (1, 2, 3)])
    assert amounts(march) == ["25.00", "20.00"]
    assert {line.key.contract for line in march.lines} == {"later"}


@pytest.mark.parametrize(
    "row", [{"per_call": "25.00 EUR"}, {"tiers": CALLS}, {"tiers": {**CALLS, "mode": "top"}}]
)
def test_a_call_that_prices_the_rest_of_an_entry_has_the_rest_of_its_time(row: Tree) -> None:
    """Found by a random contract: its real seconds were counted twice, once as covered, once as charged."""
    allowance = {"id": "a", "of": "1h", "then": {"contract": "later"}}
    later = {"id": "later", "rates": [row], "covers": {"service": "never"}}
    known = terms({"rates": [hourly()], "allowances": [allowance], "round": {"to": "1h"}}, later)
    (march, _) = months(known, [worked(1, "3", 90)])
    assert [(item.real, item.billed) for item in march.items] == [(3600, 3600), (1800, 3600)]
    assert amounts(march) == ["25.00"]


def test_a_person_charges_one_more_call_at_the_price_of_the_next() -> None:
    known = terms({"rates": [{"tiers": CALLS}]})
    charge = said(1, Kind.CHARGE, target="desk/1/2")
    (march, _) = months(
        known, [worked(1, "3", 60), worked(2, "4", 60), worked(3, "5", 60)], decisions=(charge,)
    )
    assert amounts(march) == ["20.00", "25.00"]
    assert fates(march) == [("billed", 60), ("billed", 60), ("included", 60)]


def test_all_calls_cost_what_the_step_says_that_they_reach() -> None:
    known = terms({"rates": [{"tiers": {**CALLS, "mode": "top"}}]})
    (march, _) = months(known, [worked(n, "3", 10, ticket=str(n)) for n in (1, 2, 3)])
    assert amounts(march) == ["20.00", "20.00", "20.00"]
    assert [item.trail[-2].rule for item in march.items] == ["top_tier"] * 3


def test_ladders_of_two_rows_stay_apart() -> None:
    def top(second: str) -> Tree:
        return {"mode": "top", "steps": [{"to": "1h", "price": "0.00 EUR"}, {"price": second}]}

    rates = [{"when": {"site": "north"}, "tiers": top("30.00 EUR")}, {"tiers": top("60.00 EUR")}]
    known = terms({"rates": rates})
    (march, _) = months(known, [worked(1, "3", 120, site="north"), worked(2, "4", 120)])
    assert sorted(amounts(march)) == ["120.00", "60.00"]


def test_a_surcharge_acts_on_the_step_that_is_reached() -> None:
    steps = [{"to": "1h", "price": "40.00 EUR"}, {"price": "30.00 EUR"}]
    surcharge = {"id": "late", "when": {"priority": "high"}, "percent": "50%"}
    known = terms({"rates": [{"tiers": {"mode": "top", "steps": steps}}], "surcharges": [surcharge]})
    (march, _) = months(known, [worked(1, "3", 120, priority="high")])
    assert amounts(march) == ["90.00"]
    said_ = {step.rule: step.values for step in march.items[0].trail}
    assert said_["surcharge"] == ("late", Decimal("30.00"), Decimal("1.5"), Decimal("45.00"))


def test_money_pays_for_the_dear_step_after_the_free_one() -> None:
    known = terms({"rates": [{"tiers": FREE_HOUR}], "allowances": [{"id": "a", "of": "30.00 EUR"}]})
    (march, _) = months(known, [worked(1, "3", 120)])
    assert amounts(march) == ["30.00"]
    top = terms(
        {"rates": [{"tiers": {**FREE_HOUR, "mode": "top"}}], "allowances": [{"id": "a", "of": "30.00 EUR"}]}
    )
    (march, _) = months(top, [worked(1, "3", 120)])
    assert amounts(march) == ["120.00"]  # the price is not known before the period's total is


def test_tiers_count_on_for_the_whole_term_of_a_contract() -> None:
    steps = [{"to": "1h", "price": "100.00 EUR"}, {"price": "60.00 EUR"}]
    known = terms(
        {
            "valid": {"from": "2026-03-01", "to": "2026-05-01"},
            "rates": [{"tiers": {"per": "term", "steps": steps}}],
        }
    )
    march, april = months(known, [worked(1, "3", 45), worked(2, "04-02", 45)])
    assert (amounts(march), amounts(april)) == (["75.00"], ["25.00", "30.00"])
    assert (march.closing[0].amount, april.closing) == (2700, ())


def test_a_tier_of_usage_that_nothing_reaches_makes_no_line() -> None:
    tiers = {"steps": [{"to": "2 units", "price": "3.00 EUR"}, {"price": "1.00 EUR"}]}
    known = terms({"rates": [hourly()], "usage": [{"id": "u", "tiers": tiers}]})
    (march, april) = months(known, [], usage=(used(1, "2", "03-04"), used(2, "5", "04-04")))
    assert (amounts(march), amounts(april)) == (["6.00"], ["6.00", "3.00"])


def test_a_held_call_is_not_counted_and_keeps_what_money_paid() -> None:
    gates = {"closing": "hold-open"}
    known = terms({"rates": [{"per_call": "25.00 EUR"}]}, gates=gates)
    (march, _) = months(known, [worked(1, "3", 60, closed=False), worked(2, "4", 60, ticket="2")])
    assert fates(march) == [("held", 60), ("billed", 60)]
    assert [problem.code for problem in march.problems] == ["held"]
