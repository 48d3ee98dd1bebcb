"""Bank details of a payee: entered whole, shown masked, confirmed by a second person, approved where they must be."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from phb.core.actor import Permission
from phb.edge.request import begin_request, needs
from phb.payments.kinds import USES, AccountUse, PayeeKind
from phb.payments.payees import operations
from phb.payments.payees.details import BankDetails
from phb.payments.payees.overview import DetailsView, PayeeView, payee_view
from phb.payments.payees.queries import BankAccountNotFoundError
from phb.web.asking import ask, go
from phb.web.forms import Choice, Needed, PageForm, Words
from phb.web.payments.words import OF_DETAILS, USE_WORDS

accounts = Blueprint("bank_accounts", __name__, url_prefix="/payees/<uuid:payee_id>/bank-details")


class Unshown(Words):
    """Words that a page takes in and never shows again."""

    def _value(self) -> str:
        return ""


class DetailsForm(PageForm):
    """A bank account in whole."""

    name = Words("Name on the account", validators=[Needed("Enter the name on the account")], longest=100)
    sort_code = Unshown(
        "Sort code",
        hint="Six digits, for example 12-34-56",
        validators=[Needed("Enter the sort code")],
        longest=20,
        width=10,
    )
    account_number = Unshown(
        "Account number",
        hint="Usually eight digits. You type both numbers again if something is wrong.",
        validators=[Needed("Enter the account number")],
        longest=20,
        width=10,
    )

    def details(self) -> BankDetails:
        """Return the details, checked as far as one can without a table.

        Raises:
            SortCodeError, AccountNumberError, BacsTextError: a part does not fit.
        """
        return BankDetails(self.sort_code.data, self.account_number.data, self.name.data)


class AccountForm(DetailsForm):
    """A bank account for a payee."""

    question = "Enter bank details"
    hint = "Nothing is paid into them until a second person has confirmed them. After that they are shown masked."
    button = "Enter these details"

    use = Choice("What is the account for?", validators=[Needed("Choose what the account is for")])


class ConfirmForm(PageForm):
    """The second person's word."""

    question = "Confirm these bank details"
    button = "Confirm"


class ApprovalForm(PageForm):
    """What was seen of a dedicated account."""

    question = "Approve this account for a direct payment"
    button = "Approve"

    evidence = Words(
        "What have you seen that shows the account is for this money alone?",
        rows=4,
        hint="For example: the first statement, with the name and nothing else in it",
        validators=[Needed("Enter what you have seen")],
        longest=1000,
    )


@accounts.route("/new", methods=["GET", "POST"])
@needs(Permission.PAYEE_WRITE)
def propose(payee_id: UUID) -> Response:
    """Enter bank details of a payee."""
    view = _payee(payee_id)
    form = AccountForm()
    fitting = USES[PayeeKind(view.payee.kind)]
    form.use.options = [(use, meaning) for use, meaning in USE_WORDS.items() if use in fitting]
    if len(form.use.options) == 1 and not form.use.data:
        form.use.data = form.use.options[0][0]
    return ask(
        form,
        lambda uow: operations.propose_bank_account(uow, payee_id, form.details(), use=AccountUse(form.use.data)),
        then=lambda _: _of(payee_id),
        said="The details are entered. A second person confirms them next.",
        above=view.name,
        back=_of(payee_id),
    )


@accounts.route("/<uuid:account_id>/confirm", methods=["GET", "POST"])
@needs(Permission.PAYEE_CONFIRM)
def confirm(payee_id: UUID, account_id: UUID) -> Response:
    """Put bank details in use that a colleague entered."""
    view = _payee(payee_id)
    shown = _account(view, account_id)
    if request.method == "GET" and not shown.may_confirm:
        return go(_of(payee_id))
    form = ConfirmForm(version=shown.account.version)
    return ask(
        form,
        lambda uow: operations.confirm_bank_account(uow, account_id, version=form.version_read),
        then=lambda _: _of(payee_id),
        said="The details are in use.",
        template="payments/confirm.html.jinja",
        above=view.name,
        shown=shown,
        people=view.people,
        **OF_DETAILS,
        back=_of(payee_id),
    )


@accounts.route("/<uuid:account_id>/approve", methods=["GET", "POST"])
@needs(Permission.PAYEE_CONFIRM)
def approve(payee_id: UUID, account_id: UUID) -> Response:
    """Approve a dedicated account for a direct payment."""
    view = _payee(payee_id)
    shown = _account(view, account_id)
    if request.method == "GET" and not shown.may_approve:
        return go(_of(payee_id))
    form = ApprovalForm(version=shown.account.version)
    return ask(
        form,
        lambda uow: operations.approve_bank_account(
            uow, account_id, evidence=form.evidence.data, version=form.version_read
        ),
        then=lambda _: _of(payee_id),
        said="The account is approved.",
        above=f"{view.name}, {shown.account.masked}",
        back=_of(payee_id),
    )


def _payee(payee_id: UUID) -> PayeeView:
    with begin_request() as uow:
        return payee_view(uow.session, uow.actor, payee_id, uow.today)


def _account(view: PayeeView, account_id: UUID) -> DetailsView:
    for shown in view.accounts:
        if shown.account.id == account_id:
            return shown
    raise BankAccountNotFoundError("There is no such bank account. Look it up at its payee.")


def _of(payee_id: UUID) -> str:
    return url_for("web.payees.show", payee_id=payee_id)
