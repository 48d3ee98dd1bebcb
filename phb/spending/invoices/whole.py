"""One invoice as people look at it: the provider, its lines with each funder's part, and where its payment stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy.orm import Session

from phb.core.actor import Actor
from phb.core.money import from_pence
from phb.payments.runs.models import Instruction
from phb.payments.workflow import ENDED
from phb.people.models import Organisation
from phb.spending.invoices.models import InvoiceLine, ProviderInvoice
from phb.spending.invoices.queries import invoice, payee_of_provider, shares_of_invoice
from phb.spending.kinds import InvoiceState


@dataclass(frozen=True)
class WholeInvoice:
    """An invoice, its provider's name, its lines, what each funder pays of it, and the newest payment asked for it."""

    invoice: ProviderInvoice
    provider: str
    lines: Sequence[InvoiceLine]
    funds: Mapping[str, Money]
    payment: Instruction | None
    has_payee: bool

    @property
    def may_be_asked_for(self) -> bool:
        """Whether a payment may be asked for: it is owed, the provider has a payee, and none is under way."""
        owed = self.invoice.state == InvoiceState.ACCEPTED and bool(self.invoice.amount)
        return owed and self.has_payee and (self.payment is None or self.payment.state in ENDED)


def whole_invoice(session: Session, actor: Actor, invoice_id: UUID, on: date) -> WholeInvoice:
    """Return one invoice with everything about it.

    Raises:
        InvoiceNotFoundError: absent, or not the actor's to see.
    """
    found = invoice(session, actor, invoice_id, on)
    row, funds = found.invoice, dict[str, Money]()
    for share in shares_of_invoice(session, row.id):
        funds[share.fund] = funds.get(share.fund, from_pence(0)) + from_pence(share.pence)
    return WholeInvoice(
        invoice=row,
        provider=session.get_one(Organisation, (row.commissioner_id, row.provider_id)).name,
        lines=found.lines,
        funds=funds,
        payment=found.payment,
        has_payee=payee_of_provider(session, row.provider_id) is not None,
    )
