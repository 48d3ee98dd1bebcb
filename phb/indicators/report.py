"""What is counted on a day, and the checks made of it: values, so that every channel tells the same."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from phb.budget.kinds import BudgetKind, CareSetting, ManagementType
from phb.budget.reference.cohorts import Cohort
from phb.core.clock import instant_in_words
from phb.governance.policies import IndicatorPolicy, ReportingOrder
from phb.indicators.reference import IndicatorRule
from phb.indicators.rules import Operator, Outcome, percent

FEW = 10
HALF = Fraction(1, 2)
AS_CALLED = {
    ManagementType.DIRECT_PAYMENT: "direct payment",
    ManagementType.THIRD_PARTY: "third-party budget",
    ManagementType.NOTIONAL: "notional budget",
}
BOUNDS = {Operator.AT_LEAST: "at least", Operator.AT_MOST: "no more than"}
PACKAGES = frozenset({BudgetKind.PERSONAL_HEALTH_BUDGET, BudgetKind.INTEGRATED})
IN_THE_RETURN = "yes"  # anything else is reported apart

WHO = (
    "Counted are the budgets that were active and running on the day. A person with two budgets is one person and two "
    "budgets, each under its own cohort and way of holding the money: the rows of cohorts add up to the budgets and "
    "need not add up to the people. The cohort mix counts people; the check of direct payments counts budgets, and "
    "wheelchair budgets are in the first and out of the second."
)
EXACT = (
    "Each share is compared with its threshold exactly, as whole numbers. The percentage beside it is for reading: it "
    "has one decimal, and is rounded so that a share which misses its threshold never looks as if it met it."
)
EXPECTATIONS = (
    "These are indicative expectations of a local area. They are never a reason to refuse a person the way of holding "
    "their money that they choose."
)


@dataclass(frozen=True)
class Held:
    """One budget that was live on the day, under its own cohort and one way of holding its money."""

    cohort: Cohort
    kind: BudgetKind
    care_setting: CareSetting
    reported_as: ManagementType

    @property
    def is_in_direct_payment_check(self) -> bool:
        """Say whether it is in the check of direct payments: a wheelchair budget, by kind or by cohort, is not."""
        return self.cohort.counts_in_40pct and self.kind is not BudgetKind.WHEELCHAIR

    @property
    def is_home_package(self) -> bool:
        """Say whether it is a package of care at home; a wheelchair or maternity budget beside it is none."""
        return self.care_setting is CareSetting.HOME and self.kind in PACKAGES


@dataclass(frozen=True)
class Counted:
    """How many people hold the same budgets, each of them at least one."""

    held: Sequence[Held]
    people: int


@dataclass(frozen=True)
class Row:
    """How many people and how many budgets there are of one name; a person with two budgets is one person."""

    name: str
    people: int
    budgets: int


@dataclass(frozen=True)
class Check:
    """One check and what it came to."""

    rule: IndicatorRule
    outcome: Outcome

    @property
    def percent(self) -> Decimal | None:
        """The share as a percentage for show, rounded to the failing side; None where there is no share."""
        share = self.outcome.share
        return None if share is None else percent(share, self.rule.threshold.operator)

    @property
    def share_in_words(self) -> str:
        """The share as people say it, “82 of 86 (95.3 %)”; nothing where there is none."""
        outcome = self.outcome
        return "" if self.percent is None else f"{outcome.numerator:,} of {outcome.denominator:,} ({self.percent} %)"

    @property
    def threshold_in_words(self) -> str:
        """The threshold as people say it: “no more than half”, “at least 40 %”, “at least 4”."""
        operator, value = self.rule.threshold.operator, self.rule.threshold.value
        if not self.rule.denominator:
            return f"{BOUNDS[operator]} {value}"
        return f"{BOUNDS[operator]} {'half' if value == HALF else _percentage(value)}"

    @property
    def counts_few(self) -> bool:
        """Say whether so few are counted that the share needs care."""
        return self.outcome.denominator is not None and self.outcome.denominator < FEW


@dataclass(frozen=True)
class Report:
    """The checks of one day, what they were made of, and how it was counted.

    The rows of cohorts add up to the budgets and need not add up to the people. `kept_at` is when the day was counted
    and kept; None where it was counted for this report.
    """

    as_of: date
    checks: Sequence[Check]
    whole: Row
    cohorts: Sequence[Row]
    ways: Sequence[Row]
    how_counted: Sequence[str]
    kept_at: datetime | None = None


def those(counted: Iterable[Counted], which: Callable[[Held], bool]) -> list[Counted]:
    """Return some of the budgets, and whoever holds any of them."""
    narrowed = (Counted(tuple(filter(which, each.held)), each.people) for each in counted)
    return [each for each in narrowed if each.held]


def row_of(name: str, counted: Iterable[Counted]) -> Row:
    """Return how many people and budgets there are of one name."""
    every = list(counted)
    return Row(name, sum(each.people for each in every), sum(each.people * len(each.held) for each in every))


def rows_by_group(counted: Sequence[Counted]) -> list[Row]:
    """Return the people and budgets of each group of cohorts, the largest first, then by name."""
    names = {budget.cohort.group for each in counted for budget in each.held}
    rows = [row_of(name, those(counted, _is_of_group(name))) for name in names]
    return sorted(rows, key=lambda row: (-row.people, row.name))


def rows_by_way(counted: Sequence[Counted]) -> list[Row]:
    """Return the people and budgets of each way of holding money, nil included."""
    return [row_of(way.value, those(counted, _is_held(way))) for way in ManagementType]


def _is_of_group(name: str) -> Callable[[Held], bool]:
    return lambda budget: budget.cohort.group == name


def _is_held(way: ManagementType) -> Callable[[Held], bool]:
    return lambda budget: budget.reported_as is way


def how_counted(policy: IndicatorPolicy, kept_at: datetime | None) -> list[str]:
    """Return how and when the figures were counted, for the reader to judge them by."""
    fast_track, children = _in(policy.fast_track_in_chc_home), _in(policy.children_in_chc_home)
    mixed = (
        "A budget whose money is held in several ways is counted once, under one of them: "
        f"{order_in_words(policy.reporting_order)}."
    )
    packages = (
        f"Fast track home packages are {fast_track} the check of CHC home packages, and children's continuing care is "
        f"{children} it. Packages are counted, not people."
    )
    maternity = (
        "Maternity budgets, which have a line of their own in the national return, are "
        f"{_in(policy.separate_lines_in_mix)} the cohort mix and left out of the check of direct payments."
    )
    return [WHO, mixed, packages, maternity, EXACT, _when(kept_at), EXPECTATIONS]


def order_in_words(order: ReportingOrder) -> str:
    """Return which way of holding money a mixed budget is counted under: “direct payment first, then ...”."""
    first, *others = (AS_CALLED[ManagementType(name)] for name in order.split(" > "))
    return f"{first} first, {', '.join(f'then {other}' for other in others)}"


def _percentage(value: Fraction) -> str:
    exact = 100 * value
    return f"{exact.numerator} %" if exact.denominator == 1 else f"{value} of them"


def _when(kept_at: datetime | None) -> str:
    if kept_at is None:
        return "The day was counted when this report was asked for, from the records as they stood then."
    return (
        f"The day was counted on {instant_in_words(kept_at)}, from the records as they stood then, and kept. "
        "What was recorded about it later is not in these figures. Count it again to see them with it."
    )


def _in(counted: bool) -> str:  # noqa: FBT001 - a fact put into words
    return "in" if counted else "left out of"
