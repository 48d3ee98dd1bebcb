"""The statements that somebody opened before: which days, in which format, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from phb.core.actor import Actor
from phb.core.period import Period
from phb.governance.models import AuditEvent
from phb.statements.operations import READ
from phb.statements.queries import budget

MOST = 10


@dataclass(frozen=True)
class ReadBefore:
    """A statement as it was opened; opened again it says what is known by then."""

    at: datetime
    period: Period
    format_name: str


def statements_read(session: Session, actor: Actor, budget_id: UUID, on: date) -> Sequence[ReadBefore]:
    """Return the statements of a budget that the actor opened, the newest first, each once.

    Raises:
        BudgetNotFoundError: absent, or its statements are not the actor's to see.
    """
    owner = budget(session, actor, budget_id, on)
    row = AuditEvent
    query = select(row).where(row.subject_id == owner.id, row.action == READ, row.user_id == actor.user_id)
    found: dict[tuple[Period, str], ReadBefore] = {}
    for event in session.scalars(query.order_by(row.recorded_at.desc(), row.id)):
        first, last = (date.fromisoformat(event.facts[name]) for name in ("first_day", "last_day"))
        one = ReadBefore(event.recorded_at, Period.of_days(first, last), event.facts["format"])
        found.setdefault((one.period, one.format_name), one)
    return list(found.values())[:MOST]
