"""The process itself: started twice, killed in the middle, started again; nothing is missed and nothing done twice."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from phb.core import migration
from phb.core.clock import LONDON, move_clock
from phb.core.database import make_engine, make_session_factory
from phb.core.migration import PROJECT
from phb.core.roles import WRITER
from phb.core.uow import begin, begin_installation
from phb.governance.jobs import JOBS
from phb.governance.models import JobRun
from phb.governance.permissions import the_system
from phb.jobs.lock import LockLostError, scheduler_lock
from phb.jobs.scheduler import CATCH_UP, EVERY_SECONDS, make_scheduler
from phb.ledger.models import Journal
from phb.payments import vault
from phb.payments.runs.models import PaymentRun
from tests.budget.conftest import World
from tests.payments.conftest import Paying
from tests.people.conftest import Service

TIMED = [job.name for job in JOBS if job.when is not None]
NOT_ON_THAT_DAY = {"assemble-payment-runs", "true-up-funders"}
LONGEST = 60  # seconds, on a machine that does other things too


@dataclass
class Place:
    """A database of its own with a clock that moves, one commissioner that pays, and processes that do its jobs."""

    url: URL
    engine: Engine
    sessions: sessionmaker[Session]
    key_file: Path
    paying: Paying
    children: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `phb jobs run` as a process of its own."""
        address = self.url.render_as_string(hide_password=False)
        child = subprocess.Popen(  # noqa: S603  # our own command, on the tests' own database
            [sys.executable, "-c", "from phb.cli import main; main()", "jobs", "run", *arguments],
            cwd=PROJECT,
            env={**os.environ, "PHB_DATABASE_URL": address, "PHB_KEY_FILE": str(self.key_file)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.children.append(child)
        return child

    def on(self, day: date) -> None:
        """Let it be nine in the morning of a day, for the database and for everybody."""
        with begin_installation(self.sessions) as session:
            move_clock(session, datetime(day.year, day.month, day.day, 9, tzinfo=LONDON))
        self.paying.world.on(day)

    def runs(self) -> list[JobRun]:
        with begin(self.sessions, the_system(self.commissioner_id)) as uow:
            return list(uow.session.scalars(select(JobRun).order_by(JobRun.due_at)))

    def states(self) -> Counter[str]:
        return Counter(run.state for run in self.runs())

    def count(self, model: Any) -> int:
        with begin(self.sessions, the_system(self.commissioner_id)) as uow:
            return uow.session.scalar(select(func.count()).select_from(model)) or 0

    @property
    def commissioner_id(self) -> Any:
        return self.paying.world.service.commissioner_id

    def days_done(self) -> Counter[str]:
        """Return how many runs each job has that are over."""
        return Counter(run.job for run in self.runs() if run.state in {"done", "skipped"})


@pytest.fixture
def place(empty_database: URL, tmp_path: Path) -> Iterator[Place]:
    """Return a place on 1 April 2026."""
    migration.upgrade(empty_database, clock="settable", clock_at=datetime(2026, 4, 1, 9, tzinfo=LONDON))
    engine = make_engine(empty_database, role=WRITER)
    sessions = make_session_factory(engine)
    vault.attach(sessions, vault.make_key_file(tmp_path / "bank.key"))
    place = Place(empty_database, engine, sessions, tmp_path / "bank.key", Paying(World(Service(sessions))))
    yield place
    for child in place.children:
        child.kill()
        child.communicate()
    engine.dispose()


NOT_ON_THAT_DAY = {"assemble-payment-runs", "true-up-funders"}


def wait_until(holds: Callable[[], object], child: subprocess.Popen[str] | None = None) -> None:
    """Wait until something holds, or fail with what a process said."""
    until = time.monotonic() + LONGEST
    while not holds():
        if child is not None and child.poll() is not None:
            pytest.fail(f"the process ended with {child.returncode}: {child.communicate()}")
        if time.monotonic() > until:
            pytest.fail("it did not happen in time")
        time.sleep(0.1)


@contextmanager
def holding_payment_runs(place: Place) -> Iterator[None]:
    """Hold the lock of every payment run, so that whoever settles one waits in the middle of it."""
    with begin(place.sessions, the_system(place.commissioner_id)) as uow:
        uow.session.execute(text("SELECT FROM payment_run FOR UPDATE"))
        yield


def somebody_waits(place: Place) -> bool:
    with place.engine.connect() as connection:
        waiting = text(
            "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE datname = current_database() AND NOT granted)"
        )
        return bool(connection.scalar(waiting))


def test_killed_in_the_middle_of_a_job_and_started_again_it_is_done_once(place: Place) -> None:
    place.paying.paid_plan()
    run = place.paying.exported(date(2026, 4, 8))
    place.on(date(2026, 4, 8))
    before = place.count(Journal)
    with holding_payment_runs(place):
        child = place.start("--every", "1")
        wait_until(lambda: somebody_waits(place), child)
        assert [(row.job, row.state, row.attempts) for row in place.runs()] == [("settle-payments", "running", 1)]
        child.kill()
        child.communicate()
    assert place.count(Journal) == before
    again = place.start("--every", "1")
    wait_until(lambda: place.days_done().keys() >= set(TIMED), again)
    assert [(row.job, row.state, row.attempts) for row in place.runs()] == [
        ("settle-payments", "done", 2),
        *(
            (name, "skipped" if name in {"assemble-payment-runs", "true-up-funders"} else "done", 1)
            for name in TIMED[1:]
        ),
    ]
    assert place.count(Journal) == before + 1
    with begin(place.sessions, the_system(place.commissioner_id)) as uow:
        assert uow.session.get_one(PaymentRun, (uow.commissioner_id, run.id)).state == "settled"
    place.paying.assert_sound()


def test_killed_again_and_again_while_catching_up_it_misses_no_day_and_repeats_none(place: Place) -> None:
    place.paying.paid_plan()
    place.paying.exported(date(2026, 4, 8))
    assert place.start("--once").wait(LONGEST) == 0
    place.on(date(2026, 4, 12))
    before = place.count(Journal)
    for some in (15, 35):
        child = place.start("--every", "1")
        wait_until(lambda some=some: place.days_done().total() >= some, child)  # type: ignore[misc]  # bound now
        child.kill()
        child.communicate()
    assert place.start("--once").wait(LONGEST) == 0
    assert place.days_done() == dict.fromkeys(TIMED, 12)
    assert len({(run.job, run.due_at) for run in place.runs()}) == 12 * len(TIMED)
    assert {run.attempts for run in place.runs()} <= {1, 2}
    assert place.count(Journal) == before + 1
    place.paying.assert_sound()


def test_of_two_started_at_once_one_waits_and_takes_over_when_the_other_is_killed(place: Place) -> None:
    both = [place.start("--every", "1") for _ in range(2)]
    said = {child: child.stderr.readline() if child.stderr else "" for child in both}
    waiting = next(child for child in both if "waits" in said[child])
    working = next(child for child in both if child is not waiting)
    assert said[waiting] == ("Another `phb jobs run` is at work. This one waits, and takes over when that one ends.\n")
    wait_until(lambda: place.days_done() == dict.fromkeys(TIMED, 1), working)
    third = place.start("--once")
    assert third.wait(LONGEST) == 1
    assert "so this one did nothing" in third.communicate()[1]
    working.kill()
    working.communicate()
    place.on(date(2026, 4, 4))
    wait_until(lambda: place.days_done() == dict.fromkeys(TIMED, 4), waiting)
    assert {run.attempts for run in place.runs()} == {1}
    waiting.send_signal(signal.SIGTERM)
    _, errors = waiting.communicate(timeout=LONGEST)
    assert (waiting.returncode, errors.splitlines()[-1]) == (1, "Stopped before it was done.")


def test_the_times_of_the_jobs_are_stored_and_stored_again_the_same(database: URL) -> None:
    engine = make_engine(database, role=WRITER)
    for _ in range(2):
        scheduler = make_scheduler(engine, EVERY_SECONDS)
        scheduler.start(paused=True)
        assert {entry.id for entry in scheduler.get_jobs()} == {CATCH_UP, *TIMED}
        scheduler.shutdown()
    with engine.begin() as connection:
        stored = connection.scalars(text("SELECT id FROM apscheduler_jobs")).all()
        connection.execute(text("DELETE FROM apscheduler_jobs"))
    assert sorted(stored) == sorted([CATCH_UP, *TIMED])
    engine.dispose()


def test_the_scheduler_wakes_at_the_times_the_jobs_are_due(database: URL) -> None:
    engine = make_engine(database, role=WRITER)
    scheduler = make_scheduler(engine, EVERY_SECONDS)
    times = {job.name: job.when for job in JOBS if job.when is not None}
    for entry in scheduler.get_jobs():
        if entry.id in times:
            for day in (date(2026, 3, 28), date(2026, 10, 24), date(2028, 2, 28)):
                now = datetime(day.year, day.month, day.day, 12, tzinfo=LONDON)
                assert entry.trigger.get_next_fire_time(None, now) == times[entry.id].following(now)
    engine.dispose()


def test_the_lock_is_one_in_a_database_and_ends_with_its_connection(database: URL) -> None:
    engine = make_engine(database, role=WRITER)
    with scheduler_lock(engine) as first:
        with scheduler_lock(engine) as second:
            assert (first.take(), second.take()) == (True, False)
            first.require()
            with pytest.raises(LockLostError):
                second.require()
        first.require()
    with scheduler_lock(engine) as third:
        assert third.take()
    engine.dispose()
