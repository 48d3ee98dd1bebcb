"""One payment as people read it: who is paid, through which runs and into which masked account, and every step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from phb.core.actor import Actor
from phb.core.period import Period
from phb.governance.models import AuditEvent
from phb.governance.trail import events_of
from phb.payments.payees.models import BankAccount
from phb.payments.payees.names import Called, called
from phb.payments.payees.queries import account_in_use
from phb.payments.runs import queries
from phb.payments.runs.models import Instruction, PaymentRun, RunItem
from phb.payments.schedules.models import as_period
from phb.people.users.queries import names_of


@dataclass(frozen=True)
class Sending:
    """One run that a payment was put into, under which reference and into which account."""

    item: RunItem
    run: PaymentRun
    account: BankAccount


@dataclass(frozen=True)
class PaymentView:
    """A payment, the runs it was put into, the newest first, and its steps, the oldest first.

    `account_now` is what its payee would be paid into today.
    """

    payment: Instruction
    called: Called
    sendings: Sequence[Sending]
    events: Sequence[AuditEvent]
    people: Mapping[UUID, str]
    account_now: BankAccount | None

    @property
    def name(self) -> str:
        """Who is paid."""
        return self.called.payees[self.payment.payee_id]

    @property
    def covers(self) -> Period | None:
        """The days it pays for, where they were stated."""
        return as_period(self.payment.covers) if self.payment.covers else None


def payment_view(session: Session, actor: Actor, instruction_id: UUID, on: date) -> PaymentView:
    """Return one payment with its history.

    Raises:
        InstructionNotFoundError: absent, or not the actor's to know of.
    """
    payment = queries.instruction(session, actor, instruction_id, on)
    events = events_of(session, [payment.id])
    return PaymentView(
        payment=payment,
        called=called(session, actor, [payment], on),
        sendings=_sendings(session, payment.id),
        events=events,
        people=names_of(session, actor, [event.user_id for event in events]),
        account_now=account_in_use(session, payment.payee_id),
    )


def _sendings(session: Session, instruction_id: UUID) -> list[Sending]:
    rows = session.execute(
        select(RunItem, PaymentRun, BankAccount)
        .join(PaymentRun, PaymentRun.id == RunItem.run_id)
        .join(BankAccount, BankAccount.id == RunItem.bank_account_id)
        .where(RunItem.instruction_id == instruction_id)
        .order_by(PaymentRun.assembled_at.desc(), PaymentRun.id)
    )
    return [Sending(item, run, account) for item, run, account in rows]
