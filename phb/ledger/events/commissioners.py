"""What lies between two commissioners: a balance that follows the person, and invoices for days on both sides."""

from collections.abc import Iterator, Sequence
from itertools import chain
from uuid import UUID

from phb.core.period import Period
from phb.ledger.chart import Account, JournalKind
from phb.ledger.entry import BudgetShare, CreditorShare, Entry, Heading, OwedPortion, Portion
from phb.ledger.events.lines import Pair, at, creditor, entry_of, in_pot, owed_in_pot, owed_to, pair, takes_back


def balance_moved_out(
    heading: Heading,
    commissioner_id: UUID,
    *,
    unspent: Sequence[Portion],
    in_advance: Sequence[Portion] = (),
    given_back: Sequence[Portion] = (),
    contributions: Sequence[Portion] = (),
) -> Entry:
    """Let all money held go to the commissioner whom the person has moved to, and end the allocation.

    Args:
        heading: says by which terms.
        commissioner_id: who takes the person over, and owes what was paid in advance.
        unspent: what was handed over for days before the move and not spent.
        in_advance: what was handed over for days after it.
        given_back: allocated money that was never handed over for days before the move, or is for days after it.
        contributions: what the person was still expected to pay in.
    """
    lines: Iterator[Pair] = chain(
        (pair(in_pot(Account.BALANCES_MOVED_OUT, p), in_pot(Account.FUNDS_HELD, p)) for p in unspent),
        (
            pair(
                owed_in_pot(Account.DUE_FROM_COMMISSIONER, OwedPortion(commissioner_id, p)),
                in_pot(Account.FUNDS_HELD, p),
            )
            for p in in_advance
        ),
        takes_back(unspent, Account.BUDGET_MOVED_OUT),
        takes_back(given_back),
        takes_back(contributions, Account.CONTRIBUTION_EXPECTED),
    )
    return entry_of(JournalKind.BALANCE_MOVED_OUT, heading, lines)


def balance_moved_in(
    heading: Heading,
    commissioner_id: UUID,
    *,
    unspent: Sequence[Portion],
    in_advance: Sequence[Portion] = (),
    own_days: Sequence[Portion] = (),
) -> Entry:
    """Take over the money of a person who has moved here, and allocate it with the money for this side's days.

    Args:
        heading: says by which terms.
        commissioner_id: who let the person go, and is owed what it paid in advance.
        unspent: carried in from before the move.
        in_advance: what the other commissioner paid for days on this side.
        own_days: what this commissioner allocates for its days.
    """
    lines: Iterator[Pair] = chain(
        (pair(in_pot(Account.FUNDS_HELD, p), in_pot(Account.BALANCES_MOVED_IN, p)) for p in unspent),
        (
            pair(
                in_pot(Account.FUNDS_HELD, p), owed_in_pot(Account.DUE_TO_COMMISSIONER, OwedPortion(commissioner_id, p))
            )
            for p in in_advance
        ),
        (pair(at(Account.ALLOCATION, p), at(Account.BUDGET_MOVED_IN, p)) for p in unspent),
        (pair(at(Account.ALLOCATION, p), at(Account.ENVELOPE, p)) for p in own_days),
    )
    return entry_of(JournalKind.BALANCE_MOVED_IN, heading, lines)


def shared_invoice_accepted(
    heading: Heading,
    provider_id: UUID,
    commissioner_id: UUID,
    *,
    own_days: Sequence[Portion],
    their_days: Sequence[BudgetShare],
    covers: Period | None = None,
) -> Entry:
    """Book a provider's invoice for days on both sides of a move: owe all of it, and be owed the other's days."""
    own = (
        pair(at(Account.EXPENDITURE, p, covers), owed_to(Account.CREDITOR, creditor(OwedPortion(provider_id, p))))
        for p in own_days
    )
    theirs = (
        pair(
            owed_to(Account.DUE_FROM_COMMISSIONER, CreditorShare(d.budget_id, commissioner_id, d.year, d.share)),
            owed_to(Account.CREDITOR, CreditorShare(d.budget_id, provider_id, d.year, d.share)),
        )
        for d in their_days
    )
    return entry_of(JournalKind.SHARED_INVOICE_ACCEPTED, heading, chain(own, theirs))


def share_of_invoice_accepted(
    heading: Heading, commissioner_id: UUID, portions: Sequence[Portion], *, covers: Period | None = None
) -> Entry:
    """Book this side's days of an invoice that the other commissioner pays, and owe it for them."""
    lines = (
        pair(
            at(Account.EXPENDITURE, p, covers),
            owed_to(Account.DUE_TO_COMMISSIONER, creditor(OwedPortion(commissioner_id, p))),
        )
        for p in portions
    )
    return entry_of(JournalKind.SHARE_OF_INVOICE_ACCEPTED, heading, lines)


def received_from_commissioner(heading: Heading, received: Sequence[CreditorShare]) -> Entry:
    """Book that another commissioner paid what it owed."""
    lines = (pair(owed_to(Account.BANK, r), owed_to(Account.DUE_FROM_COMMISSIONER, r)) for r in received)
    return entry_of(JournalKind.RECEIVED_FROM_COMMISSIONER, heading, lines)


def paid_to_commissioner(heading: Heading, paid: Sequence[CreditorShare]) -> Entry:
    """Book that another commissioner was paid what it was owed."""
    lines = (pair(owed_to(Account.DUE_TO_COMMISSIONER, p), owed_to(Account.BANK, p)) for p in paid)
    return entry_of(JournalKind.PAID_TO_COMMISSIONER, heading, lines)
