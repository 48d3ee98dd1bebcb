"""A document as text that is kept for years, and read back as the same document.

The text is JSON of the document's own shape; an amount is {"pence": 12550}, a day {"day": "2026-04-01"} and a period
{"start_on": DAY, "end_on": DAY}. `form` says which version of the shape it is.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from moneyed import Money

from phb.core.money import from_pence, to_pence
from phb.core.period import Period
from phb.documents.document import Block, Column, Document, Fact, Facts, Section, Table
from phb.documents.words import Cell

FORM = "phb-document-1"


def dump(document: Document) -> str:
    """Return a document as text; equal documents are equal texts."""
    return json.dumps({"form": FORM} | asdict(document), default=_plain, ensure_ascii=False, sort_keys=True)


def load(text: str) -> Document:
    """Return the document that a text was made of.

    Raises:
        ValueError: the text is of another form.
    """
    plain = json.loads(text)
    if plain.pop("form", None) != FORM:
        raise ValueError(f"a stored document is of the form {FORM}")
    return Document(**{**plain, "sections": tuple(map(_section, plain["sections"]))})


def _plain(cell: Money | date) -> dict[str, Any]:
    return {"pence": to_pence(cell)} if isinstance(cell, Money) else {"day": cell.isoformat()}


def _section(plain: Mapping[str, Any]) -> Section:
    blocks = tuple(map(_block, plain["blocks"]))
    return Section(**{**plain, "paragraphs": tuple(plain["paragraphs"]), "blocks": blocks})


def _block(plain: Mapping[str, Any]) -> Block:
    if "items" in plain:
        items = tuple(Fact(**{**item, "value": _cell(item["value"])}) for item in plain["items"])
        return Facts(plain["key"], plain["caption"], items)
    total = None if plain["total"] is None else _row(plain["total"])
    columns = tuple(Column(**column) for column in plain["columns"])
    return Table(plain["key"], plain["caption"], columns, tuple(map(_row, plain["rows"])), total)


def _row(plain: list[Any]) -> tuple[Cell, ...]:
    return tuple(map(_cell, plain))


def _cell(plain: object) -> Cell:
    match plain:
        case {"pence": pence}:
            return from_pence(pence)
        case {"day": day}:
            return date.fromisoformat(day)
        case {"start_on": start_on, "end_on": end_on}:
            return Period(date.fromisoformat(start_on["day"]), date.fromisoformat(end_on["day"]))
        case None | str() | int():
            return plain
        case _:
            raise ValueError("a stored document holds a cell that no document holds")
