"""Spend from accounts: recorded, asked about, decided, corrected; and its receipts."""

from collections.abc import Sequence
from contextlib import closing
from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest.fields import Upload
from marshmallow import Schema, fields
from werkzeug.datastructures import FileStorage

from phb.api.blueprint import Listed, Resource, listed
from phb.api.fields import Choice, Words, YesNo
from phb.api.schemas import MoneyField, PageArguments
from phb.core.actor import Permission
from phb.core.period import Period
from phb.edge import paging
from phb.edge.etags import Tagged, conditional, tagged
from phb.edge.request import begin_request, idempotent, needs
from phb.spending.kinds import SpendState
from phb.spending.receipts import operations as receipt_operations
from phb.spending.receipts import queries as receipt_queries
from phb.spending.receipts.models import Receipt
from phb.spending.records import decisions, operations, queries
from phb.spending.records.draft import NewSpend
from phb.spending.records.models import SpendRecord

spending = Resource("spending", "Money that left the accounts of the budgets you may see")
receipts = Resource("receipts", "Receipts of spend")

LONGEST = 2000
NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}


class DaysInput(Schema):
    """Days from a first to a last, both included."""

    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)


class DaysField(fields.Nested):
    """Days as their first and last; a period in Python."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - marshmallow's own options
        super().__init__(DaysInput, **options)

    def _serialize(self, nested_obj: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:  # type: ignore[override]  # noqa: ANN401 - marshmallow's own signatures disagree
        body = nested_obj and {"first_day": nested_obj.start_on, "last_day": nested_obj.last_day}
        return super()._serialize(body, attr, obj, **kwargs)  # type: ignore[no-untyped-call]

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Period:  # noqa: ANN401 - marshmallow's signature
        body = super()._deserialize(value, *args, **kwargs)
        return Period.of_days(body["first_day"], body["last_day"])


class NewSpendInput(Schema):
    """Money that left an account; what is barred or in no plan is recorded all the same, and asked about."""

    spent_on = fields.Date(required=True, metadata={"description": "the day it left the account"})
    amount = MoneyField(required=True, positive=True)
    category = Words(60, required=True)
    payee = Words(200, required=True, metadata={"description": "who was paid"})
    words = Words(500, required=True, metadata={"description": "what was bought"})
    plan_line_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "left out where it is in no plan"}
    )
    pot_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "whose account, if no line says so"}
    )
    covers = DaysField(load_default=None, allow_none=True)
    commitment_id = fields.UUID(load_default=None, allow_none=True)
    reference = Words(100, load_default=None, allow_none=True)
    evidence_seen = YesNo(load_default=False, metadata={"description": "finance saw the receipt on paper"})


class SpendInput(NewSpendInput):
    """Money that left an account of a budget."""

    budget_id = fields.UUID(required=True)


class SpendBody(Schema):
    """A record of spend; `reason_code` and `reason` say why it is, or was, asked about."""

    id = fields.UUID()
    reference = fields.String()
    budget_id = fields.UUID()
    pot_id = fields.UUID()
    plan_line_id = fields.UUID(allow_none=True)
    booked_line_id = fields.UUID(allow_none=True)
    commitment_id = fields.UUID(allow_none=True)
    spent_on = fields.Date()
    covers = DaysField(attribute="period", allow_none=True)
    amount = MoneyField()
    category = fields.String(attribute="category_code")
    payee = fields.String()
    words = fields.String()
    evidence = fields.String()
    state = fields.String()
    reason_code = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    duplicate_of = fields.UUID(allow_none=True, metadata={"description": "an earlier record that looks the same"})
    replaces_id = fields.UUID(allow_none=True)
    recorded_by = fields.UUID()
    recorded_at = fields.AwareDateTime()
    decided_by = fields.UUID(allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True)
    decision_reason = fields.String(allow_none=True)
    corrected_by = fields.UUID(allow_none=True)
    corrected_at = fields.AwareDateTime(allow_none=True)
    correction_reason = fields.String(allow_none=True)
    version = fields.Integer()


class SpendArguments(PageArguments):
    """Which records of spend."""

    budget_id = fields.UUID(load_default=None)
    state = Choice(SpendState, load_default=None)


class AcceptanceInput(Schema):
    """Why it is accepted after all, and on which line where that is another."""

    reason = Words(LONGEST, required=True)
    plan_line_id = fields.UUID(load_default=None, allow_none=True)
    commitment_id = fields.UUID(load_default=None, allow_none=True)


class PutBackInput(Schema):
    """When the money came back into the account, and how that is known."""

    put_back_on = fields.Date(required=True)
    reason = Words(LONGEST, required=True)


class CorrectionInput(Schema):
    """Why the record is a mistake, and what should have been recorded; nothing where nothing happened."""

    reason = Words(LONGEST, required=True)
    instead = fields.Nested(NewSpendInput, load_default=None, allow_none=True)


class CorrectedBody(Schema):
    """The record that was taken back, and the one in its place."""

    mistaken = fields.Nested(SpendBody)
    instead = fields.Nested(SpendBody, allow_none=True)


class EvidenceInput(Schema):
    """What was seen."""

    note = Words(LONGEST, required=True)


class ReceiptInput(Schema):
    """A file; its name is not kept."""

    file = Upload(required=True, metadata={"description": "PDF, PNG or JPEG, 10 MB at most"})


class ReceiptBody(Schema):
    """A receipt, with the SHA-256 of its bytes."""

    id = fields.UUID()
    spend_id = fields.UUID()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    digest = fields.String()
    attached_by = fields.UUID()
    attached_at = fields.AwareDateTime()


@spending.route("", methods=["GET"])
@needs(Permission.BUDGET_READ)
@spending.query(SpendArguments)
@spending.response(200, SpendBody(many=True))
def list_spending(query: dict[str, Any]) -> Listed:
    """List what was recorded, by the day it left; `state=asked_about` for what waits for a decision."""
    with begin_request() as uow:
        found = queries.visible_spend(uow.actor, uow.today, budget_id=query["budget_id"])
        if query["state"]:
            found = found.where(SpendRecord.state == query["state"])
        sort = (SpendRecord.spent_on, SpendRecord.id)
        return listed(paging.page(uow.session, found, sort, limit=query["limit"], cursor=query["cursor"]))


@spending.route("", methods=["POST"])
@needs(Permission.SPEND_RECORD)
@idempotent
@spending.arguments(SpendInput)
@spending.response(201, SpendBody)
def record_spend(body: dict[str, Any]) -> Tagged[SpendRecord]:
    """Record money that left an account."""
    with begin_request() as uow:
        budget_id = body.pop("budget_id")
        return tagged(operations.record_spend(uow, budget_id, NewSpend(**body)).row)


@spending.route("/<uuid:spend_id>", methods=["GET"])
@needs(Permission.BUDGET_READ)
@spending.response(200, SpendBody)
def show_spend(spend_id: UUID) -> Tagged[SpendRecord]:
    """Show a record of spend."""
    with begin_request() as uow:
        return tagged(queries.spend(uow.session, uow.actor, spend_id, uow.today))


@spending.route("/<uuid:spend_id>/acceptance", methods=["POST"])
@needs(Permission.SPEND_DECIDE)
@idempotent
@spending.arguments(AcceptanceInput)
@conditional
@spending.response(200, SpendBody)
def accept_spend(body: dict[str, Any], spend_id: UUID, version: int | None) -> Tagged[SpendRecord]:
    """Accept after all what was asked about."""
    with begin_request() as uow:
        return tagged(decisions.accept_after_all(uow, spend_id, **body, version=version))


@spending.route("/<uuid:spend_id>/putting-back", methods=["POST"])
@needs(Permission.SPEND_RECORD)
@idempotent
@spending.arguments(PutBackInput)
@conditional
@spending.response(200, SpendBody)
def put_spend_back(body: dict[str, Any], spend_id: UUID, version: int | None) -> Tagged[SpendRecord]:
    """Record that money which was asked about is in the account again."""
    with begin_request() as uow:
        return tagged(decisions.put_back(uow, spend_id, **body, version=version))


@spending.route("/<uuid:spend_id>/correction", methods=["POST"])
@needs(Permission.SPEND_RECORD)
@idempotent
@spending.arguments(CorrectionInput)
@conditional
@spending.response(200, CorrectedBody)
def correct_spend(body: dict[str, Any], spend_id: UUID, version: int | None) -> decisions.Corrected:
    """Take back a mistaken record, and record what stands in its place."""
    with begin_request() as uow:
        instead = NewSpend(**body["instead"]) if body["instead"] else None
        return decisions.correct_spend(uow, spend_id, reason=body["reason"], instead=instead, version=version)


@spending.route("/<uuid:spend_id>/evidence", methods=["POST"])
@needs(Permission.SPEND_DECIDE)
@spending.arguments(EvidenceInput)
@conditional
@spending.response(200, SpendBody)
def note_evidence(body: dict[str, Any], spend_id: UUID, version: int | None) -> Tagged[SpendRecord]:
    """Say that evidence was seen on paper."""
    with begin_request() as uow:
        return tagged(decisions.note_evidence_seen(uow, spend_id, **body, version=version).row)


@spending.route("/<uuid:spend_id>/receipts", methods=["GET"])
@needs(Permission.BUDGET_READ)
@spending.response(200, ReceiptBody(many=True))
def list_receipts(spend_id: UUID) -> Sequence[Receipt]:
    """List the receipts of a record, the first attached first."""
    with begin_request() as uow:
        return receipt_queries.receipts_of(uow.session, uow.actor, spend_id, uow.today)


@spending.route("/<uuid:spend_id>/receipts", methods=["POST"])
@needs(Permission.SPEND_RECORD)
@spending.arguments(ReceiptInput, location="files")
@spending.response(201, ReceiptBody)
def attach_receipt(files: dict[str, FileStorage], spend_id: UUID) -> Receipt:
    """Attach a receipt; the same file again changes nothing."""
    with closing(files["file"]) as file, begin_request() as uow:
        return receipt_operations.attach_receipt(uow, spend_id, file.read()).row


@receipts.route("/<uuid:receipt_id>", methods=["GET"])
@needs(Permission.BUDGET_READ)
@receipts.response(200, {"format": "binary", "type": "string"}, content_type="application/octet-stream")
def show_receipt(receipt_id: UUID) -> Response:
    """Fetch a receipt as it was attached."""
    with begin_request() as uow:
        found = receipt_queries.receipt(uow.session, uow.actor, receipt_id, uow.today)
    name = {"Content-Disposition": f'attachment; filename="{found.receipt.name}"'}
    return Response(found.content, content_type=found.receipt.media_type, headers=NO_STORE | name)
