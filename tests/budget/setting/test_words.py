"""Numbers and days as people read them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phb.budget.setting.schema.reading import read
from phb.budget.setting.weeks import CountedDays
from phb.budget.setting.words import counted_days_text, length_text, listed, plain, pounds_text, usual_days_text
from phb.core.period import Period
from tests.budget.setting.builders import LEAP_YEAR, WEEKDAYS, WEEKEND, YEAR_2026, counted, days
from tests.budget.setting.strategies import PATIENTLY

ALL_WEEK = WEEKDAYS + WEEKEND


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "£0.00"),
        ("18.4", "£18.40"),
        ("20148", "£20,148.00"),
        ("279.825", "£279.825"),
        ("1234567.891234", "£1,234,567.891234"),
        ("72635/7", "£10,376.4285…"),
        ("0.12345678", "£0.1234…"),
        ("1/3", "£0.3333…"),
    ],
)
def test_pounds_show_their_pence_and_an_ellipsis_where_they_go_on(number: str, text: str) -> None:
    assert pounds_text(Fraction(number)) == text


@given(st.fractions(min_value=0, max_value=10**9))
@PATIENTLY
def test_a_number_is_shown_as_it_is_or_cut_short(exact: Fraction) -> None:
    shown = plain(exact)
    read_back = Fraction(shown.rstrip("…").replace(",", ""))
    assert read_back == exact if not shown.endswith("…") else exact - Fraction(1, 10**4) < read_back <= exact


@pytest.mark.parametrize(("names", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_names_are_listed_as_in_a_sentence(names: list[str], text: str) -> None:
    assert listed(names) == text


@pytest.mark.parametrize(
    ("period", "text"),
    [
        (YEAR_2026, "for the year"),
        (LEAP_YEAR, "for the year"),
        (days("2026-04-01", "2026-09-30"), "for the 183 days"),
        (days("2028-02-29", "2028-02-29"), "for the 1 day"),
    ],
)
def test_how_long_a_period_is(period: Period, text: str) -> None:
    assert length_text(period) == text


@pytest.mark.parametrize(
    ("weekdays", "bank_holidays", "kind"),
    [
        (ALL_WEEK, "only", "bank holidays"),
        (WEEKDAYS, "only", "bank holidays on Mondays to Fridays"),
        (ALL_WEEK, "include", "every day"),
        (["sun", "sat"], "include", "Saturdays and Sundays"),
        (ALL_WEEK, "except", "every day except bank holidays"),
        (["mon", "wed", "fri"], "except", "Mondays, Wednesdays and Fridays, leaving out bank holidays"),
        (["tue", "wed", "thu"], "include", "Tuesdays to Thursdays"),
    ],
)
def test_kinds_of_day_have_names(weekdays: list[str], bank_holidays: str, kind: str) -> None:
    method = read(CountedDays, counted(weekdays, bank_holidays))
    text = counted_days_text(method, 2, days("2026-04-01", "2026-04-30"))
    assert text == f"From 1 April 2026 to 30 April 2026 there are 2 days for this: {kind}."


def test_one_day_is_not_many() -> None:
    method = read(CountedDays, counted(["sun"], "include"))
    text = counted_days_text(method, 1, days("2026-04-01", "2026-04-05"))
    assert text == "From 1 April 2026 to 5 April 2026 there is 1 day for this: Sundays."
    assert usual_days_text(method) == "In a usual week there is 1 day for this: Sundays."


def test_a_usual_week_of_every_day() -> None:
    method = read(CountedDays, counted(ALL_WEEK, "include"))
    assert usual_days_text(method) == "In a usual week there are 7 days for this: every day."
