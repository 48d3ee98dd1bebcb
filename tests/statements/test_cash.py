"""Cash: opening + in - out = closing, and the cash held after each movement."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phb.core.money import from_pence, pounds
from phb.statements.cash import CashAccount, CashKind, CashMovement, Question
from phb.statements.sums import DoesNotAddUpError
from tests.statements.examples import account, moved

IN = CashMovement(date(2026, 4, 2), CashKind.RECEIVED, "instalment 1", pounds("50.00"))


def test_cash_that_does_not_add_up_is_refused_with_both_figures() -> None:
    with pytest.raises(DoesNotAddUpError, match=r"come to £60\.00 and the books say £59\.99"):
        CashAccount(pounds("10.00"), (IN,), pounds("59.99"))


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (CashKind.RECEIVED, "5"),
        (CashKind.PUT_BACK, "5"),
        (CashKind.SPENT, "-5"),
        (CashKind.ASKED_ABOUT, "-5"),
        (CashKind.RETURNED, "-5"),
        (CashKind.CAME_BACK, "-5"),
    ],
)
def test_each_kind_goes_its_way(kind: CashKind, change: str) -> None:
    assert moved(date(2026, 4, 1), kind, "it", "5").change == pounds(change)


def test_a_correction_goes_the_other_way() -> None:
    assert moved(date(2026, 4, 1), CashKind.SPENT, "it", "-5").change == pounds("5")


def test_movements_run_by_date_and_keep_their_order_within_a_day() -> None:
    cash = account(
        "100.00",
        moved(date(2026, 4, 9), CashKind.SPENT, "third", "1.00"),
        moved(date(2026, 4, 2), CashKind.SPENT, "first", "2.00"),
        moved(date(2026, 4, 2), CashKind.RECEIVED, "second", "4.00"),
    )
    assert [(each.what, held) for each, held in cash.running()] == [
        ("first", pounds("98.00")),
        ("second", pounds("102.00")),
        ("third", pounds("101.00")),
    ]


@given(st.integers(-9999, 9999), st.lists(st.tuples(st.sampled_from(CashKind), st.integers(-9999, 9999))))
def test_the_last_of_the_running_column_is_the_closing_cash(opening: int, moves: list[tuple[CashKind, int]]) -> None:
    entries = [moved(date(2026, 4, 1), kind, "it", str(from_pence(pence).amount)) for kind, pence in moves]
    cash = account(str(from_pence(opening).amount), *entries)
    assert [cash.opening, *(held for _, held in cash.running())][-1] == cash.closing


def test_money_asked_about_has_its_reason_and_nothing_else_has_one() -> None:
    question = Question("not-in-plan", "The plan does not mention this.")
    with pytest.raises(ValueError, match="question"):
        CashMovement(date(2026, 4, 1), CashKind.ASKED_ABOUT, "it", pounds("5"))
    with pytest.raises(ValueError, match="question"):
        CashMovement(date(2026, 4, 1), CashKind.SPENT, "it", pounds("5"), question=question)
