"""Change a part of a plan: of a draft, of a change that is a draft, or of an active budget by proposing a change."""

from collections.abc import Callable
from typing import TypeAlias
from uuid import UUID

from phb.budget import queries
from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget
from phb.budget.budgets.operations import redraft
from phb.budget.budgets.revisions import redraft_revision, revise
from phb.budget.plans.draft import PlanDraft
from phb.budget.plans.edits import draft_of
from phb.budget.plans.queries import plan_view
from phb.core.uow import UnitOfWork
from phb.people.saving import require_version

Edit: TypeAlias = Callable[[PlanDraft], PlanDraft]
"""What becomes of a plan."""


def edit_draft(uow: UnitOfWork, budget_id: UUID, edit: Edit, *, version: int | None = None) -> PersonalHealthBudget:
    """Change a part of the plan of a draft; the rest stays as it is.

    Raises:
        BudgetNotFoundError: there is none, or it is not the actor's to see.
        ChangedMeanwhileError: somebody changed any part of it first.
        LineGoneError, NotADraftError, RuleViolationError: as edit and redraft() raise.
    """
    budget = queries.budget_for_update(uow.session, uow.actor, budget_id, uow.today)
    require_version(budget, version)
    return redraft(uow, budget_id, edit(draft_of(plan_view(uow.session, budget.plan_id)))).row


def edit_change(uow: UnitOfWork, revision_id: UUID, edit: Edit, *, version: int | None = None) -> BudgetRevision:
    """Change a part of the plan that a change proposes, while it is a draft.

    Raises:
        RevisionNotFoundError: there is none, or it is not the actor's to see.
        ChangedMeanwhileError: somebody changed any part of it first.
        LineGoneError, NotADraftError, RuleViolationError: as edit and redraft_revision() raise.
    """
    revision = queries.revision(uow.session, uow.actor, revision_id, uow.today, for_update=True)
    require_version(revision, version)
    return redraft_revision(uow, revision_id, edit(draft_of(plan_view(uow.session, revision.plan_id)))).row


def propose_edit(
    uow: UnitOfWork, budget_id: UUID, edit: Edit, *, reason: str, version: int | None = None
) -> BudgetRevision:
    """Propose a change of an active budget that changes one part of its plan.

    Raises:
        BudgetNotFoundError: there is none, or it is not the actor's to see.
        ChangedMeanwhileError: somebody changed it first.
        LineGoneError, NotActiveError, RevisionOpenError, NothingChangesError, RuleViolationError: as edit and revise()
            raise.
    """
    budget = queries.budget_for_update(uow.session, uow.actor, budget_id, uow.today)
    require_version(budget, version)
    return revise(uow, budget_id, edit(draft_of(plan_view(uow.session, budget.plan_id))), reason=reason)
