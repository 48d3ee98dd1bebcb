"""What a file of any format becomes: headings, rows of text, and a sentence where something cannot be read."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from phb.core.errors import RuleViolationError
from phb.documents.as_csv import guarded

# A column whose heading begins so is a remark: the file of rows given back can be mended and sent as it is.
REMARK = "#"
MOST_NAMED = 10
LONGEST_NAMED = 40


class FileError(RuleViolationError):
    """The file as a whole cannot be read."""

    code = "file"


class HeadingsError(RuleViolationError):
    """The file's headings are not those of its kind."""

    code = "headings"


@dataclass(frozen=True)
class RawRow:
    """One row as it stands in the file; `number` counts as a spreadsheet does, the headings being row 1.

    `fault` says why the row cannot be read at all, where it cannot.
    """

    number: int
    cells: dict[str, str]
    fault: str | None = None


@dataclass(frozen=True)
class Table:
    """A file's headings and rows; `notes` say how it was read, where its sender should know."""

    headings: Sequence[str]
    rows: Sequence[RawRow]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Line:
    """The cells of one line from left to right, before they have names."""

    number: int
    cells: Sequence[str]
    fault: str | None = None


def table_of(found: Sequence[str], lines: Iterable[Line], *, too_many: str, notes: Sequence[str] = ()) -> Table:
    """Return lines as rows under their headings, without empty lines, remarks, and empty columns on the right.

    Args:
        found: the cells of the line of headings.
        lines: those below it.
        too_many: what to do where a line has more cells than there are headings.
        notes: how the file was read.
    """
    headings = _without_empty_end([cell.strip() for cell in found])
    rows = [_row(headings, line, too_many) for line in lines if line.fault or any(map(str.strip, line.cells))]
    return Table([name for name in headings if not name.startswith(REMARK)], rows, notes)


def check_headings(found: Sequence[str], known: Sequence[str], needed: Sequence[str]) -> None:
    """Refuse headings that are not those of a kind.

    Raises:
        HeadingsError: a needed heading is missing, or one is unknown or there twice.
    """
    faults = {
        "missing": [name for name in needed if name not in found],
        "not known here": [name or "(empty)" for name in found if name not in known],
        "there twice": [name for name, times in Counter(found).items() if times > 1],
    }
    said = [f"{_listed(names)} {_is(names)} {fault}" for fault, names in faults.items() if names]
    if said:
        raise HeadingsError(
            f"The headings do not fit: {'; '.join(said)}. Use these: {', '.join(known)}.",
            **{fault.replace(" ", "_"): _listed(names) for fault, names in faults.items()},
        )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name[:LONGEST_NAMED] for name in names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else f"{shown} and {len(names) - MOST_NAMED} more"


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _without_empty_end(cells: Sequence[str]) -> Sequence[str]:
    """Return cells up to the last that holds something."""
    width = max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    return cells[:width]


def _row(headings: Sequence[str], line: Line, too_many: str) -> RawRow:
    cells = _without_empty_end(line.cells)
    padded = [*cells, *[""] * (len(headings) - len(cells))]
    named = {name: _unguarded(cell) for name, cell in zip(headings, padded, strict=False)}
    fault = line.fault
    if fault is None and len(cells) > len(headings):
        fault = f"The row has {len(cells)} cells under {len(headings)} headings. {too_many}"
    return RawRow(line.number, {name: cell for name, cell in named.items() if not name.startswith(REMARK)}, fault)


def _unguarded(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    inner = cell.removeprefix("'")
    return inner if guarded(inner) == cell else cell
