"""What somebody may decide about a budget or a change that is being agreed, and why not more."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy.orm import Session

from phb.budget import queries
from phb.budget.budgets import steps
from phb.budget.budgets.models import BudgetRevision
from phb.budget.budgets.workflow import BUDGET, REVISION
from phb.core.actor import Actor, Permission
from phb.governance import delegation
from phb.governance.delegation import OverLimitError
from phb.people.users.approvers import Approver, approvers_on

FINANCE = "sign_off_finance"


@dataclass(frozen=True)
class Decision:
    """What a budget or a change is worth to the scheme of delegation, and what the actor may do about it.

    `limit` is the actor's own, None where they sign nothing off. `why_not` says in sentences why they may not do more,
    and `others` who may sign it off where the actor may not.
    """

    value: Money
    limit: Money | None
    allowed: tuple[str, ...]
    why_not: tuple[str, ...]
    others: tuple[Approver, ...]


def decision_on_budget(session: Session, actor: Actor, budget_id: UUID, on: date) -> Decision:
    """Return what an actor may decide about a budget on a day.

    Raises:
        BudgetNotFoundError: there is none, or it is not the actor's to see.
    """
    return _decision(session, actor, queries.budget(session, actor, budget_id, on), on)


def decision_on_change(session: Session, actor: Actor, revision_id: UUID, on: date) -> Decision:
    """Return what an actor may decide about a change of a budget on a day.

    Raises:
        RevisionNotFoundError: there is none, or it is not the actor's to see.
    """
    return _decision(session, actor, queries.revision(session, actor, revision_id, on), on)


def _decision(session: Session, actor: Actor, subject: steps.Subject, on: date) -> Decision:
    value = steps.value_of(session, subject.plan_id, on)
    allowed = steps.allowed(session, actor, subject, on)
    why_not = list(_done_earlier(actor, subject))
    if FINANCE in allowed:
        try:
            delegation.within_limit(session, actor, value, on)
        except OverLimitError as error:
            allowed = tuple(name for name in allowed if name != FINANCE)
            why_not.append(error.sentence)
    held = delegation.limit_of(session, actor, on) if actor.may(Permission.BUDGET_SIGN_OFF_FINANCE) else None
    proposers = frozenset({subject.prepared_by, subject.submitted_by})
    others = approvers_on(session, on).who_may(value, but=proposers | {actor.user_id}) if why_not else ()
    return Decision(value, held.limit if held else None, allowed, tuple(why_not), others)


def _done_earlier(actor: Actor, subject: steps.Subject) -> tuple[str, ...]:
    workflow = REVISION if isinstance(subject, BudgetRevision) else BUDGET
    if not workflow.kept_for_others(actor, subject):
        return ()
    return ("You prepared this or sent it to be signed off, so somebody else decides on it.",)
