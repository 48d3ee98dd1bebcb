"""Change an active budget: a new version of its plan is agreed like the first, then the books follow."""

from uuid import UUID, uuid4

from sqlalchemy import select

from phb.budget import queries
from phb.budget.budgets import allocation
from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget, SignOff
from phb.budget.budgets.operations import NotADraftError, store_plan
from phb.budget.budgets.rules import difference
from phb.budget.budgets.steps import needs_finance_first, take, take_agreement, take_finance, take_return
from phb.budget.budgets.workflow import BudgetState, RevisionState
from phb.budget.plans.draft import PlanDraft
from phb.budget.plans.queries import plan_view
from phb.core.actor import Permission
from phb.core.errors import ConflictError, RuleViolationError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.people.saving import Change, Put, require_version


class NotActiveError(ConflictError):
    """Only an active budget is changed."""

    code = "not-active"


class RevisionOpenError(ConflictError):
    """Another change of the budget is being agreed."""

    code = "revision-open"


class NothingChangesError(ConflictError):
    """A change proposes the plan that is in force."""

    code = "nothing-changes"


class StartMovedError(RuleViolationError):
    """A new version of a plan starts on another day than the budget."""

    code = "start-moved"


class FinanceSignOffNeededError(RuleViolationError):
    """A change that raises the value was to be agreed without the sign-off of its value."""

    code = "finance-sign-off-needed"


def revise(uow: UnitOfWork, budget_id: UUID, plan: PlanDraft, *, reason: str) -> BudgetRevision:
    """Propose a change of an active budget as a whole new version of its plan.

    Lines keep their references; one that is left out, or ends earlier, gives back what the new version does not
    have for it.

    Raises:
        BudgetNotFoundError: there is none, or it is not the actor's to see.
        NotActiveError: it is not active.
        RevisionOpenError: another change is being agreed.
        NothingChangesError: the plan is the one in force.
        StartMovedError: the new plan starts on another day.
        RuleViolationError: something in the plan does not fit.
    """
    uow.actor.require(Permission.BUDGET_PREPARE)
    budget = queries.budget_for_update(uow.session, uow.actor, budget_id, uow.today)
    _refuse_unready(uow, budget, plan)
    if plan_view(uow.session, budget.plan_id).plan.digest == plan.digest():
        raise NothingChangesError("This is the plan in force, so nothing would change. Send the plan as it should be.")
    drafted = store_plan(uow, budget, uuid4(), plan)
    revision = BudgetRevision(
        commissioner_id=uow.commissioner_id,
        id=uuid4(),
        budget_id=budget.id,
        person_id=budget.person_id,
        plan_id=drafted.id,
        state=RevisionState.DRAFT,
        reason=reason,
        prepared_by=uow.actor.user_id,
        prepared_at=uow.now,
    )
    uow.session.add(revision)
    uow.session.flush()
    audit.record(
        uow, "revision.proposed", "revision", revision.id, person_id=budget.person_id, reason=reason, plan_id=drafted.id
    )
    return revision


def submit_revision(uow: UnitOfWork, revision_id: UUID, *, version: int | None = None) -> BudgetRevision:
    """Send a change to be signed off."""
    revision = _for_update(uow, revision_id, version)
    take(uow, revision, "submit")
    uow.session.flush()
    return revision


def sign_off_revision_clinically(
    uow: UnitOfWork, revision_id: UUID, *, note: str | None = None, version: int | None = None
) -> BudgetRevision:
    """Sign off that the changed plan meets the needs."""
    revision = _for_update(uow, revision_id, version)
    take(uow, revision, "sign_off_clinically", reason=note)
    uow.session.flush()
    return revision


def sign_off_revision_finance(
    uow: UnitOfWork, revision_id: UUID, *, note: str | None = None, version: int | None = None
) -> BudgetRevision:
    """Sign off the value of the whole plan after the change, within the signer's limit of the day.

    Raises:
        OverLimitError: the value is above it.
    """
    revision = _for_update(uow, revision_id, version)
    take_finance(uow, revision, reason=note)
    uow.session.flush()
    return revision


def agree_revision(uow: UnitOfWork, revision_id: UUID, *, version: int | None = None) -> BudgetRevision:
    """Agree a change, as the person or their representative.

    Raises:
        FinanceSignOffNeededError: it raises the value, and nobody signed that off.
        NotYoursToAgreeError: the actor is neither.
    """
    revision = _for_update(uow, revision_id, version)
    if needs_finance_first(uow.session, revision, uow.today):
        raise FinanceSignOffNeededError(
            "This change makes the budget larger, so its value has to be signed off before you can agree to it. "
            "Ask the commissioner's approver."
        )
    take_agreement(uow, revision)
    uow.session.flush()
    return revision


def apply_revision(uow: UnitOfWork, revision_id: UUID, *, version: int | None = None) -> BudgetRevision:
    """Put an agreed change in force: the books are raised and lowered to the new plan.

    Raises:
        TooLittleLeftError, NotPayableError: more would be taken back than is unused and unpaid.
    """
    revision = _for_update(uow, revision_id, version)
    budget = queries.budget_for_update(uow.session, uow.actor, revision.budget_id, uow.today)
    opened = _plans_applied(uow, budget)
    take(uow, revision, "apply")
    revision.applied_on = uow.today
    before, after = plan_view(uow.session, budget.plan_id), plan_view(uow.session, revision.plan_id)
    allocation.open_places(uow, after, opened=opened)
    allocation.reallocate(uow, budget, revision, difference(before.portions(), after.portions()))
    budget.plan_id, budget.end_on = revision.plan_id, after.plan.end_on
    uow.session.flush()
    return revision


def return_revision(uow: UnitOfWork, revision_id: UUID, *, reason: str, version: int | None = None) -> BudgetRevision:
    """Give a change back to whoever proposed it, with reasons."""
    revision = _for_update(uow, revision_id, version)
    take_return(uow, revision, reason=reason)
    revision.signed_off_clinically_by = revision.signed_off_finance_by = revision.agreed_by = None
    uow.session.flush()
    return revision


def refuse_revision(uow: UnitOfWork, revision_id: UUID, *, reason: str, version: int | None = None) -> BudgetRevision:
    """Refuse a change, with the reasons the person is told; the budget stays as it is."""
    revision = _for_update(uow, revision_id, version)
    take(uow, revision, "refuse", reason=reason)
    uow.session.flush()
    return revision


def redraft_revision(
    uow: UnitOfWork, revision_id: UUID, plan: PlanDraft, *, version: int | None = None
) -> Put[BudgetRevision]:
    """Replace the plan of a change that is a draft.

    Raises:
        RevisionNotFoundError: there is none, or it is not the actor's to see.
        NotADraftError: it is no draft any more.
        RuleViolationError: something in the plan does not fit.
    """
    uow.actor.require(Permission.BUDGET_PREPARE)
    revision = _for_update(uow, revision_id, version)
    if plan_view(uow.session, revision.plan_id).plan.digest == plan.digest():
        return Put(revision, Change.UNCHANGED)
    if revision.state != RevisionState.DRAFT:
        raise NotADraftError(
            f"This change is “{revision.state.replace('_', ' ')}”. Ask for its return before you change its plan.",
            state=revision.state,
        )
    budget = queries.budget(uow.session, uow.actor, revision.budget_id, uow.today)
    _refuse_moved_start(budget, plan)
    revision.plan_id = store_plan(uow, budget, uuid4(), plan).id
    revision.prepared_by = uow.actor.user_id
    uow.session.flush()
    audit.record(uow, "revision.redrafted", "revision", revision.id, person_id=revision.person_id)
    return Put(revision, Change.CHANGED)


def _for_update(uow: UnitOfWork, revision_id: UUID, version: int | None) -> BudgetRevision:
    """Return a change to be moved, as it was when its version was read; None for whatever it is now."""
    revision = queries.revision(uow.session, uow.actor, revision_id, uow.today, for_update=True)
    require_version(revision, version)
    return revision


def _refuse_unready(uow: UnitOfWork, budget: PersonalHealthBudget, plan: PlanDraft) -> None:
    if budget.state != BudgetState.ACTIVE:
        raise NotActiveError(
            f"This budget is “{budget.state.replace('_', ' ')}”, and only an active one is changed. "
            "Change its draft instead.",
            state=budget.state,
        )
    if queries.has_open_revision(uow.session, budget.id):
        raise RevisionOpenError(
            "Another change of this budget is being agreed. Finish that one, or have it refused, before you propose "
            "the next."
        )
    _refuse_moved_start(budget, plan)


def _refuse_moved_start(budget: PersonalHealthBudget, plan: PlanDraft) -> None:
    if plan.period.start_on != budget.start_on:
        raise StartMovedError(
            f"The budget starts on {budget.start_on:%-d %B %Y} and the new plan on {plan.period.start_on:%-d %B %Y}. "
            "Keep the start; let lines begin and end where the change does.",
            field="start_on",
        )


def _plans_applied(uow: UnitOfWork, budget: PersonalHealthBudget) -> list[UUID]:
    """Return every version of the plan that the books were ever opened for."""
    applied = uow.session.scalars(
        select(BudgetRevision.plan_id).where(
            BudgetRevision.budget_id == budget.id, BudgetRevision.state == RevisionState.APPLIED
        )
    ).all()
    first = uow.session.scalars(
        select(SignOff.plan_id).where(SignOff.budget_id == budget.id, SignOff.step == "activate")
    ).all()
    return [*first, *applied]
