"""What was known: views of the books as they were recorded, and the entries that each of them saw.

An instant cannot tell what was known at it, for a slow transaction may carry an earlier one than its commit. So a view
stores the snapshot that the database read under, and an earlier view is read again under its snapshot.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, insert, literal, select
from sqlalchemy.orm import Session, aliased

from phb.core.clock import instant_in_words
from phb.core.errors import NotFoundError
from phb.core.uow import UnitOfWork
from phb.ledger.models import Journal, JournalLine, KnownView, Snapshot


class NothingKnownError(NotFoundError):
    """No view of the books was recorded by the instant."""

    code = "nothing-known-yet"


def record_view(uow: UnitOfWork) -> KnownView:
    """Record what is known now; what this unit itself posts is not in it."""
    row = {"commissioner_id": uow.commissioner_id, "recorded_at": uow.now}
    return uow.session.scalars(insert(KnownView).returning(KnownView), row).one()


def view_known_at(session: Session, instant: datetime) -> KnownView:
    """Return the last view that was recorded at or before an instant.

    Raises:
        NothingKnownError: none was; the sentence says when the first one was recorded.
    """
    row = KnownView
    newest = select(row).where(row.recorded_at <= instant).order_by(row.recorded_at.desc(), row.id)
    found = session.scalars(newest.limit(1)).first()
    if found is None:
        raise NothingKnownError(_nothing_known(session.scalar(select(func.min(row.recorded_at)))))
    return found


def line_was_known(view: KnownView) -> ColumnElement[bool]:
    """Return the condition that a journal line was known under a view."""
    line, journal = JournalLine, aliased(Journal)
    own = (journal.commissioner_id == line.commissioner_id) & (journal.id == line.journal_id)
    known = func.was_known(journal.epoch, journal.txid, view.epoch, literal(view.seen, Snapshot))
    return exists().where(own, known)


def _nothing_known(first: datetime | None) -> str:
    if first is None:
        return "Nobody has recorded yet what the books say. They are recorded every morning; ask again tomorrow."
    return (
        "What the books said then was not recorded. It was first recorded on "
        f"{instant_in_words(first)}. Choose that or a later time."
    )
