"""Providers' invoices for a budget: what was delivered, who pays it, and where the payment stands."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from phb.core.actor import Permission
from phb.core.uow import UnitOfWork
from phb.edge.paging import page
from phb.edge.request import begin_request, needs
from phb.people.users.queries import names_of
from phb.spending.invoices import operations
from phb.spending.invoices.models import ProviderInvoice
from phb.spending.invoices.queries import InvoiceNotFoundError, visible_invoices
from phb.spending.invoices.whole import WholeInvoice, whole_invoice
from phb.web.asking import ask
from phb.web.finance.headed import headed
from phb.web.finance.showing import show
from phb.web.forms import Day, PageForm

invoices = Blueprint("invoices", __name__, url_prefix="/budgets/<uuid:budget_id>/invoices")


class PayForm(PageForm):
    """By when it is to be paid."""

    question = "Ask for this invoice to be paid"
    button = "Ask for payment"
    pay_by = Day("By which day?", hint="Leave this empty for the next payment run")


@invoices.route("")
@needs(Permission.LEDGER_READ)
def listed(budget_id: UUID) -> Response:
    """List the invoices, the latest first."""
    with begin_request() as uow:
        query = visible_invoices(uow.actor, uow.today, budget_id=budget_id)
        sort = (ProviderInvoice.happened_on, ProviderInvoice.id)
        return show(
            "invoices.html.jinja",
            title="Invoices",
            about=headed(uow, budget_id),
            page=page(uow.session, query, sort, cursor=request.args.get("after"), newest_first=True),
        )


@invoices.route("/<uuid:invoice_id>")
@needs(Permission.LEDGER_READ)
def shown(budget_id: UUID, invoice_id: UUID) -> Response:
    """Show one invoice."""
    with begin_request() as uow:
        found = _found(uow, budget_id, invoice_id)
        row = found.invoice
        return show(
            "invoice.html.jinja",
            title=f"Invoice {row.reference}",
            about=headed(uow, budget_id),
            found=found,
            people=names_of(uow.session, uow.actor, [row.accepted_by, row.lowered_by]),
        )


@invoices.route("/<uuid:invoice_id>/pay", methods=["GET", "POST"])
@needs(Permission.INVOICE_ACCEPT)
def pay(budget_id: UUID, invoice_id: UUID) -> Response:
    """Ask for an accepted invoice to be paid."""
    with begin_request() as uow:
        found = _found(uow, budget_id, invoice_id)
    form, place = PayForm(), url_for("web.finance.invoices.shown", budget_id=budget_id, invoice_id=invoice_id)
    return ask(
        form,
        lambda uow: operations.request_payment(uow, invoice_id, pay_by=form.pay_by.data),
        then=lambda _: place,
        said="The next payment run takes it, if nothing stands against it.",
        back=place,
        above=f"Invoice {found.invoice.reference}",
    )


def _found(uow: UnitOfWork, budget_id: UUID, invoice_id: UUID) -> WholeInvoice:
    found = whole_invoice(uow.session, uow.actor, invoice_id, uow.today)
    if found.invoice.budget_id != budget_id:
        raise InvoiceNotFoundError("This budget has no such invoice. Look it up in the budget.")
    return found
