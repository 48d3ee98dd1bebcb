"""A template of every kind has the headings that are checked, and says what to put under them."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from phb.intake.importing import read_table
from phb.intake.kinds import KINDS
from phb.intake.templates import NOTES, TEMPLATE_FORMATS
from tests.intake.conftest import Office, changed


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("name", sorted(TEMPLATE_FORMATS))
def test_a_template_is_read_back_as_a_file_without_rows(kind: str, name: str) -> None:
    table = read_table(KINDS[kind], TEMPLATE_FORMATS[name].render(KINDS[kind]))
    assert (list(table.headings), list(table.rows), list(table.notes)) == (
        [heading.name for heading in KINDS[kind].headings],
        [],
        [],
    )


def test_a_workbook_says_what_to_put_in_each_column_and_in_each_object_of_a_list() -> None:
    book = load_workbook(BytesIO(TEMPLATE_FORMATS["xlsx"].render(KINDS["invoices"])))
    assert book.sheetnames == ["invoices", NOTES]
    notes = {row[0]: row[1:] for row in book[NOTES].iter_rows(min_row=2, values_only=True)}
    assert notes["reference"] == ("the provider's own number", "text", "yes", "LK-2026-0417")
    assert notes["pay_by"][2] is None
    assert notes["lines[].amount"] == ("what it comes to", "pounds and pence, 125.50", "yes", "1270.00")


def test_columns_of_codes_keep_their_noughts_and_days_stay_days() -> None:
    sheet = load_workbook(BytesIO(TEMPLATE_FORMATS["xlsx"].render(KINDS["payees"])))["payees"]
    assert [sheet["C1"].value, sheet["D1"].value] == ["sort_code", "account_number"]
    assert [sheet.column_dimensions[letter].number_format for letter in "CD"] == ["@", "@"]
    people = load_workbook(BytesIO(TEMPLATE_FORMATS["xlsx"].render(KINDS["people"])))["people"]
    assert people.column_dimensions["D"].number_format == "yyyy-mm-dd"
    assert people.freeze_panes == "A2"


def test_a_template_that_was_filled_in_is_imported(office: Office) -> None:
    book = load_workbook(BytesIO(TEMPLATE_FORMATS["xlsx"].render(KINDS["organisations"])))
    book["organisations"].append(["ORG-09", "provider", "Larkfield Care", date(2025, 4, 1)])
    out = BytesIO()
    book.save(out)
    assert changed(office.good("organisations", "ada", out.getvalue())) == {"added": 1}
