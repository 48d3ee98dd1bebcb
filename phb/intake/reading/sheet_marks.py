"""What a sheet's own XML says that its values do not: rows hidden, cells merged, formulas without a result."""

import re
from dataclasses import dataclass, field
from typing import IO
from xml.etree.ElementTree import Element, iterparse

from openpyxl.utils import range_boundaries

from phb.intake.reading.table import FileError

LAST_ROW = 1_048_576  # of any spreadsheet program
MOST_MERGED = 100
HIDDEN = {"1", "true"}
TEXT = "str"


@dataclass
class Marks:
    """Rows by number; merged cells as first row, last row and place."""

    hidden: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, str]] = field(default_factory=list)
    unsaved: dict[int, str] = field(default_factory=dict)

    def without_result(self, number: int) -> str | None:
        """Return that a formula of a row has no result, or None."""
        if number not in self.unsaved:
            return None
        return (
            f"Cell {self.unsaved[number]} holds a formula whose result was not saved. Open the file in a spreadsheet "
            "program, save it there and send it again."
        )

    def fault(self, number: int) -> str | None:
        """Return why what a row shows cannot be trusted, or None."""
        if number in self.hidden:
            return "This row is hidden in the spreadsheet. Show it, or delete it, so that nothing is sent unseen."
        for first, last, place in self.merged:
            if first <= number <= last:
                return f"Cells {place} are merged, so it is unclear whose they are. Split them and fill in each row."
        return None


def marks_of(sheet: IO[bytes]) -> Marks:
    """Return the marks of a sheet.

    Raises:
        FileError: a row is numbered as no spreadsheet numbers it, or very many cells are merged.
        ParseError: it is no XML.
    """
    marks, number = Marks(), 0
    for event, element in iterparse(sheet, ("start", "end")):  # noqa: S314 - a DOCTYPE was refused, so no entity is expanded
        name = element.tag.rpartition("}")[2]
        if event == "start":
            number = _number_of(element, number) if name == "row" else number
        elif name == "c":
            _note_formula(marks, number, element)
        elif name == "row":
            if element.get("hidden") in HIDDEN:
                marks.hidden.add(number)
            element.clear()
        elif name == "mergeCell":
            _note_merged(marks, element.get("ref", ""))
    return marks


def _number_of(row: Element, before: int) -> int:
    """Return a row's number, greater than the one before."""
    given = row.get("r", str(before + 1))
    if not re.fullmatch("[0-9]{1,7}", given) or not before < int(given) <= LAST_ROW:
        raise FileError("The rows of the sheet are not numbered in order. Save it again as .xlsx, or as CSV.")
    return int(given)


def _note_formula(marks: Marks, number: int, cell: Element) -> None:
    """Note a formula without a result; an empty text is one, and is saved as of the type of texts."""
    parts = {part.tag.rpartition("}")[2]: part.text for part in cell}
    if "f" in parts and not parts.get("v") and cell.get("t") != TEXT:
        marks.unsaved.setdefault(number, cell.get("r", ""))


def _note_merged(marks: Marks, place: str) -> None:
    _, first, _, last = range_boundaries(place)
    if len(marks.merged) == MOST_MERGED:
        raise FileError(f"The sheet has more than {MOST_MERGED} merged cells. Split them and fill in each row.")
    marks.merged.append((int(first or 1), int(last or LAST_ROW), place))
