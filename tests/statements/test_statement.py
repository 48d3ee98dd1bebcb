"""A statement adds up and keeps to its days, or does not exist."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from moneyed import Money

from phb.budget.kinds import ManagementType
from phb.core.money import FractionOfAPennyError, pounds
from phb.core.period import Period
from phb.statements.cash import CashKind
from phb.statements.position import Position
from phb.statements.pot import Due, Pot
from phb.statements.statement import OutsideStatementError, Statement
from phb.statements.sums import DoesNotAddUpError
from tests.statements import examples
from tests.statements.examples import SPRING, moved


def with_pot(statement: Statement, pot: Pot) -> Statement:
    return replace(statement, pots=(pot,))


def test_a_position_that_does_not_add_up_is_refused_with_both_figures() -> None:
    with pytest.raises(DoesNotAddUpError, match=r"come to £60\.00 and the books say £60\.01\. .*`phb ledger verify`"):
        Position(pounds("100"), pounds("20"), pounds("15"), pounds("5"), pounds("60.01"))


def test_available_may_be_negative() -> None:
    position = Position(pounds("100"), pounds("120"), pounds("5"), pounds("0"), pounds("-25"))
    assert position.available == pounds("-25")


def test_a_fraction_of_a_penny_is_refused() -> None:
    with pytest.raises(FractionOfAPennyError):
        Position(Money("0.001", "GBP"), pounds("0"), pounds("0"), pounds("0"), Money("0.001", "GBP"))


def test_spending_before_and_in_the_period_makes_spent_so_far() -> None:
    with pytest.raises(DoesNotAddUpError, match="What was spent"):
        replace(examples.direct_payment(), spent_before=pounds("0.01"))


@pytest.mark.parametrize("name", ["approved", "spent", "committed", "owed_back"])
def test_the_pots_add_up_to_the_budget(name: str) -> None:
    statement = examples.overspent()
    penny = pounds("0.01")
    raised = {name: getattr(statement.position, name) + penny}
    change = penny if name == "approved" else -penny
    position = replace(statement.position, **raised, available=statement.position.available + change)
    before = statement.spent_before + (penny if name == "spent" else pounds("0"))
    with pytest.raises(DoesNotAddUpError, match=name.replace("_", " ")):
        replace(statement, position=position, spent_before=before)


def test_money_alongside_is_that_of_all_pots() -> None:
    assert examples.overspent().alongside.asked_about == pounds("57.99")


@pytest.mark.parametrize("day", [date(2026, 3, 31), date(2026, 7, 1)])
def test_spending_of_other_days_is_refused(day: date) -> None:
    statement = examples.notional()
    line = replace(statement.spend[0], spent_on=day)
    with pytest.raises(OutsideStatementError, match="is not of 1 April 2026 to 30 June 2026"):
        replace(statement, spend=(line,))


def test_a_movement_after_the_day_of_issue_is_refused() -> None:
    statement = replace(examples.nothing_happened(), issued_on=date(2026, 5, 31))
    assert statement.stands_on == date(2026, 5, 31)
    late = examples.account("0", moved(date(2026, 6, 1), CashKind.RECEIVED, "instalment 1", "10"))
    with pytest.raises(
        OutsideStatementError, match="“instalment 1” of 1 June 2026 is not of 1 April 2026 to 31 May 2026"
    ):
        with_pot(statement, replace(statement.pots[0], cash=late))


def test_a_payment_due_for_other_days_is_refused() -> None:
    statement = examples.nothing_happened()
    due = Due(Period.of_days(date(2026, 7, 1), date(2026, 7, 28)), pounds("100"))
    with pytest.raises(OutsideStatementError, match="The payment for 1 July 2026 to 28 July 2026"):
        with_pot(statement, replace(statement.pots[0], due=(due,)))


def test_it_stands_on_the_last_day_once_that_has_passed() -> None:
    assert examples.notional().stands_on == SPRING.last_day


def test_it_is_not_issued_before_its_first_day() -> None:
    with pytest.raises(OutsideStatementError, match="before its first day") as refused:
        replace(examples.nothing_happened(), issued_on=date(2026, 3, 31))
    assert refused.value.field == "period"


@pytest.mark.parametrize(
    "without",
    [
        lambda statement: replace(statement, how_to_query=()),
        lambda statement: replace(statement, how_to_ask_again=()),
        lambda statement: replace(statement, pots=()),
    ],
)
def test_it_always_says_whom_to_ask_and_holds_a_pot(without: Callable[[Statement], Statement]) -> None:
    with pytest.raises(ValueError, match="says how to query"):
        without(examples.notional())


def test_a_notional_pot_has_no_cash() -> None:
    pot = examples.notional().pots[0]
    with pytest.raises(ValueError, match="notional"):
        replace(pot, cash=examples.account("0"))


@pytest.mark.parametrize("management", [ManagementType.DIRECT_PAYMENT, ManagementType.THIRD_PARTY])
def test_every_other_pot_has_an_account(management: ManagementType) -> None:
    with pytest.raises(ValueError, match="handed over has a cash account"):
        replace(examples.notional().pots[0], management=management)
