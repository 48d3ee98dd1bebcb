"""Files about what money bought: providers' invoices, and claims of who holds the money."""

from dataclasses import dataclass
from datetime import date

from moneyed import Money

from phb.core.actor import Permission
from phb.core.change import Change
from phb.core.period import Period
from phb.core.uow import UnitOfWork
from phb.intake import lookups
from phb.intake.columns import CellError, column
from phb.intake.importing import Kind
from phb.spending.invoices.draft import NewInvoice, NewInvoiceLine
from phb.spending.invoices.operations import accept_invoice
from phb.spending.records.draft import NewSpend
from phb.spending.records.operations import record_spend


@dataclass(frozen=True)
class InvoiceLineRow:
    """What was delivered."""

    line: str = column("the plan line's reference", "care")
    amount: Money = column("what it comes to", "1270.00")
    covers_from: date = column("the first day of the care", "2026-04-01")
    covers_to: date = column("the last day of the care", "2026-04-30")
    words: str = column("what was delivered", "Care at home, April")
    category: str | None = column("what was bought, where it is not the line's category", "", default=None)
    order: str | None = column("the order or agreement it uses", "O-0001", default=None)


@dataclass(frozen=True)
class InvoiceRow:
    """A provider's invoice for one budget."""

    provider: str = column("the provider's reference", "ORG-02")
    reference: str = column("the provider's own number", "LK-2026-0417")
    budget: str = column("the budget's reference", "B-0001")
    invoiced_on: date = column("the day on the invoice", "2026-05-01")
    lines: tuple[InvoiceLineRow, ...] = column("what was delivered", "[...]")
    pay_by: date | None = column("the day it is to be paid by", "2026-05-29", default=None)


@dataclass(frozen=True)
class ClaimRow:
    """Money that left an account."""

    reference: str = column("the recorder's own reference, with nothing personal in it", "C-00001")
    budget: str = column("the budget's reference", "B-0001")
    spent_on: date = column("the day the money left", "2026-04-17")
    amount: Money = column("how much", "182.00")
    category: str = column("what was bought", "PA_WAGES")
    payee: str = column("who was paid", "Assistant, April week 2")
    words: str = column("what was bought, in words", "Thirteen hours of help")
    line: str | None = column("the plan line it was for; empty where it is in no plan", "care", default=None)
    pot: str | None = column("the account it left, where no line says so and there are several", "", default=None)
    covers_from: date | None = column("the first day it was for, where that is another one", "2026-04-06", default=None)
    covers_to: date | None = column("the last day it was for", "2026-04-12", default=None)
    order: str | None = column("the order, agreement or rota it uses", "R-0001", default=None)
    evidence_seen: bool = column("whether a receipt was seen; for a finance officer alone", "no", default=False)


def _invoice(uow: UnitOfWork, row: InvoiceRow) -> Change:
    budget = lookups.budget(uow, row.budget)
    lines = tuple(
        NewInvoiceLine(
            plan_line_id=lookups.plan_line_id(uow, budget.id, line.line),
            amount=line.amount,
            covers=Period.of_days(line.covers_from, line.covers_to),
            words=line.words,
            category=line.category,
            commitment_id=lookups.commitment_id(uow, line.order),
        )
        for line in row.lines
    )
    provider_id = lookups.needed(lookups.organisation_id(uow, row.provider, "provider"), "provider")
    new = NewInvoice(provider_id, row.reference, row.invoiced_on, lines)
    return accept_invoice(uow, budget.id, new, pay_by=row.pay_by).change


def _claim(uow: UnitOfWork, row: ClaimRow) -> Change:
    budget = lookups.budget(uow, row.budget)
    new = NewSpend(
        spent_on=row.spent_on,
        amount=row.amount,
        category=row.category,
        payee=row.payee,
        words=row.words,
        plan_line_id=None if row.line is None else lookups.plan_line_id(uow, budget.id, row.line),
        pot_id=lookups.pot_id(uow, budget.id, row.pot),
        covers=_covers(row),
        commitment_id=lookups.commitment_id(uow, row.order),
        reference=row.reference,
        evidence_seen=row.evidence_seen,
    )
    return record_spend(uow, budget.id, new).change


def _covers(row: ClaimRow) -> Period | None:
    if (row.covers_from is None) != (row.covers_to is None):
        raise CellError("Give both “covers_from” and “covers_to”, or neither.", field="covers_to")
    if row.covers_from is None or row.covers_to is None:
        return None
    return Period.of_days(row.covers_from, row.covers_to)


INVOICES = Kind("invoices", "Providers' invoices", "a finance officer", Permission.INVOICE_ACCEPT, InvoiceRow, _invoice)
CLAIMS = Kind(
    "claims",
    "Money that left an account",
    "a finance officer, or whoever may record spend: the holder, who acts for them, a third party or broker",
    Permission.SPEND_RECORD,
    ClaimRow,
    _claim,
)
