"""Arithmetic and checks on a proposed plan: money that covers each service, nothing left over."""

from collections.abc import Sequence
from datetime import date

from moneyed import Money

from phb.budget.kinds import ManagementType
from phb.budget.plans.draft import LineDraft, PlanDraft
from phb.budget.reference.categories import refuse_barred
from phb.budget.reference.operations import refuse_unknown_fund
from phb.core.errors import RuleViolationError
from phb.core.money import format_pounds, from_pence, split, to_pence
from phb.core.period import Period

LONGEST_DAYS = 6 * 366


class PlanTooLongError(RuleViolationError):
    """A plan is for more years than anybody could price."""

    code = "plan-too-long"


class NothingInThePlanError(RuleViolationError):
    """A plan has no lines."""

    code = "nothing-in-the-plan"


class ReferenceTwiceError(RuleViolationError):
    """Two outcomes, pots or lines of a plan have the same reference."""

    code = "reference-twice"


class OutcomeNotServedError(RuleViolationError):
    """No line of the plan serves an outcome."""

    code = "outcome-not-served"


class LineServesNoOutcomeError(RuleViolationError):
    """A line names an outcome that the plan does not have."""

    code = "line-serves-no-outcome"


class UnknownPotError(RuleViolationError):
    """A line names a pot that the plan does not have."""

    code = "unknown-pot"


class PotUnusedError(RuleViolationError):
    """No line's money is in a pot."""

    code = "pot-unused"


class LineOutsidePlanError(RuleViolationError):
    """A line has days that the plan does not have."""

    code = "line-outside-plan"


class ReviewInThePastError(RuleViolationError):
    """A plan is to be reviewed on a day that has gone, or before it starts."""

    code = "review-in-the-past"


class CostsNothingError(RuleViolationError):
    """A line has a price of nothing."""

    code = "costs-nothing"


class NotSufficientError(RuleViolationError):
    """The money of a line does not cover the full cost of its service."""

    code = "not-sufficient"


def refuse_unsound(plan: PlanDraft, today: date) -> None:
    """Refuse a plan whose parts do not fit together, in one sentence about the first that does not.

    Raises:
        RuleViolationError: the kind of what does not fit.
    """
    if plan.period.days > LONGEST_DAYS:
        raise PlanTooLongError(
            f"The plan has {plan.period.days:,} days. Give at most {LONGEST_DAYS:,}, and follow it with another.",
            field="period",
        )
    if not plan.lines:
        raise NothingInThePlanError("The plan buys nothing. Add a line for each service.", field="lines")
    for field, references in (
        ("pots", [pot.reference for pot in plan.pots]),
        ("outcomes", [outcome.reference for outcome in plan.outcomes]),
        ("lines", [line.reference for line in plan.lines]),
    ):
        _refuse_twice(field, references)
    _refuse_unserved(plan)
    _refuse_unknown_pots(plan)
    if plan.review_on < max(today, plan.period.start_on):
        raise ReviewInThePastError(
            f"The review is on {plan.review_on:%-d %B %Y}, which is past or before the plan starts. Give a later day.",
            field="review_on",
        )
    held = {pot.reference: pot.management for pot in plan.pots}
    for line in plan.lines:
        _refuse_line(line, plan.period, held[line.pot])


def years_money(money: Money | None, costs: Sequence[Money], reference: str) -> tuple[Money, ...]:
    """Return what is set aside for each year of a line: its full cost, or a larger sum shared as the costs are.

    Raises:
        CostsNothingError: there is nothing to pay.
        NotSufficientError: the money is less than the service costs in full; the check is of each service, so
            money to spare on another line does not help.
    """
    cost = sum(costs, from_pence(0))
    if cost.amount <= 0:
        raise CostsNothingError(
            f"“{reference}” costs nothing, so there is no money to plan. Take it out, or correct its price.",
            field="lines",
        )
    if money is None:
        return tuple(costs)
    if money < cost:
        raise NotSufficientError(
            f"“{reference}” has {format_pounds(money)} and costs {format_pounds(cost)} in full. "
            "Give it enough for the whole service, or buy less of it.",
            field="lines.money",
            money=money,
            cost=cost,
        )
    return split(money, [to_pence(part) for part in costs])


def _refuse_twice(field: str, references: Sequence[str]) -> None:
    for i, reference in enumerate(references):
        if reference in references[:i]:
            raise ReferenceTwiceError(
                f"“{reference}” is there twice in {field}. Give each its own reference.",
                field=f"{field}[{i}].reference",
            )


def _refuse_unserved(plan: PlanDraft) -> None:
    served = {line.outcome for line in plan.lines}
    known = {outcome.reference for outcome in plan.outcomes}
    for line in plan.lines:
        if line.outcome not in known:
            raise LineServesNoOutcomeError(
                f"The line “{line.reference}” serves the outcome “{line.outcome}”, which the plan does not have. "
                "Add the outcome, or name one of the plan's.",
                field="lines.outcome",
            )
    for outcome in plan.outcomes:
        if outcome.reference not in served:
            raise OutcomeNotServedError(
                f"Nothing in the plan serves the outcome “{outcome.reference}”. Add a line for it, or take it out.",
                field="outcomes",
            )


def _refuse_unknown_pots(plan: PlanDraft) -> None:
    known, used = {pot.reference for pot in plan.pots}, {line.pot for line in plan.lines}
    for reference in used - known:
        raise UnknownPotError(
            f"A line's money is in the pot “{reference}”, which the plan does not have. Add the pot, or name another.",
            field="lines.pot",
        )
    for reference in known - used:
        raise PotUnusedError(
            f"No line's money is in the pot “{reference}”. Take the pot out, or move a line to it.", field="pots"
        )


def _refuse_line(line: LineDraft, plan: Period, management: ManagementType) -> None:
    if line.period.start_on not in plan or line.period.last_day not in plan:
        raise LineOutsidePlanError(
            f"The line “{line.reference}” runs {_dates(line.period)}, but the plan runs {_dates(plan)}. "
            "Correct the line's dates, or the plan's.",
            field="lines.period",
        )
    refuse_barred(line.category, management, line.period.start_on, reason=line.referral_reason)
    for rule in line.shares:
        refuse_unknown_fund(rule.fund)


def _dates(period: Period) -> str:
    return f"from {period.start_on:%-d %B %Y} to {period.last_day:%-d %B %Y}"
