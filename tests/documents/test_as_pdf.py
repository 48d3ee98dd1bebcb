"""What a PDF says of itself, and how tables behave on paper."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from phb.core.money import pounds
from phb.documents.as_pdf import render
from phb.documents.document import Column, Document
from phb.documents.fonts import UnwritableTextError
from phb.documents.pdf_styles import LARGE_PRINT, ORDINARY_PRINT, Sizes
from tests.documents.examples import NOTE, SUM, document, facts, table

WIDE = tuple(Column(f"c{number}", f"Column {number}") for number in range(5))


def read(whole: Document, sizes: Sizes = ORDINARY_PRINT) -> PdfReader:
    return PdfReader(io.BytesIO(render(whole, sizes)))


def texts(whole: Document, sizes: Sizes = ORDINARY_PRINT) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in read(whole, sizes).pages]


def test_it_names_its_language_and_title_and_shows_the_title() -> None:
    file = read(document())
    root: Any = file.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert file.metadata is not None
    assert file.metadata.title == "A document in full"


def test_its_headings_are_an_outline() -> None:
    file = read(document(facts()))
    titles = [entry.title for entry in file.outline if not isinstance(entry, list)]
    assert titles == ["One section"]


def test_every_font_is_embedded() -> None:
    for page in read(document(facts())).pages:
        fonts: Any = page["/Resources"]
        for font in fonts["/Font"].values():
            described = font.get_object()["/FontDescriptor"]
            assert "DejaVuSans" in described["/FontName"]
            assert "/FontFile2" in described


def test_a_long_table_repeats_its_caption_and_headings_on_every_page() -> None:
    pages = texts(document(table(*((f"note {number}", pounds("1.00")) for number in range(90)))))
    assert len(pages) > 2
    assert all("Some rows Note Sum" in page for page in pages)
    assert [f"Reference 1 Page {number} of {len(pages)}" in page for number, page in enumerate(pages, 1)] == [
        True
    ] * len(pages)


def test_a_table_too_wide_for_large_print_becomes_a_list() -> None:
    row = tuple(f"content {number}" for number in range(5))
    whole = document(table(row, columns=WIDE))
    assert "content 0 content 1 content 2" in texts(whole)[0]
    assert "content 0 Column 1: content 1 Column 2: content 2" in texts(whole, LARGE_PRINT)[0]


def test_one_very_long_word_is_broken_rather_than_run_off_the_page() -> None:
    word = "m" * 300
    for sizes in (ORDINARY_PRINT, LARGE_PRINT):
        whole = document(facts(value=word), table((word, pounds("1.00"))))
        assert "".join("".join(texts(whole, sizes)).split()).count("m" * 100) >= 1


def test_a_text_longer_than_a_page_goes_on_over_the_next() -> None:
    story = " ".join(f"word{number}" for number in range(3000))
    for sizes in (ORDINARY_PRINT, LARGE_PRINT):
        pages = " ".join(texts(document(table((story, "b", pounds("1.00")), columns=(NOTE, NOTE, SUM))), sizes))
        assert "word0 " in pages
        assert "word2999" in pages


def test_text_is_never_taken_for_markup() -> None:
    assert "<b>1 & 2</b>" in texts(document(text="<b>1 & 2</b>"))[0]


@pytest.mark.parametrize(
    "whole",
    [
        document(text="\U0001f9bd"),
        document(facts(label="\U0001f9bd")),
        document(facts(value="\U0001f9bd")),
        document(table(("\U0001f9bd", pounds("1.00")))),
        document(table(*[("\U0001f9bd",) * 5], columns=WIDE)),
    ],
)
def test_a_character_that_the_font_lacks_is_refused_wherever_it_stands(whole: Document) -> None:
    for sizes in (ORDINARY_PRINT, LARGE_PRINT):
        with pytest.raises(UnwritableTextError):
            render(whole, sizes)
