"""Price a budget of any length: cut where its financial year, its model or a rate changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from moneyed import Money

from phb.budget.setting.inputs import Inputs
from phb.budget.setting.model import BudgetModel
from phb.budget.setting.pricing import IndicativePrice, price
from phb.budget.setting.rates import RateCard
from phb.budget.setting.weeks import Calendar
from phb.core.money import from_pence
from phb.core.period import Period, financial_year, financial_year_of


@dataclass(frozen=True)
class PriceInParts:
    """The price of a longer budget, cut where its financial year, its model or a rate changes.

    Args:
        parts: in order; joined they are the whole.
    """

    parts: tuple[IndicativePrice, ...]

    @property
    def recurring(self) -> Money:
        """What comes round, for all parts."""
        return from_pence(sum(part.trace.totals.recurring_pence for part in self.parts))

    @property
    def one_off(self) -> Money:
        """What is needed once, in whichever part."""
        return from_pence(sum(part.trace.totals.one_off_pence for part in self.parts))

    @property
    def contingency(self) -> Money:
        """What is set aside, in the first part."""
        return from_pence(sum(part.trace.totals.contingency_pence for part in self.parts))

    @property
    def total(self) -> Money:
        """Recurring, one-off and contingency together."""
        return from_pence(sum(part.trace.totals.total_pence for part in self.parts))


def price_in_parts(
    model_on: Callable[[date], BudgetModel],
    inputs: Inputs,
    rates_on: Callable[[date], RateCard],
    period: Period,
    *,
    calendar: Calendar | None = None,
) -> PriceInParts:
    """Return the price of a period of any length, each part by its own model and rates.

    It is cut at each 1 April, where a version of the model ends, and where a rate that comes round changes.

    Args:
        model_on: chooses the model by the first day of a part.
        inputs: the needs of one assessment, for all of the period.
        rates_on: chooses the rates by the first day of a part.
        period: of any length.
        calendar: the bank holidays, where days are counted.
    """
    parts = []
    start_on = period.start_on
    while start_on < period.end_on:
        model, rates = model_on(start_on), rates_on(start_on)
        part = _part(Period(start_on, period.end_on), model, inputs, rates)
        parts.append(price(model, inputs, rates, part, calendar=calendar, whole=period))
        start_on = part.end_on
    return PriceInParts(tuple(parts))


def _part(rest: Period, model: BudgetModel, inputs: Inputs, rates: RateCard) -> Period:
    """Return the days from the start of a period that one model and one set of rates price."""
    year = financial_year(financial_year_of(rest.start_on))
    ends = [rest.end_on, year.end_on]
    if model.effective_to and model.holds_on(rest.start_on) and model.effective_to < rest.last_day:
        ends.append(model.effective_to + timedelta(days=1))
    part = Period(rest.start_on, min(ends))
    change_on = rates.next_change(model.rates_for(inputs), part)
    return Period(part.start_on, change_on or part.end_on)
