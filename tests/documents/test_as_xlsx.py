"""A workbook whose amounts can be added up, whose days can be sorted, and in which no text is ever a formula."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from phb.core.money import pounds
from phb.core.period import Period
from phb.documents.as_xlsx import ABOUT, render
from phb.documents.document import Column, Document, Section, Table
from phb.documents.words import Cell
from tests.documents.examples import document, facts, table

KINDS = ("Text", "Sum", "Day", "Days", "Number", "Nothing")


def book(whole: Document) -> Workbook:
    """Return a document as a spreadsheet program opens it."""
    return load_workbook(BytesIO(render(whole)))


def one(cell: Cell) -> Document:
    """Return a document of one cell."""
    return document(table((cell, None)))


def test_each_kind_of_cell_is_of_its_own_type() -> None:
    columns = tuple(Column(name.lower(), name) for name in KINDS)
    period = Period.of_days(date(2026, 4, 1), date(2026, 4, 30))
    sheet = book(
        document(table(("Siân", pounds("-1234.50"), date(2026, 4, 1), period, 1234567, None), columns=columns))
    )["Some rows"]
    assert [cell.value for cell in sheet[1]] == list(KINDS)
    assert [cell.value for cell in sheet[2]] == [
        "Siân",
        -1234.5,
        datetime(2026, 4, 1),  # noqa: DTZ001 - a workbook knows no time zone
        "1 April 2026 to 30 April 2026",
        1234567,
        None,
    ]
    assert [cell.number_format for cell in sheet[2]][1:3] == ["£#,##0.00;-£#,##0.00", "d mmm yyyy"]


@pytest.mark.parametrize("amount", ["0.01", "0.10", "1234567890123.45", "-0.07"])
def test_an_amount_is_written_to_the_penny(amount: str) -> None:
    written = book(document(table(("x", pounds(amount)))))["Some rows"]["B2"].value
    assert Decimal(f"{written:.15g}") == Decimal(amount)  # the digits that a spreadsheet keeps


@pytest.mark.parametrize("text", ["=1+1", "+44 7700 900123", "-5", "@home", "#N/A", "\t=1", " =1", "TRUE", "2/5"])
def test_a_text_stays_a_text(text: str) -> None:
    cell = book(one(text))["Some rows"]["A2"]
    assert (cell.value, cell.data_type) == (text, "s")


@pytest.mark.parametrize(("text", "guarded"), [("=1+1", True), ("+44", True), ("Siân", False)])
def test_a_text_that_looks_like_a_formula_stays_one_when_it_is_edited(text: str, *, guarded: bool) -> None:
    assert bool(book(one(text))["Some rows"]["A2"].quotePrefix) is guarded


def test_headings_stay_in_sight_and_the_total_stands_below() -> None:
    rows = Table("table", "Some rows", table().columns, (("a", pounds("1")),), ("Total", pounds("1")))
    sheet = book(document(rows))["Some rows"]
    assert (sheet.freeze_panes, sheet["A1"].font.b, sheet["A2"].font.b, sheet["A3"].font.b) == ("A2", True, False, True)
    assert [cell.value for cell in sheet[3]] == ["Total", 1]


def test_columns_are_as_wide_as_what_they_hold_within_limits() -> None:
    sheet = book(document(table(("x" * 30, pounds("1")), ("y" * 500, None))))["Some rows"]
    assert (sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width) == (60, 10)
    assert book(one("x" * 30))["Some rows"].column_dimensions["A"].width == 32


def test_what_is_no_row_is_on_the_last_sheet() -> None:
    found = book(document(facts(), table(("a", None)), text="How it was counted."))
    assert found.sheetnames == ["Some rows", ABOUT]
    assert [tuple(cell.value for cell in row) for row in found[ABOUT].iter_rows(min_row=2)] == [
        ("A document", "Reference 1"),
        ("One section", "How it was counted."),
        ("Sum", 1),
    ]


def test_sheets_have_names_that_a_workbook_takes_and_no_two_alike() -> None:
    long = "Payments that came back: [why]/where they went"
    tables = tuple(Table(f"t{number}", long, table().columns, ()) for number in range(3))
    names = book(Document("T", "T", "R", (Section("s", "S", blocks=tables),))).sheetnames
    assert names == [
        "Payments that came back   why  ",
        "Payments that came back   wh 2",
        "Payments that came back   wh 3",
        ABOUT,
    ]


def test_a_sign_that_xml_cannot_hold_is_shown_as_missing() -> None:
    assert book(one("a\x07b"))["Some rows"]["A2"].value == "a\ufffdb"


def test_the_same_document_is_the_same_bytes() -> None:
    whole = document(facts(), table(("a", pounds("1"))))
    assert render(whole) == render(whole)
    with ZipFile(BytesIO(render(whole))) as package:
        assert {part.date_time for part in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"dcterms" not in package.read("docProps/core.xml").replace(b"xmlns:dcterms", b"")
        assert b"A document in full" in package.read("docProps/core.xml")
