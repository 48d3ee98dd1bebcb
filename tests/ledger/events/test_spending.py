"""Events of spending: each is posted, moves what it says and keeps every identity."""

import pytest

from phb.core.money import from_pence, pounds
from phb.ledger import events
from phb.ledger.chart import Account, SetAside
from phb.ledger.queries import balance_of, position_of_plan_line, position_of_pot
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.steps import owed, pay_in, spend, standing

NIL = pounds("0")


def test_care_paid_from_funds_is_spent_and_leaves_the_cash(funded: Books) -> None:
    pay_in(funded, "250")
    funded.post(events.paid_from_funds(heading(), [portion(funded.care, "99.99")]))
    assert funded.cash() == pounds("150.01")
    assert funded.ask(position_of_plan_line, funded.care.plan_line_id, 2026).spent == pounds("99.99")


def test_money_being_asked_about_is_neither_spent_nor_cash(funded: Books) -> None:
    pay_in(funded, "250")
    funded.post(events.money_left_account(heading(), [portion(funded.care, "40")]))
    assert funded.cash() == pounds("210")
    assert funded.ask(position_of_pot, funded.pot_id).available == pounds("1000")


def test_money_asked_about_is_accepted_or_put_back(funded: Books) -> None:
    pay_in(funded, "250")
    funded.post(events.money_left_account(heading(), [portion(funded.care, "40")]))
    funded.post(events.accepted_after_all(heading(), [portion(funded.care, "25")]))
    funded.post(events.put_back(heading(), [portion(funded.care, "15")]))
    assert funded.ask(balance_of, Account.BEING_ASKED_ABOUT) == NIL
    assert funded.ask(position_of_pot, funded.pot_id).spent == pounds("25")
    assert funded.cash() == pounds("225")


def test_a_pot_tells_what_it_has_left_to_the_penny(funded: Books) -> None:
    pay_in(funded, "333.33")
    funded.post(events.paid_from_funds(heading(), [portion(funded.care, "0.01")]))
    assert funded.ask(position_of_pot, funded.pot_id).available == from_pence(100_000 - 1)


def test_care_given_is_spent_before_it_is_paid(funded: Books) -> None:
    pay_in(funded, "250")
    wages, insurance = owed(funded, "180"), owed(funded, "19.42")
    funded.post(events.care_accrued(heading(), [*wages, *insurance]))
    assert standing(funded) == ("1000", "199.42", "0", "750", "250", "250")
    assert funded.ask(balance_of, Account.SPENT_NOT_YET_PAID) == pounds("-199.42")
    funded.post(events.accrual_paid(heading(), wages))
    assert standing(funded) == ("1000", "199.42", "0", "750", "250", "70")
    assert funded.ask(balance_of, Account.SPENT_NOT_YET_PAID) == pounds("-19.42")


def test_care_paid_in_advance_from_money_held_is_still_the_holders(funded: Books) -> None:
    pay_in(funded, "250")
    spend(funded, "200")
    funded.post(events.prepayment_set_apart(heading(), [portion(funded.care, "120")]))
    assert standing(funded) == ("1000", "80", "0", "750", "250", "50")


@pytest.mark.parametrize("purpose", SetAside)
def test_money_set_aside_is_still_held_and_let_go_again(funded: Books, purpose: SetAside) -> None:
    pay_in(funded, "250")
    funded.post(events.funds_set_aside(heading(), purpose, [portion(funded.care, "60")]))
    assert funded.ask(balance_of, purpose.account, pot_id=funded.pot_id) == pounds("60")
    assert standing(funded) == ("1000", "0", "0", "750", "250", "190")
    funded.post(events.funds_let_go(heading(), purpose, [portion(funded.care, "60")]))
    assert funded.ask(balance_of, purpose.account, pot_id=funded.pot_id) == NIL
    assert funded.cash() == pounds("250")
