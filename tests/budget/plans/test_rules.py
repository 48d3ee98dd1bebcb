"""Each service is covered, and the parts of a plan fit together."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from phb.budget.kinds import ManagementType
from phb.budget.plans import rules
from phb.budget.plans.draft import OutcomeDraft, PlanDraft, PotDraft, ShareRule
from phb.budget.reference.categories import BarredCategoryError, ReferredCategoryError, UnknownCategoryError
from phb.budget.reference.operations import UnknownFundError
from phb.core.money import from_pence, pounds
from tests.budget.conftest import YEAR, dates, line, stated

APRIL = date(2026, 4, 1)
DIRECT = PotDraft("dp", ManagementType.DIRECT_PAYMENT)
LIVING = OutcomeDraft("living", "I want to live at home")
amounts = st.integers(0, 10_000_000).map(from_pence)


def plan(**changes: Any) -> PlanDraft:
    usual = PlanDraft(
        YEAR, (DIRECT,), (LIVING,), (line(),), (), "Call the co-ordinator", "None", date(2026, 7, 1), UUID(int=1)
    )
    return replace(usual, **changes)


def total(parts: Iterable[Money]) -> Money:
    return sum(parts, from_pence(0))


def test_a_sound_plan_passes() -> None:
    rules.refuse_unsound(plan(), APRIL)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"period": dates("2026-04-01", "2032-05-01")}, rules.PlanTooLongError),
        ({"lines": ()}, rules.NothingInThePlanError),
        ({"lines": (line(), line())}, rules.ReferenceTwiceError),
        ({"pots": (DIRECT, DIRECT)}, rules.ReferenceTwiceError),
        ({"outcomes": (LIVING, LIVING)}, rules.ReferenceTwiceError),
        ({"outcomes": (LIVING, OutcomeDraft("work", "I want to work"))}, rules.OutcomeNotServedError),
        ({"lines": (line(outcome="work"),)}, rules.LineServesNoOutcomeError),
        ({"lines": (line(pot="np"),)}, rules.UnknownPotError),
        ({"pots": (DIRECT, PotDraft("np", ManagementType.NOTIONAL))}, rules.PotUnusedError),
        ({"lines": (line(period=dates("2026-03-31", "2026-04-30")),)}, rules.LineOutsidePlanError),
        ({"lines": (line(period=dates("2027-03-01", "2027-04-01")),)}, rules.LineOutsidePlanError),
        ({"review_on": date(2026, 3, 31)}, rules.ReviewInThePastError),
        ({"lines": (line(category="ALCOHOL"),)}, BarredCategoryError),
        ({"lines": (line(category="LIVING_COSTS"),)}, ReferredCategoryError),
        ({"lines": (line(category="SWEETS"),)}, UnknownCategoryError),
        ({"lines": (line(shares=(ShareRule("N H S"),)),)}, UnknownFundError),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error) as refused:
        rules.refuse_unsound(plan(**changes), APRIL)
    assert str(refused.value).endswith((".", ")."))


def test_a_review_before_today_is_past() -> None:
    with pytest.raises(rules.ReviewInThePastError):
        rules.refuse_unsound(plan(review_on=date(2026, 7, 1)), date(2026, 7, 2))


def test_a_referred_category_passes_with_a_reason() -> None:
    rules.refuse_unsound(plan(lines=(line(category="LIVING_COSTS", referral_reason="Dialysis at home"),)), APRIL)


def test_a_lines_money_is_its_full_cost_unless_more_is_set_aside() -> None:
    costs = [pounds("100.00"), pounds("50.00")]
    assert rules.years_money(None, costs, "care") == tuple(costs)
    assert rules.years_money(pounds("150.00"), costs, "care") == tuple(costs)
    # 150.01 shared as 2 : 1 is 100.0066 and 50.0033; the penny goes to the larger remainder, the first.
    assert rules.years_money(pounds("150.01"), costs, "care") == (pounds("100.01"), pounds("50.00"))


def test_money_that_does_not_cover_the_service_is_refused() -> None:
    with pytest.raises(rules.NotSufficientError, match=r"£149\.99 and costs £150\.00"):
        rules.years_money(pounds("149.99"), [pounds("100.00"), pounds("50.00")], "care")


def test_a_line_that_costs_nothing_is_no_line() -> None:
    with pytest.raises(rules.CostsNothingError):
        rules.years_money(None, [pounds("0.00")], "care")


@given(st.lists(st.integers(1, 10_000_000).map(from_pence), min_size=1, max_size=3), st.integers(0, 1000))
def test_more_money_than_the_cost_is_shared_whole(costs: list[Money], more: int) -> None:
    money = total(costs) + from_pence(more)
    assert total(rules.years_money(money, costs, "care")) == money


def test_a_one_off_for_each_pot_is_sound() -> None:
    lines = (line(), stated("chair", "1200.00", pot="np", category="EQUIPMENT"))
    rules.refuse_unsound(plan(lines=lines, pots=(DIRECT, PotDraft("np", ManagementType.NOTIONAL))), APRIL)
