"""What passes the bars and is in the plan, and which slips are refused."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phb.budget.kinds import ManagementType
from phb.budget.plans.draft import AbsurdAmountError
from phb.budget.reference.categories import categories, category
from phb.core.money import from_pence, pounds
from phb.core.period import Period
from phb.spending.kinds import Evidence, ReasonCode
from phb.spending.records.rules import (
    Planned,
    SpentBeforeBudgetError,
    SpentInFutureError,
    evidence_of,
    no_money_that_year,
    question_about,
    refuse_slip,
    too_little_left,
)
from phb.spending.sharing import days_of

MAY = date(2026, 5, 4)
DIRECT = ManagementType.DIRECT_PAYMENT
YEAR = Period(date(2026, 4, 1), date(2027, 4, 1))
CARE = Planned("Help at home", "PERSONAL_CARE", YEAR)


def asked(code: str = "PERSONAL_CARE", line: Planned | None = CARE, days: Period | None = None) -> Any:
    question = question_about(category(code, MAY), DIRECT, line, days_of(MAY, days))
    return None if question is None else question.code


def test_what_is_in_the_plan_is_not_asked_about() -> None:
    assert asked() is None


@pytest.mark.parametrize(
    ("code", "line", "reason"),
    [
        ("ALCOHOL", CARE, ReasonCode.BARRED_CATEGORY),
        ("ALCOHOL", None, ReasonCode.BARRED_CATEGORY),
        ("NHS_NOT_ROUTINE", CARE, ReasonCode.REFERRED_CATEGORY),
        ("PERSONAL_CARE", None, ReasonCode.NOT_IN_PLAN),
        ("EQUIPMENT", CARE, ReasonCode.OTHER_CATEGORY),
    ],
)
def test_the_weightiest_reason_is_given(code: str, line: Planned | None, reason: ReasonCode) -> None:
    assert asked(code, line) is reason


def test_a_bar_on_direct_payments_does_not_bar_a_third_party() -> None:
    line = Planned("Teeth", "DENTAL", YEAR)
    found = [
        question_about(category("DENTAL", MAY), way, line, days_of(MAY, None))
        for way in (DIRECT, ManagementType.THIRD_PARTY)
    ]
    assert [question and question.code for question in found] == [ReasonCode.BARRED_CATEGORY, None]


def test_a_referred_category_that_the_plan_agreed_with_a_reason_is_planned() -> None:
    line = Planned("A sister helps", "HOUSEHOLD_CONNECTED_PERSON", YEAR, referral_reason="Nobody else speaks Tigrinya")
    assert asked("HOUSEHOLD_CONNECTED_PERSON", line) is None


def test_contingency_buys_what_is_allowed_and_no_more() -> None:
    spare = Planned("Contingency", "CONTINGENCY", YEAR, any_category=True)
    assert asked("EQUIPMENT", spare) is None
    assert asked("TOBACCO", spare) is ReasonCode.BARRED_CATEGORY


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        (Period(date(2026, 3, 31), date(2026, 4, 2)), ReasonCode.OUTSIDE_DATES),
        (Period(date(2027, 3, 31), date(2027, 4, 2)), ReasonCode.OUTSIDE_DATES),
        (Period(date(2026, 4, 1), date(2027, 4, 1)), None),
    ],
)
def test_the_days_it_was_for_decide_not_the_day_it_was_paid(days: Period, reason: ReasonCode | None) -> None:
    assert asked(days=days) is reason


def test_a_sentence_names_what_was_needed_and_what_was_left() -> None:
    assert "£120.50 and the plan line had £20.00 left" in too_little_left(pounds("120.50"), pounds("20.00")).sentence


def test_days_without_money_are_named() -> None:
    assert (
        "has no money for 31 March 2027 to 1 April 2027"
        in no_money_that_year(Period(date(2027, 3, 31), date(2027, 4, 2))).sentence
    )


def test_every_question_says_what_to_do() -> None:
    for one in categories(MAY):
        question = question_about(one, DIRECT, None, days_of(MAY, None))
        assert question is not None
        assert any(word in question.sentence for word in ("put back", "Put the money back", "We will ask you"))


def slip(amount: str = "10.00", on: date = MAY) -> None:
    refuse_slip(pounds(amount), on, largest=pounds("500.00"), today=date(2026, 5, 4), begins_on=date(2026, 4, 1))


@pytest.mark.parametrize("amount", ["0.00", "-0.01", "500.01"])
def test_absurd_amounts_are_refused(amount: str) -> None:
    with pytest.raises(AbsurdAmountError, match=r"above nil and at most £500\.00"):
        slip(amount)


@pytest.mark.parametrize("amount", ["0.01", "500.00"])
def test_the_smallest_and_the_largest_are_taken(amount: str) -> None:
    slip(amount)


def test_days_to_come_and_days_before_the_budget_are_refused() -> None:
    with pytest.raises(SpentInFutureError, match="5 May 2026 has not come"):
        slip(on=date(2026, 5, 5))
    with pytest.raises(SpentBeforeBudgetError, match="31 March 2026 is before"):
        slip(on=date(2026, 3, 31))


@given(pence=st.integers(1, 10_000), limit=st.integers(0, 10_000))
def test_evidence_is_not_needed_below_the_limit_alone(pence: int, limit: int) -> None:
    found = evidence_of(from_pence(pence), not_needed_below=from_pence(limit), seen=False)
    assert (found is Evidence.NOT_NEEDED) == (pence < limit)
    assert evidence_of(from_pence(pence), not_needed_below=from_pence(limit), seen=True) is Evidence.SEEN
