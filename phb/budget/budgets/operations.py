"""Propose a budget, agree it step by step, and make it active."""

from uuid import UUID, uuid4

from sqlalchemy import select

from phb.budget import queries
from phb.budget.assessments import queries as assessments
from phb.budget.budgets import allocation
from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.budgets.steps import take, take_agreement, take_finance, take_return
from phb.budget.budgets.workflow import BudgetState
from phb.budget.kinds import BudgetKind, CareSetting
from phb.budget.plans import operations as plans
from phb.budget.plans.draft import PlanDraft
from phb.budget.plans.models import CarePlan
from phb.budget.plans.queries import plan_versions, plan_view
from phb.budget.reference.cohorts import cohort
from phb.budget.tariffs import queries as tariffs
from phb.budget.written import unchanged
from phb.core.actor import Permission
from phb.core.errors import ConflictError, RuleViolationError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.people import queries as people
from phb.people.kinds import Scope
from phb.people.saving import Change, Put, require_version


class NotADraftError(ConflictError):
    """The plan of a budget that is being agreed, or is active, was to be replaced."""

    code = "not-a-draft"


class AnotherPersonsIndicativeError(RuleViolationError):
    """The indicative budget is for somebody else."""

    code = "another-persons-indicative"


def propose(
    uow: UnitOfWork,
    person_id: UUID,
    *,
    reference: str,
    cohort_code: str,
    kind: BudgetKind,
    care_setting: CareSetting,
    plan: PlanDraft,
    indicative_id: UUID | None = None,
) -> Put[PersonalHealthBudget]:
    """Propose a budget with its first plan; the same proposal again changes nothing.

    Raises:
        PersonNotFoundError, UnknownCohortError, IndicativeBudgetNotFoundError: something it names does not exist.
        KnownDifferentlyError: the reference is that of another budget.
        RuleViolationError: something in the plan does not fit; `field` names it.
    """
    uow.actor.require(Permission.BUDGET_PREPARE)
    people.person(uow.session, uow.actor, person_id, uow.today, Scope.BUDGET)
    cohort(cohort_code, plan.period.start_on)
    if indicative_id is not None:
        _refuse_another_persons(uow, indicative_id, person_id)
    facts = (person_id, cohort_code, kind.value, care_setting.value, indicative_id)
    known = uow.session.scalars(select(PersonalHealthBudget).where(PersonalHealthBudget.reference == reference)).first()
    if known is not None:
        same = (known.person_id, known.cohort_code, known.kind, known.care_setting, known.indicative_id) == facts
        return unchanged(known, same=same and _has_plan(uow, known, plan), what="budget", reference=reference)
    budget = PersonalHealthBudget(
        commissioner_id=uow.commissioner_id,
        id=uuid4(),
        reference=reference,
        person_id=person_id,
        cohort_code=cohort_code,
        kind=kind,
        care_setting=care_setting,
        state=BudgetState.DRAFT,
        start_on=plan.period.start_on,
        end_on=plan.period.end_on,
        plan_id=uuid4(),
        indicative_id=indicative_id,
        prepared_by=uow.actor.user_id,
    )
    uow.session.add(budget)
    uow.session.flush()
    store_plan(uow, budget, budget.plan_id, plan)
    audit.record(uow, "budget.proposed", "budget", budget.id, person_id=person_id, kind=kind.value)
    return Put(budget, Change.ADDED)


def redraft(
    uow: UnitOfWork, budget_id: UUID, plan: PlanDraft, *, version: int | None = None
) -> Put[PersonalHealthBudget]:
    """Replace the plan of a draft by a new version; whoever does so is its proposer.

    Raises:
        BudgetNotFoundError: there is none, or it is not the actor's to see.
        NotADraftError: it is past that: ask for its return, or revise it once it is active.
        RuleViolationError: something in the plan does not fit.
    """
    uow.actor.require(Permission.BUDGET_PREPARE)
    budget = _for_update(uow, budget_id, version)
    if plan_view(uow.session, budget.plan_id).plan.digest == plan.digest():
        return Put(budget, Change.UNCHANGED)
    if budget.state != BudgetState.DRAFT:
        raise NotADraftError(
            f"This budget is “{budget.state.replace('_', ' ')}”, and only a draft's plan is replaced. "
            "Ask for it to be returned, or propose a change once it is active.",
            state=budget.state,
        )
    row = store_plan(uow, budget, uuid4(), plan)
    budget.plan_id, budget.prepared_by = row.id, uow.actor.user_id
    budget.start_on, budget.end_on = row.start_on, row.end_on
    uow.session.flush()
    audit.record(uow, "budget.redrafted", "budget", budget.id, person_id=budget.person_id, plan_id=row.id)
    return Put(budget, Change.CHANGED)


def submit(uow: UnitOfWork, budget_id: UUID, *, version: int | None = None) -> PersonalHealthBudget:
    """Send a draft to be signed off."""
    budget = _for_update(uow, budget_id, version)
    take(uow, budget, "submit")
    uow.session.flush()
    return budget


def sign_off_clinically(
    uow: UnitOfWork, budget_id: UUID, *, note: str | None = None, version: int | None = None
) -> PersonalHealthBudget:
    """Sign off that the plan meets the needs, handles the risks, and that what it refers to a decision is right."""
    budget = _for_update(uow, budget_id, version)
    take(uow, budget, "sign_off_clinically", reason=note)
    uow.session.flush()
    return budget


def sign_off_finance(
    uow: UnitOfWork, budget_id: UUID, *, note: str | None = None, version: int | None = None
) -> PersonalHealthBudget:
    """Sign off the value, within the signer's limit of the day.

    Raises:
        OverLimitError: the value is above it.
    """
    budget = _for_update(uow, budget_id, version)
    take_finance(uow, budget, reason=note)
    uow.session.flush()
    return budget


def agree(uow: UnitOfWork, budget_id: UUID, *, version: int | None = None) -> PersonalHealthBudget:
    """Agree the budget, as the person or their representative.

    Raises:
        NotYoursToAgreeError: the actor is neither.
    """
    budget = _for_update(uow, budget_id, version)
    take_agreement(uow, budget)
    uow.session.flush()
    return budget


def activate(uow: UnitOfWork, budget_id: UUID, *, version: int | None = None) -> PersonalHealthBudget:
    """Make an agreed budget active and allocate its money in the books."""
    budget = _for_update(uow, budget_id, version)
    take(uow, budget, "activate")
    budget.active_from = uow.today
    uow.session.flush()
    allocation.allocate(uow, budget, plan_view(uow.session, budget.plan_id))
    return budget


def return_to_draft(
    uow: UnitOfWork, budget_id: UUID, *, reason: str, version: int | None = None
) -> PersonalHealthBudget:
    """Give a budget back to whoever proposed it, with reasons; every step is taken again."""
    budget = _for_update(uow, budget_id, version)
    take_return(uow, budget, reason=reason)
    budget.signed_off_clinically_by = budget.signed_off_finance_by = budget.agreed_by = None
    uow.session.flush()
    return budget


def refuse(uow: UnitOfWork, budget_id: UUID, *, reason: str, version: int | None = None) -> PersonalHealthBudget:
    """Refuse a budget for good, with the reasons the person is told."""
    budget = _for_update(uow, budget_id, version)
    take(uow, budget, "refuse", reason=reason)
    uow.session.flush()
    return budget


def store_plan(uow: UnitOfWork, budget: PersonalHealthBudget, plan_id: UUID, plan: PlanDraft) -> CarePlan:
    """Price and store a further version of a budget's plan, by the models and rates known now."""
    tariff = tariffs.tariff(uow.session, budget.cohort_code, known_at=uow.now, calendar=tariffs.calendar(uow.session))
    versions = plan_versions(uow.session, budget.id)
    return plans.store_version(uow, plan_id, budget.id, plan, tariff, plan_version=len(versions) + 1)


def _for_update(uow: UnitOfWork, budget_id: UUID, version: int | None) -> PersonalHealthBudget:
    """Return a budget to be moved, as it was when its version was read; None for whatever it is now."""
    budget = queries.budget_for_update(uow.session, uow.actor, budget_id, uow.today)
    require_version(budget, version)
    return budget


def _refuse_another_persons(uow: UnitOfWork, indicative_id: UUID, person_id: UUID) -> None:
    indicative = assessments.indicative_budget(uow.session, uow.actor, indicative_id, uow.today)
    if indicative.person_id != person_id:
        raise AnotherPersonsIndicativeError(
            "This indicative budget is for somebody else. Choose one that was set for this person.",
            field="indicative_id",
        )


def _has_plan(uow: UnitOfWork, budget: PersonalHealthBudget, plan: PlanDraft) -> bool:
    return plan.digest() in {version.digest for version in plan_versions(uow.session, budget.id)}
