"""Usage as lines: prices that change within a period, whom it is for, what is covered, bounds."""

from decimal import Decimal

from connector.model.statement import Fate
from tests.rating.written import Tree, amounts, hourly, months, terms, used


def test_usage_names_its_days_and_for_whom_it_is() -> None:
    rows = [
        {"id": "lines", "when": {"article": "line"}, "each": "2.00 EUR", "lines": "item"},
        {"id": "seats", "when": {"article": "seat"}, "each": "3.00 EUR", "lines": "person", "text": "Seat"},
        {"id": "disk", "when": {"article": "disk"}, "each": "4.00 EUR", "lines": "cost_centre"},
    ]
    known = terms({"rates": [hourly()], "usage": rows})
    usage = (
        used(1, "1", "03-04", article="line", item="i1"),
        used(2, "1", "03-09", article="line", item="i1"),
        used(3, "1", "03-04", article="line", item="i2"),
        used(4, "1", "03-04", article="seat", contact="ann"),
        used(5, "1", "03-04", article="disk", cost_centre="4711"),
    )
    (march, _) = months(known, [], usage=usage)
    assert [
        (line.text, line.key.ref, line.service_from.day, line.service_to.day) for line in march.lines
    ] == [
        ("disk: 4711", "c/disk/4711", 4, 4),
        ("lines: i1", "c/lines/i1", 4, 9),
        ("lines: i2", "c/lines/i2", 4, 4),
        ("Seat: ann", "c/seats/ann", 4, 4),
    ]


def test_steps_of_usage_are_named_apart() -> None:
    tiers = {"steps": [{"to": "2 units", "price": "3.00 EUR"}, {"price": "1.00 EUR"}]}
    known = terms({"rates": [hourly()], "usage": [{"id": "u", "tiers": tiers}]})
    (march, _) = months(known, [], usage=(used(1, "5", "03-04"),))
    assert [line.key.ref for line in march.lines] == ["c/u/tier 1", "c/u/tier 2"]


def test_usage_that_an_allowance_covers_is_included() -> None:
    rows = [
        {"id": "few", "when": {"article": "few"}, "each": "2.00 EUR", "allowance": "4 units"},
        {"id": "free", "when": {"article": "free"}, "each": "0.00 EUR"},
    ]
    known = terms({"rates": [hourly()], "usage": rows})
    usage = (used(1, "4", "03-04", article="few"), used(2, "1", "03-04", article="free"))
    (march, april) = months(known, [], usage=(*usage, used(3, "5", "04-04", article="few")))
    assert [(one.record, one.fate, one.line is None) for one in march.usage] == [
        ("usage/1", Fate.INCLUDED, True),
        ("usage/2", Fate.BILLED, False),
    ]
    assert [(one.fate, str(one.amount)) for one in april.usage] == [(Fate.BILLED, "2.00")]


def test_what_stands_until_a_price_ends_is_paid_once() -> None:
    lists = (
        {
            "price_list": "house",
            "versions": [_version("2026-01-01", "10.00"), _version("2026-03-16", "20.00")],
        },
    )
    known = terms({"rates": [hourly()], "price_list": "house"}, lists=lists)
    usage = (used(1, "1", "03-01", "03-16", stands=True), used(2, "1", "03-01", "03-17", stands=True))
    (march, _) = months(known, [], usage=usage)
    assert sorted((one.record, str(one.amount)) for one in march.usage) == [
        ("usage/1", "10.00"),
        ("usage/2", "20.00"),
    ]


def test_steps_whose_prices_changed_elsewhere_stay_apart() -> None:
    def version(day: str, price: str) -> Tree:
        tiers = {"steps": [{"to": "2 units", "price": "3.00 EUR"}, {"price": f"{price} EUR"}]}
        return {"from": day, "usage": [{"id": "u", "tiers": tiers}]}

    lists = (
        {"price_list": "house", "versions": [version("2026-01-01", "2.00"), version("2026-03-16", "1.00")]},
    )
    known = terms({"rates": [hourly()], "price_list": "house"}, lists=lists)
    (march, _) = months(known, [], usage=(used(1, "3", "03-04"), used(2, "4", "03-20")))
    assert sorted((line.key.ref, str(line.amount)) for line in march.lines) == [
        ("c/u/tier 1", "6.00"),
        ("c/u/tier 1/2", "6.00"),
        ("c/u/tier 2", "2.00"),
        ("c/u/tier 2", "2.00"),
    ]
    assert len({line.key for line in march.lines}) == 4


def _version(day: str, price: str) -> Tree:
    return {"from": day, "usage": [{"id": "u", "each": f"{price} EUR", "per": "month"}]}


def test_usage_that_stands_for_part_of_its_window_says_so() -> None:
    usage = [{"id": "u", "each": "31.00 EUR", "per": "month", "prorate": "days"}]
    known = terms({"rates": [hourly()], "usage": usage})
    records = (used(1, "1", "03-11", "03-21", stands=True), used(2, "1", "03-01", stands=True))
    (march, _) = months(known, [], usage=records)
    assert [
        (line.key.ref, line.part, str(line.amount), line.service_from.day, line.service_to.day)
        for line in march.lines
    ] == [("c/u/10 of 31", (10, 31), "10.00", 11, 20), ("c/u", None, "31.00", 1, 31)]


def test_usage_that_a_successor_prices_is_paid_there_once() -> None:
    def contract(id_: str, price: str, **valid: str) -> Tree:
        usage = [{"id": "u", "each": f"{price} EUR", "per": "month"}]
        return {"id": id_, "valid": valid, "rates": [hourly()], "usage": usage}

    one = contract("one", "10.00", **{"from": "2026-01-01", "to": "2026-03-16"})
    two = contract("two", "20.00", **{"from": "2026-03-16"})
    (march, _) = months(terms(one, two), [], usage=(used(1, "1", "03-01", stands=True),))
    assert [(line.key.contract, str(line.amount)) for line in march.lines] == [("two", "20.00")]
    parted = [{**each, "usage": [{**each["usage"][0], "prorate": "days"}]} for each in (one, two)]
    (march, _) = months(terms(*parted), [], usage=(used(1, "1", "03-01", stands=True),))
    assert [str(line.amount) for line in march.lines] == ["4.84", "10.32"]


def test_usage_on_the_bound_of_a_step_is_of_that_step() -> None:
    tiers = {"mode": "top", "steps": [{"to": "2 units", "price": "3.00 EUR"}, {"price": "1.00 EUR"}]}
    known = terms({"rates": [hourly()], "usage": [{"id": "u", "tiers": tiers}]})
    march, april = months(known, [], usage=(used(1, "2", "03-04"), used(2, "3", "04-04")))
    assert (amounts(march), amounts(april)) == (["6.00"], ["3.00"])


def test_usage_of_different_costs_is_one_line_unless_cost_prices_it() -> None:
    for row, lines in (({"each": "2.00 EUR"}, ["4.00"]), ({"cost_plus": "10%"}, ["1.10", "2.20"])):
        known = terms({"rates": [hourly()], "usage": [{"id": "u", **row}]})
        usage = (used(1, "1", "03-04", cost=Decimal(1)), used(2, "1", "03-04", cost=Decimal(2)))
        assert amounts(months(known, [], usage=usage)[0]) == lines


def test_usage_that_nothing_prices_is_named() -> None:
    known = terms(
        {"rates": [hourly()], "usage": [{"id": "u", "when": {"article": "seat"}, "each": "1.00 EUR"}]}
    )
    (march, _) = months(known, [], usage=(used(1, "1", "03-04", article="disk"), used(2, "1", "03-04")))
    assert [problem.message.partition(";")[0] for problem in march.problems] == [
        "no row of the contract prices usage of article disk",
        "no row of the contract prices usage of no article",
    ]
    assert [one.fate for one in march.usage] == [Fate.HELD, Fate.HELD]
