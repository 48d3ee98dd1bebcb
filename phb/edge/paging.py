"""Cursor pages over a query: stable when rows are added, no counting of what was passed."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from phb.core.errors import RuleViolationError

T = TypeVar("T")
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
    sort: Sequence[InstrumentedAttribute[Any]],
    *,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[T]:
    """Return one page of a query.

    Args:
        session: where to ask.
        query: one entity a row.
        sort: not-null columns of the entity that together are unique, in order.
        limit: 1 to LARGEST_LIMIT.
        cursor: from the page before.

    Raises:
        CursorError: the cursor cannot be read.
    """
    if cursor is not None:
        query = query.where(tuple_(*sort) > tuple_(*_read(cursor, sort)))
    rows: Sequence[T] = session.scalars(query.order_by(*sort).limit(limit + 1)).all()
    more = len(rows) > limit
    return Page(rows[:limit], _write(rows[limit - 1], sort) if more else None)


def _write(row: object, sort: Sequence[InstrumentedAttribute[Any]]) -> str:
    values = [str(getattr(row, column.key)) for column in sort]
    return urlsafe_b64encode(json.dumps(values).encode()).decode()


def _read(cursor: str, sort: Sequence[InstrumentedAttribute[Any]]) -> list[Any]:
    try:
        values = json.loads(urlsafe_b64decode(cursor))
        pairs = zip(sort, values, strict=True)
        return [_typed(column, value) for column, value in pairs]
    except (ValueError, TypeError) as error:
        raise CursorError(
            "This cursor was not made by this service. Start again without one.", field="cursor"
        ) from error


def _typed(column: InstrumentedAttribute[Any], value: str) -> object:
    kind = column.type.python_type
    return kind.fromisoformat(value) if hasattr(kind, "fromisoformat") else kind(value)
