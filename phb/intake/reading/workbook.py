"""The sheet of an Excel workbook (.xlsx) that holds the rows: its saved values, as text."""

import re
import warnings
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.exceptions import InvalidFileException

from phb.intake.reading.cells import read_cell
from phb.intake.reading.sheet_marks import Marks, marks_of
from phb.intake.reading.table import FileError, Line, Table, table_of

ZIP = b"PK\x03\x04"
OLD = bytes.fromhex("d0cf11e0a1b11ae1")  # .xls, and any workbook with a password
PASSWORD = "EncryptedPackage".encode("utf-16-le")
LOCKED = 1
DOCTYPE = re.compile(b"<\0?!\0?D\0?O\0?C\0?T\0?Y\0?P\0?E")
LARGEST_UNPACKED = 64 * 1024 * 1024
MOST_PARTS = 1000
MOST_COLUMNS = 200
NOTHING = ("", None)
# What the library and the two below it raise over a file that is not as it should be.
DAMAGED = (
    ArithmeticError,
    AttributeError,
    BadZipFile,
    EOFError,
    InvalidFileException,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zlib.error,
)

SEND_AGAIN = "Send it again, or save it as “CSV UTF-8” and send that."


def is_workbook(content: bytes) -> bool:
    """Say whether a file begins as a workbook of any age does."""
    return content.startswith((ZIP, OLD))


def read(content: bytes, name: str) -> Table:
    """Return the rows of the sheet of a name, whatever its case, or of the first one that is not hidden.

    Raises:
        FileError: it is no workbook, locked, damaged, too large, or has nothing in it.
    """
    if content.startswith(OLD):
        raise _old(content)
    try:
        with warnings.catch_warnings(action="ignore"), ZipFile(BytesIO(content)) as package:
            _check(package)
            return _rows(content, package, name)
    except DAMAGED as error:
        raise FileError(
            "This begins like an Excel workbook and cannot be read: it is damaged, or only part of it arrived. "
            f"{SEND_AGAIN}"
        ) from error


def _old(content: bytes) -> FileError:
    if PASSWORD in content:
        return FileError("This workbook has a password. Save it without one and send it again.")
    return FileError("This is an old Excel file (.xls). Save it as an Excel workbook (.xlsx) or as CSV, and send that.")


def _check(package: ZipFile) -> None:
    """Refuse a package that is no workbook, is locked, or would fill the memory once unpacked."""
    parts = package.infolist()
    if any(part.flag_bits & LOCKED for part in parts):
        raise FileError("This file has a password. Save it without one and send it again.")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise FileError(
            f"Unpacked, this workbook is larger than {LARGEST_UNPACKED // 1024**2} MB. Delete the sheets and pictures "
            "that are not needed, or send the rows in several files."
        )
    if "xl/workbook.xml" not in package.namelist():
        raise FileError("This is no Excel workbook (.xlsx). Save the sheet as one, or as “CSV UTF-8”, and send that.")
    if any(DOCTYPE.search(package.read(part)) for part in parts):
        raise FileError(f"This workbook holds what no spreadsheet program writes. {SEND_AGAIN}")


def _rows(content: bytes, package: ZipFile, name: str) -> Table:
    reader = ExcelReader(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    with reader.archive:
        reader.read()
        sheet, notes = _sheet(reader, name)
        paths = {found.name: part.target for found, part in reader.parser.find_sheets()}
        with package.open(paths[sheet.title]) as xml:
            marks = marks_of(xml)
        sheet.reset_dimensions()  # which some programs write wrongly
        lines = list(_lines(sheet.iter_rows(max_col=MOST_COLUMNS + 1), marks))
    if not lines:
        raise FileError("The sheet is empty. Look whether the rows are in another one, and put that one first.")
    headings, *rest = lines
    return table_of(headings.cells, rest, too_many="Empty the cells beyond the last heading.", notes=notes)


def _sheet(reader: ExcelReader, name: str) -> tuple[Any, list[str]]:
    """Return the sheet of a name, or else the first one that is shown, and what its sender should know."""
    sheets = reader.wb.worksheets
    named = next((sheet for sheet in sheets if sheet.title.casefold() == name), None)
    if named is not None:
        return named, []
    shown = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    if not shown:
        raise FileError("Every sheet of the workbook is hidden. Show the one with the rows and send it again.")
    many = f"The workbook has {len(shown)} sheets, and the first was read. To have another one read, name it “{name}”."
    return shown[0], [many] if len(shown) > 1 else []


def _lines(rows: Iterator[Sequence[Any]], marks: Marks) -> Iterator[Line]:
    """Yield each row that holds anything."""
    for number, row in enumerate(rows, start=1):
        read = [NOTHING if cell.value is None else read_cell(cell) for cell in row]
        texts = [text for text, _ in read]
        fault = next((fault for _, fault in read if fault), None) or marks.without_result(number)
        if not fault and not any(map(str.strip, texts)):
            continue
        if texts[MOST_COLUMNS:] and texts[MOST_COLUMNS]:
            raise FileError(f"The sheet has more than {MOST_COLUMNS} columns. Look whether it is the right one.")
        yield Line(number, texts, fault or marks.fault(number))
