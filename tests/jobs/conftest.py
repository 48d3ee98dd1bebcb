"""A commissioner whose jobs run by clocks that the test moves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from phb.core.clock import SystemClock
from phb.core.job_log import Outcome
from phb.core.uow import begin
from phb.governance.jobs import JOBS, Job
from phb.governance.models import JobRun
from phb.governance.permissions import the_system
from phb.jobs.running import Ran, do_due_of
from phb.jobs.table import STEPS
from phb.jobs.work import Channel, Installation, Step, Work
from tests.people.conftest import Service

EARLY = datetime(2026, 4, 1, 11, tzinfo=UTC)
A_DAY = timedelta(days=1)


@dataclass
class Hands:
    """A clock whose hands the test moves."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        self.at += by


@dataclass
class Night:
    """A commissioner's jobs: `clock` decides what is due, `real` when a failed run is tried again."""

    service: Service
    clock: Hands = field(default_factory=lambda: Hands(EARLY))
    real: Hands = field(default_factory=lambda: Hands(SystemClock().now()))
    mail: Channel | None = None
    heads_path: Path | None = None

    @property
    def installation(self) -> Installation:
        return Installation(self.service.sessions, self.mail, self.heads_path, self.clock, self.real)

    def do(self, steps: Mapping[Job, Step] = STEPS) -> list[Ran]:
        """Do what is due."""
        return do_due_of(self.installation, self.service.commissioner_id, steps)

    def next_day(self, steps: Mapping[Job, Step] = STEPS) -> list[Ran]:
        """Let a day pass and do what is due."""
        self.clock.move(A_DAY)
        return self.do(steps)

    def rows(self, job: Job | None = None) -> list[JobRun]:
        """Return the log, the oldest first."""
        query = select(JobRun).order_by(JobRun.due_at)
        with begin(self.service.sessions, the_system(self.service.commissioner_id)) as uow:
            return list(uow.session.scalars(query if job is None else query.where(JobRun.job == job.name)))

    def newest(self, job: Job) -> JobRun:
        """Return the newest run of a job."""
        return self.rows(job)[-1]


@pytest.fixture
def night(session_factory: sessionmaker[Session]) -> Night:
    """Return a new commissioner's jobs at noon on 1 April 2026, none of them run."""
    return Night(Service(session_factory))


def steps_with(**named: Callable[[Work], Outcome]) -> dict[Job, Step]:
    """Return steps that do nothing, but for those given by a job's name with underscores."""
    others: dict[Job, Any] = dict.fromkeys(JOBS, lambda _work: Outcome("Nothing to do."))
    return others | {job: named[name] for job in JOBS if (name := job.name.replace("-", "_")) in named}
