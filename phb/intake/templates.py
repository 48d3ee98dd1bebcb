"""Files to fill in: the headings of a kind, and what to put under each, from the same columns that are checked."""

from collections.abc import Iterator, Sequence
from typing import Any

from phb.documents import workbook
from phb.documents.formats import Format
from phb.documents.workbook import Sheet
from phb.intake.columns import Heading
from phb.intake.files import write_rows
from phb.intake.importing import Kind

NOTES = "What to put in each column"
NOTE_HEADINGS = ("Column", "What it is", "What it holds", "Needed", "Example")
# A day stays a day wherever the program stands; anything else that is no sum or count keeps the noughts in front.
FORMATS = {"a date, 2026-04-01": "yyyy-mm-dd", "pounds and pence, 125.50": "0.00", "a whole number": "0"}


def as_csv(kind: Kind[Any]) -> bytes:
    """Return the line of headings, with the mark that lets Excel keep letters with accents."""
    return write_rows([heading.name for heading in kind.headings], []).encode("utf-8-sig")


def as_workbook(kind: Kind[Any]) -> bytes:
    """Return a sheet to fill in, which is the one that is read, and one that says what goes into each column."""
    found = kind.headings
    names = [heading.name for heading in found]
    rows = Sheet(kind.name, names, (), formats=[FORMATS.get(heading.kind, workbook.TEXT) for heading in found])
    notes = Sheet(NOTES, NOTE_HEADINGS, list(_notes(found)))
    return workbook.write([rows, notes], title=f"{kind.title}: a file to fill in")


TEMPLATE_FORMATS: dict[str, Format[Kind[Any]]] = {
    "csv": Format(as_csv, "text/csv; charset=utf-8", ".csv"),
    "xlsx": Format(as_workbook, workbook.MEDIA_TYPE, ".xlsx"),
}


def _notes(found: Sequence[Heading], *, inside: str = "") -> Iterator[tuple[str, ...]]:
    """Yield a line for each column, and after a list those of each of its objects."""
    for heading in found:
        name = f"{inside}{heading.name}"
        yield name, heading.meaning, heading.kind, "yes" if heading.required else "", heading.example
        yield from _notes(heading.parts, inside=f"{name}[].")
