"""One step of agreeing a budget or a change of one: fired by its workflow and kept as a sign-off."""

from datetime import date
from typing import TypeAlias
from uuid import UUID

from moneyed import Money
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget, SignOff
from phb.budget.budgets.rules import LineValue, approved_value
from phb.budget.budgets.workflow import BUDGET, REVISION, BudgetState, RevisionState
from phb.budget.kinds import Frequency
from phb.budget.plans.queries import plan_view
from phb.core.actor import Actor, Permission
from phb.core.errors import PermissionDeniedError
from phb.core.uow import UnitOfWork
from phb.governance import delegation, policy
from phb.governance.policies import DelegationPolicy
from phb.governance.workflow import Workflow
from phb.people.queries import speaks_for

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
    value, ordinal = value_of(uow.session, subject.plan_id, uow.today), _next_ordinal(uow, subject)
    _workflow(subject).fire(uow, subject, "sign_off_finance", reason=reason, value=value)
    limit = delegation.require_within_limit(uow, value)
    return _keep(uow, subject, "sign_off_finance", ordinal, reason=reason, value=value, limit_id=limit.id)


def take_agreement(uow: UnitOfWork, subject: Subject) -> SignOff:
    """Agree on behalf of the person: by themselves, or by who represents them today.

    Raises:
        NotYoursToAgreeError: the actor is neither.
    """
    _require_their_voice(uow, subject)
    return take(uow, subject, "agree")


def take_return(uow: UnitOfWork, subject: Subject, *, reason: str) -> SignOff:
    """Give a budget or a change back to whoever proposed it; while it waits for the person, only they may.

    Raises:
        NotYoursToAgreeError: it waits for the person, and the actor is neither they nor who represents them.
        DomainError: as fire() raises.
    """
    waits_for_the_person = subject.state == BudgetState.SIGNED_OFF_FINANCE
    step = take(uow, subject, "return", reason=reason)
    if waits_for_the_person:
        _require_their_voice(uow, subject)
    return step


def allowed(session: Session, actor: Actor, subject: Subject, on: date) -> tuple[str, ...]:
    """Return the names of the steps that an actor may take now, as far as they can know before they take one."""
    workflow = _workflow(subject)
    names = workflow.allowed(actor, subject)
    theirs = {
        move.name
        for move in workflow.transitions
        if move.source == subject.state and move.permission is Permission.BUDGET_AGREE
    }
    if theirs & set(names) and not speaks_for(session, actor, subject.person_id, on):
        names = [name for name in names if name not in theirs]
    if isinstance(subject, BudgetRevision) and needs_finance_first(session, subject, on):
        names = [name for name in names if name != "agree"]
    return tuple(names)


def needs_finance_first(session: Session, revision: BudgetRevision, on: date) -> bool:
    """Say whether a change raises the value of a budget, and nobody has signed that off."""
    if revision.state != RevisionState.SIGNED_OFF_CLINICALLY:
        return False
    budget = session.get_one(PersonalHealthBudget, (revision.commissioner_id, revision.budget_id))
    return value_of(session, revision.plan_id, on) > value_of(session, budget.plan_id, on)


def value_of(session: Session, plan_id: UUID, on: date) -> Money:
    """Return what a version of a plan is worth to the scheme of delegation in force on a day."""
    measure = policy.read(session, DelegationPolicy, on).measure
    lines = plan_view(session, plan_id).lines
    return approved_value(
        measure, [LineValue(line.amount, line.terms.period, line.terms.frequency != Frequency.ONCE) for line in lines]
    )


def _require_their_voice(uow: UnitOfWork, subject: Subject) -> None:
    if not speaks_for(uow.session, uow.actor, subject.person_id, uow.today):
        raise NotYoursToAgreeError(
            "Only the person whose budget this is, or their representative, can agree to it or send it back. "
            "Ask them to sign in and say so themselves."
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
