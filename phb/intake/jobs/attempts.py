"""One attempt at taking in a file: begun, told how far it is, and ended, each in a small transaction of its own.

An attempt is known by its number. One that lost its connection, and was followed by another, can write nothing more.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, sessionmaker, undefer

from phb.core.actor import Actor
from phb.core.clock import Clock
from phb.core.errors import ConflictError, DomainError
from phb.core.uow import UnitOfWork, begin
from phb.intake.importing import Report
from phb.intake.jobs.models import GIVEN_BACK, OPEN, ImportJob, ImportJobRow, JobState

MOST_ATTEMPTS = 5
OF_ROW = ("row_number", "outcome", "code", "reason", "cells")
STEPS = 100  # at most so many times a file tells how far it is


class TakenOverError(ConflictError):
    """Another process took the file up meanwhile."""

    code = "import-taken-over"


class BrokenOffError(ConflictError):
    """The work on the file was broken off again and again."""

    code = "import-broken-off"


@dataclass
class Attempt:
    """The attempt of that `number` of a worker at a job; `last_at` is when it last told anything."""

    sessions: sessionmaker[Session]
    worker: Actor
    job_id: UUID
    clock: Clock | None
    job: ImportJob = field(init=False)
    number: int = field(init=False)
    last_at: datetime = field(init=False)

    def claim(self) -> bool:
        """Begin, or say that the job has ended before.

        Raises:
            BrokenOffError: it was begun too often.
        """
        with begin(self.sessions, self.worker, clock=self.clock) as uow:
            query = select(ImportJob).where(ImportJob.id == self.job_id, ImportJob.state.in_(OPEN))
            found = uow.session.scalars(query.options(undefer(ImportJob.content)).with_for_update()).first()
            if found is None:
                return False
            self.job, self.number, self.last_at = found, found.attempts + 1, uow.now
            begun = {"state": JobState.RUNNING, "attempts": self.number, "rows_done": 0, "rows_all": None}
            begun["started_at"] = found.started_at or uow.now
            uow.session.execute(update(ImportJob).where(ImportJob.id == found.id).values(begun))
        if self.number > MOST_ATTEMPTS:
            raise BrokenOffError(
                f"The work on this file was broken off {MOST_ATTEMPTS} times. Send its rows in several files."
            )
        return True

    def progress(self, done: int, rows: int) -> None:
        """Tell how many rows of how many are done, now and then."""
        if done % max(1, rows // STEPS) and done < rows:
            return
        with begin(self.sessions, self.worker, clock=self.clock) as uow:
            self._write(uow, rows_done=done, rows_all=rows)
            self.last_at = uow.now

    def store(self, uow: UnitOfWork, report: Report) -> None:
        """Write what became of every row, and that the job is done.

        Raises:
            TakenOverError: another attempt followed.
        """
        counts = {change.value: count for change, count in report.counts.items()}
        rows = len(report.good_rows) + len(report.bad_rows)
        self._write(
            uow,
            state=JobState.DONE,
            rows_done=rows,
            rows_all=rows,
            given_back=len(report.bad_rows),
            written=not report.undone,
            headings=report.headings,
            warnings=report.warnings,
            **self._ended(),
            **counts,
        )
        outcomes = self._outcomes(report)
        if outcomes:
            uow.session.execute(insert(ImportJobRow), outcomes)

    def end(self, outcome: Report | DomainError) -> bool:
        """Write how a job ended whose rows were not written; say whether it is this attempt that ended it."""
        try:
            with begin(self.sessions, self.worker, clock=self.clock) as uow:
                if isinstance(outcome, Report):
                    self.store(uow, outcome)
                else:
                    reason = {"reason_code": outcome.code, "reason": outcome.sentence}
                    self._write(uow, state=JobState.FAILED, **reason, **self._ended())
        except TakenOverError:
            return False
        return True

    def _ended(self) -> dict[str, Any]:
        """Return what every end has: the file goes, its digest stays."""
        return {"content": None, "ended_at": self.last_at}

    def _outcomes(self, report: Report) -> list[dict[str, Any]]:
        of_job: dict[str, Any] = {"commissioner_id": self.worker.commissioner_id, "job_id": self.job_id}
        good = ((row.number, row.change.value, None, None, None) for row in report.good_rows)
        bad = ((row.number, GIVEN_BACK, row.code, row.reason, row.cells) for row in report.bad_rows)
        return [of_job | dict(zip(OF_ROW, row, strict=True)) for row in (*good, *bad)]

    def _write(self, uow: UnitOfWork, **values: Any) -> None:  # noqa: ANN401 - columns of every type
        job = ImportJob
        mine = (job.id == self.job_id, job.attempts == self.number, job.state == JobState.RUNNING)
        if uow.session.scalar(update(job).where(*mine).values(**values).returning(job.id)) is None:
            raise TakenOverError("Another process took this file up meanwhile.")
