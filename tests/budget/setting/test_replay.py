"""A stored calculation is worked out again from itself alone, and gives the same pence or is refused."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from phb.budget.setting.parts import price_in_parts
from phb.budget.setting.pricing import IndicativePrice
from phb.budget.setting.replay import TraceDisagreesError, UnknownEngineError, replay
from phb.budget.setting.trace import Trace
from tests.budget.setting.builders import (
    contingency,
    hours,
    items,
    model,
    need,
    percentage,
    priced,
    rate,
    weeks,
)
from tests.budget.setting.strategies import PATIENTLY, Case, cases


def example() -> IndicativePrice:
    """Price 10.5 hours of waking nights, 10 % on top, an advert and four weeks aside."""
    a_model = model(
        hours("waking-night"),
        percentage("10", "care"),
        weeks(),
        items("one_offs", "advert", name="start"),
        contingency("4", "care", "extra"),
    )
    needs = [need("waking-night", "10.5"), need("advert", "1", "each", "once")]
    return priced(a_model, needs, rate("waking-night", "26.65"), rate("advert", "95.00", "each"))


def stored(result: IndicativePrice) -> dict[str, Any]:
    """Return a trace as a database gives it back."""
    document: dict[str, Any] = json.loads(json.dumps(result.trace.to_json()))
    return document


@given(case=cases(within_a_year=False))
@PATIENTLY
def test_a_stored_trace_gives_the_same_pence(case: Case) -> None:
    result = price_in_parts(lambda _: case.model, case.inputs, lambda _: case.card, case.period, calendar=case.calendar)
    for part in result.parts:
        trace = Trace.from_json(stored(part))
        assert trace == part.trace
        assert replay(trace) == part


def test_replaying_a_replay_changes_nothing() -> None:
    once = replay(example().trace)
    assert replay(once.trace) == once == example()


def test_words_may_be_mended_without_touching_the_figures() -> None:
    document = stored(example())
    document["lines"][0]["workings"][0]["factors"][0]["because"] = "You need help for 10.5 hours a week."
    assert replay(Trace.from_json(document)).total == example().total


@pytest.mark.parametrize(
    ("path", "to", "sentence"),
    [
        (["lines", 0, "workings", 1, "pence"], 1459087, "the sum for “waking-night care” is stored as"),
        (["lines", 0, "workings", 0, "exact"], "279.83", "the sum for “waking-night care” is stored as"),
        (["lines", 0, "workings", 0, "factors", 1, "number"], "20", "times 20 (£26.65)"),
        (["lines", 0, "workings", 0, "factors", 1, "shown"], "£20.00", "times 26.65 (£20.00)"),
        (["lines", 0, "workings", 1, "factors", 2, "sign"], "times", "the sum for “waking-night care”"),
        (["lines", 0, "weekly", "pence"], 1, "the weekly cost of “waking-night care”"),
        (["lines", 2, "kind"], "recurring", "the kind of “adverts” is stored as “start recurring"),
        (["lines", 0, "words"], "luxury", "the kind of “luxury”"),
        (["rates", 0, "amount"], "26.66", "worked out again the sum for “waking-night care”"),
        (["inputs", "needs", 0, "quantity"], "10", "worked out again the sum for “waking-night care”"),
        (["model", "steps", 1, "percent"], "11", "the sum for “extra”"),
        (["model", "round_by"], "week", "rounded £279.83"),
        (["period", "end_on"], "2027-03-31", "the sum for “waking-night care”"),
        (["whole", "start_on"], "2026-03-01", "the number of costs is stored as “4”"),
        (["steps", 0, "amount_pence"], 1, "the cost of the step “care” is stored as “£0.01”"),
        (["steps", 0, "weekly_pence"], 1, "the weekly cost of the step “care” is stored as “£0.01”"),
        (["totals", "weekly_pence"], 0, "what comes round in a week is stored as “£0.00”"),
        (["totals", "recurring_pence"], 0, "what comes round is stored as “£0.00”"),
        (["totals", "one_off_pence"], 0, "what is needed once is stored as “£0.00”"),
        (["totals", "contingency_pence"], 0, "what is set aside is stored as “£0.00”"),
        (["totals", "total_pence"], 0, "the total is stored as “£0.00”"),
        (["lines"], [], "the number of costs is stored as “0”, but worked out again the number of costs is “4”"),
        (["rates"], [], "cannot be worked out again. There is no price for “waking-night”"),
    ],
)
def test_a_figure_that_was_changed_is_found(path: list[Any], to: object, sentence: str) -> None:
    document = stored(example())
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    with pytest.raises(TraceDisagreesError) as refusal:
        replay(Trace.from_json(document))
    assert refusal.value.code == "trace-disagrees"
    assert sentence in refusal.value.sentence
    assert refusal.value.sentence.endswith("find out what changed the stored calculation.")


def test_a_working_left_out_is_found() -> None:
    document = stored(example())
    del document["steps"][-1]
    with pytest.raises(TraceDisagreesError, match="what comes round in a week is stored as"):
        replay(Trace.from_json(document))


def test_another_arithmetic_is_not_guessed() -> None:
    with pytest.raises(UnknownEngineError, match="version 2 of the arithmetic") as refusal:
        replay(replace(example().trace, engine=2))
    assert refusal.value.code == "unknown-engine"
