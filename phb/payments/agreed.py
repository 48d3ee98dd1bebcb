"""What the plan and the books say of a pot: whose it is, until when, for which services, what is still to pay out."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from phb.budget import queries
from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.budgets.workflow import BudgetState
from phb.budget.kinds import ManagementType
from phb.budget.plans.models import CarePlan, LineYear, PlanLine, Pot
from phb.core.actor import Actor
from phb.core.money import from_pence, split, to_pence
from phb.core.period import Period
from phb.ledger import queries as ledger
from phb.ledger.chart import NHS
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
    found = agreed_pots(session, actor, [pot_id], on)[pot_id]
    if budget_id not in {None, found.budget_id}:
        raise queries.PotNotFoundError("This budget has no such pot. Look it up in the budget.", field="pot_id")
    return found


def agreed_pots(session: Session, actor: Actor, pot_ids: Collection[UUID], on: date) -> dict[UUID, AgreedPot]:
    """Return pots of budgets that the actor may see, by their ids.

    Raises:
        PotNotFoundError: one of them is absent, or not the actor's to know of.
    """
    row = PersonalHealthBudget
    rows = session.execute(
        queries.visible_budgets(actor, on)
        .join(Pot, Pot.budget_id == row.id)
        .join(CarePlan, CarePlan.id == row.plan_id)
        .where(Pot.id.in_(pot_ids))
        .with_only_columns(Pot, row, CarePlan)
    )
    found = {pot.id: _agreed(pot, owner, plan) for pot, owner, plan in rows}
    if len(found) < len(set(pot_ids)):
        raise queries.PotNotFoundError("There is no such pot of a budget. Check its number.")
    return found


def _agreed(pot: Pot, owner: PersonalHealthBudget, plan: CarePlan) -> AgreedPot:
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


def services_of_pots(session: Session, pot_ids: Collection[UUID]) -> dict[tuple[UUID, int], list[ServiceMoney]]:
    """Return each service of some pots with its full cost and what is allocated to it, by pot and financial year."""
    budget, year = PersonalHealthBudget, LineYear
    rows = session.execute(
        select(PlanLine.pot_id, year.year, year.plan_line_id, year.cost)
        .join(PlanLine, PlanLine.id == year.plan_line_id)
        .join(budget, (budget.plan_id == year.plan_id) & (budget.id == PlanLine.budget_id))
        .where(PlanLine.pot_id.in_(pot_ids))
        .order_by(PlanLine.reference)
    )
    approved = ledger.approved_of_lines(session, pot_ids)
    found: defaultdict[tuple[UUID, int], list[ServiceMoney]] = defaultdict(list)
    for pot_id, of_year, line_id, cost in rows:
        service = ServiceMoney(line_id, cost, approved.get((line_id, of_year), from_pence(0)))
        found[pot_id, of_year].append(service)
    return found


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
