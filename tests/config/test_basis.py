"""The basis: what a closed period keeps, and that it comes back from its JSON as it was."""

import base64
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.config import yaml
from connector.config.basis import build, taxes_of
from connector.config.calendars import calendar_problems, public_holidays, zone_data
from connector.config.validate import Unreadable, cited, validate
from connector.model.basis import Basis, Origin
from connector.model.money import Money
from connector.model.price_list import PriceList
from connector.model.quantity import Quantity
from connector.model.written import write_duration
from tests.config.sample import SETTINGS, customer, mapping, settings, spoilt

SITES = "sites:\n  lisboa: {timezone: Europe/Lisbon, holidays: {country: PT}}\nshifts:\n"


def basis(text: str) -> Basis:
    return build(*customer(text), settings()[0], {"zammad": mapping()}, 2027)


def test_the_basis_has_what_the_customer_uses() -> None:
    made = basis(spoilt("shifts:\n", SITES))
    assert made.taxes == settings()[0].taxes
    assert list(made.mappings) == ["zammad"]
    assert sorted(made.holidays) == ["DE-BY", "PT"]
    assert sorted(made.zones) == ["Europe/Berlin", "Europe/Lisbon"]
    assert made.origin.source("contracts.0.rates.1").line == 20
    assert made.origin.keys == {}


def test_bavarian_holidays_by_their_german_names() -> None:
    days = basis(spoilt("shifts:\n", SITES)).holidays["DE-BY"]
    assert days[date(2026, 1, 6)] == "Heilige Drei Könige"
    assert days[date(2026, 6, 4)] == "Fronleichnam"
    assert days[date(2027, 3, 29)] == "Ostermontag"
    assert date(2026, 10, 31) not in days  # Reformation Day is none in Bavaria
    assert (min(days), max(days)) == (date(2026, 1, 1), date(2027, 12, 26))


def test_holiday_names_do_not_depend_on_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en_US")
    public_holidays.cache_clear()
    assert public_holidays("DE", "NW", 2026, 2026)[date(2026, 4, 3)] == "Karfreitag"


def test_zone_data_is_a_zone() -> None:
    zone = ZoneInfo.from_file(
        BytesIO(base64.b64decode(basis(spoilt("DE-19, ", "DE-19, ")).zones["Europe/Berlin"]))
    )
    offset = datetime(2026, 7, 1, tzinfo=UTC).astimezone(zone).utcoffset()
    assert offset is not None
    assert offset.total_seconds() == 7200


def test_a_zone_that_nobody_has() -> None:
    with pytest.raises(OSError, match="Europe/Nowhere"):
        zone_data("Europe/Nowhere")


def test_the_basis_comes_back_from_json_and_is_the_same_text_each_time() -> None:
    text = spoilt("shifts:\n", SITES)
    made, again = basis(text), basis(text)
    stored = made.model_dump_json()
    assert Basis.model_validate_json(stored) == made
    assert Basis.model_validate_json(stored).model_dump_json() == stored == again.model_dump_json()


@given(
    st.integers(1, 40 * 3600),
    st.integers(0, 14),
    st.decimals(0, 9999, places=2),
    st.sampled_from(["up", "nearest", "down"]),
    st.lists(st.sampled_from(["mon", "tue", "sun"]), max_size=3),
)
def test_any_contract_comes_back(of: int, carry: int, price: object, mode: str, days: list[str]) -> None:
    text = spoilt("of: 5h", f"of: {write_duration(of)}")
    text = spoilt("carry_over: none", f"carry_over: {f'{carry} months' if carry else 'none'}", text)
    text = spoilt(
        "hourly: 50.00 EUR", f"hourly: {price} EUR, round: {{to: 7m, mode: {mode}, grace: 90s}}", text
    )
    text = spoilt("to: 06:00}", f"to: 06:00, days: [{', '.join(days)}]}}", text)
    made = basis(text)
    back = Basis.model_validate_json(made.model_dump_json())
    assert back == made
    contract = back.customer.contracts[0]
    assert contract.allowances[0].of == Quantity("time", Decimal(of))
    carried = contract.allowances[0].carry_over
    assert (carried.for_.number if carried else 0) == carry
    assert contract.rates[2].hourly == Money(*made.customer.contracts[0].rates[2].hourly or ())


def test_agreed_holidays_are_added_and_taken_away() -> None:
    also = "{country: DE, state: BY, also: [2026-12-24, 2026-01-01], not: [2026-01-06]}"
    sites = "sites:\n  hq: {holidays: {country: DE, state: BY}}\nshifts:\n"
    made = basis(spoilt("shifts:\n", sites, spoilt("{country: DE, state: BY}", also)))
    assert sorted(made.holidays) == ["DE-BY", "DE-BY +2026-01-01 +2026-12-24 -2026-01-06"]
    days = made.holidays["DE-BY +2026-01-01 +2026-12-24 -2026-01-06"]
    assert days[date(2026, 12, 24)] == "agreed holiday"
    assert days[date(2026, 1, 1)] == "Neujahr"
    assert date(2026, 1, 6) not in days
    assert date(2026, 1, 6) in made.holidays["DE-BY"]


LISTED = """\
price_list: standard
versions: [{from: 2026-01-01, rates: [{hourly: 90.00 EUR, tax: DE-7}]}]
"""


def price_list(text: str = LISTED) -> dict[str, tuple[PriceList, Origin]]:
    tree, origin = yaml.parse(text, "standard.yaml")
    noun = validate(PriceList, tree, origin)
    return {noun.price_list: (noun, origin), "other": (noun, origin)}


def test_the_basis_has_the_price_lists_that_the_contracts_name_and_what_technicians_cost() -> None:
    named = customer(spoilt("    allowances:\n", "    price_list: standard\n    allowances:\n"))
    house = settings(SETTINGS + "technicians: {ann: {cost: 45.00 EUR}}\n")[0]
    made = build(*named, house, {}, 2027, price_list())
    assert list(made.price_lists) == list(made.list_origins) == ["standard"]
    assert str(made.list_origins["standard"].source("versions.0.rates.0")) == "standard.yaml:2:39"
    assert made.costs == {"ann": Money(Decimal("45.00"), "EUR")}
    assert Basis.model_validate_json(made.model_dump_json()) == made
    assert list(taxes_of(named[0], price_list()))[-1] == ("contracts.0.price_list", "DE-7")


@pytest.mark.parametrize(
    ("lists", "told"),
    [
        ({}, "acme.yaml:14:17: no price list 'standard' can be read; there are none to choose from"),
        (
            price_list(LISTED.replace("DE-7", "DE-8")),
            "standard.yaml:2:64: tax 'DE-8' is not defined under 'taxes' of the configuration; did you mean "
            "'DE-7'?",
        ),
    ],
)
def test_a_price_list_that_makes_no_basis(lists: dict[str, tuple[PriceList, Origin]], told: str) -> None:
    named = customer(spoilt("    allowances:\n", "    price_list: standard\n    allowances:\n"))
    with pytest.raises(Unreadable) as caught:
        build(*named, settings()[0], {}, 2027, lists)
    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("surcharges: [{id: s, when: {}, factor: x2, tax: T}]", "contracts.0.surcharges.0.tax"),
        ("usage: [{id: u, included: yes, tax: T}]", "contracts.0.usage.0.tax"),
        ("commitments: [{id: m, amount: 1.00 EUR, tax: T}]", "contracts.0.commitments.0.tax"),
    ],
)
def test_every_tax_code_is_found(line: str, path: str) -> None:
    noun, _ = customer(spoilt("    allowances:\n", f"    {line}\n    allowances:\n"))
    assert list(taxes_of(noun)) == [("invoice.tax", "DE-19"), (path, "T")]


def test_the_taxes_of_a_block_are_found() -> None:
    block = (
        "{id: b, of: 1h, price: 1.00 EUR, bought: 2026-01-01, tax_point: delivery, prepaid_tax: P, tax: T}"
    )
    noun, _ = customer(spoilt("shifts:\n", f"blocks: [{block}]\nshifts:\n"))
    assert list(taxes_of(noun))[1:] == [("blocks.0.prepaid_tax", "P"), ("blocks.0.tax", "T")]


def test_an_unknown_tax_makes_no_basis() -> None:
    with pytest.raises(Unreadable) as caught:
        basis(spoilt("tax: DE-19", "tax: DE-91"))
    assert str(caught.value) == (
        "acme.yaml:7:16: tax 'DE-91' is not defined under 'taxes' of the configuration; did you mean 'DE-19'?"
    )


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "{country: DE, state: Bayern}",
            "8:32: no holidays are known of state 'Bayern' of DE; did you mean 'BY'?",
        ),
        (
            "{country: DE, state: DE-BY}",
            "8:32: no holidays are known of state 'DE-BY' of DE; did you mean 'BY'?",
        ),
        (
            "{country: GB, state: XX}",
            "8:32: no holidays are known of state 'XX' of GB; known: ENG, NIR, SCT, WLS",
        ),
        ("{country: ZZ}", "8:21: no holidays are known of country 'ZZ'; known with Z: ZA, ZM, ZW"),
    ],
)
def test_an_unknown_calendar(written: str, told: str) -> None:
    noun, origin = customer(spoilt("{country: DE, state: BY}", written))
    assert [cited(problem) for problem in calendar_problems(noun, origin)] == [f"acme.yaml:{told}"]
    with pytest.raises(Unreadable):
        build(noun, origin, settings()[0], {}, 2027)


def test_a_sites_calendar_is_looked_at_too() -> None:
    noun, origin = customer(spoilt("shifts:\n", SITES.replace("PT", "XP")))
    (problem,) = calendar_problems(noun, origin)
    assert (problem.code, problem.about, problem.source) == (
        "unknown_calendar",
        "acme",
        origin.source("sites.lisboa.holidays.country"),
    )
