"""Personal health budgets: proposed, agreed step by step, active; their plan, money and the steps taken."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate

from phb.api.blueprint import Listed, Resource, listed
from phb.api.fields import Choice, Words
from phb.api.plans import PlanBody, PlanInput, PotBody, last_day, plan_draft
from phb.api.schemas import AsOfArguments, MoneyField, PageArguments
from phb.budget import queries
from phb.budget.budgets import operations
from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.budgets.workflow import BudgetState
from phb.budget.kinds import BudgetKind, CareSetting
from phb.budget.plans.queries import PlanView
from phb.core.actor import Permission
from phb.edge import paging
from phb.edge.etags import Tagged, conditional, tagged
from phb.edge.request import begin_request, idempotent, needs

blp = Resource("budgets", "Personal health budgets")


class BudgetInput(Schema):
    """A budget to propose, with its plan."""

    person_id = fields.UUID(required=True)
    reference = Words(100, required=True)
    cohort_code = Words(60, required=True)
    kind = Choice(BudgetKind, load_default=BudgetKind.PERSONAL_HEALTH_BUDGET)
    care_setting = Choice(CareSetting, required=True)
    indicative_id = fields.UUID(load_default=None, allow_none=True)
    plan = fields.Nested(PlanInput, required=True)


class BudgetBody(Schema):
    """A budget and where it stands."""

    id = fields.UUID()
    reference = fields.String()
    person_id = fields.UUID()
    cohort_code = fields.String()
    kind = fields.String()
    care_setting = fields.String()
    state = fields.String()
    start_on = fields.Date()
    last_day = last_day()
    plan_id = fields.UUID()
    indicative_id = fields.UUID(allow_none=True)
    prepared_by = fields.UUID()
    active_from = fields.Date(allow_none=True)
    version = fields.Integer()


class BudgetListArguments(PageArguments):
    """Which budgets."""

    person_id = fields.UUID(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(list(BudgetState)))


class NoteBody(Schema):
    """What the signer adds, if anything."""

    note = fields.String(load_default=None, allow_none=True, validate=validate.Length(0, 2000))


class ReasonsBody(Schema):
    """Why, in words that the people concerned are told."""

    reason = fields.String(required=True, validate=validate.Length(1, 2000))


class SignOffBody(Schema):
    """One step: who took it, when, for which value and under which limit."""

    ordinal = fields.Integer()
    step = fields.String()
    plan_id = fields.UUID()
    revision_id = fields.UUID(allow_none=True)
    signed_by = fields.UUID()
    signed_at = fields.AwareDateTime()
    reason = fields.String(allow_none=True)
    value = MoneyField(allow_none=True)
    limit_id = fields.UUID(allow_none=True)


class AgreementBody(Schema):
    """The steps taken, and those you may take now."""

    taken = fields.List(fields.Nested(SignOffBody))
    allowed = fields.List(fields.String())


class StandingArguments(AsOfArguments):
    """Which money, on which day, and what was known when."""

    year = fields.Integer(
        load_default=None,
        validate=validate.Range(2013, 2100),
        metadata={"description": "2026 is 2026/27; all if left out"},
    )


class PositionBody(Schema):
    """Approved - spent - committed - owed back = available."""

    approved = MoneyField(signed=True)
    spent = MoneyField(signed=True)
    committed = MoneyField(signed=True)
    owed_back = MoneyField(signed=True)
    available = MoneyField(signed=True)


class PotStandingBody(Schema):
    """Where the money of one pot stands."""

    pot = fields.Nested(PotBody)
    position = fields.Nested(PositionBody)


class StandingBody(Schema):
    """Where a budget's money stands; the pots add up to it."""

    position = fields.Nested(PositionBody)
    pots = fields.List(fields.Nested(PotStandingBody))


@blp.route("", methods=["GET"])
@needs(Permission.BUDGET_READ)
@blp.query(BudgetListArguments)
@blp.response(200, BudgetBody(many=True))
def list_budgets(query: dict[str, Any]) -> Listed:
    """List the budgets you may see, by reference."""
    with begin_request() as uow:
        found, row = queries.visible_budgets(uow.actor, uow.today), PersonalHealthBudget
        for column, wanted in ((row.person_id, query["person_id"]), (row.state, query["state"])):
            found = found if wanted is None else found.where(column == wanted)
        return listed(paging.page(uow.session, found, (row.reference,), limit=query["limit"], cursor=query["cursor"]))


@blp.route("", methods=["POST"])
@needs(Permission.BUDGET_PREPARE)
@blp.arguments(BudgetInput)
@blp.response(201, BudgetBody)
def propose(body: dict[str, Any]) -> Tagged[PersonalHealthBudget]:
    """Propose a budget with its plan: priced, shared between its funders and checked, service by service."""
    with begin_request() as uow:
        plan = plan_draft(body.pop("plan"))
        return tagged(operations.propose(uow, body.pop("person_id"), plan=plan, **body).row)


@blp.route("/<uuid:budget_id>", methods=["GET"])
@needs(Permission.BUDGET_READ)
@blp.response(200, BudgetBody)
def show(budget_id: UUID) -> Tagged[PersonalHealthBudget]:
    """Show one budget."""
    with begin_request() as uow:
        return tagged(queries.budget(uow.session, uow.actor, budget_id, uow.today))


@blp.route("/<uuid:budget_id>/plan", methods=["GET"])
@needs(Permission.BUDGET_READ)
@blp.response(200, PlanBody)
def show_plan(budget_id: UUID) -> PlanView:
    """Show the plan: in force once the budget is active, before that the one proposed last."""
    with begin_request() as uow:
        return queries.plan_of(uow.session, uow.actor, budget_id, uow.today)


@blp.route("/<uuid:budget_id>/plan", methods=["PUT"])
@needs(Permission.BUDGET_PREPARE)
@blp.arguments(PlanInput)
@conditional
@blp.response(200, BudgetBody)
def redraft(body: dict[str, Any], budget_id: UUID, version: int | None) -> Tagged[PersonalHealthBudget]:
    """Replace the plan of a draft by a new version."""
    with begin_request() as uow:
        return tagged(operations.redraft(uow, budget_id, plan_draft(body), version=version).row)


@blp.route("/<uuid:budget_id>/agreement", methods=["GET"])
@needs(Permission.BUDGET_READ)
@blp.response(200, AgreementBody)
def show_agreement(budget_id: UUID) -> queries.Agreement:
    """Show how far a budget is agreed, and what you may do next."""
    with begin_request() as uow:
        return queries.agreement_of(uow.session, uow.actor, budget_id, uow.today)


@blp.route("/<uuid:budget_id>/standing", methods=["GET"])
@needs(Permission.BUDGET_READ)
@blp.query(StandingArguments)
@blp.response(200, StandingBody)
def show_standing(query: dict[str, Any], budget_id: UUID) -> queries.Standing:
    """Show what is approved, spent, committed and available, for the budget and each pot."""
    with begin_request() as uow:
        return queries.standing_of(uow.session, uow.actor, budget_id, uow.today, **query)


@blp.route("/<uuid:budget_id>/submission", methods=["POST"])
@needs(Permission.BUDGET_PREPARE)
@conditional
@blp.response(200, BudgetBody)
def submit(budget_id: UUID, version: int | None) -> Tagged[PersonalHealthBudget]:
    """Send a draft to be signed off."""
    with begin_request() as uow:
        return tagged(operations.submit(uow, budget_id, version=version))


@blp.route("/<uuid:budget_id>/clinical-sign-off", methods=["POST"])
@needs(Permission.BUDGET_SIGN_OFF_CLINICALLY)
@blp.arguments(NoteBody)
@conditional
@blp.response(200, BudgetBody)
def sign_off_clinically(body: dict[str, Any], budget_id: UUID, version: int | None) -> Tagged[PersonalHealthBudget]:
    """Sign off that the plan meets the needs and handles the risks."""
    with begin_request() as uow:
        return tagged(operations.sign_off_clinically(uow, budget_id, **body, version=version))


@blp.route("/<uuid:budget_id>/finance-sign-off", methods=["POST"])
@needs(Permission.BUDGET_SIGN_OFF_FINANCE)
@blp.arguments(NoteBody)
@conditional
@blp.response(200, BudgetBody)
def sign_off_finance(body: dict[str, Any], budget_id: UUID, version: int | None) -> Tagged[PersonalHealthBudget]:
    """Sign off the value, within your limit of the day."""
    with begin_request() as uow:
        return tagged(operations.sign_off_finance(uow, budget_id, **body, version=version))


@blp.route("/<uuid:budget_id>/agreement", methods=["POST"])
@needs(Permission.BUDGET_AGREE)
@conditional
@blp.response(200, BudgetBody)
def agree(budget_id: UUID, version: int | None) -> Tagged[PersonalHealthBudget]:
    """Agree your own budget, or that of somebody you represent."""
    with begin_request() as uow:
        return tagged(operations.agree(uow, budget_id, version=version))


@blp.route("/<uuid:budget_id>/activation", methods=["POST"])
@needs(Permission.BUDGET_SIGN_OFF_FINANCE)
@idempotent
@conditional
@blp.response(200, BudgetBody)
def activate(budget_id: UUID, version: int | None) -> Tagged[PersonalHealthBudget]:
    """Make an agreed budget active: its money is allocated in the books."""
    with begin_request() as uow:
        return tagged(operations.activate(uow, budget_id, version=version))


@blp.route("/<uuid:budget_id>/return", methods=["POST"])
@needs(Permission.BUDGET_READ)
@blp.arguments(ReasonsBody)
@conditional
@blp.response(200, BudgetBody)
def return_to_draft(body: dict[str, Any], budget_id: UUID, version: int | None) -> Tagged[PersonalHealthBudget]:
    """Give a budget back to whoever proposed it; who may depends on the step it waits for."""
    with begin_request() as uow:
        return tagged(operations.return_to_draft(uow, budget_id, **body, version=version))


@blp.route("/<uuid:budget_id>/refusal", methods=["POST"])
@needs(Permission.BUDGET_REFUSE)
@blp.arguments(ReasonsBody)
@conditional
@blp.response(200, BudgetBody)
def refuse(body: dict[str, Any], budget_id: UUID, version: int | None) -> Tagged[PersonalHealthBudget]:
    """Refuse a budget, with the reasons the person is told."""
    with begin_request() as uow:
        return tagged(operations.refuse(uow, budget_id, **body, version=version))
