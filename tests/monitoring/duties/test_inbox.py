"""The inbox is what is somebody's to do now, in order, page by page; tasks are raised from the same selects."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.orm import Session, sessionmaker

from phb.budget.budgets import operations
from phb.core.actor import Role
from phb.governance.models import Task
from phb.governance.permissions import ROLE_PERMISSIONS, permissions_of
from phb.governance.tasks import Reconciled
from phb.monitoring.duties.operations import reconcile
from phb.monitoring.duties.queries import Summary, inbox, summary
from phb.monitoring.duties.table import DUTIES
from tests.budget.conftest import World, dates, stated
from tests.monitoring.duties.conftest import decide, due, entries, kinds
from tests.people.conftest import Service

APRIL = date(2026, 4, 1)


def submitted(world: World, start_on: str = "2026-05-20") -> UUID:
    period = dates(start_on, "2027-03-31")
    row = world.propose(stated("care", "100.00", period=period), period=period, review_on=date(2026, 8, 20))
    world.do(world.coordinator, operations.submit, row.id)
    return row.id


def tasks(world: World) -> list[Task]:
    with world.service.unit(world.auditor) as uow:
        return list(uow.session.scalars(select(Task).order_by(Task.raised_at, Task.id)))


def raise_tasks(world: World) -> Reconciled:
    found: Reconciled = world.do(world.auditor, reconcile)
    return found


def test_what_is_due_first_comes_first_and_pages_follow_on(world: World) -> None:
    decide(world, "tasks", agreement=30)
    first = submitted(world)
    world.on(date(2026, 4, 2))
    second, third = submitted(world), submitted(world)
    whole = entries(world, world.clinician)
    assert [entry.subject_id for entry in whole] == [first, *sorted([second, third])]
    pages = [entries(world, world.clinician, limit=2)]
    pages.append(entries(world, world.clinician, limit=2, after=pages[0][-1].place))
    assert [entry.subject_id for page in pages for entry in page] == [entry.subject_id for entry in whole]
    assert entries(world, world.clinician, after=whole[-1].place) == []


def test_it_is_narrowed_by_kind_and_by_day(world: World) -> None:
    submitted(world)
    world.on(date(2026, 4, 2))
    submitted(world)
    assert len(entries(world, world.clinician, due_by=date(2026, 4, 8))) == 1
    assert len(entries(world, world.clinician, due_by=date(2026, 4, 9))) == 2
    assert entries(world, world.clinician, kinds=["budget.agree"]) == []
    assert len(entries(world, world.clinician, kinds=["budget.sign_off_clinically"])) == 2


def test_the_summary_counts_what_the_inbox_shows(world: World) -> None:
    today = world.service.today
    assert world.ask(world.clinician, summary, today) == Summary(0, None)
    submitted(world)
    submitted(world)
    assert world.ask(world.clinician, summary, today) == Summary(2, date(2026, 4, 8))
    nobody = replace(world.auditor, roles=frozenset())
    assert (world.ask(nobody, summary, today), entries(world, nobody)) == (Summary(0, None), [])


def test_somebody_with_two_roles_sees_what_both_may_do_and_each_thing_once(world: World) -> None:
    submitted(world)
    both = replace(
        world.clinician,
        roles=frozenset({Role.CLINICIAN, Role.APPROVER}),
        permissions=permissions_of([Role.CLINICIAN, Role.APPROVER]),
    )
    assert kinds(world, both) == ["budget.sign_off_clinically"]


def test_nobody_who_works_here_is_asked_about_their_own_budget(world: World) -> None:
    submitted(world)
    herself = world.service.user(Role.CLINICIAN, world.service.commissioner_id, person_id=world.person_id)
    assert kinds(world, herself) == []


def test_another_commissioner_sees_and_raises_nothing_of_it(
    world: World, session_factory: sessionmaker[Session]
) -> None:
    submitted(world)
    other = World(Service(session_factory))
    assert (kinds(other, other.clinician), raise_tasks(other)) == ([], Reconciled(0, 0))
    assert raise_tasks(world) == Reconciled(1, 0)


def test_a_task_is_raised_once_and_closed_when_its_duty_is_done(world: World) -> None:
    budget_id = submitted(world)
    assert raise_tasks(world) == Reconciled(1, 0)
    assert raise_tasks(world) == Reconciled(0, 0)
    (task,) = tasks(world)
    assert (task.kind, task.subject_id, task.budget_id, task.person_id, task.roles, task.user_id) == (
        "budget.sign_off_clinically",
        budget_id,
        budget_id,
        world.person_id,
        ["clinician"],
        None,
    )
    assert (task.since_on, task.due_on, task.closed_at) == (APRIL, date(2026, 4, 8), None)
    world.do(world.clinician, operations.sign_off_clinically, budget_id)
    assert raise_tasks(world) == Reconciled(1, 1)
    closed, new = sorted(tasks(world), key=lambda row: row.closed_at is None)
    assert (closed.kind, closed.closed_because, new.kind) == (
        "budget.sign_off_clinically",
        "done",
        "budget.sign_off_finance",
    )


def test_the_inbox_needs_no_raising_and_is_never_behind_it(world: World) -> None:
    """What is done is gone at once, and what has come up is there at once, whatever tasks were raised."""
    budget_id = submitted(world)
    assert [entry.raised_at for entry in entries(world, world.clinician)] == [None]
    raise_tasks(world)
    assert [entry.raised_at for entry in entries(world, world.clinician)] == [tasks(world)[0].raised_at]
    world.do(world.clinician, operations.sign_off_clinically, budget_id)
    assert (kinds(world, world.clinician), kinds(world, world.approver)) == ([], ["budget.sign_off_finance"])


def test_a_task_keeps_its_day_when_the_policy_changes_and_a_new_one_follows_the_new_policy(world: World) -> None:
    submitted(world)
    raise_tasks(world)
    decide(world, "tasks", clinical_sign_off=2)
    submitted(world)
    assert due(world, world.clinician, "budget.sign_off_clinically") == [date(2026, 4, 3), date(2026, 4, 8)]
    raise_tasks(world)
    assert sorted(task.due_on for task in tasks(world)) == [date(2026, 4, 3), date(2026, 4, 8)]


def test_what_is_sent_again_waits_anew(world: World) -> None:
    budget_id = submitted(world)
    raise_tasks(world)
    world.do(world.clinician, operations.return_to_draft, budget_id, reason="Say more")
    world.on(date(2026, 4, 20))
    world.do(world.coordinator, operations.submit, budget_id)
    assert raise_tasks(world) == Reconciled(1, 1)
    assert sorted((task.due_on, task.closed_because) for task in tasks(world)) == [
        (date(2026, 4, 8), "replaced"),
        (date(2026, 4, 27), None),
    ]


def test_an_inbox_asks_the_database_as_often_for_ten_things_as_for_one(world: World) -> None:
    def statements() -> int:
        seen: list[str] = []

        def note(*arguments: Any) -> None:
            seen.append(arguments[2])

        with world.service.unit(world.clinician) as uow:
            connection = uow.session.connection()
            event.listen(connection, "before_cursor_execute", note)
            inbox(uow.session, world.clinician, world.service.today)
            event.remove(connection, "before_cursor_execute", note)
        return len(seen)

    submitted(world)
    one = statements()
    for _ in range(9):
        submitted(world)
    assert len(entries(world, world.clinician)) == 10
    assert statements() == one


def test_every_duty_is_for_roles_that_exist_and_opens_an_address_of_its_own_ids() -> None:
    ids = {"subject_id": "s", "budget_id": "b", "person_id": "p"}
    for kind, duty in DUTIES.items():
        assert duty.kind == kind
        assert duty.roles <= set(ROLE_PERMISSIONS) - {Role.SYSTEM}
        assert duty.roles
        assert duty.opens.format(**ids).startswith("/")
        assert duty.title[0].isupper()
        assert not duty.title.endswith(".")


def test_no_duty_is_an_auditors_or_an_administrators_to_approve_pay_or_release() -> None:
    of = {role: {kind for kind, duty in DUTIES.items() if role in duty.roles} for role in Role}
    assert of[Role.AUDITOR] == {"books.look_into"}
    assert of[Role.ADMINISTRATOR] == {
        "delegation_limit.confirm",
        "job.look_into",
        "message.look_into",
        "policy.confirm",
        "role.renew",
    }
