"""Rows of text with commas, semicolons or tabs between the cells, as spreadsheets save them."""

import csv
import io
import re
from collections.abc import Sequence

from phb.intake.reading.table import FileError, Line, Table, table_of

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
DECLARED = re.compile(r'"?sep=(.)"?\r?\n')  # some programs say it in a line of its own, which Excel hides


def read(text: str, *, known: Sequence[str], notes: Sequence[str] = ()) -> Table:
    """Return the rows of a text.

    Args:
        text: the whole file.
        known: headings the kind has, by which the separator is found.
        notes: what was noted already.

    Raises:
        FileError: a quotation mark has no pair, or the file ends in the middle of a row.
    """
    declared = DECLARED.match(text)
    body = text[declared.end() :] if declared else text
    separator = declared[1] if declared else _separator(body, known)
    found = csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True)
    try:
        headings, *rows = list(found) or [[]]
    except csv.Error as error:
        raise FileError(
            f"Line {found.line_num} of the file cannot be read as CSV. Look for a quotation mark without its pair; if "
            "there is none, only part of the file arrived: send it again."
        ) from error
    _refuse_cut_off(body, headings, rows)
    too_many = f"Put a cell with a {SEPARATORS.get(separator, 'separator')} inside quotation marks."
    lines = (Line(number, cells) for number, cells in enumerate(rows, start=2))
    return table_of(headings, lines, too_many=too_many, notes=notes)


def _separator(text: str, known: Sequence[str]) -> str:
    """Return the separator that finds most of the headings in the first line; a comma where none finds any."""
    first = text.splitlines()[0]

    def headings_found(separator: str) -> int:
        cells = next(csv.reader([first], delimiter=separator), [])
        return len({cell.strip() for cell in cells} & set(known))

    return max(SEPARATORS, key=headings_found)


def _refuse_cut_off(text: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Refuse a file that stops before the last cell of its last row, without a line break."""
    if text.endswith(("\n", "\r")) or not rows or len(rows[-1]) >= len(headings):
        return
    raise FileError(
        f"The file stops in its last row, which has {len(rows[-1])} cells under {len(headings)} headings: only part of "
        "it arrived. Send the whole file again. If it is whole, end its last row with a line break."
    )
