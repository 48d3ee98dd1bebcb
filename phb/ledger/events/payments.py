"""Payments on their way: released, settled, returned, sent again, given up."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from phb.core.period import Period
from phb.ledger.chart import Account, JournalKind
from phb.ledger.entry import CreditorShare, Entry, Heading, Line, Portion
from phb.ledger.events.lines import at, entry_of, in_pot, owed_to, pair

Payee: TypeAlias = Portion | CreditorShare


def payment_released(heading: Heading, payees: Sequence[Payee], *, covers: Period | None = None) -> Entry:
    """Send money on its way to a pot's payee or to a provider."""
    lines = (pair(_payee(Account.IN_TRANSIT, p, covers=covers), _bank(p)) for p in payees)
    return entry_of(JournalKind.PAYMENT_RELEASED, heading, lines)


def payment_settled(heading: Heading, payees: Sequence[Payee], *, covers: Period | None = None) -> Entry:
    """Book that money on its way arrived: it is funds held, or a creditor is paid."""
    lines = (pair(_arrived(p, covers), _payee(Account.IN_TRANSIT, p, covers=covers)) for p in payees)
    return entry_of(JournalKind.PAYMENT_SETTLED, heading, lines)


def payment_returned(heading: Heading, payees: Sequence[Payee]) -> Entry:
    """Book money that came back before it settled."""
    lines = (pair(_bank(p), _payee(Account.CAME_BACK, p)) for p in payees)
    return entry_of(JournalKind.PAYMENT_RETURNED, heading, lines)


def payment_returned_after_settlement(
    heading: Heading, payees: Sequence[Payee], *, covers: Period | None = None
) -> Entry:
    """Turn a settlement, which was believed, and book that the money came back."""
    lines = (
        (
            _payee(Account.IN_TRANSIT, p, covers=covers),
            _bank(p),
            _arrived(p, covers).mirrored(),
            _payee(Account.CAME_BACK, p).mirrored(),
        )
        for p in payees
    )
    return entry_of(JournalKind.PAYMENT_RETURNED_AFTER_SETTLEMENT, heading, lines)


def payment_reissued(heading: Heading, payees: Sequence[Payee]) -> Entry:
    """Send money that came back on its way again."""
    lines = (pair(_payee(Account.CAME_BACK, p), _bank(p)) for p in payees)
    return entry_of(JournalKind.PAYMENT_REISSUED, heading, lines)


def payment_given_up(heading: Heading, payees: Sequence[Payee]) -> Entry:
    """Stop trying to pay money that came back: what the pot had in payment is payable again."""
    lines = (pair(_payee(Account.CAME_BACK, p), _payee(Account.IN_TRANSIT, p)) for p in payees)
    return entry_of(JournalKind.PAYMENT_GIVEN_UP, heading, lines)


def _payee(account: Account, payee: Payee, covers: Period | None = None) -> Line:
    """Return a line that carries whose money it is: of a pot's plan line, or of a provider."""
    return at(account, payee, covers) if isinstance(payee, Portion) else owed_to(account, payee, covers)


def _arrived(payee: Payee, covers: Period | None) -> Line:
    if isinstance(payee, Portion):
        return in_pot(Account.FUNDS_HELD, payee, covers)
    return owed_to(Account.CREDITOR, payee, covers)


def _bank(payee: Payee) -> Line:
    return replace(_payee(Account.BANK, payee), plan_line_id=None)
