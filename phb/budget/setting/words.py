"""The words of a calculation: numbers, dates and amounts as the person whose budget it is reads them."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from phb.budget.setting.inputs import Need
from phb.budget.setting.rates import Rate
from phb.budget.setting.schema.checks import decimals, number_text
from phb.budget.setting.weeks import DAYS_IN_A_WEEK, WEEKDAYS, CountedDays, Weekday, days_in_year_of
from phb.core.money import format_pounds as format_money
from phb.core.money import from_pence
from phb.core.period import Period

PENNY_PLACES = 2
SHOWN_PLACES = 6
AFTER_AN_ELLIPSIS = 4
FEWEST_FOR_TO = 2

SIGNS = {"times": "\N{MULTIPLICATION SIGN}", "over": "÷", "of": "of"}
PER = {"week": " a week", "year": " a year", "day": " a day"}
_DAY_NAMES: dict[Weekday, str] = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}


def day_text(day: date) -> str:
    """Return a date as people write it: 1 April 2026."""
    return f"{day:%-d %B %Y}"


def dates_text(period: Period) -> str:
    """Return the first and last day of a period."""
    return f"from {day_text(period.start_on)} to {day_text(period.last_day)}"


def length_text(period: Period) -> str:
    """Return how long a period is: “for the year”, or “for the 183 days”."""
    if period.days == days_in_year_of(period):
        return "for the year"
    return "for the 1 day" if period.days == 1 else f"for the {period.days} days"


def plain(exact: Fraction, places: int = 0) -> str:
    """Return a number with commas; one whose decimals go on too long ends in “…”."""
    ends_after = decimals(exact)
    if ends_after is None or ends_after > SHOWN_PLACES:
        cut = Fraction(int(exact * 10**AFTER_AN_ELLIPSIS), 10**AFTER_AN_ELLIPSIS)
        return f"{_with_commas(number_text(cut, AFTER_AN_ELLIPSIS))}…"
    return _with_commas(number_text(exact, places))


def pounds_text(exact: Fraction) -> str:
    """Return pounds with at least their pence, and with more decimals while they are not rounded."""
    return f"£{plain(exact, PENNY_PLACES)}"


def pence_text(pence: int) -> str:
    """Return whole pence as pounds."""
    return format_money(from_pence(pence))


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence lists them: “a, b and c”."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def counted_text(quantity: Fraction, one: str, many: str) -> str:
    """Return a number with its noun: “1 hour”, “21 hours”."""
    return f"{plain(quantity)} {one if quantity == 1 else many}"


def is_title(words: str) -> bool:
    """Say whether words are a title, as plans have them, which a sentence quotes: they begin with a capital."""
    return words[:1].isupper()


def need_text(need: Need, what: str, start_on: date) -> str:
    """Return the sentence that says how much is needed; `what` is already counted."""
    if need.per == "once":
        return f"You need {what}, on {day_text(need.falls_on(start_on))}."
    return f"You need {what}{' each time' if need.per == 'day' else PER[need.per]}."


def rate_text(rate: Rate, need: Need) -> str:
    """Return the sentence that says what one costs and who says so."""
    one_piece = "It" if need.quantity == 1 else "Each one"
    each = one_piece if rate.unit == "each" else f"Each {rate.unit}"
    return f"{each} costs {pounds_text(rate.amount)} ({rate_source_text(rate)})."


def rate_source_text(rate: Rate) -> str:
    """Return where a price stands and since when."""
    return f"{rate.source}, from {day_text(rate.effective_from)}"


def days_text(period: Period, many: str) -> str:
    """Return the sentence opening that says what there is between two days."""
    return f"From {day_text(period.start_on)} to {day_text(period.last_day)} there {many}"


def counted_days_text(method: CountedDays, count: int, period: Period) -> str:
    """Return the sentence that says how many days the calendar has, and of which kind."""
    there = "is 1 day for this" if count == 1 else f"are {count} days for this"
    return f"{days_text(period, there)}: {_kind_of_days(method)}."


def usual_days_text(method: CountedDays) -> str:
    """Return the sentence that says how many days of its kind a usual week has."""
    many = len(method.weekdays)
    there = "is 1 day for this" if many == 1 else f"are {many} days for this"
    return f"In a usual week there {there}: {_weekday_names(method.weekdays) or 'every day'}."


def _kind_of_days(method: CountedDays) -> str:
    names = _weekday_names(method.weekdays)
    if method.bank_holidays == "only":
        return f"bank holidays on {names}" if names else "bank holidays"
    if method.bank_holidays == "include":
        return names or "every day"
    return f"{names}, leaving out bank holidays" if names else "every day except bank holidays"


def _weekday_names(weekdays: Sequence[Weekday]) -> str:
    """Return “Mondays to Fridays”, “Saturdays and Sundays”, or nothing for the whole week."""
    at = [i for i, day in enumerate(WEEKDAYS) if day in weekdays]
    names = [f"{_DAY_NAMES[WEEKDAYS[i]]}s" for i in at]
    if len(names) == DAYS_IN_A_WEEK:
        return ""
    follow_each_other = at[-1] - at[0] == len(at) - 1
    return f"{names[0]} to {names[-1]}" if follow_each_other and len(names) > FEWEST_FOR_TO else listed(names)


def _with_commas(digits: str) -> str:
    whole, point, rest = digits.partition(".")
    return f"{int(whole):,}{point}{rest}"
