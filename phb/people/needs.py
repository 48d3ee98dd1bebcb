"""The vocabulary of communication needs, read from the project's own data file."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from phb.core.errors import RuleViolationError
from phb.people.kinds import NeedKind


class UnknownNeedError(RuleViolationError):
    """The code names no communication need."""

    code = "unknown-need"


@dataclass(frozen=True)
class Need:
    """A need as it is coded, in words for every page of the record."""

    code: str
    kind: NeedKind
    words: str


@cache
def vocabulary() -> dict[str, Need]:
    """Return every need by its code."""
    text = (resources.files("phb.people") / "data" / "communication_needs.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["code"]: Need(row["code"], NeedKind(row["kind"]), row["words"]) for row in rows}


def need_of(code: str) -> Need:
    """Return the need a code names.

    Raises:
        UnknownNeedError: none.
    """
    if code not in vocabulary():
        raise UnknownNeedError(
            f"“{code}” is not a communication need. Choose one of {', '.join(sorted(vocabulary()))}.", field="code"
        )
    return vocabulary()[code]
