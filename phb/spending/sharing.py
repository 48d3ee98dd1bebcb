"""Share what was spent between financial years and funders, and name the shares as the books take them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from uuid import UUID

from moneyed import Money
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from phb.budget.plans.queries import LineView
from phb.budget.queries import portions_of
from phb.core.money import from_pence, split, to_pence
from phb.core.period import Period, financial_year_of
from phb.ledger.chart import NHS, Account
from phb.ledger.entry import Place, Portion, Share
from phb.ledger.models import JournalLine, PotPosition

NO_LINE = UUID(int=0)  # money being asked about is kept by pot; the event leaves the line out


@dataclass(frozen=True, order=True)
class YearShare:
    """One funder's part of an amount, in the financial year whose money it is."""

    year: int
    fund: str
    pence: int


def days_of(on: date, covers: Period | None) -> Period:
    """Return the days something was for: those stated, or the day itself."""
    return covers or Period(on, on + timedelta(days=1))


def portions(line: LineView, days: Period, amount: Money) -> tuple[Portion, ...]:
    """Share an amount by the days in each financial year, then between the funders of the line's money of that year.

    Raises:
        PlanLineNotFoundError: the line has no money in one of the years.
    """
    years = days.cut_by_financial_year()
    parts = split(amount, [part.days for part in years])
    return tuple(
        chain.from_iterable(
            portions_of(line, part, money) for part, money in zip(years, parts, strict=True) if money.amount
        )
    )


def pot_portions(session: Session, budget_id: UUID, pot_id: UUID, day: date, amount: Money) -> tuple[Portion, ...]:
    """Share an amount that no line stands for, by what each funder agreed for the whole pot.

    The year is that of the day, or the nearest one that the pot has money in.
    """
    opened = session.scalars(select(PotPosition.year).where(PotPosition.pot_id == pot_id)).all()
    wanted = financial_year_of(day)
    year = min(opened, key=lambda one: (abs(one - wanted), one))
    agreed = _agreed_by_fund(session, pot_id, year)
    parts = split(amount, [pence for _, pence in agreed])
    place = Place(budget_id, pot_id, NO_LINE, year)
    pairs = zip(agreed, parts, strict=True)
    return tuple(Portion(place, Share(fund, part)) for (fund, _), part in pairs if part.amount)


def shares_of(found: Iterable[Portion]) -> tuple[YearShare, ...]:
    """Return portions as one share for each year and fund, in order; what is at several places is added up."""
    sums: dict[tuple[int, str], int] = {}
    for portion in found:
        key = (portion.place.year, portion.share.fund)
        sums[key] = sums.get(key, 0) + to_pence(portion.share.amount)
    return tuple(sorted(YearShare(year, fund, pence) for (year, fund), pence in sums.items()))


def portions_from(shares: Iterable[YearShare], budget_id: UUID, pot_id: UUID) -> tuple[Portion, ...]:
    """Return stored shares as the books take them, by pot."""
    return tuple(
        Portion(Place(budget_id, pot_id, NO_LINE, share.year), Share(share.fund, from_pence(share.pence)))
        for share in shares
    )


def _agreed_by_fund(session: Session, pot_id: UUID, year: int) -> Sequence[tuple[str, int]]:
    """Return what each funder agreed for a pot in a year, the NHS first; the NHS alone where nothing is left of it."""
    line = JournalLine
    rows = session.execute(
        select(line.fund, func.sum(line.pence))
        .where(line.pot_id == pot_id, line.year == year, line.account == Account.ALLOCATION)
        .group_by(line.fund)
        .having(func.sum(line.pence) > 0)
        .order_by(line.fund != NHS, line.fund)
    ).all()
    return [(fund, int(pence)) for fund, pence in rows] or [(NHS, 1)]
