"""What was decided about one budget: the steps of agreeing it and its changes, and what else was done to it and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from phb.budget import queries
from phb.budget.budgets.models import BudgetRevision, SignOff
from phb.core.actor import Actor
from phb.governance.models import AuditEvent
from phb.governance.trail import events_of
from phb.payments.checks.models import PaymentHold
from phb.payments.checks.queries import holds_of
from phb.people.users.queries import names_of


@dataclass(frozen=True)
class BudgetHistory:
    """The steps of agreeing in order, the changes and holds ever made, every event in order, and who is who."""

    steps: Sequence[SignOff]
    changes: Sequence[BudgetRevision]
    holds: Sequence[PaymentHold]
    events: Sequence[AuditEvent]
    people: Mapping[UUID, str]


def history_of(session: Session, actor: Actor, budget_id: UUID, on: date) -> BudgetHistory:
    """Return the history of a budget, of its changes and of the holds on its payments.

    Raises:
        BudgetNotFoundError: there is none, or it is not the actor's to see.
    """
    steps = queries.sign_offs_of(session, actor, budget_id, on)
    changes = queries.revisions_of(session, actor, budget_id, on)
    holds = holds_of(session, actor, budget_id, on)
    subjects = [budget_id, *(change.id for change in changes), *(hold.id for hold in holds)]
    events = events_of(session, subjects)
    who = {*(step.signed_by for step in steps), *(event.user_id for event in events)}
    who |= {change.prepared_by for change in changes}
    return BudgetHistory(steps, changes, holds, events, names_of(session, actor, who))
