"""Workbooks made in memory, as spreadsheet programs and others write them."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

SHEET = "xl/worksheets/sheet1.xml"
Change = Callable[[Worksheet], None]


def workbook(*rows: Sequence[Any], change: Change = lambda _sheet: None, title: str = "Sheet1") -> bytes:
    """Return a workbook of one sheet with rows of values, changed before it is saved."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    change(sheet)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """Return a workbook's bytes."""
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(content: bytes, name: str, edit: Callable[[bytes], bytes]) -> bytes:
    """Return a package with one of its parts edited, or added where it was not there."""
    out = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        parts = {part: old.read(part) for part in old.namelist()}
        for part, data in (parts | {name: edit(parts.get(name, b""))}).items():
            new.writestr(part, data)
    return out.getvalue()


def with_results(content: bytes, results: dict[str, str]) -> bytes:
    """Return a workbook whose formulas have results, as a spreadsheet program saves them."""

    def fill(sheet: bytes) -> bytes:
        for formula, result in results.items():
            sheet = sheet.replace(
                f"<f>{formula}</f><v />".encode(), f"<f>{formula}</f><v>{result}</v>".encode()
            ).replace(f"<f>{formula}</f><v></v>".encode(), f"<f>{formula}</f><v>{result}</v>".encode())
        return sheet

    return with_part(content, SHEET, fill)
