"""Lower an accepted invoice by the provider's credit note."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.plans.draft import require_words
from phb.budget.written import unchanged
from phb.core.actor import Permission
from phb.core.errors import RuleViolationError
from phb.core.money import format_pounds
from phb.core.uow import UnitOfWork
from phb.payments.runs.following import cancel_payment
from phb.payments.workflow import InstructionState
from phb.people.saving import Change, Put, require_version, save
from phb.spending.invoices import queries
from phb.spending.invoices.booking import book_lines
from phb.spending.invoices.draft import NewInvoiceLine, total
from phb.spending.invoices.models import ProviderInvoice
from phb.spending.invoices.operations import NOT_SENT, PaymentUnderWayError, request_payment
from phb.spending.invoices.storing import Document, new_row, refuse_day, same_lines, store
from phb.spending.invoices.workflow import INVOICE
from phb.spending.promises import take_back

LEFT = frozenset({InstructionState.RELEASED, InstructionState.SETTLED})


class NotLowerError(RuleViolationError):
    """A credit note leaves as much as the invoice was, or more."""

    code = "not-lower"


def lower_invoice(
    uow: UnitOfWork,
    invoice_id: UUID,
    *,
    reference: str,
    credited_on: date,
    lines: Sequence[NewInvoiceLine],
    reason: str,
    version: int | None = None,
) -> Put[ProviderInvoice]:
    """Lower an accepted invoice by the provider's credit note; `lines` are what remains of it, none if nothing does.

    The books take the invoice back and accept what remains, today. A payment that has not been put into a run is
    cancelled and asked for anew; where the money has left, the difference is due from the provider.

    Raises:
        InvoiceNotFoundError, ChangedMeanwhileError, WrongStateError, ReasonNeededError.
        KnownDifferentlyError: the credit note's number is that of another document.
        NotLowerError, InvoiceDayError: the amount or the day cannot be right.
        PaymentUnderWayError: the payment is in a run that has not left, or came back.
        DomainError: as accept_invoice() for the lines.
    """
    uow.actor.require(Permission.INVOICE_ACCEPT)
    require_words(reference, "reference")
    row = queries.invoice_for_update(uow.session, uow.actor, invoice_id, uow.today)
    known = queries.by_reference(uow.session, row.provider_id, reference)
    if known is not None:
        same = known.replaces_id == row.id and same_lines(uow, known, lines) and known.invoiced_on == credited_on
        return unchanged(known, same=same, what="credit note", reference=reference)
    require_version(row, version)
    left = total(lines)
    INVOICE.fire(uow, row, "lower", reason=reason, amount=row.amount, left=left)
    row.lowered_at, row.lower_reason = uow.now, reason
    budget = uow.session.get_one(PersonalHealthBudget, (uow.commissioner_id, row.budget_id))
    if left >= row.amount:
        raise NotLowerError(
            f"The invoice was {format_pounds(row.amount)} and the credit note would leave {format_pounds(left)}. "
            "Give what remains of each line; a higher invoice is one of its own.",
            field="lines",
        )
    refuse_day(uow, budget, credited_on)
    pay_again = _cancel_payment(uow, row, reason)
    take_back(uow, row.id, narration="Invoice lowered by a credit note")
    save(uow, {})
    document = Document(row.provider_id, reference, credited_on, uow.today, left)
    new = new_row(uow, budget, document, replaces_id=row.id)
    store(uow, new, book_lines(uow, budget, lines, uow.today), action="credit_note.accepted")
    if pay_again and lines:
        request_payment(uow, new.id)
    return Put(new, Change.ADDED)


def _cancel_payment(uow: UnitOfWork, row: ProviderInvoice, reason: str) -> bool:
    """Cancel a payment that waits; say whether what remains is to be asked for anew."""
    payment = queries.payment_of(uow.session, row.id)
    if payment is None:
        return False
    if payment.state == InstructionState.REQUESTED:
        cancel_payment(uow, payment.id, reason=reason)
        return True
    if payment.state in LEFT:
        return False
    if payment.state in NOT_SENT:
        return True
    raise PaymentUnderWayError(
        "This invoice is in a payment run that has not left, or its payment came back. Withdraw the run, or decide on "
        "the payment, and then lower the invoice."
    )
