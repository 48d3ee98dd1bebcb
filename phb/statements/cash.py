"""Cash that a holder or a third party keeps for a budget: each movement, and what it leaves."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import accumulate

from moneyed import Money

from phb.core.period import Period
from phb.statements.sums import require_equal, total


class CashKind(StrEnum):
    """Why cash came in or went out."""

    RECEIVED = "received"
    PUT_BACK = "put_back"
    SPENT = "spent"
    ASKED_ABOUT = "asked_about"
    RETURNED = "returned"
    CAME_BACK = "came_back"


MONEY_IN = frozenset({CashKind.RECEIVED, CashKind.PUT_BACK})
MONEY_OUT = frozenset(CashKind) - MONEY_IN


@dataclass(frozen=True)
class Question:
    """Why money that left an account is asked about: the code that every channel uses, and a plain sentence."""

    reason_code: str
    reason: str


@dataclass(frozen=True)
class CashMovement:
    """One movement of cash on the day it happened.

    `amount` is positive for the way its kind goes, in or out, and negative where it corrects an earlier entry.
    `covers` are the days a payment is for. `question` stands on money asked about, and only there.
    """

    happened_on: date
    kind: CashKind
    what: str
    amount: Money
    covers: Period | None = None
    question: Question | None = None

    def __post_init__(self) -> None:
        """Refuse money asked about without a reason, or a reason without a question."""
        if (self.kind is CashKind.ASKED_ABOUT) != (self.question is not None):
            raise ValueError("money asked about has a question; nothing else has one")

    @property
    def change(self) -> Money:
        """What it does to the cash held: in is positive."""
        return self.amount if self.kind in MONEY_IN else -self.amount


@dataclass(frozen=True)
class CashAccount:
    """The cash of one pot over a period: opening + in - out = closing."""

    opening: Money
    movements: tuple[CashMovement, ...]
    closing: Money

    def __post_init__(self) -> None:
        """Refuse cash that does not add up."""
        parts = self.opening + total(each.change for each in self.movements)
        require_equal("The cash held", parts=parts, given=self.closing)

    def of_kinds(self, kinds: Collection[CashKind]) -> tuple[CashMovement, ...]:
        """Return the movements of some kinds, by date; those of one day stay in the order given."""
        chosen = (each for each in self.movements if each.kind in kinds)
        return tuple(sorted(chosen, key=lambda each: each.happened_on))

    def total_of(self, *kinds: CashKind) -> Money:
        """Return what the movements of some kinds come to, each the way its kind goes."""
        return total(each.amount for each in self.of_kinds(kinds))

    def running(self) -> tuple[tuple[CashMovement, Money], ...]:
        """Return every movement by date, each with the cash held after it."""
        movements = self.of_kinds(tuple(CashKind))
        held = accumulate((each.change for each in movements), initial=self.opening)
        return tuple(zip(movements, tuple(held)[1:], strict=True))
