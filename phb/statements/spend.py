"""What the money bought, added up by outcome and by category, each state of evidence apart."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from moneyed import Money

from phb.spending.kinds import Evidence
from phb.statements.sums import total


@dataclass(frozen=True)
class Spend:
    """One entry of spending on the day it happened; a negative amount takes spending back.

    It counts whichever way the money is held: paid from an account, an accepted invoice, or accepted after a question.
    """

    spent_on: date
    what: str
    outcome: str
    category: str
    evidence: Evidence
    amount: Money


@dataclass(frozen=True)
class SpendTotals:
    """What was spent under one name, by state of evidence."""

    name: str
    seen: Money
    awaited: Money
    not_needed: Money

    @property
    def whole(self) -> Money:
        """All of it, whatever the evidence."""
        return self.seen + self.awaited + self.not_needed


def totals(name: str, lines: Iterable[Spend]) -> SpendTotals:
    """Return what some spending comes to."""
    every = tuple(lines)

    def of(evidence: Evidence) -> Money:
        return total(line.amount for line in every if line.evidence is evidence)

    return SpendTotals(name, of(Evidence.SEEN), of(Evidence.AWAITED), of(Evidence.NOT_NEEDED))


def totals_by(name_of: Callable[[Spend], str], lines: Iterable[Spend]) -> tuple[SpendTotals, ...]:
    """Return what was spent under each name, the names in alphabetical order."""
    every = tuple(lines)
    names = sorted({name_of(line) for line in every}, key=lambda name: (name.casefold(), name))
    return tuple(totals(name, (line for line in every if name_of(line) == name)) for name in names)
