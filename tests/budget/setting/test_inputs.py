"""What a person needs, as an assessment says it."""

from datetime import date

import pytest
from hypothesis import given

from phb.budget.setting.inputs import Inputs
from phb.core.errors import RuleViolationError
from phb.core.period import financial_year
from tests.budget.setting.builders import JSON, inputs, need
from tests.budget.setting.strategies import PATIENTLY, assessments


@given(some=assessments(financial_year(2026)))
@PATIENTLY
def test_needs_come_back_from_json_as_they_were(some: Inputs) -> None:
    assert Inputs.from_json(some.to_json()) == some


def test_a_need_of_no_hours_is_allowed() -> None:
    assert inputs(need("day", "0")).of("day")[0].quantity == 0


def test_a_one_off_falls_on_its_day_or_on_the_first() -> None:
    first = date(2026, 4, 1)
    (dated, undated) = inputs(
        need("chair", "1", "each", "once", on="2026-06-01"), need("advert", "1", "each", "once")
    ).needs
    assert (dated.falls_on(first), undated.falls_on(first)) == (date(2026, 6, 1), first)


def test_a_band_may_be_needed_each_week_and_some_more_each_year() -> None:
    assert len(inputs(need("day", "21"), need("day", "40", per="year")).of("day")) == 2


@pytest.mark.parametrize(
    ("bad", "code", "field", "sentence"),
    [
        (
            need("day", "1681"),
            "number-out-of-range",
            "quantity",
            "A week has 168 hours, so “day” asks for more than 10",
        ),
        (need("day", "241", per="day"), "number-out-of-range", "quantity", "A day has 24 hours"),
        (need("day", "87841", per="year"), "number-out-of-range", "quantity", "A year has 8784 hours"),
        (need("sleep-in", "71", "night"), "number-out-of-range", "quantity", "A week has 7 nights"),
        (need("pack", "100001", "each"), "number-out-of-range", "quantity", "to 100,000"),
        (need("day", "-1"), "number-out-of-range", "quantity", "is -1. Give a number from 0"),
        (need("day", "21") | {"quantity": 20.5}, "float-refused", "quantity", "as text"),
        (need("day", "21", "minute"), "unknown-choice", "unit", "hour, night, each"),
        (need("day", "21", per="month"), "unknown-choice", "per", "week, year, day, once"),
        (need("Day time", "21"), "not-a-code", "code", "“Day time”"),
        (need("day", "21", on="2026-06-01"), "need-date", "on", "is needed every week, so it has no single date"),
        (need("day", "21", per="once", on="June"), "not-a-date", "on", "“June”"),
        ({"code": "day"}, "field-missing", "quantity", "“quantity” is missing in “needs[1]”"),
    ],
)
def test_an_absurd_need_is_refused_at_its_field(bad: JSON, code: str, field: str, sentence: str) -> None:
    with pytest.raises(RuleViolationError) as refusal:
        inputs(need("night", "10"), bad)
    assert (refusal.value.code, refusal.value.field) == (code, f"needs[1].{field}")
    assert sentence in refusal.value.sentence


def test_the_same_need_twice_is_refused() -> None:
    with pytest.raises(RuleViolationError, match="names “day” twice") as refusal:
        inputs(need("day", "10"), need("day", "11"))
    assert (refusal.value.code, refusal.value.field) == ("need-twice", "needs[1].code")
