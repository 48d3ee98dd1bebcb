"""Agreeing a budget that is signed off, or a change of one, and sending it back to be changed."""

from uuid import UUID

from flask import Blueprint, Response, url_for

from phb.budget.budgets import operations, revisions
from phb.budget.budgets.workflow import RevisionState
from phb.budget.queries import ProposedChange, RevisionNotFoundError, proposed_change
from phb.core.actor import Permission
from phb.edge.request import begin_request, needs
from phb.people.kinds import Scope
from phb.web.asking import ask
from phb.web.forms import Needed, PageForm, Words
from phb.web.holder import sentences
from phb.web.holder.whose import Whose, headed
from phb.web.rendering import render

agreeing = Blueprint("agreeing", __name__)

SENT_BACK = "Sent back. Your care co-ordinator can now change the plan with you."


class AgreeForm(PageForm):
    """Nothing is asked; the button is the answer."""

    question = "Agree to this budget"
    button = "Agree"


class SendBackForm(PageForm):
    """What should change before it can be agreed."""

    question = "What should change?"
    button = "Send it back"
    reason = Words(
        "What should change?",
        hint="Say it in your own words. Whoever writes the plan reads this.",
        rows=5,
        validators=[Needed("Say what should change, so that the plan can be put right")],
    )


@agreeing.route("/<uuid:budget_id>/agree", methods=["GET", "POST"])
@needs(Permission.BUDGET_AGREE)
def agree(budget_id: UUID) -> Response:
    """Agree to a budget."""
    whose = _whose(budget_id)
    form = AgreeForm(version=whose.budget.version)
    return ask(
        form,
        lambda uow: operations.agree(uow, budget_id, version=form.version_read),
        then=lambda _: _shown(budget_id),
        said="Agreed. The finance team can now start the budget.",
        back=_shown(budget_id),
        above=whose.title,
        sentences=[
            f"By agreeing, you say that the plan is right for {whose.you} and that the money is enough for it.",
            "When the finance team has started the budget, its money can be used. The plan can still be changed later.",
        ],
    )


@agreeing.route("/<uuid:budget_id>/send-back", methods=["GET", "POST"])
@needs(Permission.BUDGET_AGREE)
def send_back(budget_id: UUID) -> Response:
    """Send a budget back to be changed."""
    whose = _whose(budget_id)
    form = SendBackForm(version=whose.budget.version)
    return ask(
        form,
        lambda uow: operations.return_to_draft(uow, budget_id, reason=form.reason.data, version=form.version_read),
        then=lambda _: _shown(budget_id),
        said=SENT_BACK,
        back=_shown(budget_id),
        above=whose.title,
    )


@agreeing.route("/<uuid:budget_id>/changes/<uuid:revision_id>")
@needs(Permission.BUDGET_READ)
def change(budget_id: UUID, revision_id: UUID) -> Response:
    """Show a change of a budget beside what is in force."""
    whose, found = _change(budget_id, revision_id)
    return render(
        "holder/change.html.jinja",
        title="A change to the budget",
        above=whose.title,
        back=_shown(budget_id),
        whose=whose,
        found=found,
        waits=found.revision.state in {RevisionState.SIGNED_OFF_CLINICALLY, RevisionState.SIGNED_OFF_FINANCE},
        is_open=found.revision.state not in {RevisionState.APPLIED, RevisionState.REFUSED},
        quantity=sentences.quantity,
    )


@agreeing.route("/<uuid:budget_id>/changes/<uuid:revision_id>/agree", methods=["GET", "POST"])
@needs(Permission.BUDGET_AGREE)
def agree_change(budget_id: UUID, revision_id: UUID) -> Response:
    """Agree to a change of a budget."""
    whose, found = _change(budget_id, revision_id)
    form = AgreeForm(version=found.revision.version)
    return ask(
        form,
        lambda uow: revisions.agree_revision(uow, revision_id, version=form.version_read),
        then=lambda _: _shown(budget_id),
        said="Agreed. The finance team can now start the change.",
        title="Agree to this change",
        above=whose.title,
        back=_change_shown(budget_id, revision_id),
        sentences=[
            f"By agreeing, you say that the changed plan is right for {whose.you} and that the money is enough for it.",
            "Until the finance team has started the change, the plan that you have goes on.",
        ],
    )


@agreeing.route("/<uuid:budget_id>/changes/<uuid:revision_id>/send-back", methods=["GET", "POST"])
@needs(Permission.BUDGET_AGREE)
def send_change_back(budget_id: UUID, revision_id: UUID) -> Response:
    """Send a change back to be changed; the budget goes on as it is."""
    whose, found = _change(budget_id, revision_id)
    form = SendBackForm(version=found.revision.version)
    return ask(
        form,
        lambda uow: revisions.return_revision(uow, revision_id, reason=form.reason.data, version=form.version_read),
        then=lambda _: _shown(budget_id),
        said=SENT_BACK,
        back=_change_shown(budget_id, revision_id),
        above=f"A change to {whose.your} budget",
    )


def _whose(budget_id: UUID) -> Whose:
    with begin_request() as uow:
        return headed(uow, budget_id, Scope.BUDGET)


def _change(budget_id: UUID, revision_id: UUID) -> tuple[Whose, ProposedChange]:
    with begin_request() as uow:
        whose = headed(uow, budget_id, Scope.BUDGET)
        found = proposed_change(uow.session, uow.actor, revision_id, uow.today)
    if found.revision.budget_id != budget_id:
        raise RevisionNotFoundError("This change is of another budget. Look it up there.")
    return whose, found


def _shown(budget_id: UUID) -> str:
    return url_for("web.holder.budget.shown", budget_id=budget_id)


def _change_shown(budget_id: UUID, revision_id: UUID) -> str:
    return url_for("web.holder.agreeing.change", budget_id=budget_id, revision_id=revision_id)
