"""Where a budget stands: what was approved, and what is left of it to spend."""

from collections.abc import Iterable
from dataclasses import dataclass

from moneyed import Money

from phb.statements.sums import require_equal, total


@dataclass(frozen=True)
class Position:
    """Approved - spent - committed - owed back = available, on one day, since the budget began.

    `owed_back` is spending that was not accepted and is asked back; unused money asked back is no part of it.
    `available` may be negative.
    """

    approved: Money
    spent: Money
    committed: Money
    owed_back: Money
    available: Money

    def __post_init__(self) -> None:
        """Refuse a position that does not add up."""
        parts = self.approved - self.spent - self.committed - self.owed_back
        require_equal("What is available to spend", parts=parts, given=self.available)


@dataclass(frozen=True)
class Alongside:
    """Money shown beside a position and never taken off it a second time.

    `in_payment` was released and is not settled, without `came_back`: what the bank sent back and nobody has decided
    on. `asked_about` left an account and is not yet accepted: it still counts as available.
    """

    still_to_pay_out: Money
    in_payment: Money
    came_back: Money
    asked_about: Money


def add_positions(positions: Iterable[Position]) -> Position:
    """Return what several positions come to."""
    every = tuple(positions)
    return Position(
        approved=total(each.approved for each in every),
        spent=total(each.spent for each in every),
        committed=total(each.committed for each in every),
        owed_back=total(each.owed_back for each in every),
        available=total(each.available for each in every),
    )


def add_alongside(parts: Iterable[Alongside]) -> Alongside:
    """Return what several pots' money alongside comes to."""
    every = tuple(parts)
    return Alongside(
        still_to_pay_out=total(each.still_to_pay_out for each in every),
        in_payment=total(each.in_payment for each in every),
        came_back=total(each.came_back for each in every),
        asked_about=total(each.asked_about for each in every),
    )
