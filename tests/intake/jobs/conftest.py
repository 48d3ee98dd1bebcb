"""Files left for a job by somebody of an office, and jobs that take them in."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import func, select

from phb.intake.jobs import queries
from phb.intake.jobs.models import ImportJob, ImportJobRow
from phb.intake.jobs.operations import request_import, run_job
from phb.people.models import Organisation
from tests.intake.conftest import Office, as_csv, office  # noqa: F401 - a fixture that the desk needs
from tests.intake.kinds.world import PROVIDER
from tests.people.conftest import on_day


def organisations(count: int, *, bad: int = 0) -> bytes:
    """Return a file of providers, the last of them of no kind."""
    rows = [PROVIDER | {"reference": f"ORG-{number:05}"} for number in range(count)]
    wrong = [PROVIDER | {"reference": f"ORG-X{number:04}", "kind": "shop"} for number in range(bad)]
    return as_csv([*rows, *wrong]).encode()


@dataclass
class Desk:
    """An office whose files are taken in by jobs."""

    office: Office

    def leave(
        self,
        content: bytes,
        *,
        kind: str = "organisations",
        by: str = "ada",
        dry_run: bool = False,
        all_or_nothing: bool = False,
    ) -> UUID:
        """Leave a file and return the import's id."""
        with self.office.service.unit(self.office.actors[by]) as uow:
            return request_import(uow, kind, content, dry_run=dry_run, all_or_nothing=all_or_nothing).id

    def run(self, job_id: UUID) -> bool:
        """Let a job take it in."""
        service = self.office.service
        return run_job(service.sessions, service.commissioner_id, job_id, clock=on_day(service.today))

    def job(self, job_id: UUID, *, by: str = "ada") -> ImportJob:
        """Return the import as somebody sees it."""
        return self.office.service.ask(self.office.actors[by], queries.job, job_id)

    def outcomes(self, job_id: UUID, *, by: str = "ada") -> list[tuple[int, str, str | None]]:
        """Return what became of each row: number, outcome and code."""
        with self.office.service.unit(self.office.actors[by]) as uow:
            query = queries.rows_of(uow.session, uow.actor, job_id).order_by(ImportJobRow.row_number)
            return [(row.row_number, row.outcome, row.code) for row in uow.session.scalars(query)]

    def count(self) -> int:
        """Return how many of the organisations of these files there are."""
        with self.office.service.unit(self.office.actors["ada"]) as uow:
            of_files = Organisation.reference.like("ORG-%")
            return uow.session.scalar(select(func.count()).select_from(Organisation).where(of_files)) or 0


@pytest.fixture
def desk(office: Office) -> Desk:  # noqa: F811 - the fixture
    """Return a desk on 1 April 2026."""
    return Desk(office)
