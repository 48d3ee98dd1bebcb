"""Which jobs there are, when each is due, and what came of their runs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from phb.core import outbox
from phb.core.actor import Actor, Permission
from phb.core.errors import NotFoundError
from phb.core.schedule import Daily
from phb.governance.models import JobRun


class JobNotFoundError(NotFoundError):
    """There is no job of that name."""

    code = "job-not-found"


@dataclass(frozen=True)
class Job:
    """Something that happens by itself: what it does, and when; None for whenever something waits for it."""

    name: str
    does: str
    when: Daily | None

    @property
    def when_in_words(self) -> str:
        """When it runs."""
        return self.when.words if self.when else "whenever something waits"


SETTLE_PAYMENTS = Job("settle-payments", "Books the payments whose entry day has come as arrived.", Daily(5, 0))
EXPIRE_COMMITMENTS = Job(
    "expire-commitments", "Lets go of money promised by orders, agreements and rotas past their last day.", Daily(5, 10)
)
TRUE_UP_FUNDERS = Job(
    "true-up-funders",
    "Makes each funder bear exactly its share of what was spent to the end of the month before, on the first of each.",
    Daily(5, 12),
)
SEAL_BOOKS = Job(
    "seal-books",
    "Seals journals and audit events, and writes the heads of their chains into a folder outside the database.",
    Daily(5, 15),
)
VERIFY_BOOKS = Job("verify-books", "Checks the books against themselves and against the records.", Daily(5, 20))
COUNT_DAY = Job(
    "count-day", "Counts the day before for the checks of the standard model, and keeps the figures.", Daily(5, 30)
)
ASSEMBLE_RUNS = Job(
    "assemble-payment-runs",
    "Puts the payments that are due into a run, for people to approve and release.",
    Daily(6, 0),
)
RAISE_TASKS = Job("raise-tasks", "Writes down what has become somebody's to do, and closes what is done.", Daily(6, 30))
WRITE_DIGESTS = Job("write-digests", "Writes to everybody who wants it how much they have to do.", Daily(7, 0))
IMPORT_FILES = Job("import-files", "Takes in the files that were left to be imported.", None)
DELIVER_MESSAGES = Job("deliver-messages", "Delivers the messages that wait, and tries failed ones again.", None)

JOBS = (
    SETTLE_PAYMENTS,
    EXPIRE_COMMITMENTS,
    TRUE_UP_FUNDERS,
    SEAL_BOOKS,
    VERIFY_BOOKS,
    COUNT_DAY,
    ASSEMBLE_RUNS,
    RAISE_TASKS,
    WRITE_DIGESTS,
    IMPORT_FILES,
    DELIVER_MESSAGES,
)


@dataclass(frozen=True)
class JobView:
    """A job, its newest run, and when the next one is due; both instants follow the installation's clock.

    `next_at` is None for a job that runs whenever something waits; `messages_waiting` counts what waits for delivery.
    """

    job: Job
    last: JobRun | None
    next_at: datetime | None
    messages_waiting: int = 0


def listing(session: Session, actor: Actor, now: datetime) -> list[JobView]:
    """Return every job in the order of the day, as it stands for the actor's commissioner.

    Raises:
        MissingPermissionError: the actor may not read the log.
    """
    actor.require(Permission.JOBS_READ)
    row = JobRun
    newest = select(row).ext(distinct_on(row.job)).order_by(row.job, row.due_at.desc())
    last = {run.job: run for run in session.scalars(newest)}
    waiting = outbox.count_waiting(session)
    return [
        JobView(job, last.get(job.name), _next(job, last.get(job.name), now), waiting if job is DELIVER_MESSAGES else 0)
        for job in JOBS
    ]


def visible_runs(actor: Actor, name: str) -> Select[JobRun]:
    """Select the runs of one job.

    Raises:
        MissingPermissionError: the actor may not read the log.
        JobNotFoundError: there is no such job.
    """
    actor.require(Permission.JOBS_READ)
    if name not in {job.name for job in JOBS}:
        raise JobNotFoundError("There is no such job. Look at the list of jobs.")
    return select(JobRun).where(JobRun.commissioner_id == actor.commissioner_id, JobRun.job == name)


def _next(job: Job, last: JobRun | None, now: datetime) -> datetime | None:
    """Return when a job is due next; an instant that has passed means that it is overdue."""
    if job.when is None:
        return None
    return job.when.following(last.due_at) if last else job.when.newest(now)
