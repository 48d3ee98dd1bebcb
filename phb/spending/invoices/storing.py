"""Store an invoice or a credit note with its lines and shares, and book it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from moneyed import Money
from sqlalchemy import insert

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.written import KnownDifferentlyError
from phb.core.errors import RuleViolationError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.ledger import posting
from phb.ledger.entry import Heading, Source
from phb.people.saving import save
from phb.spending.invoices import queries
from phb.spending.invoices.booking import BookedLine, entry_of
from phb.spending.invoices.draft import NewInvoiceLine
from phb.spending.invoices.models import InvoiceLine, InvoiceShare, ProviderInvoice
from phb.spending.kinds import INVOICE_SOURCE, InvoiceState
from phb.spending.records.models import as_range
from phb.spending.sharing import shares_of


class InvoiceDayError(RuleViolationError):
    """An invoice or a credit note has a day that has not come, or from before the budget."""

    code = "invoice-day"


@dataclass(frozen=True)
class Document:
    """What is on the paper: whose, its number, its day, and the day it counts on."""

    provider_id: UUID
    reference: str
    invoiced_on: date
    happened_on: date
    amount: Money


def new_row(
    uow: UnitOfWork, budget: PersonalHealthBudget, document: Document, *, replaces_id: UUID | None = None
) -> ProviderInvoice:
    """Return a document as it is stored."""
    return ProviderInvoice(
        commissioner_id=uow.commissioner_id,
        id=uuid4(),
        provider_id=document.provider_id,
        reference=document.reference,
        budget_id=budget.id,
        person_id=budget.person_id,
        invoiced_on=document.invoiced_on,
        happened_on=document.happened_on,
        amount=document.amount,
        state=InvoiceState.ACCEPTED,
        replaces_id=replaces_id,
        accepted_by=uow.actor.user_id,
        accepted_at=uow.now,
    )


def store(uow: UnitOfWork, row: ProviderInvoice, booked: Sequence[BookedLine], *, action: str) -> None:
    """Post a document, where anything of it is owed, and store it with its lines and shares.

    Raises:
        KnownDifferentlyError: the provider's number is that of another document.
        TooLittleLeftError: a plan line has less left.
    """
    taken = KnownDifferentlyError(
        f"This provider's document “{row.reference}” is known already. A number belongs to one document for ever.",
        field="reference",
    )
    if booked:
        heading = Heading(row.happened_on, "Provider's invoice accepted", Source(INVOICE_SOURCE, row.id))
        posting.post(uow, entry_of(heading, row.provider_id, booked))
    save(uow, {"uq_provider_invoice_reference": taken}, row)
    lines = [_line(row, ordinal, line) for ordinal, line in enumerate(booked, start=1)]
    save(uow, {}, *lines)
    _keep_shares(uow, row, booked)
    audit.record(
        uow,
        action,
        "invoice",
        row.id,
        person_id=row.person_id,
        budget_id=row.budget_id,
        provider_id=row.provider_id,
        amount=row.amount,
    )


def _keep_shares(uow: UnitOfWork, row: ProviderInvoice, booked: Sequence[BookedLine]) -> None:
    shares = [
        {
            "commissioner_id": row.commissioner_id,
            "invoice_id": row.id,
            "ordinal": ordinal,
            "year": share.year,
            "fund": share.fund,
            "pence": share.pence,
        }
        for ordinal, line in enumerate(booked, start=1)
        for share in shares_of(line.portions)
    ]
    if shares:
        uow.session.execute(insert(InvoiceShare), shares)


def refuse_day(uow: UnitOfWork, budget: PersonalHealthBudget, day: date) -> None:
    """Refuse a document's day that has not come, or from before the budget.

    Raises:
        InvoiceDayError: so it is.
    """
    if not budget.start_on <= day <= uow.today:
        raise InvoiceDayError(
            f"{day:%-d %B %Y} is after today or before the budget began on {budget.start_on:%-d %B %Y}. "
            "Give the day that is on the document.",
            field="invoiced_on",
        )


def same_lines(uow: UnitOfWork, row: ProviderInvoice, lines: Sequence[NewInvoiceLine]) -> bool:
    """Say whether a stored document has the lines that are given."""
    stored = [
        (line.plan_line_id, line.amount, line.period, line.words, line.commitment_id)
        for line in queries.lines_of(uow.session, row.id)
    ]
    given = [(line.plan_line_id, line.amount, line.covers, line.words.strip(), line.commitment_id) for line in lines]
    return stored == given


def _line(row: ProviderInvoice, ordinal: int, line: BookedLine) -> InvoiceLine:
    return InvoiceLine(
        commissioner_id=row.commissioner_id,
        invoice_id=row.id,
        ordinal=ordinal,
        plan_line_id=line.new.plan_line_id,
        category_code=line.category_code,
        words=line.new.words.strip(),
        covers=as_range(line.new.covers),
        amount=line.new.amount,
        commitment_id=line.new.commitment_id,
    )
