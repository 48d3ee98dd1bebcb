"""Arithmetic and checks on a proposed plan: shares that add up, money that covers each service, nothing left over."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction

from moneyed import Money

from phb.budget.kinds import ManagementType, ShareBasis
from phb.budget.plans.draft import LineDraft, PlanDraft, ShareRule
from phb.budget.reference.categories import refuse_barred
from phb.budget.reference.operations import refuse_unknown_fund
from phb.core.errors import RuleViolationError
from phb.core.money import format_pounds, from_pence, split, to_pence
from phb.core.period import Period
from phb.ledger.chart import NHS
from phb.ledger.entry import Share

PERCENT = 100
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


class SharesDoNotAddUpError(RuleViolationError):
    """The funders' shares of a line do not come to the whole line."""

    code = "shares-do-not-add-up"


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


def shared(rules: Sequence[ShareRule], years: Sequence[Money], reference: str) -> tuple[tuple[Share, ...], ...]:
    """Share each year's money between the funders, to the penny; the NHS comes first and takes a tie.

    Percentages share each year by largest remainder. Fixed sums are for the whole line: each year takes its part
    of what is still to come of each, so that both the years and the funders come to exactly what was agreed.

    Raises:
        SharesDoNotAddUpError: the shares are not the whole line, or mix percentages with fixed sums.
    """
    total = sum(years, from_pence(0))
    ordered = sorted(rules, key=lambda rule: rule.fund != NHS)
    funds = [rule.fund for rule in ordered]
    _refuse_odd_funds(funds, reference)
    if any(rule.basis is ShareBasis.FIXED for rule in ordered):
        return tuple(_named(funds, parts) for parts in _by_what_is_left(_fixed(ordered, total, reference), years))
    weights = _percentages(ordered, reference)
    return tuple(_named(funds, split(year, weights)) for year in years)


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


def _refuse_odd_funds(funds: Sequence[str], reference: str) -> None:
    if not funds or len(set(funds)) < len(funds):
        raise SharesDoNotAddUpError(
            f"“{reference}” needs its funders, each once. Say who pays: nhs alone, or who shares it.", field="shares"
        )


def _percentages(rules: Sequence[ShareRule], reference: str) -> list[Fraction]:
    left = PERCENT - sum((rule.percent or Fraction(0) for rule in rules), Fraction(0))
    rests = sum(rule.basis is ShareBasis.REST for rule in rules)
    if left < 0 or rests > 1 or (left == 0) == (rests == 1):
        raise SharesDoNotAddUpError(
            f"The percentages of “{reference}” do not come to 100. Correct them, or let one funder pay the rest.",
            field="shares",
        )
    return [rule.percent or left for rule in rules]


def _fixed(rules: Sequence[ShareRule], total: Money, reference: str) -> list[Money]:
    left = total - sum((rule.amount for rule in rules if rule.amount is not None), from_pence(0))
    rests = sum(rule.basis is ShareBasis.REST for rule in rules)
    mixed = any(rule.basis is ShareBasis.PERCENT for rule in rules)
    if mixed or rests > 1 or left.amount < 0 or (left.amount == 0) == (rests == 1):
        raise SharesDoNotAddUpError(
            f"The fixed sums of “{reference}” come to {format_pounds(total - left)} and the line to "
            f"{format_pounds(total)}. Make them equal, or let one funder pay the rest; do not mix in percentages.",
            field="shares",
            total=total,
        )
    return [left if rule.amount is None else rule.amount for rule in rules]


def _by_what_is_left(amounts: Iterable[Money], years: Sequence[Money]) -> Iterator[tuple[Money, ...]]:
    """Yield each year's parts; a part is never more than its funder has left, and the last year takes it all."""
    left = [to_pence(amount) for amount in amounts]
    for year in years:
        parts = split(year, left) if any(left) else tuple(from_pence(0) for _ in left)
        left = [before - to_pence(part) for before, part in zip(left, parts, strict=True)]
        yield parts


def _named(funds: Sequence[str], parts: Sequence[Money]) -> tuple[Share, ...]:
    return tuple(Share(fund, part) for fund, part in zip(funds, parts, strict=True) if part.amount)


def _dates(period: Period) -> str:
    return f"from {period.start_on:%-d %B %Y} to {period.last_day:%-d %B %Y}"
