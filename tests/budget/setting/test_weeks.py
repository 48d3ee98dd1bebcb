"""Days counted on the calendar."""

from datetime import date

import pytest

from phb.budget.setting.schema.reading import read
from phb.budget.setting.weeks import CountedDays, counted, days_in_year_of
from phb.core.errors import RuleViolationError
from phb.core.period import Period
from tests.budget.setting import builders
from tests.budget.setting.builders import CALENDAR, LEAP_YEAR, WEEKDAYS, WEEKEND, YEAR_2026, days

ALL_WEEK = WEEKDAYS + WEEKEND
YEAR_2025 = Period(date(2025, 4, 1), date(2026, 4, 1))


def method(weekdays: list[str], bank_holidays: str) -> CountedDays:
    """Make a way of counting."""
    given = builders.counted(weekdays, bank_holidays)
    return read(CountedDays, given)


@pytest.mark.parametrize(
    ("weekdays", "bank_holidays", "year", "count"),
    [
        (ALL_WEEK, "only", YEAR_2025, 8),
        (ALL_WEEK, "only", YEAR_2026, 10),
        (ALL_WEEK, "only", LEAP_YEAR, 6),
        (ALL_WEEK, "except", YEAR_2026, 355),
        (ALL_WEEK, "include", LEAP_YEAR, 366),
        (WEEKDAYS, "include", YEAR_2026, 261),
        (WEEKDAYS, "except", YEAR_2026, 251),
        (WEEKEND, "except", YEAR_2026, 104),
        (["fri"], "only", YEAR_2026, 4),
        (["tue"], "include", days("2028-02-29", "2028-02-29"), 1),
    ],
)
def test_days_are_counted_from_the_calendar_not_assumed(
    weekdays: list[str], bank_holidays: str, year: Period, count: int
) -> None:
    """2026/27 has ten bank holidays, because Easter falls in it twice; a flat eight would be wrong."""
    assert counted(method(weekdays, bank_holidays), year, CALENDAR) == count


@pytest.mark.parametrize("bank_holidays", ["only", "except"])
def test_every_day_is_an_ordinary_one_or_a_bank_holiday(bank_holidays: str) -> None:
    both = [counted(method(ALL_WEEK, choice), YEAR_2026, CALENDAR) for choice in ("only", "except")]
    assert sum(both) == 365
    assert counted(method(ALL_WEEK, bank_holidays), YEAR_2026, CALENDAR) in both


def test_a_calendar_knows_nothing_outside_its_days() -> None:
    with pytest.raises(RuleViolationError) as refusal:
        CALENDAR.within(days("2028-03-01", "2028-04-30"))
    assert refusal.value.code == "calendar-missing"
    assert refusal.value.sentence == (
        "Bank holidays are known from 1 April 2025 to 31 March 2028, which is not all of 1 March 2028 to "
        "30 April 2028. Import the calendar for the missing days."
    )


def test_a_calendar_cut_to_a_period_has_its_days_in_order() -> None:
    cut = CALENDAR.within(days("2026-12-01", "2027-01-31"))
    assert cut.bank_holidays == builders.dates("2026-12-25 2026-12-28 2027-01-01")


@pytest.mark.parametrize(
    ("period", "length"), [(YEAR_2026, 365), (LEAP_YEAR, 366), (days("2028-02-29", "2028-03-01"), 366)]
)
def test_the_year_of_29_february_has_366_days(period: Period, length: int) -> None:
    assert days_in_year_of(period) == length
