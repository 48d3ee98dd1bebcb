"""Who pays: funders' shares, contributions of the person, and the monthly true-up between funds."""

from collections.abc import Iterator, Sequence

from phb.core.money import to_pence
from phb.ledger.chart import Account, JournalKind
from phb.ledger.entry import Entry, FundTransfer, Heading, Line, Portion, Share
from phb.ledger.events.lines import Pair, at, entry_of, in_pot, of_budget, pair


def funder_share_due(heading: Heading, year: int, shares: Sequence[Share]) -> Entry:
    """Ask funders for what they pay of a financial year."""
    lines = _of_year(year, shares, Account.DUE_FROM_FUNDER, Account.FUNDING)
    return entry_of(JournalKind.FUNDER_SHARE_DUE, heading, lines)


def funder_share_received(heading: Heading, year: int, shares: Sequence[Share]) -> Entry:
    """Book what funders paid."""
    lines = _of_year(year, shares, Account.BANK, Account.DUE_FROM_FUNDER)
    return entry_of(JournalKind.FUNDER_SHARE_RECEIVED, heading, lines)


def funder_return_due(heading: Heading, year: int, shares: Sequence[Share]) -> Entry:
    """Owe funders what came back of the money they paid, in the shares in which they paid it."""
    lines = _of_year(year, shares, Account.FUNDING, Account.DUE_TO_FUNDER)
    return entry_of(JournalKind.FUNDER_RETURN_DUE, heading, lines)


def funder_return_paid(heading: Heading, year: int, shares: Sequence[Share]) -> Entry:
    """Book that funders were paid what they were owed."""
    lines = _of_year(year, shares, Account.DUE_TO_FUNDER, Account.BANK)
    return entry_of(JournalKind.FUNDER_RETURN_PAID, heading, lines)


def contribution_due(heading: Heading, portions: Sequence[Portion]) -> Entry:
    """Ask the person for a contribution; it is money of its own inside its funder's share."""
    lines = (pair(at(Account.CONTRIBUTION_DUE, p), at(Account.CONTRIBUTION, p)) for p in portions)
    return entry_of(JournalKind.CONTRIBUTION_DUE, heading, lines)


def contribution_paid_in(heading: Heading, portions: Sequence[Portion]) -> Entry:
    """Book that the person paid a contribution into the account that holds the budget's money."""
    lines = (pair(in_pot(Account.FUNDS_HELD, p), at(Account.CONTRIBUTION_DUE, p)) for p in portions)
    return entry_of(JournalKind.CONTRIBUTION_PAID_IN, heading, lines)


def contribution_paid_to_us(heading: Heading, portions: Sequence[Portion]) -> Entry:
    """Book that the person paid a contribution to the commissioner, who now pays it out with the rest."""
    lines = (pair(at(Account.BANK, p), at(Account.CONTRIBUTION_DUE, p)) for p in portions)
    return entry_of(JournalKind.CONTRIBUTION_PAID_TO_US, heading, lines)


def contribution_missed(heading: Heading, portions: Sequence[Portion]) -> Entry:
    """Let its funder bear a contribution that was not paid: the funder pays it in, and the person owes the funder."""
    lines = (pair(at(Account.DUE_FROM_FUNDER, p), at(Account.CONTRIBUTION_DUE, p)) for p in portions)
    return entry_of(JournalKind.CONTRIBUTION_MISSED, heading, lines)


def funds_trued_up(heading: Heading, transfers: Sequence[FundTransfer]) -> Entry:
    """Move cost between funds, so that each bears exactly its share; what was spent in all stays the same."""
    return entry_of(JournalKind.FUNDS_TRUED_UP, heading, _trues_up(transfers))


def _of_year(year: int, shares: Sequence[Share], debit: Account, credit: Account) -> Iterator[Pair]:
    for share in shares:
        pence = to_pence(share.amount)
        yield pair(Line(debit, share.fund, pence, year=year), Line(credit, share.fund, pence, year=year))


def _trues_up(transfers: Sequence[FundTransfer]) -> Iterator[Pair]:
    for moved in transfers:
        takes = Portion(moved.place, Share(moved.to_fund, moved.amount))
        gives = Portion(moved.place, Share(moved.from_fund, moved.amount))
        yield pair(at(Account.EXPENDITURE, takes), of_budget(Account.DUE_TO_FUND, takes))
        yield pair(of_budget(Account.DUE_FROM_FUND, gives), at(Account.EXPENDITURE, gives))
