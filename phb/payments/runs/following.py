"""What happens to payments after their run left: settled, come back, sent again, given up; and invoices to be paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from phb.core.actor import Actor, Permission
from phb.core.errors import ConflictError, RuleViolationError
from phb.core.money import from_pence
from phb.core.period import Period
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.ledger.entry import CreditorShare
from phb.payments.kinds import PayeeKind, SubjectKind
from phb.payments.payees.queries import payee as visible_payee
from phb.payments.runs import posting, queries
from phb.payments.runs.models import Instruction, PaymentRun
from phb.payments.schedules.models import as_range
from phb.payments.schedules.operations import end_given_up
from phb.payments.workflow import INSTRUCTION, PAYMENT_RUN, InstructionState, RunState
from phb.people.saving import require_version, save


class NotOnThatDayError(RuleViolationError):
    """Something is said to have happened on a day that has not come, or before it could."""

    code = "not-on-that-day"


class PaidAlreadyError(ConflictError):
    """The invoice is being paid, or was."""

    code = "paid-already"
    stops_duplicate = True


class NotTheCreditorError(RuleViolationError):
    """The payee is not the provider whom the money is owed to."""

    code = "not-the-creditor"


@dataclass(frozen=True)
class Settlement:
    """The runs that settled, and those whose entry day came though they were never exported."""

    settled: Sequence[PaymentRun]
    not_exported: Sequence[PaymentRun]


def settle_due(uow: UnitOfWork, on: date) -> Settlement:
    """Settle every exported run whose entry day has come: without a message from the bank, its payments arrived.

    A run that was released and not exported is left, because its money never moved: export it, or record its
    payments as returned.

    Raises:
        MissingPermissionError: the actor may not settle.
        NotOnThatDayError: the day has not come.
    """
    uow.actor.require(Permission.RUN_SETTLE_DUE)
    if on > uow.today:
        raise NotOnThatDayError("Payments settle on their entry day, not before. Give today or earlier.")
    came = to_settle(uow.session, uow.actor, on, for_update=True)
    for run in came.settled:
        _settle(uow, run)
    return came


def to_settle(session: Session, actor: Actor, on: date, *, for_update: bool = False) -> Settlement:
    """Return the runs that settle by a day, as they stand, and those whose day came though they were never exported."""
    query = queries.runs_to_settle(actor, on).order_by(PaymentRun.entry_on, PaymentRun.serial)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    runs = session.scalars(query).all()
    exported = [run for run in runs if run.state == RunState.EXPORTED]
    return Settlement(exported, [run for run in runs if run.state == RunState.RELEASED])


def return_payment(
    uow: UnitOfWork, instruction_id: UUID, *, returned_on: date, reason: str, version: int | None = None
) -> Instruction:
    """Record that a payment came back, before or after it settled; it is nobody's until somebody decides.

    Raises:
        InstructionNotFoundError, ChangedMeanwhileError, WrongStateError, ReasonNeededError.
        NotOnThatDayError: the day has not come, or is before the payment arrived.
    """
    row = _payment(uow, instruction_id, version)
    was_settled = row.state == InstructionState.SETTLED
    INSTRUCTION.fire(uow, row, "return", reason=reason, returned_on=returned_on, amount=row.amount)
    if returned_on > uow.today or (row.settled_on is not None and was_settled and returned_on < row.settled_on):
        raise NotOnThatDayError(
            "A payment comes back today or earlier, and not before it arrived. Give the day of the bank's message.",
            field="returned_on",
        )
    posting.returned(uow, row, returned_on, was_settled=was_settled)
    row.returned_on = returned_on
    save(uow, {})
    return row


def reissue_payment(uow: UnitOfWork, instruction_id: UUID, *, reason: str, version: int | None = None) -> Instruction:
    """Ask for a payment that came back to go in another run, into the account that is then in use.

    Raises:
        InstructionNotFoundError, ChangedMeanwhileError, WrongStateError, ReasonNeededError.
    """
    row = _payment(uow, instruction_id, version)
    INSTRUCTION.fire(uow, row, "reissue", reason=reason)
    save(uow, {})
    return row


def give_up_payment(uow: UnitOfWork, instruction_id: UUID, *, reason: str, version: int | None = None) -> Instruction:
    """Decide that a payment that came back is not sent again: its money may be planned or paid anew.

    Raises:
        InstructionNotFoundError, ChangedMeanwhileError, WrongStateError, ReasonNeededError.
    """
    row = _payment(uow, instruction_id, version)
    INSTRUCTION.fire(uow, row, "give_up", reason=reason, amount=row.amount)
    posting.given_up(uow, row)
    if row.subject_kind == SubjectKind.INSTALMENT:
        end_given_up(uow, row.subject_id, reason=reason)
    save(uow, {})
    return row


def cancel_payment(uow: UnitOfWork, instruction_id: UUID, *, reason: str, version: int | None = None) -> Instruction:
    """Cancel a payment that was requested and never released; nothing was posted for it.

    Raises:
        InstructionNotFoundError, ChangedMeanwhileError, WrongStateError, ReasonNeededError.
    """
    row = _payment(uow, instruction_id, version)
    INSTRUCTION.fire(uow, row, "cancel", reason=reason)
    save(uow, {})
    return row


def request_invoice_payment(
    uow: UnitOfWork,
    invoice_id: UUID,
    creditor_shares: Sequence[CreditorShare],
    payee_id: UUID,
    *,
    due_on: date,
    person_id: UUID | None = None,
    covers: Period | None = None,
) -> Instruction:
    """Ask for an accepted invoice to be paid, once, in the next run that its day is due in.

    Args:
        uow: who accepted the invoice.
        invoice_id: the accepted invoice; nothing else pays it.
        creditor_shares: what is owed for it, as its acceptance booked it: at least one, each above nil.
        payee_id: a provider, the one it is owed to.
        due_on: the day it is to arrive by.
        person_id: whose care it was for, where it was for one person.
        covers: the days of the care.

    Raises:
        PayeeNotFoundError, NotTheCreditorError: the payee is not known, or is not owed this.
        PaidAlreadyError: the invoice is being paid, or was.
    """
    uow.actor.require(Permission.INVOICE_ACCEPT)
    payee = visible_payee(uow.session, uow.actor, payee_id, uow.today)
    owed_to = {share.counterparty_id for share in creditor_shares}
    if payee.kind != PayeeKind.PROVIDER or owed_to != {payee.organisation_id}:
        raise NotTheCreditorError(
            "The invoice is owed to another provider than this payee. Choose the provider's own payee.",
            field="payee_id",
        )
    budgets = {share.budget_id for share in creditor_shares}
    row = Instruction(
        commissioner_id=uow.commissioner_id,
        id=uuid4(),
        state=InstructionState.REQUESTED,
        subject_kind=SubjectKind.INVOICE,
        subject_id=invoice_id,
        budget_id=next(iter(budgets)) if len(budgets) == 1 else None,
        person_id=person_id,
        payee_id=payee.id,
        amount=sum((share.share.amount for share in creditor_shares), from_pence(0)),
        due_on=due_on,
        covers=as_range(covers) if covers else None,
        requested_by=uow.actor.user_id,
        requested_at=uow.now,
    )
    twice = PaidAlreadyError("This invoice is being paid already, or was. Look at its payment.", field="invoice_id")
    save(uow, {"uq_instruction_subject": twice}, row)
    posting.keep_shares(uow, row, creditor_shares)
    audit.record(
        uow,
        "instruction.requested",
        "instruction",
        row.id,
        person_id=person_id,
        invoice_id=invoice_id,
        amount=row.amount,
    )
    return row


def _payment(uow: UnitOfWork, instruction_id: UUID, version: int | None) -> Instruction:
    row = queries.instruction(uow.session, uow.actor, instruction_id, uow.today, for_update=True)
    require_version(row, version)
    return row


def _settle(uow: UnitOfWork, run: PaymentRun) -> None:
    on_their_way = select(Instruction).where(
        Instruction.run_id == run.id, Instruction.state == InstructionState.RELEASED
    )
    rows = uow.session.scalars(on_their_way.order_by(Instruction.id).with_for_update()).all()
    posting.settle(uow, rows, run.entry_on)
    for row in rows:
        row.settled_on = run.entry_on
        INSTRUCTION.fire(uow, row, "settle", run_id=run.id, amount=row.amount)
    PAYMENT_RUN.fire(uow, run, "settle", settled=len(rows))
    save(uow, {})
