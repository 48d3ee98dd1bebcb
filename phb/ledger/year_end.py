"""The end of a budget's financial year: what goes on into the next one and what lapses, once it is decided.

Money that was handed over is the holder's to use on, whatever the date; the commissioner's own unspent money lapses
unless a policy carries it. Commitments that go on stay the same promise, and need room on the next year's lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias
from uuid import UUID

from moneyed import Money
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from phb.core.errors import RuleViolationError
from phb.core.money import format_pounds, from_pence, split, to_pence
from phb.core.uow import UnitOfWork
from phb.ledger import events, posting
from phb.ledger.chart import NHS
from phb.ledger.entry import CommitmentPortion, Heading, Place, Portion, Share
from phb.ledger.models import EventLine, JournalLine, PotPosition
from phb.ledger.posting import Posted

Part: TypeAlias = tuple[Place, str]
"""The money of one fund at one place."""
Pence: TypeAlias = dict[Part, int]
NOTHING = from_pence(0)


class CarriedTooMuchError(RuleViolationError):
    """More is to be carried than a plan line has left that was not handed over."""

    code = "carried-too-much"


@dataclass(frozen=True)
class LineEnd:
    """What is decided of one plan line for the end of its year.

    `goes_on_as` is its place in the next year; without one nothing goes on, and what was handed over stays where it is.
    `carried` is how much goes on of what was not handed over; the rest of that lapses. `commitments` go on.
    """

    place: Place
    goes_on_as: Place | None = None
    carried: Money = NOTHING
    commitments: tuple[CommitmentPortion, ...] = ()

    def __post_init__(self) -> None:
        """Refuse to carry something nowhere."""
        if self.goes_on_as is None and (self.carried or self.commitments):
            raise ValueError("what is carried goes on somewhere")


@dataclass(frozen=True)
class YearEnd:
    """What the end of a year came to, of all plan lines together, and its journals."""

    commitments: Money
    handed_over: Money
    carried: Money
    lapsed: Money
    journals: tuple[Posted, ...]


def end_year(uow: UnitOfWork, decided: Sequence[LineEnd], heading: Heading) -> YearEnd:
    """Post the end of a year of one budget; where nothing is left nothing is posted, so a second call changes nothing.

    Args:
        uow: the unit of work.
        decided: for each plan line of one budget and year; what is on its way to an account counts as handed over.
        heading: of every journal; its day is the last of the year.

    Raises:
        CarriedTooMuchError: a line has less left that was not handed over.
        TooLittleLeftError: a line of the next year has no room for a commitment.
    """
    on = {line.place: line.goes_on_as for line in decided if line.goes_on_as}
    promised = [promise for line in decided for promise in line.commitments]
    if promised:
        received = [replace(promise, portion=_next(on, promise.portion)) for promise in promised]
        posting.post(uow, events.commitment_carried(heading, promised, received))

    left = _left(uow.session, [line.place for line in decided])
    lapsing = _not_handed_over(uow, left)
    handed_over = _portions({part: left[part] - lapsing[part] for part in left if part[0] in on})
    carries = _carried(decided, lapsing)
    carried, lapsed = _portions(carries), _portions({part: lapsing[part] - carries[part] for part in lapsing})
    entries = [
        events.handed_over_carried(heading, handed_over, [_next(on, portion) for portion in handed_over]),
        events.not_handed_over_carried(heading, carried, [_next(on, portion) for portion in carried]),
        events.year_end_lapsed(heading, lapsed),
    ]
    journals = posting.post_batch(uow, [entry for entry in entries if entry.lines])
    return YearEnd(
        commitments=_total([promise.portion for promise in promised]),
        handed_over=_total(handed_over),
        carried=_total(carried),
        lapsed=_total(lapsed),
        journals=tuple(journals),
    )


def _left(session: Session, places: Sequence[Place]) -> Pence:
    """Return what each line has left, by fund; of funds that are overdrawn the others of the line make up."""
    event, found = EventLine, dict[Part, int]()
    terms = event.allocated - event.spent - event.committed - event.owed
    sums = _sums(session, places[0], terms, JournalLine.plan_line_id)
    for place in places:
        by_fund = {(place, fund): pence for (line_id, fund), pence in sums.items() if line_id == place.plan_line_id}
        has_some = {part: pence for part, pence in by_fund.items() if pence > 0}
        found |= _shared(max(0, sum(by_fund.values())), has_some)
    return found


def _not_handed_over(uow: UnitOfWork, left: Pence) -> Pence:
    """Return what of the money left was never handed over: all of it, or what is still to pay out of its pot."""
    found: Pence = {}
    for pot_id in {place.pot_id for place, _ in left}:
        parts = {part: pence for part, pence in left.items() if part[0].pot_id == pot_id}
        place = next(iter(parts))[0]
        row = uow.session.get_one(PotPosition, (uow.commissioner_id, pot_id, place.year))
        found |= _still_to_pay(uow.session, place, parts) if row.handed_over else parts
    return {part: found[part] for part in left}


def _still_to_pay(session: Session, place: Place, left: Pence) -> Pence:
    """Return what is still to pay out of a pot, by its lines and funds, and no more than each has left.

    It is taken from the funds that have something to pay out first; of the lines of a fund by what each has left.
    """
    event = EventLine
    sums = _sums(session, place, event.payable - event.in_payment - event.paid, JournalLine.pot_id)
    to_pay = {fund: pence for (pot_id, fund), pence in sums.items() if pot_id == place.pot_id}
    amount = min(sum(left.values()), max(0, sum(to_pay.values())))
    due = {part: _due_of_fund(part, left, to_pay.get(part[1], 0)) for part in left}
    first = _shared(min(amount, int(sum(due.values()))), due)
    rest = _shared(amount - sum(first.values()), _less(left, first))
    return {part: first[part] + rest[part] for part in left}


def _due_of_fund(part: Part, left: Pence, to_pay: int) -> Fraction:
    """Return a part's share of what its fund still has to pay out, by what the fund's parts have left."""
    of_fund = sum(pence for (_, fund), pence in left.items() if fund == part[1])
    return Fraction(left[part] * max(0, min(to_pay, of_fund)), of_fund)


def _carried(decided: Sequence[LineEnd], lapsing: Pence) -> Pence:
    """Return what goes on of the money that was not handed over, by line and fund."""
    found: Pence = {}
    for line in decided:
        parts = {part: pence for part, pence in lapsing.items() if part[0] == line.place}
        at_most = from_pence(sum(parts.values()))
        if line.carried > at_most:
            raise CarriedTooMuchError(
                f"{format_pounds(line.carried)} cannot be carried into the next year: {format_pounds(at_most)} of this "
                "line is left that was not handed over. Carry at most that.",
                field="carried",
                at_most=at_most,
            )
        found |= _shared(to_pence(line.carried), parts)
    return found


def _sums(
    session: Session, place: Place, pence: ColumnElement[int], by: InstrumentedAttribute[UUID | None]
) -> dict[tuple[UUID, str], int]:
    """Return what the lines of a place's budget and year come to by the event table, by an id and fund; NHS first."""
    line = JournalLine
    rows = session.execute(
        select(by, line.fund, func.sum(line.pence * pence))
        .join(EventLine, (EventLine.kind == line.kind) & (EventLine.account == line.account))
        .where(line.budget_id == place.budget_id, line.year == place.year)
        .group_by(by, line.fund)
        .order_by(line.fund != NHS, line.fund)
    )
    return {(found, fund): int(total) for found, fund, total in rows if found}


def _shared(pence: int, weights: Mapping[Part, int | Fraction]) -> Pence:
    """Share pence by weights; no part gets more than its weight while the weights come to no less than the pence."""
    if not pence:
        return dict.fromkeys(weights, 0)
    parts = split(from_pence(pence), list(weights.values()))
    return {part: to_pence(amount) for part, amount in zip(weights, parts, strict=True)}


def _less(pence: Pence, less: Pence) -> Pence:
    return {part: pence[part] - less[part] for part in pence}


def _portions(pence: Pence) -> list[Portion]:
    return [Portion(place, Share(fund, from_pence(amount))) for (place, fund), amount in pence.items() if amount]


def _total(portions: Sequence[Portion]) -> Money:
    return sum((portion.share.amount for portion in portions), NOTHING)


def _next(on: Mapping[Place, Place], portion: Portion) -> Portion:
    return replace(portion, place=on[portion.place])
