"""Which pot and plan line spend is about, and which order, agreement or rota it uses."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.kinds import LinePurpose
from phb.budget.plans.models import PlanLine, Pot
from phb.budget.plans.queries import LineView, plan_view, pots_of
from phb.budget.queries import PlanLineNotFoundError, PotNotFoundError
from phb.core.actor import Role
from phb.core.errors import PermissionDeniedError, RuleViolationError
from phb.core.uow import UnitOfWork
from phb.ledger.models import PotPosition
from phb.spending.records.draft import NewSpend
from phb.spending.records.rules import Planned


class NotHandedOverError(RuleViolationError):
    """The money is held by the commissioner, so nothing can have left an account of the person's."""

    code = "not-handed-over"


class WhichPotError(RuleViolationError):
    """The budget has several accounts, and nothing says which one the money left."""

    code = "which-pot"


class NotYourAccountError(PermissionDeniedError):
    """A third party records spend only for the money it holds."""

    code = "not-your-account"


@dataclass(frozen=True)
class Placed:
    """The pot money left, and the line it was for: as the plan now says, or None where it says nothing of it."""

    pot: Pot
    plan_line_id: UUID | None
    line: LineView | None


def place(uow: UnitOfWork, budget: PersonalHealthBudget, new: NewSpend) -> Placed:
    """Find the pot and the line that spend is about.

    Raises:
        PlanLineNotFoundError, PotNotFoundError: the budget never had it.
        NotHandedOverError: the commissioner holds that money.
        WhichPotError: no line is named, and there are several accounts.
        NotYourAccountError: another organisation holds the money.
    """
    if new.plan_line_id is None:
        found = Placed(_pot(uow, budget.id, new.pot_id), None, None)
    else:
        found = line_of(uow, budget, new.plan_line_id)
        if new.pot_id not in (None, found.pot.id):
            raise PotNotFoundError("The plan line's money is in another pot. Leave the pot out.", field="pot_id")
    _refuse_notional(found.pot)
    _refuse_another_holder(uow, found.pot)
    return found


def line_of(uow: UnitOfWork, budget: PersonalHealthBudget, plan_line_id: UUID) -> Placed:
    """Return a line that the budget has or had, with what the plan in force says of it.

    Raises:
        PlanLineNotFoundError: the budget never had such a line.
    """
    view = next((line for line in plan_view(uow.session, budget.plan_id).lines if line.line.id == plan_line_id), None)
    pot = _pot_of_former_line(uow, budget, plan_line_id) if view is None else view.pot
    if pot is None or not is_open(uow.session, pot.id):
        raise PlanLineNotFoundError("There is no such line in the plan. Check its number.", field="plan_line_id")
    return Placed(pot, plan_line_id, view)


def planned(line: LineView | None) -> Planned | None:
    """Return what the rules ask of a line."""
    if line is None:
        return None
    terms = line.terms
    is_contingency = terms.purpose == LinePurpose.CONTINGENCY
    return Planned(terms.words, terms.category_code, terms.period, is_contingency, terms.referral_reason)


def _pot_of_former_line(uow: UnitOfWork, budget: PersonalHealthBudget, plan_line_id: UUID) -> Pot | None:
    """Return the pot of a line that the plan in force no longer has, or None where the budget never had it."""
    query = select(Pot).join(PlanLine, PlanLine.pot_id == Pot.id)
    return uow.session.scalars(query.where(PlanLine.id == plan_line_id, PlanLine.budget_id == budget.id)).first()


def _pot(uow: UnitOfWork, budget_id: UUID, pot_id: UUID | None) -> Pot:
    opened = [pot for pot in pots_of(uow.session, budget_id) if is_open(uow.session, pot.id)]
    if pot_id is not None:
        for pot in opened:
            if pot.id == pot_id:
                return pot
        raise PotNotFoundError("There is no such pot of a budget. Check its number.", field="pot_id")
    accounts = [pot for pot in opened if pot.management_type.is_handed_over]
    if len(accounts) > 1:
        names = ", ".join(pot.reference for pot in accounts)
        raise WhichPotError(f"Say which account the money left: give the pot, one of {names}.", field="pot_id")
    return (accounts or opened)[0]


def is_open(session: Session, pot_id: UUID) -> bool:
    """Say whether the books know a pot: its plan was in force at some time."""
    return bool(session.scalar(select(exists().where(PotPosition.pot_id == pot_id))))


def _refuse_notional(pot: Pot) -> None:
    if not pot.management_type.is_handed_over:
        raise NotHandedOverError(
            "This money is a notional budget: the commissioner holds it and pays providers' invoices. "
            "Send the invoice to the commissioner, or choose a line whose money is in an account.",
            field="plan_line_id",
        )


def _refuse_another_holder(uow: UnitOfWork, pot: Pot) -> None:
    if Role.THIRD_PARTY in uow.actor.roles and pot.organisation_id != uow.actor.organisation_id:
        raise NotYourAccountError("Another account holds this money. Record spend for the account that you hold.")
