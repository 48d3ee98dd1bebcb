"""Cursor pages over a query: stable when rows are added, no counting of what was passed."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from phb.core.errors import RuleViolationError

T = TypeVar("T")
Column: TypeAlias = InstrumentedAttribute[Any] | ColumnElement[Any]
DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200


class CursorError(RuleViolationError):
    """A cursor was not made by this service."""

    code = "cursor"


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows in order, and the cursor of the next page where there is one."""

    rows: Sequence[T]
    next_cursor: str | None


def page(
    session: Session,
    query: Select[T],
    sort: Sequence[Column],
    *,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
    newest_first: bool = False,
) -> Page[T]:
    """Return one page of a query.

    Args:
        session: where to ask.
        query: one entity a row.
        sort: not-null columns of the entity that together are unique, in order.
        limit: 1 to LARGEST_LIMIT.
        cursor: from the page before.
        newest_first: the order of the columns turned round.

    Raises:
        CursorError: the cursor cannot be read.
    """
    if cursor is not None:
        here, last = tuple_(*sort), tuple_(*_read(cursor, sort))
        query = query.where(here < last if newest_first else here > last)
    order = [column.desc() for column in sort] if newest_first else sort
    rows: Sequence[T] = session.scalars(query.order_by(*order).limit(limit + 1)).all()
    more = len(rows) > limit
    return Page(rows[:limit], _write(rows[limit - 1], sort) if more else None)


def write_cursor(place: Iterable[object]) -> str:
    """Return the cursor that stands for the place of a row in its order."""
    return urlsafe_b64encode(json.dumps([str(value) for value in place]).encode()).decode()


def read_cursor(cursor: str, kinds: Sequence[type[Any]]) -> list[Any]:
    """Return the place that a cursor stands for, its values of the kinds given.

    Raises:
        CursorError: the cursor cannot be read.
    """
    try:
        values = json.loads(urlsafe_b64decode(cursor))
        return [_typed(kind, value) for kind, value in zip(kinds, values, strict=True)]
    except (ValueError, TypeError) as error:
        raise CursorError(
            "This cursor was not made by this service. Start again without one.", field="cursor"
        ) from error


def _write(row: object, sort: Sequence[Column]) -> str:
    return write_cursor(getattr(row, str(column.key)) for column in sort)


def _read(cursor: str, sort: Sequence[Column]) -> list[Any]:
    return read_cursor(cursor, [column.type.python_type for column in sort])


def _typed(kind: type[Any], value: str) -> object:
    return kind.fromisoformat(value) if hasattr(kind, "fromisoformat") else kind(value)
