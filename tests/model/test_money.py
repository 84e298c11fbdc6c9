"""Rounding decides cents: half up, away from zero, to the digits of the currency."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.model.money import Money, digits_of, of_seconds, rounded

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=6)


@pytest.mark.parametrize(
    ("base", "percent", "tax"),
    [
        pytest.param("6491.34", "25", "1622.84", id="E1"),
        pytest.param("-6491.34", "25", "-1622.84", id="E2"),
        pytest.param("1091.50", "15", "163.73", id="E14"),
    ],
)
def test_tax_is_rounded_half_up_away_from_zero(base: str, percent: str, tax: str) -> None:
    assert str(rounded(Decimal(base) * Decimal(percent) / 100, "EUR")) == tax


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0.005", "EUR", "0.01"),
        ("-0.005", "EUR", "-0.01"),
        ("0.00499", "EUR", "0.00"),
        ("-0.004", "EUR", "0.00"),
        ("2.5", "JPY", "3"),
        ("-2.5", "JPY", "-3"),
        ("-0.4", "JPY", "0"),
        ("1.2345", "KWD", "1.235"),
        ("-0.0004", "KWD", "0.000"),
        ("7", "EUR", "7.00"),
    ],
)
def test_rounding_keeps_the_currency_s_digits_and_has_no_negative_zero(
    amount: str, currency: str, expected: str
) -> None:
    assert str(rounded(Decimal(amount), currency)) == expected


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("TND", 3), ("XXX", 2)])
def test_digits_of_a_currency(currency: str, digits: int) -> None:
    assert digits_of(currency) == digits


@pytest.mark.parametrize(
    ("seconds", "hourly", "amount"),
    [
        (5400, "95.00", "142.50"),
        (-5400, "95.00", "-142.50"),
        (1, "18.00", "0.01"),  # 0.005: a true half
        (60, "100.00", "1.67"),
        (1200, "0.10", "0.03"),  # 0.0333...
        (0, "95.00", "0.00"),
    ],
)
def test_time_is_priced_exactly_and_rounded_once(seconds: int, hourly: str, amount: str) -> None:
    assert str(of_seconds(seconds, Decimal(hourly), "EUR")) == amount


def test_money_is_written_as_people_write_it() -> None:
    assert str(Money(Decimal("95.00"), "EUR")) == "95.00 EUR"


@given(amounts)
def test_a_credit_is_the_mirror_of_its_charge(amount: Decimal) -> None:
    assert rounded(-amount, "EUR") == -rounded(amount, "EUR")


@given(amounts)
def test_rounding_moves_by_half_a_cent_at_most_and_only_once(amount: Decimal) -> None:
    result = rounded(amount, "EUR")
    assert abs(result - amount) <= Decimal("0.005")
    assert rounded(result, "EUR") == result
