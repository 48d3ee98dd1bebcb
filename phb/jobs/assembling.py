"""For which day a payment run is assembled by itself."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from phb.core.period import is_working_day, working_day_on_or_before, working_days_before
from phb.governance.policies import EntryDay, PaymentRunPolicy

A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
DAYS_TO_THE_BANK = 2  # Bacs: sent, processed, booked
LONGEST_SEARCH = timedelta(days=60)
WEEKDAYS = tuple(day for day in EntryDay if day is not EntryDay.EVERY_WORKING_DAY)


@dataclass(frozen=True)
class Target:
    """The day a run is to arrive on, and the last payday it takes: the day before the next run's."""

    entry_on: date
    due_by: date


def target_of(on: date, today: date, rules: PaymentRunPolicy, holidays: Collection[date]) -> Target | None:
    """Return what a run assembled for a day aims at, or None where the policy has no run for that day.

    Where the day was missed and its own entry day can no longer be reached, the run arrives as soon as one still can.

    Args:
        on: the day the run was due to be assembled on.
        today: the day it is assembled on: that one, or a later one where it was missed.
        rules: the commissioner's policy on `on`.
        holidays: days on which banks are shut.
    """
    regular = next((day for day in _entry_days(on, rules, holidays) if _sets_off(day, rules, holidays) == on), None)
    if regular is None:
        return None
    entry_on = max(regular, _soonest(today, holidays))
    following = next(day for day in _entry_days(entry_on + A_DAY, rules, holidays) if day > entry_on)
    return Target(entry_on, following - A_DAY)


def _sets_off(entry_on: date, rules: PaymentRunPolicy, holidays: Collection[date]) -> date:
    return working_days_before(entry_on, rules.lead_days, holidays)


def _soonest(today: date, holidays: Collection[date]) -> date:
    """Return the first day on which a payment sent today, or on the next working day, can arrive."""
    day = today
    while not is_working_day(day, holidays):
        day += A_DAY
    for _ in range(DAYS_TO_THE_BANK):
        day += A_DAY
        while not is_working_day(day, holidays):
            day += A_DAY
    return day


def _entry_days(first: date, rules: PaymentRunPolicy, holidays: Collection[date]) -> list[date]:
    """Return the days from one on, as far as needed, on which runs arrive."""
    days = [first + timedelta(days=count) for count in range(LONGEST_SEARCH.days)]
    if rules.entry_day is EntryDay.EVERY_WORKING_DAY:
        return [day for day in days if is_working_day(day, holidays)]
    weekday = WEEKDAYS.index(rules.entry_day)
    return [working_day_on_or_before(day, holidays) for day in days if day.weekday() == weekday]
