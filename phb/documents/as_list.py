"""A list as a document of one section, and as flat CSV: a heading line, then one line for each row."""

import csv
import io
from collections.abc import Sequence
from datetime import date

from moneyed import Money

from phb.documents.as_csv import guarded
from phb.documents.document import Document, Section, Table
from phb.documents.words import Cell, say


class NoTableError(ValueError):
    """A document without a table is no list; a fault of ours, not of the request."""


def list_of(table: Table, *, about: str, notes: Sequence[str] = ()) -> Document:
    """Return a list as a document.

    Args:
        table: the rows.
        about: whose figures these are, and as of when; every printed page repeats it.
        notes: what the reader needs to judge the rows by.
    """
    section = Section(table.key, table.caption, tuple(notes), (table,))
    return Document(table.caption, f"{table.caption}: {about}", about, (section,))


def render(document: Document) -> bytes:
    """Return the rows of the document's first table as CSV in UTF-8, with the mark that Excel needs.

    Headings are the columns' stable names. Amounts are 125.50, days 2026-04-01, numbers whole. The total is left out:
    whoever adds up a column would count it twice.
    """
    tables = (block for section in document.sections for block in section.blocks if isinstance(block, Table))
    table = next(tables, None)
    if table is None:
        raise NoTableError(document.title)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.key for column in table.columns])
    writer.writerows([_plain(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str:
    match cell:
        case Money():
            return f"{cell.amount:.2f}"
        case int():
            return str(cell)
        case date():
            return cell.isoformat()
        case _:
            return guarded(say(cell))
