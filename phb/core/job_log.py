"""What ran, when and with what outcome; each row is also the claim that lets a due run happen once.

A claim is committed before the work begins, so that a run which was cut off is seen and counted. The row is locked and
finished in the transaction of the work itself, so that the work and its outcome are stored together or not at all.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import text
from sqlalchemy.orm import Session

from phb.core.errors import ConflictError

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))  # before the second attempt, the third, ...
MOST_ATTEMPTS = len(WAITS) + 1
LONGEST_SENTENCE = 500

# Whoever holds the row's lock is at work on it, so taking it over waits here until they are done, and then finds so.
CLAIM = text("""
    INSERT INTO job_run (commissioner_id, job, due_at, state, attempts, started_at)
    VALUES (:commissioner_id, :job, :due_at, 'running', 1, :now)
    ON CONFLICT (commissioner_id, job, due_at) DO UPDATE SET state = 'running', attempts = job_run.attempts + 1,
        started_at = :now, finished_at = NULL, try_again_at = NULL, sentence = NULL
    WHERE job_run.attempts < :most
        AND (job_run.state = 'running' OR (job_run.state = 'failed' AND job_run.try_again_at <= :real_now))
    RETURNING attempts
""")
HOLD = text("""
    SELECT FROM job_run WHERE commissioner_id = :commissioner_id AND job = :job AND due_at = :due_at
        AND state = 'running' AND attempts = :attempt FOR UPDATE
""")
END = text("""
    UPDATE job_run SET state = :state, finished_at = :now, try_again_at = :try_again_at, sentence = :sentence,
        counts = CAST(:counts AS jsonb)
    WHERE commissioner_id = :commissioner_id AND job = :job AND due_at = :due_at
        AND state = 'running' AND attempts = :attempt
""")
NEWEST = text("SELECT job, max(due_at) AS due_at FROM job_run GROUP BY job")
UNFINISHED = text("""
    SELECT job, due_at, attempts, try_again_at FROM job_run WHERE state IN ('running', 'failed') ORDER BY due_at
""")


class RunState(StrEnum):
    """How a run stands: a failed one is tried again, one that was given up is not."""

    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    GIVEN_UP = "given_up"


class ClaimLostError(ConflictError):
    """Somebody else took the run over, because this process looked dead."""

    code = "claim-lost"


@dataclass(frozen=True)
class Due:
    """One run of a job: for which commissioner, and when it was due."""

    commissioner_id: UUID
    job: str
    due_at: datetime

    @property
    def key(self) -> UUID:
        """The key of every attempt at this run, from which its journals' keys derive."""
        return uuid5(NAMESPACE_OID, f"{self.commissioner_id} {self.job} {self.due_at.astimezone(UTC).isoformat()}")


@dataclass(frozen=True)
class Claim:
    """The right to one attempt at a run."""

    due: Due
    attempt: int


@dataclass(frozen=True)
class Outcome:
    """What came of a run: a sentence and counts, never anything personal."""

    sentence: str
    counts: Mapping[str, int] = field(default_factory=dict)
    state: RunState = RunState.DONE


@dataclass(frozen=True)
class Unfinished:
    """A run that was cut off, or failed and is tried again: not before an instant of real time."""

    due_at: datetime
    attempts: int
    try_again_at: datetime | None

    def is_ready(self, real_now: datetime) -> bool:
        """Say whether it may be tried now."""
        return self.try_again_at is None or self.try_again_at <= real_now


@dataclass(frozen=True)
class Log:
    """What the log says of one commissioner's jobs: the newest run of each, and those that are not finished."""

    newest: Mapping[str, datetime]
    unfinished: Mapping[str, Sequence[Unfinished]]


def read(session: Session) -> Log:
    """Return what decides which runs are due, for the commissioner whose rows the session sees."""
    newest = {row.job: row.due_at for row in session.execute(NEWEST)}
    unfinished: defaultdict[str, list[Unfinished]] = defaultdict(list)
    for row in session.execute(UNFINISHED):
        unfinished[row.job].append(Unfinished(row.due_at, row.attempts, row.try_again_at))
    return Log(newest, unfinished)


def claim(session: Session, due: Due, *, now: datetime, real_now: datetime) -> Claim | None:
    """Claim a run in a transaction of its own, or return None where it is not, or no longer, to be had.

    Args:
        session: of a transaction that commits before the work begins.
        due: a run that is due, was cut off, or failed and may be tried again.
        now: by the installation's clock, for the log.
        real_now: real time, which the waits between attempts follow.
    """
    names = _names(due) | {"now": now, "real_now": real_now, "most": MOST_ATTEMPTS}
    attempt = session.scalar(CLAIM, names)
    return None if attempt is None else Claim(due, attempt)


def hold(session: Session, claimed: Claim) -> None:
    """Lock a claim for the transaction that does the work.

    Raises:
        ClaimLostError: it was taken over meanwhile.
    """
    if session.execute(HOLD, _names(claimed.due) | {"attempt": claimed.attempt}).first() is None:
        raise ClaimLostError("Another process took this run over. Look at the list of jobs for what came of it.")


def finish(session: Session, claimed: Claim, outcome: Outcome, now: datetime) -> None:
    """Write down what came of a run, in the transaction that did the work."""
    _end(session, claimed, outcome, now, None)


def fail(session: Session, claimed: Claim, sentence: str, *, now: datetime, real_now: datetime) -> RunState:
    """Write down why an attempt failed, and when the next one may begin; the last one is given up."""
    is_last = claimed.attempt >= MOST_ATTEMPTS
    state = RunState.GIVEN_UP if is_last else RunState.FAILED
    try_again_at = None if is_last else real_now + WAITS[claimed.attempt - 1]
    _end(session, claimed, Outcome(sentence, state=state), now, try_again_at)
    return state


def _end(session: Session, claimed: Claim, outcome: Outcome, now: datetime, try_again_at: datetime | None) -> None:
    said = {"state": outcome.state, "sentence": outcome.sentence[:LONGEST_SENTENCE], "try_again_at": try_again_at}
    facts = {"now": now, "counts": json.dumps(dict(outcome.counts)), "attempt": claimed.attempt}
    session.execute(END, _names(claimed.due) | said | facts)


def _names(due: Due) -> dict[str, object]:
    return {"commissioner_id": due.commissioner_id, "job": due.job, "due_at": due.due_at}
