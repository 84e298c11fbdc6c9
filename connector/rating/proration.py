"""Proration: which part of a window is paid for, by a convention that the contract names."""

from datetime import date, timedelta
from fractions import Fraction

from connector.model.period import Period
from connector.model.prices import Proration

_DAY = timedelta(days=1)
_MONTH = 30
#: Above so many days a window is of months; a week has no months of 30 days.
_WEEK = 7


def part_of(convention: Proration, start: date, end: date, window: Period) -> tuple[int, int]:
    """Return paid days and the days that they are a part of.

    Args:
        convention: ``none``: a part is paid whole; ``days``: by the window's days, ``end`` left out (so bills
            Kill Bill by actual days); ``days-inclusive``: ``end`` counts too where it lies in the window;
            ``thirty``: every month has 30 days (30/360); ``actual-thirty``: actual days of months of 30.
        start: first day that is paid.
        end: first day that is not.
        window: the whole.
    """
    days, whole = (end - start).days, (window.end - window.start).days
    if convention == "none" or (start, end) == window:
        return whole, whole
    if convention == "days-inclusive":
        return min(days + (end < window.end), whole), whole
    if convention in ("thirty", "actual-thirty") and whole > _WEEK:
        months = _thirties(window.start, window.end)
        counted = _thirties(start, end) if convention == "thirty" else days
        return min(counted, months), months
    return days, whole


def share_of(convention: Proration, start: date, end: date, window: Period) -> Fraction:
    """Return the part of a window that is paid."""
    return Fraction(*part_of(convention, start, end, window))


def _thirties(start: date, end: date) -> int:
    """Count days where every month has 30 (30E/360): the 31st is the 30th."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months * _MONTH + min(end.day, _MONTH) - min(start.day, _MONTH)
