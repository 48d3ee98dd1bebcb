"""What an actor may see of instalments, and which of them are not yet on their way."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy import ColumnElement, Exists, Select, exists, select
from sqlalchemy.orm import Session

from phb.core.actor import Actor
from phb.core.errors import NotFoundError
from phb.core.money import from_pence
from phb.payments.kinds import SubjectKind
from phb.payments.runs.models import Instruction
from phb.payments.schedules.models import Instalment, InstalmentSchedule
from phb.payments.workflow import ENDED, UNSENT, InstructionState
from phb.people.kinds import Scope
from phb.people.queries import about_visible, visible_between


class ScheduleNotFoundError(NotFoundError):
    """There is no such schedule, or its budget is not the actor's to know of."""

    code = "schedule-not-found"


def visible_instalments(actor: Actor, on: date) -> Select[Instalment]:
    """Select the instalments an actor may see on a day, due inside the terms that let them."""
    theirs = visible_between(actor, on, Scope.BUDGET, Instalment.person_id, Instalment.due_on)
    return select(Instalment).where(Instalment.commissioner_id == actor.commissioner_id, theirs)


def visible_schedules(actor: Actor, on: date) -> Select[InstalmentSchedule]:
    """Select the schedules of budgets an actor may see on a day."""
    schedule = InstalmentSchedule
    theirs = about_visible(actor, on, Scope.BUDGET, schedule.person_id)
    return select(schedule).where(schedule.commissioner_id == actor.commissioner_id, theirs)


def schedule(session: Session, actor: Actor, schedule_id: UUID, on: date) -> InstalmentSchedule:
    """Return one schedule.

    Raises:
        ScheduleNotFoundError: absent, or not the actor's to know of.
    """
    found = session.scalars(visible_schedules(actor, on).where(InstalmentSchedule.id == schedule_id)).first()
    if found is None:
        raise ScheduleNotFoundError("There is no such schedule. Look it up with its budget.")
    return found


def instalments_of(session: Session, schedule_id: UUID) -> Sequence[Instalment]:
    """Return the instalments of a schedule in order, ended ones too."""
    query = select(Instalment).where(Instalment.schedule_id == schedule_id).order_by(Instalment.number)
    return session.scalars(query).all()


def unsent(session: Session, pot_id: UUID, year: int) -> Sequence[Instalment]:
    """Return the instalments of a pot and year that are planned and in no run, in the order of their days."""
    query = _planned(pot_id, year).where(~_instructed(InstructionState.CANCELLED, *UNSENT))
    return session.scalars(query.order_by(Instalment.due_on, Instalment.id)).all()


def next_unsent(session: Session, pot_id: UUID) -> Instalment | None:
    """Return the instalment of a pot that is planned, in no run and to be paid first, or None."""
    row = Instalment
    query = select(row).where(
        row.pot_id == pot_id, row.ended.is_(None), ~_instructed(InstructionState.CANCELLED, *UNSENT)
    )
    return session.scalars(query.order_by(row.pay_on, row.due_on, row.id).limit(1)).first()


def in_unreleased_run(session: Session, pot_id: UUID, year: int) -> Sequence[Instalment]:
    """Return the instalments of a pot and year that a run holds and has not released."""
    held = exists().where(_its_instruction(), Instruction.state == InstructionState.IN_RUN)
    return session.scalars(_planned(pot_id, year).where(held)).all()


def due(session: Session, actor: Actor, by: date, on: date) -> Sequence[Instalment]:
    """Return the instalments an actor may see that are to be paid by a day and in no run, in the order of paydays."""
    query = visible_instalments(actor, on).where(
        Instalment.ended.is_(None), Instalment.pay_on <= by, ~_instructed(*ENDED, *UNSENT)
    )
    return session.scalars(query.order_by(Instalment.pay_on, Instalment.pot_id, Instalment.id)).all()


def total(instalments: Sequence[Instalment]) -> Money:
    """Return what instalments come to."""
    return sum((instalment.amount for instalment in instalments), from_pence(0))


def _planned(pot_id: UUID, year: int) -> Select[Instalment]:
    return select(Instalment).where(Instalment.pot_id == pot_id, Instalment.year == year, Instalment.ended.is_(None))


def _instructed(*but: InstructionState) -> Exists:
    """Return the condition that an instalment has an instruction in any state but these."""
    return exists().where(_its_instruction(), Instruction.state.not_in(but))


def _its_instruction() -> ColumnElement[bool]:
    return (Instruction.subject_kind == SubjectKind.INSTALMENT) & (Instruction.subject_id == Instalment.id)
