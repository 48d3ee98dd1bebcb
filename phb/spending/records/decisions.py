"""Decide on spend that is asked about, say that evidence was seen, and take back what was a mistake."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.plans.draft import require_words
from phb.budget.plans.queries import LineView
from phb.budget.reference.categories import BarredCategoryError, category
from phb.core.actor import Permission
from phb.core.errors import ConflictError, RuleViolationError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.people.saving import Change, Put, require_version, save
from phb.spending.kinds import Evidence, ShareKind, SpendState
from phb.spending.promises import take_back, used_of
from phb.spending.receipts.models import Receipt
from phb.spending.records import books, queries
from phb.spending.records.draft import NewSpend
from phb.spending.records.models import SpendRecord
from phb.spending.records.operations import write_down
from phb.spending.records.placing import line_of
from phb.spending.records.workflow import SPEND
from phb.spending.sharing import days_of, portions, shares_of


class LineNeededError(RuleViolationError):
    """Nothing says which plan line spend is accepted on."""

    code = "line-needed"


class NotInForceError(RuleViolationError):
    """The plan line is of another account, or no longer in the plan."""

    code = "line-not-in-force"


class PutBackDayError(RuleViolationError):
    """Money is said to have been put back before it left, or on a day that has not come."""

    code = "put-back-day"


class CorrectedAlreadyError(ConflictError):
    """The record was taken back, so nothing more is done to it."""

    code = "corrected-already"


@dataclass(frozen=True)
class Corrected:
    """A record that was taken back, and the one in its place where there is one."""

    mistaken: SpendRecord
    instead: SpendRecord | None


def accept_after_all(
    uow: UnitOfWork,
    spend_id: UUID,
    *,
    reason: str,
    plan_line_id: UUID | None = None,
    commitment_id: UUID | None = None,
    version: int | None = None,
) -> SpendRecord:
    """Accept spend that was asked about, on its own line or another of the same account.

    Raises:
        SpendNotFoundError, ChangedMeanwhileError, WrongStateError, SecondPersonNeededError, ReasonNeededError.
        BarredCategoryError: no role overrides a bar; a wrong category is corrected instead.
        LineNeededError, NotInForceError, CommitmentElsewhereError: there is no line to spend it on.
        TooLittleLeftError: the line has less left.
    """
    row = _for_update(uow, spend_id, version)
    SPEND.fire(uow, row, "accept", reason=reason, amount=row.amount, asked_because=row.reason_code)
    row.decided_at, row.decision_reason = uow.now, reason
    with uow.session.no_autoflush:  # The row is whole only once its line is known.
        _refuse_barred(uow, row)
        line = _line_to_spend_on(uow, row, plan_line_id or row.plan_line_id)
    row.booked_line_id = line.line.id
    spent = portions(line, days_of(row.spent_on, row.period), row.amount)
    used = used_of(uow, commitment_id or _own(row, line), line.line.id, spent, uow.today)
    books.accept(uow, row, spent, used)
    save(uow, {})
    books.keep_shares(uow, row.id, ShareKind.SPENT, shares_of(spent))
    return row


def put_back(
    uow: UnitOfWork, spend_id: UUID, *, put_back_on: date, reason: str, version: int | None = None
) -> SpendRecord:
    """Record that money which was asked about is in the account again.

    Raises:
        SpendNotFoundError, ChangedMeanwhileError, WrongStateError, ReasonNeededError.
        PutBackDayError: the day has not come, or is before the money left.
    """
    row = _for_update(uow, spend_id, version)
    SPEND.fire(uow, row, "put_back", reason=reason, amount=row.amount, on=put_back_on)
    row.decided_at, row.decision_reason = uow.now, reason
    if not row.spent_on <= put_back_on <= uow.today:
        raise PutBackDayError(
            f"The money left on {row.spent_on:%-d %B %Y}. Give the day it came back: that day or later, and not after "
            "today.",
            field="put_back_on",
        )
    books.put_back(uow, row, on=put_back_on)
    save(uow, {})
    return row


def correct_spend(
    uow: UnitOfWork,
    spend_id: UUID,
    *,
    reason: str,
    instead: NewSpend | None = None,
    version: int | None = None,
) -> Corrected:
    """Take back a mistaken record, and write down what should have been recorded; the two are linked.

    Its receipts go with it. Nothing is edited: the books reverse what the mistake had posted, today.

    Raises:
        SpendNotFoundError, ChangedMeanwhileError, WrongStateError, MissingPermissionError, SecondPersonNeededError,
            ReasonNeededError.
        DomainError: as record_spend() for what stands in its place.
    """
    row = _for_update(uow, spend_id, version)
    SPEND.fire(uow, row, "correct", reason=reason, amount=row.amount)
    row.corrected_at, row.correction_reason = uow.now, reason
    take_back(uow, row.id, narration="Record of spend corrected")
    save(uow, {})
    if instead is None:
        return Corrected(row, None)
    budget = queries.budget_spent_from(uow.session, uow.actor, row.budget_id, instead.spent_on, uow.today)
    return Corrected(row, _in_its_place(uow, budget, row, instead))


def note_evidence_seen(uow: UnitOfWork, spend_id: UUID, *, note: str, version: int | None = None) -> Put[SpendRecord]:
    """Say that evidence was seen on paper; a receipt that is attached says so by itself.

    Raises:
        SpendNotFoundError, ChangedMeanwhileError.
        CorrectedAlreadyError: the record was taken back.
    """
    uow.actor.require(Permission.SPEND_DECIDE)
    require_words(note, "note")
    row = _for_update(uow, spend_id, version)
    refuse_corrected(row)
    if row.evidence == Evidence.SEEN:
        return Put(row, Change.UNCHANGED)
    row.evidence = Evidence.SEEN
    save(uow, {})
    audit.record(uow, "spend.evidence_seen", "spend", row.id, person_id=row.person_id, reason=note)
    return Put(row, Change.CHANGED)


def refuse_corrected(row: SpendRecord) -> None:
    """Refuse to add anything to a record that was taken back.

    Raises:
        CorrectedAlreadyError: it was.
    """
    if row.state == SpendState.CORRECTED:
        raise CorrectedAlreadyError(
            "This record was taken back as a mistake. Use the one that stands in its place, or record it anew."
        )


def _in_its_place(uow: UnitOfWork, budget: PersonalHealthBudget, row: SpendRecord, instead: NewSpend) -> SpendRecord:
    new = write_down(uow, budget, instead, replaces_id=row.id)
    attached = uow.session.scalars(select(Receipt).where(Receipt.spend_id == row.id)).all()
    uow.session.add_all(receipt.again_for(new.id) for receipt in attached)
    if attached or row.evidence == Evidence.SEEN:
        new.evidence = Evidence.SEEN
    save(uow, {})
    return new


def _line_to_spend_on(uow: UnitOfWork, row: SpendRecord, plan_line_id: UUID | None) -> LineView:
    if plan_line_id is None:
        raise LineNeededError(
            "Say which plan line this is accepted on. If the plan has none for it, change the plan first.",
            field="plan_line_id",
        )
    budget = uow.session.get_one(PersonalHealthBudget, (uow.commissioner_id, row.budget_id))
    placed = line_of(uow, budget, plan_line_id)
    if placed.line is None or placed.pot.id != row.pot_id:
        raise NotInForceError(
            "This line is not in the plan any more, or its money is in another account. Choose a line of the account "
            "that the money left.",
            field="plan_line_id",
        )
    return placed.line


def _refuse_barred(uow: UnitOfWork, row: SpendRecord) -> None:
    if queries.is_barred(uow.session, row):
        what = category(row.category_code, row.spent_on)
        raise BarredCategoryError(
            f"“{what.label}” cannot be bought with this money, whoever decides: {what.rule}. Ask for the money to be "
            "put back, or correct the record if the category is wrong.",
            field="category",
            category=row.category_code.lower(),
        )


def _own(row: SpendRecord, line: LineView) -> UUID | None:
    """Return the order the record names, where it is accepted on the record's own line."""
    return row.commitment_id if line.line.id == row.plan_line_id else None


def _for_update(uow: UnitOfWork, spend_id: UUID, version: int | None) -> SpendRecord:
    row = queries.spend_for_update(uow.session, uow.actor, spend_id, uow.today)
    require_version(row, version)
    return row
