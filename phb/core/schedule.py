"""When something that recurs is due, in London's time: each time once, whatever the clocks do."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from phb.core.clock import LONDON, london_date

A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
MONDAY_TO_FRIDAY = EVERY_DAY[:5]
MISSING_OR_TWICE = 1  # the hour that the clock change skips in March and repeats in October


@dataclass(frozen=True)
class Daily:
    """A time in London on every day, or on some days of the week (0 is Monday).

    Raises:
        ValueError: at this hour the clocks change, so on one day there would be no such time, on another two.
    """

    hour: int
    minute: int = 0
    weekdays: tuple[int, ...] = EVERY_DAY

    def __post_init__(self) -> None:
        """Refuse the hour in which the clocks change."""
        if self.hour == MISSING_OR_TWICE:
            raise ValueError("choose another hour: the clocks change between 1 and 2 o'clock")

    @property
    def words(self) -> str:
        """When it is due, to complete “it runs ...”."""
        days = "every day" if self.weekdays == EVERY_DAY else "Monday to Friday"
        return f"{days} at {self.hour:02}:{self.minute:02}"

    def between(self, after: datetime, until: datetime) -> list[datetime]:
        """Return the times later than one instant and not later than another, in order and in UTC."""
        days = (london_date(until) - london_date(after)).days
        times = (self._on(london_date(after) + timedelta(days=days_on)) for days_on in range(days + 1))
        return [at for at in times if at is not None and after < at <= until]

    def newest(self, now: datetime) -> datetime:
        """Return the last time that is not later than an instant."""
        return self.between(now - A_WEEK - A_DAY, now)[-1]

    def following(self, now: datetime) -> datetime:
        """Return the first time later than an instant."""
        return self.between(now, now + A_WEEK + A_DAY)[0]

    def _on(self, day: date) -> datetime | None:
        if day.weekday() not in self.weekdays:
            return None
        return datetime(day.year, day.month, day.day, self.hour, self.minute, tzinfo=LONDON).astimezone(UTC)
