"""Small differences that a wrong sign, bound or word would make, each with its figure."""

from datetime import date
from decimal import Decimal

from connector.model.decision import Kind
from connector.model.period import parse_period
from connector.model.work import Work
from connector.rating.due import due, tax_totals
from connector.rating.terms import Terms
from tests.rating.written import MARCH, amounts, fates, hourly, months, said, terms, worked

NIGHT = {"night": {"from": "20:30", "to": "06:00"}}


def rules(known: Terms, *work: Work) -> list[list[str]]:
    (march, _) = months(known, list(work))
    return [[step.rule for step in item.trail] for item in march.items]


def test_half_of_a_grant_of_money_is_carried() -> None:
    allowance = {"id": "a", "of": "30.01 EUR", "carry_over": {"for": "1 period", "cap": "50%"}}
    march, april = months(terms({"rates": [hourly()], "allowances": [allowance]}), [])
    assert march.allowances[0].carried_out == Decimal("15.005")
    assert april.allowances[0].granted + april.allowances[0].carried_in == Decimal("45.015")


def test_half_of_a_grant_of_time_is_carried_in_whole_seconds() -> None:
    allowance = {"id": "a", "of": "1m1s", "carry_over": {"for": "1 period", "cap": "50%"}}
    (march, _) = months(terms({"rates": [hourly()], "allowances": [allowance]}), [])
    assert march.allowances[0].carried_out == 30


def test_a_used_up_allowance_of_calls_says_nothing() -> None:
    known = terms({"rates": [{"per_call": "25.00 EUR"}], "allowances": [{"id": "a", "of": "1 calls"}]})
    assert rules(known, worked(1, "3", 30), worked(2, "3", 30, ticket="2")) == [["allowance"], ["price"]]
    (march, _) = months(known, [worked(1, "3", 30), worked(2, "3", 30, ticket="2")])
    assert march.allowances[0].over == 1


def test_a_counted_surcharge_has_no_time() -> None:
    surcharge = {"id": "drive", "when": {}, "amount": "10.00 EUR", "per": "ticket"}
    (march, _) = months(terms({"rates": [hourly()], "surcharges": [surcharge]}), [worked(1, "3", 30)])
    assert [(line.key.kind, line.seconds, line.real, str(line.amount)) for line in march.lines] == [
        ("surcharge", 0, 0, "10.00"),
        ("work", 1800, 1800, "30.00"),
    ]
    assert all(str(line.source) == ":1:1" for line in march.lines)


def test_a_block_is_eaten_by_worked_time_if_it_says_so() -> None:
    block = {"id": "b", "of": "1h", "price": "0.00 EUR", "bought": "2026-03-01", "eats": "worked"}
    known = terms({"rates": [hourly()], "round": {"to": "1h"}}, blocks=[block])
    (march, _) = months(known, [worked(1, "3", 10)])
    assert (march.allowances[0].used, march.items[0].billed) == (600, 3600)


def test_a_block_that_has_lapsed_has_no_position() -> None:
    block = {"id": "b", "of": "1h", "price": "50.00 EUR", "bought": "2026-03-01"}
    valid = {"from": "2026-03-01", "to": "2026-03-15"}
    march, april = months(terms({"rates": [hourly()]}, blocks=[{**block, "valid": valid}]), [])
    assert (march.allowances[0].lapsed, april.allowances) == (3600, ())


def test_a_warning_of_weighted_work_says_how_far_into_the_entry() -> None:
    allowance = {"id": "a", "of": "2h", "warn_at": ["50%"], "weights": [{"when": {}, "factor": "x2"}]}
    (march, _) = months(
        terms({"rates": [hourly()], "allowances": [allowance]}), [worked(1, "3", 60, at="09:00")]
    )
    (warning,) = march.thresholds
    assert (warning.into_entry, f"{warning.at:%H:%M}", warning.used) == (1800, "09:30", 3600)


def test_prices_say_how_they_were_raised() -> None:
    known = terms(
        {
            "rates": [hourly()],
            "increases": [{"from": "2026-02-01", "percent": "10%"}],
            "surcharges": [
                {"id": "late", "when": {}, "percent": "50%"},
                {"id": "far", "when": {}, "amount": "5.00 EUR"},
            ],
        }
    )
    (march, _) = months(known, [worked(1, "3", 60)])
    assert [(step.rule, step.values) for step in march.items[0].trail] == [
        ("index", (Decimal("60.00"), Decimal("1.1"), Decimal("66.00"))),
        ("surcharge", ("late", Decimal("66.00"), Decimal("1.5"), Decimal("99.00"))),
        ("surcharge_amount", ("far", Decimal("5.00"), "hour")),
        ("price", (Decimal("104.00"), "EUR", "hour", 3600)),
    ]


def test_the_step_that_all_reach_is_told_in_order() -> None:
    steps = [{"to": "1h", "price": "40.00 EUR"}, {"price": "30.00 EUR"}]
    surcharge = {"id": "late", "when": {}, "percent": "50%"}
    known = terms(
        {"rates": [{"tiers": {"mode": "top", "steps": steps}}], "surcharges": [surcharge]}, shifts=NIGHT
    )
    assert rules(known, worked(1, "3", 120)) == [["top_tier", "surcharge", "price"]]


def test_a_ticket_that_was_opened_leaves_the_items_of_others_told() -> None:
    steps = [{"to": "1 calls", "price": "25.00 EUR"}, {"price": "20.00 EUR"}]
    known = terms({"rates": [{"tiers": {"mode": "top", "steps": steps}, "count": "every ticket"}]})
    opened = worked(1, "04-02", 30, opened_on=date(2026, 3, 30))
    assert rules(known, worked(1, "3", 10, ticket="2"), opened) == [["top_tier", "price"]]


def test_a_waived_ticket_whose_day_nobody_knows_is_no_call() -> None:
    known = terms({"rates": [{"per_call": "25.00 EUR", "count": "every ticket"}]})
    waive = said(1, Kind.WAIVE, target="desk/1")
    (march, _) = months(known, [worked(1, "3", 10)], decisions=(waive,))
    assert (amounts(march), fates(march)) == ([], [("free", 10)])
    assert [step.rule for step in march.items[0].trail] == ["decision"]


def test_a_debt_that_is_taken_over_does_not_lapse() -> None:
    known = terms({"rates": [hourly()], "allowances": [{"id": "a", "of": "1h"}]})
    decisions = (said(1, Kind.OPENING, allowance="a", seconds=-5400, until=MARCH),)
    march, april = months(known, [], decisions=decisions)
    assert [(one.carried_in, one.carried_out) for one in march.allowances] == [(-5400, -1800)]
    assert [(one.carried_in, one.left) for one in april.allowances] == [(-1800, 1800)]


def test_tiers_tell_where_they_stand_and_begin_anew_with_their_term() -> None:
    steps = [{"to": "1h", "price": "40.00 EUR"}, {"price": "30.00 EUR"}]
    known = terms({"rates": [{"tiers": {"per": "quarter", "steps": steps}}]})
    march, april = months(known, [worked(1, "3", 45), worked(2, "4", 45), worked(3, "04-04", 30)])
    told = [item.trail[0].values[:3] for item in march.items]
    assert told == [(0, 2700, 3600), (2700, 3600, 3600), (3600, 5400, None)]
    assert (amounts(march), amounts(april)) == (["15.00", "40.00"], ["20.00"])


def test_a_small_credit_is_given_too() -> None:
    credit = {"id": "late", "when": {"sla_state": "missed"}, "amount": "0.50 EUR"}
    known = terms({"rates": [hourly()], "sla_credits": [credit]})
    (march, _) = months(known, [worked(1, "3", 30, sla_state="missed")])
    assert amounts(march, "sla") == ["-0.50"]


def test_a_second_without_a_time_of_day_waits_for_its_shift() -> None:
    known = terms({"rates": [hourly(when={"shift": "night"}), hourly()]}, shifts=NIGHT)
    (march, _) = months(known, [worked(1, "3", 1 / 60)])
    assert [problem.code for problem in march.problems] == ["shift_unknown"]


def test_a_trail_says_since_when_a_shift_holds() -> None:
    known = terms({"rates": [hourly("90.00 EUR", when={"shift": "night"}), hourly()]}, shifts=NIGHT)
    (march, _) = months(known, [worked(1, "3", 90, at="20:00")])
    assert [(item.real, item.trail[0].rule) for item in march.items] == [(1800, "price"), (3600, "shift")]
    assert march.items[1].trail[0].values == ("night", "20:30")


def test_credits_stand_as_what_they_take_off_and_the_rest_is_told() -> None:
    known = terms({"valid": {"from": "2026-01-01", "to": "2026-04-01"}, "rates": [hourly()]})
    (march,) = months(known, [worked(1, "3", 60)], MARCH)
    credit = said(1, Kind.CREDIT, period=MARCH, amount=Decimal("75.00"))
    found = due(known, [march], {}, [credit])
    assert [(str(one.amount), str(one.line.amount)) for one in found.lines] == [
        ("60.00", "60.00"),
        ("-60.00", "-60.00"),
    ]
    assert [(str(one.amount), one.message.split(" of ")[0]) for one in found.problems] == [
        ("15.00", "15.00 EUR")
    ]


def test_the_sentence_that_the_law_asks_for_stands_beside_its_tax() -> None:
    known = terms({"rates": [hourly(tax="DE-0")]})
    (march,) = months(known, [worked(1, "3", 60)], MARCH)
    (total,) = tax_totals(due(known, [march], {}, []).lines, known)
    assert (total.tax, str(total.base), str(total.amount), total.text) == (
        "DE-0",
        "60.00",
        "0.00",
        "No tax is due",
    )


def test_a_first_week_bears_its_own_fee_and_that_of_the_next() -> None:
    fees = [{"id": "base", "amount": "20.00 EUR", "per": "week", "in": "advance"}]
    known = terms({"rates": [hourly()], "fees": fees}, invoice={"tax": "DE-19", "cycle": "weekly"})
    (first,) = months(known, [], parse_period("2026-W09"))
    assert [(str(line.amount), line.service_from.day) for line in first.lines] == [("20.00", 1), ("20.00", 2)]
