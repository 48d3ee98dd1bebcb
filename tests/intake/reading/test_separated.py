"""Rows with commas, semicolons or tabs are told apart by their headings; a file cut off is refused whole."""

import pytest

from phb.intake.files import FileError, HeadingsError, Table, read

KNOWN = ["reference", "name", "note"]
ROW = {"reference": "1", "name": "Ann", "note": "a; b, c"}


def table(text: str) -> Table:
    """Return what is read of a text."""
    return read(text.encode(), known=KNOWN, needed=["reference"])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_separator_is_found_by_the_headings(separator: str, end: str) -> None:
    lines = [["reference", "name", "note"], ["1", "Ann", '"a; b, c"']]
    text = "".join(separator.join(line) + end for line in lines)
    assert [row.cells for row in table(text).rows] == [ROW]


def test_a_separator_that_the_file_names_itself_is_used() -> None:
    found = table("sep=;\r\nreference;name\r\n1;Ann\r\n")
    assert [(row.number, row.cells["name"]) for row in found.rows] == [(2, "Ann")]
    assert [row.cells["name"] for row in table('"sep=|"\nreference|name\n1|Ann\n').rows] == ["Ann"]


def test_a_file_that_only_names_its_separator_has_no_headings() -> None:
    with pytest.raises(HeadingsError, match="reference is missing"):
        table("sep=;\n")


def test_empty_columns_on_the_right_are_passed_over() -> None:
    found = table("reference,name,,\n1,Ann,,\n2,Bo,,,,\n")
    assert [row.cells for row in found.rows] == [{"reference": "1", "name": "Ann"}, {"reference": "2", "name": "Bo"}]
    assert [row.fault for row in found.rows] == [None, None]


def test_too_many_cells_say_what_to_do_with_the_separator() -> None:
    fault = table("reference;name\n1;Ann;Mumbles\n").rows[0].fault
    assert fault == "The row has 3 cells under 2 headings. Put a cell with a semicolon inside quotation marks."


def test_remarks_are_passed_over() -> None:
    found = table('#row,#reason,reference\n7,"no, because",1\n')
    assert (found.headings, found.rows[0].cells) == (["reference"], {"reference": "1"})


def test_an_apostrophe_against_formulas_is_taken_off_and_no_other() -> None:
    found = table("reference,name,note\n1,'=1+1,'s-Gravenhage\n")
    assert found.rows[0].cells == {"reference": "1", "name": "=1+1", "note": "'s-Gravenhage"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('reference,name,note\n1,Ann,x\n2,"Bo', "quotation mark without its pair; if there is none, only part"),
        ("reference,name,note\n1,Ann,x\n2,B", "stops in its last row, which has 2 cells under 3 headings"),
        ('{"reference": "1"}\n{"refer', "stops in the middle of line 2"),
    ],
)
def test_a_file_of_which_only_part_arrived_is_refused_whole(text: str, said: str) -> None:
    with pytest.raises(FileError, match=said):
        table(text)


def test_a_whole_last_row_needs_no_line_break() -> None:
    assert len(table("reference,name\n1,Ann\n2,Bo").rows) == 2


def test_very_many_wrong_headings_are_not_all_named() -> None:
    with pytest.raises(HeadingsError, match="and 290 more are not known here") as refused:
        table(",".join(f"column {number}" for number in range(300)) + "\n")
    assert len(str(refused.value)) < 500
