"""Work a stored calculation out again from its trace alone, and refuse one that does not come to its figures."""

from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest

from phb.budget.setting.lines import Working
from phb.budget.setting.pricing import ENGINE, IndicativePrice, price
from phb.budget.setting.rates import RateCard
from phb.budget.setting.schema.checks import number_text
from phb.budget.setting.trace import Trace
from phb.budget.setting.words import pence_text
from phb.core.errors import RuleViolationError

ENGINES: Mapping[int, Callable[..., IndicativePrice]] = {ENGINE: price}


class UnknownEngineError(RuleViolationError):
    """A stored calculation was made by an arithmetic that is not known here."""

    code = "unknown-engine"


class TraceDisagreesError(RuleViolationError):
    """A stored calculation does not come to the figures stored with it."""

    code = "trace-disagrees"


def replay(trace: Trace) -> IndicativePrice:
    """Return the price worked out again from a stored trace alone.

    Raises:
        UnknownEngineError: another arithmetic made it.
        TraceDisagreesError: a stored figure is not what comes out.
    """
    if trace.engine not in ENGINES:
        raise UnknownEngineError(
            f"This calculation was made by version {trace.engine} of the arithmetic, which this program does not "
            "have. Open it with the version of the program that made it.",
            engine=trace.engine,
        )
    again = _priced_again(trace)
    _refuse_differences(trace, again.trace)
    return again


def _priced_again(trace: Trace) -> IndicativePrice:
    rates = RateCard(trace.rates, trace.known_at)
    engine = ENGINES[trace.engine]
    try:
        return engine(trace.model, trace.inputs, rates, trace.period, calendar=trace.calendar, whole=trace.whole)
    except RuleViolationError as error:
        raise TraceDisagreesError(
            f"The stored calculation cannot be worked out again. {error.sentence} {_DO_NOT_RELY}", reason=error.code
        ) from error


def _refuse_differences(stored: Trace, again: Trace) -> None:
    nothing = ("what follows", "nothing")
    for before, after in zip_longest(_figures(stored), _figures(again), fillvalue=nothing):
        if before != after:
            raise TraceDisagreesError(
                f"The stored calculation does not add up: {before[0]} is stored as “{before[1]}”, but worked out again "
                f"{after[0]} is “{after[1]}”. {_DO_NOT_RELY}",
                stored=before[1],
                worked_out=after[1],
            )


_DO_NOT_RELY = "Do not rely on it: work the budget out anew, and find out what changed the stored calculation."


def _figures(trace: Trace) -> Iterator[tuple[str, str]]:
    yield "the number of costs", f"{len(trace.lines)}"
    for line in trace.lines:
        yield f"the kind of “{line.words}”", f"{line.step} {line.kind} {line.need} {line.rate} {line.rate_on}"
        for working in line.workings:
            yield f"the sum for “{line.words}”", _sum(working)
        if line.weekly:
            yield f"the weekly cost of “{line.words}”", _sum(line.weekly)
    for step in trace.steps:
        yield f"the cost of the step “{step.name}”", pence_text(step.amount_pence)
        yield f"the weekly cost of the step “{step.name}”", pence_text(step.weekly_pence)
    totals = trace.totals
    yield "what comes round in a week", pence_text(totals.weekly_pence)
    yield "what comes round", pence_text(totals.recurring_pence)
    yield "what is needed once", pence_text(totals.one_off_pence)
    yield "what is set aside", pence_text(totals.contingency_pence)
    yield "the total", pence_text(totals.total_pence)


def _sum(working: Working) -> str:
    factors = " ".join(f"{factor.sign} {number_text(factor.number)} ({factor.shown})" for factor in working.factors)
    rounded = "" if working.pence is None else f", rounded {pence_text(working.pence)}"
    return f"{working.per}: {factors} = {number_text(working.exact)}{rounded}"
