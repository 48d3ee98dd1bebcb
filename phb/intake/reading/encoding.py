"""The text of a file in the encodings that spreadsheets write: UTF-8, UTF-16 with its mark, Windows-1252."""

import codecs
import re

from phb.intake.reading.table import FileError

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
LEGACY = "cp1252"
# Hardly ever found in a text of another encoding: so such a text was UTF-8 once, and is damaged.
UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")

READ_AS_LEGACY = (
    "The file is not UTF-8, so it was read as Windows-1252. Look whether letters with accents came out right; if not, "
    "save it as “CSV UTF-8” and send that."
)
SAVE_AGAIN = "Save it as “CSV UTF-8” or as an Excel workbook (.xlsx) and send it again."


def decode(content: bytes) -> tuple[str, list[str]]:
    """Return the text of a file, and what its sender should know of how it was read.

    Raises:
        FileError: it is no text, or empty.
    """
    marked = next((encoding for mark, encoding in MARKS.items() if content.startswith(mark)), None)
    try:
        text, notes = content.decode(marked or "utf-8"), []
    except UnicodeDecodeError as error:
        if marked or UTF8_LETTER.search(content):
            raise _broken() from error
        text, notes = _legacy(content), [READ_AS_LEGACY]
    if "\0" in text or not text.strip():
        raise FileError(f"The file is empty or is no text. {SAVE_AGAIN}")
    return text, notes


def _legacy(content: bytes) -> str:
    try:
        return content.decode(LEGACY)
    except UnicodeDecodeError as error:
        raise FileError(f"The file is no text that can be read. {SAVE_AGAIN}") from error


def _broken() -> FileError:
    return FileError(f"Some letters of the file are broken: it is damaged, or only part of it arrived. {SAVE_AGAIN}")
