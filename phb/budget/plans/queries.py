"""Read a version of a care plan whole."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from moneyed import Money
from sqlalchemy import select
from sqlalchemy.orm import Session

from phb.budget.plans.models import CarePlan, LineFund, LineTerms, LineYear, PlanLine, PlanOutcome, PlanRisk, Pot
from phb.core.money import from_pence
from phb.ledger.entry import Place, Portion, Share


@dataclass(frozen=True)
class YearView:
    """A line's money in one financial year; `shares` add up to its amount, the NHS first."""

    money: LineYear
    shares: tuple[Share, ...]

    @property
    def year(self) -> int:
        """The financial year."""
        return self.money.year

    @property
    def amount(self) -> Money:
        """What is set aside in the year."""
        return self.money.amount


@dataclass(frozen=True)
class LineView:
    """A plan line with what a version of the plan says of it."""

    line: PlanLine
    terms: LineTerms
    pot: Pot
    outcome: PlanOutcome
    years: tuple[YearView, ...]

    @property
    def amount(self) -> Money:
        """What is set aside for all its days."""
        return sum((year.amount for year in self.years), from_pence(0))

    @property
    def cost(self) -> Money:
        """What the service costs in full."""
        return sum((year.money.cost for year in self.years), from_pence(0))

    def place(self, year: int) -> Place:
        """Return where the books keep its money of a year."""
        return Place(self.line.budget_id, self.line.pot_id, self.line.id, year)

    def portions(self) -> tuple[Portion, ...]:
        """Return its money as the books take it: one portion for each year and funder."""
        return tuple(Portion(self.place(year.year), share) for year in self.years for share in year.shares)


@dataclass(frozen=True)
class PlanView:
    """One version of a care plan with everything in it."""

    plan: CarePlan
    pots: tuple[Pot, ...]
    outcomes: tuple[PlanOutcome, ...]
    lines: tuple[LineView, ...]
    risks: tuple[PlanRisk, ...]

    @property
    def amount(self) -> Money:
        """What all lines come to."""
        return sum((line.amount for line in self.lines), from_pence(0))

    def portions(self) -> tuple[Portion, ...]:
        """Return all its money as the books take it."""
        return tuple(portion for line in self.lines for portion in line.portions())


def plan_view(session: Session, plan_id: UUID) -> PlanView:
    """Return a version of a plan with its outcomes, lines, money and risks; ask for the budget first.

    A version never changes once it is stored, so one unit of work reads it once.
    """
    read: dict[UUID, PlanView] = session.info.setdefault("plan_views", {})
    if plan_id not in read:
        read[plan_id] = _read(session, plan_id)
    return read[plan_id]


def _read(session: Session, plan_id: UUID) -> PlanView:
    plan = session.scalars(select(CarePlan).where(CarePlan.id == plan_id)).one()
    outcomes = session.scalars(
        select(PlanOutcome).where(PlanOutcome.plan_id == plan_id).order_by(PlanOutcome.ordinal)
    ).all()
    risks = session.scalars(select(PlanRisk).where(PlanRisk.plan_id == plan_id).order_by(PlanRisk.ordinal)).all()
    lines = _lines(session, plan_id, {outcome.reference: outcome for outcome in outcomes})
    pots = {line.pot.id: line.pot for line in lines}
    return PlanView(plan, tuple(pots.values()), tuple(outcomes), lines, tuple(risks))


def plan_versions(session: Session, budget_id: UUID) -> Sequence[CarePlan]:
    """Return every version of a budget's plan, the first first."""
    return session.scalars(
        select(CarePlan).where(CarePlan.budget_id == budget_id).order_by(CarePlan.plan_version)
    ).all()


def pots_of(session: Session, budget_id: UUID) -> Sequence[Pot]:
    """Return the pots a budget ever had, by reference."""
    return session.scalars(select(Pot).where(Pot.budget_id == budget_id).order_by(Pot.reference)).all()


def lines_of(session: Session, budget_id: UUID) -> Sequence[PlanLine]:
    """Return the lines a budget's plans ever had, by reference."""
    return session.scalars(select(PlanLine).where(PlanLine.budget_id == budget_id).order_by(PlanLine.reference)).all()


def places_of(session: Session, plan_ids: Sequence[UUID]) -> set[Place]:
    """Return every line and year that some versions of a plan put money on."""
    rows = session.execute(
        select(PlanLine.budget_id, PlanLine.pot_id, PlanLine.id, LineYear.year)
        .join(LineYear, LineYear.plan_line_id == PlanLine.id)
        .where(LineYear.plan_id.in_(plan_ids))
    )
    return {Place(budget_id, pot_id, line_id, year) for budget_id, pot_id, line_id, year in rows}


def _lines(session: Session, plan_id: UUID, outcomes: dict[str, PlanOutcome]) -> tuple[LineView, ...]:
    years = _years(session, plan_id)
    rows = session.execute(
        select(PlanLine, LineTerms, Pot)
        .join(LineTerms, LineTerms.plan_line_id == PlanLine.id)
        .join(Pot, Pot.id == PlanLine.pot_id)
        .where(LineTerms.plan_id == plan_id)
        .order_by(LineTerms.ordinal)
    )
    return tuple(
        LineView(line, terms, pot, outcomes[terms.outcome_reference], tuple(years[line.id]))
        for line, terms, pot in rows
    )


def _years(session: Session, plan_id: UUID) -> defaultdict[UUID, list[YearView]]:
    row, fund = LineYear, LineFund
    of_year = (fund.plan_id == row.plan_id) & (fund.plan_line_id == row.plan_line_id) & (fund.year == row.year)
    found = session.execute(
        select(row, fund.fund, fund.amount)
        .outerjoin(fund, of_year)
        .where(row.plan_id == plan_id)
        .order_by(row.plan_line_id, row.year, fund.ordinal)
    )
    years: defaultdict[UUID, list[YearView]] = defaultdict(list)
    for money, parts in groupby(found, key=itemgetter(0)):
        shares = tuple(Share(name, amount) for _, name, amount in parts if name is not None)
        years[money.plan_line_id].append(YearView(money, shares))
    return years
