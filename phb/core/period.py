"""Half-open periods, financial years and working days."""

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from phb.core.errors import RuleViolationError

YEAR_STARTS = (4, 1)
FIRST_DAY = date(1900, 4, 1)
LAST_DAY = date(2200, 3, 31)
SATURDAY = 5


class DatesWrongWayRoundError(RuleViolationError):
    """A period ends on or before the day it starts."""

    code = "dates-wrong-way-round"


class DateOutOfRangeError(RuleViolationError):
    """A date lies so far off that it must be a slip."""

    code = "date-out-of-range"


@dataclass(frozen=True, order=True)
class Period:
    """The days from `start_on` up to, but not including, `end_on`.

    Raises:
        DatesWrongWayRoundError: it would hold no day.
        DateOutOfRangeError: a day lies outside FIRST_DAY to LAST_DAY.
    """

    start_on: date
    end_on: date

    def __post_init__(self) -> None:
        """Refuse a period without a day in it, or with days that must be a slip."""
        if self.end_on <= self.start_on:
            raise DatesWrongWayRoundError(
                f"The period starts on {_in_words(self.start_on)} and would end before that. "
                "Give a last day on or after the first."
            )
        _require_sensible(self.start_on)
        _require_sensible(self.last_day)

    @classmethod
    def of_days(cls, first_day: date, last_day: date) -> "Period":
        """Return the period between two days, both included."""
        _require_sensible(last_day)
        return cls(first_day, last_day + timedelta(days=1))

    @property
    def last_day(self) -> date:
        """The last day inside, as pages show it."""
        return self.end_on - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.end_on - self.start_on).days

    def __contains__(self, day: date) -> bool:
        """Say whether a day lies inside."""
        return self.start_on <= day < self.end_on

    def overlap(self, other: "Period") -> "Period | None":
        """Return the days both hold, or None."""
        start_on, end_on = max(self.start_on, other.start_on), min(self.end_on, other.end_on)
        return Period(start_on, end_on) if start_on < end_on else None

    def cut_by_financial_year(self) -> tuple["Period", ...]:
        """Return the parts that fall in each financial year, in order; joined they are the whole."""
        parts = []
        start_on = self.start_on
        while start_on < self.end_on:
            end_on = min(self.end_on, financial_year(financial_year_of(start_on)).end_on)
            parts.append(Period(start_on, end_on))
            start_on = end_on
        return tuple(parts)


def financial_year_of(day: date) -> int:
    """Return the financial year a day falls in, named by the calendar year it starts in (2026 is 2026/27)."""
    return day.year if (day.month, day.day) >= YEAR_STARTS else day.year - 1


def financial_year(year: int) -> Period:
    """Return 1 April of `year` up to 31 March of the next."""
    return Period(date(year, *YEAR_STARTS), date(year + 1, *YEAR_STARTS))


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or that month's last day where it has no such day.

    Raises:
        DateOutOfRangeError: the year found lies outside those of FIRST_DAY to LAST_DAY.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        raise _out_of_range(f"{months} months from {_in_words(day)}")
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def month_of(day: date) -> date:
    """Return the first day of a day's month, which stands for the month."""
    return day.replace(day=1)


def month_in_words(day: date) -> str:
    """Return a day's month as people say it: "April 2026"."""
    return f"{day:%B} {day.year}"


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Say whether banks work on a day: Monday to Friday and no bank holiday."""
    return day.weekday() < SATURDAY and day not in holidays


def working_day_on_or_before(day: date, holidays: Collection[date]) -> date:
    """Return the day itself, or the nearest working day before it."""
    while not is_working_day(day, holidays):
        day -= timedelta(days=1)
    return day


def working_days_before(day: date, count: int, holidays: Collection[date]) -> date:
    """Return the working day `count` working days before a day."""
    for _ in range(count):
        day = working_day_on_or_before(day - timedelta(days=1), holidays)
    return day


def _require_sensible(day: date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise _out_of_range(_in_words(day))


def _out_of_range(what: str) -> DateOutOfRangeError:
    return DateOutOfRangeError(
        f"{what} is not between {_in_words(FIRST_DAY)} and {_in_words(LAST_DAY)}. Look for a slip in the date."
    )


def _in_words(day: date) -> str:
    return f"{day:%-d %B} {day.year}"
