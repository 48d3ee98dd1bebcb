"""Read a file of rows: CSV or JSON lines, UTF-8 with or without a byte order mark, headings checked first."""

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from phb.core.errors import RuleViolationError


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
    """A file's headings and rows."""

    headings: Sequence[str]
    rows: Sequence[RawRow]


def read(content: bytes, *, known: Sequence[str], needed: Sequence[str]) -> Table:
    """Return the rows of a file.

    Args:
        content: the file.
        known: every heading the kind has.
        needed: the headings it cannot do without.

    Raises:
        FileError: it is no text in UTF-8, or empty.
        HeadingsError: a needed heading is missing, or one is unknown or there twice.
    """
    text = _decode(content)
    table = _json_lines(text) if text.lstrip().startswith("{") else _csv(text)
    readable = not table.rows or any(row.fault is None for row in table.rows)
    _check(table.headings, known, needed if readable else [])
    return table


def write_rows(headings: Sequence[str], rows: Sequence[dict[str, str]]) -> str:
    """Return rows as CSV under headings, as read() takes them back."""
    out = io.StringIO()
    writer = csv.DictWriter(out, headings, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _decode(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError("The file is not text in UTF-8. Save it as “CSV UTF-8” and send it again.") from error
    if "\0" in text or not text.strip():
        raise FileError("The file is empty or is no text. Save it as “CSV UTF-8” and send it again.")
    return text


def _csv(text: str) -> Table:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        headings = [cell.strip() for cell in next(lines)]
        rows = [
            _csv_row(number, headings, cells)
            for number, cells in enumerate(lines, start=2)
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error as error:
        raise FileError(
            f"Line {lines.line_num} of the file cannot be read as CSV. Look for a quotation mark without its pair."
        ) from error
    return Table(headings, rows)


def _csv_row(number: int, headings: Sequence[str], cells: Sequence[str]) -> RawRow:
    if len(cells) > len(headings):
        return RawRow(number, dict(zip(headings, cells, strict=False)), _too_many(len(cells), len(headings)))
    padded = [*cells, *[""] * (len(headings) - len(cells))]
    return RawRow(number, dict(zip(headings, padded, strict=True)))


def _too_many(found: int, wanted: int) -> str:
    return f"The row has {found} cells under {wanted} headings. Put a cell with a comma inside quotation marks."


def _json_lines(text: str) -> Table:
    rows = [_json_row(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    headings = list(dict.fromkeys(name for row in rows for name in row.cells))
    return Table(headings, rows)


def _json_row(number: int, line: str) -> RawRow:
    try:
        found = loads(line)
    except (ValueError, RecursionError):
        return RawRow(number, {}, "The line is not JSON. Write one object to a line.")
    if not isinstance(found, dict):
        return RawRow(number, {}, "The line is not a JSON object. Write one object to a line.")
    cells = {name: cell_of(value) for name, value in found.items()}
    if not _is_text("".join([*cells, *cells.values()])):
        return RawRow(
            number, {}, "The line holds a character that is no text. Look for \\ud800 to \\udfff, or \\u0000."
        )
    return RawRow(number, cells)


def loads(text: str) -> Any:  # noqa: ANN401 - JSON may hold anything
    """Return what JSON holds; a number with a point stays the text it was written as.

    Raises:
        ValueError: it is not JSON.
    """
    return json.loads(text, parse_float=str)


def cell_of(value: object) -> str:
    """Return a JSON value as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _is_text(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _check(found: Sequence[str], known: Sequence[str], needed: Sequence[str]) -> None:
    faults = {
        "missing": [name for name in needed if name not in found],
        "not known here": [name or "(empty)" for name in found if name not in known],
        "there twice": [name for name, times in Counter(found).items() if times > 1],
    }
    said = [
        f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} {fault}" for fault, names in faults.items() if names
    ]
    if said:
        raise HeadingsError(
            f"The headings do not fit: {'; '.join(said)}. Use these: {', '.join(known)}.",
            **{fault.replace(" ", "_"): ", ".join(names) for fault, names in faults.items()},
        )
