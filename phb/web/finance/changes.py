"""A change of an active budget: what it changes, and deciding on it."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, url_for

from phb.budget.budgets import revisions
from phb.budget.budgets.deciding import decision_on_change
from phb.budget.queries import ProposedChange, RevisionNotFoundError, proposed_change
from phb.core.actor import Permission
from phb.core.uow import UnitOfWork
from phb.edge.request import begin_request, needs
from phb.people.users.queries import names_of
from phb.web.asking import ask
from phb.web.finance.deciding import RefuseForm, ReturnForm, SignOffForm
from phb.web.finance.headed import headed
from phb.web.finance.showing import show
from phb.web.forms import PageForm

changes = Blueprint("changes", __name__, url_prefix="/budgets/<uuid:budget_id>/changes/<uuid:revision_id>")


class ApplyForm(PageForm):
    """Nothing is asked; the button is the answer."""

    question = "Put the change in force"
    button = "Put it in force"
    hint = "The books are raised and lowered to the new plan. They refuse to take back what is spent or promised."


@changes.route("")
@needs(Permission.LEDGER_READ)
def shown(budget_id: UUID, revision_id: UUID) -> Response:
    """Show what a change proposes beside the plan in force, and what the reader may decide."""
    with begin_request() as uow:
        found = _found(uow, budget_id, revision_id)
        return show(
            "change.html.jinja",
            title="Change of the plan",
            about=headed(uow, budget_id),
            found=found,
            lines=lines_side_by_side(found),
            decision=decision_on_change(uow.session, uow.actor, revision_id, uow.today),
            people=names_of(uow.session, uow.actor, [found.revision.prepared_by]),
        )


@changes.route("/sign-off", methods=["GET", "POST"])
@needs(Permission.BUDGET_SIGN_OFF_FINANCE)
def sign_off(budget_id: UUID, revision_id: UUID) -> Response:
    """Sign off the value of the whole plan after the change."""
    return _asked(
        budget_id,
        revision_id,
        SignOffForm,
        lambda uow, form: revisions.sign_off_revision_finance(
            uow, revision_id, note=form.note.data or None, version=form.version_read
        ),
        said="The value is signed off. The person can now agree to the change.",
    )


@changes.route("/apply", methods=["GET", "POST"])
@needs(Permission.BUDGET_SIGN_OFF_FINANCE)
def apply(budget_id: UUID, revision_id: UUID) -> Response:
    """Put an agreed change in force."""
    return _asked(
        budget_id,
        revision_id,
        ApplyForm,
        lambda uow, form: revisions.apply_revision(uow, revision_id, version=form.version_read),
        said="The change is in force, and the books follow it.",
    )


@changes.route("/return", methods=["GET", "POST"])
@needs(Permission.BUDGET_SIGN_OFF_FINANCE)
def send_back(budget_id: UUID, revision_id: UUID) -> Response:
    """Return a change to whoever proposed it."""
    return _asked(
        budget_id,
        revision_id,
        ReturnForm,
        lambda uow, form: revisions.return_revision(
            uow, revision_id, reason=form.reason.data, version=form.version_read
        ),
        said="The change is returned. Every step is taken again when it comes back.",
    )


@changes.route("/refuse", methods=["GET", "POST"])
@needs(Permission.BUDGET_REFUSE)
def refuse(budget_id: UUID, revision_id: UUID) -> Response:
    """Refuse a change; the plan in force stays."""
    return _asked(
        budget_id,
        revision_id,
        RefuseForm,
        lambda uow, form: revisions.refuse_revision(
            uow, revision_id, reason=form.reason.data, version=form.version_read
        ),
        said="The change is refused. The plan in force stays.",
    )


def lines_side_by_side(found: ProposedChange) -> list[dict[str, object]]:
    """Return every line of either plan by its reference, as it is now and as it would be, None where it is not."""
    before = {view.line.reference: view for view in found.before.lines}
    after = {view.line.reference: view for view in found.after.lines}
    return [
        {"reference": reference, "before": before.get(reference), "after": after.get(reference)}
        for reference in dict.fromkeys((*before, *after))
    ]


def _found(uow: UnitOfWork, budget_id: UUID, revision_id: UUID) -> ProposedChange:
    found = proposed_change(uow.session, uow.actor, revision_id, uow.today)
    if found.revision.budget_id != budget_id:
        raise RevisionNotFoundError("This budget has no such change. Look it up in the budget.")
    return found


def _asked(
    budget_id: UUID,
    revision_id: UUID,
    kind: type[PageForm],
    act: Callable[[UnitOfWork, PageForm], object],
    *,
    said: str,
) -> Response:
    with begin_request() as uow:
        about, found = headed(uow, budget_id), _found(uow, budget_id, revision_id)
    form = kind(version=found.revision.version)
    place = url_for("web.finance.changes.shown", budget_id=budget_id, revision_id=revision_id)
    return ask(
        form, lambda uow: act(uow, form), then=lambda _: place, said=said, back=place, above=f"Change of {about.name}"
    )
