"""How each type of step is priced: one function for each, found in one table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from phb.budget.setting.inputs import Need
from phb.budget.setting.lines import Factor, Line, working
from phb.budget.setting.rates import Rate
from phb.budget.setting.steps.sheet import Sheet
from phb.budget.setting.steps.types import (
    Band,
    Contingency,
    FlatRate,
    FlatSum,
    Hours,
    Item,
    OneOffs,
    Percentage,
    QuantityStep,
    Step,
    Units,
    WeeksInTheYear,
)
from phb.budget.setting.words import (
    PER,
    counted_text,
    dates_text,
    day_text,
    length_text,
    need_text,
    plain,
    pounds_text,
    rate_source_text,
    rate_text,
)
from phb.core.errors import RuleViolationError

PERCENT = 100


class UnitsDisagreeError(RuleViolationError):
    """A need, its step and its price do not count the same thing."""

    code = "units-disagree"


class NeedOutsidePeriodError(RuleViolationError):
    """A one-off is needed on a day that the budget does not have."""

    code = "need-outside-period"


def price_quantities(step: Hours | Units, sheet: Sheet) -> Iterator[Line]:
    """Price what is needed again and again of each band or item by its rate."""
    for priced, need in _needs(step, sheet):
        rate = sheet.rate(priced.rate)
        _refuse_other_unit(step, need, rate)
        line = _quantity_line(step, sheet, priced, need)
        factors = _quantity_factors(sheet, priced, need, rate)
        yield sheet.lengthened(line, factors, rate)


def price_one_offs(step: OneOffs, sheet: Sheet) -> Iterator[Line]:
    """Price what is needed once, in the part of the budget that has its day and by that day's rate."""
    for priced, need in _needs(step, sheet):
        _refuse_other_day(sheet, need)
        line = _quantity_line(step, sheet, priced, need)
        if need.falls_on(sheet.whole.start_on) in sheet.period:
            rate = sheet.rates.rate_on(priced.rate, need.falls_on(sheet.whole.start_on))
            _refuse_other_unit(step, need, rate)
            factors = _quantity_factors(sheet, priced, need, rate)
            yield replace(line, workings=(working("whole", factors, rounded=True),))


def price_flat_sum(step: FlatSum, sheet: Sheet) -> Iterator[Line]:
    """Price a sum that the model states."""
    line = Line(step.name, "recurring", step.words, step.per, ())
    because = f"For {step.words} we add {pounds_text(step.amount)}{PER[step.per]} ({sheet.source})."
    sum_ = Factor(step.amount, pounds_text(step.amount), because=because)
    yield sheet.lengthened(line, (sum_,))


def price_flat_rate(step: FlatRate, sheet: Sheet) -> Iterator[Line]:
    """Price a sum that the rate card states for a week or a year."""
    rate = sheet.rate(step.rate)
    if rate.unit not in ("week", "year"):
        raise UnitsDisagreeError(
            f"“{step.name}” is a flat sum, but the price “{rate.code}” is for each {rate.unit}. "
            "Choose a price for a week or a year.",
            step=step.name,
            rate=rate.code,
        )
    line = Line(step.name, "recurring", step.words, rate.unit, (), rate=rate.code, rate_on=sheet.period.start_on)
    because = f"For {step.words} we add {pounds_text(rate.amount)}{PER[rate.unit]} ({rate_source_text(rate)})."
    sum_ = Factor(rate.amount, pounds_text(rate.amount), because=because)
    yield sheet.lengthened(line, (sum_,), rate)


def price_percentage(step: Percentage, sheet: Sheet) -> Iterator[Line]:
    """Price a percentage of other steps: of their week where all lengthen alike, else of their whole amounts."""
    base = sheet.lines_of(step.of)
    if not base:
        return
    percent = f"{plain(step.percent)}%"
    because = f"For {step.words} we add {percent} of the cost of {sheet.names(step.of)}."
    share = Factor(step.percent / PERCENT, percent, because=because)
    of_weeks = all(line.basis == "week" and line.lengthening == base[0].lengthening for line in base)
    yield (_percentage_of_weeks if of_weeks else _percentage_of_wholes)(step, sheet, share, base)


def price_contingency(step: Contingency, sheet: Sheet) -> Iterator[Line]:
    """Price weeks set aside, in the first part of a budget only: they are held once."""
    base = sheet.lines_of(step.of)
    if base:
        factors = _weeks_set_aside(step, sheet, base) if sheet.is_first_part else (_set_aside_before(sheet),)
        yield Line(step.name, "contingency", step.words, "once", (working("whole", factors, rounded=True),))


def price_nothing(step: WeeksInTheYear, sheet: Sheet) -> Iterator[Line]:  # noqa: ARG001 - it has no amount
    """Add no line: how weeks become years is a factor in the lines of other steps."""
    yield from ()


STEP_PRICES: Mapping[type[Step], Callable[[Any, Sheet], Iterator[Line]]] = {
    Hours: price_quantities,
    Units: price_quantities,
    OneOffs: price_one_offs,
    FlatSum: price_flat_sum,
    FlatRate: price_flat_rate,
    Percentage: price_percentage,
    Contingency: price_contingency,
    WeeksInTheYear: price_nothing,
}


def _needs(step: QuantityStep, sheet: Sheet) -> Iterator[tuple[Band | Item, Need]]:
    for priced in step.priced:
        for need in filter(step.takes, sheet.inputs.of(priced.code)):
            yield priced, need


def _quantity_line(step: QuantityStep, sheet: Sheet, priced: Band | Item, need: Need) -> Line:
    once = need.per == "once"
    return Line(
        step.name,
        "one_off" if once else "recurring",
        priced.title,
        need.per,
        (),
        need=need.code,
        rate=priced.rate,
        rate_on=need.falls_on(sheet.whole.start_on) if once else sheet.period.start_on,
    )


def _quantity_factors(sheet: Sheet, priced: Band | Item, need: Need, rate: Rate) -> tuple[Factor, ...]:
    needed = need_text(need, priced.counted(need), sheet.whole.start_on)
    return (
        Factor(need.quantity, plain(need.quantity), because=needed),
        Factor(rate.amount, pounds_text(rate.amount), because=rate_text(rate, need)),
    )


def _percentage_of_weeks(step: Percentage, sheet: Sheet, share: Factor, base: Sequence[Line]) -> Line:
    line = Line(step.name, "recurring", step.words, "week", ())
    weeks = [line.workings[0].pounds for line in base]
    week = _sum_factor(f"The cost of {sheet.names(step.of)}", weeks, " a week")
    return sheet.recurring(line, (share, replace(week, sign="of")), base[0].lengthening)


def _percentage_of_wholes(step: Percentage, sheet: Sheet, share: Factor, base: Sequence[Line]) -> Line:
    recurring = base[0].kind == "recurring"
    span = f" {length_text(sheet.period)}" if recurring else ""
    total = _sum_factor(f"The cost of {sheet.names(step.of)}", [line.exact for line in base], span)
    whole = working("whole", (share, replace(total, sign="of")), rounded=True)
    if not recurring:
        return Line(step.name, "one_off", step.words, "once", (whole,))
    return Line(step.name, "recurring", step.words, "whole", (whole,), weekly=sheet.week_of(whole))


def _weeks_set_aside(step: Contingency, sheet: Sheet, base: Sequence[Line]) -> tuple[Factor, ...]:
    weeks = counted_text(step.weeks, "week", "weeks")
    names = sheet.names(step.of)
    because = f"We set aside {weeks} of the cost of {names}, in case something unexpected happens."
    spread = any(line.is_spread for line in base)
    what = f"Spread evenly over the weeks, the cost of {names}" if spread else f"The cost of {names}"
    week = _sum_factor(what, [line.weekly.goes_on_as(sheet.round_by) for line in base if line.weekly], " a week")
    return (Factor(step.weeks, plain(step.weeks), because=because), week)


def _set_aside_before(sheet: Sheet) -> Factor:
    start = day_text(sheet.whole.start_on)
    because = f"Your contingency was set aside from {start} and stays as it is. Nothing is added to it here."
    return Factor(Fraction(0), pounds_text(Fraction(0)), because=because)


def _sum_factor(what: str, amounts: Sequence[Fraction], span: str) -> Factor:
    total = sum(amounts, Fraction(0))
    adding = " + ".join(map(pounds_text, amounts)) + " = " if len(amounts) > 1 else ""
    return Factor(total, pounds_text(total), because=f"{what} is {adding}{pounds_text(total)}{span}.")


def _refuse_other_unit(step: QuantityStep, need: Need, rate: Rate) -> None:
    fits = need.unit in ("hour", "night") if isinstance(step, Hours) else need.unit == "each"
    if not fits or need.unit != rate.unit:
        raise UnitsDisagreeError(
            f"The assessment counts “{need.code}” by the {_unit(need.unit)}, but the price “{rate.code}” is for each "
            f"{_unit(rate.unit)} and the step “{step.name}” wants {step.counts}. Make the three agree.",
            need=need.code,
            rate=rate.code,
            step=step.name,
        )


def _unit(unit: str) -> str:
    return "piece" if unit == "each" else unit


def _refuse_other_day(sheet: Sheet, need: Need) -> None:
    day = need.falls_on(sheet.whole.start_on)
    if day not in sheet.whole:
        raise NeedOutsidePeriodError(
            f"“{need.code}” is needed on {day_text(day)}, but the budget runs {dates_text(sheet.whole)}. "
            "Correct its day, or the budget's dates.",
            need=need.code,
            on=day,
        )
