"""What is due and what the checklist says of it, before a run is assembled and again before it is released."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from moneyed import Money
from sqlalchemy import select
from sqlalchemy.orm import Session

from phb.core.actor import Actor
from phb.core.money import from_pence
from phb.payments.agreed import agreed_pot
from phb.payments.checks.queries import facts_of_instalment, facts_of_invoice
from phb.payments.checks.rules import Code, PaymentFacts, Reason, Verdict, may_pay
from phb.payments.kinds import SubjectKind
from phb.payments.payees.queries import account_in_use
from phb.payments.runs.models import Instruction
from phb.payments.runs.queries import ItemView, visible_instructions
from phb.payments.schedules.models import Instalment
from phb.payments.schedules.queries import due
from phb.payments.workflow import InstructionState


@dataclass(frozen=True)
class Candidate:
    """One thing to pay and what the checklist says of it; `instruction` where it was requested before."""

    subject_kind: SubjectKind
    subject_id: UUID
    budget_id: UUID | None
    payee_id: UUID
    amount: Money
    due_on: date
    verdict: Verdict
    instalment: Instalment | None = None
    instruction: Instruction | None = None

    @property
    def is_reissue(self) -> bool:
        """Whether it was paid before and came back."""
        return self.instruction is not None and self.instruction.state == InstructionState.REISSUE_REQUESTED


@dataclass(frozen=True)
class Candidates:
    """What may be paid, in order, and what is left out."""

    payable: Sequence[Candidate]
    left_out: Sequence[Candidate]

    @property
    def total(self) -> Money:
        """What may be paid comes to."""
        return sum((candidate.amount for candidate in self.payable), from_pence(0))


def candidates(session: Session, actor: Actor, *, entry_on: date, due_by: date, on: date) -> Candidates:
    """Return everything due by a day that the actor may see, checked for arriving on the entry day.

    Args:
        session: the commissioner's.
        actor: who looks; nobody working for the service pays themselves.
        entry_on: the day the payments arrive.
        due_by: the last payday that is taken.
        on: today.
    """
    found = [*_instalments(session, actor, entry_on, due_by, on), *_waiting(session, actor, entry_on, due_by, on)]
    return Candidates(
        [candidate for candidate in found if candidate.verdict.may_be_paid],
        [candidate for candidate in found if not candidate.verdict.may_be_paid],
    )


def check_again(session: Session, actor: Actor, view: ItemView, *, entry_on: date, on: date) -> Verdict:
    """Return what the checklist says of a payment in a run now, and whether its bank details are still those in use."""
    facts = _facts(session, actor, view.instruction, entry_on, on)
    verdict = may_pay(facts)
    in_use = account_in_use(session, view.instruction.payee_id)
    if in_use is not None and in_use.id == view.account.id:
        return verdict
    changed = Reason(
        Code.DETAILS_CHANGED,
        "The payee's bank details changed after the run was assembled. Withdraw the run and assemble it again.",
    )
    return Verdict((*verdict.failures, changed), verdict.warnings)


def as_json(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Return reasons as they are stored and shown."""
    return [{"code": reason.code.value, "sentence": reason.sentence} for reason in reasons]


def _instalments(session: Session, actor: Actor, entry_on: date, due_by: date, on: date) -> Iterator[Candidate]:
    requested = _requested(session)
    taken: defaultdict[tuple[UUID, int], Money] = defaultdict(lambda: from_pence(0))
    for row in due(session, actor, due_by, on):
        pot = agreed_pot(session, actor, row.pot_id, on)
        key = (row.pot_id, row.year)
        verdict = may_pay(facts_of_instalment(session, pot, row, entry_on, beside=taken[key]))
        if verdict.may_be_paid:
            taken[key] += row.amount
        yield Candidate(
            SubjectKind.INSTALMENT,
            row.id,
            row.budget_id,
            row.payee_id,
            row.amount,
            row.pay_on,
            verdict,
            instalment=row,
            instruction=requested.get(row.id),
        )


def _waiting(session: Session, actor: Actor, entry_on: date, due_by: date, on: date) -> Iterator[Candidate]:
    row = Instruction
    invoices = (row.subject_kind == SubjectKind.INVOICE) & (row.state == InstructionState.REQUESTED)
    wanted = invoices | (row.state == InstructionState.REISSUE_REQUESTED)
    query = visible_instructions(actor, on).where(wanted, row.due_on <= due_by).order_by(row.due_on, row.id)
    for instruction in session.scalars(query):
        verdict = may_pay(_facts(session, actor, instruction, entry_on, on))
        yield Candidate(
            SubjectKind(instruction.subject_kind),
            instruction.subject_id,
            instruction.budget_id,
            instruction.payee_id,
            instruction.amount,
            instruction.due_on,
            verdict,
            instruction=instruction,
        )


def _requested(session: Session) -> dict[UUID, Instruction]:
    """Return the instructions of instalments that a withdrawn run let go, by instalment."""
    query = select(Instruction).where(
        Instruction.subject_kind == SubjectKind.INSTALMENT, Instruction.state == InstructionState.REQUESTED
    )
    return {row.subject_id: row for row in session.scalars(query)}


def _facts(session: Session, actor: Actor, instruction: Instruction, entry_on: date, on: date) -> PaymentFacts:
    if instruction.pot_id is None:
        return facts_of_invoice(session, instruction, entry_on)
    row = session.get_one(Instalment, (instruction.commissioner_id, instruction.subject_id))
    pot = agreed_pot(session, actor, instruction.pot_id, on)
    is_reissue = instruction.state in {InstructionState.REISSUE_REQUESTED, InstructionState.REISSUE_IN_RUN}
    return facts_of_instalment(session, pot, row, entry_on, is_reissue=is_reissue)
