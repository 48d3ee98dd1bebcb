"""What became of a row that was put: so that the same import, or the same call, twice changes nothing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

Row = TypeVar("Row")


class Change(StrEnum):
    """What became of a row that was put."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Put(Generic[Row]):
    """A row as it now stands and what became of it."""

    row: Row
    change: Change
