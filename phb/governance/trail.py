"""What was done to one thing, step by step, for pages that show its history."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from phb.governance.audit import Read
from phb.governance.models import AuditEvent


def events_of(session: Session, subject_ids: Iterable[UUID]) -> Sequence[AuditEvent]:
    """Return what was done to things that the actor may see, the oldest first; for queries, so without an actor.

    That somebody looked at them is told elsewhere: see phb.people.looks.
    """
    row = AuditEvent
    query = select(row).where(row.subject_id.in_(set(subject_ids)), row.action != Read.RECORD)
    return session.scalars(query.order_by(row.recorded_at, row.txid, row.id)).all()
