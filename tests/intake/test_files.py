"""Files are read whole or refused in a sentence; a row that cannot be read says why."""

import pytest

from phb.intake.files import FileError, HeadingsError, read, write_rows

KNOWN = ["reference", "name", "note"]


def rows(text: str | bytes) -> list[dict[str, str]]:
    """Return the cells of each row."""
    content = text if isinstance(text, bytes) else text.encode()
    return [row.cells for row in read(content, known=KNOWN, needed=["reference", "name"]).rows]


def test_a_csv_file_is_read_with_or_without_a_byte_order_mark() -> None:
    expected = [{"reference": "1", "name": "Ann, “A”"}]
    text = 'reference,name\r\n1,"Ann, “A”"\r\n'
    assert rows(text) == rows(b"\xef\xbb\xbf" + text.encode()) == expected


def test_json_lines_give_the_same_rows() -> None:
    assert rows('{"reference": 1, "name": "Ann", "note": true}\n\n{"reference": 2, "name": "Bo", "note": null}\n') == [
        {"reference": "1", "name": "Ann", "note": "yes"},
        {"reference": "2", "name": "Bo", "note": ""},
    ]


def test_a_number_in_json_keeps_its_digits() -> None:
    assert rows('{"reference": 12.10, "name": {"a": 1, "b": 1.50}}') == [
        {"reference": "12.10", "name": '{"a": 1, "b": "1.50"}'}
    ]


def test_rows_are_numbered_as_a_spreadsheet_does_and_empty_ones_passed_over() -> None:
    table = read(b"reference,name\n1,Ann\n,\n3,Cy\n", known=KNOWN, needed=[])
    assert [row.number for row in table.rows] == [2, 4]


def test_a_short_row_has_empty_cells_and_a_long_one_says_so() -> None:
    table = read(b"reference,name\n1\n2,Bo,Mumbles\n", known=KNOWN, needed=[])
    assert table.rows[0].cells == {"reference": "1", "name": ""}
    assert table.rows[1].fault == (
        "The row has 3 cells under 2 headings. Put a cell with a comma inside quotation marks."
    )


@pytest.mark.parametrize("line", ["[1]", "nonsense", '{"reference": 1'])
def test_a_line_that_is_no_json_object_says_so(line: str) -> None:
    table = read(f'{{"reference": 1, "name": "x"}}\n{line}\n'.encode(), known=KNOWN, needed=[])
    assert "Write one object to a line" in (table.rows[1].fault or "")


def test_wrong_headings_are_named_before_any_row_is_read() -> None:
    with pytest.raises(HeadingsError) as refused:
        read(b"reference,shoe size,reference\n1,2,3\n", known=KNOWN, needed=["reference", "name"])
    assert refused.value.sentence == (
        "The headings do not fit: name is missing; shoe size is not known here; reference is there twice. "
        "Use these: reference, name, note."
    )


@pytest.mark.parametrize("content", [b"", b" \r\n ", b"\xff\xfe", b"PK\x03\x04\x00\x00"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(FileError, match="CSV UTF-8"):
        rows(content)


def test_a_quotation_mark_without_its_pair_is_found() -> None:
    with pytest.raises(FileError, match="quotation mark"):
        rows('reference,name\n1,"Ann" x\n')


def test_rows_written_are_read_back() -> None:
    written = write_rows(["reference", "name"], [{"reference": "1", "name": 'a,"b"\nc', "other": "left out"}])
    assert rows(written) == [{"reference": "1", "name": 'a,"b"\nc'}]
