"""Books in which every layer, two funders and a reversal have moved."""

from decimal import Decimal

from phb.core.money import pounds
from phb.ledger import events
from phb.ledger.chart import SetAside
from phb.ledger.entry import BudgetShare, FundTransfer, Share
from phb.ledger.plain_text import name_of
from phb.ledger.queries import trial_balance
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.steps import accept_invoice, owed, pay_in, promise, spend


def live(books: Books) -> None:
    """Post some of everything."""
    promise(books, "300")
    accept_invoice(books, "280.01", uses="280.01")
    books.post(events.budget_raised(heading(), [portion(books.care, "500", "council")]))
    pay_in(books, "250")
    spend(books, "40.07")
    for entry in (
        events.funds_trued_up(heading(), [FundTransfer(books.care, "council", "nhs", pounds("12.02"))]),
        events.funds_set_aside(heading(), SetAside.HOLIDAY, [portion(books.care, "60")]),
        events.care_accrued(heading(), owed(books, "19.42")),
        events.spend_asked_back(heading(), owed(books, "10")),
        events.decision_disputed(heading(), [BudgetShare(books.budget_id, 2026, Share("nhs", pounds("3500")))]),
    ):
        books.post(entry)
    books.reverse(books.post(events.paid_from_funds(heading(), [portion(books.care, "5")])))


def balances(books: Books) -> dict[str, Decimal]:
    """Return our balance of each account that has one, by the name it has in plain text."""
    found = books.ask(trial_balance)
    return {name_of(one.account, one.fund): one.amount.amount for one in found if one.amount}
