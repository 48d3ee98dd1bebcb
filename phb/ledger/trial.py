"""The trial balance as it is read: each layer and fund with its accounts, debits beside credits, and their sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from moneyed import Money

from phb.core.money import from_pence
from phb.ledger.chart import Account, Layer
from phb.ledger.queries import Balance

NIL = from_pence(0)


@dataclass(frozen=True)
class TrialRow:
    """One account: its balance stands under debit or under credit, and under neither where it is nil."""

    account: Account
    debit: Money | None
    credit: Money | None


@dataclass(frozen=True)
class TrialSheet:
    """The accounts of one layer and fund, and what each side comes to."""

    layer: Layer
    fund: str
    rows: Sequence[TrialRow]
    debits: Money
    credits: Money

    @property
    def balances(self) -> bool:
        """Whether both sides come to the same."""
        return self.debits == self.credits


def of_fund(balances: Sequence[Balance], fund: str | None) -> Sequence[Balance]:
    """Return the balances of one fund, or all of them."""
    return [balance for balance in balances if fund in {None, balance.fund}]


def sheets(balances: Sequence[Balance]) -> list[TrialSheet]:
    """Return the sheets of a trial balance by layer, then by fund, accounts in the order given."""
    in_order = sorted(balances, key=lambda balance: (balance.layer, balance.fund))
    grouped = groupby(in_order, key=lambda balance: (balance.layer, balance.fund))
    return [_sheet(layer, fund, list(of_it)) for (layer, fund), of_it in grouped]


def _sheet(layer: Layer, fund: str, balances: Sequence[Balance]) -> TrialSheet:
    amounts = [balance.amount for balance in balances]
    return TrialSheet(
        layer=layer,
        fund=fund,
        rows=[TrialRow(balance.account, *sides(balance.amount)) for balance in balances],
        debits=sum((amount for amount in amounts if amount > NIL), NIL),
        credits=-sum((amount for amount in amounts if amount < NIL), NIL),
    )


def sides(amount: Money) -> tuple[Money | None, Money | None]:
    """Return an amount as debit or as credit, whichever it is; nil is neither."""
    return (amount if amount > NIL else None, -amount if amount < NIL else None)
