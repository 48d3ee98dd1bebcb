"""Change what a plan says besides its services: outcomes, risks, contingency, training, review, days."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, Response

from phb.budget.plans.draft import PlanDraft, RiskDraft
from phb.core.actor import Permission
from phb.core.period import Period
from phb.edge.request import begin_request, needs
from phb.web.care.drafting import on_days
from phb.web.care.editing import edited, part_of
from phb.web.care.plan_forms import ArrangementsForm, DaysForm, PlanEdit
from phb.web.care.risks import MORE_RISKS, risk_pairs, risk_values, risks_form
from phb.web.care.subjects import choices_for, subject_of
from phb.web.forms import Needed, Words

arranging = Blueprint("arranging", __name__, url_prefix="/care/<any(budgets, changes):kind>/<uuid:subject_id>/plan")
SAY_WHAT = Needed("Say what the person wants")


@arranging.route("/arrangements", methods=["GET", "POST"])
@needs(Permission.BUDGET_PREPARE)
def arrangements(kind: str, subject_id: UUID) -> Response:
    """Change what happens when things go wrong, who learns what, the review and the co-ordinator."""
    with begin_request() as uow:
        subject = subject_of(uow, kind, subject_id)
        colleagues = [(str(one.id), one.name) for one in choices_for(uow, subject).coordinators]
    plan = subject.read.plan.plan
    stored = {
        "contingency": plan.contingency,
        "training": plan.training,
        "review_on": plan.review_on,
        "coordinator": str(plan.care_coordinator_id),
    }
    form = part_of(ArrangementsForm, subject, stored, {"coordinator": colleagues})
    return edited(
        form,
        subject,
        lambda plan: replace(
            plan,
            contingency=form.contingency.data,
            training=form.training.data,
            review_on=form.review_on.data,
            care_coordinator_id=UUID(form.coordinator.data),
        ),
    )


@arranging.route("/days", methods=["GET", "POST"])
@needs(Permission.BUDGET_PREPARE)
def days(kind: str, subject_id: UUID) -> Response:
    """Move the days of the plan."""
    with begin_request() as uow:
        subject = subject_of(uow, kind, subject_id)
    period = subject.read.plan.plan.period
    form = part_of(DaysForm, subject, {"start_on": period.start_on, "last_day": period.last_day})
    return edited(form, subject, lambda plan: on_days(plan, Period.of_days(form.start_on.data, form.last_day.data)))


@arranging.route("/outcomes", methods=["GET", "POST"])
@needs(Permission.BUDGET_PREPARE)
def outcomes(kind: str, subject_id: UUID) -> Response:
    """Change the words of what the person wants."""
    with begin_request() as uow:
        subject = subject_of(uow, kind, subject_id)
    known = {outcome.reference: outcome.words for outcome in subject.read.plan.outcomes}
    names = {f"outcome_{i}": reference for i, reference in enumerate(known)}
    asked = {name: Words(f"Outcome {i}", rows=2, longest=500, validators=[SAY_WHAT]) for i, name in enumerate(names, 1)}
    made: dict[str, object] = {**asked, "question": "What the person wants"}
    kind_of_form: type[PlanEdit] = type("OutcomesForm", (PlanEdit,), made)
    form = part_of(kind_of_form, subject, {name: known[reference] for name, reference in names.items()})

    def edit(plan: PlanDraft) -> PlanDraft:
        words = {reference: form[name].data for name, reference in names.items()}
        changed = (replace(one, words=words.get(one.reference, one.words)) for one in plan.outcomes)
        return replace(plan, outcomes=tuple(changed))

    return edited(form, subject, edit)


@arranging.route("/risks", methods=["GET", "POST"])
@needs(Permission.BUDGET_PREPARE)
def risks(kind: str, subject_id: UUID) -> Response:
    """Change what could go wrong and what is then done; two more can be added each time."""
    with begin_request() as uow:
        subject = subject_of(uow, kind, subject_id)
    known = [(risk.words, risk.response) for risk in subject.read.plan.risks]
    form = part_of(risks_form(len(known) + MORE_RISKS), subject, risk_values(known))
    return edited(
        form,
        subject,
        lambda plan: replace(plan, risks=tuple(RiskDraft(*pair) for pair in risk_pairs(form))),
        sentences=["To take a risk out, empty both of its boxes."],
    )
