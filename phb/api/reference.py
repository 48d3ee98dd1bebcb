"""What is settled before any one budget: cohorts, categories, offers, envelopes, other home packages."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields

from phb.api.blueprint import Listed, Resource, listed
from phb.api.fields import Choice, Words
from phb.api.schemas import MoneyField, PageArguments
from phb.budget.kinds import CareSetting
from phb.budget.reference import operations, queries
from phb.budget.reference.categories import SpendCategory, categories
from phb.budget.reference.cohorts import Cohort, cohorts
from phb.budget.reference.models import HomePackage, ProgrammeBudget, ServiceOffer
from phb.core.actor import Permission
from phb.edge import paging
from phb.edge.request import begin_request, idempotent, needs

cohort_list = Resource("cohorts", "The groups of people budgets are counted by")
category_list = Resource("spend-categories", "What money may be spent on")
offers = Resource("offers", "Which cohorts budgets are offered to")
home_packages = Resource("home-packages", "Packages of care at home that are no personal health budgets")
programme_budgets = Resource("programme-budgets", "What each funder has for the programme in a financial year")


class OnArguments(Schema):
    """The day the question is about."""

    on = fields.Date(load_default=None, metadata={"description": "today, if left out"})


class CohortBody(Schema):
    """One cohort, dated, with its source."""

    code = fields.String()
    label = fields.String()
    group = fields.String()
    age_group = fields.String()
    right_to_have = fields.Boolean()
    right_from = fields.Date(allow_none=True)
    counts_in_40pct = fields.Boolean()
    in_national_return = fields.String()
    source = fields.String()
    confidence = fields.String()


class CategoryBody(Schema):
    """One category of spending; severity holds for the ways of holding money that it applies to."""

    code = fields.String()
    label = fields.String()
    severity = fields.String()
    applies_to = fields.Function(lambda row: sorted(row.applies_to), metadata={"type": "array"})
    rule = fields.String()
    source = fields.String()
    confidence = fields.String()


class OfferInput(Schema):
    """That budgets are offered to a cohort; `offered_to` is the last day, once it is known."""

    cohort_code = Words(60, required=True)
    offered_from = fields.Date(required=True)
    offered_to = fields.Date(load_default=None, allow_none=True)
    source = Words(500, required=True)


class OfferBody(OfferInput):
    """A recorded offer."""

    id = fields.UUID()


class PackageInput(Schema):
    """A package of care; `end_on` is its last day, once it is known."""

    reference = Words(100, required=True)
    cohort_code = Words(60, required=True)
    care_setting = Choice(CareSetting, required=True)
    start_on = fields.Date(required=True)
    end_on = fields.Date(load_default=None, allow_none=True)
    source = Words(500, required=True)


class PackageBody(PackageInput):
    """A recorded package."""

    id = fields.UUID()


class ProgrammeBudgetInput(Schema):
    """The whole sum of one funder for one financial year, named by the calendar year it starts in."""

    fund = Words(40, required=True, metadata={"examples": ["nhs"]})
    year = fields.Integer(required=True, metadata={"examples": [2026]})
    amount = MoneyField(required=True, positive=True)
    source = Words(500, required=True)


class ProgrammeBudgetBody(ProgrammeBudgetInput):
    """A programme budget as it was set; the last for a funder and year counts."""

    id = fields.UUID()
    ordinal = fields.Integer()
    set_by = fields.UUID()
    set_at = fields.AwareDateTime()
    journal_id = fields.UUID()


@cohort_list.route("", methods=["GET"])
@needs(None)
@cohort_list.query(OnArguments)
@cohort_list.response(200, CohortBody(many=True))
def list_cohorts(query: dict[str, Any]) -> Sequence[Cohort]:
    """List the cohorts in force on a day."""
    with begin_request() as uow:
        return list(cohorts(query["on"] or uow.today))


@category_list.route("", methods=["GET"])
@needs(None)
@category_list.query(OnArguments)
@category_list.response(200, CategoryBody(many=True))
def list_categories(query: dict[str, Any]) -> Sequence[SpendCategory]:
    """List the categories of spending in force on a day."""
    with begin_request() as uow:
        return list(categories(query["on"] or uow.today))


@offers.route("", methods=["GET"])
@needs(None)
@offers.query(OnArguments)
@offers.response(200, OfferBody(many=True))
def list_offers(query: dict[str, Any]) -> Sequence[ServiceOffer]:
    """List the cohorts that budgets are offered to on a day."""
    with begin_request() as uow:
        return queries.offers(uow.session, query["on"] or uow.today)


@offers.route("", methods=["POST"])
@needs(Permission.REFERENCE_WRITE)
@offers.arguments(OfferInput)
@offers.response(201, OfferBody)
def record_offer(body: dict[str, Any]) -> ServiceOffer:
    """Record an offer or its end."""
    with begin_request() as uow:
        return operations.record_offer(uow, **body).row


@home_packages.route("", methods=["GET"])
@needs(Permission.INDICATORS_READ)
@home_packages.query(OnArguments)
@home_packages.response(200, PackageBody(many=True))
def list_packages(query: dict[str, Any]) -> Sequence[HomePackage]:
    """List the packages that run on a day."""
    with begin_request() as uow:
        return queries.home_packages(uow.session, query["on"] or uow.today)


@home_packages.route("", methods=["POST"])
@needs(Permission.REFERENCE_WRITE)
@home_packages.arguments(PackageInput)
@home_packages.response(201, PackageBody)
def record_package(body: dict[str, Any]) -> HomePackage:
    """Record a package or its end."""
    with begin_request() as uow:
        return operations.record_home_package(uow, **body).row


@programme_budgets.route("", methods=["GET"])
@needs(Permission.LEDGER_READ)
@programme_budgets.query(PageArguments)
@programme_budgets.response(200, ProgrammeBudgetBody(many=True))
def list_programme_budgets(query: dict[str, Any]) -> Listed:
    """List every programme budget that was ever set."""
    with begin_request() as uow:
        row = ProgrammeBudget
        return listed(
            paging.page(
                uow.session,
                queries.programme_budgets(),
                (row.fund, row.year, row.ordinal),
                limit=query["limit"],
                cursor=query["cursor"],
            )
        )


@programme_budgets.route("", methods=["POST"])
@needs(Permission.PROGRAMME_BUDGET_SET)
@idempotent
@programme_budgets.arguments(ProgrammeBudgetInput)
@programme_budgets.response(201, ProgrammeBudgetBody)
def set_programme_budget(body: dict[str, Any]) -> ProgrammeBudget:
    """Set what a funder has; another sum takes the place of the last."""
    with begin_request() as uow:
        return operations.set_programme_budget(uow, **body).row
