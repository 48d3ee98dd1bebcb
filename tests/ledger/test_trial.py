"""The trial balance as it is read: two sides for each layer and fund."""

from phb.core.money import pounds
from phb.ledger.chart import Account, Layer
from phb.ledger.queries import Balance, trial_balance
from phb.ledger.trial import TrialRow, sheets, sides
from tests.ledger.conftest import Books

NIL = pounds("0")


def balance(layer: Layer, account: Account, fund: str, amount: str) -> Balance:
    return Balance(layer, account, fund, pounds(amount))


def test_an_amount_stands_on_one_side_and_nil_on_neither() -> None:
    assert sides(pounds("5")) == (pounds("5"), None)
    assert sides(pounds("-5")) == (None, pounds("5"))
    assert sides(NIL) == (None, None)


def test_each_layer_and_fund_has_a_sheet_with_its_sums() -> None:
    found = sheets(
        [
            balance(Layer.ACTUAL, Account.BANK, "council", "-100"),
            balance(Layer.ACTUAL, Account.BANK, "nhs", "-250"),
            balance(Layer.ACTUAL, Account.FUNDS_HELD, "council", "100"),
            balance(Layer.ACTUAL, Account.FUNDS_HELD, "nhs", "200"),
            balance(Layer.ACTUAL, Account.IN_TRANSIT, "nhs", "0"),
            balance(Layer.ACTUAL, Account.EXPENDITURE, "nhs", "50"),
        ]
    )
    assert [(sheet.layer, sheet.fund, sheet.debits, sheet.credits) for sheet in found] == [
        (Layer.ACTUAL, "council", pounds("100"), pounds("100")),
        (Layer.ACTUAL, "nhs", pounds("250"), pounds("250")),
    ]
    assert found[0].rows == [
        TrialRow(Account.BANK, None, pounds("100")),
        TrialRow(Account.FUNDS_HELD, pounds("100"), None),
    ]
    assert all(sheet.balances for sheet in found)


def test_a_sheet_that_does_not_balance_says_so() -> None:
    (sheet,) = sheets([balance(Layer.ACTUAL, Account.BANK, "nhs", "-0.01")])
    assert (sheet.debits, sheet.credits, sheet.balances) == (NIL, pounds("0.01"), False)


def test_the_books_as_they_stand_balance(funded: Books) -> None:
    found = sheets(funded.ask(trial_balance))
    assert found
    assert all(sheet.balances for sheet in found)
    assert sheets([]) == []
