"""Spending: the list with its receipts, one record with what was decided, and what may still be done with it."""

from contextlib import closing
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from sqlalchemy import Select

from phb.budget.budgets.workflow import BudgetState
from phb.core.actor import Permission
from phb.core.money import format_pounds
from phb.core.uow import UnitOfWork
from phb.documents.words import say_day
from phb.edge import paging
from phb.edge.request import begin_request, current_actor, needs
from phb.people.kinds import Scope
from phb.spending.kinds import Evidence, SpendState
from phb.spending.receipts.models import Receipt
from phb.spending.receipts.operations import attach_receipt
from phb.spending.receipts.queries import receipt
from phb.spending.record_view import SpendView, spend_view
from phb.spending.records import decisions
from phb.spending.records.models import SpendRecord
from phb.spending.records.queries import SpendNotFoundError, visible_spend
from phb.web import narrowing
from phb.web.asking import ask, go
from phb.web.forms import Choice, Day, Needed, PageForm, Upload, Words
from phb.web.holder import words
from phb.web.holder.recording import begin_correction
from phb.web.holder.whose import Whose, headed
from phb.web.rendering import render

spending = Blueprint("spending", __name__)

FILTERS = {"receipts": "Receipt needed", "questions": "Being asked about"}
SHOWN_IN_PLACE = {"image/png", "image/jpeg"}
OF_A_RECEIPT = {"Content-Security-Policy": "default-src 'none'; sandbox"}
NO_RECEIPT = (SpendState.PUT_BACK, SpendState.CORRECTED)
"""What no longer counts, so that nobody needs to send a receipt for it."""
NEVER_HAPPENED, WRONG = "never", "wrong"


class ReceiptForm(PageForm):
    """A receipt, added later."""

    question = "Add a receipt"
    button = "Add this receipt"
    file = Upload(
        question,
        hint="A photo or a PDF: PDF, PNG or JPEG, 10 MB at most.",
        accept="image/jpeg,image/png,application/pdf",
        validators=[Needed("Choose a photo or a PDF of the receipt")],
    )


class PutBackForm(PageForm):
    """Money that was asked about is in the account again."""

    question = "Say that the money is back in the account"
    button = "It is back"
    put_back_on = Day(
        "Which day was it put back?",
        hint="For example, 27 3 2026",
        validators=[Needed("Enter the day it was put back")],
    )
    reason = Words(
        "Is there anything we should know?",
        hint="For example: I paid it from my own money.",
        rows=3,
        validators=[Needed("Say how the money came back")],
    )


class TakeBackForm(PageForm):
    """A record that is a mistake."""

    question = "Take back this record"
    what = Choice(
        "What is wrong with it?",
        options=[
            (WRONG, "Something in it is wrong. I want to put it right."),
            (NEVER_HAPPENED, "It never happened. I want to take it away."),
        ],
        validators=[Needed("Choose what is wrong")],
    )
    reason = Words("Why is it wrong?", rows=3, longest=500, validators=[Needed("Say why it is wrong")])


@spending.route("/<uuid:budget_id>/spending")
@needs(Permission.BUDGET_READ)
def listed(budget_id: UUID) -> Response:
    """List what was recorded, the newest first."""
    show, row = request.args.get("show", ""), SpendRecord
    with begin_request() as uow:
        whose = headed(uow, budget_id, Scope.SPEND)
        query = _filtered(visible_spend(uow.actor, uow.today, budget_id=budget_id), show)
        sort = (row.spent_on, row.id)
        found = paging.page(uow.session, query, sort, cursor=request.args.get("cursor"), newest_first=True)
    return render(
        "holder/spending.html.jinja",
        title=narrowing.titled("Spending and receipts", FILTERS.get(show)),
        above=whose.title,
        whose=whose,
        found=found,
        show=show,
        filters=FILTERS,
        states=words.SPEND,
        evidence=words.EVIDENCE,
        no_receipt=NO_RECEIPT,
        may_record=current_actor().may(Permission.SPEND_RECORD) and whose.budget.state == BudgetState.ACTIVE,
    )


@spending.route("/<uuid:budget_id>/spending/<uuid:spend_id>")
@needs(Permission.BUDGET_READ)
def shown(budget_id: UUID, spend_id: UUID) -> Response:
    """Show one record: what it says, what was decided and why, its receipts, and what may be done."""
    return _record("holder/record.html.jinja", "Spending of {amount} on {day}", budget_id, spend_id)


@spending.route("/<uuid:budget_id>/spending/<uuid:spend_id>/recorded")
@needs(Permission.BUDGET_READ)
def recorded(budget_id: UUID, spend_id: UUID) -> Response:
    """Say what became of what was just recorded."""
    return _record("holder/recorded.html.jinja", "Recorded", budget_id, spend_id)


@spending.route("/<uuid:budget_id>/spending/<uuid:spend_id>/receipt", methods=["GET", "POST"])
@needs(Permission.SPEND_RECORD)
def add_receipt(budget_id: UUID, spend_id: UUID) -> Response:
    """Add a receipt to a record."""
    whose, _ = _look(budget_id, spend_id)
    form = ReceiptForm()

    def attach(uow: UnitOfWork) -> Receipt:
        with closing(form.file.data) as file:
            return attach_receipt(uow, spend_id, file.read()).row

    return ask(
        form,
        attach,
        then=lambda _: _address(budget_id, spend_id),
        said="The receipt is added.",
        back=_address(budget_id, spend_id),
        above=whose.title,
    )


@spending.route("/<uuid:budget_id>/receipts/<uuid:receipt_id>")
@needs(Permission.BUDGET_READ)
def show_receipt(budget_id: UUID, receipt_id: UUID) -> Response:
    """Show a receipt: a picture in the browser, a PDF as a file."""
    with begin_request() as uow:
        headed(uow, budget_id, Scope.SPEND)
        found = receipt(uow.session, uow.actor, receipt_id, uow.today)
    kind = found.receipt.media_type
    way = "inline" if kind in SHOWN_IN_PLACE else "attachment"
    name = {"Content-Disposition": f'{way}; filename="{found.receipt.name}"'}
    return Response(found.content, content_type=kind, headers=OF_A_RECEIPT | name)


@spending.route("/<uuid:budget_id>/spending/<uuid:spend_id>/put-back", methods=["GET", "POST"])
@needs(Permission.SPEND_RECORD)
def put_back(budget_id: UUID, spend_id: UUID) -> Response:
    """Say that money which was asked about is back in the account."""
    whose, found = _look(budget_id, spend_id)
    form = PutBackForm(version=found.record.version)
    return ask(
        form,
        lambda uow: decisions.put_back(
            uow, spend_id, put_back_on=form.put_back_on.data, reason=form.reason.data, version=form.version_read
        ),
        then=lambda _: _address(budget_id, spend_id),
        said="Thank you. It is noted that the money is back in the account.",
        back=_address(budget_id, spend_id),
        above=whose.title,
    )


@spending.route("/<uuid:budget_id>/spending/<uuid:spend_id>/take-back", methods=["GET", "POST"])
@needs(Permission.SPEND_RECORD)
def take_back(budget_id: UUID, spend_id: UUID) -> Response:
    """Take back a mistaken record, or go on to put it right."""
    whose, found = _look(budget_id, spend_id)
    form = TakeBackForm(version=found.record.version)
    if form.is_submitted() and form.what.data == WRONG and form.validate():
        return go(begin_correction(budget_id, found.record, form.reason.data))
    return ask(
        form,
        lambda uow: decisions.correct_spend(uow, spend_id, reason=form.reason.data, version=form.version_read),
        then=lambda _: _address(budget_id, spend_id),
        said="The record is taken back. It no longer counts.",
        back=_address(budget_id, spend_id),
        above=whose.title,
    )


def _filtered(query: Select[SpendRecord], show: str) -> Select[SpendRecord]:
    row = SpendRecord
    if show == "receipts":
        return query.where(row.evidence == Evidence.AWAITED, row.state.not_in(NO_RECEIPT))
    if show == "questions":
        return query.where(row.state == SpendState.ASKED_ABOUT)
    return query


def _record(template: str, title: str, budget_id: UUID, spend_id: UUID) -> Response:
    whose, found = _look(budget_id, spend_id)
    return render(
        template,
        title=title.format(amount=format_pounds(found.record.amount), day=say_day(found.record.spent_on)),
        above=whose.title,
        whose=whose,
        found=found,
        state=words.SPEND[found.record.state],
        evidence=words.EVIDENCE[found.record.evidence],
        may_record=current_actor().may(Permission.SPEND_RECORD),
        in_place=SHOWN_IN_PLACE,
        no_receipt=NO_RECEIPT,
    )


def _look(budget_id: UUID, spend_id: UUID) -> tuple[Whose, SpendView]:
    with begin_request() as uow:
        whose = headed(uow, budget_id, Scope.SPEND)
        found = spend_view(uow.session, uow.actor, spend_id, uow.today)
    if found.record.budget_id != budget_id:
        raise SpendNotFoundError("This record is of another budget. Look it up there.")
    return whose, found


def _address(budget_id: UUID, spend_id: UUID) -> str:
    return url_for("web.holder.spending.shown", budget_id=budget_id, spend_id=spend_id)
