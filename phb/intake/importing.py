"""Import a file: every row one operation in a savepoint of its own, good rows kept, bad rows given back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from phb.core.actor import Permission
from phb.core.change import Change
from phb.core.errors import DomainError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.intake import files, taken
from phb.intake.columns import Heading, headings, parse_row
from phb.intake.report import BadRow, GoodRow, Report

__all__ = ["BadRow", "Kind", "NotTakenError", "Report", "import_file", "import_table", "read_table"]

Row = TypeVar("Row")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Kind(Generic[Row]):
    """One kind of file: the dataclass of its rows and the operation each row is.

    `who` says in words who imports it, `needs` what each of its rows needs them to be allowed. `finish` is what is done
    once every row of a file was taken, for files that take effect as a whole.
    """

    name: str
    title: str
    who: str
    needs: Permission
    schema: type[Row]
    apply: Callable[[UnitOfWork, Row], Change]
    finish: Callable[[UnitOfWork, Sequence[Row]], None] | None = None

    @property
    def headings(self) -> list[Heading]:
        """Its columns, in order."""
        return headings(self.schema)


class NotTakenError(Exception):
    """Undo everything: a dry run, or a file that should go in whole or not at all."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.sentence)
        self.report = report


def import_file(
    uow: UnitOfWork,
    kind: Kind[Any],
    content: bytes,
    *,
    all_or_nothing: bool = False,
    dry_run: bool = False,
    progress: Progress = lambda _done, _all: None,
) -> Report:
    """Import a file's rows and say what became of each, and whether the same file was taken before.

    Args:
        uow: rows see what earlier rows did.
        kind: what the file holds.
        content: the file's bytes.
        all_or_nothing: take no row unless all are good.
        dry_run: say what would happen and take none.
        progress: told how many rows of how many are done.

    Raises:
        FileError, HeadingsError: the file as a whole is refused.
        NotTakenError: with the report, so that the unit of work is rolled back.
    """
    table = read_table(kind, content)
    report = Report(kind.name, headings=list(table.headings), notes=list(table.notes))
    report.before = taken.last_time(uow.session, kind.name, content)
    _import(uow, kind, table, report, all_or_nothing=all_or_nothing, dry_run=dry_run, progress=progress)
    taken.remember(uow, kind.name, content)
    return report


def read_table(kind: Kind[Any], content: bytes) -> files.Table:
    """Return the rows of a file of a kind, its headings checked.

    Raises:
        FileError, HeadingsError: the file as a whole is refused.
    """
    needed = [heading.name for heading in kind.headings if heading.required]
    return files.read(content, known=[heading.name for heading in kind.headings], needed=needed, name=kind.name)


def import_table(
    uow: UnitOfWork,
    kind: Kind[Any],
    table: files.Table,
    *,
    all_or_nothing: bool = False,
    dry_run: bool = False,
    progress: Progress = lambda _done, _all: None,
) -> Report:
    """Import rows that were read, or some of them, as import_file() does.

    Raises:
        NotTakenError: with the report, so that the unit of work is rolled back.
    """
    report = Report(kind.name, headings=list(table.headings), notes=list(table.notes))
    _import(uow, kind, table, report, all_or_nothing=all_or_nothing, dry_run=dry_run, progress=progress)
    return report


def _import(
    uow: UnitOfWork,
    kind: Kind[Any],
    table: files.Table,
    report: Report,
    *,
    all_or_nothing: bool,
    dry_run: bool,
    progress: Progress,
) -> None:
    good = []
    for done, raw in enumerate(table.rows, start=1):
        row = _take(uow, kind, raw, report)
        good += [] if row is None else [row]
        progress(done, len(table.rows))
    if kind.finish is not None and good and not report.bad_rows:
        kind.finish(uow, good)
    if dry_run or (all_or_nothing and report.bad_rows):
        report.undone = True
        raise NotTakenError(report)
    audit.record(uow, "file.imported", "import", uow.request_id, kind=kind.name, bad_rows=len(report.bad_rows))


def _take(uow: UnitOfWork, kind: Kind[Row], raw: files.RawRow, report: Report) -> Row | None:
    """Do one row's operation in a savepoint, and return the row, or None where it is given back."""
    if raw.fault:
        report.bad_rows.append(BadRow(raw.number, "row", raw.fault, raw.cells))
        return None
    try:
        with uow.session.begin_nested():
            row = parse_row(kind.schema, raw.cells)
            change = kind.apply(uow, row)
            uow.session.flush()
    except DomainError as error:
        report.bad_rows.append(BadRow(raw.number, error.code, error.sentence, raw.cells))
        return None
    report.good_rows.append(GoodRow(raw.number, change))
    return row
