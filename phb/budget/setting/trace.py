"""The whole calculation of a price as one value, in JSON and in plain English."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from phb.budget.setting.inputs import Inputs
from phb.budget.setting.lines import Line, Working
from phb.budget.setting.model import BudgetModel
from phb.budget.setting.rates import Rate
from phb.budget.setting.schema.checks import Code
from phb.budget.setting.schema.reading import Json, read, write
from phb.budget.setting.weeks import Calendar
from phb.budget.setting.words import PER, SIGNS, dates_text, day_text, length_text, pence_text, pounds_text
from phb.core.clock import london_date
from phb.core.period import Period


@dataclass(frozen=True)
class StepTotal:
    """What the lines of one step come to, in whole pence."""

    name: Code
    weekly_pence: int
    amount_pence: int


@dataclass(frozen=True)
class Totals:
    """What a price comes to, in whole pence; contingency is kept apart.

    Args:
        weekly_pence: what comes round, for a week: the sum of the lines' own weekly figures.
        recurring_pence: what comes round, for the period.
        total_pence: recurring, one-off and contingency together.
    """

    weekly_pence: int
    recurring_pence: int
    one_off_pence: int
    contingency_pence: int
    total_pence: int


@dataclass(frozen=True)
class Trace:
    """Everything a price was made of, so that it can be explained and worked out again from this alone.

    Args:
        engine: which arithmetic made it.
        rates: those used, each once.
        known_at: the instant whose knowledge of rates was used; None is all that was recorded.
        calendar: the bank holidays of the period, where days were counted.
        whole: the budget this is a part of; the period itself unless it was cut.
    """

    engine: int
    model: BudgetModel
    inputs: Inputs
    rates: tuple[Rate, ...]
    period: Period
    whole: Period
    lines: tuple[Line, ...]
    steps: tuple[StepTotal, ...]
    totals: Totals
    known_at: datetime | None = None
    calendar: Calendar | None = None

    @classmethod
    def from_json(cls, document: object) -> "Trace":
        """Return a trace from what JSON holds, or refuse with the place of the fault."""
        return read(cls, document)

    def to_json(self) -> dict[str, Json]:
        """Return the trace as JSON holds it; pence are whole numbers, other numbers text."""
        return write(self)

    def in_plain_english(self) -> list[str]:
        """Return paragraphs for the person whose budget it is: how it starts, each cost, what it comes to."""
        costs = self.costs_in_plain_english()
        return [*_start(self), *dots_explained(costs), *costs, *_end(self)]

    def costs_in_plain_english(self) -> list[str]:
        """Return a paragraph for each cost alone, for a calculation that is no whole estimate: a line of a plan."""
        return list(_costs(self))


def dots_explained(costs: Iterable[str]) -> list[str]:
    """Return the sentence that says what “…” means, where any of some paragraphs has one."""
    return ["Where a number ends in “…”, it goes on with more digits."] if "…" in "".join(costs) else []


def _start(trace: Trace) -> Iterator[str]:
    model = trace.model
    yield (
        f"This is how we worked out the first estimate of your budget {dates_text(trace.period)}. We started from your "
        f"assessment of {day_text(trace.inputs.assessed_on)} ({trace.inputs.assessment})."
    )
    yield (
        f"We followed the rules called “{model.title}” (version {model.version}, in use from "
        f"{day_text(model.effective_from)}). They come from {model.source}. {_ROUNDING[model.round_by]}"
    )
    if trace.known_at:
        yield f"We used the prices that were known on {day_text(london_date(trace.known_at))}."
    if trace.period != trace.whole:
        yield (
            f"Your whole budget runs {dates_text(trace.whole)}. We worked this part out by itself, because prices or "
            "rules are not the same all the way through."
        )


_ROUNDING = {
    "week": "We rounded what a week of each thing costs to the nearest penny first, and went on from there.",
    "year": "We rounded the cost of each thing to the nearest penny only once, at the end.",
}


def _costs(trace: Trace) -> Iterator[str]:
    said: set[str] = set()
    for step in trace.model.steps:
        lines = [line for line in trace.lines if line.step == step.name]
        for line in lines:
            yield " ".join(_cost(line, trace.period, said))
        if len(lines) > 1:
            amounts = " + ".join(pence_text(line.pence) for line in lines)
            total = pence_text(sum(line.pence for line in lines))
            yield f"Added up, the cost of {step.words} is {amounts} = {total}{_span(lines[0], trace.period)}."


def _cost(line: Line, period: Period, said: set[str]) -> Iterator[str]:
    """Say where each number comes from, then the sum; how a week becomes a year is said once in a trace."""
    for working in line.workings:
        for factor in working.factors:
            if factor.because and factor.because not in said:
                yield factor.because
        yield from _sum(working, PER.get(working.per) or _span(line, period))
    said.update(factor.because for factor in line.lengthening if factor.because)


def _sum(working: Working, span: str) -> Iterator[str]:
    first, *rest = working.factors
    sum_ = first.shown + "".join(f" {SIGNS[factor.sign]} {factor.shown}" for factor in rest)
    if working.is_rounded:
        exactly = f"{sum_} = {pounds_text(working.exact)}, which" if rest else first.shown
        yield f"{exactly} is {pounds_text(working.pounds)}{span} to the nearest penny."
    elif rest and not (first.shown == "1" and len(rest) == 1):
        yield f"{sum_} = {pounds_text(working.exact)}{span}."


def _span(line: Line, period: Period) -> str:
    return f" {length_text(period)}" if line.kind == "recurring" else ""


def _end(trace: Trace) -> Iterator[str]:
    totals = trace.totals
    parts = []
    if totals.recurring_pence:
        parts.append(pence_text(totals.recurring_pence))
        about = f"That is about {pence_text(totals.weekly_pence)} a week."
        yield f"What you need again and again costs {parts[-1]} {length_text(trace.period)}. {about}"
    if totals.one_off_pence:
        parts.append(pence_text(totals.one_off_pence))
        yield f"What you need once costs {parts[-1]}."
    if totals.contingency_pence:
        parts.append(pence_text(totals.contingency_pence))
        yield f"{parts[-1]} is kept apart in case something unexpected happens. It is not for everyday spending."
    total = pence_text(totals.total_pence)
    adding = f"{' + '.join(parts)} = {total}" if len(parts) > 1 else total
    this = "" if trace.period == trace.whole else " for this part"
    yield (
        f"Your first estimate{this} is {adding}. It is there to help you plan. It is not your final budget. "
        "Your final budget must be enough for everything in the plan you agree."
    )
