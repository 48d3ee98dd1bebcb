"""Each row of the event table is posted, moves what it says and keeps every identity."""

from datetime import date

import pytest

from phb.core.money import from_pence, pounds
from phb.core.period import Period
from phb.ledger import events
from phb.ledger.chart import Account
from phb.ledger.entry import CommitmentPortion, CreditorShare, Share
from phb.ledger.queries import balance_of, pay_out_of, position_of_budget, position_of_plan_line, position_of_pot
from phb.ledger.refusals import (
    CommitmentExpiredError,
    CommitmentUsedUpError,
    NotPayableError,
    TooLittleLeftError,
)
from tests.ledger.conftest import Books, heading, portion

NIL = pounds("0")


def test_programme_budget_is_set_for_each_funder(books: Books) -> None:
    books.post(
        events.programme_budget_set(heading(), 2026, [Share("nhs", pounds("900")), Share("council", pounds("100"))])
    )
    assert books.ask(balance_of, Account.ENVELOPE) == pounds("1000")
    books.assert_sound()


def test_budget_agreed_allocates_and_makes_a_direct_payment_payable(funded: Books) -> None:
    position = funded.ask(position_of_budget, funded.budget_id)
    assert (position.approved, position.available) == (pounds("2000"), pounds("2000"))
    assert funded.ask(pay_out_of, funded.pot_id, 2026).still_to_pay_out == pounds("1000")
    assert funded.ask(pay_out_of, funded.notional_pot_id, 2026).payable == NIL


def test_a_contribution_is_allocated_but_not_paid_out(books: Books) -> None:
    books.post(events.budget_agreed(heading(), [portion(books.care, "90")], [portion(books.care, "10", "council")]))
    assert books.ask(position_of_pot, books.pot_id).approved == pounds("100")
    assert books.ask(pay_out_of, books.pot_id, 2026).payable == pounds("90")
    books.assert_sound()


def test_budget_raised_adds_to_both(funded: Books) -> None:
    funded.post(events.budget_raised(heading(), [portion(funded.care, "250.50")]))
    assert funded.ask(position_of_plan_line, funded.care.plan_line_id, 2026).approved == pounds("1250.50")
    assert funded.ask(pay_out_of, funded.pot_id, 2026).payable == pounds("1250.50")


def test_budget_lowered_takes_from_both(funded: Books) -> None:
    funded.post(events.budget_lowered(heading(), [portion(funded.care, "400")]))
    assert funded.ask(position_of_plan_line, funded.care.plan_line_id, 2026).available == pounds("600")
    assert funded.ask(pay_out_of, funded.pot_id, 2026).still_to_pay_out == pounds("600")


def test_budget_is_not_lowered_below_what_is_spent(funded: Books) -> None:
    pay_in(funded, "600")
    funded.post(events.paid_from_funds(heading(), [portion(funded.care, "600")]))
    with pytest.raises(TooLittleLeftError, match=r"needs £400\.01 and the plan line has £400\.00 left"):
        funded.post(events.budget_lowered(heading(), [portion(funded.care, "400.01")]))


def test_budget_is_not_lowered_by_what_was_handed_over(funded: Books) -> None:
    pay_in(funded, "700")
    with pytest.raises(NotPayableError):
        funded.post(events.budget_lowered(heading(), [portion(funded.care, "300.01")]))


def test_an_order_commits_and_a_further_raise_increases_it(funded: Books) -> None:
    promise(funded, "300")
    promise(funded, "200")
    position = funded.ask(position_of_plan_line, funded.equipment.plan_line_id, 2026)
    assert (position.committed, position.available) == (pounds("500"), pounds("500"))


def test_an_order_beyond_what_is_left_is_refused(funded: Books) -> None:
    with pytest.raises(TooLittleLeftError) as refused:
        promise(funded, "1000.01")
    assert refused.value.facts["left"] == pounds("1000")


def test_an_invoice_uses_its_order_in_one_journal(funded: Books) -> None:
    promise(funded, "300")
    accept_invoice(funded, "280", uses="300")
    position = funded.ask(position_of_plan_line, funded.equipment.plan_line_id, 2026)
    assert (position.committed, position.spent, position.available) == (NIL, pounds("280"), pounds("720"))
    assert funded.ask(balance_of, Account.CREDITOR) == pounds("-280")


def test_an_order_is_never_used_beyond_what_was_raised(funded: Books) -> None:
    promise(funded, "300")
    with pytest.raises(CommitmentUsedUpError):
        accept_invoice(funded, "300.01", uses="300.01")


def test_a_commitment_is_let_go_once(funded: Books) -> None:
    promise(funded, "300")
    funded.post(events.commitment_released(heading(), [promised(funded, "300")]))
    assert funded.ask(position_of_plan_line, funded.equipment.plan_line_id, 2026).available == pounds("1000")
    with pytest.raises(CommitmentUsedUpError):
        funded.post(events.commitment_released(heading(), [promised(funded, "0.01")]))


def test_a_commitment_expires_the_day_after_its_last_day(funded: Books) -> None:
    promise(funded, "300")
    with pytest.raises(CommitmentExpiredError):
        funded.post(events.commitment_expired(heading(date(2026, 9, 30)), [promised(funded, "300")]))
    funded.post(events.commitment_expired(heading(date(2026, 10, 1)), [promised(funded, "300")]))
    assert funded.ask(position_of_plan_line, funded.equipment.plan_line_id, 2026).committed == NIL


def test_a_commitment_is_not_used_for_care_after_its_last_day(funded: Books) -> None:
    promise(funded, "300")
    with pytest.raises(CommitmentExpiredError):
        accept_invoice(funded, "10", uses="10", on=date(2026, 10, 1))
    accept_invoice(funded, "10", uses="10", on=date(2026, 9, 30))


def test_a_provider_is_paid_what_is_owed(funded: Books) -> None:
    accept_invoice(funded, "280")
    owed = [creditor(funded, "280")]
    funded.post(events.payment_released(heading(), owed))
    assert funded.ask(balance_of, Account.IN_TRANSIT) == pounds("280")
    funded.post(events.payment_settled(heading(), owed))
    assert funded.ask(balance_of, Account.CREDITOR) == NIL
    assert funded.ask(balance_of, Account.BANK) == pounds("-280")


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


def test_a_providers_return_after_settlement_is_owed_again(funded: Books) -> None:
    accept_invoice(funded, "280")
    owed = [creditor(funded, "280")]
    for event in (events.payment_released, events.payment_settled, events.payment_returned_after_settlement):
        funded.post(event(heading(), owed))
    assert funded.ask(balance_of, Account.CREDITOR) == pounds("-280")


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


def test_each_funder_has_books_that_balance(funded: Books) -> None:
    shares = [portion(funded.care, "70"), portion(funded.care, "30", "council")]
    funded.post(events.budget_raised(heading(), shares))
    funded.post(events.payment_released(heading(), shares))
    funded.post(events.payment_settled(heading(), shares))
    funded.post(
        events.paid_from_funds(heading(), [portion(funded.care, "41.67"), portion(funded.care, "8.33", "council")])
    )
    assert funded.cash() == pounds("50")


def test_a_pot_tells_what_it_has_left_to_the_penny(funded: Books) -> None:
    pay_in(funded, "333.33")
    funded.post(events.paid_from_funds(heading(), [portion(funded.care, "0.01")]))
    assert funded.ask(position_of_pot, funded.pot_id).available == from_pence(100_000 - 1)


def pay_in(books: Books, amount: str) -> None:
    """Pay an instalment into the direct payment pot."""
    books.post(events.payment_released(heading(), [portion(books.care, amount)]))
    books.post(events.payment_settled(heading(), [portion(books.care, amount)]))


def promised(books: Books, amount: str) -> CommitmentPortion:
    """Return an amount of the order on the equipment line."""
    return CommitmentPortion(books.commitment_id, portion(books.equipment, amount))


def promise(books: Books, amount: str) -> None:
    """Raise the order by an amount."""
    books.post(events.commitment_raised(heading(), [promised(books, amount)]))


def creditor(books: Books, amount: str) -> CreditorShare:
    """Return what the provider is owed."""
    return CreditorShare(books.budget_id, books.provider_id, 2026, Share("nhs", pounds(amount)))


def accept_invoice(books: Books, amount: str, *, uses: str | None = None, on: date = date(2026, 4, 1)) -> None:
    """Accept the provider's invoice for equipment."""
    used = [promised(books, uses)] if uses else []
    books.post(events.invoice_accepted(heading(on), [portion(books.equipment, amount)], books.provider_id, used=used))
