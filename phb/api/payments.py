"""Schedules, holds, payment runs and what happens to each payment."""

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import Schema, fields, validate

from phb.api.blueprint import Resource, listed
from phb.api.fields import YesNo
from phb.api.schemas import MoneyField, PageArguments
from phb.core.actor import Permission
from phb.core.period import Period
from phb.edge import paging
from phb.edge.etags import IF_MATCH, conditional, tagged
from phb.edge.request import begin_request, idempotent, needs
from phb.governance.policies import Rhythm
from phb.payments.checks import operations as holds
from phb.payments.checks import queries as hold_queries
from phb.payments.checks.models import PaymentHold
from phb.payments.kinds import HoldKind
from phb.payments.runs import following, operations, queries
from phb.payments.runs.candidates import Candidates, as_json, candidates
from phb.payments.runs.models import Instruction, PaymentRun
from phb.payments.schedules import operations as schedules
from phb.payments.schedules import queries as schedule_queries
from phb.payments.schedules.models import Instalment

instalment_schedules = Resource("instalment-schedules", "How a pot that was handed over is paid out")
instalments = Resource("instalments", "The payments planned for the budgets you may see")
payment_holds = Resource("payment-holds", "Why nothing is paid for a budget")
payment_runs = Resource("payment-runs", "Payments that leave together")
payments = Resource("payments", "What became of each payment")

YEARS = validate.Range(2013, 2100)


class RangeField(fields.Dict):
    """Days as their first and last."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        if value is None:
            return None
        days = Period(value.lower, value.upper)
        return {"first_day": days.start_on.isoformat(), "last_day": days.last_day.isoformat()}


class NewSchedule(Schema):
    """What to plan; left out: all that is still to pay out, over the plan's days of the year, by policy."""

    pot_id = fields.UUID(required=True)
    payee_id = fields.UUID(required=True)
    year = fields.Integer(required=True, validate=YEARS, metadata={"description": "2026 is 2026/27"})
    first_day = fields.Date(load_default=None, allow_none=True)
    last_day = fields.Date(load_default=None, allow_none=True)
    total = MoneyField(positive=True, load_default=None, allow_none=True)
    rhythm = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf([rhythm.value for rhythm in Rhythm])
    )
    in_advance = YesNo(load_default=None, allow_none=True)
    reason = fields.String(load_default="As agreed", validate=validate.Length(1, 1000))


class NewOneOff(Schema):
    """A start-up or one-off payment."""

    pot_id = fields.UUID(required=True)
    payee_id = fields.UUID(required=True)
    amount = MoneyField(required=True, positive=True)
    due_on = fields.Date(required=True)
    reason = fields.String(required=True, validate=validate.Length(1, 1000))


class InstalmentBody(Schema):
    """One planned payment."""

    id = fields.UUID()
    schedule_id = fields.UUID()
    budget_id = fields.UUID()
    pot_id = fields.UUID()
    payee_id = fields.UUID()
    year = fields.Integer()
    number = fields.Integer()
    of_how_many = fields.Integer()
    covers = RangeField()
    due_on = fields.Date()
    pay_on = fields.Date()
    amount = MoneyField()
    one_off = fields.Boolean()
    ended = fields.String(allow_none=True)


class ScheduleBody(Schema):
    """How a pot is paid out."""

    id = fields.UUID()
    budget_id = fields.UUID()
    pot_id = fields.UUID()
    payee_id = fields.UUID()
    year = fields.Integer()
    rhythm = fields.String()
    in_advance = fields.Boolean()
    covers = RangeField()
    total = MoneyField()
    reason = fields.String()
    planned_by = fields.UUID()
    planned_at = fields.AwareDateTime()


class PlannedBody(Schema):
    """A schedule and its instalments in order."""

    schedule = fields.Nested(ScheduleBody)
    instalments = fields.List(fields.Nested(InstalmentBody))


class BudgetArguments(PageArguments):
    """Rows of one budget, or of all you may see."""

    budget_id = fields.UUID(load_default=None)


class NewHold(Schema):
    """Why nothing is to be paid, and from when."""

    budget_id = fields.UUID(required=True)
    pot_id = fields.UUID(load_default=None, allow_none=True)
    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in HoldKind]))
    start_on = fields.Date(required=True)
    reason = fields.String(required=True, validate=validate.Length(1, 2000))


class HoldBody(NewHold):
    """A hold; `end_on` is the first day without it."""

    id = fields.UUID()
    end_on = fields.Date(allow_none=True)
    put_by = fields.UUID()
    lifted_by = fields.UUID(allow_none=True)
    lift_reason = fields.String(allow_none=True)
    version = fields.Integer()


class ReasonBody(Schema):
    """Why, in words that the people concerned are told."""

    reason = fields.String(required=True, validate=validate.Length(1, 2000))


class LiftBody(ReasonBody):
    """When a hold ends, and why."""

    end_on = fields.Date(required=True)


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


class RunBody(Schema):
    """A payment run."""

    id = fields.UUID()
    state = fields.String()
    entry_on = fields.Date()
    processing_on = fields.Date()
    serial = fields.String(allow_none=True)
    count = fields.Integer()
    total = MoneyField()
    assembled_by = fields.UUID()
    assembled_at = fields.AwareDateTime()
    approved_by = fields.UUID(allow_none=True)
    released_by = fields.UUID(allow_none=True)
    released_at = fields.AwareDateTime(allow_none=True)
    exported_by = fields.UUID(allow_none=True)
    version = fields.Integer()


class PaymentBody(Schema):
    """One payment and where it stands."""

    id = fields.UUID()
    state = fields.String()
    subject_kind = fields.String()
    subject_id = fields.UUID()
    budget_id = fields.UUID(allow_none=True)
    pot_id = fields.UUID(allow_none=True)
    payee_id = fields.UUID()
    run_id = fields.UUID(allow_none=True)
    amount = MoneyField()
    due_on = fields.Date()
    covers = RangeField(allow_none=True)
    settled_on = fields.Date(allow_none=True)
    returned_on = fields.Date(allow_none=True)
    version = fields.Integer()


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


@instalment_schedules.route("", methods=["POST"])
@needs(Permission.RUN_ASSEMBLE)
@idempotent
@instalment_schedules.arguments(NewSchedule)
@instalment_schedules.response(201, PlannedBody)
def plan_schedule(body: dict[str, Any]) -> schedules.Planned:
    """Plan the instalments of a pot for a financial year."""
    with begin_request() as uow:
        return schedules.plan_schedule(uow, body.pop("pot_id"), **_with_terms(body))


@instalment_schedules.route("/again", methods=["POST"])
@needs(Permission.RUN_ASSEMBLE)
@idempotent
@instalment_schedules.arguments(NewSchedule)
@instalment_schedules.response(201, PlannedBody)
def replan_schedule(body: dict[str, Any]) -> schedules.Planned:
    """Plan again what is not yet sent."""
    with begin_request() as uow:
        return schedules.replan_schedule(uow, body.pop("pot_id"), **_with_terms(body))


@instalment_schedules.route("/one-off", methods=["POST"])
@needs(Permission.RUN_ASSEMBLE)
@idempotent
@instalment_schedules.arguments(NewOneOff)
@instalment_schedules.response(201, PlannedBody)
def plan_one_off(body: dict[str, Any]) -> schedules.Planned:
    """Plan a start-up or one-off payment."""
    with begin_request() as uow:
        return schedules.plan_one_off(uow, body.pop("pot_id"), **body)


@instalment_schedules.route("/<uuid:schedule_id>")
@needs(Permission.BUDGET_READ)
@instalment_schedules.response(200, PlannedBody)
def show_schedule(schedule_id: UUID) -> schedules.Planned:
    """Show a schedule and its instalments."""
    with begin_request() as uow:
        return schedules.planned(uow.session, uow.actor, schedule_id, uow.today)


@instalments.route("")
@needs(Permission.BUDGET_READ)
@instalments.query(BudgetArguments)
@instalments.response(200, InstalmentBody(many=True))
def list_instalments(query: dict[str, Any]) -> Any:  # noqa: ANN401 - rows, status and headers
    """List planned payments by payday."""
    with begin_request() as uow:
        found = schedule_queries.visible_instalments(uow.actor, uow.today)
        if query["budget_id"]:
            found = found.where(Instalment.budget_id == query["budget_id"])
        sort = (Instalment.pay_on, Instalment.id)
        return listed(paging.page(uow.session, found, sort, limit=query["limit"], cursor=query["cursor"]))


@payment_holds.route("", methods=["GET"])
@needs(Permission.BUDGET_READ)
@payment_holds.query(BudgetArguments)
@payment_holds.response(200, HoldBody(many=True))
def list_holds(query: dict[str, Any]) -> Any:  # noqa: ANN401 - rows, status and headers
    """List holds and stops, lifted ones too."""
    with begin_request() as uow:
        found = hold_queries.visible_holds(uow.actor, uow.today)
        if query["budget_id"]:
            found = found.where(PaymentHold.budget_id == query["budget_id"])
        sort = (PaymentHold.start_on, PaymentHold.id)
        return listed(paging.page(uow.session, found, sort, limit=query["limit"], cursor=query["cursor"]))


@payment_holds.route("", methods=["POST"])
@needs(Permission.RUN_ASSEMBLE)
@payment_holds.arguments(NewHold)
@payment_holds.response(201, HoldBody)
def put_hold(body: dict[str, Any]) -> tuple[PaymentHold, dict[str, str]]:
    """Pay nothing for a budget from a day on."""
    with begin_request() as uow:
        kind = HoldKind(body.pop("kind"))
        return tagged(holds.put_hold(uow, body.pop("budget_id"), kind=kind, **body))


@payment_holds.route("/<uuid:hold_id>/lifting", methods=["POST"])
@payment_holds.doc(parameters=[IF_MATCH])
@needs(Permission.RUN_ASSEMBLE)
@payment_holds.arguments(LiftBody)
@conditional
@payment_holds.response(200, HoldBody)
def lift_hold(body: dict[str, Any], hold_id: UUID, version: int | None) -> tuple[PaymentHold, dict[str, str]]:
    """Lift a hold from a day on."""
    with begin_request() as uow:
        return tagged(holds.lift_hold(uow, hold_id, **body, version=version))


@payment_runs.route("", methods=["GET"])
@needs(Permission.LEDGER_READ)
@payment_runs.query(PageArguments)
@payment_runs.response(200, RunBody(many=True))
def list_runs(query: dict[str, Any]) -> Any:  # noqa: ANN401 - rows, status and headers
    """List payment runs by entry day."""
    with begin_request() as uow:
        sort = (PaymentRun.entry_on, PaymentRun.id)
        found = queries.visible_runs(uow.actor)
        return listed(paging.page(uow.session, found, sort, limit=query["limit"], cursor=query["cursor"]))


@payment_runs.route("/preview")
@needs(Permission.RUN_ASSEMBLE)
@payment_runs.query(RunArguments)
@payment_runs.response(200, CandidatesBody)
def preview_run(query: dict[str, Any]) -> Candidates:
    """Show what a run would take, and what it would leave out with every reason."""
    with begin_request() as uow:
        entry_on = query["entry_on"]
        due_by = query["due_by"] or entry_on
        return candidates(uow.session, uow.actor, entry_on=entry_on, due_by=due_by, on=uow.today)


@payment_runs.route("", methods=["POST"])
@needs(Permission.RUN_ASSEMBLE)
@idempotent
@payment_runs.arguments(RunArguments)
@payment_runs.response(201, RunBody)
def assemble_run(body: dict[str, Any]) -> tuple[PaymentRun, dict[str, str]]:
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
@payment_runs.doc(parameters=[IF_MATCH])
@needs(Permission.RUN_APPROVE)
@idempotent
@conditional
@payment_runs.response(200, RunBody)
def approve_run(run_id: UUID, version: int | None) -> tuple[PaymentRun, dict[str, str]]:
    """Approve a run that somebody else assembled."""
    with begin_request() as uow:
        return tagged(operations.approve_run(uow, run_id, version=version))


@payment_runs.route("/<uuid:run_id>/withdrawal", methods=["POST"])
@payment_runs.doc(parameters=[IF_MATCH])
@needs(Permission.RUN_ASSEMBLE)
@idempotent
@payment_runs.arguments(ReasonBody)
@conditional
@payment_runs.response(200, RunBody)
def withdraw_run(body: dict[str, Any], run_id: UUID, version: int | None) -> tuple[PaymentRun, dict[str, str]]:
    """Take a run apart before it is released."""
    with begin_request() as uow:
        return tagged(operations.withdraw_run(uow, run_id, **body, version=version))


@payment_runs.route("/<uuid:run_id>/release", methods=["POST"])
@payment_runs.doc(parameters=[IF_MATCH])
@needs(Permission.RUN_RELEASE)
@idempotent
@conditional
@payment_runs.response(200, RunBody)
def release_run(run_id: UUID, version: int | None) -> tuple[PaymentRun, dict[str, str]]:
    """Release a run as the third person."""
    with begin_request() as uow:
        return tagged(operations.release_run(uow, run_id, version=version))


@payment_runs.route("/<uuid:run_id>/export", methods=["POST"])
@payment_runs.doc(parameters=[IF_MATCH])
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


@payments.route("", methods=["GET"])
@needs(Permission.BUDGET_READ)
@payments.query(BudgetArguments)
@payments.response(200, PaymentBody(many=True))
def list_payments(query: dict[str, Any]) -> Any:  # noqa: ANN401 - rows, status and headers
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
def show_payment(payment_id: UUID) -> tuple[Instruction, dict[str, str]]:
    """Show one payment."""
    with begin_request() as uow:
        return tagged(queries.instruction(uow.session, uow.actor, payment_id, uow.today))


@payments.route("/settlement", methods=["POST"])
@needs(Permission.RUN_SETTLE)
@idempotent
@payments.arguments(SettlementArguments)
@payments.response(200, SettlementBody)
def settle_due(body: dict[str, Any]) -> following.Settlement:
    """Settle every exported run whose entry day has come."""
    with begin_request() as uow:
        return following.settle_due(uow, body["on"])


@payments.route("/<uuid:payment_id>/return", methods=["POST"])
@payments.doc(parameters=[IF_MATCH])
@needs(Permission.RUN_SETTLE)
@idempotent
@payments.arguments(ReturnBody)
@conditional
@payments.response(200, PaymentBody)
def return_payment(body: dict[str, Any], payment_id: UUID, version: int | None) -> tuple[Instruction, dict[str, str]]:
    """Record that a payment came back."""
    with begin_request() as uow:
        return tagged(following.return_payment(uow, payment_id, **body, version=version))


@payments.route("/<uuid:payment_id>/reissue", methods=["POST"])
@payments.doc(parameters=[IF_MATCH])
@needs(Permission.RUN_ASSEMBLE)
@idempotent
@payments.arguments(ReasonBody)
@conditional
@payments.response(200, PaymentBody)
def reissue_payment(body: dict[str, Any], payment_id: UUID, version: int | None) -> tuple[Instruction, dict[str, str]]:
    """Ask for a payment that came back to be sent again."""
    with begin_request() as uow:
        return tagged(following.reissue_payment(uow, payment_id, **body, version=version))


@payments.route("/<uuid:payment_id>/giving-up", methods=["POST"])
@payments.doc(parameters=[IF_MATCH])
@needs(Permission.RUN_APPROVE)
@idempotent
@payments.arguments(ReasonBody)
@conditional
@payments.response(200, PaymentBody)
def give_up_payment(body: dict[str, Any], payment_id: UUID, version: int | None) -> tuple[Instruction, dict[str, str]]:
    """Decide that a payment that came back is not sent again."""
    with begin_request() as uow:
        return tagged(following.give_up_payment(uow, payment_id, **body, version=version))


@payments.route("/<uuid:payment_id>/cancellation", methods=["POST"])
@payments.doc(parameters=[IF_MATCH])
@needs(Permission.RUN_ASSEMBLE)
@idempotent
@payments.arguments(ReasonBody)
@conditional
@payments.response(200, PaymentBody)
def cancel_payment(body: dict[str, Any], payment_id: UUID, version: int | None) -> tuple[Instruction, dict[str, str]]:
    """Cancel a payment that was requested and never released."""
    with begin_request() as uow:
        return tagged(following.cancel_payment(uow, payment_id, **body, version=version))


def _with_terms(body: dict[str, Any]) -> dict[str, Any]:
    """Return what the operation takes: the days, sum and rhythm joined as terms."""
    first, last = body.pop("first_day"), body.pop("last_day")
    rhythm = body.pop("rhythm")
    terms = schedules.Terms(
        days=schedules.days_between(first, last),
        total=body.pop("total"),
        rhythm=Rhythm(rhythm) if rhythm else None,
        in_advance=body.pop("in_advance"),
    )
    return body | {"terms": terms}
