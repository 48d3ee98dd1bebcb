"""One record of spend, and what finance decides about it: accepted, put back, taken back or corrected."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, url_for
from werkzeug.exceptions import NotFound

from phb.budget.queries import lines_of_pot
from phb.budget.reference.categories import categories
from phb.core.actor import Permission
from phb.core.uow import UnitOfWork
from phb.edge.request import begin_request, needs
from phb.people.users.queries import names_of
from phb.spending.receipts.queries import receipt
from phb.spending.record_view import SpendView, spend_view
from phb.spending.records import decisions
from phb.spending.records.draft import NewSpend
from phb.spending.records.queries import SpendNotFoundError
from phb.web.asking import ask
from phb.web.finance.headed import headed
from phb.web.finance.showing import show
from phb.web.finance.spend_forms import AcceptForm, CorrectForm, EvidenceForm, PutBackForm, TakeBackForm
from phb.web.forms import PageForm

spend = Blueprint("spend", __name__, url_prefix="/budgets/<uuid:budget_id>/spending/<uuid:spend_id>")
AS_SENT = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}


@spend.route("")
@needs(Permission.LEDGER_READ)
def shown(budget_id: UUID, spend_id: UUID) -> Response:
    """Show a record of spend, why it is asked about, its receipts, and what the reader may decide."""
    with begin_request() as uow:
        found = _found(uow, budget_id, spend_id)
        row = found.record
        return show(
            "spend.html.jinja",
            title=row.words,
            about=headed(uow, budget_id),
            found=found,
            own=row.recorded_by == uow.actor.user_id,
            people=names_of(uow.session, uow.actor, [row.recorded_by, row.decided_by, row.corrected_by]),
        )


@spend.route("/accept", methods=["GET", "POST"])
@needs(Permission.SPEND_DECIDE)
def accept(budget_id: UUID, spend_id: UUID) -> Response:
    """Accept after all what was asked about, on a line of the same account."""
    with begin_request() as uow:
        found = _found(uow, budget_id, spend_id)
        lines = lines_of_pot(uow.session, uow.actor, found.record.pot_id, uow.today)
    form = AcceptForm(version=found.record.version, line=str(found.record.plan_line_id or ""))
    form.line.options = [(str(view.line.id), f"{view.line.reference}: {view.terms.words}") for view in lines]
    return _asked(
        form,
        found,
        lambda uow: decisions.accept_after_all(
            uow,
            spend_id,
            reason=form.reason.data,
            plan_line_id=UUID(form.line.data),
            version=form.version_read,
        ),
        said="It is accepted and counts as spent.",
    )


@spend.route("/put-back", methods=["GET", "POST"])
@needs(Permission.SPEND_RECORD)
def put_back(budget_id: UUID, spend_id: UUID) -> Response:
    """Record that the money is in the account again."""
    with begin_request() as uow:
        found = _found(uow, budget_id, spend_id)
    form = PutBackForm(version=found.record.version)
    return _asked(
        form,
        found,
        lambda uow: decisions.put_back(
            uow, spend_id, put_back_on=form.put_back_on.data, reason=form.reason.data, version=form.version_read
        ),
        said="The money is in the account again.",
    )


@spend.route("/take-back", methods=["GET", "POST"])
@needs(Permission.SPEND_RECORD)
def take_back(budget_id: UUID, spend_id: UUID) -> Response:
    """Take back a record of what never happened."""
    with begin_request() as uow:
        found = _found(uow, budget_id, spend_id)
    form = TakeBackForm(version=found.record.version)
    return _asked(
        form,
        found,
        lambda uow: decisions.correct_spend(uow, spend_id, reason=form.reason.data, version=form.version_read),
        said="The record is taken back. The books reverse it today.",
    )


@spend.route("/correct", methods=["GET", "POST"])
@needs(Permission.SPEND_RECORD)
def correct(budget_id: UUID, spend_id: UUID) -> Response:
    """Take back a mistaken record, and record what is right in its place."""
    with begin_request() as uow:
        found = _found(uow, budget_id, spend_id)
        lines = lines_of_pot(uow.session, uow.actor, found.record.pot_id, uow.today)
        known = categories(found.record.spent_on)
    form = CorrectForm.of(found.record)
    form.line.options = [(str(view.line.id), f"{view.line.reference}: {view.terms.words}") for view in lines]
    form.category.options = [(one.code, one.label) for one in known]
    return _asked(
        form,
        found,
        lambda uow: decisions.correct_spend(
            uow, spend_id, reason=form.reason.data, instead=_instead(form, found), version=form.version_read
        ),
        said="The record is taken back, and the right one stands in its place.",
    )


@spend.route("/evidence", methods=["GET", "POST"])
@needs(Permission.SPEND_DECIDE)
def evidence(budget_id: UUID, spend_id: UUID) -> Response:
    """Note that evidence was seen on paper."""
    with begin_request() as uow:
        found = _found(uow, budget_id, spend_id)
    form = EvidenceForm(version=found.record.version)
    return _asked(
        form,
        found,
        lambda uow: decisions.note_evidence_seen(uow, spend_id, note=form.note.data, version=form.version_read),
        said="It is noted that you saw the evidence.",
    )


@spend.route("/receipts/<uuid:receipt_id>")
@needs(Permission.LEDGER_READ)
def receipt_file(budget_id: UUID, spend_id: UUID, receipt_id: UUID) -> Response:
    """Send a receipt as it was attached."""
    with begin_request() as uow:
        if receipt_id not in {row.id for row in _found(uow, budget_id, spend_id).receipts}:
            raise NotFound
        found = receipt(uow.session, uow.actor, receipt_id, uow.today)
    name = {"Content-Disposition": f'attachment; filename="{found.receipt.name}"'}
    return Response(found.content, content_type=found.receipt.media_type, headers=AS_SENT | name)


def _found(uow: UnitOfWork, budget_id: UUID, spend_id: UUID) -> SpendView:
    found = spend_view(uow.session, uow.actor, spend_id, uow.today)
    if found.record.budget_id != budget_id:
        raise SpendNotFoundError("This budget has no such record of spend. Look it up in the budget.")
    return found


def _instead(form: CorrectForm, found: SpendView) -> NewSpend:
    row = found.record
    same_line = form.line.data == str(row.plan_line_id)
    return NewSpend(
        spent_on=form.spent_on.data,
        amount=form.amount.data,
        category=form.category.data,
        payee=form.payee.data,
        words=form.words.data,
        plan_line_id=UUID(form.line.data) if form.line.data else None,
        pot_id=None if form.line.data else row.pot_id,
        covers=row.period,
        commitment_id=row.commitment_id if same_line else None,
    )


def _asked(form: PageForm, found: SpendView, act: Callable[[UnitOfWork], object], *, said: str) -> Response:
    row = found.record
    place = url_for("web.finance.spend.shown", budget_id=row.budget_id, spend_id=row.id)
    return ask(form, act, then=lambda _: place, said=said, back=place, above=row.words)
