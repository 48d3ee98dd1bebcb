"""Tasks follow a select of what holds; the table keeps each as it was raised."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Date, Select, Text, Uuid, cast, literal, null, select, text, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from phb.governance import tasks
from phb.governance.models import Task
from phb.governance.tasks import Reconciled
from tests.governance.conftest import APRIL, Commissioner

MAY = date(2026, 5, 1)
FIRST, SECOND = UUID(int=1), UUID(int=2)


def duty(
    subject_id: UUID = FIRST, *, since_on: date = APRIL, due_on: date = MAY, kind: str = "tests.do"
) -> Select[Any]:
    """Select one duty as holding() would give it."""
    return select(
        literal(kind).label("kind"),
        literal(subject_id, Uuid).label("subject_id"),
        cast(null(), Uuid).label("budget_id"),
        cast(null(), Uuid).label("person_id"),
        literal(["clinician"], ARRAY(Text)).label("roles"),
        cast(null(), Uuid).label("user_id"),
        cast(since_on, Date).label("since_on"),
        cast(due_on, Date).label("due_on"),
    )


def reconcile(commissioner: Commissioner, *duties: Select[Any]) -> Reconciled:
    """Reconcile with some duties, or with none."""
    found = union_all(*duties).subquery() if duties else duty().where(literal(value=False)).subquery()
    with commissioner.unit(commissioner.anna) as uow:
        return tasks.reconcile(uow, select(*(found.c[name] for name in tasks.GIVEN)))


def rows(commissioner: Commissioner) -> list[tuple[UUID, date, date, str | None]]:
    with commissioner.unit(commissioner.anna) as uow:
        found = uow.session.scalars(select(Task))
        return sorted(
            ((row.subject_id, row.since_on, row.due_on, row.closed_because) for row in found),
            key=lambda row: (row[0], row[1]),
        )


def test_tasks_are_raised_and_closed_to_match_and_again_nothing_happens(commissioner: Commissioner) -> None:
    both = (duty(FIRST), duty(SECOND))
    assert reconcile(commissioner, *both) == Reconciled(2, 0)
    assert reconcile(commissioner, *both) == Reconciled(0, 0)
    assert reconcile(commissioner, duty(SECOND)) == Reconciled(0, 1)
    assert reconcile(commissioner) == Reconciled(0, 1)
    assert reconcile(commissioner) == Reconciled(0, 0)
    assert rows(commissioner) == [(FIRST, APRIL, MAY, "done"), (SECOND, APRIL, MAY, "done")]


def test_another_due_day_leaves_the_task_and_another_beginning_replaces_it(commissioner: Commissioner) -> None:
    reconcile(commissioner, duty())
    later = date(2026, 6, 1)
    assert reconcile(commissioner, duty(due_on=later)) == Reconciled(0, 0)
    assert reconcile(commissioner, duty(since_on=MAY, due_on=later)) == Reconciled(1, 1)
    assert rows(commissioner) == [(FIRST, APRIL, MAY, "replaced"), (FIRST, MAY, later, None)]


def test_what_comes_up_again_is_raised_again(commissioner: Commissioner) -> None:
    for duties in ([duty()], [], [duty()]):
        reconcile(commissioner, *duties)
    assert [row[3] for row in rows(commissioner)].count(None) == 1
    assert len(rows(commissioner)) == 2


def test_two_kinds_about_one_subject_are_two_tasks(commissioner: Commissioner) -> None:
    assert reconcile(commissioner, duty(), duty(kind="tests.look")) == Reconciled(2, 0)
    assert reconcile(commissioner, duty()) == Reconciled(0, 1)


def test_another_commissioners_tasks_are_left_alone(
    commissioner: Commissioner, session_factory: sessionmaker[Session]
) -> None:
    other = Commissioner(session_factory)
    reconcile(commissioner, duty())
    assert reconcile(other) == Reconciled(0, 0)
    assert (rows(other), [row[3] for row in rows(commissioner)]) == ([], [None])


AGAIN = """
    INSERT INTO task (commissioner_id, kind, subject_id, roles, since_on, due_on, raised_at)
    SELECT commissioner_id, kind, subject_id, roles, since_on, due_on, now() FROM task
"""
ONE = """
    INSERT INTO task (commissioner_id, kind, subject_id, roles, since_on, due_on, raised_at, budget_id, person_id)
    VALUES (:id, :kind, :subject_id, :roles, now(), now(), now(), :budget_id, :person_id)
"""


@pytest.mark.parametrize(
    ("closed", "statement", "refusal"),
    [
        (True, "UPDATE task SET closed_at = NULL, closed_because = NULL", "never changed or removed"),
        (False, "UPDATE task SET closed_at = now()", "ck_task_closed"),
        (False, "UPDATE task SET closed_at = now(), closed_because = 'bored'", "ck_task_closed_because"),
        (False, "UPDATE task SET due_on = due_on + 1", "permission denied"),
        (False, "DELETE FROM task", "permission denied"),
        (False, AGAIN, "uq_task_open"),
    ],
)
def test_the_table_refuses(commissioner: Commissioner, closed: bool, statement: str, refusal: str) -> None:  # noqa: FBT001 - a case
    reconcile(commissioner, duty())
    if closed:
        reconcile(commissioner)
    with pytest.raises((DBAPIError, IntegrityError), match=refusal), commissioner.unit(commissioner.anna) as uow:
        uow.session.execute(text(statement))


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"kind": "Aled Example"}, "ck_task_kind"),
        ({"roles": []}, "ck_task_roles"),
        ({"budget_id": uuid4()}, "fk_task_budget"),
        ({"person_id": uuid4()}, "fk_task_person"),
    ],
)
def test_a_task_is_of_a_kind_and_for_somebody_about_what_there_is(
    commissioner: Commissioner, changes: dict[str, Any], constraint: str
) -> None:
    given = {"kind": "tests.do", "subject_id": FIRST, "roles": ["clinician"], "budget_id": None, "person_id": None}
    values = {"id": commissioner.id, **given, **changes}
    with pytest.raises(IntegrityError, match=constraint), commissioner.unit(commissioner.anna) as uow:
        uow.session.execute(text(ONE), values)


def test_no_task_is_forgotten_even_by_the_tables_owner(
    commissioner: Commissioner, owner: sessionmaker[Session]
) -> None:
    reconcile(commissioner, duty())
    as_owner = Commissioner(owner, commissioner.id)
    for statement in ("DELETE FROM task", "TRUNCATE task"):
        with pytest.raises(DBAPIError, match="never changed or removed"), as_owner.unit(as_owner.anna) as uow:
            uow.session.execute(text(statement))
