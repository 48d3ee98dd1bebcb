"""Events of payments: each is posted, moves what it says and keeps every identity."""

from datetime import date

import pytest

from phb.core.money import pounds
from phb.core.period import Period
from phb.ledger import events
from phb.ledger.chart import Account
from phb.ledger.queries import balance_of, pay_out_of
from phb.ledger.refusals import (
    NotPayableError,
)
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.steps import pay_in

NIL = pounds("0")


def test_a_payment_to_a_pot_is_in_payment_until_it_settles(funded: Books) -> None:
    instalment = [portion(funded.care, "250")]
    funded.post(events.payment_released(heading(), instalment))
    assert funded.ask(pay_out_of, funded.pot_id, 2026).in_payment == pounds("250")
    assert funded.cash() == NIL
    funded.post(events.payment_settled(heading(), instalment, covers=Period(date(2026, 4, 1), date(2026, 4, 29))))
    pay_out = funded.ask(pay_out_of, funded.pot_id, 2026)
    assert (pay_out.in_payment, pay_out.paid, pay_out.still_to_pay_out) == (NIL, pounds("250"), pounds("750"))
    assert funded.cash() == pounds("250")


def test_a_pot_is_never_paid_out_twice(funded: Books) -> None:
    funded.post(events.payment_released(heading(), [portion(funded.care, "600")]))
    with pytest.raises(NotPayableError):
        funded.post(events.payment_released(heading(), [portion(funded.care, "400.01")]))


def test_a_notional_pot_is_never_paid_out(funded: Books) -> None:
    with pytest.raises(NotPayableError):
        funded.post(events.payment_released(heading(), [portion(funded.equipment, "1")]))


def test_a_payment_returned_before_settlement_stays_in_payment(funded: Books) -> None:
    instalment = [portion(funded.care, "250")]
    funded.post(events.payment_released(heading(), instalment))
    funded.post(events.payment_returned(heading(), instalment))
    assert funded.ask(pay_out_of, funded.pot_id, 2026).in_payment == pounds("250")
    assert funded.ask(balance_of, Account.CAME_BACK) == pounds("-250")
    assert funded.ask(balance_of, Account.BANK) == NIL


def test_a_return_after_settlement_turns_it(funded: Books) -> None:
    pay_in(funded, "250")
    funded.post(events.payment_returned_after_settlement(heading(), [portion(funded.care, "250")]))
    pay_out = funded.ask(pay_out_of, funded.pot_id, 2026)
    assert (pay_out.in_payment, pay_out.paid) == (pounds("250"), NIL)
    assert funded.cash() == NIL


def test_a_reissued_payment_settles_as_the_first_would_have(funded: Books) -> None:
    instalment = [portion(funded.care, "250")]
    for event in (
        events.payment_released,
        events.payment_returned,
        events.payment_reissued,
        events.payment_settled,
    ):
        funded.post(event(heading(), instalment))
    assert funded.cash() == pounds("250")
    assert funded.ask(balance_of, Account.CAME_BACK) == NIL
    assert funded.ask(balance_of, Account.BANK) == pounds("-250")


def test_a_payment_given_up_is_payable_again(funded: Books) -> None:
    instalment = [portion(funded.care, "250")]
    for event in (events.payment_released, events.payment_returned, events.payment_given_up):
        funded.post(event(heading(), instalment))
    pay_out = funded.ask(pay_out_of, funded.pot_id, 2026)
    assert (pay_out.in_payment, pay_out.still_to_pay_out) == (NIL, pounds("1000"))
