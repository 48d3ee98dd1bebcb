"""The people whom an organisation helps with their consent, those for whom something is to be done first."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SmallInteger,
    Subquery,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import Bundle, Session
from sqlalchemy.sql.selectable import LateralFromClause

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.budgets.workflow import BudgetState
from phb.budget.plans.models import CarePlan
from phb.budget.queries import visible_budgets
from phb.core.actor import Actor
from phb.core.money import MoneyType
from phb.governance import policy
from phb.governance.policies import TaskPolicy
from phb.ledger.chart import Account
from phb.ledger.models import JournalLine, PlanLinePosition
from phb.payments.checks.models import PaymentHold
from phb.payments.checks.queries import visible_holds
from phb.people.kinds import RelationKind
from phb.people.models import Person, Relation
from phb.people.queries import about_visible, in_force
from phb.spending.evidence import awaits_evidence
from phb.spending.kinds import SpendState
from phb.spending.records.models import SpendRecord
from phb.spending.records.queries import visible_spend


class ToDo(IntEnum):
    """The weightiest thing to be done for somebody; a smaller number comes first."""

    PAYMENTS_HELD = 1
    CONSENT_ENDS = 2
    ASKED_ABOUT = 3
    RECEIPTS_MISSING = 4
    REVIEW_DUE = 5
    NOTHING = 6


def caseload(session: Session, actor: Actor, on: date) -> tuple[Select[Any], Sequence[ColumnElement[Any]]]:
    """Select the people whom the actor's organisation helps, each with each budget, and name what puts them in order.

    A row has the `person` and their `person_reference`; `consent_ends_on` where the tie ends soon; `budget_id`,
    `reference` and `state` where there is a budget the actor may see; what is `left` of it and the `cash` held of it;
    how many receipts are missing and for how much (`missing`, `missing_amount`), what is asked about (`asked`,
    `asked_amount`), since when and why payments are held (`held_since`, `held_because`), `review_on` where the review
    is due soon, and `to_do`, the weightiest of these.
    """
    settings = policy.read(session, TaskPolicy, on)
    tie = _ties(actor, on, on + timedelta(days=settings.standing_notice))
    row = _rows(actor, on, tie, review_by=on + timedelta(days=settings.review_notice)).subquery("caseload")
    worth_showing = or_(row.c.budget_id.is_(None), row.c.runs, row.c.to_do < ToDo.NOTHING)
    shown: Bundle[Any] = Bundle("row", *row.c)
    return select(shown).where(worth_showing), (row.c.to_do, row.c.person_reference, row.c.reference)


def _ties(actor: Actor, on: date, until: date) -> Subquery:
    """Return whom the actor's organisation is tied to today, and when the first of these ties ends, if that is soon."""
    row = Relation
    kinds = [kind for kind in (RelationKind.BROKER, RelationKind.THIRD_PARTY) if kind.role in actor.roles]
    ends_on = func.min(case((row.end_on <= until, row.end_on)))
    return (
        select(row.person_id, ends_on.label("ends_on"))
        .where(
            row.kind.in_(kinds),
            row.organisation_id == actor.organisation_id,
            in_force(on),
            about_visible(actor, on, None, row.person_id),
        )
        .group_by(row.person_id)
        .subquery("tie")
    )


def _rows(actor: Actor, on: date, tie: Subquery, *, review_by: date) -> Select[Any]:
    budget = visible_budgets(actor, on).where(PersonalHealthBudget.state != BudgetState.REFUSED).subquery("budget")
    its_id = budget.c.id
    left, cash, spend, held = _left(its_id), _cash(its_id), _spend(actor, on, its_id), _held(actor, on, its_id)
    runs = func.coalesce(budget.c.end_on > on, False)
    due = and_(runs, budget.c.state == BudgetState.ACTIVE, CarePlan.review_on <= review_by)
    asked, missing = func.coalesce(spend.c.asked, 0), func.coalesce(spend.c.missing, 0)
    to_do = case(
        (held.c.since.is_not(None), ToDo.PAYMENTS_HELD),
        (tie.c.ends_on.is_not(None), ToDo.CONSENT_ENDS),
        (asked > 0, ToDo.ASKED_ABOUT),
        (missing > 0, ToDo.RECEIPTS_MISSING),
        (due, ToDo.REVIEW_DUE),
        else_=ToDo.NOTHING,
    )
    return (
        select(
            cast(to_do, SmallInteger).label("to_do"),
            Person.reference.label("person_reference"),
            (Person.given_names + " " + Person.family_name).label("person"),
            tie.c.ends_on.label("consent_ends_on"),
            budget.c.id.label("budget_id"),
            func.coalesce(budget.c.reference, "").label("reference"),
            budget.c.state.label("state"),
            runs.label("runs"),
            type_coerce(left.c.pence, MoneyType).label("left"),
            type_coerce(func.coalesce(cash.c.pence, 0), MoneyType).label("cash"),
            asked.label("asked"),
            type_coerce(spend.c.asked_pence, MoneyType).label("asked_amount"),
            missing.label("missing"),
            type_coerce(spend.c.missing_pence, MoneyType).label("missing_amount"),
            held.c.since.label("held_since"),
            held.c.reason.label("held_because"),
            case((due, CarePlan.review_on)).label("review_on"),
        )
        .select_from(tie)
        .join(Person, Person.id == tie.c.person_id)
        .outerjoin(budget, budget.c.person_id == tie.c.person_id)
        .outerjoin(CarePlan, CarePlan.id == budget.c.plan_id)
        .outerjoin(left, true())
        .outerjoin(cash, true())
        .outerjoin(spend, true())
        .outerjoin(held, true())
    )


def _left(budget_id: ColumnElement[UUID]) -> LateralFromClause:
    """Return what is left of a budget. This and the next are asked of one budget at a time: few people of many."""
    row = PlanLinePosition
    pence = func.sum(row.allocated - row.spent - row.committed - row.owed)
    return select(cast(pence, BigInteger).label("pence")).where(row.budget_id == budget_id).lateral("left")


def _cash(budget_id: ColumnElement[UUID]) -> LateralFromClause:
    row = JournalLine
    held = row.account == Account.FUNDS_HELD, row.budget_id == budget_id
    return select(cast(func.sum(row.pence), BigInteger).label("pence")).where(*held).lateral("cash")


def _spend(actor: Actor, on: date, budget_id: ColumnElement[UUID]) -> LateralFromClause:
    row = SpendRecord
    pence = type_coerce(row.amount, BigInteger)
    asked, missing = row.state == SpendState.ASKED_ABOUT, awaits_evidence()
    return (
        visible_spend(actor, on)
        .where(row.budget_id == budget_id, or_(asked, missing))
        .with_only_columns(
            func.count().filter(asked).label("asked"),
            cast(func.sum(pence).filter(asked), BigInteger).label("asked_pence"),
            func.count().filter(missing).label("missing"),
            cast(func.sum(pence).filter(missing), BigInteger).label("missing_pence"),
        )
        .lateral("spend")
    )


def _held(actor: Actor, on: date, budget_id: ColumnElement[UUID]) -> LateralFromClause:
    """Return the hold or stop of a budget that is in force longest."""
    row = PaymentHold
    now = row.start_on <= on, or_(row.end_on.is_(None), row.end_on > on)
    return (
        visible_holds(actor, on)
        .where(row.budget_id == budget_id, *now)
        .with_only_columns(row.start_on.label("since"), row.reason)
        .order_by(row.start_on, row.id)
        .limit(1)
        .lateral("held")
    )
