"""The checks from live data, as of any day inside the reader's own term.

Counts are of everybody: a total that left out the reader's own budget, or that of somebody they act for, would be
wrong and would tell which. No row of a person leaves this module.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Subquery, and_, case, func, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on
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
    Held,
    Report,
    how_counted,
    row_of,
    rows_by_group,
    rows_by_way,
    those,
)
from phb.indicators.rules import judge


class OutsideTermError(PermissionDeniedError):
    """The figures of that day are not the reader's to see."""

    code = "outside-term"


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
    """Return how many people held which budgets that were active and running on a day, as their plans held the money.

    The database counts: one row for each set of budgets that somebody holds, however many hold it.
    """
    order = [ManagementType(name) for name in settings.reporting_order.split(" > ")]
    rows = session.execute(_by_what_is_held(_live(commissioner_id, as_of, order)))
    return [Counted(tuple(_held(each, order, as_of) for each in held), people) for held, people in rows]


def _held(of_budget: Sequence[Any], order: Sequence[ManagementType], as_of: date) -> Held:
    code, kind, care_setting, place = of_budget
    return Held(cohort(code, as_of), BudgetKind(kind), CareSetting(care_setting), order[place - 1])


def _by_what_is_held(live: Subquery) -> Select[list[Any], int]:
    """Select each set of budgets that is held, by cohort, kind, setting and way, with how many people hold it."""
    each = func.jsonb_build_array(live.c.cohort_code, live.c.kind, live.c.care_setting, live.c.place)
    of_person = select(func.jsonb_agg(aggregate_order_by(each, each)).label("held")).group_by(live.c.person_id)
    held = of_person.subquery().c.held
    return select(held, func.count()).group_by(held)


def _live(commissioner_id: UUID, as_of: date, order: Sequence[ManagementType]) -> Subquery:
    """Return each live budget with the place in the order of the first way that its plan holds money in.

    That is of the ways of the lines of the day, or of all lines where none is for it.
    """
    row, terms, plan = PersonalHealthBudget, LineTerms, _plans_in_force(as_of)
    first = func.min(case({way.value: place for place, way in enumerate(order, start=1)}, value=Pot.management))
    runs = (terms.start_on <= as_of) & (terms.end_on > as_of)
    place = func.coalesce(first.filter(runs), first).label("place")
    return (
        select(row.person_id, row.cohort_code, row.kind, row.care_setting, place)
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
        .group_by(row.commissioner_id, row.id)
        .subquery()
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


def _mix(counted: Sequence[Counted], settings: IndicatorPolicy) -> tuple[int, int]:
    """Return the people of the largest group of cohorts, and all people; wheelchair budgets are in."""
    inside = those(
        counted, lambda each: each.cohort.in_national_return == IN_THE_RETURN or settings.separate_lines_in_mix
    )
    largest = max((row.people for row in rows_by_group(inside)), default=0)
    return largest, row_of("all", inside).people


def _handed_over(counted: Sequence[Counted]) -> tuple[int, int]:
    """Return the budgets held as direct payment or by a third party, and all; wheelchair budgets are out of both."""
    inside = those(counted, lambda each: each.is_in_direct_payment_check)
    handed_over = those(inside, lambda each: each.reported_as.is_handed_over)
    return row_of("handed over", handed_over).budgets, row_of("all", inside).budgets


def _chc_home(session: Session, counted: Sequence[Counted], as_of: date, settings: IndicatorPolicy) -> tuple[int, int]:
    """Return the home packages of continuing healthcare that are budgets, and all of them."""
    codes = chc_home_cohorts(as_of, settings)
    at_home = those(counted, lambda each: each.is_home_package and each.cohort.code in codes)
    budgets = row_of("budgets", at_home).budgets
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
