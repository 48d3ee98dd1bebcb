"""The account the commissioner pays from: entered by one person, confirmed by another."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for
from wtforms.validators import NumberRange, Regexp

from phb.core.actor import Permission
from phb.edge.request import begin_request, needs
from phb.payments.payees import paying as operations
from phb.payments.payees.overview import paying_view
from phb.web.asking import ask, go
from phb.web.forms import Needed, Whole, Words
from phb.web.payments.accounts import ConfirmForm, DetailsForm
from phb.web.payments.words import OF_DETAILS
from phb.web.rendering import render

paying = Blueprint("paying_account", __name__, url_prefix="/paying-account")


class PayingForm(DetailsForm):
    """The account to pay from, and the numbers of its files."""

    question = "Enter the account we pay from"
    hint = "It is used once a second person has confirmed it. After that it is shown masked."
    button = "Enter this account"

    service_user_number = Words(
        "Service user number",
        hint="Six digits, from your bank",
        validators=[Needed("Enter the service user number"), Regexp(r"^[0-9]{6}\Z", message="Enter six digits")],
        width=10,
    )
    first_serial = Whole(
        "First number for a file",
        hint="Above every number used before this service was",
        default=1,
        validators=[
            Needed("Enter the first number for a file"),
            NumberRange(1, 999_999, message="Enter a number from 1 to 999999"),
        ],
        width=10,
    )


@paying.route("")
@needs(Permission.LEDGER_READ)
def show() -> Response:
    """Show the accounts that were entered to pay from."""
    with begin_request() as uow:
        view = paying_view(uow.session, uow.actor)
    back = url_for("web.runs.listing")
    title = "The account we pay from"
    return render(
        "payments/paying.html.jinja", title=title, view=view, back=back, back_text="Payment runs", **OF_DETAILS
    )


@paying.route("/new", methods=["GET", "POST"])
@needs(Permission.PAYEE_WRITE)
def propose() -> Response:
    """Enter the account to pay from."""
    form = PayingForm()
    return ask(
        form,
        lambda uow: operations.propose_paying_account(
            uow,
            form.details(),
            service_user_number=form.service_user_number.data,
            first_serial=form.first_serial.data,
        ),
        then=lambda _: _here(),
        said="The account is entered. A second person confirms it next.",
        back=_here(),
    )


@paying.route("/<uuid:account_id>/confirm", methods=["GET", "POST"])
@needs(Permission.PAYEE_CONFIRM)
def confirm(account_id: UUID) -> Response:
    """Put the account in use that a colleague entered."""
    with begin_request() as uow:
        view = paying_view(uow.session, uow.actor)
    shown = next((one for one in view.accounts if one.account.id == account_id), None)
    if shown is None:
        raise operations.PayingAccountNotFoundError("There is no such account to pay from. Look at the list.")
    if request.method == "GET" and not shown.may_confirm:
        return go(_here())
    form = ConfirmForm(version=shown.account.version)
    return ask(
        form,
        lambda uow: operations.confirm_paying_account(uow, account_id, version=form.version_read),
        then=lambda _: _here(),
        said="The account is in use.",
        template="payments/confirm.html.jinja",
        title="Confirm the account we pay from",
        shown=shown,
        people=view.people,
        **OF_DETAILS,
        back=_here(),
    )


def _here() -> str:
    return url_for("web.paying_account.show")
