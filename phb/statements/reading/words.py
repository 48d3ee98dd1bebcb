"""The words behind the ledger's lines: which instalment, what was bought for which outcome, with which evidence."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from phb.budget.budgets.models import BudgetRevision, SignOff
from phb.budget.budgets.workflow import RevisionState
from phb.budget.plans.models import CarePlan, LineTerms, PlanOutcome
from phb.budget.reference.categories import category
from phb.ledger.models import Journal, JournalLine
from phb.payments.runs.models import Instruction
from phb.payments.schedules.models import Instalment
from phb.spending.invoices.models import InvoiceLine, InvoiceShare
from phb.spending.kinds import INVOICE_SOURCE, SPEND_SOURCE, Evidence
from phb.spending.records.models import SpendRecord
from phb.statements.cash import Question

PAYMENT_SOURCE = "instruction"
ASKED_ABOUT = "being-asked-about"
CORRECTION = "{} (correction)"


@dataclass(frozen=True)
class Bought:
    """What a line of spending bought."""

    what: str
    category: str
    evidence: Evidence


@dataclass(frozen=True)
class Terms:
    """What the plan says of a line: the outcome it serves, and its own category."""

    outcome: str
    category_code: str


@dataclass(frozen=True)
class Words:
    """The records behind some lines, by the document that each journal comes from.

    `invoices` holds a line of the invoice for each line of spending that its journal has, in the journal's order.
    """

    payments: Mapping[UUID, str]
    records: Mapping[UUID, SpendRecord]
    invoices: Mapping[UUID, Sequence[InvoiceLine]]
    terms: Mapping[UUID | None, Terms]

    def of_cash(self, journal: Journal) -> str:
        """Return what a movement of cash was: an instalment, what was bought, or the journal's own narration."""
        record = self.records.get(journal.source_id)
        said = _said(record) if record else self.payments.get(journal.source_id, journal.narration)
        return _corrected(journal, said)

    def question(self, journal: Journal) -> Question:
        """Return why money that left an account is asked about."""
        record = self.records.get(journal.source_id)
        if record is None or record.reason_code is None or record.reason is None:
            return Question(ASKED_ABOUT, journal.narration)
        return Question(record.reason_code, record.reason)

    def of_spending(self, journal: Journal, lines: Sequence[JournalLine]) -> list[Bought]:
        """Return what each of a journal's lines of spending bought, in their order."""
        if journal.source_id in self.invoices:
            return [_invoiced(journal, line) for line in self.invoices[journal.source_id]]
        record = self.records.get(journal.source_id)
        if record is None:
            return [self._planned(journal, line) for line in lines]
        what = _corrected(journal, _said(record))
        bought = Bought(what, _label(record.category_code, record.spent_on), Evidence(record.evidence))
        return [bought for _ in lines]

    def outcome(self, line: JournalLine) -> str:
        """Return the outcome that a line of spending serves."""
        return self.terms[line.plan_line_id].outcome

    def _planned(self, journal: Journal, line: JournalLine) -> Bought:
        """Return what spending without a record of its own bought, by the plan: its evidence is not here yet."""
        label = _label(self.terms[line.plan_line_id].category_code, journal.effective_on)
        return Bought(_corrected(journal, journal.narration), label, Evidence.AWAITED)


def read(session: Session, budget_id: UUID, journals: Collection[Journal]) -> Words:
    """Return the words behind the lines of some journals of a budget."""
    sources: defaultdict[str, set[UUID]] = defaultdict(set)
    for journal in journals:
        sources[journal.source_kind].add(journal.source_id)
    return Words(
        payments=_payments(session, sources[PAYMENT_SOURCE]),
        records=_records(session, sources[SPEND_SOURCE]),
        invoices=_invoices(session, sources[INVOICE_SOURCE]),
        terms=_terms(session, budget_id),
    )


def _payments(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what each payment of an instalment is called."""
    rows = session.execute(
        select(Instruction.id, Instalment.number, Instalment.of_how_many, Instalment.one_off)
        .join(Instalment, Instalment.id == Instruction.subject_id)
        .where(Instruction.id.in_(ids))
    )
    return {
        payment_id: "one-off payment" if one_off else f"instalment {number} of {count}"
        for payment_id, number, count, one_off in rows
    }


def _records(session: Session, ids: Collection[UUID]) -> dict[UUID, SpendRecord]:
    return {row.id: row for row in session.scalars(select(SpendRecord).where(SpendRecord.id.in_(ids)))}


def _invoices(session: Session, ids: Collection[UUID]) -> dict[UUID, list[InvoiceLine]]:
    """Return each invoice's lines, one for each funder and year that shares it, as the books have them."""
    line, share = InvoiceLine, InvoiceShare
    rows = session.execute(
        select(line, func.count())
        .join(share, (share.invoice_id == line.invoice_id) & (share.ordinal == line.ordinal))
        .where(line.invoice_id.in_(ids))
        .group_by(line.commissioner_id, line.invoice_id, line.ordinal)
        .order_by(line.invoice_id, line.ordinal)
    )
    found: defaultdict[UUID, list[InvoiceLine]] = defaultdict(list)
    for row, count in rows:
        found[row.invoice_id].extend([row] * count)
    return dict(found)


def _terms(session: Session, budget_id: UUID) -> dict[UUID | None, Terms]:
    """Return what the plan says of each line it ever had in force: the newest version that has the line."""
    activated = select(SignOff.plan_id).where(SignOff.budget_id == budget_id, SignOff.step == "activate")
    changed = select(BudgetRevision.plan_id).where(
        BudgetRevision.budget_id == budget_id, BudgetRevision.state == RevisionState.APPLIED
    )
    rows = session.execute(
        select(LineTerms.plan_line_id, PlanOutcome.words, LineTerms.category_code)
        .join(CarePlan, CarePlan.id == LineTerms.plan_id)
        .join(
            PlanOutcome,
            (PlanOutcome.plan_id == LineTerms.plan_id) & (PlanOutcome.reference == LineTerms.outcome_reference),
        )
        .where(CarePlan.budget_id == budget_id, CarePlan.id.in_(activated.union(changed)))
        .order_by(CarePlan.plan_version)
    )
    return {line_id: Terms(outcome, code) for line_id, outcome, code in rows}


def _invoiced(journal: Journal, line: InvoiceLine) -> Bought:
    label = _label(line.category_code, line.period.start_on)
    return Bought(_corrected(journal, line.words), label, Evidence.SEEN)


def _said(record: SpendRecord) -> str:
    return f"{record.words}, {record.payee}"


def _corrected(journal: Journal, said: str) -> str:
    return said if journal.reverses_id is None else CORRECTION.format(said)


def _label(code: str, on: date) -> str:
    return category(code, on).label
