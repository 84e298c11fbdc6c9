"""Periods are whole months of local days, half-open."""

from datetime import date

import pytest

from connector.model.period import Period, month_of, parse_period

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 3, 15), date(2026, 3, 31)])
def test_a_day_lies_in_its_month(day: date) -> None:
    assert month_of(day) == MARCH
    assert day in MARCH


@pytest.mark.parametrize("thing", [date(2026, 2, 28), date(2026, 4, 1), "2026-03-15", None])
def test_what_is_outside(thing: object) -> None:
    assert thing not in MARCH


def test_neighbours_meet_without_gap_over_the_year() -> None:
    december = parse_period("2025-12")
    assert december.next() == parse_period("2026-01")
    assert december.next().previous() == december
    assert december.end == december.next().start


@pytest.mark.parametrize(
    ("text", "label"),
    [("2026-03", "1-31 March 2026"), ("2028-02", "1-29 February 2028"), ("2026-12", "1-31 December 2026")],
)
def test_a_period_has_a_name_and_a_label(text: str, label: str) -> None:
    period = parse_period(text)
    assert str(period) == text
    assert period.label() == label


def test_the_last_day_is_inside() -> None:
    assert MARCH.last_day == date(2026, 3, 31)


@pytest.mark.parametrize("text", ["2026-13", "march", "2026", ""])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|month"):
        parse_period(text)
