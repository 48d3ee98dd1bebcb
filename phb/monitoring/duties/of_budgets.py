"""Duties of agreeing a budget or a change of one, of reviewing it, and of what follows when it ends."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, literal, select, union
from sqlalchemy.orm import aliased

from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget, SignOff
from phb.budget.budgets.values import values_of_plans
from phb.budget.budgets.workflow import PROPOSERS, SIGNERS, BudgetState
from phb.budget.plans.models import CarePlan
from phb.budget.queries import visible_budgets
from phb.core.actor import Actor, Role
from phb.core.money import to_pence
from phb.monitoring.duties.duty import Column, Duty, Source, Terms, day_of, row

B, R, S = PersonalHealthBudget, BudgetRevision, BudgetState

CLINICIAN = frozenset({Role.CLINICIAN})
APPROVER = frozenset({Role.APPROVER})
WHO_AGREES = frozenset({Role.HOLDER, Role.REPRESENTATIVE})
COORDINATOR = frozenset({Role.CARE_COORDINATOR})
FINANCE = "finance"


def _visible_changes(actor: Actor, on: date) -> Select[Any]:
    return select(R).where(R.budget_id.in_(visible_budgets(actor, on).with_only_columns(B.id)))


@dataclass(frozen=True)
class _About:
    """What a step is taken for: a budget, or a change of one."""

    kind: str
    it: str
    opens: str
    source: Source
    model: Any


BUDGETS = Source(lambda: select(B), visible_budgets)
BUDGET = _About("budget", "this budget", "/budgets/{budget_id}", BUDGETS, B)
CHANGE = _About(
    "change",
    "this change of a budget",
    "/budget-revisions/of/{budget_id}",
    Source(lambda: select(R), _visible_changes),
    R,
)


@dataclass(frozen=True)
class _Step:
    """One step of agreeing, which a budget and a change of one share; `{it}` is either of them.

    `days` is the field of the policy on tasks that says how long there is, or FINANCE for the policy on finance.
    """

    name: str
    title: str
    roles: frozenset[Role]
    state: BudgetState
    days: str
    not_by: tuple[str, ...] = PROPOSERS
    is_redraft: bool = False

    def duty(self, about: _About) -> Duty:
        """Return the duty of taking the step."""
        model = about.model
        return Duty(
            kind=f"{about.kind}.{self.name}",
            title=self.title.format(it=about.it),
            roles=self.roles,
            opens=about.opens,
            source=about.source,
            found=self._budgets if about is BUDGET else self._changes,
            not_by=tuple(getattr(model, name) for name in self.not_by),
            only=model.prepared_by if self.is_redraft else None,
            within=_within_limit(model) if self.name == "sign_off_finance" else None,
        )

    def _budgets(self, query: Select[Any], terms: Terms) -> Select[Any]:
        steps = (SignOff.budget_id == B.id) & SignOff.revision_id.is_(None)
        waiting = query.where(B.state == self.state)
        if self.is_redraft:
            waiting = waiting.where(_last(SignOff.step, steps) == "return")
        since = day_of(_last(SignOff.signed_at, steps))
        by = self._by(since, terms)
        return waiting.with_only_columns(*_about(since, func.least(B.start_on, by) if self.days == FINANCE else by))

    def _changes(self, query: Select[Any], terms: Terms) -> Select[Any]:
        steps = (SignOff.budget_id == R.budget_id) & (SignOff.revision_id == R.id)
        waiting = query.where(self._is_due_for_changes(terms))
        if self.is_redraft:
            waiting = waiting.where(_last(SignOff.step, steps) == "return")
        since = day_of(_last(SignOff.signed_at, steps))
        reference = select(B.reference).where(B.id == R.budget_id).scalar_subquery()
        return waiting.with_only_columns(
            *row(
                subject_id=R.id,
                budget_id=R.budget_id,
                person_id=R.person_id,
                since_on=since,
                due_on=self._by(since, terms),
                label=literal("change of budget ") + reference,
            )
        )

    def _is_due_for_changes(self, terms: Terms) -> ColumnElement[bool]:
        """Return the condition on a change's state; one that raises nothing is agreed without finance."""
        raises = R.id.in_(_raising(terms))
        match self.state:
            case S.SIGNED_OFF_CLINICALLY:
                return (R.state == self.state) & raises
            case S.SIGNED_OFF_FINANCE:
                return (R.state == self.state) | ((R.state == S.SIGNED_OFF_CLINICALLY) & ~raises)
            case _:
                return R.state == self.state

    def _by(self, since: Column, terms: Terms) -> ColumnElement[date]:
        days = terms.finance.decide_within_days if self.days == FINANCE else getattr(terms.tasks, self.days)
        return since + days


def _within_limit(model: Any) -> Any:  # noqa: ANN401 - B or R, and a condition of an actor and terms
    """Return what leaves an approver the plans that their limit of the day covers."""

    def within(actor: Actor, terms: Terms) -> ColumnElement[bool]:
        held = terms.scheme.limit_of(actor.roles, actor.user_id)
        if held is None:
            return literal(value=False)
        worth = values_of_plans(terms.measure, select(model.plan_id).where(model.state == S.SIGNED_OFF_CLINICALLY))
        limit = to_pence(held.limit)
        covered = worth.c.pence <= limit if terms.scheme.limit_included else worth.c.pence < limit
        inside: ColumnElement[bool] = model.plan_id.in_(select(worth.c.plan_id).where(covered))
        return inside

    return within


def _raising(terms: Terms) -> Select[Any]:
    """Select the changes signed off clinically that make a budget worth more."""
    pairs = (
        select(R.id, R.plan_id, B.plan_id.label("before"))
        .join(B, B.id == R.budget_id)
        .where(R.state == S.SIGNED_OFF_CLINICALLY)
        .subquery()
    )
    plans = union(select(pairs.c.plan_id), select(pairs.c.before)).subquery()
    after = values_of_plans(terms.measure, select(plans.c.plan_id))
    before = after.alias()
    return (
        select(pairs.c.id)
        .join(after, after.c.plan_id == pairs.c.plan_id)
        .join(before, before.c.plan_id == pairs.c.before)
        .where(after.c.pence > before.c.pence)
    )


def _review(query: Select[Any], terms: Terms) -> Select[Any]:
    notice, review_on = terms.tasks.review_notice, CarePlan.review_on
    return (
        query.join(CarePlan, CarePlan.id == B.plan_id)
        .where(B.state == S.ACTIVE, B.end_on > terms.today, review_on <= terms.today + timedelta(days=notice))
        .with_only_columns(*_about(review_on - notice, review_on))
    )


def _ending(query: Select[Any], terms: Terms) -> Select[Any]:
    """Find what ends with nothing after it: no other budget of the person that goes on, or is being agreed."""
    notice, other = terms.tasks.ending_notice, aliased(B)
    soon = (B.end_on > terms.today) & (B.end_on <= terms.today + timedelta(days=notice))
    goes_on = exists().where(
        other.person_id == B.person_id, other.id != B.id, other.end_on > B.end_on, other.state != S.REFUSED
    )
    return query.where(B.state == S.ACTIVE, soon, ~goes_on).with_only_columns(*_about(B.end_on - notice, B.end_on - 1))


def _about(since_on: Column, due_on: Column) -> tuple[ColumnElement[Any], ...]:
    label = literal("budget ") + B.reference
    return row(subject_id=B.id, budget_id=B.id, person_id=B.person_id, since_on=since_on, due_on=due_on, label=label)


def _last(column: Any, steps: ColumnElement[bool]) -> ScalarSelect[Any]:  # noqa: ANN401 - a column of SignOff
    return select(column).where(steps).order_by(SignOff.ordinal.desc()).limit(1).scalar_subquery()


STEPS = (
    _Step(
        "sign_off_clinically",
        "Sign off {it} clinically, or return it with your reasons",
        CLINICIAN,
        S.SUBMITTED,
        "clinical_sign_off",
    ),
    _Step(
        "sign_off_finance",
        "Sign off the value of {it}, or return it with your reasons",
        APPROVER,
        S.SIGNED_OFF_CLINICALLY,
        FINANCE,
    ),
    _Step(
        "agree",
        "Agree to {it}, or send it back with your reasons",
        WHO_AGREES,
        S.SIGNED_OFF_FINANCE,
        "agreement",
        not_by=(*PROPOSERS, *SIGNERS),
    ),
    _Step("activate", "Put {it} in force", APPROVER, S.AGREED, FINANCE),
    _Step(
        "redraft",
        "Prepare {it} again: it was returned with reasons",
        COORDINATOR,
        S.DRAFT,
        "redraft",
        not_by=(),
        is_redraft=True,
    ),
)

OF_BUDGETS = (
    *(step.duty(about) for about in (BUDGET, CHANGE) for step in STEPS),
    Duty("budget.review", "Review this care plan", COORDINATOR, BUDGET.opens, BUDGETS, _review),
    Duty(
        "budget.renew",
        "Plan what comes after this budget: it ends, and none follows it",
        COORDINATOR,
        BUDGET.opens,
        BUDGETS,
        _ending,
    ),
)
