"""One step of agreeing a budget or a change of one: fired by its workflow and kept as a sign-off."""

from typing import TypeAlias
from uuid import UUID

from moneyed import Money
from sqlalchemy import func, select

from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget, SignOff
from phb.budget.budgets.rules import LineValue, approved_value
from phb.budget.budgets.workflow import BUDGET, REVISION
from phb.budget.kinds import Frequency
from phb.budget.plans.queries import plan_view
from phb.core.errors import PermissionDeniedError
from phb.core.uow import UnitOfWork
from phb.governance import delegation, policy
from phb.governance.policies import DelegationPolicy
from phb.governance.workflow import Workflow
from phb.people.kinds import RelationKind
from phb.people.queries import relations_in_force

Subject: TypeAlias = PersonalHealthBudget | BudgetRevision


class NotYoursToAgreeError(PermissionDeniedError):
    """Only the person, or who represents them, agrees to their budget."""

    code = "not-yours-to-agree"


def take(uow: UnitOfWork, subject: Subject, step: str, *, reason: str | None = None) -> SignOff:
    """Move a budget or a change of one by a step of its workflow, and keep who took it and when."""
    ordinal = _next_ordinal(uow, subject)
    _workflow(subject).fire(uow, subject, step, reason=reason)
    return _keep(uow, subject, step, ordinal, reason=reason)


def take_finance(uow: UnitOfWork, subject: Subject, *, reason: str | None) -> SignOff:
    """Sign off the value of a plan, within the signer's limit, and keep the value and the limit.

    Raises:
        OverLimitError: the value is above what the signer may sign off.
        DomainError: as fire() raises.
    """
    value, ordinal = value_of(uow, subject.plan_id), _next_ordinal(uow, subject)
    _workflow(subject).fire(uow, subject, "sign_off_finance", reason=reason, value=value)
    limit = delegation.require_within_limit(uow, value)
    return _keep(uow, subject, "sign_off_finance", ordinal, reason=reason, value=value, limit_id=limit.id)


def take_agreement(uow: UnitOfWork, subject: Subject) -> SignOff:
    """Agree on behalf of the person: by themselves, or by who represents them today.

    Raises:
        NotYoursToAgreeError: the actor is neither.
    """
    if not _speaks_for(uow, subject.person_id):
        raise NotYoursToAgreeError(
            "Only the person whose budget this is, or their representative, can agree to it. "
            "Ask them to sign in and agree, or return it with their reasons."
        )
    return take(uow, subject, "agree")


def value_of(uow: UnitOfWork, plan_id: UUID) -> Money:
    """Return what a version of a plan is worth to the scheme of delegation in force today."""
    measure = policy.read(uow.session, DelegationPolicy, uow.today).measure
    lines = plan_view(uow.session, plan_id).lines
    return approved_value(
        measure, [LineValue(line.amount, line.terms.period, line.terms.frequency != Frequency.ONCE) for line in lines]
    )


def _speaks_for(uow: UnitOfWork, person_id: UUID) -> bool:
    actor = uow.actor
    if actor.person_id is not None and actor.person_id == person_id:
        return True
    representatives = relations_in_force(uow.session, person_id, RelationKind.REPRESENTATIVE, uow.today)
    return any(
        (relation.acting_person_id is not None and relation.acting_person_id == actor.person_id)
        or (relation.organisation_id is not None and relation.organisation_id == actor.organisation_id)
        for relation in representatives
    )


def _budget_id(subject: Subject) -> UUID:
    return subject.budget_id if isinstance(subject, BudgetRevision) else subject.id


def _next_ordinal(uow: UnitOfWork, subject: Subject) -> int:
    """Return the number of the next step; asked before the move, which may need more than one change to be whole."""
    kept = select(func.count()).select_from(SignOff).where(SignOff.budget_id == _budget_id(subject))
    return (uow.session.scalar(kept) or 0) + 1


def _workflow(subject: Subject) -> Workflow:
    return BUDGET if isinstance(subject, PersonalHealthBudget) else REVISION


def _keep(
    uow: UnitOfWork,
    subject: Subject,
    step: str,
    ordinal: int,
    *,
    reason: str | None,
    value: Money | None = None,
    limit_id: UUID | None = None,
) -> SignOff:
    revision = subject if isinstance(subject, BudgetRevision) else None
    row = SignOff(
        commissioner_id=uow.commissioner_id,
        budget_id=_budget_id(subject),
        ordinal=ordinal,
        revision_id=revision.id if revision else None,
        plan_id=subject.plan_id,
        step=step,
        signed_by=uow.actor.user_id,
        signed_at=uow.now,
        reason=reason,
        value=value,
        limit_id=limit_id,
    )
    uow.session.add(row)
    return row
