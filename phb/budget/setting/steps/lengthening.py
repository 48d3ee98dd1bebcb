"""From the amount of a week, a year or a day to the amount of a whole period, as factors with their reasons."""

from fractions import Fraction

from phb.budget.setting.lines import Basis, Factor
from phb.budget.setting.weeks import (
    DAYS_IN_A_WEEK,
    Calendar,
    CountedDays,
    Method,
    StatedWeeks,
    counted,
    days_in_year_of,
)
from phb.budget.setting.words import counted_days_text, days_text, plain, usual_days_text
from phb.core.errors import RuleViolationError
from phb.core.period import Period


class CannotLengthenError(RuleViolationError):
    """A quantity comes round in a way that the model cannot turn into a longer one."""

    code = "cannot-lengthen"


def lengthening(basis: Basis, method: Method, period: Period, calendar: Calendar | None) -> tuple[Factor, ...]:
    """Return what the amount of a week, a year or a day is multiplied by to make it one for the period.

    Args:
        basis: what the amount comes round by; counted days are counted from a "day".
        method: the model's way, or the price's own.
        period: within one financial year.
        calendar: the bank holidays of the period, where any were given.

    Raises:
        CannotLengthenError: the amount of a day, where days are not counted.
        CalendarNeededError: bank holidays decide, and the calendar does not have them.
    """
    if basis == "year":
        return _share_of_the_year(period)
    if isinstance(method, CountedDays):
        count = counted(method, period, calendar)
        return (_times(count, counted_days_text(method, count, period)),)
    if basis == "day":
        raise CannotLengthenError(
            "The assessment gives an amount for each day, but the model does not count days for it. "
            "Give it for a week, or let the model count days.",
        )
    return _stated_weeks(method, period) if isinstance(method, StatedWeeks) else _days_over_seven(period)


def shortening(method: CountedDays) -> Factor:
    """Return what the amount of a week is divided by to make it one for a day that counts.

    Raises:
        CannotLengthenError: only bank holidays count, and a usual week has none.
    """
    if method.bank_holidays == "only":
        raise CannotLengthenError(
            "The assessment gives an amount for each week, but only bank holidays count for it, and a usual week has "
            "none. Give it for each day.",
        )
    return _over(len(method.weekdays), usual_days_text(method))


def _days_over_seven(period: Period) -> tuple[Factor, ...]:
    there = "is 1 day" if period.days == 1 else f"are {period.days} days"
    because = f"{days_text(period, there)}, and a week has {DAYS_IN_A_WEEK}."
    return (_times(period.days, because), _over(DAYS_IN_A_WEEK))


def _stated_weeks(method: StatedWeeks, period: Period) -> tuple[Factor, ...]:
    weeks = Factor(method.weeks, plain(method.weeks), because=f"A year counts as {plain(method.weeks)} weeks here.")
    return (weeks, *_share_of_the_year(period))


def _share_of_the_year(period: Period) -> tuple[Factor, ...]:
    year = days_in_year_of(period)
    if period.days == year:
        return ()
    there = "is 1 day" if period.days == 1 else f"are {period.days} days"
    because = f"{days_text(period, there)}, and the year has {year}."
    return (_times(period.days, because), _over(year))


def _times(count: int, because: str | None = None) -> Factor:
    return Factor(Fraction(count), f"{count}", because=because)


def _over(count: int, because: str | None = None) -> Factor:
    return Factor(Fraction(count), f"{count}", "over", because)
