"""How many people hold which budgets at the end of a day: counted by the database, or as it was counted and kept.

Counting reads every live budget, which takes longer the more there are. So a day that is over is counted once and kept;
any other is counted when it is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, Subquery, and_, case, func, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on, insert
from sqlalchemy.orm import Session

from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget, SignOff
from phb.budget.budgets.workflow import BudgetState, RevisionState
from phb.budget.kinds import BudgetKind, CareSetting, ManagementType
from phb.budget.plans.models import CarePlan, LineTerms, PlanLine, Pot
from phb.budget.reference.cohorts import cohort
from phb.core.actor import Actor, Permission
from phb.core.uow import UnitOfWork
from phb.governance import policy
from phb.governance.policies import IndicatorPolicy
from phb.indicators.models import CountedDay
from phb.indicators.report import Counted, Held


@dataclass(frozen=True)
class Count:
    """Who held what at the end of a day; `kept_at` is when it was counted and kept, None when it was counted now."""

    counted: Sequence[Counted]
    kept_at: datetime | None


def count_day(uow: UnitOfWork, as_of: date) -> bool:
    """Count a day that is over and keep it, unless it is kept already; return whether it was counted now.

    Raises:
        MissingPermissionError: the actor does not count for the commissioner.
    """
    uow.actor.require(Permission.INDICATORS_COUNT)
    if uow.session.get(CountedDay, (uow.commissioner_id, as_of)) is not None:
        return False
    order = policy.read(uow.session, IndicatorPolicy, as_of).reporting_order
    kept = {
        "commissioner_id": uow.commissioner_id,
        "as_of": as_of,
        "reporting_order": order,
        "held": _count(uow.session, uow.actor, as_of, order),
        "counted_at": uow.now,
    }
    uow.session.execute(insert(CountedDay).values(kept).on_conflict_do_nothing())
    return True


def count_of(session: Session, actor: Actor, as_of: date, settings: IndicatorPolicy, *, anew: bool) -> Count:
    """Return who held what at the end of a day, as it was kept, or counted now where it was not or `anew` is set."""
    kept = None if anew else session.get(CountedDay, (actor.commissioner_id, as_of))
    if kept is not None and kept.reporting_order == settings.reporting_order:
        return Count(_read(kept.held, as_of), kept.counted_at)
    return Count(_read(_count(session, actor, as_of, settings.reporting_order), as_of), None)


def _read(held: Sequence[Any], as_of: date) -> list[Counted]:
    return [Counted(tuple(_held(each, as_of) for each in budgets), people) for budgets, people in held]


def _held(of_budget: Sequence[str], as_of: date) -> Held:
    code, kind, care_setting, way = of_budget
    return Held(cohort(code, as_of), BudgetKind(kind), CareSetting(care_setting), ManagementType(way))


def _count(session: Session, actor: Actor, as_of: date, reporting_order: str) -> list[Any]:
    """Return each set of budgets that somebody holds, and how many hold it, as they are kept."""
    order = [ManagementType(name) for name in reporting_order.split(" > ")]
    rows = session.execute(_by_what_is_held(_live(actor, as_of, order)))
    return [[[[*each, order[place - 1].value] for *each, place in budgets], people] for budgets, people in rows]


def _by_what_is_held(live: Subquery) -> Select[list[Any], int]:
    """Select each set of budgets that is held, by cohort, kind, setting and way, with how many people hold it."""
    each = func.jsonb_build_array(live.c.cohort_code, live.c.kind, live.c.care_setting, live.c.place)
    of_person = select(func.jsonb_agg(aggregate_order_by(each, each)).label("held")).group_by(live.c.person_id)
    held = of_person.subquery().c.held
    return select(held, func.count()).group_by(held)


def _live(actor: Actor, as_of: date, order: Sequence[ManagementType]) -> Subquery:
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
            row.commissioner_id == actor.commissioner_id,
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
