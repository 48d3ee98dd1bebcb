"""A list is a document of one section, and as CSV one line for each row."""

import csv
import io
from datetime import date

import pytest

from phb.core.money import pounds
from phb.core.period import Period
from phb.documents.as_list import NoTableError, list_of, render
from phb.documents.document import Column, Table
from phb.documents.formats import LIST_FORMATS
from tests.documents.examples import document, facts, table

COLUMNS = (Column("text", "Text"), Column("sum", "Sum", numeric=True), Column("day", "Day"), Column("many", "Many"))
ROWS = (("Siân; =1", pounds("-1234.5"), date(2026, 4, 1), 1234), ("=1+1", None, None, None))
TABLE = Table("table", "Some rows", COLUMNS, ROWS, ("Total", pounds("-1234.5"), None, 1234))


def lines(content: bytes) -> list[list[str]]:
    """Return the cells of each line."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_each_row_is_a_line_under_stable_names_and_the_total_is_left_out() -> None:
    assert lines(render(list_of(TABLE, about="Northvale"))) == [
        ["text", "sum", "day", "many"],
        ["Siân; =1", "-1234.50", "2026-04-01", "1234"],
        ["'=1+1", "", "", ""],
    ]


def test_the_file_opens_in_a_spreadsheet() -> None:
    content = render(list_of(TABLE, about="Northvale"))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 3


def test_days_of_a_period_are_said_in_one_cell() -> None:
    row = (Period.of_days(date(2026, 4, 1), date(2026, 4, 30)), None)
    assert lines(render(document(table(row))))[1] == ["1 April 2026 to 30 April 2026", ""]


def test_the_first_table_of_a_report_is_its_list() -> None:
    assert lines(render(document(facts(), table(("a", None)), table(("b", None))))) == [["note", "sum"], ["a", ""]]
    with pytest.raises(NoTableError):
        render(document(facts()))


def test_a_list_says_whose_it_is_and_what_to_know() -> None:
    found = list_of(TABLE, about="Northvale, at the end of 1 April 2026", notes=("Read with care.",))
    assert (found.title, found.reference) == ("Some rows", "Northvale, at the end of 1 April 2026")
    assert found.full_title == "Some rows: Northvale, at the end of 1 April 2026"
    assert found.sections[0].paragraphs == ("Read with care.",)


@pytest.mark.parametrize(("name", "starts"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_every_list_comes_in_every_format_and_always_the_same(name: str, starts: bytes) -> None:
    form = LIST_FORMATS[name]
    content = form.render(list_of(TABLE, about="Northvale"))
    assert content.startswith(starts)
    assert form.suffix == f".{name}"
    assert content == form.render(list_of(TABLE, about="Northvale"))
