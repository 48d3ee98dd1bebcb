"""What waits for me, and why: the most urgent first."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import NotFound

from phb.core.actor import Permission
from phb.core.uow import UnitOfWork
from phb.edge.paging import page
from phb.edge.request import begin_request, needs
from phb.monitoring.waiting.kinds import Waiting, WaitingKind, acts
from phb.monitoring.waiting.queries import waiting_list
from phb.people.users.approvers import approvers_on
from phb.web import narrowing
from phb.web.finance.showing import show
from phb.web.finance.words import KINDS

queue = Blueprint("queue", __name__, url_prefix="/queue")

PLACES = {
    WaitingKind.BUDGET_TO_SIGN_OFF: "web.finance.budget.shown",
    WaitingKind.BUDGET_TO_ACTIVATE: "web.finance.budget.shown",
    WaitingKind.CHANGE_TO_SIGN_OFF: "web.finance.changes.shown",
    WaitingKind.CHANGE_TO_APPLY: "web.finance.changes.shown",
    WaitingKind.SPEND_ASKED_ABOUT: "web.finance.spend.shown",
    WaitingKind.INVOICE_WITHOUT_PAYEE: "web.finance.invoices.shown",
    WaitingKind.INVOICE_NOT_PAID: "web.finance.invoices.shown",
}
ID_NAMES = {"changes": "revision_id", "spend": "spend_id", "invoices": "invoice_id"}


@queue.route("")
@needs(Permission.LEDGER_READ)
def yours() -> Response:
    """Show what the reader may act on; for somebody who only reads, what waits for others."""
    with begin_request() as uow:
        return _listed(uow, yours=acts(uow.actor))


@queue.route("/others")
@needs(Permission.LEDGER_READ)
def others() -> Response:
    """Show what waits for somebody else in the reader's place, with who that is."""
    with begin_request() as uow:
        return _listed(uow, yours=False)


def _listed(uow: UnitOfWork, *, yours: bool) -> Response:
    kind = _kind(request.args.get("kind"))
    found = waiting_list(uow.session, uow.actor, uow.today, yours=yours, kind=kind)
    rows = page(uow.session, found.query, found.order, cursor=request.args.get("after"))
    return show(
        "queue.html.jinja",
        title=narrowing.titled(f"Waiting for {'you' if yours else 'others'}", KINDS[kind].many if kind else None),
        found=found,
        page=rows,
        chosen=kind,
        yours=yours,
        acts=acts(uow.actor),
        approvers=None if yours else approvers_on(uow.session, uow.today),
        place=place,
        total=sum(found.counts.values()),
        today=uow.today,
    )


def place(one: Waiting) -> str:
    """Return the address of something that waits."""
    if one.kind is WaitingKind.ACCOUNT_TO_CONFIRM:
        return url_for("web.payees.show", payee_id=one.place_id)
    if one.kind is WaitingKind.PAYMENT_CAME_BACK:
        return url_for("web.payments.show", payment_id=one.id)
    endpoint = PLACES[one.kind]
    name = ID_NAMES.get(endpoint.split(".")[2])
    more: dict[str, Any] = {name: one.id} if name else {}
    return url_for(endpoint, budget_id=one.place_id, **more)


def _kind(given: str | None) -> WaitingKind | None:
    try:
        return WaitingKind(given) if given else None
    except ValueError as error:
        raise NotFound from error
