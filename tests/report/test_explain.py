"""Every cent can be explained in sentences, with the contract line behind each rule."""

from datetime import date
from decimal import Decimal

import pytest

from connector.model.problem import Source
from connector.model.statement import Statement, Step
from connector.report.explain import explanation_data, explanation_text
from connector.report.trail import sentence

CASES = [
    (("shift", "night", "20:00"), "in night from 20:00"),
    (("round", 3000, 3600, 900, "up", 1800, 0), "50m worked is billed as 1h (step 15m up, minimum 30m)"),
    (("round", 60, 60, 1, "up", 0, 0), "1m worked is billed as 1m (to the second)"),
    (("round", 2100, 1800, 1800, "up", 0, 600), "35m worked is billed as 30m (step 30m up, grace 10m)"),
    (("net", "zammad/1/2", -900), "-15m netted against zammad/1/2"),
    (("allowance", "phone", 7200, 3600, 3600), "allowance phone: 2h left before, 1h taken, 1h left after"),
    (("price", Decimal("75.00"), "EUR"), "75.00 EUR per hour"),
    (("included",), "included, whatever its time"),
    (("free", "warranty"), "free: warranty"),
    (("gate", "the satisfaction survey is bad: 2"), "held by a gate: the satisfaction survey is bad: 2"),
    (("shift", "night", ""), "in night, as the mapping says"),
    (("decision", "D-3", "waive", "kim", "our fault"), "decision D-3: waive by kim, because: our fault"),
    (("hold", "no price"), "held: no price"),
    (("before_start", date(2026, 1, 1)), "free: before start, billing begins on 2026-01-01"),
    (("surcharge", Decimal("1.50"), "night"), "surcharge: 1.50, night"),
    (("price", "only one"), "price: only one"),
    (("silent",), "silent"),
]


@pytest.mark.parametrize(("step", "expected"), CASES)
def test_each_rule_has_its_sentence(step: tuple[str, ...], expected: str) -> None:
    assert sentence(Step(step[0], step[1:])) == expected


def test_a_step_cites_its_contract_line() -> None:
    step = Step("included", (), Source(file="acme.yaml", line=3))
    assert sentence(step) == "included, whatever its time  <- acme.yaml:3:1"


def test_an_explanation_goes_from_entry_to_cent(statement: Statement) -> None:
    text = explanation_text(
        "db-2026-0001:1", statement.lines[0], statement.items[1:3], Decimal(75), "EUR", proven=True
    )
    assert (
        text
        == """\
db-2026-0001:1
  zammad/149/2 on 2026-03-17: 2h worked, included as 2h, allowance
    1. allowance phone: 2h left before, 2h taken, 0m left after  <- customers/acme.yaml:9:1
  zammad/149/2 on 2026-03-17: 50m worked, billed as 1h
    1. 75.00 EUR per hour  <- customers/acme.yaml:14:9
  Phone support: 3600 s x 75.00 / 3600 = 75.00, rounded once; tax DE-19 at 19%  <- customers/acme.yaml:14:9
  Amount 75.00 EUR, computed anew from what is stored"""
    )


def test_what_cannot_be_proven_says_so(statement: Statement) -> None:
    text = explanation_text("x", None, (), Decimal(1), "EUR", proven=False)
    assert (
        text.splitlines()[-1]
        == "  Amount 1.00 EUR: NOT PROVEN, computed anew it differs; run deskbill reconcile"
    )


def test_data_carries_the_trail(statement: Statement) -> None:
    data = explanation_data("t", None, statement.items[2:3], Decimal(75), "EUR", proven=True)
    assert data["amount"] == "75.00"
    assert data["items"][0]["trail"] == [
        {
            "rule": "price",
            "values": ["75.00", "EUR"],
            "source": "customers/acme.yaml:14:9",
            "text": "75.00 EUR per hour  <- customers/acme.yaml:14:9",
        }
    ]
