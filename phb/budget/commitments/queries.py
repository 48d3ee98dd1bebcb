"""What an actor may see of orders, agreements and rotas, and how much of each is still open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.commitments.models import SpendCommitment
from phb.budget.commitments.rules import total
from phb.budget.queries import budget, visible_budgets
from phb.core.actor import Actor
from phb.core.errors import NotFoundError
from phb.core.money import from_pence
from phb.ledger.chart import NHS, Account
from phb.ledger.entry import CommitmentPortion, Place, Portion, Share
from phb.ledger.models import Commitment, JournalLine


class CommitmentNotFoundError(NotFoundError):
    """There is no such order, agreement or rota for this actor."""

    code = "commitment-not-found"


@dataclass(frozen=True)
class CommitmentStanding:
    """An order, agreement or rota, and what of it is still open."""

    commitment: SpendCommitment
    still_open: tuple[CommitmentPortion, ...]

    @property
    def open_amount(self) -> Money:
        """What is open of all funders' money."""
        return total(self.still_open)


@dataclass(frozen=True)
class Promise:
    """An order, agreement or rota: what it ever promised, and what of it is still open."""

    commitment: SpendCommitment
    promised: Money
    open_amount: Money


def visible_commitments(actor: Actor, on: date) -> Select[SpendCommitment]:
    """Select the orders, agreements and rotas of the budgets an actor may see on a day."""
    mine = visible_budgets(actor, on).with_only_columns(PersonalHealthBudget.id)
    return select(SpendCommitment).where(SpendCommitment.budget_id.in_(mine))


def commitment(session: Session, actor: Actor, commitment_id: UUID, on: date) -> SpendCommitment:
    """Return one order, agreement or rota.

    Raises:
        CommitmentNotFoundError: there is none, or its budget is not the actor's to see.
    """
    found = session.scalars(visible_commitments(actor, on).where(SpendCommitment.id == commitment_id)).first()
    if found is None:
        raise CommitmentNotFoundError("There is no such order, agreement or rota. Check its number.")
    return found


def standing_of(session: Session, actor: Actor, commitment_id: UUID, on: date) -> CommitmentStanding:
    """Return one order, agreement or rota with what of it is still open.

    Raises:
        CommitmentNotFoundError: there is none, or its budget is not the actor's to see.
    """
    found = commitment(session, actor, commitment_id, on)
    return CommitmentStanding(found, still_open(session, found.id))


def promises_of_budget(session: Session, actor: Actor, budget_id: UUID, on: date) -> list[Promise]:
    """Return what was ever promised of a budget with what is open of it, by the day its care starts.

    Raises:
        BudgetNotFoundError: there is none, or it is not the actor's to see.
    """
    found, row = budget(session, actor, budget_id, on), SpendCommitment
    rows = session.execute(
        select(row, Commitment)
        .join(Commitment, Commitment.id == row.id)
        .where(row.budget_id == found.id)
        .order_by(row.start_on, row.reference)
    )
    return [
        Promise(commitment, from_pence(books.raised), from_pence(books.raised - books.consumed - books.released))
        for commitment, books in rows
    ]


def commitments_of_line(session: Session, plan_line_id: UUID) -> Sequence[SpendCommitment]:
    """Return what was promised of a plan line, by the day its care starts; ask for the budget first."""
    row = SpendCommitment
    found = select(row).where(row.plan_line_id == plan_line_id).order_by(row.start_on, row.reference)
    return session.scalars(found).all()


def still_open(session: Session, commitment_id: UUID) -> tuple[CommitmentPortion, ...]:
    """Return what a commitment still promises of each funder's money, the NHS first."""
    line = JournalLine
    dimensions = (line.budget_id, line.pot_id, line.plan_line_id, line.year, line.fund)
    rows = session.execute(
        select(*dimensions, func.sum(line.pence))
        .where(line.commitment_id == commitment_id, line.account == Account.COMMITMENT)
        .group_by(*dimensions)
        .having(func.sum(line.pence) > 0)
        .order_by(line.fund != NHS, line.fund)
    ).all()
    return tuple(
        CommitmentPortion(
            commitment_id,
            Portion(Place(budget_id, pot_id, plan_line_id, year), Share(fund, from_pence(int(pence)))),
        )
        for budget_id, pot_id, plan_line_id, year, fund, pence in rows
        if budget_id is not None and pot_id is not None and plan_line_id is not None and year is not None
    )
