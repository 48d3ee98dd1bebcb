"""Duties of payment runs, of payments that came back, and of the accounts on both sides."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, select
from sqlalchemy.orm import aliased

from phb.core.actor import Actor, Role
from phb.governance.models import AuditEvent
from phb.monitoring.duties.duty import Column, Duty, Found, Source, Terms, day_of, in_pounds, in_words, row
from phb.payments.kinds import AccountUse
from phb.payments.payees.models import BankAccount, Payee, PayingAccount
from phb.payments.payees.queries import visible_payees
from phb.payments.runs.models import Instruction, PaymentRun
from phb.payments.runs.queries import visible_instructions, visible_runs
from phb.payments.workflow import InstructionState, RunState
from phb.people.calendars.models import BankHoliday

FINANCE = frozenset({Role.FINANCE_OFFICER})
APPROVER = frozenset({Role.APPROVER})
RELEASER = frozenset({Role.PAYMENTS_RELEASER})
LONGEST_CLOSED = 14  # days; banks are never shut for longer
FRIDAY = 5  # by the database's count

Run, Account = PaymentRun, BankAccount


def _visible_accounts(actor: Actor, on: date) -> Select[Any]:
    return select(Account).where(Account.payee_id.in_(visible_payees(actor, on).with_only_columns(Payee.id)))


RUNS = Source(lambda: select(Run), lambda actor, _on: visible_runs(actor))
PAYMENTS = Source(lambda: select(Instruction), visible_instructions)
ACCOUNTS = Source(lambda: select(Account), _visible_accounts)
PAYING_ACCOUNTS = Source(lambda: select(PayingAccount), lambda _actor, _on: select(PayingAccount))


def _run(state: RunState, since_on: Column) -> Found:
    """Find the runs in a state whose file can still be sent in time."""

    def found(query: Select[Any], terms: Terms) -> Select[Any]:
        in_time = Run.processing_on > terms.today
        return query.where(Run.state == state, in_time).with_only_columns(*_about_run(since_on, _last_day_to_send()))

    return found


def _late(*states: RunState) -> Found:
    """Find the runs in some states whose file cannot be sent in time any more."""

    def found(query: Select[Any], terms: Terms) -> Select[Any]:
        late = Run.state.in_(states) & (Run.processing_on <= terms.today)
        return query.where(late).with_only_columns(*_about_run(Run.processing_on, Run.processing_on))

    return found


def _unsettled(query: Select[Any], terms: Terms) -> Select[Any]:
    arrived = (Run.state == RunState.EXPORTED) & (Run.entry_on <= terms.today)
    return query.where(arrived).with_only_columns(*_about_run(Run.entry_on, Run.entry_on))


def _came_back(query: Select[Any], terms: Terms) -> Select[Any]:
    since = func.coalesce(Instruction.returned_on, Instruction.due_on)
    about = row(
        subject_id=Instruction.id,
        budget_id=Instruction.budget_id,
        person_id=Instruction.person_id,
        since_on=since,
        due_on=since + terms.finance.decide_within_days,
        label=literal("payment of ") + in_pounds(Instruction.amount) + " due on " + in_words(Instruction.due_on),
    )
    return query.where(Instruction.state == InstructionState.CAME_BACK).with_only_columns(*about)


def _unconfirmed(query: Select[Any], terms: Terms) -> Select[Any]:
    """Find the newest details of a payee where nobody confirmed them."""
    other = aliased(Account)
    newer = exists().where(other.payee_id == Account.payee_id, other.ordinal > Account.ordinal)
    about = _about_account(Account.proposed_at, terms)
    return query.where(Account.confirmed_by.is_(None), ~newer).with_only_columns(*about)


def _unapproved(query: Select[Any], terms: Terms) -> Select[Any]:
    """Find the dedicated accounts that are in use and were not approved as such."""
    other = aliased(Account)
    newer = exists().where(
        other.payee_id == Account.payee_id, other.ordinal > Account.ordinal, other.confirmed_by.is_not(None)
    )
    unapproved = (Account.use == AccountUse.DEDICATED) & Account.approved_by.is_(None)
    about = _about_account(Account.confirmed_at, terms)
    return query.where(unapproved, Account.confirmed_by.is_not(None), ~newer).with_only_columns(*about)


def _own_unconfirmed(query: Select[Any], terms: Terms) -> Select[Any]:
    own, other = PayingAccount, aliased(PayingAccount)
    newer = exists().where(other.commissioner_id == own.commissioner_id, other.ordinal > own.ordinal)
    since = day_of(own.proposed_at)
    about = row(
        subject_id=own.id,
        since_on=since,
        due_on=since + terms.finance.decide_within_days,
        label=literal("account ending ") + own.ending,
    )
    return query.where(own.confirmed_by.is_(None), ~newer).with_only_columns(*about)


def _about_run(since_on: Column, due_on: Column) -> tuple[ColumnElement[Any], ...]:
    label = literal("payments to arrive on ") + in_words(Run.entry_on)
    return row(subject_id=Run.id, since_on=since_on, due_on=due_on, label=label)


def _last_day_to_send() -> ColumnElement[date]:
    """Return the working day before a run is processed: its file is sent by then."""
    before = func.generate_series(1, LONGEST_CLOSED).column_valued("before")
    day = Run.processing_on - before
    shut = exists().where(BankHoliday.observed, BankHoliday.day == day)
    working = select(func.max(day)).where(func.date_part("isodow", day) <= FRIDAY, ~shut)
    return working.correlate(Run).scalar_subquery()


def _about_account(since: Column, terms: Terms) -> tuple[ColumnElement[Any], ...]:
    """Describe an account by its payee, whose newest details are all that anybody confirms."""
    payee = select(Payee.reference, Payee.person_id).where(Payee.id == Account.payee_id)
    since_on = day_of(since)
    return row(
        subject_id=Account.payee_id,
        person_id=payee.with_only_columns(Payee.person_id).scalar_subquery(),
        since_on=since_on,
        due_on=since_on + terms.finance.decide_within_days,
        label=literal("bank details of payee ") + payee.with_only_columns(Payee.reference).scalar_subquery(),
    )


def _approved_at() -> ColumnElement[Any]:
    event = AuditEvent
    query = select(func.max(event.recorded_at))
    return query.where(event.subject_id == Run.id, event.action == "payment_run.approved").scalar_subquery()


RUN, PAYEE = "/payment-runs/{subject_id}", "/payees/{subject_id}"

OF_PAYMENTS = (
    Duty(
        "payment_run.approve",
        "Approve this payment run, or withdraw it",
        APPROVER,
        RUN,
        RUNS,
        _run(RunState.ASSEMBLED, day_of(Run.assembled_at)),
        not_by=(Run.assembled_by,),
    ),
    Duty(
        "payment_run.release",
        "Release this payment run",
        RELEASER,
        RUN,
        RUNS,
        _run(RunState.APPROVED, day_of(_approved_at())),
        not_by=(Run.assembled_by, Run.approved_by),
    ),
    Duty(
        "payment_run.export",
        "Export this payment run and send its file to the bank",
        RELEASER,
        RUN,
        RUNS,
        _run(RunState.RELEASED, day_of(Run.released_at)),
    ),
    Duty(
        "payment_run.withdraw",
        "Withdraw this payment run and assemble it again: its file cannot be sent in time any more",
        FINANCE,
        RUN,
        RUNS,
        _late(RunState.ASSEMBLED, RunState.APPROVED),
    ),
    Duty(
        "payment_run.record_returns",
        "Record these payments as returned: they were released, and no file was sent in time",
        FINANCE,
        RUN,
        RUNS,
        _late(RunState.RELEASED),
    ),
    Duty("payment_run.settle", "Book these payments as arrived", FINANCE, RUN, RUNS, _unsettled),
    Duty(
        "payment.reissue",
        "Send this payment again, unless an approver gives it up: it came back",
        FINANCE,
        "/payments/{subject_id}",
        PAYMENTS,
        _came_back,
    ),
    Duty(
        "payment.give_up",
        "Give this payment up, unless finance sends it again: it came back",
        APPROVER,
        "/payments/{subject_id}",
        PAYMENTS,
        _came_back,
    ),
    Duty(
        "bank_account.confirm",
        "Check these bank details and confirm them",
        FINANCE,
        PAYEE,
        ACCOUNTS,
        _unconfirmed,
        not_by=(Account.proposed_by,),
    ),
    Duty(
        "bank_account.approve",
        "Approve this account as one for this money alone",
        FINANCE,
        PAYEE,
        ACCOUNTS,
        _unapproved,
    ),
    Duty(
        "paying_account.confirm",
        "Check the account we pay from and confirm it",
        FINANCE,
        "/paying-accounts",
        PAYING_ACCOUNTS,
        _own_unconfirmed,
        not_by=(PayingAccount.proposed_by,),
    ),
)
