"""Find the models and rates of a commissioner, as known at an instant."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from phb.budget.setting.model import BudgetModel
from phb.budget.setting.rates import Rate, RateCard
from phb.budget.setting.weeks import Calendar
from phb.budget.tariffs.models import BudgetModelVersion, PriceRate
from phb.budget.tariffs.tariff import ModelInUse, Tariff
from phb.core.period import Period
from phb.people.calendars import queries as calendars

READ_BEFORE = 2000  # documents kept in memory


def rates() -> Select[PriceRate]:
    """Select every price ever recorded."""
    return select(PriceRate)


def budget_models() -> Select[BudgetModelVersion]:
    """Select every version of every budget model."""
    return select(BudgetModelVersion)


def latest_rate(session: Session, code: str, effective_from: date) -> PriceRate | None:
    """Return the price of a code from a day on as it was recorded last."""
    found = rates().where(PriceRate.code == code, PriceRate.effective_from == effective_from)
    return session.scalars(found.order_by(PriceRate.known_from.desc()).limit(1)).first()


def versions_of(session: Session, code: str, *, for_update: bool = False) -> Sequence[BudgetModelVersion]:
    """Return the versions of a budget model, the first first."""
    found = budget_models().where(BudgetModelVersion.code == code).order_by(BudgetModelVersion.effective_from)
    return session.scalars(found.with_for_update() if for_update else found).all()


def tariff(session: Session, cohort: str, *, known_at: datetime, calendar: Calendar | None = None) -> Tariff:
    """Return what prices a budget of a cohort, with the rates known at an instant."""
    models = [ModelInUse(as_model(row), frozenset(row.cohorts)) for row in session.scalars(budget_models())]
    card = RateCard([_rate(json.dumps(row.document)) for row in session.scalars(rates())], known_at)
    return Tariff(models, card, cohort, calendar)


def as_model(row: BudgetModelVersion) -> BudgetModel:
    """Return a stored version as the pricing engine takes it, ended where a later one follows."""
    return replace(_model(json.dumps(row.document)), effective_to=row.effective_to)


def calendar(session: Session) -> Calendar | None:
    """Return the bank holidays the commissioner has imported, or None where it has none.

    It answers for whole years: from the first to the last that it has a bank holiday of.
    """
    days = calendars.calendar(session)
    if not days:
        return None
    covers = Period(date(days[0].day.year, 1, 1), date(days[-1].day.year + 1, 1, 1))
    return Calendar(days[0].source, covers, tuple(row.day for row in days if row.observed))


# What is recorded never changes, and every budget is priced by all of it: so one document is read once.
@lru_cache(maxsize=READ_BEFORE)
def _rate(document: str) -> Rate:
    return Rate.from_json(json.loads(document))


@lru_cache(maxsize=READ_BEFORE)
def _model(document: str) -> BudgetModel:
    return BudgetModel.from_json(json.loads(document))
