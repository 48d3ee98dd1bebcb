"""What people need, the first estimate of what it costs, and how that was worked out."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate

from phb.api.blueprint import Listed, Resource, listed
from phb.api.fields import Words
from phb.api.plans import last_day
from phb.api.schemas import MoneyField, PageArguments
from phb.budget.assessments import operations, queries
from phb.budget.assessments.models import Assessment, IndicativeBudget
from phb.budget.setting.inputs import Inputs
from phb.core.actor import Permission
from phb.core.period import Period
from phb.edge import paging
from phb.edge.request import begin_request, needs

assessments = Resource("assessments", "What people need")
indicative_budgets = Resource("indicative-budgets", "First estimates, with how they were worked out")


class AssessedNeed(Schema):
    """How much of one band or item is needed, as budget models name it."""

    code = Words(60, required=True, metadata={"examples": ["waking-night"]})
    quantity = Words(40, required=True, metadata={"examples": ["21", "7.5"]})
    unit = fields.String(required=True, validate=validate.OneOf(["hour", "night", "each"]))
    per = fields.String(required=True, validate=validate.OneOf(["week", "year", "day", "once"]))
    on = fields.Date(metadata={"description": "the day of something needed once"})


class AssessmentInput(Schema):
    """An assessment."""

    person_id = fields.UUID(required=True)
    reference = Words(100, required=True)
    cohort_code = Words(60, required=True)
    assessed_on = fields.Date(required=True)
    assessed_by = Words(200, required=True)
    needs = fields.List(fields.Nested(AssessedNeed), required=True, validate=validate.Length(1, 100))


class AssessmentBody(Schema):
    """A recorded assessment."""

    id = fields.UUID()
    person_id = fields.UUID()
    reference = fields.String()
    cohort_code = fields.String()
    assessed_on = fields.Date()
    assessed_by = fields.String()
    needs = fields.List(fields.Dict())
    recorded_by = fields.UUID()
    recorded_at = fields.AwareDateTime()


class OfPersonArguments(PageArguments):
    """Rows about one person, or about everybody you may see."""

    person_id = fields.UUID(load_default=None)


class PeriodInput(Schema):
    """The days a budget is for."""

    start_on = fields.Date(required=True)
    last_day = fields.Date(required=True)


class IndicativeBody(Schema):
    """A first estimate; the agreed budget is whatever the plan needs."""

    id = fields.UUID()
    assessment_id = fields.UUID()
    person_id = fields.UUID()
    start_on = fields.Date()
    last_day = last_day()
    recurring = MoneyField()
    one_off = MoneyField()
    contingency = MoneyField()
    total = MoneyField()
    set_by = fields.UUID()
    set_at = fields.AwareDateTime()


class ExplanationBody(Schema):
    """How an amount was reached, worked out again just now."""

    indicative_id = fields.UUID()
    total = MoneyField()
    paragraphs = fields.List(fields.String())
    traces = fields.Function(lambda told: [trace.to_json() for trace in told.traces], metadata={"type": "array"})


@assessments.route("", methods=["GET"])
@needs(Permission.BUDGET_READ)
@assessments.query(OfPersonArguments)
@assessments.response(200, AssessmentBody(many=True))
def list_assessments(query: dict[str, Any]) -> Listed:
    """List assessments by day."""
    with begin_request() as uow:
        found = queries.visible_assessments(uow.actor, uow.today)
        if query["person_id"] is not None:
            found = found.where(Assessment.person_id == query["person_id"])
        sort = (Assessment.assessed_on, Assessment.id)
        return listed(paging.page(uow.session, found, sort, limit=query["limit"], cursor=query["cursor"]))


@assessments.route("", methods=["POST"])
@needs(Permission.ASSESSMENT_WRITE)
@assessments.arguments(AssessmentInput)
@assessments.response(201, AssessmentBody)
def assess(body: dict[str, Any]) -> Assessment:
    """Record what a person needs."""
    with begin_request() as uow:
        document = {
            "assessment": body["reference"],
            "assessed_on": body["assessed_on"].isoformat(),
            "needs": [_need(need) for need in body["needs"]],
        }
        needs = Inputs.from_json(document).needs
        return operations.assess(uow, body.pop("person_id"), **body | {"needs": needs}).row


@assessments.route("/<uuid:assessment_id>", methods=["GET"])
@needs(Permission.BUDGET_READ)
@assessments.response(200, AssessmentBody)
def show_assessment(assessment_id: UUID) -> Assessment:
    """Show one assessment."""
    with begin_request() as uow:
        return queries.assessment(uow.session, uow.actor, assessment_id, uow.today)


@assessments.route("/<uuid:assessment_id>/indicative-budgets", methods=["POST"])
@needs(Permission.ASSESSMENT_WRITE)
@assessments.arguments(PeriodInput)
@assessments.response(201, IndicativeBody)
def set_indicative(body: dict[str, Any], assessment_id: UUID) -> IndicativeBudget:
    """Price the assessment by the model and rates in force, and keep the whole calculation."""
    with begin_request() as uow:
        period = Period.of_days(body["start_on"], body["last_day"])
        return operations.set_indicative(uow, assessment_id, period).row


@indicative_budgets.route("", methods=["GET"])
@needs(Permission.BUDGET_READ)
@indicative_budgets.query(OfPersonArguments)
@indicative_budgets.response(200, IndicativeBody(many=True))
def list_indicative_budgets(query: dict[str, Any]) -> Listed:
    """List first estimates in the order they were set."""
    with begin_request() as uow:
        found = queries.visible_indicative_budgets(uow.actor, uow.today)
        if query["person_id"] is not None:
            found = found.where(IndicativeBudget.person_id == query["person_id"])
        sort = (IndicativeBudget.set_at, IndicativeBudget.id)
        return listed(paging.page(uow.session, found, sort, limit=query["limit"], cursor=query["cursor"]))


@indicative_budgets.route("/<uuid:indicative_id>", methods=["GET"])
@needs(Permission.BUDGET_READ)
@indicative_budgets.response(200, IndicativeBody)
def show_indicative_budget(indicative_id: UUID) -> IndicativeBudget:
    """Show one first estimate."""
    with begin_request() as uow:
        return queries.indicative_budget(uow.session, uow.actor, indicative_id, uow.today)


@indicative_budgets.route("/<uuid:indicative_id>/explanation", methods=["GET"])
@needs(Permission.BUDGET_READ)
@indicative_budgets.response(200, ExplanationBody)
def explain(indicative_id: UUID) -> queries.Explanation:
    """Explain an amount: worked out again from its stored trace, in plain English and as JSON."""
    with begin_request() as uow:
        return queries.explain(uow.session, uow.actor, indicative_id, uow.today)


def _need(need: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if name == "on" else value for name, value in need.items()}
