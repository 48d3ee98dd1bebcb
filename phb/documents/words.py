"""How amounts, days and periods are said in every document."""

from datetime import date

from moneyed import Money

from phb.core.money import format_pounds
from phb.core.period import Period

Cell = Money | date | Period | int | str | None


def say_day(day: date) -> str:
    """Return a day as people write it: 5 April 2026."""
    return f"{day.day} {day:%B %Y}"


def say_period(period: Period) -> str:
    """Return a period by its first and last day, or one day alone."""
    if period.days == 1:
        return say_day(period.start_on)
    return f"{say_day(period.start_on)} to {say_day(period.last_day)}"


def say(cell: Cell) -> str:
    """Return what a cell shows; nothing at all where it is empty."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case Money():
            return format_pounds(cell)
        case Period():
            return say_period(cell)
        case int():
            return f"{cell:,}"
        case _:
            return say_day(cell)
