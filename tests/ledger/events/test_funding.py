"""Events of those who pay: each is posted, moves what it says and keeps every identity."""

from datetime import date

import pytest

from phb.core.money import pounds
from phb.ledger import events
from phb.ledger.chart import Account
from phb.ledger.entry import FundTransfer, Share
from phb.ledger.queries import Balance, balance_of, trial_balance
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.steps import NIL, pay_in, standing

COUNCIL = [Share("council", pounds("300"))]


def of_fund(books: Books, account: Account, fund: str) -> object:
    """Return what an account comes to in one fund."""
    found: list[Balance] = books.ask(trial_balance)
    return sum((one.amount for one in found if (one.account, one.fund) == (account, fund)), NIL)


def test_a_funder_owes_its_share_and_pays_it(books: Books) -> None:
    books.post(events.funder_share_due(heading(), 2026, COUNCIL))
    assert books.ask(balance_of, Account.DUE_FROM_FUNDER) == pounds("300")
    books.post(events.funder_share_received(heading(), 2026, COUNCIL))
    assert (books.ask(balance_of, Account.DUE_FROM_FUNDER), books.ask(balance_of, Account.BANK)) == (NIL, pounds("300"))
    assert books.ask(balance_of, Account.FUNDING) == pounds("-300")
    books.assert_sound()


def test_money_that_came_back_is_owed_to_its_funder_and_paid(books: Books) -> None:
    books.post(events.funder_share_due(heading(), 2026, COUNCIL))
    books.post(events.funder_return_due(heading(), 2026, [Share("council", pounds("45"))]))
    assert books.ask(balance_of, Account.FUNDING) == pounds("-255")
    books.post(events.funder_return_paid(heading(), 2026, [Share("council", pounds("45"))]))
    assert books.ask(balance_of, Account.DUE_TO_FUNDER) == NIL
    assert books.ask(balance_of, Account.BANK) == pounds("-45")
    books.assert_sound()


@pytest.fixture
def contributed(books: Books) -> Books:
    """Return books whose care costs £1,000.00, of which the person is to pay £80.00 inside the council's share."""
    council = portion(books.care, "80", "council")
    books.post(events.budget_agreed(heading(), [portion(books.care, "920")], [council]))
    books.post(events.contribution_due(heading(), [council]))
    assert standing(books) == ("1000", "0", "0", "920", "0", "0")
    return books


def test_a_contribution_paid_into_the_account_is_cash_held(contributed: Books) -> None:
    contributed.post(events.contribution_paid_in(heading(), [portion(contributed.care, "30", "council")]))
    assert standing(contributed) == ("1000", "0", "0", "920", "0", "30")
    assert contributed.ask(balance_of, Account.CONTRIBUTION_DUE) == pounds("50")
    contributed.assert_sound()


def test_a_contribution_paid_to_us_is_paid_out_with_the_rest(contributed: Books) -> None:
    contributed.post(events.contribution_paid_to_us(heading(), [portion(contributed.care, "30", "council")]))
    assert standing(contributed) == ("1000", "0", "0", "950", "0", "0")
    contributed.assert_sound()


def test_a_missed_contribution_is_paid_in_by_its_funder_whom_the_person_now_owes(contributed: Books) -> None:
    contributed.post(events.contribution_missed(heading(), [portion(contributed.care, "80", "council")]))
    assert standing(contributed) == ("1000", "0", "0", "1000", "0", "0")
    assert contributed.ask(balance_of, Account.CONTRIBUTION_DUE) == NIL
    assert contributed.ask(balance_of, Account.DUE_FROM_FUNDER) == pounds("80")
    contributed.assert_sound()


def test_a_contribution_no_longer_expected_is_lowered(contributed: Books) -> None:
    contributed.post(events.budget_lowered(heading(), [], [portion(contributed.care, "80", "council")]))
    assert standing(contributed) == ("920", "0", "0", "920", "0", "0")
    contributed.assert_sound()


def test_a_true_up_moves_cost_between_funds_and_spends_nothing(funded: Books) -> None:
    council = portion(funded.care, "100", "council")
    funded.post(events.budget_raised(heading(), [council]))
    pay_in(funded, "200")
    funded.post(events.paid_from_funds(heading(date(2026, 4, 30)), [portion(funded.care, "100.01")]))
    # Of £100.01 the council bears 30 %: £30.003, to the penny £30.00.
    moved = FundTransfer(funded.care, to_fund="council", from_fund="nhs", amount=pounds("30"))
    funded.post(events.funds_trued_up(heading(date(2026, 4, 30)), [moved]))
    assert of_fund(funded, Account.EXPENDITURE, "nhs") == pounds("70.01")
    assert of_fund(funded, Account.EXPENDITURE, "council") == pounds("30")
    assert of_fund(funded, Account.DUE_FROM_FUND, "nhs") == pounds("30")
    assert of_fund(funded, Account.DUE_TO_FUND, "council") == pounds("-30")
    assert standing(funded) == ("1100", "100.01", "0", "900", "200", "99.99")


def test_a_true_up_is_turned_the_other_way_by_its_reversal(funded: Books) -> None:
    pay_in(funded, "100")
    funded.post(events.paid_from_funds(heading(), [portion(funded.care, "100")]))
    moved = FundTransfer(funded.care, to_fund="council", from_fund="nhs", amount=pounds("30"))
    funded.reverse(funded.post(events.funds_trued_up(heading(), [moved])))
    assert of_fund(funded, Account.EXPENDITURE, "nhs") == pounds("100")
    assert of_fund(funded, Account.EXPENDITURE, "council") == NIL
