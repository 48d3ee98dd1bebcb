"""Read a file of rows, whatever program wrote it, headings checked first; write rows as CSV."""

import csv
import io
from collections.abc import Sequence

from phb.intake.reading import json_lines, separated, workbook
from phb.intake.reading.encoding import decode
from phb.intake.reading.json_lines import loads
from phb.intake.reading.table import FileError, HeadingsError, RawRow, Table, check_headings

__all__ = ["FileError", "HeadingsError", "RawRow", "Table", "loads", "read", "write_rows"]


def read(content: bytes, *, known: Sequence[str], needed: Sequence[str], name: str = "") -> Table:
    """Return the rows of a file: CSV, JSON lines or an Excel workbook.

    Args:
        content: the file.
        known: every heading the kind has.
        needed: the headings it cannot do without.
        name: the kind's name, which a sheet of a workbook may bear.

    Raises:
        FileError: it cannot be read, is empty, or only part of it arrived.
        HeadingsError: a needed heading is missing, or one is unknown or there twice.
    """
    table = workbook.read(content, name) if workbook.is_workbook(content) else _text(content, known)
    readable = not table.rows or any(row.fault is None for row in table.rows)
    check_headings(table.headings, known, needed if readable else [])
    return table


def write_rows(headings: Sequence[str], rows: Sequence[dict[str, str]]) -> str:
    """Return rows as CSV under headings, as read() takes them back."""
    out = io.StringIO()
    writer = csv.DictWriter(out, headings, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _text(content: bytes, known: Sequence[str]) -> Table:
    text, notes = decode(content)
    return json_lines.read(text) if json_lines.is_json_lines(text) else separated.read(text, known=known, notes=notes)
