"""Imports left for a job, and what became of their rows, as Python sees the tables; migrations/ holds their guards."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Integer, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from phb.core.database import Base
from phb.people.models import own


class JobState(StrEnum):
    """Where an import stands."""

    WAITING = "waiting"
    RUNNING = "running"  # or broken off, and taken up again by the next job that comes by
    DONE = "done"
    FAILED = "failed"  # the file as a whole was refused, and nothing was written


OPEN = (JobState.WAITING, JobState.RUNNING)
GIVEN_BACK = "given_back"


class ImportJob(Base):
    """A file left to be imported: never its name, and its bytes only until the job has ended.

    The counts are of a job that is done; `written` says whether its good rows were kept. `attempts` counts how often it
    was begun, and tells an attempt from the one that took its place.
    """

    __tablename__ = "import_job"
    __table_args__ = (
        own("asked_by", "user_account", "import_job_user"),
        Index("ix_import_job_asked", "commissioner_id", "asked_at", "id"),
        Index(
            "ix_import_job_open",
            "commissioner_id",
            "asked_at",
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int] = mapped_column("size_bytes", Integer)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    dry_run: Mapped[bool]
    all_or_nothing: Mapped[bool]
    asked_by: Mapped[UUID]
    asked_roles: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=JobState.WAITING)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    rows_done: Mapped[int] = mapped_column(Integer, default=0)
    rows_all: Mapped[int | None] = mapped_column(Integer)
    added: Mapped[int] = mapped_column(Integer, default=0)
    changed: Mapped[int] = mapped_column(Integer, default=0)
    unchanged: Mapped[int] = mapped_column(Integer, default=0)
    given_back: Mapped[int] = mapped_column(Integer, default=0)
    written: Mapped[bool] = mapped_column(default=False)
    headings: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    warnings: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    reason_code: Mapped[str | None]
    reason: Mapped[str | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @property
    def digest(self) -> str:
        """The SHA-256 of the file, as people compare it."""
        return self.sha256.hex()

    @property
    def is_open(self) -> bool:
        """Say whether it still waits or runs."""
        return self.state in OPEN


class ImportJobRow(Base):
    """What became of one row of a file; `code`, `reason` and `cells` are of a row given back."""

    __tablename__ = "import_job_row"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commissioner_id", "job_id"],
            ["import_job.commissioner_id", "import_job.id"],
            name="fk_import_job_row_job",
        ),
    )

    commissioner_id: Mapped[UUID] = mapped_column(primary_key=True)
    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    row_number: Mapped[int] = mapped_column(Integer, primary_key=True)
    outcome: Mapped[str]
    code: Mapped[str | None]
    reason: Mapped[str | None]
    cells: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
