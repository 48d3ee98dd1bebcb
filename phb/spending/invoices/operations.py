"""Accept a provider's invoice, and ask for it to be paid."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from phb.budget.budgets.workflow import BudgetState
from phb.budget.commitments.operations import BudgetNotActiveError
from phb.budget.queries import budget as visible_budget
from phb.budget.written import unchanged
from phb.core.actor import Permission
from phb.core.errors import ConflictError, NotFoundError, RuleViolationError
from phb.core.money import from_pence
from phb.core.period import Period
from phb.core.uow import UnitOfWork
from phb.ledger.entry import CreditorShare, Share
from phb.payments.payees.models import Payee
from phb.payments.runs.following import request_invoice_payment
from phb.payments.runs.models import Instruction
from phb.payments.workflow import InstructionState
from phb.people.kinds import OrganisationKind
from phb.people.models import Organisation
from phb.people.saving import Change, Put
from phb.spending.invoices import queries
from phb.spending.invoices.booking import book_lines
from phb.spending.invoices.draft import NewInvoice, total
from phb.spending.invoices.models import ProviderInvoice
from phb.spending.invoices.storing import Document, new_row, refuse_day, same_lines, store
from phb.spending.kinds import InvoiceState

NOT_SENT = frozenset({InstructionState.CANCELLED, InstructionState.GIVEN_UP})


class UnknownProviderError(RuleViolationError):
    """The organisation is no provider that the commissioner knows."""

    code = "unknown-provider"


class PaymentUnderWayError(ConflictError):
    """The invoice's payment is on its way to the bank, or came back and is not decided."""

    code = "payment-under-way"


class PayeeMissingError(NotFoundError):
    """The provider has no payee to pay."""

    code = "payee-missing"


def accept_invoice(
    uow: UnitOfWork, budget_id: UUID, new: NewInvoice, *, pay_by: date | None = None
) -> Put[ProviderInvoice]:
    """Accept a provider's invoice for a budget and ask for it to be paid; the same invoice again changes nothing.

    Where the provider has no payee yet, the invoice is owed and request_payment() asks for it later.

    Raises:
        BudgetNotFoundError, BudgetNotActiveError: no budget of the actor's to pay it from.
        KnownDifferentlyError: the provider's number is that of another document.
        UnknownProviderError, InvoiceDayError: who or when cannot be right.
        PlanLineNotFoundError, HandedOverError, BarredCategoryError, ReferredCategoryError, UnknownCategoryError,
            LineOutsidePlanError, CommitmentElsewhereError: a line does not fit the plan.
        TooLittleLeftError: a plan line has less left.
    """
    uow.actor.require(Permission.INVOICE_ACCEPT)
    budget = visible_budget(uow.session, uow.actor, budget_id, uow.today)
    known = queries.by_reference(uow.session, new.provider_id, new.reference)
    if known is not None:
        return unchanged(known, same=_says(uow, known, budget_id, new), what="invoice", reference=new.reference)
    if budget.state != BudgetState.ACTIVE:
        raise BudgetNotActiveError(
            f"The budget {budget.reference} is not active, so no invoice can be accepted for it. Wait until it is."
        )
    _require_provider(uow, new.provider_id)
    refuse_day(uow, budget, new.invoiced_on)
    document = Document(new.provider_id, new.reference, new.invoiced_on, new.happened_on, total(new.lines))
    row = new_row(uow, budget, document)
    store(uow, row, book_lines(uow, budget, new.lines, row.happened_on), action="invoice.accepted")
    payee = queries.payee_of_provider(uow.session, row.provider_id)
    if payee is not None:
        _request(uow, row, payee, pay_by)
    return Put(row, Change.ADDED)


def request_payment(uow: UnitOfWork, invoice_id: UUID, *, pay_by: date | None = None) -> Instruction:
    """Ask for an accepted invoice to be paid; accepting does so where the provider has a payee.

    Raises:
        InvoiceNotFoundError: there is no such invoice for this actor.
        PayeeMissingError: the provider has no payee.
        PaymentUnderWayError: the invoice was lowered, or nothing of it is owed.
        PaidAlreadyError: it is being paid, or was.
    """
    uow.actor.require(Permission.INVOICE_ACCEPT)
    row = queries.invoice_for_update(uow.session, uow.actor, invoice_id, uow.today)
    payee = queries.payee_of_provider(uow.session, row.provider_id)
    if payee is None:
        raise PayeeMissingError("This provider cannot be paid yet. Add it as a payee with its bank account first.")
    if row.state != InvoiceState.ACCEPTED or not row.amount.amount or _was_paid_before(uow, row):
        raise PaymentUnderWayError("Nothing of this document is to be paid: it was lowered, or the provider has it.")
    return _request(uow, row, payee, pay_by)


def _request(uow: UnitOfWork, row: ProviderInvoice, payee: Payee, pay_by: date | None) -> Instruction:
    days = [line.period for line in queries.lines_of(uow.session, row.id)]
    return request_invoice_payment(
        uow,
        row.id,
        _owed(uow, row),
        payee.id,
        due_on=pay_by or uow.today,
        person_id=row.person_id,
        covers=Period(min(part.start_on for part in days), max(part.end_on for part in days)),
    )


def _was_paid_before(uow: UnitOfWork, row: ProviderInvoice) -> bool:
    """Say whether the payment of a document that this one stands for has left."""
    while row.replaces_id is not None:
        payment = queries.payment_of(uow.session, row.replaces_id)
        if payment is not None and payment.state not in NOT_SENT:
            return True
        row = uow.session.get_one(ProviderInvoice, (uow.commissioner_id, row.replaces_id))
    return False


def _require_provider(uow: UnitOfWork, provider_id: UUID) -> None:
    row = Organisation
    known = uow.session.scalars(select(row).where(row.id == provider_id, row.kind == OrganisationKind.PROVIDER)).first()
    if known is None:
        raise UnknownProviderError(
            "There is no such provider. Register the organisation as a provider first, or correct its id.",
            field="provider_id",
        )


def _owed(uow: UnitOfWork, row: ProviderInvoice) -> list[CreditorShare]:
    sums: dict[tuple[int, str], int] = {}
    for share in queries.shares_of_invoice(uow.session, row.id):
        sums[share.year, share.fund] = sums.get((share.year, share.fund), 0) + share.pence
    return [
        CreditorShare(row.budget_id, row.provider_id, year, Share(fund, from_pence(pence)))
        for (year, fund), pence in sorted(sums.items())
    ]


def _says(uow: UnitOfWork, row: ProviderInvoice, budget_id: UUID, new: NewInvoice) -> bool:
    same = (row.budget_id, row.invoiced_on, row.replaces_id) == (budget_id, new.invoiced_on, None)
    return same and same_lines(uow, row, new.lines)
