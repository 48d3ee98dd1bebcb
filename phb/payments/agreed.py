"""What the plan and the books say of a pot: whose it is, until when, for which services, what is still to pay out."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from phb.budget import queries
from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.budgets.workflow import BudgetState
from phb.budget.kinds import NHS, ManagementType
from phb.budget.plans.models import LineYear, PlanLine
from phb.budget.plans.queries import plan_view
from phb.core.actor import Actor
from phb.core.money import from_pence, split, to_pence
from phb.core.period import Period
from phb.ledger import queries as ledger
from phb.ledger.entry import Place, Portion, Share
from phb.ledger.models import EventLine, JournalLine


@dataclass(frozen=True)
class AgreedPot:
    """A pot of a budget and the terms it is paid out on."""

    pot_id: UUID
    budget_id: UUID
    person_id: UUID
    management: ManagementType
    organisation_id: UUID | None
    is_active: bool
    period: Period
    review_on: date
    plan_version: int


@dataclass(frozen=True)
class ServiceMoney:
    """What one service costs in full in a year, and what is allocated to it."""

    plan_line_id: UUID
    cost: Money
    allocated: Money


@dataclass(frozen=True)
class StillToPayOut:
    """What of one plan line is still to pay out, and the funders' parts of what was agreed, the NHS first."""

    place: Place
    amount: Money
    shares: tuple[Share, ...]


def agreed_pot(session: Session, actor: Actor, pot_id: UUID, on: date, *, budget_id: UUID | None = None) -> AgreedPot:
    """Return a pot of a budget that the actor may see, of one budget where given.

    Raises:
        PotNotFoundError: absent, or not the actor's to know of.
    """
    pot = queries.pot(session, actor, pot_id, on)
    if budget_id not in {None, pot.budget_id}:
        raise queries.PotNotFoundError("This budget has no such pot. Look it up in the budget.", field="pot_id")
    owner = queries.budget(session, actor, pot.budget_id, on)
    plan = plan_view(session, owner.plan_id).plan
    return AgreedPot(
        pot_id=pot.id,
        budget_id=owner.id,
        person_id=owner.person_id,
        management=pot.management_type,
        organisation_id=pot.organisation_id,
        is_active=owner.state == BudgetState.ACTIVE,
        period=owner.period,
        review_on=plan.review_on,
        plan_version=plan.plan_version,
    )


def services_of(session: Session, pot: AgreedPot, year: int) -> list[ServiceMoney]:
    """Return each service of a pot in a financial year with its full cost and what is allocated to it."""
    budget = PersonalHealthBudget
    rows = session.execute(
        select(LineYear.plan_line_id, LineYear.cost)
        .join(PlanLine, PlanLine.id == LineYear.plan_line_id)
        .join(budget, budget.plan_id == LineYear.plan_id)
        .where(PlanLine.pot_id == pot.pot_id, LineYear.year == year, budget.id == pot.budget_id)
        .order_by(PlanLine.reference)
    )
    return [ServiceMoney(line, cost, ledger.position_of_plan_line(session, line, year).approved) for line, cost in rows]


def still_to_pay_out(session: Session, pot_id: UUID, year: int) -> list[StillToPayOut]:
    """Return what is still to pay out on each line of a pot that was handed over, lines in the order of their ids."""
    line, event = JournalLine, EventLine
    payable = func.sum(line.pence * event.payable)
    sent = func.sum(line.pence * (event.in_payment + event.paid))
    rows = session.execute(
        select(line.budget_id, line.plan_line_id, line.fund, payable, sent)
        .join(event, (event.kind == line.kind) & (event.account == line.account))
        .where(line.pot_id == pot_id, line.year == year, line.plan_line_id.is_not(None))
        .where((event.payable != 0) | (event.in_payment != 0) | (event.paid != 0))
        .group_by(line.budget_id, line.plan_line_id, line.fund)
    )
    of_line: defaultdict[Place, list[tuple[str, int, int]]] = defaultdict(list)
    for budget_id, plan_line_id, fund, agreed, gone in rows:
        place = Place(budget_id, pot_id, plan_line_id, year)  # type: ignore[arg-type]  # such lines name both
        of_line[place].append((fund, int(agreed), int(gone)))
    ordered = sorted(of_line.items(), key=lambda item: str(item[0].plan_line_id))
    return [_line(place, funds) for place, funds in ordered]


def portions_of(amount: Money, lines: Sequence[StillToPayOut]) -> tuple[Portion, ...]:
    """Split an instalment over the lines of its pot by what is still to pay out on each, then by their funders.

    The parts go to the penny by largest remainder, the NHS first on a tie, and none of them is nil.

    Args:
        amount: no more than is still to pay out on all lines.
        lines: at least one with something to pay out.
    """
    open_lines = [line for line in lines if line.amount.amount > 0]
    parts = split(amount, [to_pence(line.amount) for line in open_lines])
    return tuple(
        Portion(line.place, Share(share.fund, part))
        for line, whole in zip(open_lines, parts, strict=True)
        for share, part in zip(line.shares, split(whole, [to_pence(s.amount) for s in line.shares]), strict=True)
        if part.amount > 0
    )


def _line(place: Place, funds: Sequence[tuple[str, int, int]]) -> StillToPayOut:
    ordered = sorted(funds, key=lambda row: (row[0] != NHS, row[0]))
    left = sum(agreed - gone for _, agreed, gone in ordered)
    shares = tuple(Share(fund, from_pence(agreed)) for fund, agreed, _ in ordered if agreed > 0)
    return StillToPayOut(place, from_pence(left), shares)
