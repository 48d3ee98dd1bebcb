"""Record spend as somebody types it who records for many people: by references, with what can be left out left out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from moneyed import Money
from sqlalchemy.orm import Bundle, Session

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.budgets.workflow import BudgetState
from phb.budget.kinds import ManagementType
from phb.budget.plans.models import LineTerms, PlanLine, Pot
from phb.budget.plans.queries import LineView
from phb.budget.queries import visible_budgets
from phb.core.actor import Actor, Role
from phb.core.errors import RuleViolationError
from phb.core.money import from_pence
from phb.core.uow import UnitOfWork
from phb.people.kinds import Scope
from phb.people.models import Person
from phb.people.saving import Put
from phb.spending.kinds import SPENT, SpendState
from phb.spending.records.accounts import Accounts, accounts
from phb.spending.records.draft import NewSpend
from phb.spending.records.models import SpendRecord
from phb.spending.records.operations import record_spend
from phb.spending.records.queries import visible_spend

MOST_TO_CHOOSE_FROM = 2000


class WhichBudgetError(RuleViolationError):
    """No budget of the actor's has a reference."""

    code = "which-budget"


class WhichLineError(RuleViolationError):
    """Nothing says which plan line or account spend was of, or there is none of that reference."""

    code = "which-line"


class CategoryNeededError(RuleViolationError):
    """Spend that is in no plan does not say what kind of spending it was."""

    code = "category-needed"


@dataclass(frozen=True)
class TypedSpend:
    """Spend as it was typed.

    `place` is the reference of a plan line, or of an account for what is in no plan; it may be left out where the
    budget has one line. `category` may be left out where the line says it. `reference` tells a repeated row.
    """

    reference: str
    budget: str
    spent_on: date
    amount: Money
    payee: str
    words: str
    place: str = ""
    category: str = ""


@dataclass(frozen=True)
class Spendable:
    """A plan line that spend may be recorded of, with whose it is."""

    budget: str
    person: str
    line: str
    words: str
    account: str


@dataclass(frozen=True)
class Recorded:
    """Records of spend that were just made: what counts as spent, and what is being asked about.

    A row has the record's `id`, `spent_on`, `amount`, `payee`, `words`, `state`, `evidence` and `reason`, the `person`,
    and the budget's `budget_id` and `reference`.
    """

    spent: Sequence[Any]
    asked: Sequence[Any]

    @property
    def spent_amount(self) -> Money:
        """What counts as spent."""
        return sum((row.amount for row in self.spent), from_pence(0))

    @property
    def asked_amount(self) -> Money:
        """What is being asked about."""
        return sum((row.amount for row in self.asked), from_pence(0))


def record_typed(uow: UnitOfWork, typed: TypedSpend) -> Put[SpendRecord]:
    """Record spend of one row; the same row again changes nothing.

    Raises:
        WhichBudgetError, WhichLineError, CategoryNeededError: what it is of is not clear; `field` says where.
        DomainError: as record_spend() raises.
    """
    found = _accounts(uow, typed.budget)
    line, pot_id = _place(found, typed.place)
    category = typed.category or (line.terms.category_code if line else "")
    if not category:
        raise CategoryNeededError("This is in no plan, so say what kind of spending it was.", field="category")
    new = NewSpend(
        spent_on=typed.spent_on,
        amount=typed.amount,
        category=category,
        payee=typed.payee,
        words=typed.words,
        plan_line_id=line.line.id if line else None,
        pot_id=pot_id,
        reference=typed.reference,
    )
    return record_spend(uow, found.budget.id, new)


def spendable_lines(session: Session, actor: Actor, on: date) -> list[Spendable]:
    """Return the plan lines whose spend an actor may record, by budget; the first MOST_TO_CHOOSE_FROM."""
    budget = PersonalHealthBudget
    mine = visible_budgets(actor, on, Scope.SPEND).where(budget.state == BudgetState.ACTIVE, budget.active_from <= on)
    held = Pot.management != ManagementType.NOTIONAL
    if Role.THIRD_PARTY in actor.roles:
        held &= Pot.organisation_id == actor.organisation_id
    query = (
        mine.join(Person, Person.id == budget.person_id)
        .join(LineTerms, LineTerms.plan_id == budget.plan_id)
        .join(PlanLine, PlanLine.id == LineTerms.plan_line_id)
        .join(Pot, Pot.id == PlanLine.pot_id)
        .where(held)
        .order_by(budget.reference, LineTerms.ordinal)
        .with_only_columns(budget.reference, Person, PlanLine.reference, LineTerms.words, Pot.reference)
        .limit(MOST_TO_CHOOSE_FROM)
    )
    return [
        Spendable(reference, person.full_name, line, words, pot)
        for reference, person, line, words, pot in session.execute(query)
    ]


def recorded(session: Session, actor: Actor, spend_ids: Collection[UUID], on: date) -> Recorded:
    """Return those of some records that an actor may see, in the order they were recorded."""
    row, budget = SpendRecord, PersonalHealthBudget
    bundle: Bundle[Any] = Bundle(
        "row",
        *(row.id, row.spent_on, row.amount.label("amount"), row.payee, row.words, row.state, row.evidence, row.reason),
        (Person.given_names + " " + Person.family_name).label("person"),
        budget.id.label("budget_id"),
        budget.reference.label("reference"),
    )
    mine = visible_spend(actor, on).where(row.id.in_(spend_ids)).order_by(row.recorded_at, row.reference)
    query = mine.join(budget, budget.id == row.budget_id).join(Person, Person.id == row.person_id)
    rows: Sequence[Any] = session.scalars(query.with_only_columns(bundle)).all()
    return Recorded(
        spent=[one for one in rows if one.state in SPENT],
        asked=[one for one in rows if one.state == SpendState.ASKED_ABOUT],
    )


def _accounts(uow: UnitOfWork, reference: str) -> Accounts:
    mine = visible_budgets(uow.actor, uow.today, Scope.SPEND)
    found = uow.session.scalars(mine.where(PersonalHealthBudget.reference == reference)).first()
    if found is None:
        raise WhichBudgetError(
            f"You help nobody whose budget is “{reference}”. Choose one of the list, or look at your caseload.",
            field="budget",
        )
    return accounts(uow.session, uow.actor, found.id, uow.today)


def _place(found: Accounts, reference: str) -> tuple[LineView | None, UUID | None]:
    """Return the plan line, or the account where it is in no plan."""
    lines = {view.line.reference: view for view in found.lines}
    pots = {pot.reference: pot.id for pot in found.pots}
    if not pots:
        raise WhichLineError(
            f"No money of {found.budget.reference} is in an account that you record spend for.", field="budget"
        )
    if reference in lines:
        return lines[reference], None
    if reference in pots:
        return None, pots[reference]
    if not reference and len(lines) == 1:
        return next(iter(lines.values())), None
    known = ", ".join(f"{name} ({view.terms.words})" for name, view in lines.items()) or "none"
    raise WhichLineError(
        f"Say which plan line of {found.budget.reference} this was: {known}. For what is in no plan, give the "
        f"account: {', '.join(pots)}.",
        field="place",
    )
