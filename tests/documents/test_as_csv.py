"""CSV that a spreadsheet opens as what it is."""

import csv
import io
from datetime import date

import pytest

from phb.core.money import pounds
from phb.core.period import Period
from phb.documents.as_csv import HEADINGS, guarded, render
from tests.documents.examples import NOTE, SUM, document, facts, table

WIDE_EQUALS = "\uff1d"


def lines(file: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", f"{WIDE_EQUALS}"])
def test_a_text_that_could_be_a_formula_is_kept_a_text(start: str) -> None:
    file = render(document(table((f"{start}HYPERLINK(1)", pounds("1.00")))))
    assert lines(file)[1]["item"] == f"'{start}HYPERLINK(1)"


@pytest.mark.parametrize("text", ["Siân's wages", "5 - 3 visits", "a=b", ""])
def test_any_other_text_is_left_alone(text: str) -> None:
    assert guarded(text) == text


def test_every_place_for_text_is_guarded() -> None:
    columns = (NOTE, NOTE, SUM)
    file = render(document(facts("=label"), table(("=a", "=b", pounds("1")), columns=columns), text="=paragraph"))
    for line in lines(file):
        assert not any(cell.startswith("=") for cell in line.values())


def test_negative_amounts_stay_numbers() -> None:
    line = lines(render(document(table(("credit", pounds("-1234.50"))))))[1]
    assert (line["amount"], line["currency"]) == ("-1234.50", "GBP")


def test_headings_are_stable_and_the_file_opens_in_a_spreadsheet() -> None:
    file = render(document())
    assert file.startswith(b"\xef\xbb\xbf")
    assert file.decode("utf-8-sig").split("\r\n")[0] == ",".join(HEADINGS)
    assert HEADINGS == (
        "section", "about", "table", "item", "on", "first_day", "last_day", "detail", "figure", "amount", "currency",
    )  # fmt: skip


def test_what_describes_a_row_stands_on_each_of_its_figures() -> None:
    period = Period.of_days(date(2026, 4, 1), date(2026, 4, 28))
    row = (date(2026, 4, 2), "instalment 1", period, "seen", pounds("5"), pounds("7"))
    columns = (NOTE, NOTE, NOTE, NOTE, SUM, SUM)
    for line, amount in zip(lines(render(document(table(row, columns=columns))))[1:], ("5.00", "7.00"), strict=True):
        assert line == {
            "section": "one",
            "about": "",
            "table": "table",
            "item": "instalment 1",
            "on": "2026-04-02",
            "first_day": "2026-04-01",
            "last_day": "2026-04-28",
            "detail": "seen",
            "figure": "sum",
            "amount": amount,
            "currency": "GBP",
        }


def test_paragraphs_have_lines_of_their_own() -> None:
    line = lines(render(document(text="Write to us.")))[0]
    assert (line["item"], line["detail"]) == ("One section", "Write to us.")


def test_a_number_stands_with_what_describes_its_row() -> None:
    line = lines(render(document(table(("people", pounds("1"), 1234), columns=(NOTE, SUM, NOTE)))))[1]
    assert (line["item"], line["detail"], line["amount"]) == ("people", "1,234", "1.00")
