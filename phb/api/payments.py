"""What became of each payment: settled, returned, sent again or given up."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from phb.api.blueprint import Listed, Resource, listed
from phb.api.payment_fields import BudgetArguments, PaymentBody, ReasonBody, RunBody
from phb.core.actor import Permission
from phb.edge import paging
from phb.edge.etags import Tagged, conditional, tagged
from phb.edge.request import begin_request, idempotent, needs
from phb.payments.runs import following, queries
from phb.payments.runs.models import Instruction

payments = Resource("payments", "What became of each payment")


class SettlementArguments(Schema):
    """The day whose payments arrived."""

    on = fields.Date(required=True)


class SettlementBody(Schema):
    """The runs that settled, and those that were never exported."""

    settled = fields.List(fields.Nested(RunBody))
    not_exported = fields.List(fields.Nested(RunBody))


class ReturnBody(ReasonBody):
    """When a payment came back, and why."""

    returned_on = fields.Date(required=True)


@payments.route("", methods=["GET"])
@needs(Permission.BUDGET_READ)
@payments.query(BudgetArguments)
@payments.response(200, PaymentBody(many=True))
def list_payments(query: dict[str, Any]) -> Listed:
    """List payments by the day they were due."""
    with begin_request() as uow:
        found = queries.visible_instructions(uow.actor, uow.today)
        if query["budget_id"]:
            found = found.where(Instruction.budget_id == query["budget_id"])
        sort = (Instruction.due_on, Instruction.id)
        return listed(paging.page(uow.session, found, sort, limit=query["limit"], cursor=query["cursor"]))


@payments.route("/<uuid:payment_id>")
@needs(Permission.BUDGET_READ)
@payments.response(200, PaymentBody)
def show_payment(payment_id: UUID) -> Tagged[Instruction]:
    """Show one payment."""
    with begin_request() as uow:
        return tagged(queries.instruction(uow.session, uow.actor, payment_id, uow.today))


@payments.route("/settlement", methods=["POST"])
@needs(Permission.RUN_SETTLE_DUE)
@idempotent
@payments.arguments(SettlementArguments)
@payments.response(200, SettlementBody)
def settle_due(body: dict[str, Any]) -> following.Settlement:
    """Settle every exported run whose entry day has come."""
    with begin_request() as uow:
        return following.settle_due(uow, body["on"])


@payments.route("/<uuid:payment_id>/return", methods=["POST"])
@needs(Permission.RUN_SETTLE)
@idempotent
@payments.arguments(ReturnBody)
@conditional
@payments.response(200, PaymentBody)
def return_payment(body: dict[str, Any], payment_id: UUID, version: int | None) -> Tagged[Instruction]:
    """Record that a payment came back."""
    with begin_request() as uow:
        return tagged(following.return_payment(uow, payment_id, **body, version=version))


@payments.route("/<uuid:payment_id>/reissue", methods=["POST"])
@needs(Permission.RUN_ASSEMBLE)
@idempotent
@payments.arguments(ReasonBody)
@conditional
@payments.response(200, PaymentBody)
def reissue_payment(body: dict[str, Any], payment_id: UUID, version: int | None) -> Tagged[Instruction]:
    """Ask for a payment that came back to be sent again."""
    with begin_request() as uow:
        return tagged(following.reissue_payment(uow, payment_id, **body, version=version))


@payments.route("/<uuid:payment_id>/giving-up", methods=["POST"])
@needs(Permission.RUN_APPROVE)
@idempotent
@payments.arguments(ReasonBody)
@conditional
@payments.response(200, PaymentBody)
def give_up_payment(body: dict[str, Any], payment_id: UUID, version: int | None) -> Tagged[Instruction]:
    """Decide that a payment that came back is not sent again."""
    with begin_request() as uow:
        return tagged(following.give_up_payment(uow, payment_id, **body, version=version))


@payments.route("/<uuid:payment_id>/cancellation", methods=["POST"])
@needs(Permission.RUN_ASSEMBLE)
@idempotent
@payments.arguments(ReasonBody)
@conditional
@payments.response(200, PaymentBody)
def cancel_payment(body: dict[str, Any], payment_id: UUID, version: int | None) -> Tagged[Instruction]:
    """Cancel a payment that was requested and never released."""
    with begin_request() as uow:
        return tagged(following.cancel_payment(uow, payment_id, **body, version=version))
