"""The payments of a budget that have not arrived yet: on their way, late, or next; and what stands against each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, or_
from sqlalchemy.orm import Session

from phb.core.actor import Actor
from phb.payments.agreed import agreed_pot
from phb.payments.checks.gathering import facts_of_instalment
from phb.payments.checks.models import PaymentHold
from phb.payments.checks.queries import holds_in_force
from phb.payments.checks.rules import Reason, may_pay
from phb.payments.kinds import SubjectKind
from phb.payments.runs.models import Instruction, PaymentRun
from phb.payments.schedules.models import Instalment
from phb.payments.schedules.queries import visible_instalments
from phb.payments.workflow import ENDED, UNSENT, InstructionState


@dataclass(frozen=True)
class ComingPayment:
    """An instalment that has not arrived.

    `state` is where its payment stands, None while nobody has put it into a run; `arrives_on` the day a run pays it
    on. Only while it waits, `against` is what the checklist says against it on its payday, and `holds` the holds
    among that.
    """

    instalment: Instalment
    state: InstructionState | None = None
    arrives_on: date | None = None
    against: Sequence[Reason] = ()
    holds: Sequence[PaymentHold] = ()


@dataclass(frozen=True)
class Coming:
    """What has not arrived yet of a budget, by payday.

    `soon` is what should have arrived by now or is on its way, and of each pot the next payment; `later` the
    instalments planned after those.
    """

    soon: Sequence[ComingPayment]
    later: Sequence[Instalment]


def coming_payments(session: Session, actor: Actor, budget_id: UUID, on: date) -> Coming:
    """Return what should have arrived by a day and has not, what comes next, and what is planned after that."""
    row, payment, run = Instalment, Instruction, PaymentRun
    current = and_(
        payment.subject_kind == SubjectKind.INSTALMENT,
        payment.subject_id == row.id,
        payment.state.not_in((*ENDED, *UNSENT)),
    )
    found = session.execute(
        visible_instalments(actor, on)
        .add_columns(payment.state, run.entry_on)
        .outerjoin(payment, current)
        .outerjoin(run, run.id == payment.run_id)
        .where(row.budget_id == budget_id, row.ended.is_(None))
        .where(or_(payment.state.is_(None), payment.state != InstructionState.SETTLED))
        .order_by(row.pay_on, row.id)
    )
    rows = [(instalment, state, entry_on) for instalment, state, entry_on in found]
    chosen = set(_up_to_the_next((instalment for instalment, _, _ in rows), on))
    soon = [
        ComingPayment(instalment, InstructionState(state), entry_on)
        if state
        else _waiting(session, actor, instalment, on)
        for instalment, state, entry_on in rows
        if instalment.id in chosen or state
    ]
    told = {one.instalment.id for one in soon}
    return Coming(soon, [instalment for instalment, _, _ in rows if instalment.id not in told])


def _up_to_the_next(instalments: Iterable[Instalment], on: date) -> Iterator[UUID]:
    """Yield the instalments with a payday up to a day, and the first of each pot after it."""
    told: set[UUID] = set()
    for row in instalments:
        if row.pay_on <= on or row.pot_id not in told:
            yield row.id
        if row.pay_on > on:
            told.add(row.pot_id)


def _waiting(session: Session, actor: Actor, row: Instalment, on: date) -> ComingPayment:
    payday = max(row.pay_on, on)
    verdict = may_pay(facts_of_instalment(session, agreed_pot(session, actor, row.pot_id, on), row, payday))
    holds = holds_in_force(session, row.budget_id, row.pot_id, payday)
    return ComingPayment(row, against=verdict.failures, holds=holds)
