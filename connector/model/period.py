"""Periods: half-open ranges of local days by which a customer is billed, and in which terms recur."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

Cycle = Literal["week", "month", "quarter", "half-year", "year"]

_MONTHS: dict[Cycle, int] = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


class Period(NamedTuple):
    """A billing period: from its first day to, not including, ``end``."""

    start: date
    end: date

    def __str__(self) -> str:
        cycle = self.cycle
        if cycle == "month":
            return f"{self.start:%Y-%m}"
        if cycle == "quarter":
            return f"{self.start.year}-Q{(self.start.month + 2) // 3}"
        if cycle == "half-year":
            return f"{self.start.year}-H{(self.start.month + 5) // 6}"
        if cycle == "year":
            return f"{self.start.year}"
        if cycle == "week":
            return f"{self.start:%G-W%V}"
        return f"{self.start}/{self.end}"

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day < self.end

    @property
    def cycle(self) -> Cycle | None:
        """The calendar cycle whose period this is; None: it was cut off."""
        return next((cycle for cycle in _CYCLES if period_of(cycle, self.start) == self), None)

    @property
    def last_day(self) -> date:
        """The last day that is inside."""
        return self.end - _DAY

    def label(self) -> str:
        """Name it as an invoice does: ``1-31 March 2026``."""
        first, last = self.start, self.last_day
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}-{last.day} {calendar.month_name[first.month]} {first.year}"
        year = f" {first.year}" if first.year != last.year else ""
        begin = f"{first.day} {calendar.month_name[first.month]}{year}"
        return f"{begin}-{last.day} {calendar.month_name[last.month]} {last.year}"

    def next(self) -> "Period":
        """Return the next period of the same cycle; after one that was cut off, a month."""
        return period_of(self.cycle or "month", self.end)

    def previous(self) -> "Period":
        """Return the period of the same cycle that ends where this one begins."""
        return period_of(self.cycle or "month", self.start - _DAY)


_CYCLES: tuple[Cycle, ...] = ("month", "quarter", "half-year", "year", "week")


def period_of(cycle: Cycle, day: date) -> Period:
    """Return the calendar week (from Monday), month, quarter, half-year or year in which a day lies."""
    if cycle == "week":
        start = day - timedelta(days=day.weekday())
        return Period(start, start + _WEEK)
    months = _MONTHS[cycle]
    start = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(start, months_later(start, months))


def month_of(day: date) -> Period:
    """Return the calendar month in which a day lies."""
    return period_of("month", day)


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later; a month that is too short gives its last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def cycles_later(cycle: Cycle, day: date, count: int) -> date:
    """Return the day so many cycles after another, month ends kept where the month is long enough."""
    return day + count * _WEEK if cycle == "week" else months_later(day, count * _MONTHS[cycle])


def windows(cycle: Cycle, anchor: date | None, start: date, end: date) -> Iterator[Period]:
    """Yield the recurring windows that touch the days from ``start`` to, not including, ``end``.

    Args:
        cycle: how long a window is.
        anchor: the day from which the windows are counted, so that 31 January is followed by 28 February and
            31 March; None: calendar windows.
        start: the first day asked about.
        end: the first day that is not.
    """
    if anchor is None:
        window = period_of(cycle, start)
        while window.start < end:
            yield window
            window = period_of(cycle, window.end)
        return
    number = _windows_before(cycle, anchor, start)
    while (first := cycles_later(cycle, anchor, number)) < end:
        number += 1
        if (after := cycles_later(cycle, anchor, number)) > start:
            yield Period(first, after)


def _windows_before(cycle: Cycle, anchor: date, day: date) -> int:
    """Count whole windows from an anchor to a day, rather one too few than too many; never negative."""
    if cycle == "week":
        return max(0, (day - anchor).days // _WEEK.days)
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    return max(0, months // _MONTHS[cycle] - 1)


_WRITTEN: dict[str, Cycle] = {"Q": "quarter", "H": "half-year"}


@lru_cache(maxsize=1024)  # each line of a document names its period
def parse_period(text: str) -> Period:
    """Read ``2026-03``, ``2026-Q1``, ``2026-H1``, ``2026``, ``2026-W10`` or ``2026-03-10/2026-04-01``.

    Raises:
        ValueError: it is none of these.
    """
    if "/" in text:
        start, _, end = text.partition("/")
        return Period(date.fromisoformat(start), date.fromisoformat(end))
    if match := re.fullmatch(r"(\d{4})-([QH])(\d)", text):
        months = 12 // _PARTS[match[2]]
        return period_of(_WRITTEN[match[2]], date(int(match[1]), (int(match[3]) - 1) * months + 1, 1))
    if match := re.fullmatch(r"(\d{4})-W(\d\d)", text):
        return period_of("week", date.fromisocalendar(int(match[1]), int(match[2]), 1))
    if re.fullmatch(r"\d{4}", text):
        return period_of("year", date(int(text), 1, 1))
    return month_of(date.fromisoformat(f"{text}-01"))


_PARTS = {"Q": 4, "H": 2}
