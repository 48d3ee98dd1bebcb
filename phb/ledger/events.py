"""The event table in words: one function for each event, returning the entry to post.

Amounts are given as what happens ("lowered by £10"), never with a sign.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeAlias
from uuid import UUID

from phb.core.money import to_pence
from phb.core.period import Period
from phb.ledger.chart import Account, JournalKind
from phb.ledger.entry import CommitmentPortion, CreditorShare, Entry, Heading, Line, Portion, Share

Payee: TypeAlias = Portion | CreditorShare


def programme_budget_set(heading: Heading, year: int, shares: Sequence[Share]) -> Entry:
    """Set what each funder has for the programme in one financial year."""
    lines = (
        (
            Line(Account.ENVELOPE, share.fund, to_pence(share.amount), year=year),
            Line(Account.FUNDING_APPROVED, share.fund, -to_pence(share.amount), year=year),
        )
        for share in shares
    )
    return _entry(JournalKind.PROGRAMME_BUDGET_SET, heading, lines)


def budget_agreed(heading: Heading, portions: Sequence[Portion], contributions: Sequence[Portion] = ()) -> Entry:
    """Allocate the money of a budget that has become active; contributions are what the person pays in."""
    return _entry(JournalKind.BUDGET_AGREED, heading, _allocates(portions, contributions))


def budget_raised(heading: Heading, portions: Sequence[Portion], contributions: Sequence[Portion] = ()) -> Entry:
    """Allocate more to a budget."""
    return _entry(JournalKind.BUDGET_RAISED, heading, _allocates(portions, contributions))


def budget_lowered(heading: Heading, portions: Sequence[Portion]) -> Entry:
    """Take allocated money back to the envelope; refused beyond what is left and still to pay out."""
    lines = ((_at(Account.ENVELOPE, p), _at(Account.ALLOCATION, p).mirrored()) for p in portions)
    return _entry(JournalKind.BUDGET_LOWERED, heading, lines)


def commitment_raised(heading: Heading, promised: Sequence[CommitmentPortion]) -> Entry:
    """Promise money by an order, agreement or rota; an increase is a further raise."""
    lines = (
        (_committed(Account.COMMITMENT, c), _committed(Account.RESERVE_FOR_COMMITMENTS, c).mirrored()) for c in promised
    )
    return _entry(JournalKind.COMMITMENT_RAISED, heading, lines)


def commitment_released(heading: Heading, let_go: Sequence[CommitmentPortion]) -> Entry:
    """Let promised money go by a decision."""
    return _entry(JournalKind.COMMITMENT_RELEASED, heading, _uses(let_go))


def commitment_expired(heading: Heading, let_go: Sequence[CommitmentPortion]) -> Entry:
    """Let promised money go because its last day has passed."""
    return _entry(JournalKind.COMMITMENT_EXPIRED, heading, _uses(let_go))


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
        (
            _at(Account.EXPENDITURE, p, covers=covers),
            _owed_to(Account.CREDITOR, _creditor(p, counterparty_id)).mirrored(),
        )
        for p in portions
    )
    return _entry(JournalKind.INVOICE_ACCEPTED, heading, chain(lines, _uses(used)))


def payment_released(heading: Heading, payees: Sequence[Payee], *, covers: Period | None = None) -> Entry:
    """Send money on its way to a pot's payee or to a provider."""
    lines = ((_payee(Account.IN_TRANSIT, p, covers=covers), _bank(p).mirrored()) for p in payees)
    return _entry(JournalKind.PAYMENT_RELEASED, heading, lines)


def payment_settled(heading: Heading, payees: Sequence[Payee], *, covers: Period | None = None) -> Entry:
    """Book that money on its way arrived: it is funds held, or a creditor is paid."""
    lines = ((_arrived(p, covers), _payee(Account.IN_TRANSIT, p, covers=covers).mirrored()) for p in payees)
    return _entry(JournalKind.PAYMENT_SETTLED, heading, lines)


def payment_returned(heading: Heading, payees: Sequence[Payee]) -> Entry:
    """Book money that came back before it settled."""
    lines = ((_bank(p), _payee(Account.CAME_BACK, p).mirrored()) for p in payees)
    return _entry(JournalKind.PAYMENT_RETURNED, heading, lines)


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
    return _entry(JournalKind.PAYMENT_RETURNED_AFTER_SETTLEMENT, heading, lines)


def payment_reissued(heading: Heading, payees: Sequence[Payee]) -> Entry:
    """Send money that came back on its way again."""
    lines = ((_payee(Account.CAME_BACK, p), _bank(p).mirrored()) for p in payees)
    return _entry(JournalKind.PAYMENT_REISSUED, heading, lines)


def payment_given_up(heading: Heading, payees: Sequence[Payee]) -> Entry:
    """Stop trying to pay money that came back: what the pot had in payment is payable again."""
    lines = ((_payee(Account.CAME_BACK, p), _payee(Account.IN_TRANSIT, p).mirrored()) for p in payees)
    return _entry(JournalKind.PAYMENT_GIVEN_UP, heading, lines)


def paid_from_funds(
    heading: Heading,
    portions: Sequence[Portion],
    *,
    used: Sequence[CommitmentPortion] = (),
    covers: Period | None = None,
) -> Entry:
    """Book care that was given and paid from the money held on the same day."""
    lines = ((_at(Account.EXPENDITURE, p, covers=covers), _in_pot(Account.FUNDS_HELD, p).mirrored()) for p in portions)
    return _entry(JournalKind.PAID_FROM_FUNDS, heading, chain(lines, _uses(used)))


def money_left_account(heading: Heading, portions: Sequence[Portion]) -> Entry:
    """Book that money left the account for something that is being asked about."""
    lines = ((_in_pot(Account.BEING_ASKED_ABOUT, p), _in_pot(Account.FUNDS_HELD, p).mirrored()) for p in portions)
    return _entry(JournalKind.MONEY_LEFT_ACCOUNT, heading, lines)


def accepted_after_all(
    heading: Heading,
    portions: Sequence[Portion],
    *,
    used: Sequence[CommitmentPortion] = (),
    covers: Period | None = None,
) -> Entry:
    """Book money that was being asked about as spent on the plan."""
    lines = (
        (_at(Account.EXPENDITURE, p, covers=covers), _in_pot(Account.BEING_ASKED_ABOUT, p).mirrored()) for p in portions
    )
    return _entry(JournalKind.ACCEPTED_AFTER_ALL, heading, chain(lines, _uses(used)))


def put_back(heading: Heading, portions: Sequence[Portion]) -> Entry:
    """Book that the holder put money that was being asked about back into the account."""
    lines = ((_in_pot(Account.FUNDS_HELD, p), _in_pot(Account.BEING_ASKED_ABOUT, p).mirrored()) for p in portions)
    return _entry(JournalKind.PUT_BACK, heading, lines)


def _entry(kind: JournalKind, heading: Heading, groups: Iterable[tuple[Line, ...]]) -> Entry:
    return Entry(kind, heading, tuple(chain.from_iterable(groups)))


def _allocates(portions: Sequence[Portion], contributions: Sequence[Portion]) -> Iterator[tuple[Line, ...]]:
    for source, given in ((Account.ENVELOPE, portions), (Account.CONTRIBUTION_EXPECTED, contributions)):
        for portion in given:
            yield _at(Account.ALLOCATION, portion), _at(source, portion).mirrored()


def _uses(used: Sequence[CommitmentPortion]) -> Iterator[tuple[Line, ...]]:
    for promise in used:
        yield (
            _committed(Account.RESERVE_FOR_COMMITMENTS, promise),
            _committed(Account.COMMITMENT, promise).mirrored(),
        )


def _at(account: Account, portion: Portion, covers: Period | None = None) -> Line:
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


def _in_pot(account: Account, portion: Portion, covers: Period | None = None) -> Line:
    return replace(_at(account, portion, covers), plan_line_id=None)


def _committed(account: Account, promise: CommitmentPortion) -> Line:
    return replace(_at(account, promise.portion), commitment_id=promise.commitment_id)


def _creditor(portion: Portion, counterparty_id: UUID) -> CreditorShare:
    return CreditorShare(portion.place.budget_id, counterparty_id, portion.place.year, portion.share)


def _owed_to(account: Account, owed: CreditorShare, covers: Period | None = None) -> Line:
    return Line(
        account,
        owed.share.fund,
        to_pence(owed.share.amount),
        year=owed.year,
        budget_id=owed.budget_id,
        counterparty_id=owed.counterparty_id,
        covers=covers,
    )


def _payee(account: Account, payee: Payee, covers: Period | None = None) -> Line:
    """Return a line that carries whose money it is: of a pot's plan line, or of a provider."""
    return _at(account, payee, covers) if isinstance(payee, Portion) else _owed_to(account, payee, covers)


def _arrived(payee: Payee, covers: Period | None) -> Line:
    if isinstance(payee, Portion):
        return _in_pot(Account.FUNDS_HELD, payee, covers)
    return _owed_to(Account.CREDITOR, payee, covers)


def _bank(payee: Payee) -> Line:
    return replace(_payee(Account.BANK, payee), plan_line_id=None)
