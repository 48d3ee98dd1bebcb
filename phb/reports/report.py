"""One report: read page by page, or whole, narrowed to what was asked for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from moneyed import Money
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from phb.core.days import ANY_DAY, Days
from phb.core.uow import UnitOfWork
from phb.documents.document import Column
from phb.documents.words import Cell
from phb.edge import paging
from phb.ledger.chart import Account

T = TypeVar("T")
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Asked:
    """What a report is narrowed to; each report says which of these it goes by."""

    days: Days = ANY_DAY
    at_least: Money | None = None
    account: Account | None = None
    journal: UUID | None = None


EVERYTHING = Asked()


@dataclass(frozen=True)
class Part:
    """Some rows of a report, and where the next ones begin."""

    rows: Sequence[Row]
    next_cursor: str | None = None


@dataclass(frozen=True)
class Report:
    """One report; `part` returns rows from a cursor on, at most so many things at a time.

    `narrowed_by` names the parts of Asked that it goes by.
    """

    title: str
    why: str
    columns: tuple[Column, ...]
    part: Callable[[UnitOfWork, Asked, str | None, int], Part]
    narrowed_by: tuple[str, ...] = ()

    def all_rows(self, uow: UnitOfWork, asked: Asked = EVERYTHING) -> Iterator[Row]:
        """Yield every row, reading a page at a time."""
        found = self.part(uow, asked, None, paging.LARGEST_LIMIT)
        yield from found.rows
        while found.next_cursor is not None:
            found = self.part(uow, asked, found.next_cursor, paging.LARGEST_LIMIT)
            yield from found.rows


def selected(
    select: Callable[[UnitOfWork, Asked], Select[T]],
    order: tuple[InstrumentedAttribute[Any], ...],
    rows_of: Callable[[UnitOfWork, Sequence[T]], Sequence[Row]],
    *,
    newest_first: bool = False,
) -> Callable[[UnitOfWork, Asked, str | None, int], Part]:
    """Return how a report is read that is selected in an order; one thing may make several rows."""

    def part(uow: UnitOfWork, asked: Asked, cursor: str | None, limit: int) -> Part:
        query = select(uow, asked)
        found = paging.page(uow.session, query, order, limit=limit, cursor=cursor, newest_first=newest_first)
        return Part(rows_of(uow, found.rows), found.next_cursor)

    return part
