"""The statement of a budget: figures from the ledger's lines, words from the records, for whom it is theirs to see."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.budgets.workflow import BudgetState
from phb.budget.queries import BudgetNotFoundError
from phb.core.actor import Actor, Permission
from phb.core.errors import ConflictError, NotFoundError
from phb.core.period import Period
from phb.documents.words import say_period
from phb.ledger.models import KnownView
from phb.people.kinds import Scope
from phb.people.queries import terms_of, visible_terms
from phb.statements.reading.filling import Filling
from phb.statements.statement import Statement, require_begun


class NoStatementYetError(ConflictError):
    """The budget is not active, so nothing can have happened to its money."""

    code = "no-statement-yet"


class NotYourDaysError(NotFoundError):
    """The actor may see this budget, but nothing of the days asked for."""

    code = "not-your-days"


def visible_statements(actor: Actor, on: date) -> Select[PersonalHealthBudget]:
    """Select the budgets whose statements an actor may see on a day: those with days inside a term that lets them."""
    row, terms = PersonalHealthBudget, visible_terms(actor, on, Scope.STATEMENTS).subquery()
    overlaps = (row.start_on < terms.c.end_on) & (row.end_on > terms.c.start_on)
    return select(row).where(
        row.commissioner_id == actor.commissioner_id, exists().where(terms.c.person_id == row.person_id, overlaps)
    )


def budget(session: Session, actor: Actor, budget_id: UUID, on: date) -> PersonalHealthBudget:
    """Return a budget whose statements an actor may see.

    Raises:
        BudgetNotFoundError: absent, or not the actor's to know of.
    """
    return _one(session, visible_statements(actor, on).where(PersonalHealthBudget.id == budget_id))


def budget_by_reference(session: Session, actor: Actor, reference: str, on: date) -> PersonalHealthBudget:
    """Return the budget of a reference whose statements an actor may see.

    Raises:
        BudgetNotFoundError: absent, or not the actor's to know of.
    """
    return _one(session, visible_statements(actor, on).where(PersonalHealthBudget.reference == reference))


def statement(
    session: Session,
    actor: Actor,
    budget_id: UUID,
    period: Period,
    *,
    issued_on: date,
    view: KnownView | None = None,
) -> Statement:
    """Return the statement of a budget for a period, cut to the days that the actor may see.

    Args:
        session: of the reader's unit of work.
        actor: who reads it; nothing dated outside their terms is in it, save that a balance counts what led to it.
        budget_id: an active budget.
        period: any days that have begun; the statement says which days it covers.
        issued_on: today, the last day that can count.
        view: of the books; as they are known now, if left out. The words are always those of the records now.

    Raises:
        MissingPermissionError: the actor may not read statements.
        BudgetNotFoundError: absent, or not the actor's to know of.
        NotYourDaysError: none of the days are inside the actor's terms.
        NoStatementYetError: the budget is not active.
        OutsideStatementError: the period has not begun.
    """
    actor.require(Permission.STATEMENT_READ)
    owner = budget(session, actor, budget_id, issued_on)
    if owner.state != BudgetState.ACTIVE:
        raise NoStatementYetError(
            f"The budget {owner.reference} is not active yet, so there is no statement of it. Wait until it is agreed."
        )
    terms = terms_of(session, actor, owner.person_id, Scope.STATEMENTS, issued_on)
    shown = days_to_show(terms, period)
    require_begun(shown, issued_on)
    return Filling(session, owner, shown, issued_on, view).statement()


def days_to_show(terms: Sequence[Period], period: Period) -> Period:
    """Return the days of a period that lie inside the terms; of several stretches, the last.

    Raises:
        NotYourDaysError: there are none.
    """
    stretches = [shared for term in joined(terms) if (shared := term.overlap(period))]
    if not stretches:
        raise NotYourDaysError(
            f"You may not see what is dated from {say_period(period)} of this budget. Choose days of the time that you "
            "act in.",
            field="period",
        )
    return stretches[-1]


def joined(terms: Sequence[Period]) -> list[Period]:
    """Return terms, in order of their first days, as stretches without a day between them."""
    stretches: list[Period] = []
    for term in terms:
        if stretches and term.start_on <= stretches[-1].end_on:
            whole = Period(stretches[-1].start_on, max(stretches[-1].end_on, term.end_on))
            stretches[-1] = whole
        else:
            stretches.append(term)
    return stretches


def _one(session: Session, query: Select[PersonalHealthBudget]) -> PersonalHealthBudget:
    found = session.scalars(query).first()
    if found is None:
        raise BudgetNotFoundError("There is no such budget. Check its number.")
    return found
