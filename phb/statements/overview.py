"""One budget as it stands today, for whoever it is about: how much and why, what is left, and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy import select
from sqlalchemy.orm import Session

from phb.budget import queries as budgets
from phb.budget.assessments.models import Assessment, IndicativeBudget
from phb.budget.budgets import steps
from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget, SignOff
from phb.budget.budgets.workflow import RevisionState
from phb.budget.plans.models import Pot
from phb.budget.plans.queries import PlanView, plan_view, pots_of
from phb.core.actor import Actor
from phb.core.money import from_pence
from phb.governance import policy
from phb.governance.policies import StatementPolicy
from phb.ledger import queries as ledger
from phb.ledger.chart import Account
from phb.ledger.queries import Position
from phb.payments.coming import Coming, coming_payments
from phb.people.kinds import Scope
from phb.people.models import Commissioner, Person
from phb.people.queries import open_parts
from phb.people.relations.queries import coordinator_of
from phb.statements.reading.payments import Parties, holders

NOTHING = Position(*[from_pence(0)] * 4)


@dataclass(frozen=True)
class Heading:
    """Whose budget it is, which parts of their affairs the reader sees, and how to ask about anything."""

    budget: PersonalHealthBudget
    person: Person
    parts: frozenset[Scope]
    words: StatementPolicy


@dataclass(frozen=True)
class Held:
    """A pot, who holds its money, and how much of it they have."""

    pot: Pot
    held_by: str
    cash: Money


@dataclass(frozen=True)
class Estimate:
    """The first estimate behind a budget, and the assessment it was made of."""

    indicative: IndicativeBudget
    assessment: Assessment


@dataclass(frozen=True)
class Overview:
    """Everything that is told of a budget on its first page.

    `lines` is where the money of each plan line stands, by its id. `allowed` names the steps of agreeing that the
    reader may take now. `change` is the one being agreed. `last_step` is the newest one taken.
    """

    plan: PlanView
    position: Position
    lines: Mapping[UUID, Position]
    held: Sequence[Held]
    asked_about: Money
    coming: Coming
    estimate: Estimate | None
    coordinator: str | None
    allowed: Sequence[str]
    change: BudgetRevision | None
    last_step: SignOff | None

    def of_line(self, plan_line_id: UUID) -> Position:
        """Return where the money of a plan line stands; nothing before the budget is active."""
        return self.lines.get(plan_line_id, NOTHING)


def heading_of(session: Session, actor: Actor, budget_id: UUID, on: date, scope: Scope | None = None) -> Heading:
    """Return whose budget it is, for a page about one part of the person's affairs, or about any.

    Raises:
        BudgetNotFoundError: there is none, or that part is not the actor's to see.
    """
    row = budgets.budget(session, actor, budget_id, on, scope)
    person = session.get_one(Person, (row.commissioner_id, row.person_id))
    parts = open_parts(session, actor, row.person_id, on)
    return Heading(row, person, parts, policy.read(session, StatementPolicy, on))


def overview(session: Session, actor: Actor, budget_id: UUID, on: date) -> Overview:
    """Return a budget as it stands on a day.

    Raises:
        BudgetNotFoundError: there is none, or it is not the actor's to see.
    """
    row = budgets.budget(session, actor, budget_id, on)
    taken = budgets.sign_offs_of(session, actor, row.id, on)
    return Overview(
        plan=plan_view(session, row.plan_id),
        position=ledger.position_of_budget(session, row.id),
        lines=ledger.positions_of_lines(session, row.id),
        held=_held(session, row, on),
        asked_about=ledger.balance_of(session, Account.BEING_ASKED_ABOUT, budget_id=row.id),
        coming=coming_payments(session, actor, row.id, on),
        estimate=_estimate(session, row),
        coordinator=coordinator_of(session, row.person_id, on),
        allowed=steps.allowed(session, actor, row, on),
        change=_change(session, row),
        last_step=taken[-1] if taken else None,
    )


def _held(session: Session, budget: PersonalHealthBudget, on: date) -> list[Held]:
    pots = pots_of(session, budget.id)
    names = session.get_one(Commissioner, budget.commissioner_id).name
    person = session.get_one(Person, (budget.commissioner_id, budget.person_id))
    holding = holders(session, pots, Parties(names, person.full_name), on)
    return [
        Held(pot, holding[pot.id], ledger.balance_of(session, Account.FUNDS_HELD, budget_id=budget.id, pot_id=pot.id))
        for pot in pots
    ]


def _estimate(session: Session, budget: PersonalHealthBudget) -> Estimate | None:
    if budget.indicative_id is None:
        return None
    indicative = session.get_one(IndicativeBudget, (budget.commissioner_id, budget.indicative_id))
    return Estimate(indicative, session.get_one(Assessment, (budget.commissioner_id, indicative.assessment_id)))


def _change(session: Session, budget: PersonalHealthBudget) -> BudgetRevision | None:
    row, ended = BudgetRevision, (RevisionState.APPLIED, RevisionState.REFUSED)
    return session.scalars(select(row).where(row.budget_id == budget.id, row.state.not_in(ended))).first()
