"""Periods are half open: cut anywhere and joined again they are whole."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phb.core.period import (
    FIRST_DAY,
    LAST_DAY,
    DateOutOfRangeError,
    DatesWrongWayRoundError,
    Period,
    add_months,
    financial_year,
    financial_year_of,
    is_working_day,
    working_day_on_or_before,
    working_days_before,
)

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
PERIODS = st.builds(lambda first, days: Period(first, first + timedelta(days=days)), DAYS, st.integers(1, 2000))
EASTER_2026 = {date(2026, 4, 3), date(2026, 4, 6)}


@given(PERIODS)
def test_cut_by_financial_year_and_joined_a_period_is_whole(period: Period) -> None:
    parts = period.cut_by_financial_year()
    assert parts[0].start_on == period.start_on
    assert parts[-1].end_on == period.end_on
    assert all(before.end_on == after.start_on for before, after in pairwise(parts))
    assert sum(part.days for part in parts) == period.days


@given(PERIODS)
def test_each_part_lies_in_one_financial_year_and_the_cuts_are_the_first_of_april(period: Period) -> None:
    parts = period.cut_by_financial_year()
    assert all(financial_year_of(part.start_on) == financial_year_of(part.last_day) for part in parts)
    assert all((part.start_on.month, part.start_on.day) == (4, 1) for part in parts[1:])


@given(PERIODS)
def test_a_period_holds_its_first_and_last_day_and_not_its_end(period: Period) -> None:
    assert period.start_on in period
    assert period.last_day in period
    assert period.end_on not in period
    assert period.start_on - timedelta(days=1) not in period
    assert Period.of_days(period.start_on, period.last_day) == period


@given(PERIODS, PERIODS)
def test_what_two_periods_share_is_what_both_hold(one: Period, other: Period) -> None:
    shared = one.overlap(other)
    assert shared == other.overlap(one)
    edges = {one.start_on, one.last_day, other.start_on, other.last_day}
    assert all((day in one and day in other) == (shared is not None and day in shared) for day in edges)


def test_periods_that_only_touch_share_nothing() -> None:
    assert financial_year(2025).overlap(financial_year(2026)) is None


@pytest.mark.parametrize("end_on", [date(2026, 4, 1), date(2026, 3, 31), date.min])
def test_a_period_without_a_day_is_refused(end_on: date) -> None:
    with pytest.raises(DatesWrongWayRoundError, match="starts on 1 April 2026 and would end before that"):
        Period(date(2026, 4, 1), end_on)


def test_a_period_of_one_day_is_the_shortest() -> None:
    assert Period.of_days(date(2026, 4, 5), date(2026, 4, 5)).days == 1
    with pytest.raises(DatesWrongWayRoundError):
        Period.of_days(date(2026, 4, 5), date(2026, 4, 4))


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(1900, 3, 31), date(1900, 4, 2)), (date(2026, 4, 1), date(2200, 4, 1)), (date(2026, 4, 1), date.max)],
)
def test_a_date_that_must_be_a_slip_is_refused(first: date, last: date) -> None:
    with pytest.raises(DateOutOfRangeError, match="is not between 1 April 1900 and 31 March 2200"):
        Period.of_days(first, last)


def test_the_longest_period_there_is_can_be_cut() -> None:
    assert len(Period.of_days(FIRST_DAY, LAST_DAY).cut_by_financial_year()) == 300
    with pytest.raises(DateOutOfRangeError):
        Period(FIRST_DAY, date.max)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 3, 31), 2025),
        (date(2026, 4, 1), 2026),
        (date(2026, 4, 5), 2026),
        (date(2024, 2, 29), 2023),
        (date(2026, 12, 31), 2026),
    ],
)
def test_the_financial_year_begins_on_the_first_of_april(day: date, year: int) -> None:
    assert financial_year_of(day) == year
    assert day in financial_year(year)


def test_a_financial_year_with_a_leap_day_is_longer() -> None:
    assert (financial_year(2023).days, financial_year(2024).days) == (366, 365)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
        (date(2026, 4, 5), 0, date(2026, 4, 5)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@given(DAYS, st.integers(-240, 240))
def test_months_later_never_leaves_the_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert later.year * 12 + later.month == day.year * 12 + day.month + months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@pytest.mark.parametrize("months", [12 * 177, -12 * 125, 10**9, -(10**9)])
def test_an_absurd_number_of_months_is_refused(months: int) -> None:
    with pytest.raises(DateOutOfRangeError, match="months from 29 February 2024 is not between"):
        add_months(date(2024, 2, 29), months)


def test_banks_rest_at_weekends_and_on_holidays() -> None:
    week = [date(2026, 3, 30) + timedelta(days=n) for n in range(7)]
    assert [is_working_day(day, EASTER_2026) for day in week] == [True] * 4 + [False] * 3


def test_a_payday_at_easter_moves_to_the_thursday_before() -> None:
    assert working_day_on_or_before(date(2026, 4, 6), EASTER_2026) == date(2026, 4, 2)
    assert working_day_on_or_before(date(2026, 4, 2), EASTER_2026) == date(2026, 4, 2)


@pytest.mark.parametrize(
    ("count", "day"), [(0, date(2026, 4, 7)), (1, date(2026, 4, 2)), (2, date(2026, 4, 1)), (5, date(2026, 3, 27))]
)
def test_working_days_are_counted_back_over_easter(count: int, day: date) -> None:
    assert working_days_before(date(2026, 4, 7), count, EASTER_2026) == day
