"""Plan a budget: what it is for, its days, a first service, and what happens when things go wrong."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from phb.budget.assessments.models import Assessment, IndicativeBudget
from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.budgets.operations import propose as propose_budget
from phb.budget.kinds import BudgetKind, CareSetting
from phb.budget.person_record import PersonRecord, person_record
from phb.budget.plans.choices import PlanChoices, plan_choices
from phb.budget.plans.draft import PlanDraft, RiskDraft
from phb.core.actor import Permission
from phb.core.money import format_pounds
from phb.core.period import Period
from phb.core.uow import UnitOfWork
from phb.documents.words import say_period
from phb.edge.request import begin_request, current_actor, needs
from phb.people.kinds import Scope
from phb.people.queries import PersonNotFoundError
from phb.web.care.drafting import values_of_form, with_new_line
from phb.web.care.line_forms import HOLDING, PAYING, PRICE, WHAT, line_options
from phb.web.care.offering import Options, offering
from phb.web.care.plan_forms import ProposeForm
from phb.web.care.subjects import address_of
from phb.web.care.walking import walk

proposing = Blueprint("proposing", __name__)


@proposing.route("/people/<uuid:person_id>/budgets/new", methods=["GET", "POST"])
@needs(Permission.BUDGET_PREPARE)
def propose(person_id: UUID) -> Response:
    """Plan a budget for a person."""
    with begin_request() as uow:
        record = person_record(uow.session, uow.actor, person_id, uow.today)
        if Scope.BUDGET not in record.parts:
            raise PersonNotFoundError("There is no such person, or their budget is not yours to see.")
        first = _form(record, plan_choices(uow.session, uow.actor, uow.today, known_at=uow.now))
        on, cohort = first.start_on.data or uow.today, first.cohort_code.data or None
        choices = plan_choices(uow.session, uow.actor, on, known_at=uow.now, cohort=cohort)
    form = _form(record, choices)
    return walk(
        form,
        lambda uow: _propose(uow, person_id, form, choices),
        then=address_of,
        said="The draft is saved. Add the other services, then send it to be signed off.",
        above=f"Plan a budget for {record.person.full_name}",
    )


def _form(record: PersonRecord, choices: PlanChoices) -> ProposeForm:
    offered = line_options(choices) | {
        "cohort_code": [(one.code, one.label) for one in choices.cohorts],
        "indicative_id": _estimates(record),
        "coordinator": [(str(one.id), one.name) for one in choices.coordinators],
    }
    home = url_for("web.care.people.shown", person_id=record.person.id)
    return offering(ProposeForm, **offered).continued(home=home, data=_first_values(record))


def _estimates(record: PersonRecord) -> Options:
    said = [f"{format_pounds(one.total)} for {say_period(one.period)}" for one in record.estimates]
    return [(str(one.id), words) for one, words in zip(record.estimates, said, strict=True)]


def _first_values(record: PersonRecord) -> dict[str, Any]:
    """Return what is known before anything is asked: the estimate that was just read, its group and its days."""
    wanted = request.args.get("estimate", "")
    found = next((one for one in record.estimates if str(one.id) == wanted), None)
    given: dict[str, Any] = {"coordinator": str(current_actor().user_id)}
    if found is None:
        return given
    return given | {
        "indicative_id": str(found.id),
        "cohort_code": _assessed(record, found).cohort_code,
        "start_on": found.start_on,
        "last_day": found.period.last_day,
    }


def _assessed(record: PersonRecord, estimate: IndicativeBudget) -> Assessment:
    return next(row for row in record.assessments if row.id == estimate.assessment_id)


def _propose(uow: UnitOfWork, person_id: UUID, form: ProposeForm, choices: PlanChoices) -> PersonalHealthBudget:
    empty = PlanDraft(
        period=Period.of_days(form.start_on.data, form.last_day.data),
        pots=(),
        outcomes=(),
        lines=(),
        risks=(RiskDraft(form.risk_words.data, form.risk_response.data),) if form.risk_words.data else (),
        contingency=form.contingency.data,
        training=form.training.data,
        review_on=form.review_on.data,
        care_coordinator_id=UUID(form.coordinator.data),
    )
    values = values_of_form(form, (*WHAT, *PRICE, *HOLDING, *PAYING))
    return propose_budget(
        uow,
        person_id,
        reference=f"B-{uow.request_id.hex[:10].upper()}",
        cohort_code=form.cohort_code.data,
        kind=BudgetKind(form.kind.data),
        care_setting=CareSetting(form.care_setting.data),
        plan=with_new_line(empty, values, priced=choices.priced, taken=()),
        indicative_id=UUID(form.indicative_id.data) if form.indicative_id.data else None,
    ).row
