"""Arithmetic of schedules: the days each instalment covers, its amount, and the day it is paid."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from moneyed import Money

from phb.core.errors import RuleViolationError
from phb.core.money import format_pounds, from_pence, instalments
from phb.core.period import Period, add_months, financial_year_of, is_working_day, working_day_on_or_before
from phb.governance.policies import NonWorkingDay, Rhythm

FOUR_WEEKS = timedelta(weeks=4)


class SchedulePastPlanEndError(RuleViolationError):
    """A schedule has days that the plan does not have."""

    code = "schedule-past-plan-end"


class ScheduleCrossesYearError(RuleViolationError):
    """A schedule has days of two financial years."""

    code = "schedule-crosses-year"


class ScheduleAmountError(RuleViolationError):
    """A schedule pays nothing, too little for its instalments, or more than is still to pay out."""

    code = "schedule-amount"


@dataclass(frozen=True)
class PlannedInstalment:
    """One payment before it is stored; `number` counts from one."""

    number: int
    of_how_many: int
    covers: Period
    due_on: date
    pay_on: date
    amount: Money


@dataclass(frozen=True)
class Payday:
    """When in its days an instalment is due, and where a payday that is no working day moves."""

    in_advance: bool
    non_working_day: NonWorkingDay
    holidays: Collection[date]

    def due_on(self, covers: Period) -> date:
        """Return the day an instalment is due: the first of the days it covers, or the last."""
        return covers.start_on if self.in_advance else covers.last_day

    def pay_on(self, due_on: date) -> date:
        """Return the working day on which what is due on a day is paid."""
        if self.non_working_day is NonWorkingDay.BEFORE:
            return working_day_on_or_before(due_on, self.holidays)
        while not is_working_day(due_on, self.holidays):
            due_on += timedelta(days=1)
        return due_on


def parts(period: Period, rhythm: Rhythm) -> tuple[Period, ...]:
    """Cut a period into the days that each instalment covers, in order; joined they are the whole.

    Months are counted from the first day, so that a month without that day does not move the later ones. Days left
    over at the end make an instalment of their own when they are at least half as many as a whole one has; fewer go
    with the last one. Source: design; instalments are equal, so no odd days may take a whole one.
    """
    start_of = _starts(period.start_on, rhythm)
    cuts = [period.start_on]
    while start_of(len(cuts)) < period.end_on:
        cuts.append(start_of(len(cuts)))
    whole = (start_of(len(cuts)) - cuts[-1]).days
    if len(cuts) > 1 and 2 * (period.end_on - cuts[-1]).days < whole:
        cuts.pop()
    return tuple(Period(start, end) for start, end in zip(cuts, [*cuts[1:], period.end_on], strict=True))


def planned(total: Money, days: Sequence[Period], payday: Payday) -> tuple[PlannedInstalment, ...]:
    """Return the instalments of a total over parts of a period: number n of N is round(total x n / N) less the last.

    Raises:
        ScheduleAmountError: an instalment would be nil.
    """
    amounts = instalments(total, len(days))
    if min(amount.amount for amount in amounts) <= 0:
        raise ScheduleAmountError(
            f"{format_pounds(total)} cannot be paid in {len(days)} instalments. Give a larger sum, or fewer of them.",
            field="total",
        )
    dues = [payday.due_on(covers) for covers in days]
    return tuple(
        PlannedInstalment(number, len(days), covers, due_on, payday.pay_on(due_on), amount)
        for number, (covers, due_on, amount) in enumerate(zip(days, dues, amounts, strict=True), start=1)
    )


def refuse_outside(period: Period, plan: Period) -> None:
    """Refuse a schedule with days outside the plan or in two financial years.

    Raises:
        SchedulePastPlanEndError, ScheduleCrossesYearError.
    """
    if period.start_on < plan.start_on or period.end_on > plan.end_on:
        raise SchedulePastPlanEndError(
            f"The schedule runs to {period.last_day:%-d %B %Y} from {period.start_on:%-d %B %Y}, and the plan from "
            f"{plan.start_on:%-d %B %Y} to {plan.last_day:%-d %B %Y}. Keep to the plan's days, or agree a new plan.",
            field="period",
        )
    if financial_year_of(period.start_on) != financial_year_of(period.last_day):
        raise ScheduleCrossesYearError(
            f"The schedule has days of two financial years. End it on 31 March "
            f"{financial_year_of(period.start_on) + 1}, and plan another one from 1 April.",
            field="period",
        )


def refuse_beyond(total: Money, left: Money) -> None:
    """Refuse a total that is nothing, or more than is still to pay out and not yet planned.

    Raises:
        ScheduleAmountError.
    """
    if total.amount <= 0:
        raise ScheduleAmountError(
            "Nothing is left to plan for this pot and year: all of it is sent, or planned. Look at its instalments.",
            field="total",
        )
    if total > left:
        raise ScheduleAmountError(
            f"The instalments come to {format_pounds(total)}, and {format_pounds(max(left, from_pence(0)))} is still "
            "to pay out and not yet planned. Plan less, or agree a larger budget.",
            field="total",
            left=left,
        )


def _starts(first: date, rhythm: Rhythm) -> Callable[[int], date]:
    if rhythm is Rhythm.MONTHLY:
        return lambda number: add_months(first, number)
    return lambda number: first + number * FOUR_WEEKS
