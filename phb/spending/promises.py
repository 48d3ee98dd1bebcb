"""Orders, agreements and rotas: what spending uses of them, and what taking it back gives them again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy import select
from sqlalchemy.orm import Session

from phb.budget.commitments.models import SpendCommitment
from phb.budget.commitments.queries import still_open
from phb.budget.commitments.rules import uses
from phb.core.errors import RuleViolationError
from phb.core.money import from_pence
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.ledger import events, posting
from phb.ledger.entry import CommitmentPortion, Heading, Portion, Share, Source
from phb.ledger.models import Journal, JournalLine


class CommitmentElsewhereError(RuleViolationError):
    """The order, agreement or rota is not of the plan line."""

    code = "commitment-elsewhere"


def used_of(
    uow: UnitOfWork,
    commitment_id: UUID | None,
    plan_line_id: UUID | None,
    spent: Sequence[Portion],
    on: date,
    *,
    taken: Sequence[CommitmentPortion] = (),
) -> tuple[CommitmentPortion, ...]:
    """Return what spend uses of an order, agreement or rota: at most what is open, and nothing after its last day.

    Args:
        uow: the unit of work.
        commitment_id: the order, agreement or rota; None where none is used.
        plan_line_id: the line it must be of.
        spent: what is spent.
        on: the day it counts on in the books.
        taken: what other parts of the same entry use already.

    Raises:
        CommitmentElsewhereError: it is not of the plan line.
    """
    if commitment_id is None:
        return ()
    row = SpendCommitment
    found = uow.session.scalars(select(row).where(row.id == commitment_id, row.plan_line_id == plan_line_id)).first()
    if found is None:
        raise CommitmentElsewhereError(
            "There is no such order, agreement or rota on this plan line. Check its number, or leave it out.",
            field="commitment_id",
        )
    if on > found.expires_on:
        return ()
    still = _less(still_open(uow.session, found.id), taken)
    return uses(still, [part for part in spent if part.place.year == found.year])


def _less(still: Sequence[CommitmentPortion], taken: Sequence[CommitmentPortion]) -> tuple[CommitmentPortion, ...]:
    return tuple(
        replace(promise, portion=replace(portion, share=Share(portion.share.fund, portion.share.amount - gone)))
        for promise in still
        for portion in [promise.portion]
        for gone in [_taken_of(promise, taken)]
    )


def _taken_of(promise: CommitmentPortion, taken: Sequence[CommitmentPortion]) -> Money:
    fund = promise.portion.share.fund
    same = (one for one in taken if one.commitment_id == promise.commitment_id and one.portion.share.fund == fund)
    return sum((one.portion.share.amount for one in same), from_pence(0))


def take_back(uow: UnitOfWork, source_id: UUID, *, narration: str) -> None:
    """Reverse, today, everything that stands in the books for a document, the newest first.

    What that gives back to an order whose last day has passed is let go, or nobody could spend it any more.
    """
    journals = _standing(uow.session, source_id)
    for journal_id in journals:
        posting.reverse(uow, journal_id, reason=narration)
    row, line = SpendCommitment, JournalLine
    used = select(line.commitment_id).where(line.journal_id.in_(journals), line.commitment_id.is_not(None))
    expired = select(row).where(row.id.in_(used), row.expires_on < uow.today).order_by(row.id)
    for commitment in uow.session.scalars(expired).all():
        _let_go(uow, commitment)


def _let_go(uow: UnitOfWork, commitment: SpendCommitment) -> None:
    heading = Heading(uow.today, "The last day to use it has passed", Source("commitment", commitment.id))
    posting.post(uow, events.commitment_expired(heading, still_open(uow.session, commitment.id)))
    audit.record(uow, "commitment.expired", "commitment", commitment.id, expires_on=commitment.expires_on)


def _standing(session: Session, source_id: UUID) -> Sequence[UUID]:
    reversed_ids = select(Journal.reverses_id).where(Journal.reverses_id.is_not(None), Journal.source_id == source_id)
    query = select(Journal.id).where(
        Journal.source_id == source_id, Journal.reverses_id.is_(None), Journal.id.not_in(reversed_ids)
    )
    return session.scalars(query.order_by(Journal.id.desc())).all()
