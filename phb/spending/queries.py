"""What statements and reports read of spending: entries as the books have them, with what the records say of each.

Ask for the budget first: nothing here asks who reads.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from moneyed import Money
from sqlalchemy import select
from sqlalchemy.orm import Session

from phb.budget.plans.models import CarePlan, LineTerms, PlanOutcome
from phb.budget.reference.categories import category
from phb.core.money import from_pence
from phb.core.period import Period
from phb.ledger.chart import Account, JournalKind
from phb.ledger.models import Journal, JournalLine
from phb.ledger.queries import lines_of_budget
from phb.spending.invoices.models import InvoiceLine
from phb.spending.kinds import INVOICE_SOURCE, SPEND_SOURCE, Evidence
from phb.spending.records.models import SpendRecord, as_period
from phb.spending.records.rules import Question


@dataclass(frozen=True)
class SpentLine:
    """One entry of spending on a plan line, on the day the books count it; a negative amount takes spending back.

    `source_id` is the record of spend or the invoice it comes from. `outcome` is what the plan line serves, in the
    person's words; `covers` the days it was for.
    """

    source_id: UUID
    pot_id: UUID
    plan_line_id: UUID
    spent_on: date
    covers: Period | None
    what: str
    outcome: str
    category_code: str
    category: str
    evidence: Evidence
    amount: Money


class Movement(StrEnum):
    """Why spending moved an account."""

    SPENT = "spent"
    ASKED_ABOUT = "asked_about"
    PUT_BACK = "put_back"


@dataclass(frozen=True)
class AccountMovement:
    """What a record of spend did to an account on one day, positive the way its kind goes, negative to take it back.

    `question` stands on money asked about, and only there.
    """

    spend_id: UUID
    pot_id: UUID
    happened_on: date
    kind: Movement
    what: str
    amount: Money
    covers: Period | None
    question: Question | None


MOVEMENTS = {
    JournalKind.PAID_FROM_FUNDS: (Movement.SPENT, -1),
    JournalKind.MONEY_LEFT_ACCOUNT: (Movement.ASKED_ABOUT, -1),
    JournalKind.PUT_BACK: (Movement.PUT_BACK, 1),
}


def spent_lines(session: Session, budget_id: UUID, *, until: date | None = None) -> tuple[SpentLine, ...]:
    """Return what was spent of a budget, by day, then in the order it was recorded; up to a day, if one is given.

    Their amounts add up to what the books say was spent up to that day.
    """
    grouped: dict[tuple[UUID, UUID, Period | None], list[tuple[Journal, JournalLine]]] = {}
    for journal, line in lines_of_budget(session, budget_id, accounts=[Account.EXPENDITURE], until=until):
        if line.plan_line_id is not None:
            grouped.setdefault((journal.id, line.plan_line_id, as_period(line.covers)), []).append((journal, line))
    words = _Words(session, budget_id)
    return tuple(words.of(found) for found in grouped.values())


def account_movements(session: Session, budget_id: UUID, *, until: date | None = None) -> tuple[AccountMovement, ...]:
    """Return what records of spend did to a budget's accounts, by day; what comes to nothing on a day is left out.

    Payments into the accounts are no part of it.
    """
    sums: defaultdict[tuple[UUID, UUID, date, str], int] = defaultdict(int)
    for journal, line in lines_of_budget(session, budget_id, accounts=[Account.FUNDS_HELD], until=until):
        if journal.source_kind == SPEND_SOURCE and line.pot_id is not None:
            sums[journal.source_id, line.pot_id, journal.effective_on, journal.kind] += line.pence
    records = _records(session, {source_id for source_id, *_ in sums})
    return tuple(
        _movement(records[source_id], pot_id, on, JournalKind(kind), pence)
        for (source_id, pot_id, on, kind), pence in sums.items()
        if pence
    )


def _movement(record: SpendRecord, pot_id: UUID, on: date, kind: JournalKind, pence: int) -> AccountMovement:
    movement, sign = MOVEMENTS[kind]
    return AccountMovement(
        spend_id=record.id,
        pot_id=pot_id,
        happened_on=on,
        kind=movement,
        what=record.words,
        amount=from_pence(sign * pence),
        covers=record.period,
        question=record.question if movement is Movement.ASKED_ABOUT else None,
    )


class _Words:
    """What the plan's versions and the documents say of entries of one budget."""

    def __init__(self, session: Session, budget_id: UUID) -> None:
        self.session = session
        self.outcomes = dict(_outcomes(session, budget_id))
        self.records = {row.id: row for row in _records_of(session, budget_id)}

    def of(self, found: Sequence[tuple[Journal, JournalLine]]) -> SpentLine:
        """Return one entry; all its lines are of one journal, plan line and days."""
        journal, line = found[0]
        plan_line_id, pot_id, covers = line.plan_line_id, line.pot_id, as_period(line.covers)
        if plan_line_id is None or pot_id is None:
            raise ValueError("expenditure names its plan line and pot")
        what, code, evidence = self._said(journal, plan_line_id, covers)
        return SpentLine(
            source_id=journal.source_id,
            pot_id=pot_id,
            plan_line_id=plan_line_id,
            spent_on=journal.effective_on,
            covers=covers,
            what=what,
            outcome=self.outcomes[plan_line_id],
            category_code=code,
            category=category(code, journal.effective_on).label,
            evidence=evidence,
            amount=from_pence(sum(row.pence for _, row in found)),
        )

    def _said(self, journal: Journal, plan_line_id: UUID, covers: Period | None) -> tuple[str, str, Evidence]:
        if journal.source_kind == INVOICE_SOURCE:
            return self._said_by_invoice(journal.source_id, plan_line_id, covers)
        record = self.records[journal.source_id]
        return record.words, record.category_code, Evidence(record.evidence)

    def _said_by_invoice(
        self, invoice_id: UUID, plan_line_id: UUID, covers: Period | None
    ) -> tuple[str, str, Evidence]:
        row = InvoiceLine
        query = select(row).where(row.invoice_id == invoice_id, row.plan_line_id == plan_line_id).order_by(row.ordinal)
        lines = [line for line in self.session.scalars(query) if line.period == covers]
        words = "; ".join(dict.fromkeys(line.words for line in lines))
        return words, lines[0].category_code, Evidence.SEEN


def _outcomes(session: Session, budget_id: UUID) -> Iterable[tuple[UUID, str]]:
    """Yield the outcome each line serves; of several versions of the plan the latest, which comes last."""
    terms, outcome = LineTerms, PlanOutcome
    rows = session.execute(
        select(terms.plan_line_id, outcome.words)
        .join(CarePlan, CarePlan.id == terms.plan_id)
        .join(outcome, (outcome.plan_id == terms.plan_id) & (outcome.reference == terms.outcome_reference))
        .where(CarePlan.budget_id == budget_id)
        .order_by(CarePlan.plan_version)
    )
    return [(line_id, words) for line_id, words in rows]


def _records_of(session: Session, budget_id: UUID) -> Sequence[SpendRecord]:
    return session.scalars(select(SpendRecord).where(SpendRecord.budget_id == budget_id)).all()


def _records(session: Session, ids: set[UUID]) -> Mapping[UUID, SpendRecord]:
    return {row.id: row for row in session.scalars(select(SpendRecord).where(SpendRecord.id.in_(ids)))}
