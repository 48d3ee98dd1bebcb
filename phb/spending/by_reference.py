"""Claims and invoices as files name things: by the commissioner's references instead of ids."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy import select

from phb.budget.commitments.models import SpendCommitment
from phb.budget.plans.models import PlanLine, Pot
from phb.budget.queries import PlanLineNotFoundError, PotNotFoundError, budget_by_reference
from phb.core.period import Period
from phb.core.uow import UnitOfWork
from phb.people.organisations.queries import organisation_by_reference
from phb.people.saving import Put
from phb.spending.invoices.draft import NewInvoice, NewInvoiceLine
from phb.spending.invoices.models import ProviderInvoice
from phb.spending.invoices.operations import accept_invoice
from phb.spending.promises import CommitmentElsewhereError
from phb.spending.records.draft import NewSpend
from phb.spending.records.models import SpendRecord
from phb.spending.records.operations import record_spend


@dataclass(frozen=True)
class Claim:
    """Spend of one row of a file; `reference` is unique for the commissioner."""

    reference: str
    budget: str
    spent_on: date
    amount: Money
    category: str
    payee: str
    words: str
    line: str | None = None
    pot: str | None = None
    covers: Period | None = None
    commitment: str | None = None
    evidence_seen: bool = False


@dataclass(frozen=True)
class ClaimedLine:
    """One line of an invoice as a file names it."""

    line: str
    amount: Money
    covers: Period
    words: str
    category: str | None = None
    commitment: str | None = None


@dataclass(frozen=True)
class ClaimedInvoice:
    """A provider's invoice as a file names it; `reference` is the provider's own number."""

    provider: str
    reference: str
    budget: str
    invoiced_on: date
    lines: tuple[ClaimedLine, ...]


def record_claim(uow: UnitOfWork, claim: Claim) -> Put[SpendRecord]:
    """Record the spend of one row; the same row again changes nothing. See record_spend().

    Raises:
        BudgetNotFoundError, PlanLineNotFoundError, PotNotFoundError, CommitmentElsewhereError: a reference is unknown.
    """
    budget_id = budget_by_reference(uow.session, uow.actor, claim.budget, uow.today).id
    new = NewSpend(
        spent_on=claim.spent_on,
        amount=claim.amount,
        category=claim.category,
        payee=claim.payee,
        words=claim.words,
        plan_line_id=_line(uow, budget_id, claim.line) if claim.line else None,
        pot_id=_pot(uow, budget_id, claim.pot) if claim.pot else None,
        covers=claim.covers,
        commitment_id=_commitment(uow, budget_id, claim.commitment) if claim.commitment else None,
        reference=claim.reference,
        evidence_seen=claim.evidence_seen,
    )
    return record_spend(uow, budget_id, new)


def accept_claimed_invoice(
    uow: UnitOfWork, invoice: ClaimedInvoice, *, pay_by: date | None = None
) -> Put[ProviderInvoice]:
    """Accept an invoice of a file; the same invoice again changes nothing. See accept_invoice().

    Raises:
        BudgetNotFoundError, OrganisationNotFoundError, PlanLineNotFoundError, CommitmentElsewhereError: a reference is
            unknown.
    """
    budget_id = budget_by_reference(uow.session, uow.actor, invoice.budget, uow.today).id
    provider = organisation_by_reference(uow.session, uow.actor, invoice.provider)
    lines = tuple(
        NewInvoiceLine(
            plan_line_id=_line(uow, budget_id, line.line),
            amount=line.amount,
            covers=line.covers,
            words=line.words,
            category=line.category,
            commitment_id=_commitment(uow, budget_id, line.commitment) if line.commitment else None,
        )
        for line in invoice.lines
    )
    new = NewInvoice(provider.id, invoice.reference, invoice.invoiced_on, lines)
    return accept_invoice(uow, budget_id, new, pay_by=pay_by)


def _line(uow: UnitOfWork, budget_id: UUID, reference: str) -> UUID:
    row = PlanLine
    found = uow.session.scalar(select(row.id).where(row.budget_id == budget_id, row.reference == reference))
    if found is None:
        raise PlanLineNotFoundError(f"The budget has no plan line “{reference}”. Check the reference.", field="line")
    return found


def _pot(uow: UnitOfWork, budget_id: UUID, reference: str) -> UUID:
    row = Pot
    found = uow.session.scalar(select(row.id).where(row.budget_id == budget_id, row.reference == reference))
    if found is None:
        raise PotNotFoundError(f"The budget has no pot “{reference}”. Check the reference.", field="pot")
    return found


def _commitment(uow: UnitOfWork, budget_id: UUID, reference: str) -> UUID:
    row = SpendCommitment
    found = uow.session.scalar(select(row.id).where(row.budget_id == budget_id, row.reference == reference))
    if found is None:
        raise CommitmentElsewhereError(
            f"The budget has no order, agreement or rota “{reference}”. Check the reference.", field="commitment"
        )
    return found
