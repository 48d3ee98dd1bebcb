"""The process that does what is due: APScheduler wakes it up, and the log of runs says what there is to do.

Nothing depends on when it wakes. Its store remembers no more than that; being woken late, twice or not at all changes
when runs are done, never which.
"""

import threading
import time
from collections.abc import Callable

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Engine

from phb.core.clock import LONDON
from phb.core.errors import ConflictError
from phb.governance.jobs import JOBS
from phb.jobs.lock import SchedulerLock, scheduler_lock
from phb.jobs.running import Ran, do_due
from phb.jobs.work import Installation

CATCH_UP = "catch-up"  # beside the jobs' own times: for a clock that is moved, and for attempts to be made again
EVERY_SECONDS = 15
LOOKS_AGAIN_AFTER = 1
WOKEN = threading.Event()


class SchedulerBusyError(ConflictError):
    """Another process does what is due."""

    code = "scheduler-busy"


def wake() -> None:
    """Let the process look for what is due; stored by name, so it keeps its name and place."""
    WOKEN.set()


def run(engine: Engine, installation: Installation, *, every: int, tell: Callable[[str], None]) -> None:
    """Do what is due until the process is stopped; while another one is at work, wait and take over when it ends.

    Args:
        engine: of the database whose jobs these are.
        installation: what they work with.
        every: the seconds between looking for what is due, besides the jobs' own times.
        tell: says what the process is doing.

    Raises:
        LockLostError, OperationalError: the database went away; what was being done is done when this starts again.
    """
    with scheduler_lock(engine) as lock:
        _wait_for(lock, tell)
        scheduler = make_scheduler(engine, every)
        scheduler.start()
        tell("Doing what is due. Stop with Control-C.")
        try:
            while True:
                WOKEN.clear()
                lock.require()
                do_due(installation)
                WOKEN.wait()
        finally:
            scheduler.shutdown()


def run_once(engine: Engine, installation: Installation) -> list[Ran]:
    """Do everything that is due now, and return what was done or tried.

    Raises:
        SchedulerBusyError: another process is doing it.
    """
    with scheduler_lock(engine) as lock:
        if not lock.take():
            raise SchedulerBusyError("Another `phb jobs run` is at work and does what is due, so this one did nothing.")
        return do_due(installation)


def make_scheduler(engine: Engine, every: int) -> BackgroundScheduler:
    """Return a scheduler that wakes this process at the times of the jobs, and every few seconds."""
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(engine=engine, tablename="apscheduler_jobs")},
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=LONDON,
    )
    times = {job.name: job.when for job in JOBS if job.when is not None}
    for name, when in times.items():
        days = ",".join(map(str, when.weekdays))
        trigger = CronTrigger(hour=when.hour, minute=when.minute, day_of_week=days, timezone=LONDON)
        scheduler.add_job(wake, trigger, id=name, replace_existing=True)
    interval = IntervalTrigger(seconds=every, timezone=LONDON)
    scheduler.add_job(wake, interval, id=CATCH_UP, replace_existing=True)
    return scheduler


def _wait_for(lock: SchedulerLock, tell: Callable[[str], None]) -> None:
    if lock.take():
        return
    tell("Another `phb jobs run` is at work. This one waits, and takes over when that one ends.")
    while not lock.take():
        time.sleep(LOOKS_AGAIN_AFTER)
