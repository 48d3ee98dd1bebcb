"""A commissioner whose whole record comes from files, each imported by who would import it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from phb.core.actor import Actor, Role
from phb.core.change import Change
from phb.core.database import make_session_factory
from phb.intake.files import write_rows
from phb.intake.importing import NotTakenError, Report, import_file
from phb.intake.kinds import KINDS
from phb.payments import vault
from phb.people import sign_in
from tests.people.conftest import Service, on_day

SAMPLES = Path(__file__).parents[2] / "samples"
MARCH = date(2026, 3, 16)
Cells = Mapping[str, str]


@dataclass
class Office:
    """A commissioner that is empty but for its two administrators and one user of each kind of staff."""

    service: Service
    actors: dict[str, Actor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Hire everybody."""
        self.actors = {
            "ada": self.service.administrator,
            "bo": self.service.named("bo"),
            "clerk": self.service.staff(Role.FINANCE_OFFICER, start_on=MARCH),
            "checker": self.service.staff(Role.FINANCE_OFFICER, start_on=MARCH),
            "approver": self.service.staff(Role.APPROVER, start_on=MARCH),
            "clinician": self.service.staff(Role.CLINICIAN, start_on=MARCH),
            "auditor": self.service.staff(Role.AUDITOR, start_on=MARCH),
        }
        hired = self.take(
            "users",
            "ada",
            [
                {
                    "sign_in_name": self.ann,
                    "name": "Ann Arbour",
                    "role": "care_coordinator",
                    "organisation": self.service.code,
                    "start_on": "2026-03-02",
                }
            ],
        )
        assert not hired.bad_rows
        self.actors["ann"] = self.acting(self.ann)

    @property
    def ann(self) -> str:
        """The sign-in name of the care co-ordinator."""
        return f"ann@{self.service.code}.example".lower()

    def acting(self, sign_in_name: str) -> Actor:
        """Return who signs in under a name."""
        return sign_in.actor_named(self.service.sessions, sign_in_name, clock=on_day(self.service.today))

    def take(
        self,
        kind: str,
        by: str,
        rows: Sequence[Cells] | str | bytes,
        *,
        dry_run: bool = False,
        all_or_nothing: bool = False,
    ) -> Report:
        """Import rows of a kind, or a whole file, by one of the staff; undone imports report too."""
        content = rows if isinstance(rows, bytes) else (rows if isinstance(rows, str) else as_csv(rows)).encode()
        try:
            with self.service.unit(self.actors[by]) as uow:
                return import_file(uow, KINDS[kind], content, dry_run=dry_run, all_or_nothing=all_or_nothing)
        except NotTakenError as undone:
            return undone.report

    def good(self, kind: str, by: str, rows: Sequence[Cells] | str | bytes) -> Report:
        """Import what must be taken whole."""
        report = self.take(kind, by, rows)
        assert [bad.reason for bad in report.bad_rows] == []
        return report

    def reason(self, kind: str, by: str, row: Cells | str) -> tuple[str, str]:
        """Return the code and the reason with which the only row of a file is given back."""
        report = self.take(kind, by, row if isinstance(row, str) else [row])
        assert len(report.bad_rows) == 1
        assert sum(report.counts.values()) == 0
        return report.bad_rows[0].code, report.bad_rows[0].reason


def as_csv(rows: Sequence[Cells]) -> str:
    """Return rows as a file."""
    headings = list(dict.fromkeys(name for row in rows for name in row))
    return write_rows(headings, [dict(row) for row in rows])


def as_lines(*rows: Mapping[str, Any]) -> str:
    """Return rows as JSON lines."""
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def changed(report: Report) -> dict[str, int]:
    """Return what became of the rows, without what is nil."""
    return {change.value: count for change, count in report.counts.items() if count}


UNCHANGED = Change.UNCHANGED.value


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    """Return an empty commissioner on 1 April 2026 that has a key for bank details."""
    sessions = make_session_factory(engine)
    vault.attach(sessions, vault.make_key_file(tmp_path / "keys"))
    return Office(Service(sessions))
