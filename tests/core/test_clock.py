"""Time is the machine's, or a settable database's own: chosen once, and moved forward only."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from phb.core import migration
from phb.core.clock import (
    LONDON,
    ClockMovesForwardOnlyError,
    FixedClock,
    SystemClock,
    SystemClockCannotMoveError,
    installation_now,
    london_date,
    move_clock,
)
from phb.core.database import make_engine, make_session_factory
from phb.core.roles import OWNER, WRITER
from phb.core.uow import begin_installation

FAR_AHEAD = datetime(2120, 4, 1, 9, tzinfo=UTC)


@pytest.fixture
def settable(empty_database: URL) -> Iterator[sessionmaker[Session]]:
    """Make sessions on a database whose clock was made settable."""
    migration.upgrade(empty_database, clock="settable")
    engine = make_engine(empty_database, role=WRITER, pooled=False)
    yield make_session_factory(engine)
    engine.dispose()


def test_the_system_clock_is_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert before <= now <= datetime.now(UTC)


def test_a_fixed_clock_stands_still_in_utc() -> None:
    summer = datetime(2026, 7, 1, 12, tzinfo=LONDON)
    assert FixedClock(summer).now() == summer
    assert FixedClock(summer).now().hour == 11


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 3, 31, 22, 59, tzinfo=UTC), date(2026, 3, 31)),
        (datetime(2026, 3, 31, 23, 0, tzinfo=UTC), date(2026, 4, 1)),
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 0, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 26, 0, 0, tzinfo=UTC), date(2026, 10, 26)),
        (datetime(2024, 2, 29, 12, tzinfo=timezone(timedelta(hours=14))), date(2024, 2, 28)),
    ],
)
def test_today_is_the_date_in_london_over_the_clock_changes(instant: datetime, day: date) -> None:
    assert london_date(instant) == day


def test_a_database_keeps_real_time_unless_it_was_made_settable(session_factory: sessionmaker[Session]) -> None:
    with begin_installation(session_factory) as session:
        assert abs(installation_now(session) - datetime.now(UTC)) < timedelta(minutes=1)
        with pytest.raises(SystemClockCannotMoveError, match="keeps real time, so its clock cannot be moved"):
            move_clock(session, FAR_AHEAD)


def test_a_settable_clock_begins_now_and_moves_forward(settable: sessionmaker[Session]) -> None:
    with begin_installation(settable) as session:
        assert abs(installation_now(session) - datetime.now(UTC)) < timedelta(minutes=1)
        move_clock(session, FAR_AHEAD)
    with begin_installation(settable) as session:
        assert installation_now(session) == FAR_AHEAD
        assert installation_now(session).tzinfo is UTC


def test_a_settable_clock_never_goes_back(settable: sessionmaker[Session]) -> None:
    with begin_installation(settable) as session:
        move_clock(session, FAR_AHEAD)
        move_clock(session, FAR_AHEAD)
        with pytest.raises(ClockMovesForwardOnlyError, match="stands at 1 April 2120 10:00 in London and only moves"):
            move_clock(session, FAR_AHEAD - timedelta(seconds=1))


def test_a_database_keeps_the_clock_it_was_made_with(empty_database: URL) -> None:
    migration.upgrade(empty_database)
    migration.upgrade(empty_database, clock="settable")
    engine = make_engine(empty_database, role=WRITER, pooled=False)
    with begin_installation(make_session_factory(engine)) as session, pytest.raises(SystemClockCannotMoveError):
        move_clock(session, FAR_AHEAD)


@pytest.mark.parametrize("role", [WRITER, OWNER])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE installation SET clock_at = now() + interval '1 day'",
        "UPDATE installation SET made_at = now() - interval '1 day'",
        "INSERT INTO installation (one, clock_at) VALUES (true, now())",
        "INSERT INTO installation (one, clock_at) VALUES (false, now())",
        "DELETE FROM installation",
        "TRUNCATE installation CASCADE",
    ],
)
def test_the_database_refuses_another_clock_than_it_was_made_with(database: URL, role: str, statement: str) -> None:
    with (
        make_engine(database, role=role, pooled=False).connect() as connection,
        pytest.raises(DBAPIError, match=r"clock is chosen when the database is made|permission denied"),
    ):
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE installation SET clock_at = clock_at - interval '1 second'", "UPDATE installation SET clock_at = NULL"],
)
def test_the_database_refuses_to_turn_a_settable_clock_back_or_off(
    settable: sessionmaker[Session], statement: str
) -> None:
    with settable() as session, pytest.raises(DBAPIError, match="only a settable one moves, forward"):
        session.execute(text(statement))
