"""The clock of a simulated desk: it stands still until something happens, or is set by a test."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(slots=True, kw_only=True)
class Clock:
    """The desk's own time."""

    now: datetime = datetime(2026, 3, 1, 8, tzinfo=UTC)  #: aware; of the last thing that happened
    step: timedelta = field(
        default=timedelta(seconds=1)
    )  #: how long each thing takes; zero: equal timestamps

    def happens(self, at: datetime | None) -> datetime:
        """Give the moment of the next thing that happens: ``at`` if the test says so, else a step later."""
        self.now = at.astimezone(UTC) if at else self.now + self.step
        return self.now
