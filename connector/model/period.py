"""Periods: half-open ranges of local days by which a customer is billed."""

import calendar
from datetime import date, timedelta
from typing import NamedTuple


class Period(NamedTuple):
    """A billing period: from its first day to, not including, ``end``."""

    start: date
    end: date

    def __str__(self) -> str:
        return f"{self.start:%Y-%m}"

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day < self.end

    @property
    def last_day(self) -> date:
        """The last day that is inside."""
        return self.end - timedelta(days=1)

    def label(self) -> str:
        """Name it as an invoice does: ``1-31 March 2026``."""
        return (
            f"{self.start.day}-{self.last_day.day} {calendar.month_name[self.start.month]} {self.start.year}"
        )

    def next(self) -> "Period":
        """Return the period that begins where this one ends."""
        return month_of(self.end)

    def previous(self) -> "Period":
        """Return the period that ends where this one begins."""
        return month_of(self.start - timedelta(days=1))


def month_of(day: date) -> Period:
    """Return the calendar month in which a day lies."""
    start = day.replace(day=1)
    return Period(start, (start + timedelta(days=31)).replace(day=1))


def parse_period(text: str) -> Period:
    """Read ``2026-03``.

    Raises:
        ValueError: it is not a year and a month.
    """
    return month_of(date.fromisoformat(f"{text}-01"))
