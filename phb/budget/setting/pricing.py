"""Price an assessment by a budget model: exactly, in whole pence, and so that it can be worked out again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from moneyed import Money

from phb.budget.setting.inputs import Inputs, Need
from phb.budget.setting.lines import Kind, Line
from phb.budget.setting.model import BudgetModel
from phb.budget.setting.rates import Rate, RateCard
from phb.budget.setting.steps.prices import STEP_PRICES
from phb.budget.setting.steps.sheet import Sheet
from phb.budget.setting.trace import StepTotal, Totals, Trace
from phb.budget.setting.weeks import Calendar
from phb.budget.setting.words import dates_text, day_text
from phb.core.errors import RuleViolationError
from phb.core.money import from_pence
from phb.core.period import Period

ENGINE = 1


class PeriodCrossesYearEndError(RuleViolationError):
    """A period to be priced by one model holds 1 April after its first day."""

    code = "period-crosses-year-end"


class ModelNotInForceError(RuleViolationError):
    """A model was asked to price days on which it is not in force."""

    code = "model-not-in-force"


class NeedWithoutAStepError(RuleViolationError):
    """The assessment has a need that no step of the model puts a price on."""

    code = "need-without-a-step"


class PartOutsideWholeError(RuleViolationError):
    """A part of a budget has days that the budget does not have."""

    code = "part-outside-whole"


@dataclass(frozen=True)
class IndicativePrice:
    """What a model makes of an assessment for a period: an early estimate to plan by, not the agreed budget."""

    trace: Trace

    @property
    def weekly(self) -> Money:
        """What comes round, for a week."""
        return from_pence(self.trace.totals.weekly_pence)

    @property
    def recurring(self) -> Money:
        """What comes round, for the period."""
        return from_pence(self.trace.totals.recurring_pence)

    @property
    def one_off(self) -> Money:
        """What is needed once."""
        return from_pence(self.trace.totals.one_off_pence)

    @property
    def contingency(self) -> Money:
        """What is set aside, apart from the rest."""
        return from_pence(self.trace.totals.contingency_pence)

    @property
    def total(self) -> Money:
        """Recurring, one-off and contingency together."""
        return from_pence(self.trace.totals.total_pence)


def price(
    model: BudgetModel,
    inputs: Inputs,
    rates: RateCard,
    period: Period,
    *,
    calendar: Calendar | None = None,
    whole: Period | None = None,
) -> IndicativePrice:
    """Return what an assessment comes to in a period, with the whole calculation.

    Args:
        model: the version in force in the period.
        inputs: the needs of one assessment.
        rates: the card, as known at the instant that should count.
        period: within one financial year and within the model's dates.
        calendar: the bank holidays, where days are counted.
        whole: the longer budget that this is a part of: one-offs fall in the part that has their day, and
            contingency is set aside in the first part only.

    Raises:
        RuleViolationError: a need without a step, a gap or an overlap in the rates, a rate that changes inside
            the period, units that do not agree, dates outside the model's.
    """
    whole = whole or period
    _refuse_dates(model, period, whole)
    for i, need in enumerate(inputs.needs):
        _refuse_unpriced(model, need, i)
    sheet = Sheet(
        inputs=inputs,
        rates=rates,
        calendar=calendar,
        period=period,
        whole=whole,
        source=f"{model.title}, from {day_text(model.effective_from)}",
        round_by=model.round_by,
        weeks=model.weeks,
        titles={step.name: step.words for step in model.steps},
    )
    return IndicativePrice(_trace(model, _worked_out(model, sheet)))


def _worked_out(model: BudgetModel, sheet: Sheet) -> Sheet:
    for step in model.steps:
        sheet = replace(sheet, lines=sheet.lines + tuple(STEP_PRICES[type(step)](step, sheet)))
    return sheet


def _trace(model: BudgetModel, sheet: Sheet) -> Trace:
    lines = sheet.lines
    return Trace(
        engine=ENGINE,
        model=model,
        inputs=sheet.inputs,
        rates=tuple(dict.fromkeys(_rates_of(lines, sheet.rates))),
        period=sheet.period,
        whole=sheet.whole,
        lines=lines,
        steps=tuple(_step_total(step.name, lines) for step in model.steps),
        totals=_totals(lines),
        known_at=sheet.rates.known_at,
        calendar=_calendar_of(sheet),
    )


def _calendar_of(sheet: Sheet) -> Calendar | None:
    """Return the bank holidays of the period where days were counted, as far as they are known."""
    counted = any(line.basis == "day" for line in sheet.lines)
    return (
        sheet.calendar.within(sheet.period) if counted and sheet.calendar and sheet.calendar.has(sheet.period) else None
    )


def _rates_of(lines: Iterable[Line], rates: RateCard) -> Iterable[Rate]:
    return (rates.rate_on(line.rate, line.rate_on) for line in lines if line.rate and line.rate_on)


def _step_total(name: str, lines: Iterable[Line]) -> StepTotal:
    mine = [line for line in lines if line.step == name]
    return StepTotal(name, sum(line.weekly_pence for line in mine), sum(line.pence for line in mine))


def _totals(lines: Iterable[Line]) -> Totals:
    amounts: dict[Kind, int] = {"recurring": 0, "one_off": 0, "contingency": 0}
    weekly = 0
    for line in lines:
        amounts[line.kind] += line.pence
        weekly += line.weekly_pence
    return Totals(weekly, amounts["recurring"], amounts["one_off"], amounts["contingency"], sum(amounts.values()))


def _refuse_dates(model: BudgetModel, period: Period, whole: Period) -> None:
    if len(period.cut_by_financial_year()) > 1:
        raise PeriodCrossesYearEndError(
            f"The days {dates_text(period)} lie in two financial years. Price each year's days apart.",
            field="period",
        )
    if period.start_on not in whole or period.last_day not in whole:
        raise PartOutsideWholeError(
            f"The part {dates_text(period)} is not inside the budget {dates_text(whole)}. Correct one of the two.",
            field="period",
        )
    for day in (period.start_on, period.last_day):
        if not model.holds_on(day):
            raise ModelNotInForceError(
                f"Version {model.version} of “{model.title}” is not in force on {day_text(day)}. "
                "Choose the version of that day.",
                field="period",
                model=model.code,
                on=day,
            )


def _refuse_unpriced(model: BudgetModel, need: Need, at: int) -> None:
    if not any(step.takes(need) for step in model.steps):
        often = "once" if need.per == "once" else f"for each {need.per}"
        raise NeedWithoutAStepError(
            f"The assessment asks for “{need.code}” {often}, and no step of “{model.title}”, version {model.version}, "
            "puts a price on that. Choose a model that does, or correct the assessment.",
            field=f"needs[{at}].code",
            need=need.code,
        )
