"""Money promised by orders, agreements and rotas."""

from collections.abc import Sequence

from phb.ledger.chart import Account, JournalKind
from phb.ledger.entry import CommitmentPortion, Entry, Heading
from phb.ledger.events.lines import committed, entry_of, pair, uses


def commitment_raised(heading: Heading, promised: Sequence[CommitmentPortion]) -> Entry:
    """Promise money by an order, agreement or rota; an increase is a further raise."""
    lines = (pair(committed(Account.COMMITMENT, c), committed(Account.RESERVE_FOR_COMMITMENTS, c)) for c in promised)
    return entry_of(JournalKind.COMMITMENT_RAISED, heading, lines)


def commitment_released(heading: Heading, let_go: Sequence[CommitmentPortion]) -> Entry:
    """Let promised money go by a decision."""
    return entry_of(JournalKind.COMMITMENT_RELEASED, heading, uses(let_go))


def commitment_expired(heading: Heading, let_go: Sequence[CommitmentPortion]) -> Entry:
    """Let promised money go because its last day has passed."""
    return entry_of(JournalKind.COMMITMENT_EXPIRED, heading, uses(let_go))


def commitment_carried(
    heading: Heading, given: Sequence[CommitmentPortion], received: Sequence[CommitmentPortion]
) -> Entry:
    """Carry what is still promised from one year's plan lines to the next year's; it stays the same promise."""
    carried = (pair(committed(Account.COMMITMENT, c), committed(Account.RESERVE_FOR_COMMITMENTS, c)) for c in received)
    return entry_of(JournalKind.COMMITMENT_CARRIED, heading, [*uses(given), *carried])
