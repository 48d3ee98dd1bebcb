"""What a plan line costs in full, in each financial year, by the same engine that prices assessments."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from fractions import Fraction
from typing import Any, Literal

from moneyed import Money

from phb.budget.kinds import Frequency
from phb.budget.plans.draft import LineDraft
from phb.budget.setting.inputs import Inputs, Need
from phb.budget.setting.model import BudgetModel
from phb.budget.setting.parts import PriceInParts, price_in_parts
from phb.budget.setting.rates import Rate, RateCard
from phb.budget.setting.steps.types import AnyStep, Band, Hours, Item, OneOffs, Units, WeeksInTheYear
from phb.budget.setting.weeks import DaysOverSeven
from phb.budget.tariffs.tariff import Tariff
from phb.core.clock import LONDON
from phb.core.money import from_pence
from phb.core.period import Period, financial_year_of

MONTHS_IN_A_YEAR = 12
STATED = "stated-in-the-plan"
SERVICE = "service"

Per = Literal["week", "year", "day", "once"]
_PER: dict[Frequency, Per] = {
    Frequency.ONCE: "once",
    Frequency.DAY: "day",
    Frequency.WEEK: "week",
    Frequency.MONTH: "year",
    Frequency.YEAR: "year",
}


@dataclass(frozen=True)
class YearCost:
    """The full cost of a line in one financial year.

    `period` is the line's days of that year, `traces` the calculation of each part of it.
    """

    year: int
    period: Period
    cost: Money
    traces: tuple[dict[str, Any], ...]


def full_cost(line: LineDraft, tariff: Tariff) -> tuple[YearCost, ...]:
    """Return what a line costs in each financial year of its days, the first year first.

    Raises:
        RuleViolationError: the rates or models have a gap, or the line does not fit what they price.
    """
    priced = _by_rate(line, tariff) if line.need else _by_stated_price(line, tariff)
    pence: defaultdict[int, int] = defaultdict(int)
    traces: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for part in priced.parts:
        year = financial_year_of(part.trace.period.start_on)
        pence[year] += part.trace.totals.total_pence
        traces[year].append(part.trace.to_json())
    return tuple(
        YearCost(year, period, from_pence(pence[year]), tuple(traces[year]))
        for period in line.period.cut_by_financial_year()
        for year in [financial_year_of(period.start_on)]
        if line.comes_round or pence[year]
    )


def _by_rate(line: LineDraft, tariff: Tariff) -> PriceInParts:
    return tariff.price_alone(_inputs(line, line.need or "", line.unit), line.period)


def _by_stated_price(line: LineDraft, tariff: Tariff) -> PriceInParts:
    by_time = line.comes_round and line.unit != "each"
    inputs = _inputs(line, SERVICE, line.unit if by_time else "each")
    model = _model_of(line, by_time=by_time)
    card = RateCard([_rate_of(line, "each" if not by_time else line.unit)])
    return price_in_parts(lambda _day: model, inputs, lambda _day: card, line.period, calendar=tariff.calendar)


def _inputs(line: LineDraft, code: str, unit: Literal["hour", "night", "each"]) -> Inputs:
    quantity = line.quantity * (MONTHS_IN_A_YEAR if line.frequency is Frequency.MONTH else 1)
    need = Need(code, quantity, unit, _PER[line.frequency])
    return Inputs(f"plan line {line.reference}", line.period.start_on, (need,))


def _model_of(line: LineDraft, *, by_time: bool) -> BudgetModel:
    steps: list[AnyStep] = [_step_of(line, by_time=by_time)]
    if line.comes_round:
        steps.append(WeeksInTheYear("weeks", "how a week becomes longer", line.weeks or DaysOverSeven()))
    return BudgetModel(
        code=STATED,
        version="1",
        title="Price stated in the plan",
        source="The care plan",
        effective_from=line.period.start_on,
        round_by="year",
        steps=tuple(steps),
    )


def _step_of(line: LineDraft, *, by_time: bool) -> AnyStep:
    if by_time:
        return Hours(SERVICE, line.words, (Band(SERVICE, line.words, STATED),))
    items = (Item(SERVICE, line.words, line.words, STATED),)
    return Units(SERVICE, line.words, items) if line.comes_round else OneOffs(SERVICE, line.words, items)


def _rate_of(line: LineDraft, unit: Literal["hour", "night", "each"]) -> Rate:
    price = line.unit_price
    return Rate(
        code=STATED,
        amount=Fraction(price.amount) if price is not None else Fraction(0),
        unit=unit,
        effective_from=line.period.start_on,
        known_from=datetime.combine(line.period.start_on, time.min, LONDON),
        source="The care plan",
    )


def total(costs: Sequence[YearCost]) -> Money:
    """Return the full cost of all years."""
    return sum((cost.cost for cost in costs), from_pence(0))
