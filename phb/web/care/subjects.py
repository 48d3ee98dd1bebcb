"""A budget or a change of one as the pages of a plan know it: where it is shown, and how a part of it is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import url_for

from phb.budget.budgets.editing import Edit, edit_change, edit_draft, propose_edit
from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget
from phb.budget.budgets.workflow import BudgetState, RevisionState
from phb.budget.plans.choices import PlanChoices, plan_choices
from phb.budget.reading import BudgetRead, read_budget, read_change
from phb.core.actor import Permission
from phb.core.uow import UnitOfWork
from phb.web.care.plan_forms import PlanEdit

BUDGETS, CHANGES = "budgets", "changes"
CLOSED = frozenset({RevisionState.APPLIED, RevisionState.REFUSED})


@dataclass(frozen=True)
class Subject:
    """What is read and changed; `may_edit` says whether its plan is the reader's to change now."""

    read: BudgetRead
    may_edit: bool

    @property
    def kind(self) -> str:
        """How addresses call it."""
        return CHANGES if self.read.change else BUDGETS

    @property
    def address(self) -> str:
        """Where it is shown."""
        return address_of(self.read.subject)

    @property
    def is_active(self) -> bool:
        """Say whether it is a budget in force, whose plan is changed by proposing a change."""
        return self.read.change is None and self.read.budget.state == BudgetState.ACTIVE

    @property
    def was_active(self) -> bool:
        """Say whether the books know its lines, so that each keeps its pot."""
        return self.read.budget.state == BudgetState.ACTIVE

    @property
    def open_change(self) -> BudgetRevision | None:
        """The change that is being agreed, where there is one."""
        return next((change for change in self.read.changes if change.state not in CLOSED), None)

    @property
    def above(self) -> str:
        """Whose it is and what it is called."""
        what = "Change of " if self.read.change else ""
        return f"{what}{self.read.person.full_name}, {self.read.budget.reference}"

    def place(self, name: str) -> str:
        """Return the address of a page about its plan."""
        return url_for(f"web.care.{name}", kind=self.kind, subject_id=self.read.subject.id)


def subject_of(uow: UnitOfWork, kind: str, subject_id: UUID) -> Subject:
    """Return a budget or a change.

    Raises:
        BudgetNotFoundError, RevisionNotFoundError: there is none, or it is not the actor's to see.
    """
    reader = read_change if kind == CHANGES else read_budget
    found = Subject(reader(uow.session, uow.actor, subject_id, uow.today), may_edit=False)
    draft = found.read.subject.state == BudgetState.DRAFT
    open_to_change = draft or (found.is_active and found.open_change is None)
    return Subject(found.read, open_to_change and uow.actor.may(Permission.BUDGET_PREPARE))


def choices_for(uow: UnitOfWork, subject: Subject) -> PlanChoices:
    """Return what the plan may be made of."""
    read = subject.read
    start_on, cohort = read.plan.plan.start_on, read.budget.cohort_code
    return plan_choices(uow.session, uow.actor, start_on, known_at=uow.now, cohort=cohort)


def save(
    uow: UnitOfWork, subject: Subject, edit: Edit, *, reason: str, version: int | None
) -> PersonalHealthBudget | BudgetRevision:
    """Change a part of the plan; of a budget in force by proposing a change."""
    row = subject.read.subject
    if isinstance(row, BudgetRevision):
        return edit_change(uow, row.id, edit, version=version)
    if subject.is_active:
        return propose_edit(uow, row.id, edit, reason=reason, version=version)
    return edit_draft(uow, row.id, edit, version=version)


def save_form(uow: UnitOfWork, subject: Subject, edit: Edit, form: PlanEdit) -> PersonalHealthBudget | BudgetRevision:
    """Change the part of the plan that a form is about."""
    reason = form.reason.data if "reason" in form else ""
    return save(uow, subject, edit, reason=reason, version=form.version_read)


def address_of(row: PersonalHealthBudget | BudgetRevision) -> str:
    """Return where a budget or a change is shown."""
    if isinstance(row, BudgetRevision):
        return url_for("web.care.budgets.change_shown", change_id=row.id)
    return url_for("web.care.budgets.shown", budget_id=row.id)


def outcome_options(subject: Subject) -> Sequence[tuple[str, str]]:
    """Return the outcomes of the plan to choose from."""
    return [(outcome.reference, outcome.words) for outcome in subject.read.plan.outcomes]
