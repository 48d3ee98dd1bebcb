"""What a plan is worth to the scheme of delegation, and what a new version raises and lowers."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from phb.budget.budgets.rules import LineValue, annual_cost, approved_value, difference, reported_management
from phb.budget.kinds import ManagementType
from phb.core.money import from_pence, pounds
from phb.core.period import Period, financial_year
from phb.governance.policies import ApprovedValue
from phb.ledger.entry import Place, Portion, Share
from tests.budget.conftest import YEAR, dates

ANNUALISED = ApprovedValue.ANNUALISED_FULL_COST_PLUS_ONE_OFFS
NOTIONAL, THIRD, DIRECT = ManagementType.NOTIONAL, ManagementType.THIRD_PARTY, ManagementType.DIRECT_PAYMENT
PLACES = [Place(UUID(int=1), UUID(int=2), UUID(int=3), year) for year in (2026, 2027)]


def portion(amount: Money, place: Place = PLACES[0], fund: str = "nhs") -> Portion:
    return Portion(place, Share(fund, amount))


def test_a_whole_years_money_is_its_own_annual_cost() -> None:
    assert annual_cost(pounds("10428.57"), YEAR) == pounds("10428.57")
    assert annual_cost(pounds("10428.57"), financial_year(2027)) == pounds("10428.57")  # 366 days of 366


def test_a_short_lines_money_counts_for_a_year() -> None:
    # 91 days from 1 April 2026: 2,600.00 x 365 / 91 = 10,428.571...
    assert annual_cost(pounds("2600.00"), dates("2026-04-01", "2026-06-30")) == pounds("10428.57")
    # The year from 1 March 2027 holds 29 February 2028; the one from that day ends on 27 February 2029.
    assert annual_cost(pounds("1.00"), Period(date(2027, 3, 1), date(2027, 3, 2))) == pounds("366.00")
    assert annual_cost(pounds("1.00"), Period(date(2028, 2, 29), date(2028, 3, 1))) == pounds("365.00")


def test_the_value_is_the_annual_cost_of_what_comes_round_plus_one_offs() -> None:
    lines = [
        LineValue(pounds("2600.00"), dates("2026-04-01", "2026-06-30"), comes_round=True),
        LineValue(pounds("1200.00"), YEAR, comes_round=False),
    ]
    assert approved_value(ANNUALISED, lines) == pounds("11628.57")
    assert approved_value(ApprovedValue.AGREED_TOTAL, lines) == pounds("3800.00")


def test_splitting_a_line_between_lines_dodges_no_limit() -> None:
    halves = [LineValue(pounds("50.00"), YEAR, comes_round=True)] * 2
    assert approved_value(ANNUALISED, halves) == approved_value(
        ANNUALISED, [LineValue(pounds("100.00"), YEAR, comes_round=True)]
    )


def test_a_difference_names_each_place_and_funder() -> None:
    before = [portion(pounds("10.00")), portion(pounds("5.00"), fund="council"), portion(pounds("3.00"), PLACES[1])]
    after = [
        portion(pounds("12.00")),
        portion(pounds("4.00"), fund="council"),
        portion(pounds("1.00"), fund="education"),
    ]
    change = difference(before, after)
    assert change.raised == (portion(pounds("2.00")), portion(pounds("1.00"), fund="education"))
    assert change.lowered == (portion(pounds("1.00"), fund="council"), portion(pounds("3.00"), PLACES[1]))


portions = st.lists(
    st.builds(
        portion, st.integers(1, 10_000).map(from_pence), st.sampled_from(PLACES), st.sampled_from(["nhs", "council"])
    ),
    max_size=6,
)


@given(portions, portions)
def test_before_and_difference_make_after(before: list[Portion], after: list[Portion]) -> None:
    change = difference(before, after)
    lowered = [portion(-one.share.amount, one.place, one.share.fund) for one in change.lowered]
    assert difference([*before, *change.raised, *lowered], after) == difference([], [])
    assert all(one.share.amount.amount > 0 for one in (*change.raised, *change.lowered))


@pytest.mark.parametrize(
    ("held", "counted"),
    [
        ((NOTIONAL,), NOTIONAL),
        ((NOTIONAL, THIRD), THIRD),
        ((NOTIONAL, THIRD, DIRECT), DIRECT),
        ((DIRECT, NOTIONAL), DIRECT),
    ],
)
def test_a_mixed_budget_is_counted_under_one_way(held: tuple[ManagementType, ...], counted: ManagementType) -> None:
    assert reported_management(held) is counted
