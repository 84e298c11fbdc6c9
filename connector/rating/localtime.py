"""Local time: days, shifts and holidays of a customer's clock, over instants in whole epoch seconds."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from connector.model.contract import Shift

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
#: Every zone's day begins at a whole quarter of an hour of UTC, today at least.
_QUARTER = 900
_SECONDS_PER_DAY = 86400
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Window(NamedTuple):
    """A shift as it stands on one day; instants in epoch seconds, half-open."""

    start: int
    end: int
    shift: str


class Segment(NamedTuple):
    """A stretch of one local day within the same shifts; instants in epoch seconds, half-open."""

    start: int
    end: int
    shifts: frozenset[str]


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
        self._segments: dict[date, tuple[Segment, ...]] = {}
        self._midnights: dict[date, int] = {}
        self._days: dict[int, Span] = {}

    def wall(self, instant: int) -> datetime:
        """Return an instant as this clock shows it, aware."""
        return moment_of(instant).astimezone(self._zone)

    def _day_at(self, instant: int) -> Span:
        """Return the whole local day of an instant; the day of every quarter of an hour is remembered."""
        quarter = instant // _QUARTER
        day = self._days.get(quarter)
        if day is None or not day.start <= instant < day.end:
            on = self.wall(instant).date()
            day = self._days[quarter] = Span(on, self.midnight(on), self.midnight(on + _DAY))
        return day

    def days(self, start: int, seconds: int) -> list[Span]:
        """Split a stretch at local midnights."""
        end, day = start + seconds, self._day_at(start)
        if end <= day.end:
            return [Span(day.day, start, end)]
        spans = []
        while start < end:
            day = self._day_at(start)
            spans.append(Span(day.day, start, min(end, day.end)))
            start = day.end
        return spans

    def shift_edges(self, span: Span) -> list[Segment]:
        """Split a stretch of one day wherever a shift begins or ends, and name the shifts of each part."""
        segments = self._segments.get(span.day)
        if segments is None:
            segments = self._segments[span.day] = tuple(self._cut(span.day))
        return [
            Segment(max(span.start, one.start), min(span.end, one.end), one.shifts)
            for one in segments
            if one.start < span.end and span.start < one.end
        ]

    def _cut(self, day: date) -> Iterator[Segment]:
        """Cut a day wherever a shift begins or ends."""
        start, end = self.midnight(day), self.midnight(day + _DAY)
        windows = [window for near in (day - _DAY, day, day + _DAY) for window in self._of(near)]
        inside = {edge for window in windows for edge in window[:2] if start < edge < end}
        for first, last in pairwise([start, *sorted(inside), end]):
            shifts = (window.shift for window in windows if window.start <= first and last <= window.end)
            yield Segment(first, last, frozenset(shifts))

    def clock(self, instant: int) -> str:
        """Return the time of day of an instant, as 20:00."""
        day = self._day_at(instant)
        if day.end - day.start == _SECONDS_PER_DAY:
            hours, minutes = divmod((instant - day.start) // 60, 60)
            return f"{hours:02d}:{minutes:02d}"
        return f"{self.wall(instant):%H:%M}"

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
