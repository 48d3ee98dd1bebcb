"""Read the dated national tables that come with the program."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files

YES = "yes"


def rows(name: str) -> Iterator[Mapping[str, str]]:
    """Return the rows of a table of phb/budget/data."""
    text = files("phb.budget").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def day(text: str) -> date | None:
    """Return a date, or None for an empty cell."""
    return date.fromisoformat(text) if text else None


def holds_on(effective_from: date, effective_to: date | None, on: date) -> bool:
    """Say whether a dated row is in force on a day; its last day is included."""
    return effective_from <= on and (effective_to is None or on <= effective_to)
