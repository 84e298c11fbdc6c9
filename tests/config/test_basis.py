"""The basis: what a closed period keeps, and that it comes back from its JSON as it was."""

import base64
from datetime import UTC, date, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.config.basis import build
from connector.config.calendars import calendar_problems, public_holidays, zone_data
from connector.config.validate import Unreadable, cited
from connector.model.basis import Basis
from connector.model.money import Money
from connector.model.written import write_duration
from tests.config.sample import customer, mapping, settings, spoilt

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
    text = spoilt("carry_over: none", f"carry_over: {carry} months", text)
    text = spoilt(
        "hourly: 50.00 EUR", f"hourly: {price} EUR, round: {{to: 7m, mode: {mode}, grace: 90s}}", text
    )
    text = spoilt("to: 06:00}", f"to: 06:00, days: [{', '.join(days)}]}}", text)
    made = basis(text)
    back = Basis.model_validate_json(made.model_dump_json())
    assert back == made
    contract = back.customer.contracts[0]
    assert (contract.allowances[0].of, contract.allowances[0].carry_over) == (of, carry)
    assert contract.rates[2].hourly == Money(*made.customer.contracts[0].rates[2].hourly or ())


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
