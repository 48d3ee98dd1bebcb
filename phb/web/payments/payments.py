"""Payments: the list, what became of each, and what is decided when one came back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from phb.core.actor import Permission
from phb.core.money import format_pounds
from phb.core.uow import UnitOfWork
from phb.edge import paging
from phb.edge.request import begin_request, needs
from phb.payments.payees.names import called
from phb.payments.runs import following, queries
from phb.payments.runs.history import PaymentView, payment_view
from phb.payments.runs.models import Instruction
from phb.payments.workflow import INSTRUCTION, InstructionState
from phb.reports.words import words
from phb.web import narrowing
from phb.web.asking import ask, go
from phb.web.forms import Choice, Day, Needed, PageForm, Words
from phb.web.rendering import render

payments = Blueprint("payments", __name__, url_prefix="/payments")


class PaymentsForm(narrowing.DaysForm):
    """Which payments."""

    state = Choice("Where they stand", options=[(state, words(state)) for state in InstructionState], many=True)

    def address(self) -> dict[str, Any]:
        """Return what is chosen as it stands in an address."""
        return super().address() | ({"state": self.state.data} if self.state.data else {})


class ReasonForm(PageForm):
    """Why."""

    reason = Words(
        "Why?",
        rows=4,
        hint="The people concerned are told your reason.",
        validators=[Needed("Enter why, in words for the people concerned")],
    )


class ReturnForm(ReasonForm):
    """When a payment came back, and why."""

    question = "Record that this payment came back"
    button = "Record the return"

    returned_on = Day(
        "When did it come back?",
        hint="The day of the bank's message, for example 27 3 2026",
        validators=[Needed("Enter the day it came back")],
    )


class ReissueForm(ReasonForm):
    """Why a payment is sent again."""

    question = "Send this payment again"
    hint = "It goes into the next payment run, into the account that is then in use."
    button = "Ask for it to be sent again"


class GiveUpForm(ReasonForm):
    """Why a payment is not sent again."""

    question = "Do not send this payment again"
    hint = "Its money stays in the budget, and can be planned or paid anew."
    button = "Give this payment up"
    grave = True


class CancelForm(ReasonForm):
    """Why a payment is cancelled."""

    question = "Cancel this payment"
    hint = "It was asked for and never sent. Nothing was booked for it."
    button = "Cancel this payment"
    grave = True


@payments.route("", methods=["GET", "POST"])
@needs(Permission.LEDGER_READ)
def listing() -> Response:
    """List payments, the last due first."""
    days, state = narrowing.days_chosen(), narrowing.code("state", InstructionState)
    form = PaymentsForm(from_day=days.first, to_day=days.last, state=state)
    if form.validate_on_submit():
        return go(url_for("web.payments.listing", **form.address()))
    with begin_request() as uow:
        found = queries.payments_due(uow.actor, uow.today, days, state=state, budget_id=narrowing.an_id("budget"))
        order = (Instruction.due_on, Instruction.id)
        page = paging.page(uow.session, found, order, cursor=narrowing.after(), newest_first=True)
        return render(
            "payments/payments.html.jinja",
            status=422 if form.found_wrong else 200,
            title=narrowing.titled("Payments", words(state) if state else None, days=days),
            form=form,
            page=page,
            kept=narrowing.kept(),
            called=called(uow.session, uow.actor, page.rows, uow.today),
            back=url_for("web.runs.listing"),
            back_text="Payment runs",
        )


@payments.route("/<uuid:payment_id>")
@needs(Permission.LEDGER_READ)
def show(payment_id: UUID) -> Response:
    """Show one payment and everything that became of it."""
    with begin_request() as uow:
        view = payment_view(uow.session, uow.actor, payment_id, uow.today)
        return render(
            "payments/payment.html.jinja",
            title=f"Payment of {format_pounds(view.payment.amount)}",
            above=view.name,
            view=view,
            moves=INSTRUCTION.allowed(uow.actor, view.payment),
            back=url_for("web.payments.listing"),
            back_text="Payments",
        )


@payments.route("/<uuid:payment_id>/return", methods=["GET", "POST"])
@needs(Permission.RUN_SETTLE)
def record_return(payment_id: UUID) -> Response:
    """Record that a payment came back."""
    return _decide(payment_id, "return", ReturnForm, following.return_payment, said="The return is recorded.")


@payments.route("/<uuid:payment_id>/reissue", methods=["GET", "POST"])
@needs(Permission.RUN_ASSEMBLE)
def reissue(payment_id: UUID) -> Response:
    """Ask for a payment that came back to be sent again."""
    said = "The payment goes into the next run."
    return _decide(payment_id, "reissue", ReissueForm, following.reissue_payment, said=said)


@payments.route("/<uuid:payment_id>/give-up", methods=["GET", "POST"])
@needs(Permission.RUN_APPROVE)
def give_up(payment_id: UUID) -> Response:
    """Decide that a payment that came back is not sent again."""
    return _decide(payment_id, "give_up", GiveUpForm, following.give_up_payment, said="The payment is given up.")


@payments.route("/<uuid:payment_id>/cancel", methods=["GET", "POST"])
@needs(Permission.RUN_ASSEMBLE)
def cancel(payment_id: UUID) -> Response:
    """Cancel a payment that was requested and never released."""
    return _decide(payment_id, "cancel", CancelForm, following.cancel_payment, said="The payment is cancelled.")


def _decide(
    payment_id: UUID, move: str, make: type[PageForm], operation: Callable[..., Instruction], *, said: str
) -> Response:
    """Ask for a decision about a payment; who may not take it is led to the payment."""
    with begin_request() as uow:
        view = payment_view(uow.session, uow.actor, payment_id, uow.today)
        allowed = move in INSTRUCTION.allowed(uow.actor, view.payment)
    if request.method == "GET" and not allowed:
        return go(_of(payment_id))
    form = make(version=view.payment.version)

    def act(uow: UnitOfWork) -> Instruction:
        return operation(uow, payment_id, **{field.name: field.data for field in form.asked}, version=form.version_read)

    now = view.account_now
    told = [form.hint, f"Today that is the {now.masked}."] if move == "reissue" and now else None
    return ask(
        form,
        act,
        then=lambda row: _of(row.id),
        said=said,
        sentences=told,
        above=_above(view),
        back=_of(payment_id),
    )


def _above(view: PaymentView) -> str:
    return f"{format_pounds(view.payment.amount)} to {view.name}"


def _of(payment_id: UUID) -> str:
    return url_for("web.payments.show", payment_id=payment_id)
