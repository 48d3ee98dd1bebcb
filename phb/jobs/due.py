"""Which runs are due: computed from the log and the clock, so that what was missed is caught up in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from phb.core.job_log import Log, Unfinished
from phb.core.schedule import Daily
from phb.governance.jobs import Job


@dataclass(frozen=True)
class DueRun:
    """A run to do now; `unfinished` is what was left of it where it was tried before."""

    job: Job
    due_at: datetime
    unfinished: Unfinished | None = None


def due_times(when: Daily, last: datetime | None, now: datetime) -> list[datetime]:
    """Return when a job was due since its last run, in order; of one that never ran, the newest time alone."""
    return [when.newest(now)] if last is None else when.between(last, now)


def due_runs(jobs: Sequence[Job], log: Log, now: datetime, real_now: datetime) -> list[DueRun]:
    """Return the runs of the jobs with a time that are due, the oldest first, in the jobs' order at one instant.

    A job waits while an earlier run of it is to be tried again, so that its days are always done in order.

    Args:
        jobs: in the order in which runs of one instant are done.
        log: what was run before.
        now: by the installation's clock, which due times follow.
        real_now: real time, which waiting between attempts follows.
    """
    runs = [run for job in jobs if job.when is not None for run in _of_job(job, job.when, log, now, real_now)]
    return sorted(runs, key=lambda run: run.due_at)


def left_of(job: Job, log: Log, real_now: datetime) -> tuple[Sequence[Unfinished], bool]:
    """Return what was left of a job's earlier runs, and whether it may go on now."""
    unfinished = log.unfinished.get(job.name, ())
    return unfinished, all(one.is_ready(real_now) for one in unfinished)


def _of_job(job: Job, when: Daily, log: Log, now: datetime, real_now: datetime) -> Iterator[DueRun]:
    unfinished, may_go_on = left_of(job, log, real_now)
    if not may_go_on:
        return
    yield from (DueRun(job, one.due_at, one) for one in unfinished)
    yield from (DueRun(job, at) for at in due_times(when, log.newest.get(job.name), now))
