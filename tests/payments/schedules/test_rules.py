"""The arithmetic of schedules: sums, days, paydays and what is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phb.core.money import from_pence, pounds
from phb.core.period import Period, financial_year, is_working_day
from phb.governance.policies import NonWorkingDay, Rhythm
from phb.payments.schedules.rules import (
    Payday,
    ScheduleAmountError,
    ScheduleCrossesYearError,
    SchedulePastPlanEndError,
    parts,
    planned,
    refuse_beyond,
    refuse_outside,
)

YEAR = financial_year(2026)
GOOD_FRIDAY, EASTER_MONDAY = date(2026, 4, 3), date(2026, 4, 6)
EASTER = frozenset({GOOD_FRIDAY, EASTER_MONDAY})
BEFORE = Payday(in_advance=True, non_working_day=NonWorkingDay.BEFORE, holidays=EASTER)
AFTER = Payday(in_advance=True, non_working_day=NonWorkingDay.AFTER, holidays=EASTER)

periods = st.builds(
    lambda first, days: Period(first, first + timedelta(days=days)),
    st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    st.integers(1, 500),
)


@given(periods, st.sampled_from(Rhythm), st.integers(500, 10**9), st.booleans(), st.sampled_from(NonWorkingDay))
def test_instalments_add_up_cover_every_day_and_are_paid_on_working_days(
    period: Period,
    rhythm: Rhythm,
    pence: int,
    in_advance: bool,  # noqa: FBT001 - Hypothesis gives it by place
    moves: NonWorkingDay,
) -> None:
    payday = Payday(in_advance, moves, EASTER)
    found = planned(from_pence(pence), parts(period, rhythm), payday)
    assert sum((one.amount for one in found), pounds("0")) == from_pence(pence)
    assert max(one.amount for one in found) - min(one.amount for one in found) <= pounds("0.01")
    assert [one.covers.start_on for one in found[1:]] == [one.covers.end_on for one in found[:-1]]
    assert (found[0].covers.start_on, found[-1].covers.end_on) == (period.start_on, period.end_on)
    for one in found:
        assert one.due_on in one.covers
        assert is_working_day(one.pay_on, EASTER)
        assert (one.pay_on <= one.due_on) == (moves is NonWorkingDay.BEFORE) or one.pay_on == one.due_on
        assert abs((one.pay_on - one.due_on).days) <= 5


@pytest.mark.parametrize(("rhythm", "count", "last_days"), [(Rhythm.FOUR_WEEKLY, 13, 29), (Rhythm.MONTHLY, 12, 31)])
def test_a_year_is_thirteen_times_four_weeks_or_twelve_months(rhythm: Rhythm, count: int, last_days: int) -> None:
    days = parts(YEAR, rhythm)
    assert (len(days), days[-1].days) == (count, last_days)


def test_days_left_over_make_an_instalment_from_half_a_whole_one_on() -> None:
    start = date(2026, 5, 1)
    assert [part.days for part in parts(Period(start, start + timedelta(days=28 + 14)), Rhythm.FOUR_WEEKLY)] == [28, 14]
    assert [part.days for part in parts(Period(start, start + timedelta(days=28 + 13)), Rhythm.FOUR_WEEKLY)] == [41]
    assert [part.days for part in parts(Period(start, start + timedelta(days=3)), Rhythm.MONTHLY)] == [3]


def test_months_are_counted_from_the_first_day() -> None:
    days = parts(Period(date(2027, 1, 31), date(2027, 3, 31)), Rhythm.MONTHLY)
    assert [part.start_on for part in days] == [date(2027, 1, 31), date(2027, 2, 28)]


def test_instalment_n_is_the_rounded_share_less_what_went_before() -> None:
    found = planned(pounds("100.00"), parts(Period(date(2026, 4, 1), date(2026, 7, 1)), Rhythm.MONTHLY), BEFORE)
    assert [one.amount for one in found] == [pounds("33.33"), pounds("33.34"), pounds("33.33")]
    assert [(one.number, one.of_how_many) for one in found] == [(1, 3), (2, 3), (3, 3)]


def test_a_payday_at_easter_moves_before_or_after() -> None:
    assert BEFORE.pay_on(EASTER_MONDAY) == date(2026, 4, 2)
    assert AFTER.pay_on(GOOD_FRIDAY) == date(2026, 4, 7)


def test_in_arrears_an_instalment_is_due_on_its_last_day() -> None:
    arrears = Payday(in_advance=False, non_working_day=NonWorkingDay.BEFORE, holidays=EASTER)
    assert arrears.due_on(YEAR) == date(2027, 3, 31)


@pytest.mark.parametrize(
    "days",
    [Period(date(2026, 3, 31), date(2026, 5, 1)), Period(date(2026, 4, 1), date(2026, 10, 2))],
)
def test_days_outside_the_plan_are_refused(days: Period) -> None:
    with pytest.raises(SchedulePastPlanEndError, match="Keep to the plan's days"):
        refuse_outside(days, Period(date(2026, 4, 1), date(2026, 10, 1)))


def test_days_of_two_financial_years_are_refused() -> None:
    plan = Period(date(2026, 10, 1), date(2027, 10, 1))
    with pytest.raises(ScheduleCrossesYearError, match="31 March 2027"):
        refuse_outside(plan, plan)
    refuse_outside(Period(date(2026, 10, 1), date(2027, 4, 1)), plan)


def test_a_sum_too_small_nothing_or_too_much_is_refused() -> None:
    with pytest.raises(ScheduleAmountError, match="cannot be paid in 12"):
        planned(pounds("0.11"), parts(YEAR, Rhythm.MONTHLY), BEFORE)
    with pytest.raises(ScheduleAmountError, match="Nothing is left"):
        refuse_beyond(pounds("0"), pounds("0"))
    with pytest.raises(ScheduleAmountError, match=r"£10\.01, and £10\.00"):
        refuse_beyond(pounds("10.01"), pounds("10.00"))
    refuse_beyond(pounds("10.00"), pounds("10.00"))
