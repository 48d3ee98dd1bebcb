"""What a second administrator confirms, and what failed by itself."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from phb.core import job_log, outbox
from phb.core.actor import Role
from phb.core.clock import SystemClock
from phb.core.job_log import MOST_ATTEMPTS, WAITS, Due, Outcome
from phb.core.money import pounds
from phb.core.outbox import MOST_ATTEMPTS as MOST_DELIVERIES
from phb.core.outbox import DeliveryError, Message
from phb.governance import delegation, policy
from tests.budget.conftest import World
from tests.monitoring.duties.conftest import due, entries, kinds
from tests.people.conftest import APRIL

REAL = datetime(2026, 11, 1, tzinfo=UTC)


def propose(world: World, days: int, *, effective_from: date = date(2026, 5, 1)) -> UUID:
    row = world.do(
        world.administrator,
        policy.propose,
        "tasks",
        {"agreement": days},
        effective_from=effective_from,
        source="Board",
    )
    return row.id


def test_a_policy_waits_for_another_administrator(world: World) -> None:
    second, setting_id = world.service.named("bo"), propose(world, 20)
    assert (kinds(world, world.administrator), kinds(world, second)) == ([], ["policy.confirm"])
    (entry,) = entries(world, second)
    assert (entry.about, entry.due_on) == ("Policy tasks from 1 May 2026", date(2026, 4, 15))
    assert kinds(world, world.auditor) == []
    world.do(second, policy.confirm, setting_id)
    assert kinds(world, second) == []


def test_of_several_proposals_for_one_day_the_last_waits(world: World) -> None:
    propose(world, 20)
    propose(world, 21)
    propose(world, 21, effective_from=date(2026, 6, 1))
    assert sorted(entry.about for entry in entries(world, world.service.named("bo"))) == [
        "Policy tasks from 1 June 2026",
        "Policy tasks from 1 May 2026",
    ]


def test_a_limit_waits_for_another_administrator(world: World) -> None:
    row = world.do(
        world.administrator,
        delegation.propose_limit,
        Role.APPROVER,
        pounds("75000.00"),
        effective_from=date(2026, 5, 1),
        source="Scheme of delegation",
    )
    second = world.service.named("bo")
    assert [entry.about for entry in entries(world, second)] == [
        "Limit of £75,000.00 for the role of approver from 1 May 2026"
    ]
    assert kinds(world, world.administrator) == []
    world.do(second, delegation.confirm_limit, row.id)
    assert kinds(world, second) == []


def attempt(world: World, job: str, on: date, *, fails: bool, real: datetime = REAL) -> None:
    run = Due(world.service.commissioner_id, job, datetime(on.year, on.month, on.day, 5, tzinfo=UTC))
    with world.service.unit(world.administrator) as uow:
        claim = job_log.claim(uow.session, run, now=uow.now, real_now=real)
        assert claim is not None
        if fails:
            job_log.fail(uow.session, claim, "It did not hold.", now=uow.now, real_now=real)
        else:
            job_log.finish(uow.session, claim, Outcome("It holds."), uow.now)


def give_up(world: World, job: str, on: date) -> None:
    real = REAL
    for wait in (*WAITS, timedelta(0)):
        attempt(world, job, on, fails=True, real=real)
        real += wait
    assert len(WAITS) + 1 == MOST_ATTEMPTS


def test_a_breach_is_an_auditors_until_the_books_hold_again(world: World) -> None:
    attempt(world, "verify-books", APRIL, fails=False)
    assert kinds(world, world.auditor) == []
    attempt(world, "verify-books", date(2026, 4, 2), fails=True)
    assert due(world, world.auditor, "books.look_into") == [date(2026, 4, 3)]
    assert (kinds(world, world.administrator), kinds(world, world.finance)) == ([], [])
    assert [entry.address for entry in entries(world, world.auditor)] == ["/jobs/verify-books/runs"]
    attempt(world, "verify-books", date(2026, 4, 3), fails=False)
    assert kinds(world, world.auditor) == []


def test_a_job_that_was_given_up_is_an_administrators_until_it_runs_again(world: World) -> None:
    attempt(world, "settle-payments", APRIL, fails=True)
    assert kinds(world, world.administrator) == []
    give_up(world, "raise-tasks", APRIL)
    assert [entry.about for entry in entries(world, world.administrator)] == ["Job raise-tasks of 1 April 2026"]
    assert kinds(world, world.auditor) == []
    attempt(world, "raise-tasks", date(2026, 4, 2), fails=False)
    assert kinds(world, world.administrator) == []


def refuse(_message: Message) -> bool:
    raise DeliveryError


def test_a_message_that_was_given_up_is_an_administrators_until_the_next(world: World) -> None:
    def write() -> None:
        with world.service.unit(world.administrator) as uow:
            outbox.add(uow, "tasks.digest", world.finance.user_id, key=uuid4(), count=1)

    write()
    for days in range(MOST_DELIVERIES):
        assert kinds(world, world.administrator) == []
        with world.service.unit(world.administrator) as uow:
            outbox.deliver_next(uow, refuse, real_now=SystemClock().now() + timedelta(days=days + 1))
    assert kinds(world, world.administrator) == ["message.look_into"]
    world.on(date(2026, 4, 2))
    write()
    assert kinds(world, world.administrator) == []
