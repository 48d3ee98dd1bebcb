"""Import a file: every row one operation in a savepoint of its own, good rows kept, bad rows given back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from phb.core.change import Change
from phb.core.errors import DomainError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.intake import columns, files

Row = TypeVar("Row")


@dataclass(frozen=True)
class Kind(Generic[Row]):
    """One kind of file: the dataclass of its rows and the operation each row is.

    `who` says in words who imports it. `finish` is what is done once every row of a file was taken, for files that
    take effect as a whole.
    """

    name: str
    title: str
    who: str
    schema: type[Row]
    apply: Callable[[UnitOfWork, Row], Change]
    finish: Callable[[UnitOfWork, Sequence[Row]], None] | None = None


@dataclass(frozen=True)
class BadRow:
    """A row that was not taken, and why."""

    number: int
    code: str
    reason: str
    cells: dict[str, str]


@dataclass
class Report:
    """What became of a file."""

    kind: str
    counts: dict[Change, int] = field(default_factory=lambda: dict.fromkeys(Change, 0))
    bad_rows: list[BadRow] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """The report in one sentence."""
        counts = ", ".join(f"{count} {change}" for change, count in self.counts.items())
        return f"{self.kind}: {counts}, {len(self.bad_rows)} given back."

    def bad_rows_as_csv(self) -> str:
        """Return the rows given back, each with its number, reason and code before its own cells."""
        rows = [{"row": str(bad.number), "reason": bad.reason, "code": bad.code, **bad.cells} for bad in self.bad_rows]
        return files.write_rows(["row", "reason", "code", *self.headings], rows)


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
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Report:
    """Import a file's rows and say what became of each.

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
    return import_table(
        uow, kind, read_table(kind, content), all_or_nothing=all_or_nothing, dry_run=dry_run, progress=progress
    )


def read_table(kind: Kind[Any], content: bytes) -> files.Table:
    """Return the rows of a file of a kind, its headings checked.

    Raises:
        FileError, HeadingsError: the file as a whole is refused.
    """
    headings = columns.headings(kind.schema)
    return files.read(content, known=[h.name for h in headings], needed=[h.name for h in headings if h.required])


def import_table(
    uow: UnitOfWork,
    kind: Kind[Any],
    table: files.Table,
    *,
    all_or_nothing: bool = False,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Report:
    """Import rows that were read, or some of them, as import_file() does.

    Raises:
        NotTakenError: with the report, so that the unit of work is rolled back.
    """
    report = Report(kind.name, headings=list(table.headings))
    taken = []
    for done, raw in enumerate(table.rows, start=1):
        row = _take(uow, kind, raw, report)
        taken += [] if row is None else [row]
        progress(done, len(table.rows))
    if kind.finish is not None and taken and not report.bad_rows:
        kind.finish(uow, taken)
    if dry_run or (all_or_nothing and report.bad_rows):
        raise NotTakenError(report)
    audit.record(uow, "file.imported", "import", uow.request_id, kind=kind.name, bad_rows=len(report.bad_rows))
    return report


def _take(uow: UnitOfWork, kind: Kind[Row], raw: files.RawRow, report: Report) -> Row | None:
    """Do one row's operation in a savepoint, and return the row, or None where it is given back."""
    if raw.fault:
        report.bad_rows.append(BadRow(raw.number, "row", raw.fault, raw.cells))
        return None
    try:
        with uow.session.begin_nested():
            row = columns.parse_row(kind.schema, raw.cells)
            change = kind.apply(uow, row)
            uow.session.flush()
    except DomainError as error:
        report.bad_rows.append(BadRow(raw.number, error.code, error.sentence, raw.cells))
        return None
    report.counts[change] += 1
    return row
