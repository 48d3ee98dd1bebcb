"""The plain-text rendering balances account by account with ours, as beancount reads it."""

from collections import defaultdict
from decimal import Decimal

import pytest
from beancount import loader
from beancount.core.data import Transaction

from phb.ledger.chart import Account
from phb.ledger.plain_text import Dialect, name_of, plain_text
from tests.ledger.conftest import Books
from tests.ledger.lived import balances, live


def test_beancount_reads_the_books_and_comes_to_the_same(funded: Books) -> None:
    live(funded)
    text = "".join(funded.ask(lambda session: list(plain_text(session, Dialect.BEANCOUNT))))
    entries, errors, _ = loader.load_string(text)
    assert errors == []
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                assert posting.units is not None
                assert posting.units.number is not None
                sums[posting.account] += posting.units.number
    assert {name: amount for name, amount in sums.items() if amount} == balances(funded)
    assert sums["Expenses:Actual:Expenditure:Council"] == Decimal("12.02")


def test_ledger_is_told_the_same_without_opening_accounts(funded: Books) -> None:
    live(funded)
    told = "".join(funded.ask(lambda session: list(plain_text(session, Dialect.LEDGER))))
    assert " open " not in told
    assert "Paid from funds" in told


@pytest.mark.parametrize(
    ("account", "name"),
    [
        (Account.EXPENDITURE, "Expenses:Actual:Expenditure:Nhs"),
        (Account.FUNDS_HELD, "Assets:Actual:Funds-Held:Nhs"),
        (Account.ALLOCATION, "Equity:Budget:Allocation:Nhs"),
        (Account.CREDITOR, "Liabilities:Actual:Creditor:Nhs"),
    ],
)
def test_an_account_stands_where_an_accountant_looks_for_it(account: Account, name: str) -> None:
    assert name_of(account, "nhs") == name
