"""What happens to a payment as entries in the books, split over plan lines and funders once and for all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol
from uuid import UUID

from moneyed import Money
from sqlalchemy import insert, select

from phb.core.money import from_pence
from phb.core.period import Period
from phb.core.uow import UnitOfWork
from phb.ledger import events, posting
from phb.ledger.entry import CreditorShare, Entry, Heading, Portion, Source
from phb.ledger.events import Payee as PaidTo
from phb.payments.agreed import StillToPayOut, portions_of, still_to_pay_out
from phb.payments.kinds import SubjectKind
from phb.payments.runs import queries
from phb.payments.runs.models import Instruction, InstructionShare, PaymentRun
from phb.payments.schedules.models import Instalment, as_period

KEPT_AT_ONCE = 200  # payments whose parts go into one statement


class Event(Protocol):
    """One of the events of a payment."""

    def __call__(self, heading: Heading, payees: Sequence[PaidTo]) -> Entry:
        """Return the entry."""


@dataclass
class Splitter:
    """Splits the instalments of a run: the second of a pot is split by what the first leaves to pay out."""

    uow: UnitOfWork

    def __post_init__(self) -> None:
        """Begin with what the books say."""
        self._lines: dict[tuple[UUID, int], list[StillToPayOut]] = {}

    def portions(self, instalment: Instalment) -> tuple[Portion, ...]:
        """Return the parts of an instalment and take them off what is still to pay out."""
        key = (instalment.pot_id, instalment.year)
        lines = self._lines.get(key) or still_to_pay_out(self.uow.session, *key)
        parts = portions_of(instalment.amount, lines)
        self._lines[key] = [replace(line, amount=line.amount - _at(line, parts)) for line in lines]
        return parts


def keep_shares(uow: UnitOfWork, instruction: Instruction, parts: Sequence[PaidTo]) -> None:
    """Store the parts of a payment, so that everything that happens to it later is split alike."""
    _keep(uow, [(instruction, parts)])


def release(uow: UnitOfWork, run: PaymentRun, views: Sequence[queries.ItemView]) -> None:
    """Post one journal for each payment of a run: on its way, or on its way again."""
    _split(uow, views)
    parts_of = queries.shares_of_all(uow.session, [view.instruction.id for view in views])
    entries = []
    for view in views:
        instruction = view.instruction
        heading = Heading(
            uow.today,
            f"{_words(instruction)} {'sent again' if view.item.is_reissue else 'released'}, {view.item.reference}",
            Source("instruction", instruction.id),
            prepared_by=run.assembled_by,
            approved_by=run.approved_by,
        )
        parts = parts_of[instruction.id]
        if view.item.is_reissue:
            entries.append(events.payment_reissued(heading, parts))
        else:
            entries.append(events.payment_released(heading, parts, covers=covers_of(instruction)))
    posting.post_batch(uow, entries)


def settle(uow: UnitOfWork, instructions: Sequence[Instruction], on: date) -> None:
    """Post that payments arrived on a day."""
    parts_of = queries.shares_of_all(uow.session, [row.id for row in instructions])
    posting.post_batch(
        uow,
        [
            events.payment_settled(heading_of(row, on, "settled"), parts_of[row.id], covers=covers_of(row))
            for row in instructions
        ],
    )


def returned(uow: UnitOfWork, instruction: Instruction, on: date, *, was_settled: bool) -> None:
    """Post that a payment came back, before or after it was believed to have arrived."""
    parts = queries.shares_of(uow.session, instruction.id)
    heading = heading_of(instruction, on, "came back")
    if was_settled:
        entry = events.payment_returned_after_settlement(heading, parts, covers=covers_of(instruction))
    else:
        entry = events.payment_returned(heading, parts)
    posting.post(uow, entry)


def given_up(uow: UnitOfWork, instruction: Instruction) -> None:
    """Post that what came back is not sent again."""
    heading = heading_of(instruction, uow.today, "given up")
    posting.post(uow, events.payment_given_up(heading, queries.shares_of(uow.session, instruction.id)))


def heading_of(instruction: Instruction, on: date, what: str) -> Heading:
    """Return what an entry about a payment says of itself: nothing personal."""
    return Heading(on, f"{_words(instruction)} {what}", Source("instruction", instruction.id))


def covers_of(instruction: Instruction) -> Period | None:
    """Return the days a payment is for, where it is for days."""
    return None if instruction.covers is None else as_period(instruction.covers)


def _split(uow: UnitOfWork, views: Sequence[queries.ItemView]) -> None:
    """Split the instalments that are sent for the first time, and keep their parts."""
    splitter = Splitter(uow)
    first = [view.instruction for view in views if not view.item.is_reissue]
    sent = [row for row in first if row.subject_kind == SubjectKind.INSTALMENT]
    found = uow.session.scalars(select(Instalment).where(Instalment.id.in_([row.subject_id for row in sent])))
    instalments = {row.id: row for row in found}
    split = [(row, splitter.portions(instalments[row.subject_id])) for row in sent]
    for at in range(0, len(split), KEPT_AT_ONCE):
        _keep(uow, split[at : at + KEPT_AT_ONCE])


def _keep(uow: UnitOfWork, split: Iterable[tuple[Instruction, Sequence[PaidTo]]]) -> None:
    """Store the parts of some payments in one statement: the database adds up each payment's when it ends."""
    rows = [
        _share(instruction, ordinal, part)
        for instruction, parts in split
        for ordinal, part in enumerate(parts, start=1)
    ]
    uow.session.execute(insert(InstructionShare).values(rows))


def _words(instruction: Instruction) -> str:
    return f"{instruction.subject_kind.capitalize()} due on {instruction.due_on:%-d %B %Y}"


def _at(line: StillToPayOut, parts: Sequence[Portion]) -> Money:
    return sum((part.share.amount for part in parts if part.place == line.place), from_pence(0))


def _share(instruction: Instruction, ordinal: int, part: PaidTo) -> dict[str, object]:
    row: dict[str, object] = {
        "commissioner_id": instruction.commissioner_id,
        "instruction_id": instruction.id,
        "ordinal": ordinal,
        "fund": part.share.fund,
        "amount": part.share.amount,
    }
    if isinstance(part, CreditorShare):
        parts = {"pot_id": None, "plan_line_id": None, "counterparty_id": part.counterparty_id}
        return row | parts | {"budget_id": part.budget_id, "year": part.year}
    place = part.place
    parts = {"pot_id": place.pot_id, "plan_line_id": place.plan_line_id, "counterparty_id": None}
    return row | parts | {"budget_id": place.budget_id, "year": place.year}
