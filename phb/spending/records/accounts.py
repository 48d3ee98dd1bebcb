"""Of which accounts and plan lines of a budget somebody may record spend, and which slips are told at once."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy.orm import Session

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.budgets.workflow import BudgetState
from phb.budget.commitments.operations import BudgetNotActiveError
from phb.budget.kinds import ManagementType
from phb.budget.plans.models import Pot
from phb.budget.plans.queries import LineView, plan_view, pots_of
from phb.core.actor import Actor, Role
from phb.governance import policy
from phb.governance.policies import SpendingPolicy
from phb.people.users.roles import HOLDERS_SIDE
from phb.spending.records import rules
from phb.spending.records.placing import is_open
from phb.spending.records.queries import budget_spent_from


@dataclass(frozen=True)
class Accounts:
    """Where the money of a budget that an actor records can have left from, and the plan lines it can be for.

    Both are empty where the commissioner, or somebody else, holds all of it.
    """

    budget: PersonalHealthBudget
    pots: tuple[Pot, ...]
    lines: tuple[LineView, ...]
    largest_single_spend: Money
    today: date

    def line(self, plan_line_id: UUID) -> LineView | None:
        """Return one of the lines, or None."""
        return next((view for view in self.lines if view.line.id == plan_line_id), None)

    def refuse_amount(self, amount: Money) -> None:
        """Refuse an amount that must be a slip.

        Raises:
            AbsurdAmountError: it must be one.
        """
        rules.refuse_amount(amount, largest=self.largest_single_spend)

    def refuse_day(self, spent_on: date) -> None:
        """Refuse a day on which nothing can have left.

        Raises:
            SpentInFutureError, SpentBeforeBudgetError: it is one.
        """
        rules.refuse_day(spent_on, today=self.today, begins_on=self.budget.start_on)


def accounts(session: Session, actor: Actor, budget_id: UUID, on: date) -> Accounts:
    """Return where an actor may say that money of a budget left from.

    Raises:
        BudgetNotFoundError: absent, or the person's spending is not the actor's to see.
        BudgetNotActiveError: it is not active yet.
    """
    budget = budget_spent_from(session, actor, budget_id, on, on)
    if budget.state != BudgetState.ACTIVE:
        raise BudgetNotActiveError(
            f"The budget {budget.reference} is not active, so nothing can be spent from it. Wait until it is agreed."
        )
    pots = tuple(pot for pot in pots_of(session, budget.id) if records_for(actor, pot) and is_open(session, pot.id))
    ids = {pot.id for pot in pots}
    lines = tuple(view for view in plan_view(session, budget.plan_id).lines if view.pot.id in ids)
    settings = policy.read(session, SpendingPolicy, on)
    return Accounts(budget, pots, lines, settings.largest_single_spend, on)


def records_for(actor: Actor, pot: Pot) -> bool:
    """Say whether spend of a pot is an actor's to record: a third party's of its own, the holder's side's of theirs."""
    management = pot.management_type
    if Role.THIRD_PARTY in actor.roles:
        return management.is_handed_over and pot.organisation_id == actor.organisation_id
    if actor.roles & HOLDERS_SIDE:
        return management is ManagementType.DIRECT_PAYMENT
    return management.is_handed_over
