"""Lines of entries, made of whose money it is: debit positive, so a credit is a line mirrored."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeAlias

from phb.core.money import to_pence
from phb.core.period import Period
from phb.ledger.chart import Account, JournalKind
from phb.ledger.entry import CommitmentPortion, CreditorShare, Entry, Heading, Line, OwedPortion, Portion

Pair: TypeAlias = tuple[Line, ...]


def entry_of(kind: JournalKind, heading: Heading, groups: Iterable[Pair]) -> Entry:
    """Return the entry that joins groups of lines."""
    return Entry(kind, heading, tuple(chain.from_iterable(groups)))


def pair(debit: Line, credit: Line) -> Pair:
    """Return two lines of the same pence, the second as a credit."""
    return debit, credit.mirrored()


def at(account: Account, portion: Portion, covers: Period | None = None) -> Line:
    """Return a line of a plan line."""
    place, share = portion.place, portion.share
    return Line(
        account,
        share.fund,
        to_pence(share.amount),
        year=place.year,
        budget_id=place.budget_id,
        pot_id=place.pot_id,
        plan_line_id=place.plan_line_id,
        covers=covers,
    )


def in_pot(account: Account, portion: Portion, covers: Period | None = None) -> Line:
    """Return a line of a pot as a whole."""
    return replace(at(account, portion, covers), plan_line_id=None)


def of_budget(account: Account, portion: Portion) -> Line:
    """Return a line of a budget as a whole."""
    return replace(in_pot(account, portion), pot_id=None)


def owed_at(account: Account, owed: OwedPortion) -> Line:
    """Return a line of a plan line that names who owes, or is owed."""
    return replace(at(account, owed.portion), counterparty_id=owed.counterparty_id)


def owed_in_pot(account: Account, owed: OwedPortion) -> Line:
    """Return a line of a pot that names who owes, or is owed."""
    return replace(owed_at(account, owed), plan_line_id=None)


def owed_to(account: Account, owed: CreditorShare, covers: Period | None = None) -> Line:
    """Return a line of a provider."""
    return Line(
        account,
        owed.share.fund,
        to_pence(owed.share.amount),
        year=owed.year,
        budget_id=owed.budget_id,
        counterparty_id=owed.counterparty_id,
        covers=covers,
    )


def creditor(owed: OwedPortion) -> CreditorShare:
    """Return a provider's share without the plan line it was for."""
    place = owed.portion.place
    return CreditorShare(place.budget_id, owed.counterparty_id, place.year, owed.portion.share)


def committed(account: Account, promise: CommitmentPortion) -> Line:
    """Return a line of an order, agreement or rota."""
    return replace(at(account, promise.portion), commitment_id=promise.commitment_id)


def uses(used: Sequence[CommitmentPortion]) -> Iterator[Pair]:
    """Return the lines by which promised money stops being promised: it was used, or let go."""
    for promise in used:
        yield pair(committed(Account.RESERVE_FOR_COMMITMENTS, promise), committed(Account.COMMITMENT, promise))


def takes_back(portions: Sequence[Portion], account: Account = Account.ENVELOPE) -> Iterator[Pair]:
    """Return the lines by which allocated money goes to the envelope, or to another account that ends it."""
    for portion in portions:
        yield pair(at(account, portion), at(Account.ALLOCATION, portion))
