"""The days that a list is narrowed to."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

T = TypeVar("T")


@dataclass(frozen=True)
class Days:
    """The days from a first to a last, both included; without one of them, without end on that side."""

    first: date | None = None
    last: date | None = None

    def of(self, query: Select[T], dated: InstrumentedAttribute[date]) -> Select[T]:
        """Return a query narrowed to the rows that are dated in these days."""
        if self.first is not None:
            query = query.where(dated >= self.first)
        return query if self.last is None else query.where(dated <= self.last)


ANY_DAY = Days()
