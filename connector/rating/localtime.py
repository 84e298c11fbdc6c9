"""Local time: days, shifts and holidays of a customer's clock, over instants in whole epoch seconds."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from connector.model.contract import Shift

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Window(NamedTuple):
    """A shift as it stands on one day; instants in epoch seconds, half-open."""

    start: int
    end: int
    shift: str


class Span(NamedTuple):
    """A stretch of one local day; instants in epoch seconds, half-open."""

    day: date
    start: int
    end: int


def instant_of(moment: datetime) -> int:
    """Return an aware moment as whole epoch seconds; fractions are cut."""
    return (moment - _EPOCH) // _SECOND


def moment_of(instant: int) -> datetime:
    """Return an instant as an aware moment in UTC."""
    return _EPOCH + instant * _SECOND


class Calendar:
    """A clock with its shifts and public holidays. Answers are remembered; they never change."""

    def __init__(self, zone: ZoneInfo, shifts: Mapping[str, Shift], holidays: frozenset[date]) -> None:
        self._zone = zone
        self._shifts = shifts
        self._holidays = holidays
        self._windows: dict[date, tuple[Window, ...]] = {}
        self._midnights: dict[date, int] = {}

    def wall(self, instant: int) -> datetime:
        """Return an instant as this clock shows it, aware."""
        return moment_of(instant).astimezone(self._zone)

    def day_of(self, instant: int) -> date:
        """Return the local day of an instant."""
        return self.wall(instant).date()

    def days(self, start: int, seconds: int) -> list[Span]:
        """Split a stretch at local midnights."""
        spans, end = [], start + seconds
        while start < end:
            day = self.day_of(start)
            edge = min(end, self.midnight(day + _DAY))
            spans.append(Span(day, start, edge))
            start = edge
        return spans

    def shift_edges(self, span: Span) -> list[tuple[Span, frozenset[str]]]:
        """Split a stretch of one day wherever a shift begins or ends, and name the shifts of each part."""
        windows = self._windows_near(span.day)
        inside = {edge for window in windows for edge in window[:2] if span.start < edge < span.end}
        edges = [span.start, *sorted(inside), span.end]
        return [
            (
                Span(span.day, start, end),
                frozenset(window.shift for window in windows if window.start <= start and end <= window.end),
            )
            for start, end in pairwise(edges)
        ]

    def _windows_near(self, day: date) -> tuple[Window, ...]:
        """Return the windows that touch a day: those of the day, of the day before, and of the day after."""
        windows = self._windows.get(day)
        if windows is None:
            near = (day - _DAY, day, day + _DAY)
            windows = self._windows[day] = tuple(window for one in near for window in self._of(one))
        return windows

    def _of(self, day: date) -> list[Window]:
        return [
            self._window(name, shift, day)
            for name, shift in self._shifts.items()
            if self._stands_on(shift, day)
        ]

    def _stands_on(self, shift: Shift, day: date) -> bool:
        if shift.days is not None and _WEEKDAYS[day.weekday()] not in shift.days:
            return False
        return shift.holidays == "as-weekdays" or (day in self._holidays) == (shift.holidays == "only")

    def _window(self, name: str, shift: Shift, day: date) -> Window:
        if shift.from_ is None or shift.to is None:
            return Window(self._begin(shift, day), self._end(shift, day + _DAY), name)
        last = day if shift.to > shift.from_ else day + _DAY
        return Window(self._instant(day, shift.from_), self._instant(last, shift.to), name)

    def _begin(self, shift: Shift, day: date) -> int:
        return self._instant(day - _DAY, shift.eve_from) if shift.eve_from else self.midnight(day)

    def _end(self, shift: Shift, after: date) -> int:
        return self._instant(after, shift.next_to) if shift.next_to else self.midnight(after)

    def midnight(self, day: date) -> int:
        """Return the instant at which a local day begins."""
        instant = self._midnights.get(day)
        if instant is None:
            instant = self._midnights[day] = self._instant(day, time())
        return instant

    def _instant(self, day: date, wall: time) -> int:
        """Return the instant of a wall time: after the gap if it never was, the first if it was twice."""
        return instant_of(datetime.combine(day, wall, tzinfo=self._zone))
