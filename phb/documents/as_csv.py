"""A document as CSV: one line for each figure, so that a spreadsheet can filter and add them.

UTF-8 with a byte order mark, without which Excel spoils the letters of names; lines end as RFC 4180 says.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date

from moneyed import Money

from phb.core.money import as_json, to_pence
from phb.core.period import Period
from phb.documents.document import Block, Document, Facts, Table, is_money
from phb.documents.words import Cell, say

HEADINGS = (
    "section",
    "about",
    "table",
    "item",
    "on",
    "first_day",
    "last_day",
    "detail",
    "figure",
    "amount",
    "currency",
)
# The last four are the wide forms, which some spreadsheets read alike.
FORMULA_STARTS = ("=", "+", "-", "@", *"\uff1d\uff0b\uff0d\uff20")


def render(document: Document) -> bytes:
    """Return the document as CSV: paragraphs as lines of their own, then each figure on its line."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADINGS, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_lines(document))
    return text.getvalue().encode("utf-8-sig")


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: one that might be starts with an apostrophe."""
    suspicious = text.startswith(("\t", "\r", "\n")) or text.lstrip().startswith(FORMULA_STARTS)
    return f"'{text}" if suspicious else text


def _lines(document: Document) -> Iterator[dict[str, str]]:
    for section in document.sections:
        where = {"section": section.key, "about": guarded(section.about or "")}
        for paragraph in section.paragraphs:
            yield where | {"item": guarded(section.heading), "detail": guarded(paragraph)}
        for block in section.blocks:
            for line in _block(block):
                yield where | {"table": block.key} | line


def _block(block: Block) -> Iterator[dict[str, str]]:
    if isinstance(block, Facts):
        for item in block.items:
            yield {"item": guarded(item.label), "figure": item.key} | _columns((item.value,)) | _amount(item.value)
    else:
        for row in block.all_rows():
            yield from _row(block, row)


def _row(table: Table, row: tuple[Cell, ...]) -> Iterator[dict[str, str]]:
    """Yield one line for each amount of a row; what describes the row stands on each of them."""
    texts = [cell for cell in row if isinstance(cell, str)]
    rest = tuple(cell for cell in row if not isinstance(cell, str))
    described = {"item": guarded(next(iter(texts), ""))} | _columns((*texts[1:], *rest))
    for column, cell in zip(table.columns, row, strict=True):
        if is_money(cell):
            yield described | {"figure": column.key} | _amount(cell)


def _columns(cells: tuple[Cell, ...]) -> dict[str, str]:
    line = {"detail": guarded("; ".join(say(cell) for cell in cells if isinstance(cell, str | int)))}
    for cell in cells:
        if isinstance(cell, Period):
            line |= {"first_day": cell.start_on.isoformat(), "last_day": cell.last_day.isoformat()}
        elif isinstance(cell, date):
            line["on"] = cell.isoformat()
    return line


def _amount(cell: Cell) -> dict[str, str]:
    if not isinstance(cell, Money):
        return {}
    to_pence(cell)
    return as_json(cell)
