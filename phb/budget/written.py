"""Refuse a reference that already says something else, so that importing the same file twice changes nothing."""

from typing import TypeVar

from phb.core.errors import ConflictError
from phb.people.saving import Change, Put

T = TypeVar("T")


class KnownDifferentlyError(ConflictError):
    """The reference is known and belongs to something else."""

    code = "known-differently"
    stops_duplicate = True


def unchanged(row: T, same: bool, what: str, reference: str) -> Put[T]:  # noqa: FBT001 - a verdict, not a switch
    """Return a row that was there before, or refuse where it says something else.

    Raises:
        KnownDifferentlyError: the row is not the same.
    """
    if not same:
        raise KnownDifferentlyError(
            f"The {what} “{reference}” is known and says something else. Give a new reference to what is new, "
            "or correct yours.",
            field="reference",
            reference=reference,
        )
    return Put(row, Change.UNCHANGED)
