"""One actor, one instant, one transaction."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import Actor
from phb.core.clock import FixedClock
from phb.core.uow import begin, begin_installation

LATE_ON_31_MARCH = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)
WRITE = text(
    "INSERT INTO audit_event (commissioner_id, recorded_at, user_id, roles, request_id, action, subject_kind,"
    " subject_id) VALUES (:commissioner_id, now(), gen_random_uuid(), '{}', gen_random_uuid(), 'thing.done', 'thing',"
    " :thing)"
)
COUNT = text("SELECT count(*) FROM audit_event")


@pytest.fixture
def actor() -> Actor:
    """Return somebody at a commissioner of their own."""
    return Actor(uuid4(), uuid4(), frozenset(), frozenset())


def rows(sessions: sessionmaker[Session], actor: Actor) -> int:
    with begin(sessions, actor) as uow:
        return uow.session.scalar(COUNT) or 0


def test_what_is_done_is_committed_when_the_block_ends(session_factory: sessionmaker[Session], actor: Actor) -> None:
    with begin(session_factory, actor) as uow:
        uow.session.execute(WRITE, {"commissioner_id": uow.commissioner_id, "thing": uuid4()})
        assert rows(session_factory, actor) == 0
    assert rows(session_factory, actor) == 1


def test_nothing_is_left_when_the_block_raises(session_factory: sessionmaker[Session], actor: Actor) -> None:
    def fail_after_writing() -> None:
        with begin(session_factory, actor) as uow:
            uow.session.execute(WRITE, {"commissioner_id": uow.commissioner_id, "thing": uuid4()})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    assert rows(session_factory, actor) == 0


def test_the_instant_is_the_clocks_and_today_is_in_london(session_factory: sessionmaker[Session], actor: Actor) -> None:
    with begin(session_factory, actor, clock=FixedClock(LATE_ON_31_MARCH)) as uow:
        assert (uow.now, uow.today) == (LATE_ON_31_MARCH, date(2026, 4, 1))


def test_without_a_clock_the_instant_is_the_installations(session_factory: sessionmaker[Session], actor: Actor) -> None:
    with begin(session_factory, actor) as uow:
        assert abs(uow.now - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_retried_request_derives_the_same_keys_in_turn(session_factory: sessionmaker[Session], actor: Actor) -> None:
    request_id = uuid4()
    tries = []
    for _ in range(2):
        with begin(session_factory, actor, request_id=request_id) as uow:
            assert uow.request_id == request_id
            tries.append([uow.next_key() for _ in range(3)])
    assert tries[0] == tries[1]
    assert len(set(tries[0])) == 3


def test_other_requests_derive_other_keys(session_factory: sessionmaker[Session], actor: Actor) -> None:
    with begin(session_factory, actor) as one, begin(session_factory, actor) as other:
        assert one.next_key() != other.next_key()


def test_the_database_shows_a_commissioner_its_own_rows_alone(
    session_factory: sessionmaker[Session], actor: Actor
) -> None:
    neighbour = Actor(uuid4(), uuid4(), frozenset(), frozenset())
    for one in (actor, neighbour, neighbour):
        with begin(session_factory, one) as uow:
            uow.session.execute(WRITE, {"commissioner_id": uow.commissioner_id, "thing": uuid4()})
    assert (rows(session_factory, actor), rows(session_factory, neighbour)) == (1, 2)


def test_the_database_refuses_to_write_for_another_commissioner(
    session_factory: sessionmaker[Session], actor: Actor
) -> None:
    with begin(session_factory, actor) as uow, pytest.raises(DBAPIError, match="violates row-level security policy"):
        uow.session.execute(WRITE, {"commissioner_id": uuid4(), "thing": uuid4()})


def test_the_commissioner_is_forgotten_when_the_block_ends(
    session_factory: sessionmaker[Session], actor: Actor
) -> None:
    with begin(session_factory, actor) as uow:
        uow.session.execute(WRITE, {"commissioner_id": uow.commissioner_id, "thing": uuid4()})
    with begin_installation(session_factory) as session:
        assert session.scalar(COUNT) == 0
        assert session.scalar(text("SELECT own_commissioner_id()")) is None
