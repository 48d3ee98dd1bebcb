"""Leave a file to be imported by a job, and take the files that wait in, each by one job at a time.

Whoever holds a file's lock works on it. The lock is held by the very transaction that writes the rows: a job that is
killed loses both at once, so nothing of it stays, and the next one that comes by begins again.
"""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import SYSTEM_USER_ID, Actor, Role
from phb.core.clock import Clock
from phb.core.errors import DomainError, NotFoundError, PermissionDeniedError, RuleViolationError
from phb.core.uow import UnitOfWork, begin, begin_installation
from phb.governance import audit
from phb.governance.permissions import permissions_of
from phb.intake.importing import Kind, NotTakenError, Report, import_file
from phb.intake.jobs.attempts import Attempt, TakenOverError
from phb.intake.jobs.models import OPEN, ImportJob
from phb.intake.kinds import KINDS
from phb.people.organisations.queries import commissioners
from phb.people.sign_in import actor_of_user

LARGEST_FILE = 10 * 1024 * 1024
LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended('import' || :commissioner_id || :job_id, 0))")


class UnknownKindError(NotFoundError):
    """There is no kind of file of that name."""

    code = "unknown-import-kind"


class FileTooLargeError(RuleViolationError):
    """The file is empty, or larger than what a job takes."""

    code = "import-too-large"


class NobodyAsksError(PermissionDeniedError):
    """Who left the file holds no role any more."""

    code = "import-without-role"


def kind_named(name: str) -> Kind[Any]:
    """Return a kind of file by its name.

    Raises:
        UnknownKindError: there is none of that name.
    """
    if name not in KINDS:
        raise UnknownKindError(f"There is no kind of file “{name}”. Use one of {', '.join(KINDS)}.", field="kind")
    return KINDS[name]


def request_import(
    uow: UnitOfWork, kind: str, content: bytes, *, dry_run: bool = False, all_or_nothing: bool = False
) -> ImportJob:
    """Leave a file for a job, which takes it in with the roles that its sender then holds.

    Raises:
        UnknownKindError: there is no such kind.
        MissingPermissionError: the actor may not import files of the kind.
        FileTooLargeError: it is empty or too large.
    """
    uow.actor.require(kind_named(kind).needs)
    if not 0 < len(content) <= LARGEST_FILE:
        raise FileTooLargeError("A file has between 1 byte and 10 MB. Send the rows in several files.", field="file")
    job = ImportJob(
        commissioner_id=uow.commissioner_id,
        id=uow.next_key(),
        kind=kind,
        sha256=sha256(content).digest(),
        size=len(content),
        content=content,
        dry_run=dry_run,
        all_or_nothing=all_or_nothing,
        asked_by=uow.actor.user_id,
        asked_roles=sorted(uow.actor.roles),
        asked_at=uow.now,
    )
    uow.session.add(job)
    uow.session.flush()
    audit.record(uow, "import.asked", "import", job.id, kind=kind, size=len(content))
    return job


def run_waiting(sessions: sessionmaker[Session], *, clock: Clock | None = None) -> int:
    """Take in every file that waits, or whose job was broken off, and return how many were brought to an end.

    Safe to call from several processes at once. What waits when it begins is done; what comes later waits for the next
    call.

    Args:
        sessions: make its sessions; bank details need the key.
        clock: given by tests alone.
    """
    return sum(run_job(sessions, *found, clock=clock) for found in _waiting(sessions))


def run_job(
    sessions: sessionmaker[Session], commissioner_id: UUID, job_id: UUID, *, clock: Clock | None = None
) -> bool:
    """Take in one file, and say whether it was brought to an end here.

    It was not where another process works on it or ended it before. Anything but a refusal is raised and leaves the
    file to be begun again.
    """
    attempt = Attempt(sessions, _worker(commissioner_id), job_id, clock)
    try:
        with begin(sessions, attempt.worker, clock=clock) as uow:
            names = {"commissioner_id": str(commissioner_id), "job_id": str(job_id)}
            if not uow.session.scalar(LOCK, names) or not attempt.claim():
                return False
            attempt.store(uow, _take_in(uow, attempt.job, attempt))
    except NotTakenError as undone:
        return attempt.end(undone.report)
    except TakenOverError:
        return False
    except DomainError as refusal:
        return attempt.end(refusal)
    return True


def _take_in(uow: UnitOfWork, job: ImportJob, attempt: Attempt) -> Report:
    """Import the file as its sender, in the transaction that holds the lock."""
    actor = actor_of_user(uow.session, uow.commissioner_id, job.asked_by, uow.today)
    if actor is None:
        raise NobodyAsksError("Who sent this file holds no role any more. Somebody who does may send it again.")
    return import_file(
        replace(uow, actor=actor, request_id=job.id),
        kind_named(job.kind),
        job.content or b"",
        dry_run=job.dry_run,
        all_or_nothing=job.all_or_nothing,
        progress=attempt.progress,
    )


def _waiting(sessions: sessionmaker[Session]) -> Sequence[tuple[UUID, UUID]]:
    """Return the files to be taken in, those of each commissioner in the order they came."""
    with begin_installation(sessions) as session:
        everyone = [commissioner.id for commissioner in commissioners(session)]
    query = select(ImportJob.id).where(ImportJob.state.in_(OPEN)).order_by(ImportJob.asked_at, ImportJob.id)
    found = []
    for commissioner_id in everyone:
        with begin(sessions, _worker(commissioner_id)) as uow:
            found += [(commissioner_id, job_id) for job_id in uow.session.scalars(query)]
    return found


def _worker(commissioner_id: UUID) -> Actor:
    """Return who keeps the account of a job; the file itself is imported by who sent it."""
    roles = frozenset({Role.SYSTEM})
    return Actor(SYSTEM_USER_ID, commissioner_id, roles, permissions_of(roles))
