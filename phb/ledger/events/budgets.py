"""What was agreed: envelopes, budgets, money moved, and decisions that are asked for again."""

from collections.abc import Iterator, Sequence

from phb.core.money import to_pence
from phb.ledger.chart import Account, JournalKind
from phb.ledger.entry import BudgetShare, Entry, Heading, Line, Portion, Share
from phb.ledger.events.lines import Pair, at, entry_of, pair, takes_back


def programme_budget_set(heading: Heading, year: int, shares: Sequence[Share]) -> Entry:
    """Set what each funder has for the programme in one financial year."""
    lines = (
        pair(
            Line(Account.ENVELOPE, share.fund, to_pence(share.amount), year=year),
            Line(Account.FUNDING_APPROVED, share.fund, to_pence(share.amount), year=year),
        )
        for share in shares
    )
    return entry_of(JournalKind.PROGRAMME_BUDGET_SET, heading, lines)


def budget_agreed(heading: Heading, portions: Sequence[Portion], contributions: Sequence[Portion] = ()) -> Entry:
    """Allocate the money of a budget that has become active; contributions are what the person pays in."""
    return entry_of(JournalKind.BUDGET_AGREED, heading, _allocates(portions, contributions))


def budget_raised(heading: Heading, portions: Sequence[Portion], contributions: Sequence[Portion] = ()) -> Entry:
    """Allocate more to a budget."""
    return entry_of(JournalKind.BUDGET_RAISED, heading, _allocates(portions, contributions))


def budget_lowered(heading: Heading, portions: Sequence[Portion], contributions: Sequence[Portion] = ()) -> Entry:
    """Take allocated money back to the envelope; refused beyond what is left and still to pay out.

    Contributions are what the person is no longer expected to pay in.
    """
    lines = [*takes_back(portions), *takes_back(contributions, Account.CONTRIBUTION_EXPECTED)]
    return entry_of(JournalKind.BUDGET_LOWERED, heading, lines)


def surplus_offset(heading: Heading, portions: Sequence[Portion]) -> Entry:
    """Lower what is still to pay out, because the holder has a surplus: the next payment is smaller by it."""
    return entry_of(JournalKind.SURPLUS_OFFSET, heading, takes_back(portions))


def money_moved(heading: Heading, given: Sequence[Portion], received: Sequence[Portion]) -> Entry:
    """Move allocated money between plan lines, pots or out of contingency; both sides come to the same in each fund.

    Refused where a giving line has less left, or a giving pot less still to pay out.
    """
    return entry_of(JournalKind.MONEY_MOVED, heading, _moves(given, received))


def handed_over_carried(heading: Heading, given: Sequence[Portion], received: Sequence[Portion]) -> Entry:
    """Carry into the next year the allocation of money that the holder has already: what may be paid out stays."""
    return entry_of(JournalKind.HANDED_OVER_CARRIED, heading, _moves(given, received))


def not_handed_over_carried(heading: Heading, given: Sequence[Portion], received: Sequence[Portion]) -> Entry:
    """Carry into the next year money that was not handed over, where the commissioner's policy lets it be carried."""
    return entry_of(JournalKind.NOT_HANDED_OVER_CARRIED, heading, _moves(given, received))


def year_end_lapsed(heading: Heading, portions: Sequence[Portion]) -> Entry:
    """Give to the envelope what was neither spent nor handed over when its year ended."""
    return entry_of(JournalKind.YEAR_END_LAPSED, heading, takes_back(portions))


def decision_disputed(heading: Heading, asked_for: Sequence[BudgetShare]) -> Entry:
    """Keep in sight what a person asks for beyond what was decided; it moves nothing that can be spent."""
    return entry_of(JournalKind.DECISION_DISPUTED, heading, _disputes(asked_for))


def dispute_decided(heading: Heading, asked_for: Sequence[BudgetShare]) -> Entry:
    """Take off again what was asked for, once it is decided; what was granted is an entry of its own."""
    turned = ((debit.mirrored(), credit.mirrored()) for debit, credit in _disputes(asked_for))
    return entry_of(JournalKind.DISPUTE_DECIDED, heading, turned)


def _allocates(portions: Sequence[Portion], contributions: Sequence[Portion]) -> Iterator[Pair]:
    for source, given in ((Account.ENVELOPE, portions), (Account.CONTRIBUTION_EXPECTED, contributions)):
        for portion in given:
            yield pair(at(Account.ALLOCATION, portion), at(source, portion))


def _moves(given: Sequence[Portion], received: Sequence[Portion]) -> Iterator[Pair]:
    yield tuple(at(Account.ALLOCATION, portion) for portion in received)
    yield tuple(at(Account.ALLOCATION, portion).mirrored() for portion in given)


def _disputes(asked_for: Sequence[BudgetShare]) -> Iterator[tuple[Line, Line]]:
    for asked in asked_for:
        pence = to_pence(asked.share.amount)
        line = Line(Account.DISPUTED, asked.share.fund, pence, year=asked.year, budget_id=asked.budget_id)
        reserve = Line(Account.RESERVE_FOR_DISPUTES, asked.share.fund, -pence, asked.year, asked.budget_id)
        yield line, reserve
