"""What each type of step comes to, and that every type that can be read can be priced."""

from typing import get_args

from phb.budget.setting.steps.prices import STEP_PRICES
from phb.budget.setting.steps.types import AnyStep
from tests.budget.setting.builders import (
    YEAR_2026,
    contingency,
    days,
    hours,
    items,
    line_of,
    model,
    need,
    percentage,
    pounds_of,
    priced,
    rate,
    weeks,
)

DAY = rate("day", "18.40")


def test_nights_are_priced_by_the_night() -> None:
    """3 x £96.00 = £288.00 a week; £288.00 x 365 / 7 = £15,017.142857... = £15,017.14."""
    result = priced(
        model(hours("sleep-in"), weeks()), [need("sleep-in", "3", "night")], rate("sleep-in", "96.00", "night")
    )
    assert pounds_of(result)["recurring"] == "15017.14"


def test_a_percentage_is_taken_of_exact_amounts_not_of_rounded_ones() -> None:
    """10.5 x £26.65 = £279.825 a week; 10 % of it = £27.9825; x 365 / 7 = £1,459.0875 = £1,459.09."""
    a_model = model(hours("day"), percentage("10", "care"), weeks())
    assert line_of(priced(a_model, [need("day", "10.5")], rate("day", "26.65")), "extra").pence == 145909


def test_a_percentage_of_steps_that_lengthen_differently_is_taken_of_their_whole_amounts() -> None:
    """£20,148.00 of hours and £120.00 of insurance a year: 5 % of £20,268.00 = £1,013.40; a week £19.44."""
    fee = {"type": "flat_sum", "name": "fee", "words": "a fee", "amount": "120.00", "per": "year"}
    a_model = model(hours("day"), fee, percentage("5", "care", "fee"), weeks())
    line = line_of(priced(a_model, [need("day", "21")], DAY), "extra")
    assert (line.pence, line.weekly_pence) == (101340, 1944)


def test_a_percentage_of_one_offs_is_needed_once() -> None:
    """7.5 % of £2,595.00 = £194.625 = £194.63."""
    a_model = model(items("one_offs", "chair", name="chairs"), percentage("7.5", "chairs", name="fitting"))
    result = priced(a_model, [need("chair", "1", "each", "once")], rate("chair", "2595.00", "each"))
    assert pounds_of(result) == {
        "weekly": "0.00",
        "recurring": "0.00",
        "one_off": "2789.63",
        "contingency": "0.00",
        "total": "2789.63",
    }


def test_steps_without_a_need_have_no_lines() -> None:
    a_model = model(hours("day"), percentage("10", "care"), weeks(), contingency("4", "care"))
    result = priced(a_model, [], DAY)
    assert result.trace.lines == ()
    assert pounds_of(result)["total"] == "0.00"


def test_contingency_is_weeks_of_what_comes_round_and_kept_apart() -> None:
    """4 x (£386.40 + 10 % of it = £38.64) = 4 x £425.04 = £1,700.16, besides £20,148.00 + £2,014.80."""
    a_model = model(hours("day"), percentage("10", "care"), weeks(), contingency("4", "care", "extra"))
    assert pounds_of(priced(a_model, [need("day", "21")], DAY)) == {
        "weekly": "425.04",
        "recurring": "22162.80",
        "one_off": "0.00",
        "contingency": "1700.16",
        "total": "23862.96",
    }


def test_contingency_goes_on_from_the_rounded_week_where_the_model_rounds_by_the_week() -> None:
    """10.3 x £22.95 = £236.385: by the week 4 x £236.39 = £945.56, by the year 4 x £236.385 = £945.54."""
    steps = (hours("day"), weeks(), contingency("4", "care"))
    needs, a_rate = [need("day", "10.3")], rate("day", "22.95")
    assert pounds_of(priced(model(*steps, round_by="week"), needs, a_rate))["contingency"] == "945.56"
    assert pounds_of(priced(model(*steps, round_by="year"), needs, a_rate))["contingency"] == "945.54"


def test_contingency_of_part_of_a_year_is_as_many_weeks() -> None:
    """Four weeks are held however short the budget: 4 x £386.40 = £1,545.60."""
    a_model = model(hours("day"), weeks(), contingency("4", "care"))
    result = priced(a_model, [need("day", "21")], DAY, period=days("2026-04-01", "2026-06-30"))
    assert pounds_of(result)["contingency"] == "1545.60"


def test_one_offs_are_never_made_longer() -> None:
    """2 x £49.50 = £99.00 in a year and in a month."""
    a_model = model(items("one_offs", "check", name="start"))
    needs, a_rate = [need("check", "2", "each", "once")], rate("check", "49.50", "each")
    for period in (YEAR_2026, days("2026-06-01", "2026-06-30")):
        assert pounds_of(priced(a_model, needs, a_rate, period=period))["one_off"] == "99.00"


def test_a_one_off_has_the_price_of_its_day() -> None:
    """£49.50 until September, £52.00 from October: needed on 2 November it costs £52.00."""
    a_model = model(items("one_offs", "check", name="start"))
    old = rate("check", "49.50", "each", effective_to="2026-09-30")
    new = rate("check", "52.00", "each", effective_from="2026-10-01")
    result = priced(a_model, [need("check", "1", "each", "once", on="2026-11-02")], old, new)
    assert pounds_of(result)["one_off"] == "52.00"
    assert result.trace.rates == (new,)


def test_each_type_of_step_has_its_row_in_the_table() -> None:
    assert set(STEP_PRICES) == set(get_args(AnyStep))


def test_each_type_of_step_has_a_tag_of_its_own() -> None:
    tags = [step.type for step in get_args(AnyStep)]
    assert len(set(tags)) == len(tags)
