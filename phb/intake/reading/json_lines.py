"""Rows as JSON lines: one object to a line, which is what lists need."""

import json
from typing import Any

from phb.intake.reading.table import FileError, RawRow, Table

NOT_JSON = "The line is not JSON. Write one object to a line."


def is_json_lines(text: str) -> bool:
    """Say whether a text is JSON lines rather than rows with separators."""
    return text.lstrip().startswith("{")


def read(text: str) -> Table:
    """Return the rows of a text.

    Raises:
        FileError: the file ends in the middle of a line.
    """
    rows = [_row(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if rows[-1].fault == NOT_JSON and not text.endswith(("\n", "\r")):
        raise FileError(
            f"The file stops in the middle of line {rows[-1].number}: only part of it arrived. Send the whole file "
            "again."
        )
    return Table(list(dict.fromkeys(name for row in rows for name in row.cells)), rows)


def _row(number: int, line: str) -> RawRow:
    try:
        found = loads(line)
    except (ValueError, RecursionError):
        return RawRow(number, {}, NOT_JSON)
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
