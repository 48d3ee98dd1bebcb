"""One pound, traced: from what a funder has, over who agreed and paid it, to what it bought and its receipt."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from moneyed import Money
from sqlalchemy import ColumnElement, func, or_, select

from phb.budget.budgets.models import SignOff
from phb.budget.commitments.models import SpendCommitment
from phb.core.clock import london_date
from phb.core.money import format_pounds, from_pence
from phb.core.uow import UnitOfWork
from phb.governance.models import DelegationLimit
from phb.journal_files.models import SentJournal
from phb.ledger import queries
from phb.ledger.chart import Account, JournalKind
from phb.ledger.models import Journal, JournalLine, Seal
from phb.ledger.queries import JournalWithLines
from phb.ledger.sealing import Stream
from phb.payments.payees.models import BankAccount
from phb.payments.runs.models import Instruction, PaymentFile, PaymentRun, RunItem
from phb.people.users.queries import names_of
from phb.reports.report import Asked, Part
from phb.reports.words import STEPS, words
from phb.spending.invoices.models import ProviderInvoice
from phb.spending.receipts.models import Receipt
from phb.spending.records.models import SpendRecord


@dataclass(frozen=True)
class Step:
    """One step of a pound's way: what happened, when, by whom, under which number, and how much."""

    stage: str
    on: date | None
    what: str
    who: UUID | None = None
    reference: str | None = None
    amount: Money | None = None


def pound(uow: UnitOfWork, asked: Asked, _cursor: str | None, _limit: int) -> Part:
    """Return the steps that lead to a journal and on from it, in order; none where no journal is named.

    Raises:
        JournalNotFoundError: there is no such journal.
    """
    if asked.journal is None:
        return Part([])
    steps = list(Trace(uow, queries.journal(uow.session, asked.journal)).steps())
    names = names_of(uow.session, uow.actor, (step.who for step in steps))
    return Part(
        [
            (step.stage, step.on, step.what, names.get(step.who) if step.who else None, step.reference, step.amount)
            for step in steps
        ]
    )


class Trace:
    """What is traced: a journal with its lines, and the money that they are of."""

    def __init__(self, uow: UnitOfWork, found: JournalWithLines) -> None:
        """Note whose money the lines are."""
        self.session, self.journal, self.reversed_by_id = uow.session, found.journal, found.reversed_by_id
        lines = found.lines
        self.amount = from_pence(sum(line.pence for line in lines if line.layer == lines[0].layer and line.pence > 0))
        self.years = {line.year for line in lines if line.year}
        self.funds = {line.fund for line in lines}
        self.budgets = {line.budget_id for line in lines if line.budget_id}
        self.plan_lines = {line.plan_line_id for line in lines if line.plan_line_id}
        self.pots = {line.pot_id for line in lines if line.pot_id}
        self.commitments = {line.commitment_id for line in lines if line.commitment_id}

    def steps(self) -> Iterator[Step]:
        """Yield every step in order."""
        set_for_a_year = JournalLine.kind == JournalKind.PROGRAMME_BUDGET_SET
        yield from self._posted("What funders have", set_for_a_year, Account.ENVELOPE)
        yield from self._signed()
        yield from self._posted("What was agreed", JournalLine.plan_line_id.in_(self.plan_lines), Account.ALLOCATION)
        yield from self._promised()
        yield from self._paid()
        yield from self._recorded()
        yield from self._booked()

    def _posted(self, stage: str, where: ColumnElement[bool], account: Account) -> Iterator[Step]:
        """Yield what was posted of this money on an account by the day."""
        line = JournalLine
        rows = self.session.execute(
            select(Journal, func.abs(func.sum(line.pence)))
            .join(line, (line.commissioner_id == Journal.commissioner_id) & (line.journal_id == Journal.id))
            .where(where, line.account == account, line.year.in_(self.years), line.fund.in_(self.funds))
            .where(Journal.effective_on <= self.journal.effective_on)
            .group_by(Journal.commissioner_id, Journal.id)
            .order_by(Journal.effective_on, Journal.recorded_at, Journal.id)
        )
        for journal, pence in rows:
            what = f"{words(journal.kind)}: {journal.narration}"
            yield Step(stage, journal.effective_on, what, journal.prepared_by, str(journal.id), from_pence(int(pence)))

    def _signed(self) -> Iterator[Step]:
        row = SignOff
        limits = {limit.id: limit.limit for limit in self.session.scalars(select(DelegationLimit))}
        of_budget = select(row).where(row.budget_id.in_(self.budgets), row.signed_at <= self.journal.recorded_at)
        for step in self.session.scalars(of_budget.order_by(row.signed_at, row.ordinal)):
            limit = limits.get(step.limit_id) if step.limit_id else None
            under = f"limit {format_pounds(limit)}" if limit else None
            done = STEPS.get(step.step, words(step.step))
            yield Step("Who agreed", london_date(step.signed_at), done, step.signed_by, under, step.value)

    def _promised(self) -> Iterator[Step]:
        row = SpendCommitment
        for one in self.session.scalars(select(row).where(row.id.in_(self.commitments)).order_by(row.reference)):
            on = london_date(one.raised_at)
            yield Step("What was promised", on, words(one.kind), one.raised_by, one.reference, one.amount)

    def _paid(self) -> Iterator[Step]:
        """Yield the payment that the journal is of or that paid its invoice, or the last one into its pot before it."""
        row, source = Instruction, self.journal.source_id
        own = self.session.scalars(select(row).where(or_(row.id == source, row.subject_id == source))).all()
        into_pot = (
            select(row)
            .where(row.pot_id.in_(self.pots), row.settled_on <= self.journal.effective_on)
            .order_by(row.settled_on.desc(), row.id)
            .limit(1)
        )
        for payment in own or self.session.scalars(into_pot).all():
            yield from self._payment(payment)

    def _payment(self, payment: Instruction) -> Iterator[Step]:
        asked_on = london_date(payment.requested_at)
        yield Step("Payment", asked_on, "Asked for", payment.requested_by, str(payment.id), payment.amount)
        items = select(RunItem, PaymentRun, BankAccount).where(
            RunItem.instruction_id == payment.id,
            PaymentRun.id == RunItem.run_id,
            BankAccount.id == RunItem.bank_account_id,
        )
        for item, run, account in self.session.execute(items.order_by(PaymentRun.assembled_at)):
            checked = (
                f"Bank details confirmed, {account.masked}; its number is {account.modulus_outcome.replace('-', ' ')}"
            )
            yield Step("Payment", _day(account.confirmed_at), checked, account.confirmed_by)
            yield Step("Payment", london_date(run.assembled_at), "Put into a run", run.assembled_by, item.reference)
            yield Step("Payment", None, "Run approved", run.approved_by, run.serial)
            yield Step("Payment", _day(run.released_at), "Run released", run.released_by, run.serial)
            yield from self._file(run)
        if payment.settled_on:
            yield Step("Payment", payment.settled_on, "Arrived", amount=payment.amount)
        if payment.returned_on:
            yield Step("Payment", payment.returned_on, "Came back", amount=payment.amount)

    def _file(self, run: PaymentRun) -> Iterator[Step]:
        for file in self.session.scalars(select(PaymentFile).where(PaymentFile.run_id == run.id)):
            hashed = f"sha256 {file.digest.hex()}"
            yield Step("Payment", london_date(file.written_at), "File for the bank written", file.written_by, hashed)

    def _recorded(self) -> Iterator[Step]:
        source = self.journal.source_id
        for spend in self.session.scalars(select(SpendRecord).where(SpendRecord.id == source)):
            by, number = spend.recorded_by, spend.reference
            yield Step("What it bought", spend.spent_on, "Spend recorded", by, number, spend.amount)
            if spend.decided_by:
                yield Step("What it bought", _day(spend.decided_at), words(spend.state), spend.decided_by, number)
            yield from self._receipts(spend)
        for invoice in self.session.scalars(select(ProviderInvoice).where(ProviderInvoice.id == source)):
            on = invoice.happened_on
            yield Step("What it bought", on, "Invoice accepted", invoice.accepted_by, invoice.reference, invoice.amount)

    def _receipts(self, spend: SpendRecord) -> Iterator[Step]:
        receipts: Sequence[Receipt] = self.session.scalars(
            select(Receipt).where(Receipt.spend_id == spend.id).order_by(Receipt.attached_at, Receipt.id)
        ).all()
        for one in receipts:
            hashed = f"sha256 {one.sha256.hex()}"
            yield Step("Receipt", london_date(one.attached_at), "Receipt attached", one.attached_by, hashed)
        if not receipts:
            yield Step("Receipt", None, f"No receipt; evidence: {words(spend.evidence)}")

    def _booked(self) -> Iterator[Step]:
        journal = self.journal
        number = str(journal.id)
        yield Step("In the books", journal.effective_on, words(journal.kind), journal.prepared_by, number, self.amount)
        if journal.approved_by:
            yield Step("In the books", None, "Approved", journal.approved_by, number)
        if self.reversed_by_id:
            yield Step("In the books", None, "Turned round later", reference=str(self.reversed_by_id))
        own = (Seal.stream == Stream.JOURNALS, Seal.subject_id == journal.id)
        for seal in self.session.scalars(select(Seal).where(*own)):
            yield Step("In the books", None, f"Sealed as journal no. {seal.place}", reference=f"leaf {seal.leaf.hex()}")
        for sent in self.session.scalars(select(SentJournal).where(SentJournal.journal_id == journal.id)):
            yield Step("In the books", None, f"Sent to the finance system in file {sent.file_number}")


def _day(instant: datetime | None) -> date | None:
    return london_date(instant) if instant else None
