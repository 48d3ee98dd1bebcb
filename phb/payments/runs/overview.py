"""A run as people read it: what it would take, its days and steps, its payments, and what now stands against them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from phb.budget.queries import references_of
from phb.core.actor import Actor, Permission
from phb.governance.models import AuditEvent
from phb.governance.trail import events_of
from phb.payments.checks.rules import Reason
from phb.payments.payees.models import PayingAccount
from phb.payments.payees.names import Called, called
from phb.payments.runs import queries
from phb.payments.runs.candidates import Candidates, candidates, stopped
from phb.payments.runs.models import LeftOut, PaymentFile, PaymentRun, RunItem
from phb.payments.runs.queries import ItemView
from phb.payments.runs.rules import BacsDays, EntryDay, entry_days
from phb.people.calendars.queries import holidays
from phb.people.users.queries import names_of

DAYS_OFFERED = 20


@dataclass(frozen=True)
class Preview:
    """What a run that arrives on a day would take and leave out."""

    days: BacsDays
    found: Candidates
    called: Called


@dataclass(frozen=True)
class WrittenFile:
    """What may be known of a run's file by who may not read it."""

    digest: bytes
    length: int
    written_at: datetime


@dataclass(frozen=True)
class RunOverview:
    """A run, its days, steps and file; its payments are read page by page."""

    run: PaymentRun
    days: BacsDays
    paid_from: PayingAccount
    events: Sequence[AuditEvent]
    people: Mapping[UUID, str]
    left_out: int
    file: WrittenFile | None


@dataclass(frozen=True)
class RunLines:
    """Some payments of a run and what their payees and budgets are called."""

    views: Sequence[ItemView]
    called: Called


def days_to_choose(session: Session, on: date) -> list[EntryDay]:
    """Return the next days that payments can arrive on, and between them those that they cannot, with why."""
    return entry_days(on, holidays(session), DAYS_OFFERED)


def preview(session: Session, actor: Actor, entry_on: date, on: date) -> Preview:
    """Return what a run would take and leave out.

    Raises:
        MissingPermissionError: the actor may not assemble runs.
        EntryDayError: no working day, or too late to send the file.
    """
    actor.require(Permission.RUN_ASSEMBLE_DUE)
    days = BacsDays.of(entry_on, holidays(session))
    days.refuse_too_late(on)
    found = candidates(session, actor, entry_on=entry_on, due_by=entry_on, on=on)
    return Preview(days, found, called(session, actor, [*found.payable, *found.left_out], on))


def days_of(session: Session, runs: Iterable[PaymentRun]) -> dict[UUID, BacsDays]:
    """Return the days that lead to the entry day of each run, by its id."""
    shut = holidays(session)
    return {run.id: BacsDays.leading_to(run.entry_on, shut) for run in runs}


def overview(session: Session, actor: Actor, run_id: UUID) -> RunOverview:
    """Return one run.

    Raises:
        RunNotFoundError: absent, or not the actor's to know of.
    """
    run = queries.run(session, actor, run_id)
    days = days_of(session, [run])[run.id]
    events = events_of(session, [run.id])
    file = PaymentFile
    written = session.execute(select(file.digest, file.length, file.written_at).where(file.run_id == run.id)).first()
    return RunOverview(
        run=run,
        days=days,
        paid_from=session.get_one(PayingAccount, (run.commissioner_id, run.paying_account_id)),
        events=events,
        people=names_of(session, actor, [event.user_id for event in events]),
        left_out=session.scalar(select(func.count()).where(LeftOut.run_id == run.id)) or 0,
        file=None if written is None else WrittenFile(*written),
    )


def lines(session: Session, actor: Actor, items: Sequence[RunItem], on: date) -> RunLines:
    """Return some payments of one run that the actor may see, in the order given."""
    views = queries.views_of(session, items)
    return RunLines(views, called(session, actor, [view.instruction for view in views], on))


def budgets_of(session: Session, actor: Actor, rows: Iterable[LeftOut], on: date) -> dict[UUID, str]:
    """Return the references of the budgets that something was left out of a run for."""
    return references_of(session, actor, [row.budget_id for row in rows], on)


def against(session: Session, actor: Actor, run_id: UUID, on: date) -> Mapping[str, Sequence[Reason]]:
    """Return what now stands against the payments of a run, by reference, as its release would find it.

    Raises:
        RunNotFoundError: absent, or not the actor's to know of.
    """
    run = queries.run(session, actor, run_id)
    return stopped(session, actor, queries.items_of(session, run.id), entry_on=run.entry_on, on=on)
