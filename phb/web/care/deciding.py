"""What waits for clinical sign-off, and deciding on it: sign off, return, refuse; never one's own proposal."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, request

from phb.budget.budgets import operations, revisions
from phb.budget.budgets.clinical import waiting_for_clinician
from phb.core.actor import Permission
from phb.core.clock import london_date
from phb.core.uow import UnitOfWork
from phb.edge import paging
from phb.edge.request import begin_request, needs
from phb.governance import policy
from phb.governance.policies import TaskPolicy
from phb.web import decision_forms
from phb.web.asking import ask
from phb.web.care.subjects import BUDGETS, subject_of
from phb.web.decision_forms import RefuseForm, ReturnForm
from phb.web.forms import PageForm
from phb.web.rendering import render

deciding = Blueprint("deciding", __name__, url_prefix="/care")


class SignOffForm(decision_forms.SignOffForm):
    """What a clinician says by signing off."""

    question = "Sign off the plan"
    hint = (
        "You say that the plan meets the needs, that the risks are handled, and that what needed a decision is right. "
        "Finance signs off the value after you."
    )


@deciding.route("/waiting")
@needs(Permission.BUDGET_SIGN_OFF_CLINICALLY)
def waiting() -> Response:
    """List what waits for clinical sign-off, the longest waiting first."""
    with begin_request() as uow:
        query, order = waiting_for_clinician(uow.actor, uow.today)
        found = paging.page(uow.session, query, order, cursor=request.args.get("after"))
        days = policy.read(uow.session, TaskPolicy, uow.today).clinical_sign_off
        today = uow.today
    return render(
        "care/waiting.html.jinja",
        title="Waiting for clinical sign-off",
        found=found,
        due={row.id: london_date(row.since) + timedelta(days=days) for row in found.rows},
        today=today,
    )


@deciding.route("/<any(budgets, changes):kind>/<uuid:subject_id>/sign-off", methods=["GET", "POST"])
@needs(Permission.BUDGET_SIGN_OFF_CLINICALLY)
def sign_off(kind: str, subject_id: UUID) -> Response:
    """Sign off that a plan meets the needs."""
    act = operations.sign_off_clinically if kind == BUDGETS else revisions.sign_off_revision_clinically
    return _asked(
        kind,
        subject_id,
        SignOffForm,
        lambda uow, form: act(uow, subject_id, note=form["note"].data or None, version=form.version_read),
        said="It is signed off clinically. Finance signs off its value next.",
    )


@deciding.route("/<any(budgets, changes):kind>/<uuid:subject_id>/return", methods=["GET", "POST"])
@needs(Permission.BUDGET_SIGN_OFF_CLINICALLY)
def send_back(kind: str, subject_id: UUID) -> Response:
    """Return a budget or a change to whoever proposed it."""
    act = operations.return_to_draft if kind == BUDGETS else revisions.return_revision
    return _asked(
        kind,
        subject_id,
        ReturnForm,
        lambda uow, form: act(uow, subject_id, reason=form["reason"].data, version=form.version_read),
        said="It is returned. Every step is taken again when it comes back.",
    )


@deciding.route("/<any(budgets, changes):kind>/<uuid:subject_id>/refuse", methods=["GET", "POST"])
@needs(Permission.BUDGET_REFUSE)
def refuse(kind: str, subject_id: UUID) -> Response:
    """Refuse a budget or a change."""
    act = operations.refuse if kind == BUDGETS else revisions.refuse_revision
    return _asked(
        kind,
        subject_id,
        RefuseForm,
        lambda uow, form: act(uow, subject_id, reason=form["reason"].data, version=form.version_read),
        said="It is refused, and the person can be told why.",
    )


def _asked(
    kind: str,
    subject_id: UUID,
    kind_of_form: type[PageForm],
    act: Callable[[UnitOfWork, PageForm], object],
    *,
    said: str,
) -> Response:
    with begin_request() as uow:
        subject = subject_of(uow, kind, subject_id)
    form = kind_of_form(version=subject.read.subject.version)
    return ask(
        form,
        lambda uow: act(uow, form),
        then=lambda _: subject.address,
        said=said,
        back=subject.address,
        above=subject.above,
    )
