"""The imports an actor may see: their own, and for an auditor or an administrator those of the whole commissioner.

What is in the rows is for who sent them and for an auditor alone: an administrator sees nobody's record.
"""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from phb.core.actor import Actor, Permission
from phb.core.errors import NotFoundError, PermissionDeniedError
from phb.intake.jobs.models import GIVEN_BACK, ImportJob, ImportJobRow, JobState
from phb.intake.report import BadRow, bad_rows_as_csv

SEE_ALL = (Permission.AUDIT_READ, Permission.ADMINISTRATION_READ)


class ImportNotFoundError(NotFoundError):
    """There is no such import, or it is not the actor's to see."""

    code = "import-not-found"


class RowsNotYoursError(PermissionDeniedError):
    """The rows of an import are for who sent them and for an auditor."""

    code = "import-rows-not-yours"


def visible_jobs(actor: Actor, *, kind: str | None = None, state: JobState | None = None) -> Select[ImportJob]:
    """Return the imports an actor may see, of a kind and in a state where one is given."""
    query = select(ImportJob).where(ImportJob.commissioner_id == actor.commissioner_id)
    if not any(map(actor.may, SEE_ALL)):
        query = query.where(ImportJob.asked_by == actor.user_id)
    wanted = {"kind": kind, "state": state}
    return query.filter_by(**{name: value for name, value in wanted.items() if value is not None})


def job(session: Session, actor: Actor, job_id: UUID) -> ImportJob:
    """Return an import the actor may see.

    Raises:
        ImportNotFoundError: absent, or not theirs to know of.
    """
    found = session.scalars(visible_jobs(actor).where(ImportJob.id == job_id)).first()
    if found is None:
        raise ImportNotFoundError("There is no such import. Look at the list of your imports.")
    return found


def may_read_rows(actor: Actor, of_job: ImportJob) -> bool:
    """Say whether an actor may read what stood in a file: its rows, and a refusal that quotes it."""
    return of_job.asked_by == actor.user_id or actor.may(Permission.AUDIT_READ)


def rows_of(session: Session, actor: Actor, job_id: UUID, *, outcome: str | None = None) -> Select[ImportJobRow]:
    """Return the query for what became of the rows of an import, of one outcome where it is given.

    Raises:
        ImportNotFoundError: absent, or not theirs to know of.
        RowsNotYoursError: somebody else sent them.
    """
    found = job(session, actor, job_id)
    if not may_read_rows(actor, found):
        raise RowsNotYoursError("The rows are for who sent the file and for an auditor. Ask one of them.")
    query = select(ImportJobRow).where(ImportJobRow.job_id == found.id)
    return query if outcome is None else query.where(ImportJobRow.outcome == outcome)


def bad_rows(session: Session, actor: Actor, job_id: UUID) -> str:
    """Return the rows of an import that were given back, as CSV that can be mended and sent again.

    Raises:
        ImportNotFoundError, RowsNotYoursError: not the actor's to see.
    """
    query = rows_of(session, actor, job_id, outcome=GIVEN_BACK).order_by(ImportJobRow.row_number)
    rows = [BadRow(row.row_number, row.code or "", row.reason or "", row.cells or {}) for row in session.scalars(query)]
    return bad_rows_as_csv(job(session, actor, job_id).headings, rows)
