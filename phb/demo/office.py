"""A commissioner of the demonstration: its files, its people, and how they act."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import Actor
from phb.core.errors import ConflictError
from phb.core.uow import UnitOfWork, begin
from phb.governance.permissions import the_system
from phb.intake.files import RawRow, Table
from phb.intake.importing import Report, import_table, read_table
from phb.intake.kinds import KINDS
from phb.people.sign_in import actor_named

P = ParamSpec("P")
T = TypeVar("T")


class RowsGivenBackError(ConflictError):
    """The demonstration's own files were not taken whole."""

    code = "demo-rows-given-back"


@dataclass(frozen=True)
class Staff:
    """The sign-in names of who does what; both administrators and both finance officers in order."""

    administrators: tuple[str, str]
    finance: tuple[str, str]
    clinician: str
    approver: str
    releaser: str
    auditor: str


@dataclass(frozen=True)
class Commissioner:
    """One of the demonstration's commissioners."""

    code: str
    name: str
    folder: str
    paying: tuple[str, str, str]
    service_user_number: str
    staff: Staff
    leaves_work_in_hand: bool = False


@dataclass
class Office:
    """A commissioner at work: rows of its files are imported, operations done, each by somebody by name."""

    sessions: sessionmaker[Session]
    about: Commissioner
    samples: Path
    taken: dict[str, int] = field(default_factory=dict)
    _actors: dict[str, Actor] = field(default_factory=dict)
    _tables: dict[str, Table] = field(default_factory=dict)

    @property
    def staff(self) -> Staff:
        """Who does what."""
        return self.about.staff

    def actor(self, sign_in_name: str) -> Actor:
        """Return who acts under a name; the roles of this year's people do not change."""
        if sign_in_name not in self._actors:
            self._actors[sign_in_name] = actor_named(self.sessions, sign_in_name)
        return self._actors[sign_in_name]

    @property
    def commissioner_id(self) -> UUID:
        """The commissioner's id."""
        return self.actor(self.staff.administrators[0]).commissioner_id

    def unit(self, sign_in_name: str) -> AbstractContextManager[UnitOfWork]:
        """Open a unit of work of somebody."""
        return begin(self.sessions, self.actor(sign_in_name))

    def do(
        self, sign_in_name: str, operation: Callable[Concatenate[UnitOfWork, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do one operation as somebody in a unit of work of its own."""
        with self.unit(sign_in_name) as uow:
            return operation(uow, *args, **kwargs)

    def as_the_system(self, operation: Callable[Concatenate[UnitOfWork, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what the system does by itself."""
        with begin(self.sessions, the_system(self.commissioner_id)) as uow:
            return operation(uow, *args, **kwargs)

    def rows(self, file: str, kind: str) -> Sequence[RawRow]:
        """Return the rows of one of the commissioner's files, none where it has no such file."""
        path = self.samples / self.about.folder / file
        if not path.exists():
            return ()
        if file not in self._tables:
            self._tables[file] = read_table(KINDS[kind], path.read_bytes())
        return self._tables[file].rows

    def take(self, kind: str, rows: Sequence[RawRow], *, by: str) -> Report:
        """Import rows of a kind by somebody.

        Raises:
            RowsGivenBackError: one of them was not taken.
        """
        with self.unit(by) as uow:
            headings = list(dict.fromkeys(name for row in rows for name in row.cells))
            report = import_table(uow, KINDS[kind], Table(headings, rows))
            if report.bad_rows:
                first = report.bad_rows[0]
                raise RowsGivenBackError(f"Row {first.number} of {kind} was given back: {first.reason}")
        self.taken[kind] = self.taken.get(kind, 0) + len(rows)
        return report
