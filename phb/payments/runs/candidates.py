"""What is due and what the checklist says of it, before a run is assembled and again before it is released."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from moneyed import Money
from sqlalchemy import select
from sqlalchemy.orm import Session

from phb.core.actor import Actor
from phb.core.money import from_pence
from phb.payments.agreed import AgreedPot, agreed_pots
from phb.payments.checks.gathering import Asked, facts_of_instalments, facts_of_invoices
from phb.payments.checks.rules import Code, PaymentFacts, Reason, Verdict, may_pay
from phb.payments.kinds import SubjectKind
from phb.payments.payees.models import BankAccount
from phb.payments.payees.queries import accounts_in_use
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


def stopped(
    session: Session, actor: Actor, views: Sequence[ItemView], *, entry_on: date, on: date
) -> dict[str, tuple[Reason, ...]]:
    """Return what now stands against the payments of a run, by reference: those alone that may not be made.

    That is what the checklist says of each now, and whether its bank details are still those in use.
    """
    instructions = [view.instruction for view in views]
    facts = _facts(session, actor, instructions, entry_on, on)
    in_use = accounts_in_use(session, [row.payee_id for row in instructions])
    against = {view.item.reference: _against(view, facts[view.instruction.id], in_use) for view in views}
    return {name: reasons for name, reasons in against.items() if reasons}


def _against(view: ItemView, facts: PaymentFacts, in_use: Mapping[UUID, BankAccount]) -> tuple[Reason, ...]:
    failures = tuple(may_pay(facts).failures)
    account = in_use.get(view.instruction.payee_id)
    if account is not None and account.id == view.account.id:
        return failures
    changed = Reason(
        Code.DETAILS_CHANGED,
        "The payee's bank details changed after the run was assembled. Withdraw the run and assemble it again.",
    )
    return (*failures, changed)


def as_json(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Return reasons as they are stored and shown."""
    return [{"code": reason.code.value, "sentence": reason.sentence} for reason in reasons]


def _instalments(session: Session, actor: Actor, entry_on: date, due_by: date, on: date) -> Iterator[Candidate]:
    requested = _requested(session)
    taken: defaultdict[tuple[UUID, int], Money] = defaultdict(lambda: from_pence(0))
    rows = due(session, actor, due_by, on)
    pots = agreed_pots(session, actor, {row.pot_id for row in rows}, on)
    asked = [Asked(pots[row.pot_id], row) for row in rows]
    for row, facts in zip(rows, facts_of_instalments(session, asked, entry_on), strict=True):
        key = (row.pot_id, row.year)
        verdict = may_pay(facts.beside(taken[key]))
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
    instructions = session.scalars(query).all()
    facts = _facts(session, actor, instructions, entry_on, on)
    for instruction in instructions:
        verdict = may_pay(facts[instruction.id])
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


def _facts(
    session: Session, actor: Actor, instructions: Sequence[Instruction], entry_on: date, on: date
) -> dict[UUID, PaymentFacts]:
    """Return what the checklist looks at for payments that were asked for, by their ids."""
    invoices = [row for row in instructions if row.pot_id is None]
    of_pots = [row for row in instructions if row.pot_id is not None]
    found = session.scalars(select(Instalment).where(Instalment.id.in_([row.subject_id for row in of_pots])))
    instalments = {row.id: row for row in found}
    pots = agreed_pots(session, actor, {row.pot_id for row in instalments.values()}, on)
    asked = [_asked(row, pots, instalments[row.subject_id]) for row in of_pots]
    facts = [*facts_of_invoices(session, invoices, entry_on), *facts_of_instalments(session, asked, entry_on)]
    return {row.id: one for row, one in zip((*invoices, *of_pots), facts, strict=True)}


def _asked(row: Instruction, pots: Mapping[UUID, AgreedPot], instalment: Instalment) -> Asked:
    is_reissue = row.state in {InstructionState.REISSUE_REQUESTED, InstructionState.REISSUE_IN_RUN}
    return Asked(pots[instalment.pot_id], instalment, is_reissue)
