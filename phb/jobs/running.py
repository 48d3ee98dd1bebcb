"""Do what is due, once: claim a run, do it and store what came of it, and go on when one fails."""

import traceback
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import structlog

from phb.core import job_log
from phb.core.clock import london_date
from phb.core.errors import DomainError
from phb.core.job_log import MOST_ATTEMPTS, Claim, Due, Outcome, RunState
from phb.core.uow import UnitOfWork, begin, begin_installation
from phb.governance.jobs import JOBS, Job
from phb.governance.permissions import the_system
from phb.jobs.due import DueRun, due_runs, left_of
from phb.jobs.table import STEPS, WAITS
from phb.jobs.work import Installation, Step, Work
from phb.people.organisations.queries import commissioners

CUT_OFF = "The process ended in the middle of this run, each of the {count} times it was tried."
UNKNOWN = "Something went wrong that this job does not know of: {error} at {place}. Tell who runs the service."

logger = structlog.get_logger()


@dataclass(frozen=True)
class Ran:
    """A run that was done or tried, and what came of it."""

    due: Due
    state: RunState


def do_due(installation: Installation) -> list[Ran]:
    """Do everything that is due for every commissioner, one after another; return what was done or tried."""
    with begin_installation(installation.sessions) as session:
        ids = [commissioner.id for commissioner in commissioners(session)]
    return [ran for commissioner_id in ids for ran in do_due_of(installation, commissioner_id)]


def do_due_of(installation: Installation, commissioner_id: UUID, steps: Mapping[Job, Step] = STEPS) -> list[Ran]:
    """Do everything that is due for one commissioner: the oldest first, then what runs whenever something waits.

    Args:
        installation: whose clock decides what is due.
        commissioner_id: whose jobs.
        steps: what each job does; given by tests alone.
    """
    worker = _Worker(installation, commissioner_id, steps)
    return [*worker.do_scheduled(), *worker.do_waiting()]


@dataclass(frozen=True)
class _Worker:
    installation: Installation
    commissioner_id: UUID
    steps: Mapping[Job, Step]

    def do_scheduled(self) -> Iterator[Ran]:
        """Do the runs that are due; after one that is tried again, later runs of its job wait."""
        with self._unit() as uow:
            log = job_log.read(uow.session)
            runs = due_runs(JOBS, log, uow.now, self.installation.real_now())
        held_up = set()
        for run in runs:
            if run.job not in held_up and (ran := self._do(run)) is not None:
                yield ran
                if ran.state is RunState.FAILED:
                    held_up.add(run.job)

    def do_waiting(self) -> Iterator[Ran]:
        """Do the jobs for which something waits; they have no time of their own, so real time names their runs."""
        for job, waits in WAITS.items():
            with self._unit() as uow:
                real_now = self.installation.real_now()
                unfinished, may_go_on = left_of(job, job_log.read(uow.session), real_now)
                runs = [DueRun(job, one.due_at, one) for one in unfinished] if may_go_on else []
                if may_go_on and not runs and waits(uow.session, self.installation):
                    runs = [DueRun(job, real_now)]
            yield from (ran for run in runs if (ran := self._do(run)) is not None)

    def _do(self, run: DueRun) -> Ran | None:
        """Claim a run and do it; None where somebody else has it."""
        due = Due(self.commissioner_id, run.job.name, run.due_at)
        if run.unfinished is not None and run.unfinished.attempts >= MOST_ATTEMPTS:
            return self._failed(Claim(due, run.unfinished.attempts), CUT_OFF.format(count=MOST_ATTEMPTS))
        with self._unit() as uow:
            claim = job_log.claim(uow.session, due, now=uow.now, real_now=self.installation.real_now())
        if claim is None:
            return None
        try:
            outcome = self._work(claim, self.steps[run.job])
        except DomainError as error:
            return self._failed(claim, error.sentence)
        except Exception as error:  # noqa: BLE001 - like the 500 of a request: one job's bug must not stop the others
            return self._failed(claim, UNKNOWN.format(error=type(error).__name__, place=_place_of(error)))
        logger.info("job.ran", job=due.job, due_at=due.due_at.isoformat(), state=outcome.state, **outcome.counts)
        return Ran(due, outcome.state)

    def _work(self, claim: Claim, step: Step) -> Outcome:
        """Do the work and store what came of it, both or neither."""
        with self._unit(claim.due.key) as uow:
            job_log.hold(uow.session, claim)
            outcome = step(Work(uow, london_date(claim.due.due_at), self.installation))
            job_log.finish(uow.session, claim, outcome, self.installation.now(uow.session))
        return outcome

    def _failed(self, claim: Claim, sentence: str) -> Ran:
        with self._unit() as uow:
            state = job_log.fail(uow.session, claim, sentence, now=uow.now, real_now=self.installation.real_now())
        due = claim.due
        logger.warning("job.failed", job=due.job, due_at=due.due_at.isoformat(), state=state, attempt=claim.attempt)
        return Ran(due, state)

    def _unit(self, request_id: UUID | None = None) -> AbstractContextManager[UnitOfWork]:
        actor = the_system(self.commissioner_id)
        return begin(self.installation.sessions, actor, clock=self.installation.clock, request_id=request_id)


def _place_of(error: Exception) -> str:
    """Return the last of our own lines that an error came through; its words may hold what is personal."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/phb/" in frame.filename] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
