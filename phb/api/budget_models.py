"""A commissioner's dated prices and ways of setting budgets."""

from typing import Any

from marshmallow import Schema, fields, validate

from phb.api.blueprint import Listed, Resource, listed
from phb.api.fields import Words
from phb.api.schemas import PageArguments
from phb.budget.setting.model import BudgetModel
from phb.budget.setting.rates import Rate
from phb.budget.tariffs import operations, queries
from phb.budget.tariffs.models import BudgetModelVersion, PriceRate
from phb.core.actor import Permission
from phb.edge import paging
from phb.edge.request import begin_request, needs

rates = Resource("rates", "Dated prices: from which day, and known since when")
budget_models = Resource("budget-models", "Versioned ways of getting from an assessment to an amount")


class RateInput(Schema):
    """One price; the last day is open until a later price takes over."""

    code = Words(60, required=True)
    amount = Words(40, required=True, metadata={"examples": ["18.40"]})
    unit = fields.String(required=True, validate=validate.OneOf(["hour", "night", "each", "week", "year"]))
    effective_from = fields.Date(required=True)
    effective_to = fields.Date(load_default=None, allow_none=True)
    known_from = fields.AwareDateTime(load_default=None, allow_none=True, metadata={"description": "now if left out"})
    source = Words(500, required=True)
    confidence = Words(100, load_default=None, allow_none=True)
    note = Words(500, load_default=None, allow_none=True)
    weeks = fields.Dict(load_default=None, allow_none=True)


class RateBody(Schema):
    """A recorded price."""

    id = fields.UUID()
    code = fields.String()
    effective_from = fields.Date()
    known_from = fields.AwareDateTime()
    document = fields.Dict(metadata={"description": "the whole price"})
    recorded_by = fields.UUID()
    recorded_at = fields.AwareDateTime()


class ModelInput(Schema):
    """A version of a budget model; without cohorts it is for all that have none of their own."""

    model = fields.Dict(required=True, metadata={"description": "see the documentation of budget models"})
    cohorts = fields.List(Words(60), load_default=[])


class ModelBody(Schema):
    """A recorded version; it ends when the next one starts."""

    id = fields.UUID()
    code = fields.String()
    model_version = fields.String()
    effective_from = fields.Date()
    effective_to = fields.Date(allow_none=True)
    cohorts = fields.List(fields.String())
    document = fields.Dict()
    recorded_by = fields.UUID()
    recorded_at = fields.AwareDateTime()


@rates.route("", methods=["GET"])
@needs(Permission.BUDGET_READ)
@rates.query(PageArguments)
@rates.response(200, RateBody(many=True))
def list_rates(query: dict[str, Any]) -> Listed:
    """List every price ever recorded."""
    with begin_request() as uow:
        sort = (PriceRate.code, PriceRate.effective_from, PriceRate.known_from)
        return listed(paging.page(uow.session, queries.rates(), sort, limit=query["limit"], cursor=query["cursor"]))


@rates.route("", methods=["POST"])
@needs(Permission.MODEL_WRITE)
@rates.arguments(RateInput)
@rates.response(201, RateBody)
def record_rate(body: dict[str, Any]) -> PriceRate:
    """Record a price."""
    with begin_request() as uow:
        given = body | {"known_from": body["known_from"] or uow.now}
        return operations.record_rate(uow, Rate.from_json(_as_json(given))).row


@budget_models.route("", methods=["GET"])
@needs(Permission.BUDGET_READ)
@budget_models.query(PageArguments)
@budget_models.response(200, ModelBody(many=True))
def list_models(query: dict[str, Any]) -> Listed:
    """List every version of every budget model."""
    with begin_request() as uow:
        sort = (BudgetModelVersion.code, BudgetModelVersion.effective_from)
        return listed(
            paging.page(uow.session, queries.budget_models(), sort, limit=query["limit"], cursor=query["cursor"])
        )


@budget_models.route("", methods=["POST"])
@needs(Permission.MODEL_WRITE)
@budget_models.arguments(ModelInput)
@budget_models.response(201, ModelBody)
def record_model(body: dict[str, Any]) -> BudgetModelVersion:
    """Record a version of a budget model."""
    with begin_request() as uow:
        return operations.record_model(uow, BudgetModel.from_json(body["model"]), cohorts=body["cohorts"]).row


def _as_json(given: dict[str, Any]) -> dict[str, Any]:
    """Return what was parsed as the JSON a price is read from; what is None is left out."""
    dates = {name: value.isoformat() for name, value in given.items() if hasattr(value, "isoformat")}
    return {name: value for name, value in (given | dates).items() if value is not None}
