"""How people write values: each with its unit, each sentence of refusal says how it is written."""

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from connector.model.money import Money
from connector.model.quantity import Amounted, Counted, Factor, Lasting, Quantity, Rank, Share, Span
from connector.model.written import (
    Amount,
    Day,
    Duration,
    Flag,
    OneOrMany,
    Percent,
    SignedPercent,
    Slug,
    Text,
    TimeOfDay,
    Written,
    Zone,
    parse_duration,
    write_duration,
)


def read(kind: Any, value: Any) -> Any:
    return TypeAdapter[Any](kind).validate_python(value)


def write(kind: Any, value: Any) -> Any:
    return TypeAdapter[Any](kind).dump_python(value, mode="json")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Duration, "15m", 900),
        (Duration, "1h30m", 5400),
        (Duration, "0m", 0),
        (Amount, "95.00 EUR", Money(Decimal("95.00"), "EUR")),
        (Amount, "1.2345 EUR", Money(Decimal("1.2345"), "EUR")),
        (Amount, "500 JPY", Money(Decimal(500), "JPY")),
        (Amount, "-3.00 EUR", Money(Decimal("-3.00"), "EUR")),
        (Percent, "19%", Decimal(19)),
        (Percent, "7.5%", Decimal("7.5")),
        (SignedPercent, "-1.5%", Decimal("-1.5")),
        (SignedPercent, "3%", Decimal(3)),
        (Amounted, "5h", Quantity("time", Decimal(18000))),
        (Amounted, "300.00 EUR", Quantity("money", Decimal("300.00"), "EUR")),
        (Amounted, "10 calls", Quantity("count", Decimal(10), "calls")),
        (Counted, "2.5 licences", Quantity("count", Decimal("2.5"), "licences")),
        (Factor, "x1.5", Decimal("1.5")),
        (Rank, "7", 7),
        (Lasting, "1 month", Span(1, "month")),
        (Lasting, "3 periods", Span(3, "period")),
        (Lasting, "always", Span(-1, "period")),
        (Share, "50%", Decimal(50)),
        (Share, "10h", Quantity("time", Decimal(36000))),
        (Day, "2026-03-31", date(2026, 3, 31)),
        (TimeOfDay, "20:00", time(20)),
        (Flag, "yes", True),
        (Flag, "no", False),
        (Zone, "Europe/Berlin", "Europe/Berlin"),
        (Slug, "support-2026", "support-2026"),
        (Text, "ACME GmbH", "ACME GmbH"),
    ],
)
def test_what_is_written_is_read_and_written_again(kind: Any, text: str, value: Any) -> None:
    assert read(kind, text) == value
    assert str(write(kind, value)) == text


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Duration, 900),
        (Amount, Money(Decimal("95.00"), "EUR")),
        (Percent, Decimal(19)),
        (Day, date(2026, 3, 31)),
        (TimeOfDay, time(20)),
        (Flag, True),
        (Amounted, Quantity("time", Decimal(900))),
        (Counted, Quantity("count", Decimal(2), "seats")),
        (Factor, Decimal(2)),
        (Rank, 7),
        (Lasting, Span(3, "month")),
        (Share, Decimal(50)),
        (Share, Quantity("time", Decimal(900))),
        (OneOrMany, ("a", "b")),
    ],
)
def test_a_value_that_is_read_already_stays(kind: Any, value: Any) -> None:
    assert read(kind, value) == value


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        (Duration, "15", "write it with its unit"),
        (Duration, "", "write it with its unit"),
        (Duration, "30m1h", "write it with its unit"),
        (Duration, "-15m", "write it with its unit"),
        (Amount, "95", "write it with its currency"),
        (Amount, "95,00 EUR", "write it with its currency"),
        (Amount, "95.00 eur", "write it with its currency"),
        (Percent, "19", "write it as 19%"),
        (Percent, "-19%", "write it as 19%"),
        (Day, "31.03.2026", "write it as 2026-03-31"),
        (Day, "2026-02-30", "day"),
        (TimeOfDay, "24:00", "midnight is 00:00"),
        (TimeOfDay, "8:00", "midnight is 00:00"),
        (Flag, "true", "neither yes nor no"),
        (Zone, "Berlin", "write its IANA name"),
        (Zone, "../etc/passwd", "write its IANA name"),
        (Zone, "Europe", "write its IANA name"),
        (Amounted, "5", "write it with its unit"),
        (Amounted, "", "write it with its unit"),
        (Amounted, "-3.00 EUR", "write it with its unit"),
        (Counted, "5h", "write it with its word, as 42 licences"),
        (Counted, "five", "write it with its word, as 42 licences"),
        (Factor, "1.5", "write it as x2 or x1.5"),
        (Rank, "0", "a whole number from 1"),
        (Lasting, "0 months", "1 month, 2 quarters, 3 periods or always"),
        (Lasting, None, "1 month, 2 quarters, 3 periods or always"),
        (Share, "half", "write it with its unit"),
        (SignedPercent, "-1", "write it as 19%"),
        (Slug, "two words", "pattern"),
        (Text, "", "at least 1 character"),
    ],
)
def test_a_refusal_says_how_it_is_written(kind: Any, text: Any, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        read(kind, text)


@pytest.mark.parametrize(("value", "values"), [("phone", ("phone",)), (["phone", "mail"], ("phone", "mail"))])
def test_one_value_or_many(value: Any, values: tuple[str, ...]) -> None:
    assert read(OneOrMany, value) == values


def test_one_or_many_is_no_number() -> None:
    with pytest.raises(ValidationError):
        read(OneOrMany, 7)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0m"), (5400, "1h30m"), (-900, "-15m"), (90061, "25h1m1s"), (59, "59s")]
)
def test_durations_in_words(seconds: int, text: str) -> None:
    assert write_duration(seconds) == text


@given(st.integers(min_value=0, max_value=10**8))
def test_a_duration_survives_being_written(seconds: int) -> None:
    assert parse_duration(write_duration(seconds)) == seconds


def test_days_count_24_hours() -> None:
    assert parse_duration("14d") == 14 * 86400


class Sample(Written):
    name: Text


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="nmae"):
        Sample.model_validate({"name": "ACME", "nmae": "ACME"})
    assert Sample.model_validate({"name": "ACME"}).name == "ACME"


def test_what_is_written_does_not_change() -> None:
    sample = Sample(name="ACME")
    with pytest.raises(ValidationError, match="frozen"):
        sample.name = "other"  # type: ignore[misc]  # the type checker forbids it too, which is the point
