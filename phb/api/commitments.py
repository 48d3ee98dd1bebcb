"""Orders, agreements and rotas: money of a plan line promised, increased, let go."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate

from phb.api.blueprint import Listed, Resource, listed
from phb.api.fields import Choice, Words
from phb.api.plans import last_day
from phb.api.schemas import MoneyField, PageArguments
from phb.budget.commitments import operations, queries
from phb.budget.commitments.draft import NewCommitment
from phb.budget.commitments.models import SpendCommitment
from phb.budget.kinds import CommitmentKind
from phb.core.actor import Permission
from phb.core.period import Period
from phb.edge import paging
from phb.edge.request import begin_request, idempotent, needs

blp = Resource("commitments", "Orders (notional), agreements (third party) and rotas (direct payment)")


class CommitmentInput(Schema):
    """Money of a plan line to promise for some days of one financial year."""

    plan_line_id = fields.UUID(required=True)
    reference = Words(100, required=True)
    kind = Choice(CommitmentKind, required=True)
    amount = MoneyField(required=True, positive=True)
    start_on = fields.Date(required=True)
    last_day = fields.Date(required=True)
    words = fields.String(required=True, validate=validate.Length(1, 500))
    provider_id = fields.UUID(load_default=None, allow_none=True)
    category_code = Words(60, load_default=None, allow_none=True)
    referral_reason = Words(2000, load_default=None, allow_none=True)
    expires_on = fields.Date(load_default=None, allow_none=True)


class CommitmentBody(Schema):
    """What was promised first, to whom and for which days."""

    id = fields.UUID()
    reference = fields.String()
    kind = fields.String()
    budget_id = fields.UUID()
    plan_line_id = fields.UUID()
    year = fields.Integer()
    provider_id = fields.UUID(allow_none=True)
    category_code = fields.String()
    referral_reason = fields.String(allow_none=True)
    words = fields.String()
    amount = MoneyField()
    start_on = fields.Date()
    last_day = last_day()
    expires_on = fields.Date()
    raised_by = fields.UUID()
    raised_at = fields.AwareDateTime()


class OpenShareBody(Schema):
    """What is still promised of one funder's money."""

    fund = fields.String(attribute="portion.share.fund")
    amount = MoneyField(attribute="portion.share.amount")


class CommitmentStandingBody(Schema):
    """A commitment and what of it is still open."""

    commitment = fields.Nested(CommitmentBody)
    still_open = fields.List(fields.Nested(OpenShareBody))
    open_amount = MoneyField()


class CommitmentArguments(PageArguments):
    """Which commitments."""

    budget_id = fields.UUID(load_default=None)
    plan_line_id = fields.UUID(load_default=None)


class IncreaseBody(Schema):
    """How much more, and why."""

    amount = MoneyField(required=True, positive=True)
    reason = fields.String(required=True, validate=validate.Length(1, 2000))


class ReleaseBody(Schema):
    """How much to let go (all that is open, if left out), and why."""

    amount = MoneyField(load_default=None, allow_none=True, positive=True)
    reason = fields.String(required=True, validate=validate.Length(1, 2000))


@blp.route("", methods=["GET"])
@needs(Permission.BUDGET_READ)
@blp.query(CommitmentArguments)
@blp.response(200, CommitmentBody(many=True))
def list_commitments(query: dict[str, Any]) -> Listed:
    """List the commitments of the budgets you may see, by reference."""
    with begin_request() as uow:
        found, row = queries.visible_commitments(uow.actor, uow.today), SpendCommitment
        for column, wanted in ((row.budget_id, query["budget_id"]), (row.plan_line_id, query["plan_line_id"])):
            found = found if wanted is None else found.where(column == wanted)
        return listed(paging.page(uow.session, found, (row.reference,), limit=query["limit"], cursor=query["cursor"]))


@blp.route("", methods=["POST"])
@needs(Permission.COMMITMENT_WRITE)
@idempotent
@blp.arguments(CommitmentInput)
@blp.response(201, CommitmentBody)
def raise_commitment(body: dict[str, Any]) -> SpendCommitment:
    """Raise an order, agreement or rota."""
    with begin_request() as uow:
        plan_line_id = body.pop("plan_line_id")
        period = Period.of_days(body.pop("start_on"), body.pop("last_day"))
        return operations.raise_commitment(uow, plan_line_id, NewCommitment(period=period, **body)).row


@blp.route("/<uuid:commitment_id>", methods=["GET"])
@needs(Permission.BUDGET_READ)
@blp.response(200, CommitmentStandingBody)
def show(commitment_id: UUID) -> queries.CommitmentStanding:
    """Show a commitment and what of it is still open."""
    with begin_request() as uow:
        return queries.standing_of(uow.session, uow.actor, commitment_id, uow.today)


@blp.route("/<uuid:commitment_id>/increase", methods=["POST"])
@needs(Permission.COMMITMENT_WRITE)
@idempotent
@blp.arguments(IncreaseBody)
@blp.response(200, CommitmentBody)
def increase(body: dict[str, Any], commitment_id: UUID) -> SpendCommitment:
    """Promise more by the same order, agreement or rota."""
    with begin_request() as uow:
        return operations.increase(uow, commitment_id, **body)


@blp.route("/<uuid:commitment_id>/release", methods=["POST"])
@needs(Permission.COMMITMENT_WRITE)
@idempotent
@blp.arguments(ReleaseBody)
@blp.response(200, CommitmentBody)
def release(body: dict[str, Any], commitment_id: UUID) -> SpendCommitment:
    """Let go of what is still open, or of some of it."""
    with begin_request() as uow:
        return operations.release(uow, commitment_id, **body)
