"""One budget, or one change of one, read whole; and sending it to be signed off."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, url_for

from phb.budget.budgets.operations import submit
from phb.budget.budgets.revisions import submit_revision
from phb.budget.reference.cohorts import cohorts
from phb.core.actor import Permission
from phb.edge.request import begin_request, needs
from phb.web.asking import ask
from phb.web.care import words
from phb.web.care.assessing import needs_of
from phb.web.care.subjects import BUDGETS, CHANGES, Subject, choices_for, subject_of
from phb.web.forms import PageForm
from phb.web.rendering import render

budgets = Blueprint("budgets", __name__, url_prefix="/care")


class SubmitForm(PageForm):
    """Nothing is asked; the button is the answer."""

    question = "Send it to be signed off"
    button = "Send it"
    hint = "A clinician reads it next. Until they decide, nobody can change the plan. You cannot sign it off yourself."


@budgets.route("/budgets/<uuid:budget_id>")
@needs(Permission.BUDGET_READ)
def shown(budget_id: UUID) -> Response:
    """Show a budget with its plan, and what the reader may do next."""
    return _shown(BUDGETS, budget_id)


@budgets.route("/changes/<uuid:change_id>")
@needs(Permission.BUDGET_READ)
def change_shown(change_id: UUID) -> Response:
    """Show a change of a budget with the plan it proposes, and what the reader may do next."""
    return _shown(CHANGES, change_id)


@budgets.route("/<any(budgets, changes):kind>/<uuid:subject_id>/submit", methods=["GET", "POST"])
@needs(Permission.BUDGET_PREPARE)
def send(kind: str, subject_id: UUID) -> Response:
    """Send a draft to be signed off."""
    with begin_request() as uow:
        subject = subject_of(uow, kind, subject_id)
    form = SubmitForm(version=subject.read.subject.version)
    act = submit if kind == BUDGETS else submit_revision
    return ask(
        form,
        lambda uow: act(uow, subject_id, version=form.version_read),
        then=lambda _: subject.address,
        said="It is sent. A clinician signs it off next.",
        back=subject.address,
        above=subject.above,
    )


def _shown(kind: str, subject_id: UUID) -> Response:
    with begin_request() as uow:
        subject = subject_of(uow, kind, subject_id)
        choices, today = choices_for(uow, subject), uow.today
    read = subject.read
    return render(
        "care/budget.html.jinja",
        title=f"Change of {read.budget.reference}" if read.change else f"Budget {read.budget.reference}",
        above=read.person.full_name,
        back=_back(subject),
        subject=subject,
        read=read,
        plan=read.plan,
        cohort=next((one.label for one in cohorts(today) if one.code == read.budget.cohort_code), ""),
        needed=list(needs_of(read.assessment, choices)) if read.assessment else [],
        funds={"nhs": "The NHS"} | {one.fund: one.name for one in choices.funders if one.fund},
        organisations={one.id: one.name for one in choices.third_parties},
        outcomes=_by_outcome(subject),
        priced={one.code: one.words for one in choices.priced},
        called=words,
        review_is_late=read.plan.plan.review_on < today,
    )


def _back(subject: Subject) -> str:
    if subject.read.change:
        return url_for("web.care.budgets.shown", budget_id=subject.read.budget.id)
    return url_for("web.care.people.shown", person_id=subject.read.person.id)


def _by_outcome(subject: Subject) -> Sequence[tuple[str, Sequence[object]]]:
    """Return what the person wants, each with the services that help with it."""
    lines = subject.read.lines
    return [
        (outcome.words, [line for line in lines if line.view.terms.outcome_reference == outcome.reference])
        for outcome in subject.read.plan.outcomes
    ]
