"""Add services to a plan, change them part by part, and take them out."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort

from phb.budget.plans.draft import PlanDraft
from phb.budget.plans.edits import draft_of, line_of, without_line
from phb.core.actor import Permission
from phb.edge.request import begin_request, needs
from phb.web.care.drafting import values_of, values_of_form, with_line_changed, with_new_line
from phb.web.care.editing import edited, part_of
from phb.web.care.line_forms import HOLDING, PAYING, PRICE, WHAT, LineForm, line_options
from phb.web.care.offering import offering
from phb.web.care.plan_forms import PlanEdit, RemoveForm, SectionForm
from phb.web.care.stepping import Step
from phb.web.care.subjects import Subject, address_of, choices_for, outcome_options, save, subject_of
from phb.web.care.walking import walk

planning = Blueprint("planning", __name__, url_prefix="/care/<any(budgets, changes):kind>/<uuid:subject_id>/plan")
SECTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "what": ("What is bought, and what for", WHAT),
    "price": ("How much of it, at which price", PRICE),
    "money": ("Who holds the money, and who pays", (*HOLDING, *PAYING)),
}


@planning.route("/services/new", methods=["GET", "POST"])
@needs(Permission.BUDGET_PREPARE)
def add_line(kind: str, subject_id: UUID) -> Response:
    """Add a service."""
    with begin_request() as uow:
        subject = subject_of(uow, kind, subject_id)
        choices = choices_for(uow, subject)
    form = offering(_adding(subject), **line_options(choices, outcome_options(subject))).continued(home=subject.address)

    def edit(plan: PlanDraft) -> PlanDraft:
        values = values_of_form(form, (*WHAT, *PRICE, *HOLDING, *PAYING))
        return with_new_line(plan, values, priced=choices.priced, taken=subject.read.references)

    return walk(
        form,
        lambda uow: save(uow, subject, edit, reason=form["reason"].data if "reason" in form else "", version=None),
        then=address_of,
        said="The service is in the plan.",
        above=subject.above,
    )


@planning.route("/services/<reference>/<section>", methods=["GET", "POST"])
@needs(Permission.BUDGET_PREPARE)
def change_line(kind: str, subject_id: UUID, reference: str, section: str) -> Response:
    """Change a part of what the plan says of a service."""
    with begin_request() as uow:
        subject = subject_of(uow, kind, subject_id)
        choices = choices_for(uow, subject)
    question, names = SECTIONS.get(section) or abort(404)
    names = tuple(name for name in names if not (subject.was_active and name in HOLDING))
    offered = line_options(choices, outcome_options(subject))
    form = part_of(SectionForm, subject, _stored(subject, reference), offered, keep=names)
    form.question = question

    def edit(plan: PlanDraft) -> PlanDraft:
        changes = values_of_form(form, names)
        return with_line_changed(
            plan, reference, changes, priced=choices.priced, taken=subject.read.references - {reference}
        )

    keeps = "Its money stays where it is held. To hold it another way, end this service and add a new one."
    return edited(form, subject, edit, sentences=[keeps] if subject.was_active and section == "money" else [])


@planning.route("/services/<reference>/remove", methods=["GET", "POST"])
@needs(Permission.BUDGET_PREPARE)
def remove_line(kind: str, subject_id: UUID, reference: str) -> Response:
    """Take a service out of the plan."""
    with begin_request() as uow:
        subject = subject_of(uow, kind, subject_id)
    words = next((one.view.terms.words for one in subject.read.lines if one.view.line.reference == reference), "")
    return edited(
        part_of(RemoveForm, subject, {}),
        subject,
        lambda plan: without_line(plan, reference),
        sentences=[f"{words}." if words else "It is not in the plan any more."],
        grave=True,
    )


def _adding(subject: Subject) -> type[LineForm]:
    """Return the form of a new service; where the budget is in force, it asks why too."""
    if not subject.is_active:
        return LineForm
    why = Step("Why should the plan change?", ("reason",))
    made: dict[str, object] = {"reason": PlanEdit.reason, "steps": (*LineForm.steps, why)}
    return type("LineForm", (LineForm,), made)


def _stored(subject: Subject, reference: str) -> dict[str, Any]:
    """Return what the plan says of a service; nothing where somebody took it out."""
    plan = draft_of(subject.read.plan)
    if reference not in {line.reference for line in plan.lines}:
        return {}
    return values_of(plan, line_of(plan, reference))
