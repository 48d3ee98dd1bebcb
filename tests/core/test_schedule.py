"""A time in London comes once on every day it is due, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phb.core.clock import LONDON, london_date
from phb.core.schedule import EVERY_DAY, MONDAY_TO_FRIDAY, Daily

SIX = Daily(6, 0)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_six_in_london_is_an_hour_earlier_in_summer() -> None:
    assert SIX.between(utc("2026-03-27T12:00"), utc("2026-03-30T12:00")) == [
        utc("2026-03-28T06:00"),
        utc("2026-03-29T05:00"),
        utc("2026-03-30T05:00"),
    ]


def test_the_day_of_the_october_change_has_one_six_o_clock() -> None:
    assert SIX.between(utc("2026-10-24T04:59"), utc("2026-10-26T06:00")) == [
        utc("2026-10-24T05:00"),
        utc("2026-10-25T06:00"),
        utc("2026-10-26T06:00"),
    ]


def test_the_hour_that_comes_twice_or_not_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="clocks change"):
        Daily(1, 30)


def test_the_29th_of_february_is_a_day_like_another() -> None:
    days = [london_date(at) for at in SIX.between(utc("2028-02-27T12:00"), utc("2028-03-01T12:00"))]
    assert days == [date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1)]
    assert SIX.between(utc("2027-02-28T12:00"), utc("2027-03-01T12:00")) == [utc("2027-03-01T06:00")]


def test_monday_to_friday_leaves_the_weekend_out() -> None:
    weekdays = Daily(7, 30, MONDAY_TO_FRIDAY)
    friday, monday = utc("2026-04-03T06:30"), utc("2026-04-06T06:30")
    assert weekdays.between(friday, monday) == [monday]
    assert (weekdays.newest(monday - timedelta(seconds=1)), weekdays.following(friday)) == (friday, monday)
    assert (weekdays.words, SIX.words) == ("Monday to Friday at 07:30", "every day at 06:00")


def test_an_instant_itself_counts_as_passed() -> None:
    at = utc("2026-04-01T05:00")
    assert SIX.newest(at) == at
    assert SIX.following(at) == utc("2026-04-02T05:00")
    assert SIX.between(at, at) == []


@given(
    after=instants,
    days=st.integers(0, 800),
    hour=st.sampled_from([0, *range(2, 24)]),
    weekdays=st.sampled_from([EVERY_DAY, MONDAY_TO_FRIDAY]),
)
def test_every_due_day_comes_once_and_in_order(
    after: datetime, days: int, hour: int, weekdays: tuple[int, ...]
) -> None:
    daily, until = Daily(hour, 0, weekdays), after + timedelta(days=days)
    found = daily.between(after, until)
    assert found == sorted(set(found))
    assert {(at.astimezone(LONDON).hour, at.astimezone(LONDON).minute) for at in found} <= {(hour, 0)}
    seen = [london_date(at) for at in found]
    inside = [london_date(after) + timedelta(days=count) for count in range(1, days)]
    assert set(seen) >= {day for day in inside if day.weekday() in weekdays and day < london_date(until)}
    assert len(seen) == len(set(seen))


@given(at=instants, cut=st.integers(0, 10**6))
def test_two_spans_that_meet_hold_what_the_whole_holds(at: datetime, cut: int) -> None:
    middle, end = at + timedelta(seconds=cut), at + timedelta(seconds=10**6)
    assert SIX.between(at, middle) + SIX.between(middle, end) == SIX.between(at, end)
