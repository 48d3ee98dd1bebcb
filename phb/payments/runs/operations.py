"""Assemble a payment run, approve, withdraw and release it, and write it for the bank."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from uuid import UUID, uuid4

from sqlalchemy import text

from phb.core.actor import Permission
from phb.core.errors import ConflictError, RuleViolationError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.payments import vault
from phb.payments.bank_files import bacs_standard_18 as bacs
from phb.payments.payees.details import BankDetails
from phb.payments.payees.models import PayingAccount
from phb.payments.payees.queries import accounts_in_use, paying_account_in_use
from phb.payments.runs import posting, queries
from phb.payments.runs.candidates import Candidate, as_json, candidates, stopped
from phb.payments.runs.models import Instruction, LeftOut, PaymentFile, PaymentRun, RunItem
from phb.payments.runs.rules import BacsDays, reference
from phb.payments.schedules.models import Instalment, as_range
from phb.payments.workflow import INSTRUCTION, PAYMENT_RUN, InstructionState, RunState
from phb.people.calendars.queries import holidays
from phb.people.saving import require_version, save

WRITTEN = {RunState.EXPORTED, RunState.SETTLED}
LOCK_RUNS = text("SELECT pg_advisory_xact_lock(hashtextextended('payment_run' || :commissioner_id, 0))")


class NothingToPayError(RuleViolationError):
    """Nothing is due that may be paid."""

    code = "nothing-to-pay"


class RunNotReadyError(RuleViolationError):
    """Something in the run may not be paid any more."""

    code = "run-not-ready"


class FileReadBackError(ConflictError):
    """The file that was written does not read back as the run."""

    code = "file-read-back"


@dataclass(frozen=True)
class ExportedFile:
    """A run as bytes for the bank that read back as what it pays; the name has nothing personal in it."""

    name: str
    content: bytes = field(repr=False)
    pays: bacs.BacsFile = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse bytes that hold anything else than what the run pays.

        Raises:
            BacsLayoutError, BacsFileError: they are no such file at all.
            FileReadBackError: they are that of other payments.
        """
        if bacs.read(self.content) != self.pays:
            raise FileReadBackError(
                "The file did not read back as the run, so it was not kept. Tell who runs the service."
            )

    @property
    def digest(self) -> bytes:
        """The SHA-256 of the bytes."""
        return sha256(self.content).digest()


def assemble_run(uow: UnitOfWork, *, entry_on: date, due_by: date | None = None) -> PaymentRun:
    """Put everything due that may be paid into a run; the rest is kept beside it with every reason.

    Args:
        uow: who assembles; nobody else may approve or release.
        entry_on: the working day on which the payments arrive.
        due_by: the last payday that is taken; the entry day when left out.

    Raises:
        EntryDayError: no working day, or too late to send the file.
        NoPayingAccountError: the commissioner has no confirmed account to pay from.
        NothingToPayError: nothing due may be paid.
    """
    uow.actor.require(Permission.RUN_ASSEMBLE_DUE)
    days = BacsDays.of(entry_on, holidays(uow.session))
    days.refuse_too_late(uow.today)
    uow.session.execute(LOCK_RUNS, {"commissioner_id": str(uow.commissioner_id)})
    own = paying_account_in_use(uow.session)
    found = candidates(uow.session, uow.actor, entry_on=entry_on, due_by=due_by or entry_on, on=uow.today)
    if not found.payable:
        raise NothingToPayError(
            f"Nothing due by {due_by or entry_on:%-d %B %Y} may be paid; {len(found.left_out)} are left out. "
            "Look at the reasons in the preview, or choose a later day.",
            left_out=len(found.left_out),
        )
    run = PaymentRun(
        commissioner_id=uow.commissioner_id,
        id=uuid4(),
        state=RunState.ASSEMBLED,
        entry_on=days.entry_on,
        processing_on=days.processing_on,
        paying_account_id=own.id,
        count=len(found.payable),
        total=found.total,
        assembled_by=uow.actor.user_id,
        assembled_at=uow.now,
    )
    save(uow, {}, run)
    _include(uow, run, found.payable)
    uow.session.add_all(_left_out(run, candidate) for candidate in found.left_out)
    uow.session.flush()
    audit.record(
        uow, "payment_run.assembled", "payment_run", run.id, count=run.count, total=run.total, entry_on=entry_on
    )
    return run


def approve_run(uow: UnitOfWork, run_id: UUID, *, version: int | None = None) -> PaymentRun:
    """Approve a run that somebody else assembled.

    Raises:
        RunNotFoundError, ChangedMeanwhileError: there is none, or it changed since it was read.
        WrongStateError, SecondPersonNeededError: it is not waiting, or the actor assembled it.
    """
    run = queries.run_for_update(uow.session, uow.actor, run_id)
    require_version(run, version)
    PAYMENT_RUN.fire(uow, run, "approve", count=run.count, total=run.total)
    save(uow, {})
    return run


def withdraw_run(uow: UnitOfWork, run_id: UUID, *, reason: str, version: int | None = None) -> PaymentRun:
    """Take a run apart before it is released; its payments wait for another one, and nothing was posted.

    Raises:
        RunNotFoundError, ChangedMeanwhileError, WrongStateError, ReasonNeededError.
    """
    run = queries.run_for_update(uow.session, uow.actor, run_id)
    require_version(run, version)
    PAYMENT_RUN.fire(uow, run, "withdraw", reason=reason)
    for view in queries.items_of(uow.session, run_id):
        INSTRUCTION.fire(uow, view.instruction, "take_out", run_id=run_id)
    save(uow, {})
    return run


def release_run(uow: UnitOfWork, run_id: UUID, *, version: int | None = None) -> PaymentRun:
    """Release a run as the third person: everything is checked again and posted, and the run gets its serial.

    Raises:
        RunNotFoundError, ChangedMeanwhileError: there is none, or it changed since it was read.
        WrongStateError, SecondPersonNeededError: it is not approved, or the actor assembled or approved it.
        EntryDayError: the file cannot be sent in time any more.
        RunNotReadyError: something in it may not be paid any more.
        NotPayableError: a pot would be paid twice.
    """
    run = queries.run_for_update(uow.session, uow.actor, run_id)
    require_version(run, version)
    uow.session.execute(LOCK_RUNS, {"commissioner_id": str(uow.commissioner_id)})
    own = uow.session.get_one(PayingAccount, (uow.commissioner_id, run.paying_account_id))
    run.serial = queries.next_serial(uow.session, own.first_serial)
    run.released_at = uow.now
    PAYMENT_RUN.fire(uow, run, "release", count=run.count, total=run.total, serial=int(run.serial))
    BacsDays.of(run.entry_on, holidays(uow.session)).refuse_too_late(uow.today)
    views = queries.items_of(uow.session, run_id)
    _refuse_unready(uow, run, views)
    posting.release(uow, run, views)
    for view in views:
        INSTRUCTION.fire(uow, view.instruction, "release", run_id=run_id, amount=view.instruction.amount)
    save(uow, {})
    return run


def export_run(uow: UnitOfWork, run_id: UUID, *, version: int | None = None) -> ExportedFile:
    """Write a released run for the bank, once; the bytes are kept, and file_of_run() gives them again.

    Raises:
        RunNotFoundError, ChangedMeanwhileError: there is none, or it changed since it was read.
        WrongStateError: it is not released, or was exported before.
        EntryDayError: the file cannot be sent in time any more.
        NoKeyError, TamperedError: bank details cannot be read.
        FileReadBackError: the file that was written is not that of the run.
    """
    run = queries.run_for_update(uow.session, uow.actor, run_id)
    require_version(run, version)
    BacsDays.of(run.entry_on, holidays(uow.session)).refuse_too_late(uow.today)
    PAYMENT_RUN.fire(uow, run, "export")
    file = _written(uow, run)
    file_id = uuid4()
    sealed = vault.of(uow.session).seal(file.content, for_row=file_id)
    row = PaymentFile(
        commissioner_id=uow.commissioner_id,
        run_id=run.id,
        id=file_id,
        key_id=sealed.key_id,
        sealed=sealed.content,
        digest=file.digest,
        length=len(file.content),
        written_by=uow.actor.user_id,
        written_at=uow.now,
    )
    save(uow, {}, row)
    audit.record(uow, "payment_file.written", "payment_run", run.id, digest=f"sha256:{file.digest.hex()}")
    return file


def file_for_bank(uow: UnitOfWork, run_id: UUID) -> bytes:
    """Return a run's file for the bank: the one that was written, or a new one where none was.

    Raises:
        DomainError: as export_run() and file_of_run() do.
    """
    run = queries.run_for_update(uow.session, uow.actor, run_id)
    if run.state in WRITTEN:
        return queries.file_of_run(uow.session, uow.actor, run_id)
    return export_run(uow, run_id).content


def file_name(run: PaymentRun) -> str:
    """Return what a run's file is called."""
    return f"bacs-{run.serial}-{run.entry_on:%Y%m%d}.txt"


def _include(uow: UnitOfWork, run: PaymentRun, payable: Sequence[Candidate]) -> None:
    """Put what may be paid into a run: all instructions first, because the places in the run name them."""
    accounts = accounts_in_use(uow.session, [candidate.payee_id for candidate in payable])
    instructions = [candidate.instruction or _instruction(uow, candidate) for candidate in payable]
    again = [candidate.is_reissue for candidate in payable]
    uow.session.add_all(instructions)
    uow.session.flush()
    for instruction in instructions:
        instruction.run_id = run.id
        INSTRUCTION.fire(uow, instruction, "include", run_id=run.id, amount=instruction.amount)
    uow.session.flush()
    uow.session.add_all(
        RunItem(
            commissioner_id=uow.commissioner_id,
            run_id=run.id,
            instruction_id=instruction.id,
            ordinal=ordinal,
            bank_account_id=accounts[candidate.payee_id].id,
            reference=reference(run.id, instruction.id),
            is_reissue=is_reissue,
            warnings=as_json(candidate.verdict.warnings),
        )
        for ordinal, (candidate, instruction, is_reissue) in enumerate(
            zip(payable, instructions, again, strict=True), start=1
        )
    )


def _instruction(uow: UnitOfWork, candidate: Candidate) -> Instruction:
    row: Instalment = candidate.instalment  # type: ignore[assignment]  # nothing else is without one before its run
    return Instruction(
        commissioner_id=uow.commissioner_id,
        id=uuid4(),
        state=InstructionState.REQUESTED,
        subject_kind=candidate.subject_kind,
        subject_id=row.id,
        budget_id=row.budget_id,
        pot_id=row.pot_id,
        person_id=row.person_id,
        payee_id=row.payee_id,
        amount=row.amount,
        due_on=row.pay_on,
        covers=as_range(row.period),
        requested_by=uow.actor.user_id,
        requested_at=uow.now,
    )


def _left_out(run: PaymentRun, candidate: Candidate) -> LeftOut:
    return LeftOut(
        commissioner_id=run.commissioner_id,
        run_id=run.id,
        subject_kind=candidate.subject_kind,
        subject_id=candidate.subject_id,
        budget_id=candidate.budget_id,
        reasons=as_json(candidate.verdict.failures),
    )


def _refuse_unready(uow: UnitOfWork, run: PaymentRun, views: Sequence[queries.ItemView]) -> None:
    against = stopped(uow.session, uow.actor, views, entry_on=run.entry_on, on=uow.today)
    if against:
        name, found = next(iter(against.items()))
        raise RunNotReadyError(
            f"{len(against)} of the payments may not be made any more; the first is {name}: {found[0].sentence} "
            "Withdraw the run and assemble it again.",
            stopped={name: [reason.code.value for reason in reasons] for name, reasons in against.items()},
        )


def _written(uow: UnitOfWork, run: PaymentRun) -> ExportedFile:
    keys = vault.of(uow.session)
    own = uow.session.get_one(PayingAccount, (uow.commissioner_id, run.paying_account_id))
    pays = bacs.BacsFile(
        serial=run.serial or "",
        service_user_number=own.service_user_number,
        originating=BankDetails.opened(keys, own.details, own.id).for_bacs,
        created_on=uow.today,
        processing_on=run.processing_on,
        items=tuple(
            bacs.BacsItem(
                BankDetails.opened(keys, view.account.details, view.account.id).for_bacs,
                view.instruction.amount,
                view.item.reference,
            )
            for view in queries.items_of(uow.session, run.id)
        ),
    )
    return ExportedFile(file_name(run), bacs.write(pays), pays)
