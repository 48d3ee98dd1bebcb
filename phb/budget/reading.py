"""A budget or a change of one, read whole by those who plan it and those who judge it: needs, lines, money, steps."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy.orm import Session

from phb.budget import queries
from phb.budget.assessments.models import Assessment, IndicativeBudget
from phb.budget.budgets.deciding import Decision, decision_on_budget, decision_on_change
from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget, SignOff
from phb.budget.plans.models import Pot
from phb.budget.plans.queries import LineView, PlanView, lines_of, plan_view
from phb.budget.reference.categories import Severity, SpendCategory, category
from phb.core.actor import Actor
from phb.core.money import from_pence
from phb.ledger.entry import Portion
from phb.people.models import Person
from phb.people.users.queries import names_of


@dataclass(frozen=True)
class LineRead:
    """A line of the plan; `before` is the same line of the plan in force, where a change is read and has it."""

    view: LineView
    category: SpendCategory
    before: LineView | None = None

    @property
    def spare(self) -> Money:
        """What is set aside beyond what the service costs in full; never below nil."""
        return self.view.amount - self.view.cost

    @property
    def paid(self) -> Mapping[str, Money]:
        """What each funder pays of it in all its years."""
        return _by_fund(self.view.portions())

    @property
    def is_referred(self) -> bool:
        """Say whether somebody has to judge that this may be bought."""
        return self.category.severity_for(self.view.pot.management_type) is Severity.REFER

    @property
    def is_changed(self) -> bool:
        """Say whether the change that is read says something else of it than the plan in force."""
        return self.before is None or _said(self.before) != _said(self.view)


@dataclass(frozen=True)
class BudgetRead:
    """A budget with the plan that is read: its own, or that of a change, whose plan in force is then `before`.

    `taken` are the steps of what is read, `names` who took them and who is the co-ordinator. `references` are those
    of every line that the budget ever had. `gone` are the lines that a change takes out.
    """

    budget: PersonalHealthBudget
    person: Person
    change: BudgetRevision | None
    plan: PlanView
    before: PlanView | None
    lines: Sequence[LineRead]
    gone: Sequence[LineView]
    assessment: Assessment | None
    estimate: IndicativeBudget | None
    taken: Sequence[SignOff]
    names: Mapping[UUID, str]
    decision: Decision
    changes: Sequence[BudgetRevision]
    references: frozenset[str]

    @property
    def subject(self) -> PersonalHealthBudget | BudgetRevision:
        """What is being agreed."""
        return self.change or self.budget

    @property
    def by_pot(self) -> Sequence[tuple[Pot, Money]]:
        """What the plan sets aside in each way of holding it."""
        return [(pot, _sum(one.amount for one in self.plan.lines if one.pot.id == pot.id)) for pot in self.plan.pots]

    @property
    def by_fund(self) -> Mapping[str, Money]:
        """What each funder pays of the plan."""
        return _by_fund(self.plan.portions())

    @property
    def sent_back(self) -> SignOff | None:
        """The step that gave it back to whoever proposed it, or refused it, where that was the last one."""
        return self.taken[-1] if self.taken and self.taken[-1].step in {"return", "refuse"} else None


def read_budget(session: Session, actor: Actor, budget_id: UUID, on: date) -> BudgetRead:
    """Return a budget with its plan.

    Raises:
        BudgetNotFoundError: there is none, or it is not the actor's to see.
    """
    row = queries.budget(session, actor, budget_id, on)
    decision = decision_on_budget(session, actor, row.id, on)
    return _read(session, actor, row, decision, on)


def read_change(session: Session, actor: Actor, revision_id: UUID, on: date) -> BudgetRead:
    """Return a change of a budget with the plan it proposes.

    Raises:
        RevisionNotFoundError: there is none, or it is not the actor's to see.
    """
    change = queries.revision(session, actor, revision_id, on)
    row = queries.budget(session, actor, change.budget_id, on)
    decision = decision_on_change(session, actor, change.id, on)
    return _read(session, actor, row, decision, on, change=change)


def _read(
    session: Session,
    actor: Actor,
    row: PersonalHealthBudget,
    decision: Decision,
    on: date,
    *,
    change: BudgetRevision | None = None,
) -> BudgetRead:
    plan = plan_view(session, change.plan_id if change else row.plan_id)
    before = plan_view(session, row.plan_id) if change else None
    steps = queries.sign_offs_of(session, actor, row.id, on)
    taken = [step for step in steps if step.revision_id == (change.id if change else None)]
    estimate = session.get(IndicativeBudget, (row.commissioner_id, row.indicative_id)) if row.indicative_id else None
    users = [plan.plan.care_coordinator_id, row.prepared_by, *(step.signed_by for step in taken)]
    return BudgetRead(
        budget=row,
        person=session.get_one(Person, (row.commissioner_id, row.person_id)),
        change=change,
        plan=plan,
        before=before,
        lines=tuple(_lines(plan, before)),
        gone=_gone(plan, before),
        assessment=_assessment_behind(session, estimate),
        estimate=estimate,
        taken=taken,
        names=names_of(session, actor, [*users, change.prepared_by if change else None]),
        decision=decision,
        changes=queries.revisions_of(session, actor, row.id, on),
        references=frozenset(line.reference for line in lines_of(session, row.id)),
    )


def _lines(plan: PlanView, before: PlanView | None) -> Iterator[LineRead]:
    known = {view.line.id: view for view in before.lines} if before else {}
    for view in plan.lines:
        yield LineRead(view, category(view.terms.category_code, view.terms.start_on), known.get(view.line.id))


def _gone(plan: PlanView, before: PlanView | None) -> tuple[LineView, ...]:
    kept = {view.line.id for view in plan.lines}
    return tuple(view for view in before.lines if view.line.id not in kept) if before else ()


def _assessment_behind(session: Session, estimate: IndicativeBudget | None) -> Assessment | None:
    return session.get(Assessment, (estimate.commissioner_id, estimate.assessment_id)) if estimate else None


def _by_fund(portions: Iterable[Portion]) -> Mapping[str, Money]:
    shares = [portion.share for portion in portions]
    funds = dict.fromkeys(share.fund for share in shares)
    return {fund: _sum(share.amount for share in shares if share.fund == fund) for fund in funds}


def _sum(amounts: Iterable[Money]) -> Money:
    return sum(amounts, from_pence(0))


def _said(view: LineView) -> tuple[object, ...]:
    """Return what a version of the plan says of a line, but for its place in the order."""
    terms = view.terms
    return (
        terms.outcome_reference,
        terms.category_code,
        terms.purpose,
        terms.words,
        terms.period,
        terms.quantity,
        terms.unit,
        terms.frequency,
        terms.need,
        terms.unit_price,
        terms.shares,
        terms.referral_reason,
        view.amount,
    )
