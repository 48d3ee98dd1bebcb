"""Texts that a PDF can show, and those that it must not print in silence."""

from pathlib import Path

import pytest

from phb.documents.fonts import FontsMissingError, UnwritableTextError, registered, writable


def test_welsh_polish_and_vietnamese_letters_are_written() -> None:
    assert writable("Siân Ŵŷn-Źłow ễ") == "Siân Ŵŷn-Źłow ễ"


def test_accents_join_their_letters_and_spaces_become_one() -> None:
    assert writable("Sia\u0302n \n\tW\u0302") == "Siân Ŵ"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Taxi \U0001f9bd home", "U+1F9BD"),
        ("漢字", "U+6F22"),
        ("שלום", "U+05E9"),
        ("a\x00b", "U+0000"),
    ],
)
def test_a_character_without_a_letter_shape_is_refused_with_a_way_out(text: str, code: str) -> None:
    with pytest.raises(UnwritableTextError, match=r"A PDF cannot show .* web page \(html\)") as refused:
        writable(text)
    assert refused.value.facts["character"] == code


def test_missing_fonts_say_how_to_fetch_them(tmp_path: Path) -> None:
    with pytest.raises(FontsMissingError, match="make assets"):
        registered(tmp_path)
