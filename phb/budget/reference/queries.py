"""Read a commissioner's offers, programme budgets and home packages."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from phb.budget.reference.cohorts import cohort
from phb.budget.reference.models import HomePackage, ProgrammeBudget, ServiceOffer


def offers(session: Session, on: date) -> Sequence[ServiceOffer]:
    """Return the cohorts that budgets are recorded as offered to on a day."""
    running = _runs(ServiceOffer.offered_from, ServiceOffer.offered_to, on)
    return session.scalars(select(ServiceOffer).where(running).order_by(ServiceOffer.cohort_code)).all()


def offered_groups(session: Session, on: date) -> set[str]:
    """Return the groups of cohorts that budgets are offered to on a day: both wheelchair codes are one."""
    return {cohort(offer.cohort_code, on).group for offer in offers(session, on)}


def home_packages(session: Session, on: date) -> Sequence[HomePackage]:
    """Return the packages that run on a day and are no personal health budgets."""
    running = _runs(HomePackage.start_on, HomePackage.end_on, on)
    return session.scalars(select(HomePackage).where(running).order_by(HomePackage.reference)).all()


def programme_budget(session: Session, fund: str, year: int) -> ProgrammeBudget | None:
    """Return what a funder has for a financial year as it was set last."""
    of_fund = select(ProgrammeBudget).where(ProgrammeBudget.fund == fund, ProgrammeBudget.year == year)
    return session.scalars(of_fund.order_by(ProgrammeBudget.ordinal.desc()).limit(1)).first()


def programme_budgets() -> Select[ProgrammeBudget]:
    """Select every programme budget that was ever set."""
    return select(ProgrammeBudget)


def _runs(
    first: InstrumentedAttribute[date], last: InstrumentedAttribute[date | None], on: date
) -> ColumnElement[bool]:
    return (first <= on) & or_(last.is_(None), last >= on)
