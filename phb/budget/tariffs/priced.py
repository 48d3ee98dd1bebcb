"""What a commissioner's model and rates put a price on, in words and units: what an assessment or a plan may name."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy.orm import Session

from phb.budget.setting.inputs import Per, Unit
from phb.budget.setting.rates import RateGapError
from phb.budget.setting.steps.types import QuantityStep
from phb.budget.setting.weeks import CountedDays, Method
from phb.budget.tariffs.queries import tariff
from phb.budget.tariffs.tariff import Tariff

UNITS = frozenset({"hour", "night", "each"})
ONCE: tuple[Per, ...] = ("once",)


@dataclass(frozen=True)
class PricedNeed:
    """A band or an item; `per` are the ways in which it may come round, the usual one first, or “once” alone."""

    code: str
    words: str
    unit: Unit
    per: tuple[Per, ...]

    @property
    def comes_round(self) -> bool:
        """Say whether it is needed again and again."""
        return self.per != ONCE


def priced_needs(session: Session, cohort: str, on: date, *, known_at: datetime) -> tuple[PricedNeed, ...]:
    """Return what the model for a cohort prices on a day, in the order of the model; what has no price is left out.

    Raises:
        NoModelForCohortError: there is no model, or it is not clear which.
    """
    return tuple(_priced(tariff(session, cohort, known_at=known_at), on))


def _priced(found: Tariff, on: date) -> Iterator[PricedNeed]:
    model = found.model_on(on)
    for step in model.steps:
        for one in step.priced if isinstance(step, QuantityStep) else ():
            try:
                rate = found.rates.rate_on(one.rate, on)
            except RateGapError:
                continue
            method = rate.weeks or (model.weeks.method_for(one.code) if model.weeks else None)
            per = _ways(method) if step.kind == "recurring" else ONCE
            if rate.unit in UNITS:
                yield PricedNeed(one.code, one.title, cast("Unit", rate.unit), per)


def _ways(method: Method | None) -> tuple[Per, ...]:
    """Return how something may come round: by the day only where the model counts its days."""
    if not isinstance(method, CountedDays):
        return ("week", "year")
    return ("day", "year") if method.bank_holidays == "only" else ("week", "day", "year")
