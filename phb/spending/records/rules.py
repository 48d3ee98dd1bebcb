"""Whether spend passes the bars and is in the plan, as rules on plain values; and which slips are refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from moneyed import Money

from phb.budget.kinds import ManagementType
from phb.budget.plans.draft import AbsurdAmountError
from phb.budget.reference.categories import Severity, SpendCategory
from phb.core.errors import RuleViolationError
from phb.core.money import format_pounds
from phb.core.period import Period
from phb.spending.kinds import Evidence, ReasonCode


class SpentInFutureError(RuleViolationError):
    """Money is said to have left on a day that has not come."""

    code = "spent-in-future"


class SpentBeforeBudgetError(RuleViolationError):
    """Money is said to have left before the budget began."""

    code = "spent-before-budget"


@dataclass(frozen=True)
class Question:
    """Why money that left an account is asked about: the code every channel uses, and a sentence for who reads it."""

    code: ReasonCode
    sentence: str


@dataclass(frozen=True)
class Planned:
    """What the plan says of a line; `any_category` for contingency, which may buy whatever is allowed."""

    words: str
    category_code: str
    period: Period
    any_category: bool = False
    referral_reason: str | None = None

    def buys(self, category: SpendCategory) -> bool:
        """Say whether a category is one the line is for."""
        return category.code == self.category_code or self.any_category


def question_about(
    category: SpendCategory, management: ManagementType, line: Planned | None, days: Period
) -> Question | None:
    """Return why spend is asked about, the weightiest reason first, or None where it passes the bars and is planned.

    Args:
        category: what was bought.
        management: how the money is held.
        line: the plan line it was for; None where it is in no plan.
        days: the days it was for.
    """
    return next(_questions(category, management, line, days), None)


def too_little_left(needed: Money, left: Money) -> Question:
    """Return the question that a line with too little left raises."""
    return Question(
        ReasonCode.TOO_LITTLE_LEFT,
        f"This was {format_pounds(needed)} and the plan line had {format_pounds(left)} left. Money may be moved to the "
        "line, the plan may be changed, or the money can be put back.",
    )


def no_money_that_year(days: Period) -> Question:
    """Return the question that days without money on the line raise."""
    return Question(
        ReasonCode.TOO_LITTLE_LEFT,
        f"The plan line has no money for {_say(days)}, which reaches into another financial year. The plan may be "
        "changed, or the money can be put back.",
    )


def refuse_slip(amount: Money, spent_on: date, *, largest: Money, today: date, begins_on: date) -> None:
    """Refuse what cannot have happened: nil, less, absurdly much, tomorrow, or before the budget.

    Raises:
        AbsurdAmountError, SpentInFutureError, SpentBeforeBudgetError: so it is.
    """
    refuse_amount(amount, largest=largest)
    refuse_day(spent_on, today=today, begins_on=begins_on)


def refuse_amount(amount: Money, *, largest: Money) -> None:
    """Refuse nil, less, or absurdly much.

    Raises:
        AbsurdAmountError: so it is.
    """
    if not 0 < amount.amount <= largest.amount:
        raise AbsurdAmountError(
            f"{format_pounds(amount)} is not above nil and at most {format_pounds(largest)}. "
            "Look for a slip, and give what left the account.",
            field="amount",
        )


def refuse_day(spent_on: date, *, today: date, begins_on: date) -> None:
    """Refuse a day that has not come, or is before the budget.

    Raises:
        SpentInFutureError, SpentBeforeBudgetError: so it is.
    """
    if spent_on > today:
        raise SpentInFutureError(
            f"{spent_on:%-d %B %Y} has not come yet. Record money on or after the day it left the account.",
            field="spent_on",
        )
    if spent_on < begins_on:
        raise SpentBeforeBudgetError(
            f"The budget began on {begins_on:%-d %B %Y}, and {spent_on:%-d %B %Y} is before that. Check the day, or "
            "choose the budget that ran then.",
            field="spent_on",
        )


def evidence_of(amount: Money, *, not_needed_below: Money, seen: bool) -> Evidence:
    """Return the state of evidence that a record begins in."""
    if seen:
        return Evidence.SEEN
    return Evidence.NOT_NEEDED if amount.amount < not_needed_below.amount else Evidence.AWAITED


def _questions(
    category: SpendCategory, management: ManagementType, line: Planned | None, days: Period
) -> Iterator[Question]:
    severity = category.severity_for(management)
    if severity is Severity.BLOCK:
        yield Question(
            ReasonCode.BARRED_CATEGORY,
            f"“{category.label}” cannot be bought with this money: {category.rule}. Put the money back, or tell us if "
            "this is the wrong category.",
        )
    agreed = line is not None and category.code == line.category_code and bool((line.referral_reason or "").strip())
    if severity is Severity.REFER and not agreed:
        yield Question(
            ReasonCode.REFERRED_CATEGORY,
            f"“{category.label}” needs a decision: {category.rule}. We will ask you what it was for.",
        )
    if line is None:
        yield Question(
            ReasonCode.NOT_IN_PLAN,
            "This is not in the agreed plan. The plan may be changed, or the money can be put back.",
        )
    else:
        yield from _questions_of_line(category, line, days)


def _questions_of_line(category: SpendCategory, line: Planned, days: Period) -> Iterator[Question]:
    if not line.buys(category):
        yield Question(
            ReasonCode.OTHER_CATEGORY,
            f"The plan line “{line.words}” is not for “{category.label}”. Tell us if another line or category is "
            "right.",
        )
    if days.start_on not in line.period or days.last_day not in line.period:
        yield Question(
            ReasonCode.OUTSIDE_DATES,
            f"The plan line “{line.words}” is for {_say(line.period)}, and this was for {_say(days)}. Tell us if the "
            "days are wrong.",
        )


def _say(days: Period) -> str:
    first, last = f"{days.start_on:%-d %B %Y}", f"{days.last_day:%-d %B %Y}"
    return first if first == last else f"{first} to {last}"
