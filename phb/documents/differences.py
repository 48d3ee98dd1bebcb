"""Where two documents of one shape say different things: a statement as it was shown, and as it would be now."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from phb.documents.document import Block, Document, Facts, Section, Table, is_money
from phb.documents.words import Cell, say

Key = tuple[str, ...]
Figures = dict[Key, tuple[str, Cell]]


@dataclass(frozen=True)
class Difference:
    """One thing that two documents say differently; None where one of them says nothing of it.

    `what` names a figure, and is empty for a sentence.
    """

    heading: str
    what: str
    then: Cell
    now: Cell


def differences(then: Document, now: Document) -> list[Difference]:
    """Return everything that two documents say differently, section by section; nothing where they say the same.

    Facts are the same by their names, and rows by their words and days, so that a changed amount stands beside the
    earlier one. Sentences that are gone stand beside those that are new, in their order.
    """
    before, after = _sections(then), _sections(now)
    return [found for key in before | after for found in _in_section(before.get(key, NOTHING), after.get(key, NOTHING))]


NOTHING = Section("nothing", "", ("",))


def _sections(document: Document) -> dict[Key, Section]:
    return {(section.key, section.about or ""): section for section in document.sections}


def _in_section(then: Section, now: Section) -> Iterator[Difference]:
    heading = now.heading or then.heading
    gone = [paragraph for paragraph in then.paragraphs if paragraph and paragraph not in now.paragraphs]
    new = [paragraph for paragraph in now.paragraphs if paragraph and paragraph not in then.paragraphs]
    for earlier, later in zip_longest(gone, new):
        yield Difference(heading, "", earlier, later)
    before, after = _figures(then), _figures(now)
    for key, (what, _) in (before | after).items():
        (_, was), (_, is_now) = before.get(key, ("", None)), after.get(key, ("", None))
        if was != is_now:
            yield Difference(heading, what, was, is_now)


def _figures(section: Section) -> Figures:
    return {(block.key, *key): (what, cell) for block in section.blocks for key, what, cell in _of_block(block)}


def _of_block(block: Block) -> Iterator[tuple[Key, str, Cell]]:
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
