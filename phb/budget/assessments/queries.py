"""What an actor may see of assessments and indicative budgets, and how an amount was reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from phb.budget.assessments.models import Assessment, IndicativeBudget
from phb.budget.setting.parts import PriceInParts
from phb.budget.setting.replay import replay
from phb.budget.setting.trace import Trace
from phb.core.actor import Actor
from phb.core.errors import NotFoundError
from phb.core.period import Period
from phb.people.kinds import Scope
from phb.people.queries import visible_between, visible_terms


class AssessmentNotFoundError(NotFoundError):
    """There is no such assessment for this actor."""

    code = "assessment-not-found"


class IndicativeBudgetNotFoundError(NotFoundError):
    """There is no such indicative budget for this actor."""

    code = "indicative-budget-not-found"


@dataclass(frozen=True)
class Explanation:
    """How an amount was reached, worked out again just now and found to be the same.

    Args:
        paragraphs: plain English, in order.
        traces: every input, rate, step and rounding, one for each part of the period.
    """

    indicative_id: UUID
    period: Period
    total: Money
    paragraphs: tuple[str, ...]
    traces: tuple[Trace, ...]


def visible_assessments(actor: Actor, on: date) -> Select[Assessment]:
    """Select the assessments an actor may see on a day, dated inside the terms that let them."""
    row = Assessment
    return select(row).where(visible_between(actor, on, Scope.BUDGET, row.person_id, row.assessed_on))


def visible_indicative_budgets(actor: Actor, on: date) -> Select[IndicativeBudget]:
    """Select the indicative budgets an actor may see on a day: some of their days lie inside a term."""
    row, terms = IndicativeBudget, visible_terms(actor, on, Scope.BUDGET).subquery()
    overlaps = (row.start_on < terms.c.end_on) & (row.end_on > terms.c.start_on)
    return select(row).where(exists().where(terms.c.person_id == row.person_id, overlaps))


def assessment(session: Session, actor: Actor, assessment_id: UUID, on: date) -> Assessment:
    """Return one assessment.

    Raises:
        AssessmentNotFoundError: there is none, or it is not the actor's to see.
    """
    found = session.scalars(visible_assessments(actor, on).where(Assessment.id == assessment_id)).first()
    if found is None:
        raise AssessmentNotFoundError("There is no such assessment. Check its number.")
    return found


def indicative_budget(session: Session, actor: Actor, indicative_id: UUID, on: date) -> IndicativeBudget:
    """Return one indicative budget.

    Raises:
        IndicativeBudgetNotFoundError: there is none, or it is not the actor's to see.
    """
    mine = visible_indicative_budgets(actor, on)
    found = session.scalars(mine.where(IndicativeBudget.id == indicative_id)).first()
    if found is None:
        raise IndicativeBudgetNotFoundError("There is no such indicative budget. Check its number.")
    return found


def explain(session: Session, actor: Actor, indicative_id: UUID, on: date) -> Explanation:
    """Return how an indicative budget was reached, after working it out again from its stored traces.

    Raises:
        IndicativeBudgetNotFoundError: there is none, or it is not the actor's to see.
        TraceDisagreesError: worked out again it comes to other pence than are stored.
    """
    row = indicative_budget(session, actor, indicative_id, on)
    traces = tuple(Trace.from_json(document) for document in row.traces)
    again = PriceInParts(tuple(replay(trace) for trace in traces))
    paragraphs = tuple(paragraph for trace in traces for paragraph in trace.in_plain_english())
    return Explanation(row.id, row.period, again.total, paragraphs, traces)


def latest_indicative(session: Session, assessment_id: UUID, period: Period) -> Sequence[IndicativeBudget]:
    """Return the indicative budgets of an assessment for a period, the newest first."""
    row = IndicativeBudget
    found = select(row).where(
        row.assessment_id == assessment_id, row.start_on == period.start_on, row.end_on == period.end_on
    )
    return session.scalars(found.order_by(row.set_at.desc())).all()
