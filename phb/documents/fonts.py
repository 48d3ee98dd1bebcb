"""The fonts of every PDF: DejaVu Sans, so that no name loses a letter."""

import unicodedata
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from phb.core.errors import RuleViolationError

ASSETS = Path(__file__).with_name("assets")
REGULAR = "DejaVuSans"
BOLD = "DejaVuSans-Bold"
FONT_FILES = (f"{REGULAR}.ttf", f"{BOLD}.ttf")
RIGHT_TO_LEFT = frozenset({"R", "AL"})


class FontsMissingError(FileNotFoundError):
    """The fonts have not been fetched; a fault of the installation, not of the request."""


class UnwritableTextError(RuleViolationError):
    """A text has a character that a PDF cannot show."""

    code = "text-not-writable-in-pdf"


@cache
def registered(assets: Path = ASSETS) -> dict[str, TTFont]:
    """Make the fonts known to reportlab, once, and return them by name.

    Raises:
        FontsMissingError: they were never fetched.
    """
    found = {}
    for name, file in zip((REGULAR, BOLD), FONT_FILES, strict=True):
        if not (assets / file).is_file():
            raise FontsMissingError(f"The font file {file} is not there. Run `make assets`, which fetches it.")
        found[name] = TTFont(name, str(assets / file))
        pdfmetrics.registerFont(found[name])
    return found


def writable(text: str) -> str:
    """Return a text as the PDF writes it: accents joined to their letters, one space between words.

    Raises:
        UnwritableTextError: a font lacks a character, or the script runs from right to left, which reportlab
            would print in the wrong order.
    """
    joined = unicodedata.normalize("NFC", " ".join(text.split()))
    for character in joined:
        if not _can_show(character):
            raise UnwritableTextError(
                f"A PDF cannot show “{character}” in “{joined}”. Ask for the web page (html), which can, "
                f"or write the text with other characters.",
                character=f"U+{ord(character):04X}",
                text=joined,
            )
    return joined


def width(text: str, font: str, size: float) -> float:
    """Return how wide a text is, in points."""
    return registered()[font].stringWidth(text, size)


@cache
def _can_show(character: str) -> bool:
    if unicodedata.bidirectional(character) in RIGHT_TO_LEFT:
        return False
    return all(ord(character) in font.face.charToGlyph for font in registered().values())
