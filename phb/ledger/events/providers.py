"""Care that providers invoice: what they are owed, what they give back, and what was paid in advance."""

from collections.abc import Sequence
from itertools import chain
from uuid import UUID

from phb.core.period import Period
from phb.ledger.chart import Account, JournalKind
from phb.ledger.entry import CommitmentPortion, CreditorShare, Entry, Heading, OwedPortion, Portion
from phb.ledger.events.lines import at, creditor, entry_of, owed_to, pair, uses


def invoice_accepted(
    heading: Heading,
    portions: Sequence[Portion],
    counterparty_id: UUID,
    *,
    used: Sequence[CommitmentPortion] = (),
    covers: Period | None = None,
) -> Entry:
    """Book what a provider delivered, with its use of the order, and owe it to the provider."""
    lines = (
        pair(at(Account.EXPENDITURE, p, covers), owed_to(Account.CREDITOR, creditor(OwedPortion(counterparty_id, p))))
        for p in portions
    )
    return entry_of(JournalKind.INVOICE_ACCEPTED, heading, chain(lines, uses(used)))


def credit_note_accepted(
    heading: Heading,
    credited: Sequence[OwedPortion],
    *,
    refunded: Sequence[OwedPortion] = (),
    covers: Period | None = None,
) -> Entry:
    """Book that care cost less than a provider invoiced.

    Args:
        heading: says by which note.
        credited: what the provider is owed less.
        refunded: what was paid already, and the provider owes.
        covers: the days the care was for.
    """
    lines = (
        pair(owed_to(account, creditor(owed)), at(Account.EXPENDITURE, owed.portion, covers))
        for account, given in ((Account.CREDITOR, credited), (Account.DUE_FROM_PROVIDER, refunded))
        for owed in given
    )
    return entry_of(JournalKind.CREDIT_NOTE_ACCEPTED, heading, lines)


def provider_refunded(heading: Heading, received: Sequence[CreditorShare]) -> Entry:
    """Book that a provider paid back what it owed after a credit note."""
    lines = (pair(owed_to(Account.BANK, r), owed_to(Account.DUE_FROM_PROVIDER, r)) for r in received)
    return entry_of(JournalKind.PROVIDER_REFUNDED, heading, lines)


def prepayment_set_apart(heading: Heading, portions: Sequence[Portion], *, covers: Period | None = None) -> Entry:
    """Take care that was paid in advance out of what was spent, until its days come."""
    lines = (pair(at(Account.PREPAID, p, covers), at(Account.EXPENDITURE, p, covers)) for p in portions)
    return entry_of(JournalKind.PREPAYMENT_SET_APART, heading, lines)


def prepayment_used(heading: Heading, portions: Sequence[Portion], *, covers: Period | None = None) -> Entry:
    """Book as spent what was paid in advance, now that its days have come."""
    lines = (pair(at(Account.EXPENDITURE, p, covers), at(Account.PREPAID, p, covers)) for p in portions)
    return entry_of(JournalKind.PREPAYMENT_USED, heading, lines)
