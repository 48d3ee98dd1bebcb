"""What was decided about a budget, and why."""

from uuid import UUID

from flask import Blueprint, Response, url_for

from phb.core.actor import Permission
from phb.edge.request import begin_request, needs
from phb.monitoring.decisions import Decision, DecisionKind, decisions_of
from phb.people.kinds import Scope
from phb.web.holder import words
from phb.web.holder.whose import headed
from phb.web.rendering import render

decisions = Blueprint("decisions", __name__)

OF_A_CHANGE = {DecisionKind.CHANGE_PROPOSED, DecisionKind.STEP_OF_CHANGE}
OF_THE_BUDGET = {DecisionKind.STEP, DecisionKind.HOLD, DecisionKind.STOP, DecisionKind.LIFTED}


@decisions.route("/<uuid:budget_id>/decisions")
@needs(Permission.BUDGET_READ)
def listed(budget_id: UUID) -> Response:
    """List every decision, the newest first, with its reason."""
    with begin_request() as uow:
        whose = headed(uow, budget_id, Scope.DECISIONS)
        found = decisions_of(uow.session, uow.actor, budget_id, uow.today)
    return render(
        "holder/decisions.html.jinja",
        title="What was decided and why",
        above=whose.title,
        whose=whose,
        found=[(one, _title(one), _address(budget_id, one)) for one in found],
    )


def _title(one: Decision) -> str:
    """Return what a decision is called; a step of a change says that it is one."""
    if one.step is None:
        return words.DECISIONS[one.kind]
    said = words.STEPS[one.step]
    return said if one.kind is DecisionKind.STEP else f"Change: {said[0].lower()}{said[1:]}"


def _address(budget_id: UUID, one: Decision) -> str | None:
    """Return where more is told of a decision."""
    if one.kind in OF_THE_BUDGET:
        return None
    if one.kind in OF_A_CHANGE:
        return url_for("web.holder.agreeing.change", budget_id=budget_id, revision_id=one.subject_id)
    return url_for("web.holder.spending.shown", budget_id=budget_id, spend_id=one.subject_id)
