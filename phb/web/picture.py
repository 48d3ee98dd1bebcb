"""A picture of how an amount divides, with the table that says the same in figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from moneyed import Money

from phb.core.money import from_pence, to_pence

WIDTH = 1000


@dataclass(frozen=True)
class Part:
    """One part of a bar: its words, its amount and how it is drawn (spent, committed, left, owed)."""

    text: str
    amount: Money
    kind: str


@dataclass(frozen=True)
class Slice:
    """A part where it lies: from `x`, `width` wide, of WIDTH in all."""

    part: Part
    x: int
    width: int


@dataclass(frozen=True)
class Bar:
    """A whole and its parts; one below nil has no width, and is in the table alone."""

    slices: Sequence[Slice]
    total: Money


def bar(parts: Sequence[Part]) -> Bar:
    """Return a bar whose slices are as wide as their share of all that is above nil."""
    pence = [max(0, to_pence(part.amount)) for part in parts]
    ends = [0, *accumulate(pence)]
    whole = ends[-1] or 1
    marks = [WIDTH * end // whole for end in ends]
    slices = [Slice(part, marks[i], marks[i + 1] - marks[i]) for i, part in enumerate(parts)]
    return Bar(slices, from_pence(sum(to_pence(part.amount) for part in parts)))
