"""Assess what a person needs, set the first estimate of what that costs, and explain it in words."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from flask import Blueprint, Response, session, url_for

from phb.budget.assessments import operations, queries
from phb.budget.assessments.models import Assessment, IndicativeBudget
from phb.budget.person_record import estimates_of
from phb.budget.plans.choices import PlanChoices, plan_choices
from phb.core.actor import Permission
from phb.core.period import Period, financial_year, financial_year_of
from phb.core.uow import UnitOfWork
from phb.edge.request import begin_request, current_actor, needs
from phb.people.kinds import Scope
from phb.people.models import Person
from phb.people.queries import person
from phb.web.asking import ask
from phb.web.care import words
from phb.web.care.needs import NeedsForm, of_model
from phb.web.care.offering import offering
from phb.web.care.walking import walk
from phb.web.forms import Day, Needed, PageForm
from phb.web.rendering import render

assessing = Blueprint("assessing", __name__)


class EstimateForm(PageForm):
    """The days an estimate is for."""

    question = "Set a first estimate"
    button = "Set the estimate"
    hint = "It is worked out by the commissioner's rules and prices in force on these days, and kept with every step."
    start_on = Day("First day", hint="For example, 1 4 2026", validators=[Needed("Enter the first day")])
    last_day = Day("Last day", hint="For example, 31 3 2027", validators=[Needed("Enter the last day")])


@assessing.route("/people/<uuid:person_id>/assess", methods=["GET", "POST"])
@needs(Permission.ASSESSMENT_WRITE)
def assess(person_id: UUID) -> Response:
    """Record what a person needs."""
    with begin_request() as uow:
        row, today = _person(uow, person_id), uow.today
        first = _continued(NeedsForm, _choices(uow), today, person_id)
        choices = _choices(uow, cohort=first.cohort_code.data or None, on=first.assessed_on.data)
    form = _continued(of_model(choices.priced), choices, today, person_id)
    return walk(
        form,
        lambda uow: (
            operations.assess(
                uow,
                person_id,
                reference=f"A-{uow.request_id.hex[:10].upper()}",
                cohort_code=form.cohort_code.data,
                assessed_on=form.assessed_on.data,
                assessed_by=form.assessed_by.data,
                needs=form.needs,
            ).row
        ),
        then=lambda made: url_for("web.care.assessing.shown", assessment_id=made.id),
        said="The assessment is recorded.",
        above=row.full_name,
        nothing_priced=not choices.priced,
    )


@assessing.route("/assessments/<uuid:assessment_id>")
@needs(Permission.BUDGET_READ)
def shown(assessment_id: UUID) -> Response:
    """Show an assessment and the estimates made of it."""
    with begin_request() as uow:
        row = queries.assessment(uow.session, uow.actor, assessment_id, uow.today)
        about = _person(uow, row.person_id)
        choices = _choices(uow, cohort=row.cohort_code, on=row.assessed_on)
        estimates = [
            one for one in estimates_of(uow.session, uow.actor, row.person_id, uow.today) if one.assessment_id == row.id
        ]
    return render(
        "care/assessment.html.jinja",
        title=f"Assessment {row.reference}",
        above=about.full_name,
        back=url_for("web.care.people.shown", person_id=about.id),
        row=row,
        person=about,
        cohort=next((one.label for one in choices.cohorts if one.code == row.cohort_code), row.cohort_code),
        needs=list(needs_of(row, choices)),
        estimates=estimates,
        may_write=current_actor().may(Permission.ASSESSMENT_WRITE),
        may_plan=current_actor().may(Permission.BUDGET_PREPARE),
    )


@assessing.route("/assessments/<uuid:assessment_id>/estimate", methods=["GET", "POST"])
@needs(Permission.ASSESSMENT_WRITE)
def estimate(assessment_id: UUID) -> Response:
    """Set a first estimate of what an assessment's needs cost."""
    with begin_request() as uow:
        row = queries.assessment(uow.session, uow.actor, assessment_id, uow.today)
        about, year = _person(uow, row.person_id), financial_year(financial_year_of(uow.today))
    form = EstimateForm(data={"start_on": year.start_on, "last_day": year.last_day})
    return ask(
        form,
        lambda uow: _set(uow, assessment_id, form),
        then=lambda made: url_for("web.care.assessing.explained", indicative_id=made.id),
        back=url_for("web.care.assessing.shown", assessment_id=assessment_id),
        above=about.full_name,
    )


@assessing.route("/estimates/<uuid:indicative_id>")
@needs(Permission.BUDGET_READ)
def explained(indicative_id: UUID) -> Response:
    """Explain how an estimate was reached, worked out again just now."""
    with begin_request() as uow:
        row = queries.indicative_budget(uow.session, uow.actor, indicative_id, uow.today)
        told = queries.explain(uow.session, uow.actor, indicative_id, uow.today)
        about = _person(uow, row.person_id)
    return render(
        "care/estimate.html.jinja",
        title="How this estimate was worked out",
        above=about.full_name,
        back=url_for("web.care.assessing.shown", assessment_id=row.assessment_id),
        row=row,
        told=told,
        person=about,
        may_plan=current_actor().may(Permission.BUDGET_PREPARE),
    )


def needs_of(row: Assessment, choices: PlanChoices) -> Iterator[tuple[str, str]]:
    """Yield what an assessment says is needed: of what, and how much."""
    known = {one.code: one.words for one in choices.priced}
    for need in row.needs:
        yield known.get(need["code"], need["code"]), words.how_much(need["quantity"], need["unit"], need["per"])


def cohort_options(choices: PlanChoices) -> Sequence[tuple[str, str]]:
    """Return the cohorts to choose from."""
    return [(one.code, one.label) for one in choices.cohorts]


def _choices(uow: UnitOfWork, *, cohort: str | None = None, on: date | None = None) -> PlanChoices:
    return plan_choices(uow.session, uow.actor, on or uow.today, known_at=uow.now, cohort=cohort)


def _continued(kind: type[NeedsForm], choices: PlanChoices, today: date, person_id: UUID) -> NeedsForm:
    offered = offering(kind, cohort_code=cohort_options(choices))
    given = {"assessed_on": today, "assessed_by": session.get("name", "")}
    return offered.continued(home=url_for("web.care.people.shown", person_id=person_id), data=given)


def _person(uow: UnitOfWork, person_id: UUID) -> Person:
    return person(uow.session, uow.actor, person_id, uow.today, Scope.BUDGET)


def _set(uow: UnitOfWork, assessment_id: UUID, form: EstimateForm) -> IndicativeBudget:
    return operations.set_indicative(uow, assessment_id, Period.of_days(form.start_on.data, form.last_day.data)).row
