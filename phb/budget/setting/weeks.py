"""The ways a weekly amount becomes a longer one, and the calendar that counting days needs."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Annotated, ClassVar, Literal, get_args

from phb.budget.setting.schema.checks import Between, Checked, Words
from phb.core.errors import RuleViolationError
from phb.core.period import Period, financial_year, financial_year_of

DAYS_IN_A_WEEK = 7
MOST_WEEKS_IN_A_YEAR = 53

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


class NoWeekdaysError(RuleViolationError):
    """Days are to be counted, but none are named, or one is named twice."""

    code = "weekdays-missing"


class CalendarNeededError(RuleViolationError):
    """Bank holidays decide the amount, and nobody has said when they are."""

    code = "calendar-missing"


@dataclass(frozen=True)
class DaysOverSeven:
    """Weekly amount x days in the period / 7."""

    type: ClassVar[str] = "days_over_seven"


@dataclass(frozen=True)
class StatedWeeks(Checked):
    """Weekly amount x a stated number of weeks for a financial year; a part of the year by its days."""

    type: ClassVar[str] = "stated_weeks"
    weeks: Annotated[Fraction, Between(1, MOST_WEEKS_IN_A_YEAR)]


@dataclass(frozen=True)
class CountedDays(Checked):
    """Amount of one such day x how many of them the calendar has.

    Args:
        weekdays: the days of the week that count.
        bank_holidays: "except" leaves bank holidays out, "only" counts nothing else, "include" treats them
            as any other day.
    """

    type: ClassVar[str] = "counted_days"
    weekdays: tuple[Weekday, ...]
    bank_holidays: Literal["except", "only", "include"]

    def __post_init__(self) -> None:
        """Refuse days that are missing or named twice."""
        super().__post_init__()
        if not self.weekdays or len(set(self.weekdays)) < len(self.weekdays):
            raise NoWeekdaysError("Name at least one day of the week, each once.", field="weekdays")


Method = DaysOverSeven | StatedWeeks | CountedDays


@dataclass(frozen=True)
class Calendar(Checked):
    """The bank holidays of a stretch of time.

    Args:
        source: who published them.
        covers: the days it can answer for; outside it no day is known to be an ordinary one.
    """

    source: Words
    covers: Period
    bank_holidays: tuple[date, ...]

    def has(self, period: Period) -> bool:
        """Say whether it can answer for every day of a period."""
        return period.start_on in self.covers and period.last_day in self.covers

    def within(self, period: Period) -> "Calendar":
        """Return the calendar of one period.

        Raises:
            CalendarNeededError: it does not cover all of the period.
        """
        if not self.has(period):
            raise CalendarNeededError(
                f"Bank holidays are known from {self.covers.start_on:%-d %B %Y} to {self.covers.last_day:%-d %B %Y}, "
                f"which is not all of {period.start_on:%-d %B %Y} to {period.last_day:%-d %B %Y}. "
                "Import the calendar for the missing days."
            )
        return Calendar(self.source, period, tuple(sorted(day for day in set(self.bank_holidays) if day in period)))


def counted(method: CountedDays, period: Period, calendar: Calendar | None) -> int:
    """Return how many days of a period the method counts.

    Raises:
        CalendarNeededError: bank holidays matter to it, and no calendar has those of the period.
    """
    days = _days_of_week(method, period)
    if method.bank_holidays == "include":
        return days
    if calendar is None:
        raise CalendarNeededError(
            "This price depends on bank holidays, and no calendar was given. Import the calendar of bank holidays."
        )
    bank_holidays = calendar.within(period).bank_holidays
    holidays = sum(WEEKDAYS[day.weekday()] in method.weekdays for day in bank_holidays)
    return holidays if method.bank_holidays == "only" else days - holidays


def days_in_year_of(period: Period) -> int:
    """Return the days of the financial year a period starts in: 365, or 366 when it holds 29 February."""
    return financial_year(financial_year_of(period.start_on)).days


def _days_of_week(method: CountedDays, period: Period) -> int:
    """Return how many days of a period fall on the method's days of the week."""
    weeks, rest = divmod(period.days, DAYS_IN_A_WEEK)
    first = period.start_on.weekday()
    extra = sum(WEEKDAYS[(first + n) % DAYS_IN_A_WEEK] in method.weekdays for n in range(rest))
    return weeks * len(method.weekdays) + extra
