"""Spend that still needs a receipt, over everybody helped: attach one, or say that it was seen on paper."""

from contextlib import closing
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from phb.core.actor import Permission
from phb.core.money import format_pounds
from phb.core.uow import UnitOfWork
from phb.documents.words import say_day
from phb.edge import paging
from phb.edge.request import begin_request, current_actor, needs
from phb.spending.evidence import missing_evidence
from phb.spending.receipts.models import Receipt
from phb.spending.receipts.operations import attach_receipt
from phb.spending.records.decisions import note_evidence_seen
from phb.spending.records.models import SpendRecord
from phb.spending.records.queries import spend
from phb.web.asking import ask
from phb.web.forms import Needed, PageForm, Upload, Words
from phb.web.rendering import render

receipts = Blueprint("receipts", __name__, url_prefix="/receipts/missing")


class ReceiptForm(PageForm):
    """A receipt."""

    question = "Add a receipt"
    button = "Add this receipt"
    file = Upload(
        question,
        hint="A photo or a PDF: PDF, PNG or JPEG, 10 MB at most.",
        accept="image/jpeg,image/png,application/pdf",
        validators=[Needed("Choose a photo or a PDF of the receipt")],
    )


class SeenForm(PageForm):
    """What was seen on paper."""

    question = "What did you see on paper?"
    button = "It was seen"
    note = Words(
        question,
        hint="For example: the till receipt, filed with the account book",
        rows=3,
        validators=[Needed("Say what you saw")],
    )


@receipts.route("")
@needs(Permission.SPEND_RECORD)
def missing() -> Response:
    """List what needs a receipt, the oldest first."""
    with begin_request() as uow:
        query, order = missing_evidence(uow.actor, uow.today)
        found = paging.page(uow.session, query, order, cursor=request.args.get("after"))
    return render(
        "broker/missing.html.jinja",
        title="Missing receipts",
        found=found,
        may_note=current_actor().may(Permission.SPEND_DECIDE),
    )


@receipts.route("/<uuid:spend_id>", methods=["GET", "POST"])
@needs(Permission.SPEND_RECORD)
def add(spend_id: UUID) -> Response:
    """Add a receipt to a record."""
    row, form = _record(spend_id), ReceiptForm()

    def attach(uow: UnitOfWork) -> Receipt:
        with closing(form.file.data) as file:
            return attach_receipt(uow, spend_id, file.read()).row

    back = url_for("web.broker.receipts.missing")
    return ask(form, attach, then=lambda _: back, said="The receipt is added.", back=back, above=_about(row))


@receipts.route("/<uuid:spend_id>/seen", methods=["GET", "POST"])
@needs(Permission.SPEND_DECIDE)
def seen(spend_id: UUID) -> Response:
    """Say that a receipt was seen on paper."""
    row = _record(spend_id)
    form, back = SeenForm(version=row.version), url_for("web.broker.receipts.missing")
    return ask(
        form,
        lambda uow: note_evidence_seen(uow, spend_id, note=form.note.data, version=form.version_read),
        then=lambda _: back,
        said="It is noted that the receipt was seen.",
        back=back,
        above=_about(row),
    )


def _record(spend_id: UUID) -> SpendRecord:
    with begin_request() as uow:
        return spend(uow.session, uow.actor, spend_id, uow.today)


def _about(row: SpendRecord) -> str:
    return f"{row.words}, {format_pounds(row.amount)} on {say_day(row.spent_on)}"
