"""The calculation as JSON, and as the person whose budget it is reads it."""

import json
import re
from fractions import Fraction

from hypothesis import given

from phb.budget.setting.inputs import Need
from phb.budget.setting.parts import price_in_parts
from phb.budget.setting.pricing import IndicativePrice, price
from phb.budget.setting.steps.types import Band, Item
from phb.budget.setting.words import pence_text
from phb.core.period import Period
from tests.budget.setting.builders import (
    FIFTY_TWO_WEEKS,
    JSON,
    WEEKDAYS,
    WEEKEND,
    YEAR_2026,
    at,
    card,
    contingency,
    counted,
    days,
    hours,
    inputs,
    items,
    model,
    need,
    percentage,
    priced,
    rate,
    weeks,
)
from tests.budget.setting.strategies import PATIENTLY, Case, cases

DAY = rate("day", "18.40", effective_from="2026-04-01")


def test_a_year_of_daytime_care_reads_like_this() -> None:
    band = {"band": "day", "words": "daytime care", "rate": "day"}
    care = {"type": "hours", "name": "care", "words": "care at home", "bands": [band]}
    result = priced(model(care, weeks(), contingency("4", "care")), [need("day", "21")], DAY)
    assert told(result) == [
        (
            "This is how we worked out the first estimate of your budget from 1 April 2026 to 31 March 2027. "
            "We started from your assessment of 12 March 2026 (A-1)."
        ),
        (
            "We followed the rules called “Care at home” (version 1, in use from 1 April 2025). They come from an "
            "invented board paper. "
            "We rounded the cost of each thing to the nearest penny only once, at the end."
        ),
        (
            "You need 21 hours of daytime care a week. "
            "Each hour costs £18.40 (Northvale rate card, from 1 April 2026). "
            "21 x £18.40 = £386.40 a week. From 1 April 2026 to 31 March 2027 there are 365 days, and a week has 7. "
            "£386.40 x 365 ÷ 7 = £20,148.00 for the year."
        ),
        (
            "We set aside 4 weeks of the cost of care at home, in case something unexpected happens. "
            "The cost of care at home is £386.40 a week. 4 x £386.40 = £1,545.60."
        ),
        "What you need again and again costs £20,148.00 for the year. That is about £386.40 a week.",
        "£1,545.60 is kept apart in case something unexpected happens. It is not for everyday spending.",
        (
            "Your first estimate is £20,148.00 + £1,545.60 = £21,693.60. It is there to help you plan. It is not your "
            "final budget. Your final budget must be enough for everything in the plan you agree."
        ),
    ]


def told(result: IndicativePrice) -> list[str]:
    """Return the English of a price, with the multiplication sign written as x."""
    return [paragraph.replace("\N{MULTIPLICATION SIGN}", "x") for paragraph in result.trace.in_plain_english()]


def paragraphs(*steps: JSON, needs: list[JSON], period: Period = YEAR_2026) -> str:
    """Return the English of a price as one text."""
    rates = (DAY, rate("chair", "640.00", "each"), rate("insurance", "118.00", "year"))
    return "\n".join(told(priced(model(*steps), needs, *rates, period=period)))


def test_the_costs_alone_say_nothing_of_an_estimate() -> None:
    result = priced(model(hours("day"), weeks()), [need("day", "10")], DAY)
    whole, costs = result.trace.in_plain_english(), result.trace.costs_in_plain_english()
    assert whole[2:4] == ["Where a number ends in “…”, it goes on with more digits.", *costs]
    assert not any("estimate" in paragraph for paragraph in costs)


def test_rounding_is_said_where_it_changes_something() -> None:
    text = paragraphs(hours("day"), weeks(), needs=[need("day", "10")])
    assert "\nWhere a number ends in “…”, it goes on with more digits.\n" in text
    assert "£184.00 x 365 ÷ 7 = £9,594.2857…, which is £9,594.29 for the year to the nearest penny." in text


def test_a_whole_week_rounded_by_itself_is_said_too() -> None:
    fee = {"type": "flat_sum", "name": "fee", "words": "a fee", "amount": "3.755", "per": "week"}
    result = priced(model(fee, weeks(FIFTY_TWO_WEEKS), round_by="week"), [])
    assert (
        "For a fee we add £3.755 a week (Care at home, from 1 April 2025). £3.755 is £3.76 a week to the "
        "nearest penny. A year counts as 52 weeks here. £3.76 x 52 = £195.52 for the year."
    ) in told(result)
    assert "We rounded what a week of each thing costs to the nearest penny first" in result.trace.in_plain_english()[1]


def test_counted_days_say_which_and_how_many() -> None:
    text = paragraphs(hours("day"), weeks(counted(WEEKDAYS, "except")), needs=[need("day", "20")])
    assert (
        "In a usual week there are 5 days for this: Mondays to Fridays. 20 x £18.40 ÷ 5 = £73.60 a day. "
        "From 1 April 2026 to 31 March 2027 there are 251 days for this: "
        "Mondays to Fridays, leaving out bank holidays. £73.60 x 251 = £18,473.60 for the year."
    ) in text


def test_bank_holidays_are_counted_by_the_day() -> None:
    method = counted([*WEEKDAYS, *WEEKEND], "only")
    text = paragraphs(hours("day"), weeks(method), needs=[need("day", "3", per="day")])
    assert "You need 3 hours of day care each time." in text
    assert "3 x £18.40 = £55.20 a day. " in text
    assert "From 1 April 2026 to 31 March 2027 there are 10 days for this: bank holidays." in text


def test_part_of_a_year_says_how_many_days() -> None:
    text = paragraphs(
        hours("day"), weeks(FIFTY_TWO_WEEKS), needs=[need("day", "21")], period=days("2026-04-01", "2026-04-01")
    )
    assert (
        "A year counts as 52 weeks here. From 1 April 2026 to 1 April 2026 there is 1 day, and the year has 365. "
        "£386.40 x 52 x 1 ÷ 365 = £55.0487…, which is £55.05 for the 1 day to the nearest penny."
    ) in text


def test_one_piece_needs_no_sum() -> None:
    text = paragraphs(items("one_offs", "chair", name="start"), needs=[need("chair", "1", "each", "once")])
    assert "You need 1 chair, on 1 April 2026. It costs £640.00 (Northvale rate card, from 1 April 2025).\n" in text
    assert "What you need once costs £640.00.\nYour first estimate is £640.00. It is there" in text


def test_what_somebody_typed_as_a_title_is_quoted() -> None:
    chair = Item("chair", "A powered chair", "A powered chair", "chair")
    assert chair.counted(Need("chair", Fraction(1), "each", "once")) == "1 of “A powered chair”"
    wages = Band("wages", "Wages of my assistants", "wages")
    assert wages.counted(Need("wages", Fraction(14), "hour", "week")) == "14 hours of “Wages of my assistants”"


def test_several_costs_of_a_step_are_added_up() -> None:
    needs = [need("chair", "2", "each", "once"), need("chair", "1", "each", "once", on="2026-06-01")]
    text = paragraphs(items("one_offs", "chair", name="start"), percentage("10", "start"), needs=needs)
    assert "Added up, the cost of start is £1,280.00 + £640.00 = £1,920.00.\n" in text
    assert "For extra we add 10% of the cost of start. The cost of start is £1,280.00 + £640.00 = £1,920.00. " in text
    assert "10% of £1,920.00 = £192.00.\n" in text


def test_how_weeks_become_a_year_is_said_once() -> None:
    needs = [need("day", "21"), need("day", "40", per="year")]
    text = paragraphs(hours("day"), percentage("10", "care"), weeks(), needs=[*needs])
    assert text.count("there are 365 days, and a week has 7.") == 1
    assert "You need 40 hours of day care a year." in text


def test_a_spread_week_is_called_that() -> None:
    insurance = {"type": "flat_rate", "name": "insurance", "words": "insurance", "rate": "insurance"}
    text = paragraphs(hours("day"), insurance, weeks(), contingency("1", "care", "insurance"), needs=[need("day", "7")])
    assert (
        "We set aside 1 week of the cost of care at home and insurance, in case something unexpected happens. Spread "
        "evenly over the weeks, the cost of care at home and insurance is £128.80 + £2.2630… = £131.0630… a week."
    ) in text


def test_a_part_says_that_it_is_one() -> None:
    result = price_in_parts(
        lambda _: model(hours("day"), weeks()),
        inputs(need("day", "21")),
        lambda _: card(rate("day", "18.40")),
        days("2025-10-01", "2026-09-30"),
    )
    second = result.parts[1].trace.in_plain_english()
    assert second[2] == (
        "Your whole budget runs from 1 October 2025 to 30 September 2026. We worked this part out by itself, because "
        "prices or rules are not the same all the way through."
    )
    assert second[-1].startswith("Your first estimate for this part is £10,101.60.")


def test_the_trace_holds_what_was_used_and_nothing_else() -> None:
    other = rate("weekend", "25.00")
    result = priced(model(hours("day", "weekend"), weeks()), [need("day", "21")], DAY, other)
    assert result.trace.rates == (DAY,)
    assert result.trace.calendar is None
    assert result.trace.known_at is None


def test_the_calendar_is_kept_where_days_were_counted() -> None:
    a_model = model(hours("day"), weeks(counted(WEEKDAYS, "except")))
    calendar = priced(a_model, [need("day", "21")], DAY, period=days("2026-12-01", "2026-12-31")).trace.calendar
    assert calendar is not None
    assert [f"{day}" for day in calendar.bank_holidays] == ["2026-12-25", "2026-12-28"]


def test_the_instant_of_knowledge_is_kept() -> None:
    known_at = at("2026-03-31T12:00:00+00:00")
    result = price(model(hours("day"), weeks()), inputs(need("day", "21")), card(DAY).as_known_at(known_at), YEAR_2026)
    assert result.trace.known_at == known_at
    assert result.trace.in_plain_english()[2] == "We used the prices that were known on 31 March 2026."
    assert result.trace.to_json()["known_at"] == "2026-03-31T12:00:00Z"


@given(case=cases())
@PATIENTLY
def test_any_price_can_be_told(case: Case) -> None:
    trace = price(case.model, case.inputs, case.card, case.period, calendar=case.calendar).trace
    text = trace.in_plain_english()
    assert pence_text(trace.totals.total_pence) in text[-1]
    assert all((paragraph.endswith(".") and paragraph[0].isupper()) or paragraph[0] == "£" for paragraph in text)
    assert not re.search(r"None|  |\.\.|Fraction|-£", "\n".join(text))


@given(case=cases())
@PATIENTLY
def test_json_holds_no_float_and_only_plain_values(case: Case) -> None:
    trace = price(case.model, case.inputs, case.card, case.period, calendar=case.calendar).trace
    text = json.dumps(trace.to_json())

    def refuse(number: str) -> None:
        raise AssertionError(number)

    assert json.loads(text, parse_float=refuse) == trace.to_json()
