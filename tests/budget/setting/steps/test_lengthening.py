"""From a week to a longer amount, in each of the ways, with the arithmetic written out."""

from fractions import Fraction

import pytest
from hypothesis import given

from phb.core.errors import RuleViolationError
from phb.core.period import Period
from tests.budget.setting.builders import (
    FIFTY_TWO_WEEKS,
    JSON,
    LEAP_YEAR,
    WEEKDAYS,
    WEEKEND,
    YEAR_2026,
    counted,
    days,
    hours,
    items,
    line_of,
    model,
    need,
    pounds_of,
    priced,
    rate,
    weeks,
)
from tests.budget.setting.strategies import PATIENTLY, amounts, decimals, periods

DAY = rate("day", "18.40")


def test_weekly_amount_times_days_over_seven() -> None:
    """21 x £18.40 = £386.40 a week; £386.40 x 365 / 7 = £55.20 x 365 = £20,148.00."""
    result = priced(model(hours("day"), weeks()), [need("day", "21")], DAY)
    assert pounds_of(result) == {
        "weekly": "386.40",
        "recurring": "20148.00",
        "one_off": "0.00",
        "contingency": "0.00",
        "total": "20148.00",
    }


def test_days_over_seven_rounds_once_half_up() -> None:
    """10 x £18.37 = £183.70 a week; £183.70 x 365 / 7 = £67,050.50 / 7 = £9,578.642857... = £9,578.64."""
    assert pounds_of(priced(model(hours("day"), weeks()), [need("day", "10")], rate("day", "18.37")))["total"] == (
        "9578.64"
    )


def test_half_a_penny_goes_up() -> None:
    """0.5 x £0.01 = half a penny a week, for one week: £0.01."""
    result = priced(
        model(hours("day"), weeks()), [need("day", "0.5")], rate("day", "0.01"), period=days("2026-05-04", "2026-05-10")
    )
    assert pounds_of(result)["total"] == "0.01"


def test_a_leap_year_has_a_366th_day() -> None:
    """£386.40 x 366 / 7 = £55.20 x 366 = £20,203.20: the year of 29 February costs £55.20 more."""
    result = priced(model(hours("day"), weeks()), [need("day", "21")], DAY, period=LEAP_YEAR)
    assert pounds_of(result)["recurring"] == "20203.20"


def test_29_february_alone_costs_a_seventh_of_a_week() -> None:
    """£386.40 x 1 / 7 = £55.20."""
    result = priced(model(hours("day"), weeks()), [need("day", "21")], DAY, period=days("2028-02-29", "2028-02-29"))
    assert pounds_of(result)["recurring"] == "55.20"


def test_stated_weeks_are_the_same_in_every_whole_year() -> None:
    """£386.40 x 52 = £20,092.80, with or without a 29 February."""
    a_model = model(hours("day"), weeks(FIFTY_TWO_WEEKS))
    for year in (YEAR_2026, LEAP_YEAR):
        assert pounds_of(priced(a_model, [need("day", "21")], DAY, period=year))["recurring"] == "20092.80"


def test_stated_weeks_of_part_of_a_year_go_by_its_days() -> None:
    """April to September has 183 days: £386.40 x 52 = £20,092.80; x 183 / 365 = £10,073.924383... = £10,073.92."""
    result = priced(
        model(hours("day"), weeks(FIFTY_TWO_WEEKS)),
        [need("day", "21")],
        DAY,
        period=days("2026-04-01", "2026-09-30"),
    )
    assert pounds_of(result)["recurring"] == "10073.92"


def test_stated_weeks_may_be_a_fraction() -> None:
    """£386.40 x 365/7 = £20,148.00, also in a leap year, because the weeks are stated."""
    a_model = model(hours("day"), weeks({"type": "stated_weeks", "weeks": "365/7"}))
    assert pounds_of(priced(a_model, [need("day", "21")], DAY, period=LEAP_YEAR))["recurring"] == "20148.00"


def test_counted_days_by_band() -> None:
    """Each band counts its own days of 2026/27, which has ten bank holidays, all of them on weekdays.

    261 Mondays to Fridays less 10 bank holidays = 251: 20 / 5 x £18.40 = £73.60 x 251 = £18,473.60.
    104 Saturdays and Sundays: 6 / 2 x £21.00 = £63.00 x 104 = £6,552.00.
    10 bank holidays: 4 x £27.60 = £110.40 x 10 = £1,104.00.
    Together £26,129.60.
    """
    a_model = model(
        hours("day", "weekend", "bank-holiday"),
        weeks(
            day=counted(WEEKDAYS, "except"),
            weekend=counted(WEEKEND, "except"),
            bank_holiday=counted(WEEKDAYS + WEEKEND, "only"),
        ),
    )
    needs = [need("day", "20"), need("weekend", "6"), need("bank-holiday", "4", per="day")]
    result = priced(a_model, needs, DAY, rate("weekend", "21.00"), rate("bank-holiday", "27.60"))
    assert [line.pence for line in result.trace.lines] == [1847360, 655200, 110400]
    assert pounds_of(result)["total"] == "26129.60"


def test_counted_days_count_29_february() -> None:
    """It is a Tuesday in 2028: February 2028 has 21 Mondays to Fridays, and 20 / 5 x £18.40 x 21 = £1,545.60."""
    a_model = model(hours("day"), weeks(counted(WEEKDAYS, "except")))
    result = priced(a_model, [need("day", "20")], DAY, period=days("2028-02-01", "2028-02-29"))
    assert pounds_of(result)["recurring"] == "1545.60"


def test_the_weekly_cost_of_counted_days_is_spread_evenly() -> None:
    """£18,473.60 x 7 / 365 = £354.2882... = £354.29 a week, though a usual week costs £368.00."""
    a_model = model(hours("day"), weeks(counted(WEEKDAYS, "except")))
    assert pounds_of(priced(a_model, [need("day", "20")], DAY))["weekly"] == "354.29"


@pytest.mark.parametrize(
    ("band", "way"),
    [("day", {"type": "days_over_seven"}), ("waking-night", counted([*WEEKDAYS, *WEEKEND], "include"))],
)
@pytest.mark.parametrize(
    "week",
    [days("2026-10-19", "2026-10-25"), days("2027-03-22", "2027-03-28"), days("2026-07-06", "2026-07-12")],
    ids=["clocks go back", "clocks go forward", "neither"],
)
def test_clock_changes_change_nothing(band: str, way: JSON, week: Period) -> None:
    """A week is seven days: 21 x £18.40 = £386.40 also where one of them has 23 or 25 hours."""
    a_model = model(hours(band), weeks(way))
    result = priced(a_model, [need(band, "21")], rate(band, "18.40"), period=week)
    assert pounds_of(result)["recurring"] == "386.40"


def test_the_prices_own_way_goes_before_the_models() -> None:
    """The payroll bureau bills 52 weeks: £5.50 x 52 = £286.00, while care is £386.40 x 365 / 7 = £20,148.00."""
    payroll = {"type": "flat_rate", "name": "payroll", "words": "payroll", "rate": "payroll"}
    result = priced(
        model(hours("day"), payroll, weeks()),
        [need("day", "21")],
        DAY,
        rate("payroll", "5.50", "week", weeks=FIFTY_TWO_WEEKS),
    )
    assert line_of(result, "care").pence == 2014800
    assert line_of(result, "payroll").pence == 28600


def test_pieces_a_year_go_by_the_days_of_the_year() -> None:
    """12 x £48.00 = £576.00 a year; half of it: £576.00 x 183 / 365 = £288.789041... = £288.79; a week £11.05."""
    a_model = model(items("units", "session", name="therapy"), weeks())
    needs, a_rate = [need("session", "12", "each", "year")], rate("session", "48.00", "each")
    assert pounds_of(priced(a_model, needs, a_rate))["recurring"] == "576.00"
    half = priced(a_model, needs, a_rate, period=days("2026-04-01", "2026-09-30"))
    assert (pounds_of(half)["recurring"], pounds_of(half)["weekly"]) == ("288.79", "11.05")


def test_a_sum_for_a_year_is_whole_in_a_whole_year_and_shared_by_366_in_a_leap_year() -> None:
    """£366.00 a year: the year £366.00; 29 February £366.00 x 1 / 366 = £1.00."""
    fee = {"type": "flat_sum", "name": "fee", "words": "a fee", "amount": "366.00", "per": "year"}
    assert pounds_of(priced(model(fee, weeks()), [], period=LEAP_YEAR))["recurring"] == "366.00"
    assert pounds_of(priced(model(fee, weeks()), [], period=days("2028-02-29", "2028-02-29")))["recurring"] == "1.00"


def test_counting_days_without_a_calendar_is_refused() -> None:
    a_model = model(hours("day"), weeks(counted(WEEKDAYS, "except")))
    with pytest.raises(RuleViolationError, match="no calendar was given") as refusal:
        priced(a_model, [need("day", "3")], DAY, calendar=None)
    assert refusal.value.code == "calendar-missing"


def test_counting_every_day_needs_no_calendar() -> None:
    """3 x £18.40 / 7 x 365 = £2,878.285714... = £2,878.29."""
    a_model = model(hours("day"), weeks(counted([*WEEKDAYS, *WEEKEND], "include")))
    assert pounds_of(priced(a_model, [need("day", "3")], DAY, calendar=None))["total"] == "2878.29"


@given(hours_a_week=decimals(100, 2), amount=amounts(), period=periods())
@PATIENTLY
def test_any_weekly_amount_becomes_the_nearest_penny(hours_a_week: str, amount: str, period: Period) -> None:
    """Worked out apart from the engine, in whole numbers: half a penny is added and the rest cut off."""
    part = period.cut_by_financial_year()[0]
    result = priced(model(hours("day"), weeks()), [need("day", hours_a_week)], rate("day", amount), period=part)
    pence = Fraction(hours_a_week) * Fraction(amount) * part.days * 100 / 7
    assert result.trace.totals.recurring_pence == (2 * pence.numerator + pence.denominator) // (2 * pence.denominator)
