"""A document before it has a look: ordered sections of paragraphs, named facts and tables of typed cells.

Every format walks this one form, so no format can show a figure that another does not. Keys are stable names for
machines; headings and labels are words for people.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from moneyed import Money

from phb.documents.words import Cell


@dataclass(frozen=True)
class Fact:
    """One named value; `result` marks what the facts above it come to."""

    key: str
    label: str
    value: Cell
    result: bool = False


@dataclass(frozen=True)
class Facts:
    """Named values under one caption, in reading order, their keys unique."""

    key: str
    caption: str
    items: tuple[Fact, ...]

    def __post_init__(self) -> None:
        """Refuse two facts of one name: a machine would lose one."""
        if len({item.key for item in self.items}) != len(self.items):
            raise ValueError(f"the facts “{self.key}” use a key twice")


@dataclass(frozen=True)
class Column:
    """One column; `numeric` columns hold money or numbers and line up on the right."""

    key: str
    heading: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under headings; the first column names its row, `total` is the last row where there is one."""

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse a row that does not fill its columns."""
        if any(len(row) != len(self.columns) for row in self.all_rows()):
            raise ValueError(f"a row of the table “{self.key}” does not fit its columns")

    def all_rows(self) -> Iterator[tuple[Cell, ...]]:
        """Yield the rows, then the total where there is one."""
        yield from self.rows
        if self.total is not None:
            yield self.total


Block = Facts | Table


@dataclass(frozen=True)
class Section:
    """One heading and what stands under it; `about` tells apart sections of one key."""

    key: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    about: str | None = None

    def __post_init__(self) -> None:
        """Refuse a heading with nothing under it."""
        if not (self.paragraphs or self.blocks):
            raise ValueError(f"the section “{self.key}” says nothing")


@dataclass(frozen=True)
class Document:
    """A whole document.

    `title` is its one main heading, `full_title` what a window or a list of files shows, `reference` what every
    printed page repeats.
    """

    title: str
    full_title: str
    reference: str
    sections: tuple[Section, ...]
    language: str = "en-GB"


def is_money(cell: Cell) -> bool:
    """Say whether a cell holds an amount."""
    return isinstance(cell, Money)
