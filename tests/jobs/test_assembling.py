"""The day a run aims at: its own entry day, or the soonest that can still be reached."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phb.core.period import is_working_day, working_days_before
from phb.governance.policies import EntryDay, PaymentRunPolicy
from phb.jobs.assembling import Target, target_of
from phb.payments.runs.rules import BacsDays
from phb.people.calendars.operations import national_calendar

SHUT = frozenset(holiday.day for holiday in national_calendar())
DAILY = PaymentRunPolicy()
FRIDAYS = PaymentRunPolicy(entry_day=EntryDay.FRIDAY)
days = st.dates(date(2026, 1, 1), date(2027, 11, 30))


def on(text: str) -> date:
    return date.fromisoformat(text)


def test_every_working_day_has_a_run_for_three_working_days_later() -> None:
    # Tuesday 14 April, to arrive on Friday 17; Monday's run takes what falls due on Monday.
    assert target_of(on("2026-04-14"), on("2026-04-14"), DAILY, SHUT) == Target(on("2026-04-17"), on("2026-04-19"))
    assert target_of(on("2026-04-15"), on("2026-04-15"), DAILY, SHUT) == Target(on("2026-04-20"), on("2026-04-20"))


def test_easter_is_no_time_to_pay() -> None:
    # Good Friday is 3 April and Easter Monday 6 April: three working days after 1 April is 8 April.
    assert target_of(on("2026-04-01"), on("2026-04-01"), DAILY, SHUT) == Target(on("2026-04-08"), on("2026-04-08"))
    assert target_of(on("2026-04-03"), on("2026-04-03"), DAILY, SHUT) is None
    assert target_of(on("2026-04-04"), on("2026-04-04"), DAILY, SHUT) is None


def test_a_weekly_run_takes_everything_due_before_the_next() -> None:
    # Friday 17 April, assembled three working days before it; the next run arrives on Friday 24.
    assert target_of(on("2026-04-14"), on("2026-04-14"), FRIDAYS, SHUT) == Target(on("2026-04-17"), on("2026-04-23"))
    assert target_of(on("2026-04-15"), on("2026-04-15"), FRIDAYS, SHUT) is None


def test_a_weekly_run_on_a_holiday_arrives_on_the_working_day_before() -> None:
    # Good Friday, 3 April, is shut: Thursday 2 April, three working days after Monday 30 March.
    assert target_of(on("2026-03-30"), on("2026-03-30"), FRIDAYS, SHUT) == Target(on("2026-04-02"), on("2026-04-09"))


@pytest.mark.parametrize(
    ("today", "entry_on", "due_by"),
    [
        ("2026-04-15", "2026-04-17", "2026-04-23"),  # two working days before: still in time
        ("2026-04-16", "2026-04-20", "2026-04-23"),  # too late for Friday: Monday, and what is due before next Friday
        ("2026-04-18", "2026-04-22", "2026-04-23"),  # a Saturday: sent on Monday, there on Wednesday
    ],
)
def test_a_missed_run_arrives_as_soon_as_it_still_can(today: str, entry_on: str, due_by: str) -> None:
    assert target_of(on("2026-04-14"), on(today), FRIDAYS, SHUT) == Target(on(entry_on), on(due_by))


@given(
    day=days,
    late=st.integers(0, 20),
    lead=st.integers(2, 15),
    entry_day=st.sampled_from(EntryDay),
)
def test_whatever_it_aims_at_can_be_reached_and_is_not_too_soon(
    day: date, late: int, lead: int, entry_day: EntryDay
) -> None:
    rules = PaymentRunPolicy(entry_day=entry_day, lead_days=lead)
    today = date.fromordinal(day.toordinal() + late)
    target = target_of(day, today, rules, SHUT)
    if target is not None:
        BacsDays.of(target.entry_on, SHUT).refuse_too_late(today)
        assert target.due_by >= target.entry_on
        assert late or working_days_before(target.entry_on, lead, SHUT) == day
    if not late and entry_day is EntryDay.EVERY_WORKING_DAY:
        assert (target is not None) == is_working_day(day, SHUT)


@given(day=days)
def test_daily_runs_leave_no_payday_to_nobody(day: date) -> None:
    """The day after what one run takes is inside what the next run takes."""
    first = target_of(day, day, DAILY, SHUT)
    if first is None:
        return
    following = date.fromordinal(day.toordinal() + 1)
    while (second := target_of(following, following, DAILY, SHUT)) is None:
        following = date.fromordinal(following.toordinal() + 1)
    assert first.entry_on < second.entry_on <= second.due_by
    assert date.fromordinal(first.due_by.toordinal() + 1) == second.entry_on
