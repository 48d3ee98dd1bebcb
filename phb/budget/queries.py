"""What an actor may see of budgets, and what payments, spending and statements read of them.

Everything here starts from `visible_budgets`. What the books say of a budget is asked of phb.ledger.queries.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from moneyed import Money
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from phb.budget.budgets import steps
from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget, SignOff
from phb.budget.budgets.workflow import BudgetState, RevisionState
from phb.budget.plans.models import PlanLine, Pot
from phb.budget.plans.queries import LineView, PlanView, plan_view, pots_of
from phb.budget.plans.shares import exact_parts, from_stored
from phb.core.actor import Actor
from phb.core.errors import NotFoundError
from phb.core.money import split
from phb.core.period import Period, financial_year_of
from phb.ledger.entry import Portion, Share
from phb.ledger.queries import Position, position_of_budget, position_of_pot, position_on
from phb.ledger.views import view_known_at
from phb.people.kinds import Scope
from phb.people.queries import visible_terms


class BudgetNotFoundError(NotFoundError):
    """There is no such budget for this actor."""

    code = "budget-not-found"


class RevisionNotFoundError(NotFoundError):
    """There is no such change of a budget for this actor."""

    code = "revision-not-found"


class PlanLineNotFoundError(NotFoundError):
    """There is no such plan line in force for this actor."""

    code = "plan-line-not-found"


class PotNotFoundError(NotFoundError):
    """There is no such pot for this actor."""

    code = "pot-not-found"


@dataclass(frozen=True)
class Agreement:
    """The steps taken so far, and the names of those the actor may take now."""

    taken: tuple[SignOff, ...]
    allowed: tuple[str, ...]


@dataclass(frozen=True)
class ProposedChange:
    """A change of a budget: the plan in force, the plan it proposes, and the steps the actor may take now.

    Once it is applied the two plans are one.
    """

    revision: BudgetRevision
    before: PlanView
    after: PlanView
    allowed: tuple[str, ...]


@dataclass(frozen=True)
class PotStanding:
    """Where the money of one pot stands."""

    pot: Pot
    position: Position


@dataclass(frozen=True)
class Standing:
    """Where a budget's money stands; the pots add up to it."""

    position: Position
    pots: tuple[PotStanding, ...]


def visible_budgets(actor: Actor, on: date, scope: Scope | None = Scope.BUDGET) -> Select[PersonalHealthBudget]:
    """Select the budgets an actor may see on a day: those with days inside a term that lets them.

    Args:
        actor: whose roles and ties decide.
        on: today.
        scope: the part of the person's affairs that is shown of the budget; None for any.
    """
    row, terms = PersonalHealthBudget, visible_terms(actor, on, scope).subquery()
    overlaps = (row.start_on < terms.c.end_on) & (row.end_on > terms.c.start_on)
    return select(row).where(exists().where(terms.c.person_id == row.person_id, overlaps))


def running_budgets(actor: Actor, on: date) -> Select[PersonalHealthBudget]:
    """Select the visible budgets that are active and running on a day."""
    row = PersonalHealthBudget
    return visible_budgets(actor, on).where(
        row.state == BudgetState.ACTIVE, row.active_from <= on, row.start_on <= on, row.end_on > on
    )


def budget(
    session: Session, actor: Actor, budget_id: UUID, on: date, scope: Scope | None = Scope.BUDGET
) -> PersonalHealthBudget:
    """Return one budget, for one part of the person's affairs or for any.

    Raises:
        BudgetNotFoundError: there is none, or it is not the actor's to see.
    """
    return _one(session, visible_budgets(actor, on, scope).where(PersonalHealthBudget.id == budget_id))


def budget_for_update(session: Session, actor: Actor, budget_id: UUID, on: date) -> PersonalHealthBudget:
    """Return one budget, locked until the unit of work ends.

    Raises:
        BudgetNotFoundError: there is none, or it is not the actor's to see.
    """
    mine = visible_budgets(actor, on).where(PersonalHealthBudget.id == budget_id)
    return _one(session, mine.with_for_update(of=PersonalHealthBudget).execution_options(populate_existing=True))


def budget_by_reference(session: Session, actor: Actor, reference: str, on: date) -> PersonalHealthBudget:
    """Return the budget of a reference.

    Raises:
        BudgetNotFoundError: there is none, or it is not the actor's to see.
    """
    return _one(session, visible_budgets(actor, on).where(PersonalHealthBudget.reference == reference))


def references_of(session: Session, actor: Actor, budget_ids: Iterable[UUID | None], on: date) -> dict[UUID, str]:
    """Return the references of those of some budgets that an actor may see on a day, by their ids."""
    row = PersonalHealthBudget
    ids = {budget_id for budget_id in budget_ids if budget_id is not None}
    mine = visible_budgets(actor, on).where(row.id.in_(ids)).with_only_columns(row.id, row.reference)
    return dict(session.execute(mine).all())


def revision(
    session: Session, actor: Actor, revision_id: UUID, on: date, *, for_update: bool = False
) -> BudgetRevision:
    """Return one change of a budget, locked until the unit of work ends where it is to be moved.

    Raises:
        RevisionNotFoundError: there is none, or it is not the actor's to see.
    """
    mine = visible_budgets(actor, on).with_only_columns(PersonalHealthBudget.id)
    query = select(BudgetRevision).where(BudgetRevision.id == revision_id, BudgetRevision.budget_id.in_(mine))
    locked = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(locked if for_update else query).first()
    if found is None:
        raise RevisionNotFoundError("There is no such change of a budget. Check its number.")
    return found


def plan_of_revision(session: Session, actor: Actor, revision_id: UUID, on: date) -> PlanView:
    """Return the plan that a change of a budget proposes."""
    return plan_view(session, revision(session, actor, revision_id, on).plan_id)


def revisions_of(session: Session, actor: Actor, budget_id: UUID, on: date) -> Sequence[BudgetRevision]:
    """Return the changes ever proposed to a budget, the first first."""
    found = budget(session, actor, budget_id, on)
    row = BudgetRevision
    return session.scalars(select(row).where(row.budget_id == found.id).order_by(row.prepared_at)).all()


def proposed_change(session: Session, actor: Actor, revision_id: UUID, on: date) -> ProposedChange:
    """Return a change of a budget with the plan it proposes, beside the plan in force.

    Raises:
        RevisionNotFoundError: there is none, or it is not the actor's to see.
    """
    found = revision(session, actor, revision_id, on)
    before = plan_of(session, actor, found.budget_id, on)
    return ProposedChange(found, before, plan_view(session, found.plan_id), steps.allowed(session, actor, found, on))


def sign_offs_of(session: Session, actor: Actor, budget_id: UUID, on: date) -> Sequence[SignOff]:
    """Return every step taken to agree a budget and its changes, in order."""
    found = budget(session, actor, budget_id, on)
    return session.scalars(select(SignOff).where(SignOff.budget_id == found.id).order_by(SignOff.ordinal)).all()


def agreement_of(session: Session, actor: Actor, budget_id: UUID, on: date) -> Agreement:
    """Return how far a budget is agreed, and what the actor may do next."""
    found = budget(session, actor, budget_id, on)
    return Agreement(tuple(sign_offs_of(session, actor, budget_id, on)), steps.allowed(session, actor, found, on))


def standing_of(
    session: Session,
    actor: Actor,
    budget_id: UUID,
    on: date,
    *,
    year: int | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Standing:
    """Return where a budget's money stands, whole and for each pot.

    Args:
        session: of the reader's unit of work.
        actor: who reads it.
        budget_id: whose money.
        on: today.
        year: of one financial year; of all, if left out.
        as_of: at the end of this day; as it stands, if left out.
        known_at: with what was known at this instant; with what is known now, if left out.

    Raises:
        BudgetNotFoundError: absent, or not the actor's to know of.
        NothingKnownError: what was known then was not recorded.
    """
    found = budget(session, actor, budget_id, on)
    pots = pots_of(session, found.id)
    if as_of is None and known_at is None:
        stands = tuple(PotStanding(pot, position_of_pot(session, pot.id, year=year)) for pot in pots)
        return Standing(position_of_budget(session, found.id, year=year), stands)
    view = view_known_at(session, known_at) if known_at else None
    stood = partial(position_on, session, found.id, year=year, as_of=as_of, view=view)
    return Standing(stood(), tuple(PotStanding(pot, stood(pot_id=pot.id)) for pot in pots))


def plan_of(session: Session, actor: Actor, budget_id: UUID, on: date) -> PlanView:
    """Return the plan of a budget: in force once it is active, before that the one proposed last."""
    return plan_view(session, budget(session, actor, budget_id, on).plan_id)


def pot(session: Session, actor: Actor, pot_id: UUID, on: date) -> Pot:
    """Return one pot.

    Raises:
        PotNotFoundError: there is none, or its budget is not the actor's to see.
    """
    mine = visible_budgets(actor, on).with_only_columns(PersonalHealthBudget.id)
    found = session.scalars(select(Pot).where(Pot.id == pot_id, Pot.budget_id.in_(mine))).first()
    if found is None:
        raise PotNotFoundError("There is no such pot of a budget. Check its number.")
    return found


def plan_line(session: Session, actor: Actor, plan_line_id: UUID, on: date) -> LineView:
    """Return a plan line as its budget's plan now says.

    Raises:
        PlanLineNotFoundError: there is none, it left the plan, or its budget is not the actor's to see.
    """
    of_line = select(PlanLine.budget_id).where(PlanLine.id == plan_line_id)
    found = session.scalars(visible_budgets(actor, on).where(PersonalHealthBudget.id.in_(of_line))).first()
    lines = plan_view(session, found.plan_id).lines if found is not None else ()
    for line in lines:
        if line.line.id == plan_line_id:
            return line
    raise PlanLineNotFoundError("There is no such line in the plan. Check its number.", field="plan_line_id")


def lines_of_pot(session: Session, actor: Actor, pot_id: UUID, on: date) -> tuple[LineView, ...]:
    """Return the lines whose money is in a pot, as the plan now says.

    Raises:
        PotNotFoundError: there is no such pot, or its budget is not the actor's to see.
    """
    found = pot(session, actor, pot_id, on)
    plan = plan_of(session, actor, found.budget_id, on)
    return tuple(line for line in plan.lines if line.pot.id == pot_id)


def portions_of(line: LineView, days: Period, amount: Money) -> tuple[Portion, ...]:
    """Share an amount of a line that is for some days between its funders, by largest remainder, the NHS first.

    Args:
        line: whose money it is.
        days: of one financial year; each funder pays the share that holds on them.
        amount: what is shared.

    Raises:
        PlanLineNotFoundError: the line has no money in that year.
    """
    year = financial_year_of(days.start_on)
    agreed = next((view.shares for view in line.years if view.year == year), ())
    if not agreed:
        raise PlanLineNotFoundError(
            f"The line “{line.line.reference}” has no money in the financial year {year}. Check the day.",
            field="plan_line_id",
        )
    by_fund = exact_parts([from_stored(rule) for rule in line.terms.shares], agreed, days)
    parts = zip(by_fund, split(amount, list(by_fund.values())), strict=True)
    return tuple(Portion(line.place(year), Share(fund, part)) for fund, part in parts if part.amount)


def has_open_revision(session: Session, budget_id: UUID) -> bool:
    """Say whether a change of a budget is being agreed."""
    closed = (RevisionState.APPLIED, RevisionState.REFUSED)
    row = BudgetRevision
    return bool(session.scalar(select(exists().where(row.budget_id == budget_id, row.state.not_in(closed)))))


def _one(session: Session, query: Select[PersonalHealthBudget]) -> PersonalHealthBudget:
    found = session.scalars(query).first()
    if found is None:
        raise BudgetNotFoundError("There is no such budget. Check its number.")
    return found
