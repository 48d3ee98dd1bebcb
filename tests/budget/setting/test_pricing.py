"""What an assessment comes to, and what cannot be priced."""

import pytest
from hypothesis import given

from phb.budget.setting.pricing import price
from phb.core.errors import RuleViolationError
from phb.core.money import round_to_penny, to_pence
from phb.core.period import Period
from tests.budget.setting.builders import (
    CALENDAR,
    FIFTY_TWO_WEEKS,
    JSON,
    WEEKDAYS,
    WEEKEND,
    YEAR_2026,
    at,
    card,
    counted,
    days,
    hours,
    inputs,
    items,
    model,
    need,
    percentage,
    pounds_of,
    priced,
    rate,
    weeks,
)
from tests.budget.setting.strategies import PATIENTLY, Case, cases

DAY = rate("day", "18.40")


def test_a_model_may_round_by_the_week() -> None:
    """10.3 x £22.95 = £236.385 = £236.39 a week; £236.39 x 52 = £12,292.28. By the year: £12,292.02."""
    steps = (hours("day"), weeks(FIFTY_TWO_WEEKS))
    needs, a_rate = [need("day", "10.3")], rate("day", "22.95")
    assert pounds_of(priced(model(*steps, round_by="week"), needs, a_rate))["recurring"] == "12292.28"
    assert pounds_of(priced(model(*steps, round_by="year"), needs, a_rate))["recurring"] == "12292.02"


def test_employing_an_assistant() -> None:
    """One assistant, 30 hours at £14.00, holiday cover of 5.6 weeks in 52, pension of £9.00 a week, 52 weeks.

    Pay 30 x £14.00 = £420.00 a week; x 52 = £21,840.00.
    Holiday cover 5.6 / 52 = 140/13 % of £420.00 = £45.230769... a week; x 52 = £2,352.00 = 5.6 x £420.00.
    Pension £9.00 x 52 = £468.00.
    A week: £420.00 + £45.23 + £9.00 = £474.23. A year: £24,660.00.

    Source: the worked example of fixed hours under the 2026/27 wage and pension rates.
    """
    pension = {"type": "flat_sum", "name": "pension", "words": "pension", "amount": "9.00", "per": "week"}
    a_model = model(
        hours("day", name="pay"), percentage("140/13", "pay", name="holiday"), pension, weeks(FIFTY_TWO_WEEKS)
    )
    result = priced(a_model, [need("day", "30")], rate("day", "14.00"))
    assert [step.amount_pence for step in result.trace.steps] == [2184000, 235200, 46800, 0]
    assert pounds_of(result)["weekly"] == "474.23"
    assert pounds_of(result)["recurring"] == "24660.00"


def test_two_commissioners_price_the_same_need_each_by_its_own_data() -> None:
    """21 hours: one counts 365 / 7 weeks of £18.40 (£20,148.00), the other 52 of £19.00 (£20,748.00)."""
    one = priced(model(hours("day"), weeks()), [need("day", "21")], DAY)
    other = priced(model(hours("day"), weeks(FIFTY_TWO_WEEKS)), [need("day", "21")], rate("day", "19.00"))
    assert (pounds_of(one)["total"], pounds_of(other)["total"]) == ("20148.00", "20748.00")


EACH_DAY = counted([*WEEKDAYS, *WEEKEND], "only")
HALF_YEAR = days("2026-04-01", "2026-09-30")


@pytest.mark.parametrize(
    ("steps", "needs", "period", "code", "sentence"),
    [
        ([hours("day"), weeks()], [need("night", "3")], YEAR_2026, "need-without-a-step", "“night” for each week"),
        (
            [hours("day"), weeks()],
            [need("day", "3", per="once")],
            YEAR_2026,
            "need-without-a-step",
            "asks for “day” once, and no step of “Care at home”",
        ),
        (
            [items("one_offs", "day", name="start")],
            [need("day", "3", "each", "week")],
            YEAR_2026,
            "need-without-a-step",
            "“day” for each week",
        ),
        (
            [hours("day"), weeks()],
            [need("day", "3", "night")],
            YEAR_2026,
            "units-disagree",
            "counts “day” by the night",
        ),
        ([hours("each"), weeks()], [need("each", "3", "each")], YEAR_2026, "units-disagree", "hours or nights"),
        (
            [items("units", "day", name="packs"), weeks()],
            [need("day", "3")],
            YEAR_2026,
            "units-disagree",
            "the step “packs” wants pieces",
        ),
        (
            [{"type": "flat_rate", "name": "fee", "words": "a fee", "rate": "day"}, weeks()],
            [],
            YEAR_2026,
            "units-disagree",
            "“fee” is a flat sum, but the price “day” is for each hour",
        ),
        ([hours("missing"), weeks()], [need("missing", "3")], YEAR_2026, "rate-gap", "does not have it at all"),
        (
            [hours("day"), weeks()],
            [need("day", "3", per="day")],
            YEAR_2026,
            "cannot-lengthen",
            "“day”: The assessment gives an amount for each day",
        ),
        ([hours("day"), weeks(EACH_DAY)], [need("day", "3")], YEAR_2026, "cannot-lengthen", "only bank holidays count"),
        (
            [hours("day"), weeks()],
            [need("day", "3")],
            days("2026-03-31", "2026-04-01"),
            "period-crosses-year-end",
            "lie in two financial years",
        ),
        (
            [hours("day"), weeks()],
            [need("day", "3")],
            days("2025-03-01", "2025-03-31"),
            "model-not-in-force",
            "Version 1 of “Care at home” is not in force on 1 March 2025",
        ),
        (
            [items("one_offs", "each", name="start")],
            [need("each", "1", "each", "once", on="2026-10-01")],
            HALF_YEAR,
            "need-outside-period",
            "“each” is needed on 1 October 2026, but the budget runs from 1 April 2026 to 30 September 2026",
        ),
        (
            [hours("day"), weeks(counted(WEEKDAYS, "except"))],
            [need("day", "3")],
            days("2028-04-01", "2028-04-30"),
            "calendar-missing",
            "Import the calendar for the missing days",
        ),
    ],
)
def test_what_cannot_be_priced_is_refused(
    steps: list[JSON], needs: list[JSON], period: Period, code: str, sentence: str
) -> None:
    with pytest.raises(RuleViolationError) as refusal:
        priced(model(*steps), needs, DAY, rate("each", "3.00", "each"), period=period)
    assert refusal.value.code == code
    assert sentence in refusal.value.sentence


@pytest.mark.parametrize("whole", [days("2026-05-01", "2026-09-30"), days("2026-04-01", "2026-08-31")])
def test_a_part_outside_its_whole_is_refused(whole: Period) -> None:
    with pytest.raises(RuleViolationError, match="is not inside the budget") as refusal:
        priced(
            model(hours("day"), weeks()),
            [need("day", "3")],
            DAY,
            period=HALF_YEAR,
            whole=whole,
        )
    assert refusal.value.code == "part-outside-whole"


def test_a_rate_that_changes_inside_the_period_is_refused() -> None:
    new = rate("day", "19.00", effective_from="2026-10-01", known_from="2026-08-01")
    with pytest.raises(RuleViolationError, match="changes on 1 October 2026") as refusal:
        priced(model(hours("day"), weeks()), [need("day", "3")], DAY, new)
    assert refusal.value.code == "rate-changes"


def test_a_price_knows_only_what_was_known() -> None:
    """A correction to £19.00 recorded in June leaves the price of May at 21 x £18.40: £20,148.00."""
    right = rate("day", "19.00", known_from="2026-06-01")
    a_model, needs = model(hours("day"), weeks()), inputs(need("day", "21"))
    both = priced(a_model, [need("day", "21")], DAY, right)
    assert pounds_of(both)["total"] == "20805.00"
    rates = card(DAY, right).as_known_at(at("2026-05-31T12:00:00+00:00"))
    assert pounds_of(price(a_model, needs, rates, YEAR_2026, calendar=CALENDAR))["total"] == "20148.00"


@given(case=cases())
@PATIENTLY
def test_every_amount_is_whole_pence_rounded_half_up_once(case: Case) -> None:
    result = price(case.model, case.inputs, case.card, case.period, calendar=case.calendar)
    totals = result.trace.totals
    for line in result.trace.lines:
        assert line.pence == to_pence(round_to_penny(line.exact))
        assert (line.weekly is None) == (line.kind != "recurring")
    assert totals.total_pence == sum(line.pence for line in result.trace.lines)
    assert totals.total_pence == totals.recurring_pence + totals.one_off_pence + totals.contingency_pence
    assert totals.total_pence == sum(step.amount_pence for step in result.trace.steps)
    assert totals.weekly_pence == sum(step.weekly_pence for step in result.trace.steps)
    assert to_pence(result.total) == totals.total_pence >= 0
