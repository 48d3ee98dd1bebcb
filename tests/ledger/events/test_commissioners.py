"""Events between two commissioners: each side posts its own, keeps every identity, and the two sides mirror each other.

The person has £1,000.00 for the year by direct payment at A, £600.00 of it paid and £200.00 spent. They move: of the
£400.00 held, £150.00 was paid for days after the move, which B bears; £250.00 is unspent and follows the person.
"""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.core.money import pounds
from phb.ledger import events
from phb.ledger.chart import Account
from phb.ledger.entry import BudgetShare, CreditorShare, Share
from phb.ledger.queries import balance_of, position_of_plan_line
from phb.ledger.refusals import NotPayableError
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.steps import NIL, pay_in, spend, standing


@pytest.fixture
def other(session_factory: sessionmaker[Session]) -> Books:
    """Return the opened books of the commissioner whom the person moves to."""
    books = Books(session_factory)
    books.open()
    return books


@pytest.fixture
def leaving(funded: Books) -> Books:
    pay_in(funded, "600")
    spend(funded, "200")
    return funded


def test_a_balance_that_follows_the_person_leaves_what_was_spent(leaving: Books, other: Books) -> None:
    leaving.post(
        events.balance_moved_out(
            heading(),
            other.actor.commissioner_id,
            unspent=[portion(leaving.care, "250")],
            in_advance=[portion(leaving.care, "150")],
            given_back=[portion(leaving.care, "550")],  # 1,000 - 200 spent - 250
        )
    )
    assert standing(leaving) == ("200", "200", "0", "0", "200", "0")
    assert leaving.ask(balance_of, Account.DUE_FROM_COMMISSIONER) == pounds("150")


def test_a_balance_does_not_move_while_the_holder_keeps_some_of_it(leaving: Books) -> None:
    # 800 would be taken off what may be paid out, 200 would be left, and 350 would still count as paid.
    with pytest.raises(NotPayableError):
        leaving.post(
            events.balance_moved_out(
                heading(),
                leaving.holder_id,
                unspent=[portion(leaving.care, "250")],
                given_back=[portion(leaving.care, "550")],
            )
        )


def test_a_balance_is_taken_over_with_the_money_for_this_sides_days(leaving: Books, other: Books) -> None:
    other.post(
        events.balance_moved_in(
            heading(),
            leaving.actor.commissioner_id,
            unspent=[portion(other.care, "250")],
            in_advance=[portion(other.care, "150")],
            own_days=[portion(other.care, "500")],
        )
    )
    # allocated 250 + 500; of the 500 for its days 150 are paid already; cash 250 + 150
    assert standing(other) == ("750", "0", "0", "350", "150", "400")
    assert other.ask(balance_of, Account.DUE_TO_COMMISSIONER) == pounds("-150")
    other.assert_sound()


def test_what_is_due_between_commissioners_is_paid(leaving: Books, other: Books) -> None:
    test_a_balance_that_follows_the_person_leaves_what_was_spent(leaving, other)
    test_a_balance_is_taken_over_with_the_money_for_this_sides_days(leaving, other)
    for books, paid, account, counterparty in (
        (leaving, events.received_from_commissioner, Account.DUE_FROM_COMMISSIONER, other),
        (other, events.paid_to_commissioner, Account.DUE_TO_COMMISSIONER, leaving),
    ):
        share = CreditorShare(books.budget_id, counterparty.actor.commissioner_id, 2026, Share("nhs", pounds("150")))
        books.post(paid(heading(), [share]))
        assert books.ask(balance_of, account) == NIL
        books.assert_sound()


def test_an_invoice_for_days_on_both_sides_is_owed_whole_by_who_pays_it(funded: Books, other: Books) -> None:
    other.allocate()
    share = BudgetShare(funded.budget_id, 2026, Share("nhs", pounds("40")))
    funded.post(
        events.shared_invoice_accepted(
            heading(),
            funded.provider_id,
            other.actor.commissioner_id,
            own_days=[portion(funded.equipment, "60")],
            their_days=[share],
        )
    )
    other.post(
        events.share_of_invoice_accepted(heading(), funded.actor.commissioner_id, [portion(other.equipment, "40")])
    )
    assert funded.ask(balance_of, Account.CREDITOR) == pounds("-100")
    assert funded.ask(balance_of, Account.DUE_FROM_COMMISSIONER) == pounds("40")
    assert other.ask(balance_of, Account.DUE_TO_COMMISSIONER) == pounds("-40")
    for books, spent in ((funded, "60"), (other, "40")):
        assert books.ask(position_of_plan_line, books.equipment.plan_line_id, 2026).spent == pounds(spent)
    other.assert_sound()
