"""The statement of one budget for one period: a value that adds up, or does not exist."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NoReturn

from moneyed import Money

from phb.core.errors import RuleViolationError
from phb.core.period import Period
from phb.documents.words import say_day, say_period
from phb.statements.position import Alongside, Position, add_alongside, add_positions
from phb.statements.pot import Pot
from phb.statements.spend import Spend
from phb.statements.sums import require_equal, total


class OutsideStatementError(RuleViolationError):
    """An entry, or the statement's own day of issue, is of other days than the statement."""

    code = "outside-statement"


@dataclass(frozen=True)
class Statement:
    """Everything a statement says; every figure in every format is one of these or worked out from them.

    `period` is what it covers, `budget_period` what was approved for. `position` is that of the whole budget on
    `stands_on`, and the pots' positions add up to it. `spent_before` was spent before the period; `spend` in it.
    `how_to_query` and `how_to_ask_again` are the commissioner's paragraphs, at least one of each. `known_at` is given
    where it tells what was known at an earlier instant.
    """

    commissioner: str
    holder: str
    reference: str
    budget_period: Period
    period: Period
    issued_on: date
    position: Position
    spent_before: Money
    spend: tuple[Spend, ...]
    pots: tuple[Pot, ...]
    how_to_query: tuple[str, ...]
    how_to_ask_again: tuple[str, ...]
    known_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a statement that does not add up, holds other days' entries, or leaves the reader without help.

        Raises:
            DoesNotAddUpError: the pots do not make the budget, or the spending its total.
            OutsideStatementError: an entry is not of the period, or it is issued before the period begins.
        """
        if not (self.pots and self.how_to_query and self.how_to_ask_again):
            raise ValueError("a statement has a pot, says how to query a figure, and how to ask again")
        self._require_days()
        self._require_sums()

    @property
    def stands_on(self) -> date:
        """The day up to which everything counts: the period's last, or the day of issue where that is earlier."""
        return min(self.period.last_day, self.issued_on)

    @property
    def spent(self) -> Money:
        """What was spent in the period."""
        return total(line.amount for line in self.spend)

    @property
    def alongside(self) -> Alongside:
        """The money beside the budget's position, of all its pots."""
        return add_alongside(pot.alongside for pot in self.pots)

    def _require_sums(self) -> None:
        require_equal("What was spent", parts=self.spent_before + self.spent, given=self.position.spent)
        pots = add_positions(pot.position for pot in self.pots)
        for name in ("approved", "spent", "committed", "owed_back"):
            what = f"The budget's “{name.replace('_', ' ')}”"
            require_equal(what, parts=getattr(pots, name), given=getattr(self.position, name))

    def _require_days(self) -> None:
        require_begun(self.period, self.issued_on)
        counted = Period.of_days(self.period.start_on, self.stands_on)
        for what, day in self._entries():
            if day not in counted:
                self._refuse_entry(f"“{what}” of {say_day(day)}", counted)
        for due in (due for pot in self.pots for due in pot.due):
            if not due.days_in(self.period):
                self._refuse_entry(f"The payment for {say_period(due.covers)}", self.period)

    def _refuse_entry(self, entry: str, counted: Period) -> NoReturn:
        raise OutsideStatementError(f"{entry} is not of {say_period(counted)}. Leave it out of this statement.")

    def _entries(self) -> Iterator[tuple[str, date]]:
        """Yield what each entry is called and the day that decides whether it belongs here."""
        for line in self.spend:
            yield line.what, line.spent_on
        for pot in self.pots:
            for movement in pot.cash.movements if pot.cash else ():
                yield movement.what, movement.happened_on


def require_begun(period: Period, issued_on: date) -> None:
    """Refuse a statement of days none of which has come.

    Raises:
        OutsideStatementError: it would be issued before its first day.
    """
    if issued_on < period.start_on:
        raise OutsideStatementError(
            f"A statement for {say_period(period)} cannot be issued on {say_day(issued_on)}, before its first day. "
            "Choose an earlier period.",
            field="period",
        )
