"""Where two documents of one shape say different things: a statement as it was shown, and as it would be now."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from phb.documents.document import Block, Document, Facts, Section, Table, is_money
from phb.documents.words import Cell, say

Key = tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """One thing that a document says: under which heading, about what, and the sentence or the figure itself."""

    heading: str
    what: str
    cell: Cell


@dataclass(frozen=True)
class Difference:
    """One thing that two documents say differently; None where one of them says nothing of it."""

    heading: str
    what: str
    then: Cell
    now: Cell


def differences(then: Document, now: Document) -> list[Difference]:
    """Return everything that two documents say differently, each thing once; nothing where they say the same.

    Facts are the same by their names; rows by their words and days, so that a changed amount stands beside the earlier
    one; sentences by all they say.
    """
    before, after = dict(_said(then)), dict(_said(now))
    return [
        Difference(said.heading, said.what, _cell(before.get(key)), _cell(after.get(key)))
        for key, said in (before | after).items()
        if _cell(before.get(key)) != _cell(after.get(key))
    ]


def _cell(said: Said | None) -> Cell:
    return said.cell if said else None


def _said(document: Document) -> Iterator[tuple[Key, Said]]:
    for section in document.sections:
        where = (section.key, section.about or "")
        for key, said in _said_in(section):
            yield (*where, *key), said


def _said_in(section: Section) -> Iterator[tuple[Key, Said]]:
    for paragraph in section.paragraphs:
        yield ("", paragraph), Said(section.heading, "", paragraph)
    for block in section.blocks:
        for key, what, cell in _figures(block):
            yield (block.key, *key), Said(section.heading, what, cell)


def _figures(block: Block) -> Iterator[tuple[Key, str, Cell]]:
    if isinstance(block, Facts):
        for item in block.items:
            yield (item.key,), item.label, item.value
    else:
        yield from _amounts(block)


def _amounts(table: Table) -> Iterator[tuple[Key, str, Cell]]:
    """Yield each amount and number of each row; of rows that read alike, the first stays the first."""
    alike: Counter[Key] = Counter()
    for row in table.all_rows():
        words = tuple(say(cell) for cell in row if cell is not None and not _is_figure(cell))
        alike[words] += 1
        for column, cell in zip(table.columns, row, strict=True):
            if _is_figure(cell):
                key = (*words, str(alike[words]), column.key)
                yield key, ", ".join(("; ".join(words), column.heading.lower())), cell


def _is_figure(cell: Cell) -> bool:
    return is_money(cell) or isinstance(cell, int)
