"""The figures beside the amounts: trails, worth, positions, days, texts and references, one by one."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from connector.model.change import Charge
from connector.model.decision import Kind
from connector.model.statement import Fate, LineKey
from connector.rating.adjust import spread
from connector.rating.changes import changes
from connector.rating.digest import statement_digest
from tests.rating.written import MARCH, Tree, amounts, fates, hourly, months, said, terms, used, worked


def test_what_is_waived_or_held_is_worth_the_contracts_price() -> None:
    known = terms({"rates": [{"when": {"service": "ask"}, "hold": "ask first"}, hourly()]})
    work = [worked(1, "3", 30), worked(2, "4", 45, ticket="2"), worked(3, "5", 30, ticket="3", service="ask")]
    decisions = (said(1, Kind.WAIVE, target="desk/1"), said(2, Kind.HOLD, target="desk/2"))
    (march, _) = months(known, work, decisions=decisions)
    assert [(item.fate, str(item.worth)) for item in march.items] == [
        (Fate.FREE, "30.00"),
        (Fate.HELD, "45.00"),
        (Fate.HELD, "0"),
    ]
    assert [item.taxed for item in march.items] == [("DE-19", "19"), ("DE-19", "19"), ("", "")]
    assert [str(item.trail[-1].source) for item in march.items[1:]] == [":1:1", ":1:1"]
    assert [step.rule for step in march.items[1].trail] == ["decision", "hold"]


def test_a_free_row_is_cited() -> None:
    (march, _) = months(terms({"rates": [{"free": "goodwill"}]}), [worked(1, "3", 30)])
    (step,) = march.items[0].trail
    assert (step.rule, step.values, str(step.source)) == ("free", ("goodwill",), ":1:1")


def test_the_trail_of_calls_says_what_an_allowance_had() -> None:
    known = terms({"rates": [{"per_call": "25.00 EUR"}], "allowances": [{"id": "a", "of": "3 calls"}]})
    (march, _) = months(known, [worked(1, "3", 30)])
    assert march.items[0].trail[-1].values == ("a", 3, 1, 2, "count", "calls", "")


def test_a_cascade_says_which_contract_prices_the_rest() -> None:
    allowance = {"id": "a", "of": "1h", "then": {"contract": "later"}}
    later = {"id": "later", "rates": [hourly("90.00 EUR")], "covers": {"service": "never"}}
    (march, _) = months(terms({"rates": [hourly()], "allowances": [allowance]}, later), [worked(1, "3", 90)])
    assert [step.rule for step in march.items[1].trail] == ["allowance", "cascade", "price"]
    assert march.items[1].trail[1].values == ("a", "later")
    assert amounts(march) == ["45.00"]


def test_per_incident_prices_only_while_it_is_valid() -> None:
    incident = {
        "per_incident": "yes",
        "valid": {"from": "2026-03-10", "to": "2026-03-20"},
        "rates": [hourly()],
    }
    (march, _) = months(terms(incident), [worked(1, "3", 30), worked(2, "12", 30), worked(3, "20", 30)])
    assert fates(march) == [("held", 30), ("billed", 30), ("held", 30)]


def test_work_at_nothing_takes_no_money() -> None:
    known = terms({"rates": [hourly("0.00 EUR")], "allowances": [{"id": "a", "of": "9.00 EUR"}]})
    (march, _) = months(known, [worked(1, "3", 30)])
    assert fates(march) == [("billed", 30)]


def test_a_block_passes_work_on_to_the_one_that_it_names() -> None:
    def block(id_: str, **more: object) -> Tree:
        return {"id": id_, "of": "1h", "price": "50.00 EUR", "bought": "2026-03-01", "invoiced": "no", **more}

    blocks = [block("one", then={"next": "three"}), block("two"), block("three")]
    (march, _) = months(terms({"rates": [hourly()]}, blocks=blocks), [worked(1, "3", 90)])
    assert [(item.allowance, item.billed) for item in march.items] == [
        ("blocks/one", 3600),
        ("blocks/three", 1800),
    ]
    assert [str(one.left) for one in march.allowances] == ["0", "3600", "1800"]


def test_a_purchase_names_its_days() -> None:
    def block(id_: str, **valid: str) -> Tree:
        of: Tree = {"id": id_, "of": "1h", "price": "50.00 EUR", "bought": "2026-03-05"}
        return {**of, "valid": {"from": "2026-03-05", **valid}} if valid else of

    renew = {"below": "30m", "by": "automatic"}
    blocks = [{**block("short", to="2026-03-25"), "renew": renew}, block("long")]
    (march, _) = months(terms({"rates": [hourly()]}, blocks=blocks), [worked(1, "10", 45)])
    bought = [line for line in march.lines if line.key.kind == "block"]
    assert [(line.key.ref, line.service_from, line.service_to) for line in bought] == [
        ("blocks/short", date(2026, 3, 5), date(2026, 3, 24)),
        ("blocks/long", date(2026, 3, 5), date(2026, 3, 5)),
        ("blocks/short/2026-03/1", date(2026, 3, 10), date(2026, 3, 29)),
    ]


def test_what_lapses_within_a_period_is_not_left_at_its_end() -> None:
    weekly = {"id": "a", "of": "1h", "per": "week"}
    (march, _) = months(terms({"rates": [hourly()], "allowances": [weekly]}), [worked(1, "3", 15)])
    (position,) = march.allowances
    # March 2026 begins on a Sunday: six weeks touch it, the last goes on in April
    assert (position.granted, position.used, position.left) == (6 * 3600, 900, 3600)
    assert (position.carried_out, position.lapsed) == (3600, 5 * 3600 - 900)


def test_grants_that_are_pooled_are_given_at_once() -> None:
    for per, pooled, hours in (("month", "quarter", 6), ("quarter", "year", 8), ("half-year", "year", 4)):
        allowance = {"id": "a", "of": "2h", "per": per, "pooled": pooled}
        (march, _) = months(terms({"rates": [hourly()], "allowances": [allowance]}), [])
        assert march.allowances[0].granted == hours * 3600


def test_a_fee_that_ends_before_its_contract_begins_never_falls_due() -> None:
    for to, due in (("2026-03-10", []), ("2026-03-11", ["20.00"])):
        fee = {"id": "f", "amount": "20.00 EUR", "per": "once", "to": to}
        (march, _) = months(terms({"valid": {"from": "2026-03-10"}, "rates": [hourly()], "fees": [fee]}), [])
        assert amounts(march) == due


def test_a_fee_counts_what_stands_on_its_last_day() -> None:
    fee = {"id": "f", "amount": "2.00 EUR", "counted": {"article": "seat"}}
    known = terms({"rates": [hourly()], "fees": [fee], "usage": [{"id": "u", "included": "yes"}]})
    usage = (
        used(1, "3", "03-05", stands=True, unit="seat", article="seat"),
        used(2, "4", "03-05", "03-31", stands=True, unit="seat", article="seat"),
        used(3, "5", "03-31", "04-30", stands=True, unit="seat", article="seat"),
        used(4, "9", "04-01", "04-30", stands=True, unit="seat", article="seat"),
        used(5, "9", "03-01", stands=True, article="desk"),
    )
    march, april = months(known, [], usage=usage)
    assert [(str(line.quantity), line.unit, str(line.amount)) for line in march.lines] == [
        ("8", "seat", "16.00")
    ]
    assert [(str(line.quantity), line.unit, str(line.amount)) for line in april.lines] == [
        ("3", "seat", "6.00")
    ]
    (line,) = months(known, [])[0].lines
    assert (str(line.quantity), line.unit) == ("0", "piece")


def test_a_commitment_counts_what_was_given_back() -> None:
    credit = {"id": "late", "when": {"sla_state": "missed"}, "amount": "20.00 EUR"}
    commitment = {"id": "m", "amount": "100.00 EUR", "per": "month", "counts": ["work"]}
    known = terms({"rates": [hourly()], "sla_credits": [credit], "commitments": [commitment]})
    (march, _) = months(known, [worked(1, "3", 60, sla_state="missed")])
    assert amounts(march, "commitment") == ["60.00"]
    assert [str(line.reached) for line in march.lines if line.key.kind == "commitment"] == ["40.00"]


def test_credits_of_fees_and_of_tickets_have_their_own_bounds() -> None:
    def credit(id_: str, **more: str) -> Tree:
        return {"id": id_, "when": {"sla_state": "missed", "priority": id_}, "percent": "50%", **more}

    known = terms(
        {
            "rates": [hourly()],
            "fees": [{"id": "f", "amount": "100.00 EUR"}],
            "sla_credits": [credit("ticket", at_most="25%"), credit("fees", of="fees", at_most="80%")],
        }
    )
    work = [
        worked(1, "3", 60, sla_state="missed", priority="ticket"),
        worked(2, "4", 60, ticket="2", sla_state="missed", priority="fees"),
        worked(3, "5", 60, ticket="3", sla_state="missed", priority="fees"),
        worked(4, "6", 20, ticket="4", sla_state="missed", priority="ticket"),
    ]
    (march, _) = months(known, work)
    # half of 60.00; a quarter of all 200.00 less the 30.00; half of the fees; their 80.00 less the 50.00
    assert [(line.key.ref, str(line.amount)) for line in march.lines if line.key.kind == "sla"] == [
        ("c/ticket/desk/1", "-30.00"),
        ("c/fees/desk/2", "-50.00"),
        ("c/fees/desk/3", "-30.00"),
        ("c/ticket/desk/4", "-10.00"),
    ]


def test_a_ticket_is_bounded_by_what_is_printed_of_it() -> None:
    known = terms({"rates": [hourly("100.00 EUR")], "limits": [{"id": "least", "minimum": "5.00 EUR"}]})
    work = [worked(1, "3", 1 / 3, technician="a"), worked(2, "3", 1 / 3, technician="b")]
    (march, _) = months(known, work)
    assert amounts(march) == ["0.56", "0.56", "3.88"]


@pytest.mark.parametrize(
    ("of", "limit", "owed"),
    [
        ("1h30m", "50%", 2700),
        ("5m", "0.5%", 1),
        ("100.00 EUR", "12.5%", 12.5),
        ("100.00 EUR", "33.00 EUR", 33),
    ],
)
def test_what_may_be_owed_is_whole_seconds_or_exact_money(of: str, limit: str, owed: float) -> None:
    allowance = {"id": "a", "of": of, "then": "overdraw", "overdraw_to": limit}
    (pool,) = terms({"rates": [hourly()], "allowances": [allowance]}).contracts[0].pools
    assert pool.overdraft == owed


def test_a_low_block_says_how_little_is_left() -> None:
    for below, told in (("60%", "60%"), ("40m", "40m")):
        renew = {"below": below}
        block = {"id": "b", "of": "1h", "price": "50.00 EUR", "bought": "2026-03-01", "renew": renew}
        (march, _) = months(terms({"rates": [hourly()]}, blocks=[block]), [worked(1, "3", 30)])
        (problem,) = march.problems
        assert f"less than {told} is left at the end of 2026-03" in problem.message
        assert "{id: b-next, of: 1h, price: 50.00 EUR, bought: 2026-04-01}" in problem.message


def test_a_charge_that_changed_stands_beside_itself() -> None:
    key = LineKey("work", "2026-03", "desk/1", "phone", price="75.00", tax="DE-19", percent="19")
    other, dearer = key._replace(price="80.00"), key._replace(price="90.00")

    def charge(of: LineKey, amount: str) -> Charge:
        return Charge(key=of, text="", number="1", amount=Decimal(amount))

    old, new = [charge(key, "75.00"), charge(other, "8.00")], [charge(key, "80.00"), charge(dearer, "9.00")]
    found = [(str(one.before), str(one.after)) for one in changes(old, new)]
    assert found == [("75.00", "80.00"), ("8.00", "9.00")]


def test_a_digest_stays_the_same_for_good() -> None:
    """An approval names it: another way to write it would void each approval that stands."""
    known = terms({"rates": [hourly()], "usage": [{"id": "u", "each": "2.00 EUR"}]})
    (march, _) = months(known, [worked(1, "3", 60, service="Öl")], usage=(used(1, "3", "03-04"),))
    assert statement_digest(march) == "526f53b857bbde97"
    assert statement_digest(replace(march, period=MARCH.next())) != statement_digest(march)


def test_a_spare_cent_goes_to_the_largest() -> None:
    parts = {
        ("a", "19", ""): Decimal("30.00"),
        ("b", "7", ""): Decimal("30.00"),
        ("c", "0", ""): Decimal("40.00"),
    }
    shares = spread(Decimal("-0.04"), parts, "EUR")
    assert list(map(str, shares.values())) == ["-0.01", "-0.01", "-0.02"]
