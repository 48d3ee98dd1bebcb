"""Sheets as an Excel workbook: real dates and amounts, no formulas, and the same bytes for the same sheets."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from moneyed import Money
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from phb.documents.as_csv import guarded
from phb.documents.words import Cell, say

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MONEY, DAY, NUMBER, TEXT = "£#,##0.00;-£#,##0.00", "d mmm yyyy", "#,##0", "@"
NARROWEST, WIDEST = 10, 60
LONGEST_NAME = 31
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
REPLACEMENT = "\ufffd"
BOLD = Font(bold=True)
WRAPPED = Alignment(wrap_text=True, vertical="top")
TOTAL = Border(top=Side(style="medium"))
CORE = "docProps/core.xml"
WHEN = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Sheet:
    """Rows under headings; `total` stands below them, `formats` are those of columns that somebody will fill in."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] | None = None
    formats: Sequence[str] = ()


def write(sheets: Sequence[Sheet], *, title: str) -> bytes:
    """Return sheets as a workbook.

    Args:
        sheets: in order; names alike are told apart by a number.
        title: what a list of files shows.
    """
    book = Workbook(write_only=True)
    book.properties.creator, book.properties.title = "phb", _writable(title)
    for sheet, name in zip(sheets, _names(sheets), strict=True):
        _write(book.create_sheet(name), sheet)
    file = BytesIO()
    book.save(file)
    return _without_time(file)


def _names(sheets: Sequence[Sheet]) -> list[str]:
    """Return names that a workbook takes: short, without some signs, no two alike."""
    found: list[str] = []
    for sheet in sheets:
        name = NOT_IN_NAMES.sub(" ", sheet.name)[:LONGEST_NAME]
        again = sum(1 for other in found if other.casefold().startswith(name[: LONGEST_NAME - 3].casefold()))
        found.append(f"{name[: LONGEST_NAME - 3]} {again + 1}" if again else name)
    return found


def _write(page: Any, sheet: Sheet) -> None:  # noqa: ANN401 - the library's own sheet, which its stubs do not know
    page.freeze_panes = "A2"
    for place, width in enumerate(_widths(sheet), start=1):
        page.column_dimensions[get_column_letter(place)].width = width
    for place, shown in enumerate(sheet.formats, start=1):
        page.column_dimensions[get_column_letter(place)].number_format = shown
    page.append([_cell(page, heading, font=BOLD) for heading in sheet.headings])
    for row in sheet.rows:
        page.append([_cell(page, cell) for cell in row])
    if sheet.total is not None:
        page.append([_cell(page, cell, font=BOLD, border=TOTAL) for cell in sheet.total])


def _widths(sheet: Sheet) -> Iterator[int]:
    """Yield the width of each column: that of its longest cell, inside limits."""
    rows = [sheet.headings, *sheet.rows, sheet.total or [None] * len(sheet.headings)]
    for column in zip(*rows, strict=True):
        yield min(WIDEST, max(NARROWEST, *(len(say(cell)) + 2 for cell in column)))


def _cell(page: Any, value: Cell, **styles: Any) -> Any:  # noqa: ANN401 - as above; styles of every kind
    """Return a cell of the value's own type."""
    match value:
        case Money():
            cell = _shown(page, value.amount, MONEY)
        case int():
            cell = _shown(page, value, NUMBER)
        case date():
            cell = _shown(page, value, DAY)
        case _:
            cell = _text(page, say(value))
    for name, style in styles.items():
        setattr(cell, name, style)
    return cell


def _shown(page: Any, value: Any, number_format: str) -> Any:  # noqa: ANN401 - as above; the stubs know fewer types
    cell = WriteOnlyCell(page, value)
    cell.number_format = number_format
    return cell


def _text(page: Any, text: str) -> Any:  # noqa: ANN401 - as above
    """Return a text that stays one: also when it looks like a formula, and when somebody edits it."""
    cell = WriteOnlyCell(page, _writable(text) or None)
    if text:
        cell.data_type = "s"
        cell.alignment = WRAPPED
        cell.quotePrefix = guarded(text) != text
    return cell


def _writable(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub(REPLACEMENT, text)


def _without_time(file: BytesIO) -> bytes:
    """Return a workbook without the moment it was made, so that the same sheets are the same bytes."""
    out = BytesIO()
    with ZipFile(file) as made, ZipFile(out, "w", ZIP_DEFLATED) as kept:
        for name in made.namelist():
            part = ZipInfo(name, LONG_AGO)
            part.compress_type = ZIP_DEFLATED
            kept.writestr(part, WHEN.sub(b"", made.read(name)) if name == CORE else made.read(name))
    return out.getvalue()
