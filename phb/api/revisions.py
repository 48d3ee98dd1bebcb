"""Changes of active budgets: a new version of the plan, agreed step by step, then applied to the books."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate

from phb.api.blueprint import Resource
from phb.api.budgets import NoteBody, ReasonsBody
from phb.api.plans import PlanBody, PlanInput, plan_draft
from phb.budget import queries
from phb.budget.budgets import revisions as operations
from phb.budget.budgets.models import BudgetRevision
from phb.budget.plans.queries import PlanView
from phb.core.actor import Permission
from phb.edge.etags import Tagged, conditional, tagged
from phb.edge.request import begin_request, idempotent, needs

blp = Resource("budget-revisions", "Changes of active budgets")


class RevisionInput(Schema):
    """A change of an active budget as a whole new version of its plan."""

    plan = fields.Nested(PlanInput, required=True)
    reason = fields.String(required=True, validate=validate.Length(1, 2000))


class RevisionBody(Schema):
    """A change and how far it is agreed."""

    id = fields.UUID()
    budget_id = fields.UUID()
    person_id = fields.UUID()
    plan_id = fields.UUID()
    state = fields.String()
    reason = fields.String()
    prepared_by = fields.UUID()
    prepared_at = fields.AwareDateTime()
    applied_on = fields.Date(allow_none=True)
    version = fields.Integer()


@blp.route("/of/<uuid:budget_id>", methods=["GET"])
@needs(Permission.BUDGET_READ)
@blp.response(200, RevisionBody(many=True))
def list_revisions(budget_id: UUID) -> Sequence[BudgetRevision]:
    """List the changes ever proposed to a budget."""
    with begin_request() as uow:
        return queries.revisions_of(uow.session, uow.actor, budget_id, uow.today)


@blp.route("/of/<uuid:budget_id>", methods=["POST"])
@needs(Permission.BUDGET_PREPARE)
@blp.arguments(RevisionInput)
@blp.response(201, RevisionBody)
def revise(body: dict[str, Any], budget_id: UUID) -> Tagged[BudgetRevision]:
    """Propose a change of an active budget."""
    with begin_request() as uow:
        return tagged(operations.revise(uow, budget_id, plan_draft(body["plan"]), reason=body["reason"]))


@blp.route("/<uuid:revision_id>/plan", methods=["GET"])
@needs(Permission.BUDGET_READ)
@blp.response(200, PlanBody)
def show_plan(revision_id: UUID) -> PlanView:
    """Show the plan a change proposes."""
    with begin_request() as uow:
        return queries.plan_of_revision(uow.session, uow.actor, revision_id, uow.today)


@blp.route("/<uuid:revision_id>/plan", methods=["PUT"])
@needs(Permission.BUDGET_PREPARE)
@blp.arguments(PlanInput)
@conditional
@blp.response(200, RevisionBody)
def redraft(body: dict[str, Any], revision_id: UUID, version: int | None) -> Tagged[BudgetRevision]:
    """Replace the plan of a change that is a draft."""
    with begin_request() as uow:
        return tagged(operations.redraft_revision(uow, revision_id, plan_draft(body), version=version).row)


@blp.route("/<uuid:revision_id>/submission", methods=["POST"])
@needs(Permission.BUDGET_PREPARE)
@conditional
@blp.response(200, RevisionBody)
def submit(revision_id: UUID, version: int | None) -> Tagged[BudgetRevision]:
    """Send a change to be signed off."""
    with begin_request() as uow:
        return tagged(operations.submit_revision(uow, revision_id, version=version))


@blp.route("/<uuid:revision_id>/clinical-sign-off", methods=["POST"])
@needs(Permission.BUDGET_SIGN_OFF_CLINICALLY)
@blp.arguments(NoteBody)
@conditional
@blp.response(200, RevisionBody)
def sign_off_clinically(body: dict[str, Any], revision_id: UUID, version: int | None) -> Tagged[BudgetRevision]:
    """Sign off that the changed plan meets the needs."""
    with begin_request() as uow:
        return tagged(operations.sign_off_revision_clinically(uow, revision_id, **body, version=version))


@blp.route("/<uuid:revision_id>/finance-sign-off", methods=["POST"])
@needs(Permission.BUDGET_SIGN_OFF_FINANCE)
@blp.arguments(NoteBody)
@conditional
@blp.response(200, RevisionBody)
def sign_off_finance(body: dict[str, Any], revision_id: UUID, version: int | None) -> Tagged[BudgetRevision]:
    """Sign off the value of the whole plan after the change, within your limit of the day."""
    with begin_request() as uow:
        return tagged(operations.sign_off_revision_finance(uow, revision_id, **body, version=version))


@blp.route("/<uuid:revision_id>/agreement", methods=["POST"])
@needs(Permission.BUDGET_AGREE)
@conditional
@blp.response(200, RevisionBody)
def agree(revision_id: UUID, version: int | None) -> Tagged[BudgetRevision]:
    """Agree a change of your own budget, or of that of somebody you represent."""
    with begin_request() as uow:
        return tagged(operations.agree_revision(uow, revision_id, version=version))


@blp.route("/<uuid:revision_id>/application", methods=["POST"])
@needs(Permission.BUDGET_SIGN_OFF_FINANCE)
@idempotent
@conditional
@blp.response(200, RevisionBody)
def apply(revision_id: UUID, version: int | None) -> Tagged[BudgetRevision]:
    """Put an agreed change in force: the books are raised and lowered to it."""
    with begin_request() as uow:
        return tagged(operations.apply_revision(uow, revision_id, version=version))


@blp.route("/<uuid:revision_id>/return", methods=["POST"])
@needs(Permission.BUDGET_READ)
@blp.arguments(ReasonsBody)
@conditional
@blp.response(200, RevisionBody)
def return_to_draft(body: dict[str, Any], revision_id: UUID, version: int | None) -> Tagged[BudgetRevision]:
    """Give a change back to whoever proposed it."""
    with begin_request() as uow:
        return tagged(operations.return_revision(uow, revision_id, **body, version=version))


@blp.route("/<uuid:revision_id>/refusal", methods=["POST"])
@needs(Permission.BUDGET_REFUSE)
@blp.arguments(ReasonsBody)
@conditional
@blp.response(200, RevisionBody)
def refuse(body: dict[str, Any], revision_id: UUID, version: int | None) -> Tagged[BudgetRevision]:
    """Refuse a change, with the reasons the person is told."""
    with begin_request() as uow:
        return tagged(operations.refuse_revision(uow, revision_id, **body, version=version))
