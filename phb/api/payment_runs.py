"""Payment runs, from a preview to the bank's file; each step by somebody else."""

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import Schema, fields

from phb.api.blueprint import Listed, Resource, listed
from phb.api.payment_fields import PaymentBody, ReasonBody, RunBody
from phb.api.schemas import MoneyField, PageArguments
from phb.core.actor import Permission
from phb.edge import paging
from phb.edge.etags import Tagged, conditional, tagged
from phb.edge.request import begin_request, idempotent, needs
from phb.payments.runs import operations, queries
from phb.payments.runs.candidates import Candidates, as_json, candidates
from phb.payments.runs.models import PaymentRun

payment_runs = Resource("payment-runs", "Payments that leave together")


class RunArguments(Schema):
    """What a run is to take."""

    entry_on = fields.Date(required=True, metadata={"description": "the working day on which the payments arrive"})
    due_by = fields.Date(load_default=None, allow_none=True, metadata={"description": "the entry day, if left out"})


class CheckReasonBody(Schema):
    """One check: its code and a sentence."""

    code = fields.String()
    sentence = fields.String()


class CandidateBody(Schema):
    """Something due and what the checklist says of it."""

    subject_kind = fields.String()
    subject_id = fields.UUID()
    budget_id = fields.UUID(allow_none=True)
    payee_id = fields.UUID()
    amount = MoneyField()
    due_on = fields.Date()
    is_reissue = fields.Boolean()
    failures = fields.Function(lambda row: as_json(row.verdict.failures), metadata={"type": "array"})
    warnings = fields.Function(lambda row: as_json(row.verdict.warnings), metadata={"type": "array"})


class CandidatesBody(Schema):
    """What would be paid, and what would be left out with every reason."""

    payable = fields.List(fields.Nested(CandidateBody))
    left_out = fields.List(fields.Nested(CandidateBody))
    total = MoneyField()


class ItemBody(Schema):
    """One payment of a run, its account masked."""

    reference = fields.String(attribute="item.reference")
    is_reissue = fields.Boolean(attribute="item.is_reissue")
    warnings = fields.List(fields.Nested(CheckReasonBody), attribute="item.warnings")
    account = fields.String(attribute="masked")
    payment = fields.Nested(PaymentBody, attribute="instruction")


class LeftOutBody(Schema):
    """What a run left out, with every reason."""

    subject_kind = fields.String()
    subject_id = fields.UUID()
    budget_id = fields.UUID(allow_none=True)
    reasons = fields.List(fields.Nested(CheckReasonBody))


class RunViewBody(Schema):
    """A run with its payments and what it left out."""

    run = fields.Nested(RunBody)
    items = fields.List(fields.Nested(ItemBody))
    left_out = fields.List(fields.Nested(LeftOutBody))


class ExportBody(Schema):
    """What was written: fetch the bytes from the run's file."""

    name = fields.String()
    digest = fields.Function(lambda file: file.digest.hex(), metadata={"type": "string"})
    length = fields.Function(lambda file: len(file.content), metadata={"type": "integer"})


@payment_runs.route("", methods=["GET"])
@needs(Permission.LEDGER_READ)
@payment_runs.query(PageArguments)
@payment_runs.response(200, RunBody(many=True))
def list_runs(query: dict[str, Any]) -> Listed:
    """List payment runs by entry day."""
    with begin_request() as uow:
        sort = (PaymentRun.entry_on, PaymentRun.id)
        found = queries.visible_runs(uow.actor)
        return listed(paging.page(uow.session, found, sort, limit=query["limit"], cursor=query["cursor"]))


@payment_runs.route("/preview")
@needs(Permission.RUN_ASSEMBLE_DUE)
@payment_runs.query(RunArguments)
@payment_runs.response(200, CandidatesBody)
def preview_run(query: dict[str, Any]) -> Candidates:
    """Show what a run would take, and what it would leave out with every reason."""
    with begin_request() as uow:
        entry_on = query["entry_on"]
        due_by = query["due_by"] or entry_on
        return candidates(uow.session, uow.actor, entry_on=entry_on, due_by=due_by, on=uow.today)


@payment_runs.route("", methods=["POST"])
@needs(Permission.RUN_ASSEMBLE_DUE)
@idempotent
@payment_runs.arguments(RunArguments)
@payment_runs.response(201, RunBody)
def assemble_run(body: dict[str, Any]) -> Tagged[PaymentRun]:
    """Put everything due that may be paid into a run."""
    with begin_request() as uow:
        return tagged(operations.assemble_run(uow, **body))


@payment_runs.route("/<uuid:run_id>")
@needs(Permission.LEDGER_READ)
@payment_runs.response(200, RunViewBody)
def show_run(run_id: UUID) -> tuple[queries.RunView, dict[str, str]]:
    """Show a run with its payments, and what it left out."""
    with begin_request() as uow:
        view = queries.run_view(uow.session, uow.actor, run_id)
        return view, tagged(view.run)[1]


@payment_runs.route("/<uuid:run_id>/approval", methods=["POST"])
@needs(Permission.RUN_APPROVE)
@idempotent
@conditional
@payment_runs.response(200, RunBody)
def approve_run(run_id: UUID, version: int | None) -> Tagged[PaymentRun]:
    """Approve a run that somebody else assembled."""
    with begin_request() as uow:
        return tagged(operations.approve_run(uow, run_id, version=version))


@payment_runs.route("/<uuid:run_id>/withdrawal", methods=["POST"])
@needs(Permission.RUN_ASSEMBLE)
@idempotent
@payment_runs.arguments(ReasonBody)
@conditional
@payment_runs.response(200, RunBody)
def withdraw_run(body: dict[str, Any], run_id: UUID, version: int | None) -> Tagged[PaymentRun]:
    """Take a run apart before it is released."""
    with begin_request() as uow:
        return tagged(operations.withdraw_run(uow, run_id, **body, version=version))


@payment_runs.route("/<uuid:run_id>/release", methods=["POST"])
@needs(Permission.RUN_RELEASE)
@idempotent
@conditional
@payment_runs.response(200, RunBody)
def release_run(run_id: UUID, version: int | None) -> Tagged[PaymentRun]:
    """Release a run as the third person."""
    with begin_request() as uow:
        return tagged(operations.release_run(uow, run_id, version=version))


@payment_runs.route("/<uuid:run_id>/export", methods=["POST"])
@needs(Permission.RUN_RELEASE)
@idempotent
@conditional
@payment_runs.response(200, ExportBody)
def export_run(run_id: UUID, version: int | None) -> operations.ExportedFile:
    """Write a released run for the bank, once."""
    with begin_request() as uow:
        return operations.export_run(uow, run_id, version=version)


@payment_runs.route("/<uuid:run_id>/file")
@needs(Permission.RUN_RELEASE)
@payment_runs.response(200, {"format": "binary", "type": "string"}, content_type="text/plain")
def run_file(run_id: UUID) -> Response:
    """Fetch the file for the bank as it was written."""
    with begin_request() as uow:
        content = queries.file_of_run(uow.session, uow.actor, run_id)
    return Response(content, content_type="text/plain; charset=us-ascii", headers={"Cache-Control": "no-store"})
