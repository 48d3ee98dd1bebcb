"""How a pot that was handed over is paid out: schedules, their instalments, and holds."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate

from phb.api.blueprint import Listed, Resource, listed
from phb.api.fields import YesNo
from phb.api.payment_fields import BudgetArguments, RangeField, ReasonBody
from phb.api.schemas import MoneyField
from phb.core.actor import Permission
from phb.edge import paging
from phb.edge.etags import Tagged, conditional, tagged
from phb.edge.request import begin_request, idempotent, needs
from phb.governance.policies import Rhythm
from phb.payments.checks import operations as holds
from phb.payments.checks import queries as hold_queries
from phb.payments.checks.models import PaymentHold
from phb.payments.kinds import HoldKind
from phb.payments.schedules import operations as schedules
from phb.payments.schedules import queries as schedule_queries
from phb.payments.schedules.models import Instalment

instalment_schedules = Resource("instalment-schedules", "How a pot that was handed over is paid out")
instalments = Resource("instalments", "The payments planned for the budgets you may see")
payment_holds = Resource("payment-holds", "Why nothing is paid for a budget")

YEARS = validate.Range(2013, 2100)


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


class LiftBody(ReasonBody):
    """When a hold ends, and why."""

    end_on = fields.Date(required=True)


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
def list_instalments(query: dict[str, Any]) -> Listed:
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
def list_holds(query: dict[str, Any]) -> Listed:
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
def put_hold(body: dict[str, Any]) -> Tagged[PaymentHold]:
    """Pay nothing for a budget from a day on."""
    with begin_request() as uow:
        kind = HoldKind(body.pop("kind"))
        return tagged(holds.put_hold(uow, body.pop("budget_id"), kind=kind, **body))


@payment_holds.route("/<uuid:hold_id>/lifting", methods=["POST"])
@needs(Permission.RUN_ASSEMBLE)
@payment_holds.arguments(LiftBody)
@conditional
@payment_holds.response(200, HoldBody)
def lift_hold(body: dict[str, Any], hold_id: UUID, version: int | None) -> Tagged[PaymentHold]:
    """Lift a hold from a day on."""
    with begin_request() as uow:
        return tagged(holds.lift_hold(uow, hold_id, **body, version=version))


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
