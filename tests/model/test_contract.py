"""The customer file: what can be said, and what is refused because it has no meaning."""

from datetime import date, time
from decimal import Decimal
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from connector.model.contract import (
    Allowance,
    Condition,
    Contract,
    Customer,
    Fee,
    Included,
    Party,
    Rate,
    Rounding,
    Shift,
    Tax,
    Validity,
)
from connector.model.mapping import Facet
from connector.model.period import parse_period

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
    assert {*get_args(Facet), "shift"} == set(Condition.model_fields)
    assert "shift" not in get_args(Facet)


@pytest.mark.parametrize(
    ("model", "data", "sentence"),
    [
        (Validity, {"from": "2026-01-01", "to": "2026-01-01"}, "is not after 'from'"),
        (Validity, {"from": "2026-01-01", "to": "2025-01-01"}, "first day outside"),
        (Rounding, {"to": "0m"}, "leave 'to' out to bill to the second"),
        (Rounding, {"to": "15m", "grace": "15m"}, "shorter than the step"),
        (Rounding, {"grace": "1m"}, "shorter than the step"),
        (Rate, {}, "exactly one of hourly"),
        (Rate, {**HOURLY, "free": "goodwill"}, "exactly one of hourly"),
        (Rate, {"hourly": "-1.00 EUR"}, "cannot be negative"),
        (Shift, {"from": "20:00"}, "stand together"),
        (Shift, {"to": "06:00"}, "stand together"),
        (Customer, {**CUSTOMER, "contracts": "none"}, "contracts"),
    ],
)
def test_what_has_no_meaning_is_refused(model: type[BaseModel], data: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        model.model_validate(data)


@pytest.mark.parametrize(
    ("model", "data"),
    [
        (Validity, {"from": "2026-01-01", "to": "2026-01-02"}),
        (Rounding, {"to": "15m", "grace": "5m", "minimum": "30m", "mode": "nearest"}),
        (Rate, {"hourly": "0.00 EUR"}),
        (Rate, {"free": "goodwill"}),
        (Rate, {"hold": "ask first"}),
        (Shift, {"days": ["sat", "sun"], "holidays": "only"}),
        (Allowance, {"id": "phone", "of": "5h", "carry_over": "3 months"}),
        (Fee, {"id": "base", "amount": "49.00 EUR"}),
        (Contract, {"id": "small", "valid": {"from": "2026-01-01"}}),
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


def test_a_shift_is_a_window_of_local_time() -> None:
    night = Shift.model_validate({"from": "20:00", "to": "06:00"})
    assert (night.from_, night.to) == (time(20), time(6))
