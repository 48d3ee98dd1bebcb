"""Make each funder bear exactly its share of what was spent, month by month, cumulative for each financial year.

Each posting is shared to the penny, and many pennies rounded one way add up. A share holds for the days that the care
was for; what names no days, such as money asked back, stays in the shares it was booked in where these change on a day.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget
from phb.budget.budgets.workflow import BudgetState, RevisionState
from phb.budget.plans.models import LineFund, PlanLine
from phb.budget.plans.queries import LineView, plan_versions, plan_view
from phb.budget.plans.shares import exact_parts, from_stored
from phb.budget.queries import budget
from phb.core.actor import Permission
from phb.core.money import from_pence, whole_pence
from phb.core.period import Period, financial_year, month_in_words
from phb.core.uow import UnitOfWork
from phb.ledger import events, posting
from phb.ledger.chart import NHS, Account, JournalKind
from phb.ledger.entry import FundTransfer, Heading, Place, Source
from phb.ledger.models import JournalLine

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('true-up' || :budget_id, 0))")


@dataclass(frozen=True)
class Booked:
    """What is booked as spent at one place by one fund, for the same days; None where the lines name none."""

    place: Place
    fund: str
    covers: Period | None
    is_true_up: bool
    pence: int


def shared_budgets(session: Session) -> list[UUID]:
    """Return the budgets that were agreed and that another funder than the NHS pays a part of, in order."""
    agreed = select(PersonalHealthBudget.id).where(PersonalHealthBudget.state == BudgetState.ACTIVE)
    query = (
        select(PlanLine.budget_id)
        .join(LineFund, LineFund.plan_line_id == PlanLine.id)
        .where(LineFund.fund != NHS, PlanLine.budget_id.in_(agreed))
    )
    return list(session.scalars(query.distinct().order_by(PlanLine.budget_id)))


def true_up(uow: UnitOfWork, budget_id: UUID, until: date) -> tuple[FundTransfer, ...]:
    """Move cost between a budget's funders, so that each bears exactly its share of what was spent up to a day.

    Where the shares are exact already nothing is posted, so a second call changes nothing.

    Raises:
        MissingPermissionError: the actor may not.
        BudgetNotFoundError: absent, or not the actor's to see.
    """
    uow.actor.require(Permission.FUNDERS_TRUE_UP)
    found = budget(uow.session, uow.actor, budget_id, uow.today)
    uow.session.execute(LOCK, {"budget_id": str(budget_id)})
    transfers = tuple(transfers_due(uow.session, found, until))
    if transfers:
        narration = f"Each funder's share made exact to the end of {month_in_words(until)}"
        posting.post(uow, events.funds_trued_up(Heading(until, narration, Source("budget", budget_id)), transfers))
    return transfers


def transfers_due(session: Session, found: PersonalHealthBudget, until: date) -> Iterator[FundTransfer]:
    """Yield what has to move between funders so that each bears exactly its share up to a day."""
    lines = _lines(session, found)
    by_place: defaultdict[Place, list[Booked]] = defaultdict(list)
    for row in _booked(session, found.id, until):
        by_place[row.place].append(row)
    for place, rows in by_place.items():
        line = lines[place.plan_line_id]
        yield from _transfers(place, _borne(rows), _exact(line, place.year, rows))


def _lines(session: Session, found: PersonalHealthBudget) -> dict[UUID, LineView]:
    """Return the budget's lines as they were agreed last; one that left the plan as it stood before."""
    row = BudgetRevision
    applied = select(row.plan_id).where(row.budget_id == found.id, row.state == RevisionState.APPLIED)
    agreed = {found.plan_id, *session.scalars(applied)}
    versions = [plan for plan in plan_versions(session, found.id) if plan.id in agreed or plan.plan_version == 1]
    return {line.line.id: line for plan in versions for line in plan_view(session, plan.id).lines}


def _booked(session: Session, budget_id: UUID, until: date) -> Iterator[Booked]:
    line, is_true_up = JournalLine, JournalLine.kind == JournalKind.FUNDS_TRUED_UP
    dimensions = (line.pot_id, line.plan_line_id, line.year, line.fund, line.covers, is_true_up)
    rows = session.execute(
        select(*dimensions, func.sum(line.pence))
        .where(line.budget_id == budget_id, line.account == Account.EXPENDITURE, line.effective_on <= until)
        .group_by(*dimensions)
        .order_by(*dimensions)
    )
    for pot_id, plan_line_id, year, fund, covers, trued_up, pence in rows:
        place = Place(budget_id, pot_id, plan_line_id, year)  # type: ignore[arg-type]  # spending names all of them
        yield Booked(place, fund, _days(covers), trued_up, int(pence))


def _days(covers: Range[date] | None) -> Period | None:
    return Period(covers.lower, covers.upper) if covers and covers.lower and covers.upper else None


def _borne(rows: list[Booked]) -> dict[str, int]:
    """Return what each fund bears by the books, true-ups included."""
    found: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        found[row.fund] += row.pence
    return found


def _exact(line: LineView, year: int, rows: list[Booked]) -> dict[str, Fraction]:
    """Return what each fund should bear of a line's spending of a year, exactly.

    What was booked stays where the plan has no money of that year any more.
    """
    rules = [from_stored(rule) for rule in line.terms.shares]
    agreed = next((view.shares for view in line.years if view.year == year), ())
    change_on_a_day = any(rule.start_on for rule in rules)
    found: defaultdict[str, Fraction] = defaultdict(Fraction)
    for row in rows:
        if row.is_true_up:
            continue
        days = row.covers.overlap(financial_year(year)) if row.covers else None
        stays = not agreed or (days is None and change_on_a_day)
        parts = {row.fund: Fraction(1)} if stays else exact_parts(rules, agreed, days or financial_year(year))
        for fund, part in parts.items():
            found[fund] += row.pence * part
    return found


def _transfers(place: Place, borne: Mapping[str, int], exact: Mapping[str, Fraction]) -> Iterator[FundTransfer]:
    """Yield the moves from funds that bear too much to those that bear too little, in the order of their names."""
    funds = sorted({*borne, *exact}, key=lambda fund: (fund != NHS, fund))
    should = whole_pence([exact.get(fund, Fraction(0)) for fund in funds])
    over = {fund: borne.get(fund, 0) - pence for fund, pence in zip(funds, should, strict=True)}
    for giver in funds:
        for taker in funds:
            moved = min(over[giver], -over[taker])
            if moved > 0:
                over[giver] -= moved
                over[taker] += moved
                yield FundTransfer(place, to_fund=taker, from_fund=giver, amount=from_pence(moved))
