"""The audit trail of one budget: what was done to it, and to everything that belongs to it."""

from datetime import date
from uuid import UUID

from sqlalchemy import Select, or_, select, union_all
from sqlalchemy.orm import Session

from phb.budget.budgets.models import BudgetRevision
from phb.budget.commitments.models import SpendCommitment
from phb.budget.queries import budget
from phb.core.actor import Actor, Permission
from phb.governance.audit import Read
from phb.governance.models import AuditEvent
from phb.payments.checks.models import PaymentHold
from phb.payments.runs.models import Instruction
from phb.payments.schedules.models import Instalment, InstalmentSchedule
from phb.spending.invoices.models import ProviderInvoice
from phb.spending.records.models import SpendRecord

BELONGS_TO_A_BUDGET = (
    BudgetRevision,
    SpendCommitment,
    PaymentHold,
    InstalmentSchedule,
    Instalment,
    Instruction,
    SpendRecord,
    ProviderInvoice,
)


def trail_of_budget(session: Session, actor: Actor, budget_id: UUID, on: date) -> Select[AuditEvent]:
    """Select what was done to a budget that the actor may see, and to everything that belongs to it.

    That somebody looked at it is told elsewhere: see phb.people.looks.

    Raises:
        MissingPermissionError: the actor may not read the audit trail.
        BudgetNotFoundError: there is none, or it is not the actor's to see.
    """
    actor.require(Permission.AUDIT_READ)
    found = budget(session, actor, budget_id, on)
    parts = union_all(*(select(part.id).where(part.budget_id == found.id) for part in BELONGS_TO_A_BUDGET))
    event = AuditEvent
    return select(event).where(
        event.commissioner_id == actor.commissioner_id,
        event.action != Read.RECORD,
        or_(event.subject_id == found.id, event.subject_id.in_(parts)),
    )
