"""What holders and organisations do with money they hold: spend it, owe it, set it aside, be asked about it."""

from collections.abc import Sequence
from itertools import chain

from phb.core.period import Period
from phb.ledger.chart import Account, JournalKind, SetAside
from phb.ledger.entry import CommitmentPortion, Entry, Heading, OwedPortion, Portion
from phb.ledger.events.lines import at, entry_of, in_pot, owed_in_pot, pair, uses


def paid_from_funds(
    heading: Heading,
    portions: Sequence[Portion],
    *,
    used: Sequence[CommitmentPortion] = (),
    covers: Period | None = None,
) -> Entry:
    """Book care that was given and paid from the money held on the same day."""
    lines = (pair(at(Account.EXPENDITURE, p, covers=covers), in_pot(Account.FUNDS_HELD, p)) for p in portions)
    return entry_of(JournalKind.PAID_FROM_FUNDS, heading, chain(lines, uses(used)))


def money_left_account(heading: Heading, portions: Sequence[Portion]) -> Entry:
    """Book that money left the account for something that is being asked about."""
    lines = (pair(in_pot(Account.BEING_ASKED_ABOUT, p), in_pot(Account.FUNDS_HELD, p)) for p in portions)
    return entry_of(JournalKind.MONEY_LEFT_ACCOUNT, heading, lines)


def accepted_after_all(
    heading: Heading,
    portions: Sequence[Portion],
    *,
    used: Sequence[CommitmentPortion] = (),
    covers: Period | None = None,
) -> Entry:
    """Book money that was being asked about as spent on the plan."""
    lines = (pair(at(Account.EXPENDITURE, p, covers), in_pot(Account.BEING_ASKED_ABOUT, p)) for p in portions)
    return entry_of(JournalKind.ACCEPTED_AFTER_ALL, heading, chain(lines, uses(used)))


def put_back(heading: Heading, portions: Sequence[Portion]) -> Entry:
    """Book that the holder put money that was being asked about back into the account."""
    lines = (pair(in_pot(Account.FUNDS_HELD, p), in_pot(Account.BEING_ASKED_ABOUT, p)) for p in portions)
    return entry_of(JournalKind.PUT_BACK, heading, lines)


def care_accrued(
    heading: Heading,
    portions: Sequence[OwedPortion],
    *,
    used: Sequence[CommitmentPortion] = (),
    covers: Period | None = None,
) -> Entry:
    """Book care that was given and is paid later: wages, employer's insurance, pension, fees, each on its plan line.

    Args:
        heading: says what was given.
        portions: each names who is owed: the worker, HMRC, the pension scheme, the payroll bureau, a supplier.
        used: of a rota.
        covers: the days that were worked.
    """
    lines = (
        pair(at(Account.EXPENDITURE, owed.portion, covers), owed_in_pot(Account.SPENT_NOT_YET_PAID, owed))
        for owed in portions
    )
    return entry_of(JournalKind.CARE_ACCRUED, heading, chain(lines, uses(used)))


def accrual_paid(heading: Heading, portions: Sequence[OwedPortion]) -> Entry:
    """Book that what was owed for care was paid from the money held."""
    lines = (
        pair(owed_in_pot(Account.SPENT_NOT_YET_PAID, owed), in_pot(Account.FUNDS_HELD, owed.portion))
        for owed in portions
    )
    return entry_of(JournalKind.ACCRUAL_PAID, heading, lines)


def funds_set_aside(heading: Heading, purpose: SetAside, portions: Sequence[Portion]) -> Entry:
    """Keep some of the money held for a purpose; it stays money held."""
    lines = (pair(in_pot(purpose.account, p), in_pot(Account.FUNDS_HELD, p)) for p in portions)
    return entry_of(JournalKind.FUNDS_SET_ASIDE, heading, lines)


def funds_let_go(heading: Heading, purpose: SetAside, portions: Sequence[Portion]) -> Entry:
    """Let money that was set aside be used for anything in the plan again."""
    lines = (pair(in_pot(Account.FUNDS_HELD, p), in_pot(purpose.account, p)) for p in portions)
    return entry_of(JournalKind.FUNDS_LET_GO, heading, lines)
