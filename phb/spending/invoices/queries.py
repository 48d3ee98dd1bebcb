"""What an actor may see of providers' invoices, and where their payment stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from phb.core.actor import Actor
from phb.core.errors import NotFoundError
from phb.payments.kinds import PayeeKind, SubjectKind
from phb.payments.payees.models import Payee
from phb.payments.runs.models import Instruction
from phb.people.kinds import Scope
from phb.people.queries import visible_between
from phb.spending.invoices.models import InvoiceLine, InvoiceShare, ProviderInvoice


class InvoiceNotFoundError(NotFoundError):
    """There is no such invoice for this actor."""

    code = "invoice-not-found"


@dataclass(frozen=True)
class InvoiceWithLines:
    """An invoice, its lines in order, and the newest payment asked for it."""

    invoice: ProviderInvoice
    lines: Sequence[InvoiceLine]
    payment: Instruction | None


def visible_invoices(actor: Actor, on: date, *, budget_id: UUID | None = None) -> Select[ProviderInvoice]:
    """Select the invoices an actor may see on a day, of one budget where given."""
    row = ProviderInvoice
    query = select(row).where(visible_between(actor, on, Scope.SPEND, row.person_id, row.happened_on))
    return query if budget_id is None else query.where(row.budget_id == budget_id)


def invoice(session: Session, actor: Actor, invoice_id: UUID, on: date) -> InvoiceWithLines:
    """Return one invoice with its lines.

    Raises:
        InvoiceNotFoundError: absent, or not the actor's to see.
    """
    found = _one(session, visible_invoices(actor, on).where(ProviderInvoice.id == invoice_id))
    return InvoiceWithLines(found, lines_of(session, found.id), payment_of(session, found.id))


def invoice_for_update(session: Session, actor: Actor, invoice_id: UUID, on: date) -> ProviderInvoice:
    """Return one invoice, locked until the unit of work ends.

    Raises:
        InvoiceNotFoundError: absent, or not the actor's to see.
    """
    mine = visible_invoices(actor, on).where(ProviderInvoice.id == invoice_id)
    return _one(session, mine.with_for_update(of=ProviderInvoice).execution_options(populate_existing=True))


def by_reference(session: Session, provider_id: UUID, reference: str) -> ProviderInvoice | None:
    """Return a provider's document of a number, whoever may see it; for telling a repeated row from a new one."""
    row = ProviderInvoice
    return session.scalars(select(row).where(row.provider_id == provider_id, row.reference == reference)).first()


def lines_of(session: Session, invoice_id: UUID) -> Sequence[InvoiceLine]:
    """Return the lines of an invoice in order."""
    row = InvoiceLine
    return session.scalars(select(row).where(row.invoice_id == invoice_id).order_by(row.ordinal)).all()


def shares_of_invoice(session: Session, invoice_id: UUID) -> Sequence[InvoiceShare]:
    """Return the funders' shares of an invoice, line by line."""
    row = InvoiceShare
    query = select(row).where(row.invoice_id == invoice_id).order_by(row.ordinal, row.year, row.fund)
    return session.scalars(query).all()


def payment_of(session: Session, invoice_id: UUID) -> Instruction | None:
    """Return the newest payment that was asked for an invoice, or None."""
    row = Instruction
    query = select(row).where(row.subject_kind == SubjectKind.INVOICE, row.subject_id == invoice_id)
    return session.scalars(query.order_by(row.requested_at.desc(), row.id).limit(1)).first()


def payee_of_provider(session: Session, provider_id: UUID) -> Payee | None:
    """Return the payee that a provider is paid as, or None where there is none yet."""
    query = select(Payee).where(Payee.kind == PayeeKind.PROVIDER, Payee.organisation_id == provider_id)
    return session.scalars(query).first()


def _one(session: Session, query: Select[ProviderInvoice]) -> ProviderInvoice:
    found = session.scalars(query).first()
    if found is None:
        raise InvoiceNotFoundError("There is no such invoice. Check its number.")
    return found
