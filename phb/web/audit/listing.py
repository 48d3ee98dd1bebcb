"""One list of the auditor: read page by page, or whole."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from phb.core.uow import UnitOfWork
from phb.documents.document import Column
from phb.documents.words import Cell
from phb.edge import paging

T = TypeVar("T")
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Part:
    """Some rows of a list, and where the next ones begin."""

    rows: Sequence[Row]
    next_cursor: str | None = None


@dataclass(frozen=True)
class Listing:
    """One list; `part` returns rows from a cursor on, at most so many things at a time."""

    title: str
    why: str
    columns: tuple[Column, ...]
    part: Callable[[UnitOfWork, str | None, int], Part]

    def all_rows(self, uow: UnitOfWork) -> Iterator[Row]:
        """Yield every row, reading a page at a time."""
        found = self.part(uow, None, paging.LARGEST_LIMIT)
        yield from found.rows
        while found.next_cursor is not None:
            found = self.part(uow, found.next_cursor, paging.LARGEST_LIMIT)
            yield from found.rows


def selected(
    select: Callable[[UnitOfWork], Select[T]],
    order: tuple[InstrumentedAttribute[Any], ...],
    rows_of: Callable[[UnitOfWork, Sequence[T]], Sequence[Row]],
) -> Callable[[UnitOfWork, str | None, int], Part]:
    """Return how a list is read that is selected in an order; one thing may make several rows."""

    def part(uow: UnitOfWork, cursor: str | None, limit: int) -> Part:
        found = paging.page(uow.session, select(uow), order, limit=limit, cursor=cursor)
        return Part(rows_of(uow, found.rows), found.next_cursor)

    return part
