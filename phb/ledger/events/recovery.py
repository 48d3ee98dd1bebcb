"""Money asked back and what becomes of it: lowered, repaid, written off, left with the holder."""

from collections.abc import Sequence
from itertools import chain

from phb.ledger.chart import Account, JournalKind
from phb.ledger.entry import Entry, Heading, OwedPortion, Portion
from phb.ledger.events.lines import at, entry_of, in_pot, owed_at, owed_in_pot, pair, takes_back


def spend_asked_back(heading: Heading, owed: Sequence[OwedPortion]) -> Entry:
    """Ask back what was booked as spent and is not accepted."""
    lines = (pair(owed_at(Account.RECOVERABLE, o), at(Account.EXPENDITURE, o.portion)) for o in owed)
    return entry_of(JournalKind.SPEND_ASKED_BACK, heading, lines)


def questioned_asked_back(heading: Heading, owed: Sequence[OwedPortion]) -> Entry:
    """Ask back money that was being asked about and is not accepted; the notice names the plan line."""
    lines = (pair(owed_at(Account.RECOVERABLE, o), in_pot(Account.BEING_ASKED_ABOUT, o.portion)) for o in owed)
    return entry_of(JournalKind.QUESTIONED_ASKED_BACK, heading, lines)


def spend_notice_lowered(heading: Heading, owed: Sequence[OwedPortion]) -> Entry:
    """Accept after a reconsideration what was asked back: it is spent after all, and no longer owed."""
    lines = (pair(at(Account.EXPENDITURE, o.portion), owed_at(Account.RECOVERABLE, o)) for o in owed)
    return entry_of(JournalKind.SPEND_NOTICE_LOWERED, heading, lines)


def repaid_to_envelope(heading: Heading, owed: Sequence[OwedPortion]) -> Entry:
    """Book a repayment of spending, and give its money back to the envelope: the budget is smaller by it."""
    lines = (pair(in_pot(Account.BANK, o.portion), owed_at(Account.RECOVERABLE, o)) for o in owed)
    return entry_of(JournalKind.REPAID_TO_ENVELOPE, heading, chain(lines, takes_back([o.portion for o in owed])))


def repaid_to_budget(heading: Heading, owed: Sequence[OwedPortion]) -> Entry:
    """Book a repayment of spending whose money, by the decision, may be spent and paid out again."""
    lines = (pair(in_pot(Account.BANK, o.portion), owed_at(Account.RECOVERABLE, o)) for o in owed)
    return entry_of(JournalKind.REPAID_TO_BUDGET, heading, lines)


def spend_written_off(heading: Heading, owed: Sequence[OwedPortion]) -> Entry:
    """Stop asking back spending that was not accepted: it is lost, to the commissioner and to the budget."""
    lost = takes_back([o.portion for o in owed], Account.BUDGET_LOST)
    lines = (pair(at(Account.LOSSES, o.portion), owed_at(Account.RECOVERABLE, o)) for o in owed)
    return entry_of(JournalKind.SPEND_WRITTEN_OFF, heading, chain(lines, lost))


def unused_asked_back(heading: Heading, owed: Sequence[OwedPortion]) -> Entry:
    """Ask back money that was not used; the person's budget is not less for it."""
    lines = (pair(owed_in_pot(Account.UNUSED_ASKED_BACK, o), in_pot(Account.FUNDS_HELD, o.portion)) for o in owed)
    return entry_of(JournalKind.UNUSED_ASKED_BACK, heading, lines)


def unused_notice_lowered(heading: Heading, owed: Sequence[OwedPortion]) -> Entry:
    """Let the holder keep, after a reconsideration, unused money that was asked back and not yet repaid."""
    lines = (pair(in_pot(Account.FUNDS_HELD, o.portion), owed_in_pot(Account.UNUSED_ASKED_BACK, o)) for o in owed)
    return entry_of(JournalKind.UNUSED_NOTICE_LOWERED, heading, lines)


def unused_repaid(heading: Heading, owed: Sequence[OwedPortion]) -> Entry:
    """Book that unused money was repaid: it may be paid out again, also where the notice is lowered later."""
    lines = (pair(in_pot(Account.BANK, o.portion), owed_in_pot(Account.UNUSED_ASKED_BACK, o)) for o in owed)
    return entry_of(JournalKind.UNUSED_REPAID, heading, lines)


def unused_written_off(heading: Heading, owed: Sequence[OwedPortion]) -> Entry:
    """Stop asking back unused money: the commissioner bears the loss, and the budget is not less for it."""
    lines = (pair(in_pot(Account.LOSSES, o.portion), owed_in_pot(Account.UNUSED_ASKED_BACK, o)) for o in owed)
    return entry_of(JournalKind.UNUSED_WRITTEN_OFF, heading, lines)


def returned_unasked(heading: Heading, portions: Sequence[Portion]) -> Entry:
    """Book money that the holder gave back without a notice."""
    lines = (pair(in_pot(Account.BANK, p), in_pot(Account.FUNDS_HELD, p)) for p in portions)
    return entry_of(JournalKind.RETURNED_UNASKED, heading, lines)


def small_sum_left(heading: Heading, portions: Sequence[Portion]) -> Entry:
    """Leave a small sum with the holder when a budget closes; the heading names who approved it."""
    lines = (pair(in_pot(Account.LEFT_WITH_HOLDER, p), in_pot(Account.FUNDS_HELD, p)) for p in portions)
    lost = takes_back(portions, Account.BUDGET_LOST)
    return entry_of(JournalKind.SMALL_SUM_LEFT, heading, chain(lines, lost))
