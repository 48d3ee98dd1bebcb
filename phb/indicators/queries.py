"""The checks from live data, as of any day inside the reader's own term.

Counts are of everybody: a total that left out the reader's own budget, or that of somebody they act for, would be
wrong and would tell which. No row of a person leaves this module.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, Subquery, and_, func, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget, SignOff
from phb.budget.budgets.workflow import BudgetState, RevisionState
from phb.budget.kinds import BudgetKind, CareSetting, ManagementType
from phb.budget.plans.models import CarePlan, LineTerms, PlanLine, Pot
from phb.budget.reference.cohorts import cohort
from phb.budget.reference.queries import home_packages, offered_groups
from phb.core.actor import Actor, Permission
from phb.core.errors import PermissionDeniedError
from phb.governance import policy
from phb.governance.policies import IndicatorPolicy
from phb.indicators.reference import IndicatorRule, chc_home_cohorts, indicator_rules
from phb.indicators.report import (
    IN_THE_RETURN,
    Check,
    Counted,
    Report,
    how_counted,
    row_of,
    rows_by_group,
    rows_by_way,
)
from phb.indicators.rules import judge, reported_as


class OutsideTermError(PermissionDeniedError):
    """The figures of that day are not the reader's to see."""

    code = "outside-term"


class _Way(NamedTuple):
    """One way that a budget's money is held; `runs` where a line of it is for the day itself."""

    management: ManagementType
    runs: bool


def checks(session: Session, actor: Actor, as_of: date) -> Report:
    """Return the checks of a commissioner as they stood at the end of a day.

    Raises:
        MissingPermissionError: the actor may not read indicators.
        OutsideTermError: the day is outside the days that the actor's roles are for.
    """
    actor.require(Permission.INDICATORS_READ)
    _require_in_term(actor, as_of)
    settings = policy.read(session, IndicatorPolicy, as_of)
    counted = live_budgets(session, actor.commissioner_id, as_of, settings)
    figures = {
        "IND_COHORT_BREADTH": (len(offered_groups(session, as_of)), None),
        "IND_COHORT_MIX": _mix(counted, settings),
        "IND_DP_OR_TP": _handed_over(counted),
        "IND_CHC_HOME": _chc_home(session, counted, as_of, settings),
    }
    return Report(
        as_of=as_of,
        checks=_judged(indicator_rules(as_of), figures),
        whole=row_of("all", counted),
        cohorts=rows_by_group(counted),
        ways=rows_by_way(counted),
        how_counted=how_counted(settings),
    )


def live_budgets(session: Session, commissioner_id: UUID, as_of: date, settings: IndicatorPolicy) -> list[Counted]:
    """Return every budget that was active and running on a day, as the plan then in force held its money."""
    ways: defaultdict[UUID, list[_Way]] = defaultdict(list)
    budgets: dict[UUID, PersonalHealthBudget] = {}
    for row, management, runs in session.execute(_live(commissioner_id, as_of)):
        budgets[row.id] = row
        ways[row.id].append(_Way(ManagementType(management), runs))
    order = [ManagementType(name) for name in settings.reporting_order.split(" > ")]
    return [_counted(row, ways[row.id], order, as_of) for row in budgets.values()]


def _counted(row: PersonalHealthBudget, ways: Sequence[_Way], order: Sequence[ManagementType], as_of: date) -> Counted:
    """Return a budget as it counts: by the ways of the lines of the day, or of all lines where none is for it."""
    held = [way.management for way in ways if way.runs] or [way.management for way in ways]
    return Counted(
        person_id=row.person_id,
        cohort=cohort(row.cohort_code, as_of),
        kind=BudgetKind(row.kind),
        care_setting=CareSetting(row.care_setting),
        reported_as=reported_as(held, order),
    )


def _live(commissioner_id: UUID, as_of: date) -> Select[PersonalHealthBudget, str, bool]:
    """Select each live budget with every way its plan holds money, and whether a line of that way is for the day."""
    row, terms, plan = PersonalHealthBudget, LineTerms, _plans_in_force(as_of)
    return (
        select(row, Pot.management, func.bool_or((terms.start_on <= as_of) & (terms.end_on > as_of)))
        .join(plan, plan.c.budget_id == row.id)
        .join(terms, terms.plan_id == plan.c.plan_id)
        .join(PlanLine, PlanLine.id == terms.plan_line_id)
        .join(Pot, Pot.id == PlanLine.pot_id)
        .where(
            row.commissioner_id == commissioner_id,
            row.state == BudgetState.ACTIVE,
            row.active_from <= as_of,
            row.start_on <= as_of,
            row.end_on > as_of,
        )
        .group_by(row.commissioner_id, row.id, Pot.management)
        .order_by(row.reference, Pot.management)
    )


def _plans_in_force(as_of: date) -> Subquery:
    """Return the newest version of each budget's plan that was in force by the end of a day."""
    activated = select(SignOff.budget_id, SignOff.plan_id).where(SignOff.step == "activate")
    changed = select(BudgetRevision.budget_id, BudgetRevision.plan_id).where(
        BudgetRevision.state == RevisionState.APPLIED, BudgetRevision.applied_on <= as_of
    )
    ever = union_all(activated, changed).subquery()
    return (
        select(ever.c.budget_id, ever.c.plan_id)
        .join(CarePlan, and_(CarePlan.id == ever.c.plan_id, CarePlan.budget_id == ever.c.budget_id))
        .ext(distinct_on(ever.c.budget_id))
        .order_by(ever.c.budget_id, CarePlan.plan_version.desc())
        .subquery()
    )


def _mix(counted: Iterable[Counted], settings: IndicatorPolicy) -> tuple[int, int]:
    """Return the people of the largest group of cohorts, and all people; wheelchair budgets are in."""
    inside = [
        each for each in counted if each.cohort.in_national_return == IN_THE_RETURN or settings.separate_lines_in_mix
    ]
    largest = max((row.people for row in rows_by_group(inside)), default=0)
    return largest, row_of("all", inside).people


def _handed_over(counted: Iterable[Counted]) -> tuple[int, int]:
    """Return the budgets held as direct payment or by a third party, and all; wheelchair budgets are out of both."""
    inside = [each for each in counted if each.is_in_direct_payment_check]
    return sum(each.reported_as.is_handed_over for each in inside), len(inside)


def _chc_home(session: Session, counted: Iterable[Counted], as_of: date, settings: IndicatorPolicy) -> tuple[int, int]:
    """Return the home packages of continuing healthcare that are budgets, and all of them."""
    codes = chc_home_cohorts(as_of, settings)
    budgets = sum(each.is_home_package and each.cohort.code in codes for each in counted)
    packages = home_packages(session, as_of)
    others = sum(each.care_setting == CareSetting.HOME and each.cohort_code in codes for each in packages)
    return budgets, budgets + others


def _judged(rules: Mapping[str, IndicatorRule], figures: Mapping[str, tuple[int, int | None]]) -> tuple[Check, ...]:
    """Return the outcome of each rule in force."""
    return tuple(Check(rule, judge(*figures[code], rule.threshold)) for code, rule in rules.items())


def _require_in_term(actor: Actor, as_of: date) -> None:
    if actor.sees is not None and as_of not in actor.sees:
        raise OutsideTermError(
            f"Your role lets you see what is dated from {actor.sees.start_on:%-d %B %Y} to "
            f"{actor.sees.last_day:%-d %B %Y}. Choose one of these days, or ask an administrator.",
            field="as_of",
        )
