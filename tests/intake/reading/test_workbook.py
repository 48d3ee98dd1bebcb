"""A workbook gives the rows that its sheet shows, or a sentence."""

from contextlib import suppress
from datetime import date, datetime, time
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from phb.intake.files import FileError, HeadingsError, Table, read
from phb.intake.reading.sheet_marks import MOST_MERGED
from tests.intake.reading.workbooks import SHEET, saved, with_part, with_results, workbook

KNOWN = ["reference", "name", "on", "amount"]
HEADINGS = ("reference", "name")


def table(content: bytes, name: str = "people") -> Table:
    """Return what is read of a workbook."""
    return read(content, known=KNOWN, needed=["reference"], name=name)


def rows(content: bytes) -> list[dict[str, str]]:
    """Return the cells of each row."""
    return [row.cells for row in table(content).rows]


def faults(content: bytes) -> dict[int, str | None]:
    """Return why each row cannot be taken, by its number."""
    return {row.number: row.fault for row in table(content).rows}


def shown_as(number_format: str, value: Any) -> str:
    """Return what is read of a value that is shown in a format."""

    def show(sheet: Worksheet) -> None:
        sheet["B2"].number_format = number_format

    return rows(workbook(HEADINGS, ("1", value), change=show))[0]["name"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  Siân ", "  Siân "),
        ("007", "007"),
        (None, ""),
        (3, "3"),
        (9990000026, "9990000026"),
        (125.5, "125.5"),
        (0.1 + 0.2, "0.3"),
        (-40.25, "-40.25"),
        (1e14, "100000000000000"),
        (True, "yes"),
        (False, "no"),
        (date(2026, 4, 1), "2026-04-01"),
        (datetime(2026, 4, 1), "2026-04-01"),  # noqa: DTZ001 - a workbook knows no time zone
        (datetime(2026, 4, 1, 9, 30), "2026-04-01T09:30:00"),  # noqa: DTZ001 - the same
        (time(9, 30), "09:30:00"),
    ],
)
def test_a_value_is_read_as_a_csv_file_would_hold_it(value: Any, text: str) -> None:
    assert rows(workbook(HEADINGS, ("1", value))) == [{"reference": "1", "name": text}]


@pytest.mark.parametrize(
    ("number_format", "value", "text"),
    [
        ("000000", 89999, "089999"),
        ("00-00-00", 89999, "08-99-99"),
        ('00"-"00"-"00', 89999, "08-99-99"),
        ("00\\-00\\-00", 89999, "08-99-99"),
        ("000 000 0000", 9990000026, "999 000 0026"),
        ("00", 123, "123"),
        ("0%", 0.4, "40%"),
        ("0.00", 1.005, "1.005"),
        ("#,##0.00", 1234.5, "1234.5"),
        ("£#,##0.00", 1234.5, "1234.5"),
    ],
)
def test_noughts_and_signs_that_a_format_shows_are_read_and_nothing_is_rounded(
    number_format: str, value: Any, text: str
) -> None:
    assert shown_as(number_format, value) == text


def test_a_formula_counts_as_its_saved_result() -> None:
    content = workbook(HEADINGS, ("1", "=1+1"), ("2", '=IF(1=2,"x","")'))
    content = with_results(content, {"1+1": "2"})
    content = with_part(content, SHEET, lambda sheet: sheet.replace(b'<c r="B3">', b'<c r="B3" t="str">'))
    assert rows(content) == [{"reference": "1", "name": "2"}, {"reference": "2", "name": ""}]
    assert faults(content) == {2: None, 3: None}


def test_a_formula_without_a_result_says_so() -> None:
    found = faults(workbook(HEADINGS, ("1", "=1+1"), ("2", "Bo")))
    assert found == {
        2: "Cell B2 holds a formula whose result was not saved. Open the file in a spreadsheet program, save it there "
        "and send it again.",
        3: None,
    }


def test_an_error_in_a_cell_says_so() -> None:
    assert faults(workbook(HEADINGS, ("1", "#N/A"))) == {2: "Cell B2 shows the error #N/A. Mend it in the spreadsheet."}


def test_a_number_longer_than_a_spreadsheet_keeps_says_how_to_write_it() -> None:
    fault = faults(workbook(HEADINGS, (1234567890123456, "Ann")))[2] or ""
    assert fault.startswith("Cell A2 holds a number of more than 15 digits")
    assert "Set the column to text" in fault


def test_a_hidden_row_is_given_back_and_an_empty_one_is_not() -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.row_dimensions[4].hidden = True
        sheet.row_dimensions[4].height = 20

    found = faults(workbook(HEADINGS, ("1", "Ann"), ("2", "Bo"), change=hide))
    assert list(found) == [2, 3]
    assert found[2] is None
    assert "hidden" in (found[3] or "")


def test_rows_of_merged_cells_are_given_back() -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("B2:B3")

    found = faults(workbook(HEADINGS, ("1", "Ann"), ("2", None), ("3", "Cy"), change=merge))
    assert [number for number, fault in found.items() if fault] == [2, 3]
    assert "Cells B2:B3 are merged" in (found[3] or "")


def test_very_many_merged_cells_are_one_sentence() -> None:
    def merge(sheet: Worksheet) -> None:
        for row in range(2, MOST_MERGED + 3):
            sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)

    with pytest.raises(FileError, match="more than 100 merged cells"):
        table(workbook(HEADINGS, ("1", "Ann"), change=merge))


def test_rows_keep_the_numbers_that_the_spreadsheet_shows() -> None:
    found = table(workbook((), HEADINGS, ("1", "Ann"), (), ("2", "Bo"), ("3", None, "x")))
    assert [row.number for row in found.rows] == [3, 5, 6]
    assert found.rows[2].fault == "The row has 3 cells under 2 headings. Empty the cells beyond the last heading."


def test_the_sheet_named_for_the_kind_is_read_and_else_the_first_that_is_shown() -> None:
    book = Workbook()
    hidden, first, named = book.worksheets[0], book.create_sheet("Mine"), book.create_sheet("People")
    hidden.sheet_state = "hidden"
    for sheet, name in ((hidden, "hidden"), (first, "first"), (named, "named")):
        sheet.append(HEADINGS)
        sheet.append(["1", name])
    found = table(saved(book))
    assert ([row.cells["name"] for row in found.rows], found.notes) == (["named"], [])
    other = table(saved(book), name="claims")
    assert [row.cells["name"] for row in other.rows] == ["first"]
    assert other.notes == [
        "The workbook has 2 sheets, and the first was read. To have another one read, name it “claims”."
    ]


def test_a_workbook_with_nothing_to_see_is_refused() -> None:
    book = Workbook()
    with pytest.raises(FileError, match="The sheet is empty"):
        table(saved(book))
    book.create_sheet("Also").sheet_state = "hidden"
    content = with_part(saved(book), "xl/workbook.xml", lambda xml: xml.replace(b'state="visible"', b'state="hidden"'))
    with pytest.raises(FileError, match="Every sheet of the workbook is hidden"):
        table(content)


def test_headings_are_checked_as_in_any_file() -> None:
    with pytest.raises(HeadingsError, match="reference is missing; shoe size is not known here"):
        table(workbook(("shoe size",), (9,)))


def test_a_wrong_size_written_by_another_program_hides_no_row() -> None:
    content = with_part(
        workbook(HEADINGS, ("1", "Ann"), ("2", "Bo")),
        SHEET,
        lambda sheet: sheet.replace(b'<dimension ref="A1:B3" />', b'<dimension ref="A1" />'),
    )
    assert len(rows(content)) == 2


OLD = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (OLD, r"old Excel file \(\.xls\). Save it as an Excel workbook"),
        (OLD + "EncryptedPackage".encode("utf-16-le"), "has a password. Save it without one"),
        (workbook(HEADINGS, ("1", "Ann"))[:-700], "only part of it arrived"),
        (workbook(HEADINGS, ("1", "Ann"))[:40], "only part of it arrived"),
        (with_part(workbook(HEADINGS), SHEET, lambda xml: xml[:-200]), "is damaged"),
        (with_part(workbook(HEADINGS), SHEET, lambda xml: b"<!DOCTYPE x []>" + xml), "no spreadsheet program writes"),
        (with_part(workbook(HEADINGS), "xl/media/x.png", lambda _: bytes(65 * 1024**2)), "larger than 64 MB"),
        (with_part(workbook(HEADINGS), SHEET, lambda xml: xml.replace(b'r="1"', b'r="99999999"')), "not numbered"),
        (workbook(["x"] * 202, ["1"] * 202), "more than 200 columns"),
    ],
    ids=["old", "encrypted", "without its end", "its beginning", "cut", "doctype", "bomb", "numbering", "columns"],
)
def test_what_is_no_whole_workbook_is_refused_with_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(FileError, match=said):
        table(content)


def test_another_zip_is_no_workbook() -> None:
    out = BytesIO()
    with ZipFile(out, "w") as package:
        package.writestr("content.xml", "<office/>")
    with pytest.raises(FileError, match="This is no Excel workbook"):
        table(out.getvalue())


def test_a_zip_with_a_password_is_refused() -> None:
    content = bytearray(workbook(HEADINGS))
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    with pytest.raises(FileError, match="has a password"):
        table(bytes(content))


def test_a_package_of_very_many_parts_is_refused() -> None:
    out = BytesIO(workbook(HEADINGS))
    with ZipFile(out, "a") as package:
        for number in range(1000):
            package.writestr(f"xl/{number}", "")
    with pytest.raises(FileError, match="larger than 64 MB"):
        table(out.getvalue())


WHOLE = workbook(HEADINGS, ("1", "Ann"), ("2", date(2026, 4, 1)), ("3", "=1+1"))


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255), st.integers(0, len(WHOLE)))
def test_a_damaged_workbook_is_read_or_refused_and_never_an_accident(place: int, byte: int, cut: int) -> None:
    damaged = WHOLE[:place] + bytes([byte]) + WHOLE[place + 1 :]
    for content in (damaged, WHOLE[:cut]):
        with suppress(FileError, HeadingsError):
            assert table(content).rows is not None


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.data())
def test_damaged_parts_of_a_workbook_are_read_or_refused(data: st.DataObject) -> None:
    with ZipFile(BytesIO(WHOLE)) as package:
        part = data.draw(st.sampled_from(package.namelist()))
        size = len(package.read(part))
    place, piece = data.draw(st.integers(0, size - 1)), data.draw(st.binary(max_size=6))
    content = with_part(WHOLE, part, lambda xml: xml[:place] + piece + xml[place + len(piece) :])
    with suppress(FileError, HeadingsError):
        assert table(content).rows is not None
