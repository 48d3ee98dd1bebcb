"""What an actor may see of spend: what is dated inside a term that opens the person's spending."""

from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.plans.models import Pot
from phb.budget.queries import BudgetNotFoundError
from phb.budget.reference.categories import Severity, category
from phb.core.actor import Actor
from phb.core.errors import NotFoundError
from phb.people.kinds import Scope
from phb.people.queries import in_terms, terms_of, visible_between
from phb.spending.kinds import ShareKind, SpendState
from phb.spending.records.models import SpendRecord, SpendShare
from phb.spending.sharing import YearShare


class SpendNotFoundError(NotFoundError):
    """There is no such record of spend for this actor."""

    code = "spend-not-found"


def visible_spend(actor: Actor, on: date, *, budget_id: UUID | None = None) -> Select[SpendRecord]:
    """Select the records of spend an actor may see on a day, of one budget where given."""
    row = SpendRecord
    query = select(row).where(visible_between(actor, on, Scope.SPEND, row.person_id, row.spent_on))
    return query if budget_id is None else query.where(row.budget_id == budget_id)


def pending_questions(actor: Actor, on: date, *, budget_id: UUID | None = None) -> Select[SpendRecord]:
    """Select the visible records that are being asked about."""
    return visible_spend(actor, on, budget_id=budget_id).where(SpendRecord.state == SpendState.ASKED_ABOUT)


def spend(session: Session, actor: Actor, spend_id: UUID, on: date) -> SpendRecord:
    """Return one record of spend.

    Raises:
        SpendNotFoundError: absent, or not the actor's to see.
    """
    return _one(session, visible_spend(actor, on).where(SpendRecord.id == spend_id))


def spend_for_update(session: Session, actor: Actor, spend_id: UUID, on: date) -> SpendRecord:
    """Return one record of spend, locked until the unit of work ends.

    Raises:
        SpendNotFoundError: absent, or not the actor's to see.
    """
    mine = visible_spend(actor, on).where(SpendRecord.id == spend_id)
    return _one(session, mine.with_for_update(of=SpendRecord).execution_options(populate_existing=True))


def budget_spent_from(
    session: Session, actor: Actor, budget_id: UUID, spent_on: date, on: date
) -> PersonalHealthBudget:
    """Return the budget that an actor may record spend of a day for.

    Raises:
        BudgetNotFoundError: absent, or the person's spending of that day is not the actor's to see.
    """
    row = PersonalHealthBudget
    found = session.scalars(
        select(row).where(row.commissioner_id == actor.commissioner_id, row.id == budget_id)
    ).first()
    if found is None or not in_terms(terms_of(session, actor, found.person_id, Scope.SPEND, on), spent_on):
        raise BudgetNotFoundError("There is no such budget. Check its number.")
    return found


def by_reference(session: Session, reference: str) -> SpendRecord | None:
    """Return the record of a reference, whoever may see it; for telling a repeated row from a new one."""
    return session.scalars(select(SpendRecord).where(SpendRecord.reference == reference)).first()


def same_spend(
    session: Session, budget_id: UUID, spent_on: date, amount: Money, payee: str, *, but_not: UUID | None
) -> UUID | None:
    """Return the first record of the same budget, day, amount and payee that still stands, or None."""
    row = SpendRecord
    query = select(row.id).where(
        row.budget_id == budget_id,
        row.spent_on == spent_on,
        row.amount == amount,
        func.lower(row.payee) == payee.lower(),
        row.state != SpendState.CORRECTED,
    )
    if but_not is not None:
        query = query.where(row.id != but_not)
    return session.scalars(query.order_by(row.recorded_at, row.id).limit(1)).first()


def shares(session: Session, spend_id: UUID, kind: ShareKind) -> tuple[YearShare, ...]:
    """Return the funders' shares of a record, by year and fund."""
    row = SpendShare
    query = select(row).where(row.spend_id == spend_id, row.kind == kind).order_by(row.year, row.fund)
    return tuple(YearShare(found.year, found.fund, found.pence) for found in session.scalars(query))


def _one(session: Session, query: Select[SpendRecord]) -> SpendRecord:
    found = session.scalars(query).first()
    if found is None:
        raise SpendNotFoundError("There is no such record of spend. Check its number.")
    return found


def is_barred(session: Session, row: SpendRecord) -> bool:
    """Say whether no role accepts what a record is for, in the way its money is held."""
    pot = session.get_one(Pot, (row.commissioner_id, row.pot_id))
    return category(row.category_code, row.spent_on).severity_for(pot.management_type) is Severity.BLOCK
