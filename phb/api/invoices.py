"""Providers' invoices for notional budgets: accepted, asked to be paid, lowered by a credit note."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate

from phb.api.blueprint import Listed, Resource, listed
from phb.api.fields import Words
from phb.api.payment_fields import PaymentBody
from phb.api.schemas import MoneyField, PageArguments
from phb.api.spending import DaysField
from phb.core.actor import Permission
from phb.edge import paging
from phb.edge.etags import Tagged, conditional, tagged
from phb.edge.request import begin_request, idempotent, needs
from phb.payments.runs.models import Instruction
from phb.spending.invoices import credit_notes, operations, queries
from phb.spending.invoices.draft import MOST_LINES, NewInvoice, NewInvoiceLine
from phb.spending.invoices.models import ProviderInvoice

blp = Resource("invoices", "Providers' invoices for money that the commissioner holds")


class InvoiceLineInput(Schema):
    """What was delivered on which days; the category is the plan line's, if left out."""

    plan_line_id = fields.UUID(required=True)
    amount = MoneyField(required=True, positive=True)
    covers = DaysField(required=True)
    words = Words(500, required=True)
    category = Words(60, load_default=None, allow_none=True)
    commitment_id = fields.UUID(load_default=None, allow_none=True, metadata={"description": "the order it uses"})


class InvoiceInput(Schema):
    """An invoice of one provider for one budget."""

    budget_id = fields.UUID(required=True)
    provider_id = fields.UUID(required=True)
    reference = Words(100, required=True, metadata={"description": "the provider's number, once for ever"})
    invoiced_on = fields.Date(required=True)
    lines = fields.List(fields.Nested(InvoiceLineInput), required=True, validate=validate.Length(1, MOST_LINES))
    pay_by = fields.Date(load_default=None, allow_none=True, metadata={"description": "in the next run, if left out"})


class InvoiceBody(Schema):
    """An invoice, or a credit note where `replaces_id` names what it lowers."""

    id = fields.UUID()
    provider_id = fields.UUID()
    reference = fields.String()
    budget_id = fields.UUID()
    invoiced_on = fields.Date()
    happened_on = fields.Date(metadata={"description": "the day it counts on"})
    amount = MoneyField()
    state = fields.String()
    replaces_id = fields.UUID(allow_none=True)
    accepted_by = fields.UUID()
    accepted_at = fields.AwareDateTime()
    lowered_by = fields.UUID(allow_none=True)
    lowered_at = fields.AwareDateTime(allow_none=True)
    lower_reason = fields.String(allow_none=True)
    version = fields.Integer()


class InvoiceLineBody(Schema):
    """One line of an invoice."""

    ordinal = fields.Integer()
    plan_line_id = fields.UUID()
    category = fields.String(attribute="category_code")
    words = fields.String()
    covers = DaysField(attribute="period")
    amount = MoneyField()
    commitment_id = fields.UUID(allow_none=True)


class InvoiceWithLinesBody(Schema):
    """An invoice, its lines and the newest payment asked for it."""

    invoice = fields.Nested(InvoiceBody)
    lines = fields.List(fields.Nested(InvoiceLineBody))
    payment = fields.Nested(PaymentBody, allow_none=True)


class InvoiceArguments(PageArguments):
    """Which invoices."""

    budget_id = fields.UUID(load_default=None)


class PaymentInput(Schema):
    """When it is to arrive."""

    pay_by = fields.Date(load_default=None, allow_none=True)


class CreditNoteInput(Schema):
    """The provider's credit note: what remains of the invoice, and why it is lowered."""

    reference = Words(100, required=True)
    credited_on = fields.Date(required=True)
    lines = fields.List(fields.Nested(InvoiceLineInput), required=True, validate=validate.Length(0, MOST_LINES))
    reason = Words(2000, required=True)


@blp.route("", methods=["GET"])
@needs(Permission.BUDGET_READ)
@blp.query(InvoiceArguments)
@blp.response(200, InvoiceBody(many=True))
def list_invoices(query: dict[str, Any]) -> Listed:
    """List invoices by the day they count on."""
    with begin_request() as uow:
        found = queries.visible_invoices(uow.actor, uow.today, budget_id=query["budget_id"])
        sort = (ProviderInvoice.happened_on, ProviderInvoice.id)
        return listed(paging.page(uow.session, found, sort, limit=query["limit"], cursor=query["cursor"]))


@blp.route("", methods=["POST"])
@needs(Permission.INVOICE_ACCEPT)
@idempotent
@blp.arguments(InvoiceInput)
@blp.response(201, InvoiceBody)
def accept_invoice(body: dict[str, Any]) -> Tagged[ProviderInvoice]:
    """Accept an invoice and ask for it to be paid."""
    with begin_request() as uow:
        budget_id, pay_by = body.pop("budget_id"), body.pop("pay_by")
        new = NewInvoice(**body | {"lines": tuple(NewInvoiceLine(**line) for line in body["lines"])})
        return tagged(operations.accept_invoice(uow, budget_id, new, pay_by=pay_by).row)


@blp.route("/<uuid:invoice_id>", methods=["GET"])
@needs(Permission.BUDGET_READ)
@blp.response(200, InvoiceWithLinesBody)
def show_invoice(invoice_id: UUID) -> tuple[queries.InvoiceWithLines, dict[str, str]]:
    """Show an invoice with its lines and its payment."""
    with begin_request() as uow:
        found = queries.invoice(uow.session, uow.actor, invoice_id, uow.today)
        return found, tagged(found.invoice)[1]


@blp.route("/<uuid:invoice_id>/payment", methods=["POST"])
@needs(Permission.INVOICE_ACCEPT)
@idempotent
@blp.arguments(PaymentInput)
@blp.response(201, PaymentBody)
def request_payment(body: dict[str, Any], invoice_id: UUID) -> Instruction:
    """Ask for an invoice to be paid, where its provider had no payee when it was accepted."""
    with begin_request() as uow:
        return operations.request_payment(uow, invoice_id, **body)


@blp.route("/<uuid:invoice_id>/credit-note", methods=["POST"])
@needs(Permission.INVOICE_ACCEPT)
@idempotent
@blp.arguments(CreditNoteInput)
@conditional
@blp.response(201, InvoiceBody)
def lower_invoice(body: dict[str, Any], invoice_id: UUID, version: int | None) -> Tagged[ProviderInvoice]:
    """Lower an invoice by the provider's credit note."""
    with begin_request() as uow:
        lines = tuple(NewInvoiceLine(**line) for line in body.pop("lines"))
        return tagged(credit_notes.lower_invoice(uow, invoice_id, **body, lines=lines, version=version).row)
