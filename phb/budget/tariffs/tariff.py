"""What prices a budget: the models, the rates and the bank holidays, as one value."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from phb.budget.setting.inputs import Inputs
from phb.budget.setting.model import BudgetModel, ModelCatalogue
from phb.budget.setting.parts import PriceInParts, price_in_parts
from phb.budget.setting.rates import RateCard
from phb.budget.setting.steps.types import QuantityStep, WeeksInTheYear
from phb.budget.setting.weeks import Calendar
from phb.core.errors import RuleViolationError
from phb.core.period import Period


class NoModelForCohortError(RuleViolationError):
    """No budget model is for a cohort on a day, or more than one is."""

    code = "no-model-for-cohort"


@dataclass(frozen=True)
class ModelInUse:
    """A model with the cohorts it is for; none means any that has no model of its own."""

    model: BudgetModel
    cohorts: frozenset[str]


@dataclass(frozen=True)
class Tariff:
    """How one commissioner prices what the people of one cohort need."""

    models: Sequence[ModelInUse]
    rates: RateCard
    cohort: str
    calendar: Calendar | None = None

    def model_on(self, day: date) -> BudgetModel:
        """Return the model for the cohort on a day: its own, or the one for all.

        Raises:
            NoModelForCohortError: there is none, or it is not clear which.
            ModelOverlapError: two versions of it are in force.
        """
        in_force = [use for use in self.models if use.model.holds_on(day)]
        own = [use.model for use in in_force if self.cohort in use.cohorts]
        found = own or [use.model for use in in_force if not use.cohorts]
        codes = {model.code for model in found}
        if len(codes) != 1:
            many = f"{len(codes)} budget models are" if codes else "No budget model is"
            raise NoModelForCohortError(
                f"{many} for {self.cohort} on {day:%-d %B %Y}. Let an administrator record exactly one for that day.",
                cohort=self.cohort,
                on=day,
            )
        return ModelCatalogue(found).on(codes.pop(), day)

    def rates_on(self, _day: date) -> RateCard:
        """Return the rates; which one holds on a day the card itself knows."""
        return self.rates

    def price(self, inputs: Inputs, period: Period) -> PriceInParts:
        """Return what an assessment comes to, cut where its year, model or a rate changes."""
        return price_in_parts(self.model_on, inputs, self.rates_on, period, calendar=self.calendar)

    def price_alone(self, inputs: Inputs, period: Period) -> PriceInParts:
        """Return what the needs come to by themselves, without what the model adds to everybody's budget."""

        def model_on(day: date) -> BudgetModel:
            return only_for(self.model_on(day), inputs)

        return price_in_parts(model_on, inputs, self.rates_on, period, calendar=self.calendar)


def only_for(model: BudgetModel, inputs: Inputs) -> BudgetModel:
    """Return a model with no other steps than those that price the needs; the model itself where none does."""
    priced = [step for step in model.steps if any(step.takes(need) for need in inputs.needs)]
    if not priced:
        return model
    bands = {one.code for step in priced if isinstance(step, QuantityStep) for one in step.priced}
    weeks = model.weeks
    kept = [] if weeks is None else [_with_bands(weeks, bands)]
    return replace(model, steps=(*priced, *kept))


def _with_bands(weeks: WeeksInTheYear, bands: set[str]) -> WeeksInTheYear:
    return replace(weeks, bands=tuple(way for way in weeks.bands if way.band in bands))
