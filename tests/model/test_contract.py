"""The customer file: what can be said, and what is refused because it has no meaning."""

from datetime import date, time
from decimal import Decimal
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from connector.model.allowance import Allowance, Block, Cascade, Settling
from connector.model.condition import Condition, Facet, Validity
from connector.model.contract import Calendar, Contract, Customer, InvoiceTerms, Party, Shift, Tax
from connector.model.fee import Budget, Commitment, Fee, FeeChange
from connector.model.mapping import DeskMapping
from connector.model.period import parse_period
from connector.model.price_list import PriceList, UsagePrice
from connector.model.prices import Included, Increase, Limit, Rate, Rounding, SlaCredit, Surcharge, Tiers
from connector.model.quantity import Quantity, Span

HOURLY = {"hourly": "95.00 EUR"}
CUSTOMER = {
    "customer": "acme",
    "name": "ACME GmbH",
    "timezone": "Europe/Berlin",
    "billing_from": "2026-01-15",
    "email": "billing@acme.example",
    "match": {"zammad": {"organization": "ACME GmbH"}, "glpi": {"entity": ["ACME", "ACME > IT"]}},
    "invoice": {"tax": "DE-19"},
    "sites": {"vienna": {"timezone": "Europe/Vienna", "holidays": {"country": "AT"}}},
    "items": {"srv-1": {"org_unit": "sales"}},
    "blocks": [{"id": "ten", "of": "10h", "price": "900.00 EUR", "bought": "2026-01-15"}],
    "budget": {"amount": "5000.00 EUR", "warn_at": ["80%"]},
    "contracts": [
        {
            "id": "support-2026",
            "valid": {"from": "2026-01-01"},
            "allowances": [{"id": "phone", "of": "5h", "for": {"service": "phone"}, "warn_at": ["80%"]}],
            "rates": [{"when": {"service": ["phone", "mail"]}, **HOURLY}, {"otherwise": "hold"}],
            "fees": [{"id": "base", "amount": "49.00 EUR", "in": "advance", "from": "2026-02-01"}],
        }
    ],
}
STEPS = [{"to": "10h", "price": "90.00 EUR"}, {"price": "80.00 EUR"}]
CALLS = [{"to": "10 calls", "price": "9.00 EUR"}, {"price": "8.00 EUR"}]
BLOCK = {"id": "b", "of": "10h", "price": "900.00 EUR", "bought": "2026-01-15"}
FEE = {"id": "f", "amount": "49.00 EUR"}
ALLOWANCE = {"id": "a", "of": "5h"}
VALID = {"from": "2026-01-01"}


def test_a_whole_customer_file() -> None:
    customer = Customer.model_validate(CUSTOMER)
    (contract,) = customer.contracts
    assert customer.first_period == parse_period("2026-01")
    assert customer.party == Party(name="ACME GmbH", email="billing@acme.example")
    assert customer.match["glpi"]["entity"] == ("ACME", "ACME > IT")
    assert customer.invoice.terms == 14 * 86400
    assert contract.allowances[0].warn_at == (Decimal(80),)
    assert contract.rates[0].when.service == ("phone", "mail")
    assert contract.fees[0].from_ == date(2026, 2, 1)
    assert contract.round == Rounding()


def test_a_customer_survives_being_stored() -> None:
    customer = Customer.model_validate(CUSTOMER)
    assert Customer.model_validate_json(customer.model_dump_json()) == customer
    assert Customer.model_validate_json(customer.model_dump_json(by_alias=True)) == customer


def test_facets_are_what_a_condition_asks_about_but_the_shift() -> None:
    assert {*get_args(Facet), "shift", "fields"} == set(Condition.model_fields)
    assert "shift" not in get_args(Facet)


def test_a_condition_yields_what_it_asks() -> None:
    asked = Condition.model_validate({"service": "phone", "fields": {"colour": ["red", "blue"]}})
    assert list(asked.asked()) == [("service", ("phone",)), ("colour", ("red", "blue"))]
    assert (asked.empty, Condition().empty) == (False, True)


REFUSED: list[tuple[type[BaseModel], dict[str, Any], str]] = [
    (Validity, {"from": "2026-01-01", "to": "2026-01-01"}, "is not after 'from'"),
    (Validity, {"from": "2026-01-01", "to": "2025-01-01"}, "first day outside"),
    (Rounding, {"to": "0m"}, "leave 'to' out to bill to the second"),
    (Rounding, {"to": "15m", "grace": "15m"}, "shorter than the step"),
    (Rounding, {"grace": "1m"}, "shorter than the step"),
    (Rounding, {"minimum": "1h", "maximum": "30m"}, "'maximum' is less than 'minimum'"),
    (Rounding, {"to": "15m", "edges": "yes", "per": "day"}, "'edges' moves both ends"),
    (Rounding, {"to": "15m", "edges": "yes", "grace": "1m"}, "'edges' moves both ends"),
    (Rounding, {"to": "15m", "edges": "yes", "mode": "down"}, "'edges' moves both ends"),
    (Rounding, {"to": "7m", "edges": "yes"}, "a step that divides the day"),
    (Rate, {}, "exactly one of hourly"),
    (Rate, {**HOURLY, "free": "goodwill"}, "exactly one of hourly"),
    (Rate, {"hourly": "-1.00 EUR"}, "cannot be negative"),
    (Rate, {"daily": {"amount": "-1.00 EUR"}}, "cannot be negative"),
    (Rate, {"per_block": {"of": "10m", "amount": "-1.00 EUR"}}, "cannot be negative"),
    (Rate, {**HOURLY, "count": "every ticket"}, "'count' is about calls"),
    (Rate, {"per_block": {"of": "10 units", "amount": "1.00 EUR"}}, "a block of work is so much time"),
    (Rate, {"per_block": {"of": "0m", "amount": "1.00 EUR"}}, "so much time or so many units"),
    (Rate, {"per_block": {"of": "9.00 EUR", "amount": "1.00 EUR"}}, "so much time or so many units"),
    (Rate, {"daily": {"amount": "1.00 EUR", "day": "0m"}}, "a day of 0m cannot be"),
    (Rate, {"included": "no"}, "included"),
    (Tiers, {"steps": []}, "every tier but the last"),
    (Tiers, {"steps": STEPS[:1]}, "every tier but the last"),
    (Tiers, {"steps": [STEPS[1], STEPS[1]]}, "every tier but the last"),
    (Tiers, {"steps": [STEPS[0], STEPS[0], STEPS[1]]}, "must rise"),
    (Tiers, {"steps": [{"to": "9.00 EUR", "price": "1.00 EUR"}, STEPS[1]]}, "all times, or all numbers"),
    (Tiers, {"steps": [CALLS[0], {"to": "20h", "price": "1.00 EUR"}, STEPS[1]]}, "all times, or all numbers"),
    (Tiers, {"mode": "top", "per": "year", "steps": STEPS}, "leave 'per' out"),
    (Tiers, {"steps": [STEPS[0], {"price": "-1.00 EUR"}]}, "cannot be negative"),
    (Surcharge, {"id": "s", "when": {}}, "exactly one of factor, percent, amount"),
    (Surcharge, {"id": "s", "when": {}, "factor": "x2", "percent": "5%"}, "exactly one of factor"),
    (Surcharge, {"id": "s", "when": {}, "factor": "x2", "per": "ticket"}, "a factor acts on the price"),
    (Limit, {"id": "l"}, "minimum, cap, or both"),
    (Limit, {"id": "l", "minimum": "9.00 EUR", "cap": "8.00 EUR"}, "'cap' is less than 'minimum'"),
    (SlaCredit, {"id": "s", "when": {}}, "percent or amount"),
    (SlaCredit, {"id": "s", "when": {}, "percent": "5%", "amount": "5.00 EUR"}, "percent or amount"),
    (UsagePrice, {"id": "u"}, "exactly one of each"),
    (UsagePrice, {"id": "u", "each": "1.00 EUR", "included": "yes"}, "exactly one of each"),
    (UsagePrice, {"id": "u", "each": "1.00 EUR", "prorate": "days"}, "say 'per: month'"),
    (UsagePrice, {"id": "u", "per_block": {"of": "1h", "amount": "1.00 EUR"}}, "so many units"),
    (UsagePrice, {"id": "u", "tiers": {"steps": STEPS}}, "tiers of usage count units"),
    (PriceList, {"price_list": "p", "versions": []}, "in the order of their days"),
    (PriceList, {"price_list": "p", "versions": [VALID, VALID]}, "in the order of their days"),
    (Cascade, {}, "'then' names what is next, or a contract"),
    (Cascade, {"next": "a", "contract": "b"}, "'then' names what is next, or a contract"),
    (Settling, {"per": "year", "hourly": "9.00 EUR", "each": "9.00 EUR"}, "one of money at neither"),
    (Allowance, {**ALLOWANCE, "per": "week", "pooled": "year"}, "cannot be pooled over a year"),
    (Allowance, {**ALLOWANCE, "pooled": "month"}, "cannot be pooled over a month"),
    (Allowance, {**ALLOWANCE, "overdraw_to": "5h"}, "stand beside 'then: overdraw'"),
    (Allowance, {**ALLOWANCE, "settle": {"per": "year", "hourly": "9.00 EUR"}}, "beside 'then: overdraw'"),
    (Allowance, {**ALLOWANCE, "then": "overdraw", "settle": {"per": "year"}}, "say 'hourly'"),
    (
        Allowance,
        {"id": "a", "of": "5 calls", "then": "overdraw", "settle": {"per": "year"}},
        "needs the price of what is owed: say 'each'",
    ),
    (Allowance, {**ALLOWANCE, "carry_over": "1 year"}, "for so many months, not years"),
    (Allowance, {**ALLOWANCE, "carry_over": "forever"}, "is no carry-over"),
    (Allowance, {"id": "a", "of": "9.00 EUR", "eats": "worked"}, "weights and 'eats' are of time"),
    (
        Allowance,
        {"id": "a", "of": "9.00 EUR", "weights": [{"when": {}, "factor": "x2"}]},
        "weights and 'eats' are of time",
    ),
    (Block, {**BLOCK, "free": "2 calls"}, "same kind as 'of', as 10h"),
    (Block, {**BLOCK, "tax_point": "delivery"}, "'tax_point: delivery' and 'prepaid_tax' stand together"),
    (Block, {**BLOCK, "prepaid_tax": "T"}, "'tax_point: delivery' and 'prepaid_tax' stand together"),
    (
        Block,
        {**BLOCK, "of": "5 calls", "tax_point": "delivery", "prepaid_tax": "T"},
        "'tax_point: delivery' is of blocks of time",
    ),
    (Block, {**BLOCK, "price": "-1.00 EUR"}, "cannot be negative"),
    (Block, {**BLOCK, "of": "0h"}, "a block of nothing cannot be bought"),
    (Block, {**BLOCK, "of": "900.00 EUR", "eats": "worked"}, "weights and 'eats' are of time"),
    (FeeChange, {"from": "2026-02-01"}, "amount, quantity, or both"),
    (Fee, {**FEE, "quantity": "3 seats", "counted": {"article": "x"}}, "quantity or counted, not both"),
    (Fee, {**FEE, "counted": {"article": "x"}, "in": "advance"}, "cannot fall due in advance"),
    (
        Fee,
        {**FEE, "changes": [{"from": "2026-02-01", "amount": "1.00 EUR"}] * 2},
        "changes stand in the order of their days",
    ),
    (Fee, {**FEE, "from": "2026-02-01", "to": "2026-02-01"}, "'to' is not after 'from'"),
    (Rate, {"free": "yes"}, "'yes' is no reason"),
    (Rate, {"hold": "no"}, "'no' is no reason"),
    (Shift, {"from": "20:00"}, "stand together"),
    (Shift, {"to": "06:00"}, "stand together"),
    (Shift, {"from": "20:00", "to": "06:00", "next_to": "07:00"}, "leave 'from' and 'to' out"),
    (DeskMapping, {"fields": {"site": {"from": "a"}}}, "'site' is a facet"),
    (DeskMapping, {"fields": {"shift": {"from": "a"}}}, "'shift' is a facet"),
    (Customer, {**CUSTOMER, "contracts": "none"}, "contracts"),
]


@pytest.mark.parametrize(("model", "data", "sentence"), REFUSED)
def test_what_has_no_meaning_is_refused(model: type[BaseModel], data: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        model.model_validate(data)


@pytest.mark.parametrize(
    ("model", "data"),
    [
        (Validity, {"from": "2026-01-01", "to": "2026-01-02"}),
        (Rounding, {"to": "15m", "grace": "5m", "minimum": "30m", "mode": "nearest"}),
        (Rounding, {"to": "15m", "edges": "yes", "maximum": "8h", "free_under": "5m"}),
        (Rate, {"hourly": "0.00 EUR"}),
        (Rate, {"free": "goodwill"}),
        (Rate, {"hold": "ask first"}),
        (Rate, {"daily": {"amount": "800.00 EUR"}, "except": {"site": "b"}}),
        (Rate, {"per_call": "25.00 EUR", "count": "every ticket"}),
        (Rate, {"tiers": {"steps": CALLS}, "count": "every ticket"}),
        (Rate, {"tiers": {"mode": "top", "steps": STEPS}}),
        (Rate, {"cost_plus": "20%", "surcharges": "no"}),
        (Surcharge, {"id": "s", "when": {"shift": "night"}, "amount": "9.00 EUR", "per": "visit"}),
        (Limit, {"id": "l", "minimum": "8.00 EUR", "cap": "8.00 EUR"}),
        (SlaCredit, {"id": "s", "when": {"sla_state": "missed"}, "percent": "5%", "at_most": "20%"}),
        (Increase, {"from": "2027-01-01", "percent": "-1.5%"}),
        (UsagePrice, {"id": "u", "each": "1.00 EUR", "per": "month", "prorate": "thirty"}),
        (UsagePrice, {"id": "u", "tiers": {"steps": CALLS}, "minimum": "5 units"}),
        (UsagePrice, {"id": "u", "per_block": {"of": "100 units", "amount": "1.00 EUR"}}),
        (PriceList, {"price_list": "p", "versions": [{**VALID, "rates": [HOURLY]}]}),
        (Shift, {"days": ["sat", "sun"], "holidays": "only", "eve_from": "18:00", "next_to": "06:00"}),
        (Allowance, {**ALLOWANCE, "carry_over": "3 months"}),
        (Allowance, {**ALLOWANCE, "pooled": "quarter", "carry_over": {"for": "1 quarter", "cap": "50%"}}),
        (Allowance, {**ALLOWANCE, "then": {"next": "b"}, "weights": [{"when": {}, "factor": "x2"}]}),
        (Allowance, {**ALLOWANCE, "then": "overdraw", "overdraw_to": "2h", "priority": "5"}),
        (Allowance, {**ALLOWANCE, "then": "overdraw", "settle": {"per": "year", "hourly": "9.00 EUR"}}),
        (
            Allowance,
            {"id": "a", "of": "9.00 EUR", "then": "overdraw", "settle": {"per": "year"}, "per": "term"},
        ),
        (Block, {**BLOCK, "free": "1h", "renew": {"below": "10%"}, "valid": VALID}),
        (Block, {**BLOCK, "tax_point": "delivery", "prepaid_tax": "T"}),
        (Block, {**BLOCK, "of": "900.00 EUR"}),
        (Fee, FEE),
        (
            Fee,
            {**FEE, "to": "2026-02-01", "quantity": "42 licences", "changes": [{**VALID, "quantity": "4 a"}]},
        ),
        (Commitment, {"id": "m", "amount": "9.00 EUR", "per": "term"}),
        (Budget, {"amount": "9.00 EUR"}),
        (Contract, {"id": "small", "valid": VALID}),
        (Tax, {"rates": [{"from": "2021-01-01", "percent": "19%"}]}),
    ],
)
def test_what_can_be_said_survives_being_stored(model: type[BaseModel], data: dict[str, Any]) -> None:
    read = model.model_validate(data)
    assert model.model_validate_json(read.model_dump_json(by_alias=True)) == read


def test_included_work_may_name_what_is_owed() -> None:
    assert Rate.model_validate({"included": "yes"}).included == Included()
    owed = Rate.model_validate({"included": {"owed": "2h"}}).included
    assert owed is not None
    assert owed.owed == 7200


def test_only_a_price_is_priced() -> None:
    assert [Rate.model_validate(row).priced for row in (HOURLY, {"cost_plus": "5%"}, {"free": "gift"})] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(("steps", "of_time"), [(STEPS, True), (CALLS, False), (STEPS[1:], False)])
def test_tiers_count_time_or_calls(steps: list[dict[str, str]], *, of_time: bool) -> None:
    assert Tiers.model_validate({"steps": steps}).of_time is of_time


@pytest.mark.parametrize(
    ("data", "factor"),
    [
        ({"factor": "x1.5"}, Decimal("1.5")),
        ({"percent": "50%"}, Decimal("1.5")),
        ({"amount": "9.00 EUR"}, None),
    ],
)
def test_a_surcharge_is_a_factor_or_an_amount(data: dict[str, str], factor: Decimal | None) -> None:
    assert Surcharge.model_validate({"id": "s", "when": {}, **data}).by == factor


def test_carry_over_in_words() -> None:
    def carried(written: object) -> object:
        return Allowance.model_validate({**ALLOWANCE, "carry_over": written}).carry_over

    always = Allowance.model_validate({**ALLOWANCE, "carry_over": "always"}).carry_over
    assert always is not None
    assert always.for_ == Span(-1, "period")
    assert carried("none") is None
    assert carried("always") == carried({"for": "always"})


def test_a_grant_is_for_its_window() -> None:
    assert Allowance.model_validate(ALLOWANCE).window == "month"
    assert Allowance.model_validate({**ALLOWANCE, "pooled": "year"}).window == "year"
    assert Allowance.model_validate(ALLOWANCE).of == Quantity("time", Decimal(18000))


@pytest.mark.parametrize(
    ("covers", "holder"),
    [
        ({}, "customer"),
        ({"service": "phone"}, "customer"),
        ({"org_unit": "sales"}, "org_unit"),
        ({"org_unit": "sales", "contact": "ann"}, "contact"),
        ({"contact": "ann", "item": "srv"}, "item"),
    ],
)
def test_whose_contract_it_is(covers: dict[str, str], holder: str) -> None:
    assert Contract.model_validate({"id": "c", "valid": VALID, "covers": covers}).holder == holder


def test_a_shift_is_a_window_of_local_time() -> None:
    night = Shift.model_validate({"from": "20:00", "to": "06:00"})
    assert (night.from_, night.to) == (time(20), time(6))


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"country": "DE"}, "DE"),
        ({"country": "DE", "state": "BY"}, "DE-BY"),
        (
            {"country": "DE", "also": ["2026-12-31", "2026-12-24", "2026-12-24"], "not": ["2026-01-06"]},
            "DE +2026-12-24 +2026-12-31 -2026-01-06",
        ),
    ],
)
def test_a_calendar_is_named_by_all_of_its_days(data: dict[str, Any], key: str) -> None:
    assert Calendar.model_validate(data).key == key


@pytest.mark.parametrize(
    ("cycle", "first"),
    [
        ("weekly", "2026-W03"),
        ("monthly", "2026-01"),
        ("quarterly", "2026-Q1"),
        ("half-yearly", "2026-H1"),
        ("yearly", "2026"),
        ("on_close", "2026-01"),
    ],
)
def test_a_billing_period_is_as_long_as_its_cycle(cycle: str, first: str) -> None:
    terms = InvoiceTerms.model_validate({"tax": "T", "cycle": cycle})
    customer = Customer.model_validate({**CUSTOMER, "invoice": terms})
    assert str(customer.first_period) == first


def test_the_period_after_a_change_of_the_cycle_is_cut_off() -> None:
    quarterly = Customer.model_validate({**CUSTOMER, "invoice": {"tax": "T", "cycle": "quarterly"}})
    assert str(quarterly.period_after(parse_period("2026-01"))) == "2026-02-01/2026-04-01"
    assert str(quarterly.period_after(parse_period("2026-Q1"))) == "2026-Q2"
