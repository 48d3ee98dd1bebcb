"""Decide on a budget that is being agreed: sign off its value, make it active, return it or refuse it."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, url_for

from phb.budget.budgets import operations
from phb.budget.budgets.deciding import decision_on_budget
from phb.core.actor import Permission
from phb.core.money import format_pounds
from phb.core.uow import UnitOfWork
from phb.edge.request import begin_request, needs
from phb.web import decision_forms
from phb.web.asking import ask
from phb.web.finance.headed import headed
from phb.web.forms import PageForm

deciding = Blueprint("deciding", __name__, url_prefix="/budgets/<uuid:budget_id>")


class SignOffForm(decision_forms.SignOffForm):
    """What finance signs off."""

    question = "Sign off the value"


class ActivateForm(PageForm):
    """Nothing is asked; the button is the answer."""

    question = "Make the budget active"
    button = "Make it active"


class ReturnForm(decision_forms.ReturnForm):
    """The title says to whom it goes."""

    question = "Return it to whoever proposed it"


class RefuseForm(decision_forms.RefuseForm):
    """The title says what is done."""

    question = "Refuse it"


@deciding.route("/sign-off", methods=["GET", "POST"])
@needs(Permission.BUDGET_SIGN_OFF_FINANCE)
def sign_off(budget_id: UUID) -> Response:
    """Sign off the value, within the reader's limit."""
    with begin_request() as uow:
        value = decision_on_budget(uow.session, uow.actor, budget_id, uow.today).value
    return _asked(
        budget_id,
        SignOffForm,
        lambda uow, form: operations.sign_off_finance(
            uow, budget_id, note=form.note.data or None, version=form.version_read
        ),
        said="The value is signed off. The person can now agree to the budget.",
        sentences=[f"The scheme of delegation counts this budget as {format_pounds(value)}."],
    )


@deciding.route("/activate", methods=["GET", "POST"])
@needs(Permission.BUDGET_SIGN_OFF_FINANCE)
def activate(budget_id: UUID) -> Response:
    """Make an agreed budget active."""
    return _asked(
        budget_id,
        ActivateForm,
        lambda uow, form: operations.activate(uow, budget_id, version=form.version_read),
        said="The budget is active, and its money is allocated.",
        sentences=["The money of the plan is allocated in the books, so that it can be paid and spent."],
    )


@deciding.route("/return", methods=["GET", "POST"])
@needs(Permission.BUDGET_SIGN_OFF_FINANCE)
def send_back(budget_id: UUID) -> Response:
    """Return a budget to whoever proposed it."""
    return _asked(
        budget_id,
        ReturnForm,
        lambda uow, form: operations.return_to_draft(
            uow, budget_id, reason=form.reason.data, version=form.version_read
        ),
        said="The budget is returned. Every step is taken again when it comes back.",
    )


@deciding.route("/refuse", methods=["GET", "POST"])
@needs(Permission.BUDGET_REFUSE)
def refuse(budget_id: UUID) -> Response:
    """Refuse a budget for good."""
    return _asked(
        budget_id,
        RefuseForm,
        lambda uow, form: operations.refuse(uow, budget_id, reason=form.reason.data, version=form.version_read),
        said="The budget is refused.",
    )


def _asked(
    budget_id: UUID,
    kind: type[PageForm],
    act: Callable[[UnitOfWork, PageForm], object],
    *,
    said: str,
    sentences: list[str] | None = None,
) -> Response:
    with begin_request() as uow:
        about = headed(uow, budget_id)
    form, shown = kind(version=about.budget.version), url_for("web.finance.budget.shown", budget_id=budget_id)
    return ask(
        form,
        lambda uow: act(uow, form),
        then=lambda _: shown,
        said=said,
        back=shown,
        above=about.name,
        sentences=sentences,
    )
