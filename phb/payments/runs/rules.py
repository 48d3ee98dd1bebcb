"""Days and references of a run."""

from base64 import b32encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

from phb.core.errors import RuleViolationError
from phb.core.period import is_working_day, working_days_before

REFERENCE_BYTES = 8
PREFIX = "PHB"


class EntryDayError(RuleViolationError):
    """The bank cannot book payments on that day, or not any more."""

    code = "entry-day"


@dataclass(frozen=True)
class BacsDays:
    """The three working days of Bacs: the file is sent, processed, and booked at both banks."""

    input_by: date
    processing_on: date
    entry_on: date

    @classmethod
    def of(cls, entry_on: date, holidays: Collection[date]) -> "BacsDays":
        """Return the days that lead to an entry day.

        Raises:
            EntryDayError: banks do not work on it.
        """
        if not is_working_day(entry_on, holidays):
            raise EntryDayError(
                f"{entry_on:%A %-d %B %Y} is no working day, so no bank books payments on it. Give a working day.",
                field="entry_on",
            )
        return cls.leading_to(entry_on, holidays)

    @classmethod
    def leading_to(cls, entry_on: date, holidays: Collection[date]) -> "BacsDays":
        """Return the days that lead to an entry day that was settled before, whatever the calendar says of it now."""
        return cls(working_days_before(entry_on, 2, holidays), working_days_before(entry_on, 1, holidays), entry_on)

    def is_too_late(self, today: date) -> bool:
        """Say whether the file cannot be sent in time any more."""
        return today > self.input_by

    def refuse_too_late(self, today: date) -> None:
        """Refuse when the file cannot be sent in time any more.

        Raises:
            EntryDayError.
        """
        if self.is_too_late(today):
            raise EntryDayError(
                f"To arrive on {self.entry_on:%-d %B %Y} the file must be sent by {self.input_by:%-d %B %Y}, which has "
                "passed. Withdraw the run and assemble one for a later day.",
                field="entry_on",
                input_by=self.input_by,
            )


@dataclass(frozen=True)
class EntryDay:
    """A day that payments might arrive on: what leads to it, or why they cannot."""

    day: date
    days: BacsDays | None = None
    why_not: str | None = None


def entry_days(today: date, holidays: Collection[date], count: int) -> list[EntryDay]:
    """Return the days from today up to the last of so many that payments can still arrive on, in order."""
    found: list[EntryDay] = []
    day = today
    while count > sum(entry.days is not None for entry in found):
        found.append(_entry_day(day, today, holidays))
        day += timedelta(days=1)
    return found


def _entry_day(day: date, today: date, holidays: Collection[date]) -> EntryDay:
    if not is_working_day(day, holidays):
        return EntryDay(day, why_not="Banks are shut on this day.")
    days = BacsDays.of(day, holidays)
    if days.is_too_late(today):
        late = f"The file would have to be sent by {days.input_by:%-d %B %Y}, which has passed."
        return EntryDay(day, why_not=late)
    return EntryDay(day, days)


def reference(run_id: UUID, instruction_id: UUID) -> str:
    """Return what the bank knows one payment of one run by: opaque, 16 capitals and digits, never the same twice."""
    digest = uuid5(run_id, str(instruction_id)).bytes[:REFERENCE_BYTES]
    return PREFIX + b32encode(digest).decode().rstrip("=")
