"""What an actor may see of payments and runs, and the parts of a run."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session

from phb.core.actor import Actor, Permission
from phb.core.days import Days
from phb.core.errors import ConflictError, NotFoundError
from phb.ledger.entry import CreditorShare, Place, Portion, Share
from phb.ledger.events import Payee as PaidTo
from phb.payments import vault
from phb.payments.payees.models import BankAccount
from phb.payments.runs.models import Instruction, InstructionShare, LeftOut, PaymentFile, PaymentRun, RunItem
from phb.payments.workflow import RunState
from phb.people.kinds import Scope
from phb.people.queries import about_visible


class RunNotFoundError(NotFoundError):
    """There is no such run, or the actor has nothing to do with payments."""

    code = "run-not-found"


class InstructionNotFoundError(NotFoundError):
    """There is no such payment, or it is not the actor's to know of."""

    code = "instruction-not-found"


class FileNotWrittenError(NotFoundError):
    """The run was not exported yet."""

    code = "file-not-written"


class FileChangedError(ConflictError):
    """The bytes that were kept are not those that were written."""

    code = "file-changed"


@dataclass(frozen=True)
class ItemView:
    """One payment of a run, its account masked."""

    item: RunItem
    instruction: Instruction
    account: BankAccount

    @property
    def masked(self) -> str:
        """The account as pages show it."""
        return self.account.masked


@dataclass(frozen=True)
class RunView:
    """A run with its payments in order, and what was left out with every reason."""

    run: PaymentRun
    items: Sequence[ItemView]
    left_out: Sequence[LeftOut]


def visible_runs(actor: Actor) -> Select[PaymentRun]:
    """Select the payment runs an actor may see: all of them for those who work with the books, else none."""
    runs = select(PaymentRun).where(PaymentRun.commissioner_id == actor.commissioner_id)
    return runs if actor.may(Permission.LEDGER_READ) else runs.where(false())


def visible_instructions(actor: Actor, on: date) -> Select[Instruction]:
    """Select the payments an actor may see on a day: of people they see, and nobody's in particular for finance."""
    theirs: ColumnElement[bool] = about_visible(actor, on, Scope.BUDGET, Instruction.person_id)
    if actor.may(Permission.LEDGER_READ):
        theirs = or_(theirs, Instruction.person_id.is_(None))
    return select(Instruction).where(Instruction.commissioner_id == actor.commissioner_id, theirs)


def runs_arriving(actor: Actor, days: Days, *, state: str | None = None) -> Select[PaymentRun]:
    """Select the runs an actor may see by their entry day and, where given, their state."""
    found = days.of(visible_runs(actor), PaymentRun.entry_on)
    return found if state is None else found.where(PaymentRun.state == state)


def payments_due(
    actor: Actor, on: date, days: Days, *, state: str | None = None, budget_id: UUID | None = None
) -> Select[Instruction]:
    """Select the payments an actor may see by the day they were due and, where given, their state and budget."""
    found = days.of(visible_instructions(actor, on), Instruction.due_on)
    if state is not None:
        found = found.where(Instruction.state == state)
    return found if budget_id is None else found.where(Instruction.budget_id == budget_id)


def runs_to_settle(actor: Actor, on: date) -> Select[PaymentRun]:
    """Select the runs whose entry day came by a day: those that settle, and those never written for the bank."""
    waiting = PaymentRun.state.in_([RunState.EXPORTED, RunState.RELEASED])
    return visible_runs(actor).where(waiting, PaymentRun.entry_on <= on)


def items_in(actor: Actor, run_id: UUID) -> Select[RunItem]:
    """Select the places of a run that an actor may see."""
    mine = visible_runs(actor).where(PaymentRun.id == run_id).with_only_columns(PaymentRun.id)
    return select(RunItem).where(RunItem.run_id.in_(mine))


def left_out_of(actor: Actor, run_id: UUID) -> Select[LeftOut]:
    """Select what was left out of a run that an actor may see."""
    mine = visible_runs(actor).where(PaymentRun.id == run_id).with_only_columns(PaymentRun.id)
    return select(LeftOut).where(LeftOut.run_id.in_(mine))


def run(session: Session, actor: Actor, run_id: UUID) -> PaymentRun:
    """Return one run.

    Raises:
        RunNotFoundError: absent, or not the actor's to know of.
    """
    return _one_run(session, visible_runs(actor).where(PaymentRun.id == run_id))


def run_for_update(session: Session, actor: Actor, run_id: UUID) -> PaymentRun:
    """Return one run, locked until the unit of work ends.

    Raises:
        RunNotFoundError: absent, or not the actor's to know of.
    """
    query = visible_runs(actor).where(PaymentRun.id == run_id).with_for_update()
    return _one_run(session, query.execution_options(populate_existing=True))


def run_view(session: Session, actor: Actor, run_id: UUID) -> RunView:
    """Return one run with its parts.

    Raises:
        RunNotFoundError: absent, or not the actor's to know of.
    """
    found = run(session, actor, run_id)
    left_out = select(LeftOut).where(LeftOut.run_id == run_id).order_by(LeftOut.subject_kind, LeftOut.subject_id)
    return RunView(found, items_of(session, run_id), session.scalars(left_out).all())


def items_of(session: Session, run_id: UUID) -> Sequence[ItemView]:
    """Return the payments that were put into a run, in order; for rules, so without an actor."""
    return _views(session, RunItem.run_id == run_id)


def views_of(session: Session, items: Sequence[RunItem]) -> Sequence[ItemView]:
    """Return some places of one run with their payments and accounts, in order; for queries, so without an actor."""
    return _views(session, RunItem.reference.in_([item.reference for item in items]))


def instruction(
    session: Session, actor: Actor, instruction_id: UUID, on: date, *, for_update: bool = False
) -> Instruction:
    """Return one payment, locked where it is about to change.

    Raises:
        InstructionNotFoundError: absent, or not the actor's to know of.
    """
    query = visible_instructions(actor, on).where(Instruction.id == instruction_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).first()
    if found is None:
        raise InstructionNotFoundError("There is no such payment. Look it up in its run.")
    return found


def shares_of(session: Session, instruction_id: UUID) -> tuple[PaidTo, ...]:
    """Return the parts of a payment as the books take them; none before an instalment is released."""
    return shares_of_all(session, [instruction_id])[instruction_id]


def shares_of_all(session: Session, instruction_ids: Collection[UUID]) -> dict[UUID, tuple[PaidTo, ...]]:
    """Return the parts of some payments, by their ids; see shares_of()."""
    row = InstructionShare
    query = select(row).where(row.instruction_id.in_(instruction_ids)).order_by(row.instruction_id, row.ordinal)
    found: defaultdict[UUID, list[PaidTo]] = defaultdict(list)
    for share in session.scalars(query):
        found[share.instruction_id].append(_share(share))
    return {instruction_id: tuple(found[instruction_id]) for instruction_id in instruction_ids}


def next_serial(session: Session, first: int) -> str:
    """Return the number of the next file: above every one that was ever given; lock the paying account first."""
    last = session.scalar(select(func.max(PaymentRun.serial)))
    return f"{max(first, int(last or 0) + 1):06}"


def file_of_run(session: Session, actor: Actor, run_id: UUID) -> bytes:
    """Return the bytes that a run was written as, once, checked against their digest.

    Raises:
        MissingPermissionError: the actor does not release payments.
        RunNotFoundError, FileNotWrittenError: there is no such run, or it was not exported.
        NoKeyError, TamperedError, FileChangedError: the bytes cannot be read, or are not those that were written.
    """
    actor.require(Permission.RUN_RELEASE)
    run(session, actor, run_id)
    kept = session.get(PaymentFile, (actor.commissioner_id, run_id))
    if kept is None:
        raise FileNotWrittenError("This run has no file yet. Export it first.")
    content = vault.of(session).open(kept.contents, for_row=kept.id)
    if sha256(content).digest() != kept.digest:
        raise FileChangedError("The file is not the one that was written. Tell your security team; do not send it.")
    return content


def _views(session: Session, where: ColumnElement[bool]) -> Sequence[ItemView]:
    rows = session.execute(
        select(RunItem, Instruction, BankAccount)
        .join(Instruction, Instruction.id == RunItem.instruction_id)
        .join(BankAccount, BankAccount.id == RunItem.bank_account_id)
        .where(where)
        .order_by(RunItem.ordinal)
        .execution_options(populate_existing=True)
    )
    return [ItemView(item, instruction, account) for item, instruction, account in rows]


def _share(row: InstructionShare) -> PaidTo:
    share = Share(row.fund, row.amount)
    if row.pot_id is not None and row.plan_line_id is not None:
        return Portion(Place(row.budget_id, row.pot_id, row.plan_line_id, row.year), share)
    counterparty_id: UUID = row.counterparty_id  # type: ignore[assignment]  # a share is a pot's or a provider's
    return CreditorShare(row.budget_id, counterparty_id, row.year, share)


def _one_run(session: Session, query: Select[PaymentRun]) -> PaymentRun:
    found = session.scalars(query).first()
    if found is None:
        raise RunNotFoundError("There is no such payment run. Look at the list of runs.")
    return found
