"""How the money of a budget was worked out: the first estimate, then what each line of the plan costs."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from phb.budget import queries
from phb.budget.assessments.queries import Explanation, explain
from phb.budget.plans.queries import LineView
from phb.budget.setting.trace import Trace, dots_explained
from phb.core.actor import Actor


@dataclass(frozen=True)
class LineCost:
    """A line of the plan, and its calculation: in plain English, and whole, one trace for each part of its days."""

    view: LineView
    paragraphs: tuple[str, ...]
    traces: tuple[Trace, ...]


@dataclass(frozen=True)
class WorkingOut:
    """The whole calculation behind a budget; `estimate` is None where it was agreed without one."""

    estimate: Explanation | None
    lines: tuple[LineCost, ...]

    @property
    def before_lines(self) -> list[str]:
        """What is said once, before the lines."""
        return dots_explained(paragraph for cost in self.lines for paragraph in cost.paragraphs)


def working_out_of(session: Session, actor: Actor, budget_id: UUID, on: date) -> WorkingOut:
    """Return how a budget was worked out; the estimate is worked out again and found to be the same.

    Raises:
        BudgetNotFoundError: there is none, or it is not the actor's to see.
        TraceDisagreesError: worked out again the estimate comes to other pence than are stored.
    """
    row = queries.budget(session, actor, budget_id, on)
    plan = queries.plan_of(session, actor, row.id, on)
    return WorkingOut(
        estimate=None if row.indicative_id is None else explain(session, actor, row.indicative_id, on),
        lines=tuple(_cost(view) for view in plan.lines),
    )


def _cost(view: LineView) -> LineCost:
    traces = tuple(Trace.from_json(document) for year in view.years for document in year.money.traces)
    paragraphs = tuple(paragraph for trace in traces for paragraph in trace.costs_in_plain_english())
    return LineCost(view, paragraphs, traces)
