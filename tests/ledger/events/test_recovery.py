"""Events of money asked back: each is posted, moves what it says and keeps every identity.

Each test begins with £1,000.00 allocated to care by direct payment, £600.00 of it paid and £200.00 spent, so that the
holder has £400.00. Standings are: approved, spent, owed back, still to pay out, paid, cash held.
"""

import pytest

from phb.core.money import pounds
from phb.ledger import events
from phb.ledger.chart import Account
from phb.ledger.queries import balance_of, position_of_plan_line
from phb.ledger.refusals import MoreThanOwedError, TooLittleLeftError
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.steps import owed, pay_in, spend, standing


@pytest.fixture
def held(funded: Books) -> Books:
    """Return books whose holder was paid £600.00 and spent £200.00."""
    pay_in(funded, "600")
    spend(funded, "200")
    assert standing(funded) == ("1000", "200", "0", "400", "600", "400")
    return funded


def ask_back(books: Books, amount: str) -> None:
    books.post(events.spend_asked_back(heading(), owed(books, amount)))


def left(books: Books) -> object:
    return books.ask(position_of_plan_line, books.care.plan_line_id, 2026).available


def test_spending_that_is_not_accepted_is_owed_and_no_longer_spent(held: Books) -> None:
    ask_back(held, "50")
    assert standing(held) == ("1000", "150", "50", "400", "600", "400")
    assert left(held) == pounds("800")  # 1,000 - 150 - 50: asking back makes nothing available


def test_money_asked_about_that_is_not_accepted_is_owed_on_the_line_the_notice_names(held: Books) -> None:
    held.post(events.money_left_account(heading(), [portion(held.care, "30")]))
    held.post(events.questioned_asked_back(heading(), owed(held, "30")))
    assert standing(held) == ("1000", "200", "30", "400", "600", "370")
    assert held.ask(balance_of, Account.BEING_ASKED_ABOUT) == pounds("0")


def test_what_is_owed_may_take_a_line_below_nothing(held: Books) -> None:
    held.post(events.money_left_account(heading(), [portion(held.care, "350")]))
    spend(held, "50")
    held.post(events.budget_lowered(heading(), [portion(held.care, "400")]))
    held.post(events.questioned_asked_back(heading(), owed(held, "350")))
    assert standing(held) == ("600", "250", "350", "0", "600", "0")
    assert left(held) == pounds("0")


def test_a_reconsideration_makes_it_spent_again(held: Books) -> None:
    ask_back(held, "50")
    held.post(events.spend_notice_lowered(heading(), owed(held, "20")))
    assert standing(held) == ("1000", "170", "30", "400", "600", "400")


def test_no_more_is_lowered_than_is_owed(held: Books) -> None:
    ask_back(held, "50")
    with pytest.raises(MoreThanOwedError, match="Less than this is owed back"):
        held.post(events.spend_notice_lowered(heading(), owed(held, "50.01")))


def test_a_repayment_goes_to_the_envelope(held: Books) -> None:
    ask_back(held, "50")
    held.post(events.repaid_to_envelope(heading(), owed(held, "50")))
    assert standing(held) == ("950", "150", "0", "400", "550", "400")
    assert held.ask(balance_of, Account.RECOVERABLE) == pounds("0")


def test_a_repayment_is_available_again_where_that_was_decided(held: Books) -> None:
    ask_back(held, "50")
    held.post(events.repaid_to_budget(heading(), owed(held, "50")))
    assert standing(held) == ("1000", "150", "0", "450", "550", "400")
    assert left(held) == pounds("850")


def test_a_loss_makes_nothing_available(held: Books) -> None:
    ask_back(held, "50")
    held.post(events.spend_written_off(heading(), owed(held, "50")))
    assert standing(held) == ("950", "150", "0", "400", "600", "400")
    assert left(held) == pounds("800")
    assert held.ask(balance_of, Account.LOSSES) == pounds("50")


def test_unused_money_asked_back_leaves_the_budget_as_it_is(held: Books) -> None:
    held.post(events.unused_asked_back(heading(), owed(held, "100")))
    assert standing(held) == ("1000", "200", "0", "400", "600", "300")


def test_unused_money_is_left_with_the_holder_after_all(held: Books) -> None:
    held.post(events.unused_asked_back(heading(), owed(held, "100")))
    held.post(events.unused_notice_lowered(heading(), owed(held, "40")))
    assert standing(held) == ("1000", "200", "0", "400", "600", "340")
    assert held.ask(balance_of, Account.UNUSED_ASKED_BACK) == pounds("60")


def test_unused_money_that_was_repaid_may_be_paid_out_again(held: Books) -> None:
    held.post(events.unused_asked_back(heading(), owed(held, "100")))
    held.post(events.unused_repaid(heading(), owed(held, "100")))
    assert standing(held) == ("1000", "200", "0", "500", "500", "300")
    pay_in(held, "100")  # the notice is lowered after it was repaid: handed back as any payment
    assert standing(held) == ("1000", "200", "0", "400", "600", "400")


def test_unused_money_written_off_is_the_commissioners_loss(held: Books) -> None:
    held.post(events.unused_asked_back(heading(), owed(held, "100")))
    held.post(events.unused_written_off(heading(), owed(held, "100")))
    assert standing(held) == ("1000", "200", "0", "500", "500", "300")
    assert held.ask(balance_of, Account.LOSSES) == pounds("100")


def test_money_returned_without_a_notice_may_be_paid_out_again(held: Books) -> None:
    held.post(events.returned_unasked(heading(), [portion(held.care, "75.50")]))
    assert standing(held) == ("1000", "200", "0", "475.5", "524.5", "324.5")


def test_a_small_sum_left_at_the_close_leaves_the_budget_too(held: Books) -> None:
    held.post(events.small_sum_left(heading(), [portion(held.care, "9.99")]))
    assert standing(held) == ("990.01", "200", "0", "400", "600", "390.01")


def test_no_more_is_left_with_the_holder_than_the_line_has(held: Books) -> None:
    held.post(events.money_left_account(heading(), [portion(held.care, "400")]))
    held.post(events.accepted_after_all(heading(), [portion(held.care, "400")]))
    held.post(events.budget_lowered(heading(), [portion(held.care, "400")]))
    with pytest.raises(TooLittleLeftError):
        held.post(events.small_sum_left(heading(), [portion(held.care, "0.01")]))


def test_a_surplus_makes_the_next_payment_smaller(held: Books) -> None:
    held.post(events.surplus_offset(heading(), [portion(held.care, "120")]))
    assert standing(held) == ("880", "200", "0", "280", "600", "400")
