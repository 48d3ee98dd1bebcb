"""Dated duties as they were raised: who, what, by when; opened and closed to match what holds now.

What holds is for the packages that know the records to say; here it is a select with one row for each duty.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause, Select, Uuid, case, exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from phb.core.uow import UnitOfWork
from phb.governance.models import Task

GIVEN = ("kind", "subject_id", "budget_id", "person_id", "roles", "user_id", "since_on", "due_on")


@dataclass(frozen=True)
class Reconciled:
    """How many tasks were raised and closed."""

    raised: int
    closed: int


def reconcile(uow: UnitOfWork, holding: Select[tuple[object, ...]]) -> Reconciled:
    """Raise a task for every duty that has none, and close the tasks whose duty no longer holds; again, nothing.

    A task is the same as long as its kind, its subject and the day it began are: what is returned and sent again waits
    anew, with new days. A task keeps the day it was due on when it was raised.

    Args:
        uow: of the commissioner.
        holding: a select of the columns in GIVEN, one row for each duty that holds now.
    """
    held = holding.cte("held")
    closed = (
        update(Task)
        .where(Task.closed_at.is_(None), ~exists().select_from(held).where(_same(held)))
        .values(closed_at=uow.now, closed_because=_why(held))
        .returning(Task.id)
        .cte("closed")
    )
    new = select(literal(uow.commissioner_id, Uuid), literal(uow.now), *(held.c[name] for name in GIVEN)).where(
        ~exists().select_from(Task).where(Task.closed_at.is_(None), _same(held))
    )
    raised = (
        insert(Task)
        .from_select(["commissioner_id", "raised_at", *GIVEN], new)
        .on_conflict_do_nothing()
        .returning(Task.id)
        .cte("raised")
    )
    counts = (select(func.count()).select_from(part).scalar_subquery() for part in (raised, closed))
    row = uow.session.execute(select(*counts)).one()
    return Reconciled(*row)


def is_task_of(held: FromClause) -> ColumnElement[bool]:
    """Return the condition that an open task is that of a duty."""
    return Task.closed_at.is_(None) & _same(held)


def _same(held: FromClause) -> ColumnElement[bool]:
    same = (Task.kind == held.c.kind) & (Task.subject_id == held.c.subject_id)
    return same & (Task.since_on == held.c.since_on)


def _why(held: FromClause) -> ColumnElement[str]:
    """Return why a task is closed: its subject waits for the same thing since another day, or it is done."""
    anew = exists().select_from(held).where(Task.kind == held.c.kind, Task.subject_id == held.c.subject_id)
    return case((anew, "replaced"), else_="done")
