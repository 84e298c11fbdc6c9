"""Periods and recurring windows are ranges of local days, half-open."""

from datetime import date

import pytest

from connector.model.period import Cycle, Period, cycles_later, month_of, months_later, parse_period, windows

WEEKS = ["2026-01-14/2026-01-21", "2026-01-21/2026-01-28"]
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
    [
        ("2026-03", "1-31 March 2026"),
        ("2028-02", "1-29 February 2028"),
        ("2026-12", "1-31 December 2026"),
        ("2026-Q2", "1 April-30 June 2026"),
        ("2026-H2", "1 July-31 December 2026"),
        ("2026", "1 January-31 December 2026"),
        ("2026-W01", "29 December 2025-4 January 2026"),
        ("2026-W10", "2-8 March 2026"),
        ("2026-03-10/2026-04-01", "10-31 March 2026"),
    ],
)
def test_a_period_has_a_name_and_a_label(text: str, label: str) -> None:
    period = parse_period(text)
    assert str(period) == text
    assert period.label() == label


def test_the_last_day_is_inside() -> None:
    assert MARCH.last_day == date(2026, 3, 31)


@pytest.mark.parametrize("text", ["2026-13", "march", "", "2026-Q5", "2026-W54"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|month|week"):
        parse_period(text)


@pytest.mark.parametrize(
    ("text", "after", "before"),
    [
        ("2026-Q4", "2027-Q1", "2026-Q3"),
        ("2026-H1", "2026-H2", "2025-H2"),
        ("2026", "2027", "2025"),
        ("2026-W53", "2027-W01", "2026-W52"),
        ("2026-03-10/2026-04-01", "2026-04", "2026-03"),
    ],
)
def test_the_neighbours_of_a_period(text: str, after: str, before: str) -> None:
    assert str(parse_period(text).next()) == after
    assert str(parse_period(text).previous()) == before


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 15), 3, date(2027, 2, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_months_later_keep_the_day_where_there_is_one(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def test_cycles_later() -> None:
    assert cycles_later("week", date(2026, 1, 31), 2) == date(2026, 2, 14)
    assert cycles_later("quarter", date(2026, 1, 31), 1) == date(2026, 4, 30)


@pytest.mark.parametrize(
    ("cycle", "anchor", "start", "end", "expected"),
    [
        ("month", None, date(2026, 1, 15), date(2026, 3, 1), ["2026-01", "2026-02"]),
        ("quarter", None, date(2026, 3, 31), date(2026, 4, 2), ["2026-Q1", "2026-Q2"]),
        (
            "month",
            date(2026, 1, 31),
            date(2026, 3, 1),
            date(2026, 4, 1),
            ["2026-02-28/2026-03-31", "2026-03-31/2026-04-30"],
        ),
        ("month", date(2026, 1, 15), date(2026, 1, 1), date(2026, 2, 1), ["2026-01-15/2026-02-15"]),
        ("year", date(2024, 5, 1), date(2026, 5, 1), date(2026, 5, 2), ["2026-05-01/2027-05-01"]),
        ("week", date(2026, 1, 7), date(2026, 1, 20), date(2026, 1, 22), WEEKS),
        ("week", date(2026, 1, 7), date(2026, 1, 1), date(2026, 1, 7), []),
    ],
)
def test_windows_that_touch_a_range(
    cycle: Cycle, anchor: date | None, start: date, end: date, expected: list[str]
) -> None:
    assert [str(window) for window in windows(cycle, anchor, start, end)] == expected
