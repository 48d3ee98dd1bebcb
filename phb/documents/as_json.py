"""A document as JSON for machines.

The shape, which may grow but does not change:

    {"title": ..., "language": "en-GB", "reference": ..., "sections": [
        {"key": "position", "about": null, "heading": ..., "paragraphs": [...],
         "facts": {"position": {"approved": VALUE, ...}},
         "tables": {"pots": {"rows": [{"way": VALUE, ...}, ...], "total": {...} or null}}}]}

The keys of facts, tables and columns are stable; headings and texts are not. A VALUE is an amount
{"amount": "125.50", "currency": "GBP"}, a date "2026-04-01", a period {"start_on": ..., "last_day": ...}
with both days inside, a text, a number, or null. A total holds the amounts alone. Sections come in reading order; one
key comes twice where two parties hold money, and then `about` tells them apart.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date

from moneyed import Money

from phb.core.money import as_json, to_pence
from phb.core.period import Period
from phb.documents.document import Column, Document, Facts, Section, Table
from phb.documents.words import Cell

Plain = Mapping[str, "Plain"] | Sequence["Plain"] | str | int | None


def render(document: Document) -> bytes:
    """Return the document as UTF-8 JSON, indented, ending in a line break."""
    return (json.dumps(as_plain(document), ensure_ascii=False, indent=2) + "\n").encode()


def as_plain(document: Document) -> dict[str, Plain]:
    """Return the document as dictionaries and lists, for an API that serialises by itself."""
    return {
        "title": document.full_title,
        "language": document.language,
        "reference": document.reference,
        "sections": [_section(section) for section in document.sections],
    }


def amount(money: Money) -> dict[str, str]:
    """Return an amount with its currency, always with two decimals."""
    to_pence(money)
    return as_json(money)


def _section(section: Section) -> dict[str, Plain]:
    return {
        "key": section.key,
        "about": section.about,
        "heading": section.heading,
        "paragraphs": list(section.paragraphs),
        "facts": {block.key: _facts(block) for block in section.blocks if isinstance(block, Facts)},
        "tables": {block.key: _table(block) for block in section.blocks if isinstance(block, Table)},
    }


def _facts(facts: Facts) -> dict[str, Plain]:
    return {item.key: value(item.value) for item in facts.items}


def _table(table: Table) -> dict[str, Plain]:
    rows = [_row(table.columns, row) for row in table.rows]
    total = None if table.total is None else _amounts(_row(table.columns, table.total))
    return {"rows": rows, "total": total}


def _row(columns: tuple[Column, ...], row: tuple[Cell, ...]) -> dict[str, Plain]:
    return {column.key: value(cell) for column, cell in zip(columns, row, strict=True)}


def _amounts(row: dict[str, Plain]) -> dict[str, Plain]:
    return {key: value for key, value in row.items() if isinstance(value, Mapping)}


def value(cell: Cell) -> Plain:
    """Return a cell as the VALUE that the shape above tells of."""
    match cell:
        case Money():
            return amount(cell)
        case Period():
            return {"start_on": cell.start_on.isoformat(), "last_day": cell.last_day.isoformat()}
        case date():
            return cell.isoformat()
        case _:
            return cell
