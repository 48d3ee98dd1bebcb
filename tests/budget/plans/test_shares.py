"""Funders' shares come to the whole line, whatever the days; each day is paid in the shares that hold on it."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from phb.budget.kinds import ShareBasis
from phb.budget.plans.draft import ShareRule
from phb.budget.plans.shares import ShareDayError, SharesDoNotAddUpError, as_stored, from_stored, shared, weights
from phb.core.money import from_pence, pounds
from phb.core.period import Period, financial_year
from phb.ledger.entry import Share
from tests.budget.conftest import YEAR, dates

OCTOBER = date(2026, 10, 1)
amounts = st.integers(0, 10_000_000).map(from_pence)


def percent(fund: str, number: str, start_on: date | None = None) -> ShareRule:
    return ShareRule(fund, ShareBasis.PERCENT, percent=Fraction(number), start_on=start_on)


def fixed(fund: str, amount: str) -> ShareRule:
    return ShareRule(fund, ShareBasis.FIXED, amount=pounds(amount))


def rest(fund: str, start_on: date | None = None) -> ShareRule:
    return ShareRule(fund, start_on=start_on)


def total(parts: Iterable[Money]) -> Money:
    return sum(parts, from_pence(0))


def whole(*money: Money) -> list[tuple[Period, Money]]:
    """Return money of financial years that follow each other, each whole."""
    return [(financial_year(2026 + i), amount) for i, amount in enumerate(money)]


def test_a_tie_between_funders_goes_to_the_nhs_whatever_the_order() -> None:
    # Half of £0.03 each is 1.5p and 1.5p.
    for shares in ((percent("council", "50"), percent("nhs", "50")), (percent("nhs", "50"), rest("council"))):
        assert shared(shares, whole(pounds("0.03")), "care") == (
            (Share("nhs", pounds("0.02")), Share("council", pounds("0.01"))),
        )


def test_one_funder_may_pay_the_whole_line() -> None:
    assert shared((rest("council"),), whole(pounds("7.00")), "care") == ((Share("council", pounds("7.00")),),)


def test_fixed_sums_come_out_exactly_over_two_years() -> None:
    # £100 is £60 NHS and £40 council; the first year has £33.33, of which 60 % is 19.998: £20.00 and £13.33.
    years = whole(pounds("33.33"), pounds("66.67"))
    first, second = shared((fixed("nhs", "60.00"), rest("council")), years, "care")
    assert first == (Share("nhs", pounds("20.00")), Share("council", pounds("13.33")))
    assert second == (Share("nhs", pounds("40.00")), Share("council", pounds("26.67")))


@pytest.mark.parametrize(
    "shares",
    [
        (),
        (rest("nhs"), rest("council")),
        (percent("nhs", "60"), percent("council", "50")),
        (percent("nhs", "60"), percent("council", "30")),
        (percent("nhs", "100"), rest("council")),
        (percent("nhs", "50"), percent("nhs", "50")),
        (fixed("nhs", "60.00"), fixed("council", "30.00")),
        (fixed("nhs", "60.00"), fixed("council", "50.00")),
        (fixed("nhs", "100.00"), rest("council")),
        (fixed("nhs", "50.00"), percent("council", "50")),
        (fixed("nhs", "50.00"), rest("council"), rest("education")),
    ],
)
def test_shares_that_are_not_the_whole_line_are_refused(shares: tuple[ShareRule, ...]) -> None:
    with pytest.raises(SharesDoNotAddUpError):
        shared(shares, whole(pounds("100.00")), "care")


@given(st.lists(amounts, min_size=1, max_size=4), st.integers(1, 99))
def test_percentages_share_every_year_whole(years: list[Money], nhs: int) -> None:
    shares = shared((percent("nhs", str(nhs)), rest("council")), whole(*years), "care")
    assert [total(share.amount for share in year) for year in shares] == years
    assert all(share.amount.amount > 0 for year in shares for share in year)


@given(st.lists(amounts, min_size=1, max_size=4), st.data())
def test_fixed_sums_and_years_both_come_out_exactly(years: list[Money], data: st.DataObject) -> None:
    pence = int(total(years).amount * 100)
    if pence < 2:
        return
    nhs = from_pence(data.draw(st.integers(1, pence - 1)))
    shares = shared((ShareRule("nhs", ShareBasis.FIXED, amount=nhs), rest("council")), whole(*years), "care")
    assert [total(share.amount for share in year) for year in shares] == years
    assert total(share.amount for year in shares for share in year if share.fund == "nhs") == nhs
    assert all(share.amount.amount > 0 for year in shares for share in year)


CHANGING = (percent("nhs", "60"), rest("council"), percent("nhs", "50", OCTOBER), rest("council", OCTOBER))


def test_a_share_that_changes_on_a_day_pays_by_the_days_of_each() -> None:
    """183 days at 60 % and 182 at 50 %: the NHS pays 3,000.00 x (183 x 60 + 182 x 50) / 36,500 = 1,650.41."""
    ((nhs, council),) = shared(CHANGING, whole(pounds("3000.00")), "care")
    assert (nhs, council) == (Share("nhs", pounds("1650.41")), Share("council", pounds("1349.59")))


@pytest.mark.parametrize(
    ("days", "nhs"),
    [
        (dates("2026-09-01", "2026-09-30"), Fraction(60, 100)),
        (dates("2026-10-01", "2026-10-31"), Fraction(50, 100)),
        # A week of which three days are at 60 % and four at 50 %: (180 + 200) / 700.
        (dates("2026-09-28", "2026-10-04"), Fraction(380, 700)),
        (dates("2025-01-01", "2025-01-31"), Fraction(60, 100)),
        (dates("2028-01-01", "2028-01-31"), Fraction(50, 100)),
    ],
)
def test_each_day_is_paid_in_the_share_that_holds_on_it(days: Period, nhs: Fraction) -> None:
    assert weights(CHANGING, days) == {"nhs": nhs, "council": 1 - nhs}


def test_a_funder_may_join_or_leave_on_a_day() -> None:
    rules = (rest("nhs"), rest("council", OCTOBER))
    assert weights(rules, dates("2026-09-01", "2026-09-30")) == {"nhs": 1}
    assert weights(rules, dates("2026-10-01", "2026-10-31")) == {"council": 1}


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ((rest("nhs", OCTOBER),), "Nobody pays for the first days"),
        ((rest("nhs"), rest("council", YEAR.start_on)), "begins on 1 April 2026, and the line runs from 1 April"),
        ((rest("nhs"), rest("council", YEAR.end_on)), "begins on 1 April 2027"),
        ((fixed("nhs", "60.00"), rest("council"), rest("nhs", OCTOBER)), "A fixed sum is for the whole line"),
    ],
)
def test_a_share_on_a_day_that_the_line_does_not_have_is_refused(rules: tuple[ShareRule, ...], words: str) -> None:
    with pytest.raises(ShareDayError, match=words):
        shared(rules, whole(pounds("100.00")), "care")


def test_shares_from_a_day_on_come_to_the_whole_line_too() -> None:
    with pytest.raises(SharesDoNotAddUpError):
        shared((rest("nhs"), percent("council", "40", OCTOBER)), whole(pounds("100.00")), "care")


@pytest.mark.parametrize("rule", [*CHANGING, fixed("nhs", "12.34")])
def test_a_stored_rule_says_what_was_stated(rule: ShareRule) -> None:
    assert from_stored(as_stored(rule)) == rule
