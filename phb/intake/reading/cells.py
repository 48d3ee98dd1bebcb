"""Cells of a workbook as the text that the same cell has in a CSV file."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Protocol

from phb.intake.reading.json_lines import cell_of

MOST_DIGITS = 15  # what a spreadsheet keeps of a number
ERROR = "e"
# A number shown with noughts in front, such as a sort code formatted 00-00-00.
PADDED = re.compile(r"0[0 -]*0")
MIDNIGHT = time()


class Cell(Protocol):
    """What is read of a cell."""

    @property
    def value(self) -> object:
        """What it holds, None where it is empty."""

    @property
    def number_format(self) -> str | None:
        """How a number is shown."""

    @property
    def data_type(self) -> str:
        """Its type, "e" for an error."""

    @property
    def coordinate(self) -> str:
        """Its place, such as B7."""


def read_cell(cell: Cell) -> tuple[str, str | None]:
    """Return the text of a cell, and why it cannot be trusted where it cannot."""
    value = cell.value
    if value is None or isinstance(value, bool):
        return cell_of(value), None
    if cell.data_type == ERROR:
        return str(value), f"Cell {cell.coordinate} shows the error {value}. Mend it in the spreadsheet."
    if isinstance(value, int | float):
        return _number(value, cell)
    if isinstance(value, datetime):
        return (value.date() if value.time() == MIDNIGHT else value).isoformat(), None
    return value.isoformat() if isinstance(value, date | time) else str(value), None


def _number(value: float, cell: Cell) -> tuple[str, str | None]:
    if abs(value) >= 10**MOST_DIGITS:
        return str(value), (
            f"Cell {cell.coordinate} holds a number of more than {MOST_DIGITS} digits, and a spreadsheet forgets the "
            "last ones. Set the column to text and write the number again."
        )
    exact = value if isinstance(value, int) else Decimal(format(value, f".{MOST_DIGITS}g"))
    shown = re.sub(r'["\\]', "", (cell.number_format or "").partition(";")[0])
    if "%" in shown:
        return f"{(Decimal(exact) * 100).normalize():f}%", None
    text = f"{exact:f}" if isinstance(exact, Decimal) else str(exact)
    if text.isdecimal() and PADDED.fullmatch(shown):
        return "".join(_filled(shown, text)), None
    return text, None


def _filled(shown: str, digits: str) -> Iterator[str]:
    """Yield digits in the places of a format's noughts, from the right; more digits than places stand in front."""
    places = shown.count("0")
    digits = digits.zfill(places)
    yield digits[:-places]
    rest = iter(digits[-places:])
    for sign in shown:
        yield next(rest) if sign == "0" else sign
