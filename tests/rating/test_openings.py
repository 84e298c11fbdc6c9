"""Tickets that count as calls when they are opened."""

from datetime import date

from connector.model.decision import Kind
from connector.model.problem import Problem
from tests.rating.written import amounts, fates, hourly, months, opened, said, terms, worked

CALLS = {"steps": [{"to": "1 calls", "price": "25.00 EUR"}, {"price": "20.00 EUR"}]}


def test_a_ticket_without_work_is_a_call_of_the_step_that_all_reach() -> None:
    known = terms({"rates": [{"tiers": {**CALLS, "mode": "top"}, "count": "every ticket"}]})
    march, april = months(known, [worked(1, "3", 10, ticket="2"), opened("30"), worked(1, "04-02", 30)])
    assert (amounts(march), amounts(april)) == (["20.00", "20.00"], [])
    assert [item.work for item in march.items] == ["desk/2/1"]
    assert [(item.work, item.reason) for item in april.items] == [
        ("desk/1/1", "its call was counted in an earlier period")
    ]


def test_a_ticket_opened_before_billing_began_or_on_another_row_is_no_call() -> None:
    rates = [{"when": {"service": "phone"}, "per_call": "25.00 EUR", "count": "every ticket"}, hourly()]
    known = terms({"rates": rates}, billing_from="2026-03-10")
    work = [
        opened("9", service="phone"),
        worked(1, "04-02", 30, service="phone"),  # never counted before: its first work counts it
        opened("10", ticket="2", service="phone"),
        worked(2, "04-02", 30, ticket="2", service="phone"),
        opened("10", ticket="3"),
        worked(3, "04-02", 30, ticket="3"),
    ]
    march, april = months(known, work)
    assert (amounts(march), amounts(april)) == (["25.00"], ["25.00", "30.00"])


def test_only_openings_that_are_told_count_and_only_where_every_ticket_does() -> None:
    every = terms({"rates": [{"per_call": "25.00 EUR", "count": "every ticket"}]})
    (march, april) = months(every, [worked(1, "04-02", 30, opened_on=date(2026, 3, 30))])
    assert (amounts(march), amounts(april)) == ([], ["25.00"])
    for known in (terms({"rates": [{"per_call": "25.00 EUR"}]}), terms({"rates": [hourly()]})):
        (march, _) = months(known, [opened("3")])
        assert (march.lines, march.items, march.problems) == ((), (), ())


def test_on_its_day_a_ticket_is_opened_before_anything_is_worked_on_it() -> None:
    """So late work of that day changes no line."""
    known = terms({"rates": [{"per_call": "25.00 EUR", "count": "every ticket"}]})
    (before, _) = months(known, [opened("3")])
    (after, _) = months(known, [worked(1, "3", 10, technician="tina"), opened("3")])
    assert [line.key for line in after.lines] == [line.key for line in before.lines]
    assert fates(after) == [("included", 10)]


def test_a_call_that_is_waived_or_whose_words_are_not_known_is_not_counted() -> None:
    known = terms({"rates": [{"per_call": "25.00 EUR", "count": "every ticket"}]})
    doubt = Problem(code="mapping_unknown", message="service 'x' is not in the table")
    work = [opened("3"), opened("4", ticket="2", problem=doubt), opened("5", ticket="3")]
    waived = said(1, Kind.WAIVE, target="desk/1")
    held = said(2, Kind.HOLD, target="desk/3")  # a gate: it acts on work
    (march, april) = months(known, work, decisions=(waived, held))
    assert (amounts(march), amounts(april)) == (["25.00"], [])
    assert [(one.code, one.about) for one in march.problems] == [("mapping_unknown", "desk/2/=opened")]
    assert [lot.key for lot in march.closing] == ["desk/3"]
