"""What a payment is for, cut by the days of a statement."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from phb.core.money import from_pence, pounds
from phb.core.period import Period
from phb.statements.pot import Due

FOUR_WEEKS = Period.of_days(date(2026, 6, 24), date(2026, 7, 21))


def test_a_payment_for_days_on_both_sides_counts_for_its_days_in_the_period() -> None:
    due = Due(FOUR_WEEKS, pounds("1400.00"))
    june = Period.of_days(date(2026, 6, 1), date(2026, 6, 30))
    assert (due.days_in(june), due.part_in(june)) == (7, pounds("350.00"))


def test_a_payment_for_other_days_counts_for_nothing() -> None:
    due = Due(FOUR_WEEKS, pounds("1400.00"))
    august = Period.of_days(date(2026, 8, 1), date(2026, 8, 31))
    assert (due.days_in(august), due.part_in(august)) == (0, pounds("0"))


@given(st.integers(-100_000, 100_000), st.integers(1, 90), st.lists(st.integers(1, 90), min_size=1))
def test_the_parts_of_neighbouring_periods_add_up_to_the_payment(pence: int, days: int, cuts: list[int]) -> None:
    start, end = FOUR_WEEKS.start_on, FOUR_WEEKS.start_on + timedelta(days)
    due = Due(Period(start, end), from_pence(pence))
    edges = sorted({start, end, *(start + timedelta(cut) for cut in cuts)})
    parts = [due.part_in(Period(first, last)) for first, last in pairwise(edges)]
    assert sum(parts, from_pence(0)) == due.amount
