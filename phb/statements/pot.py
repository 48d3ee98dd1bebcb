"""One way of holding a budget's money: its part of the position, its cash, and its payments."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from moneyed import Money

from phb.budget.kinds import ManagementType
from phb.core.money import round_to_penny
from phb.core.period import Period
from phb.statements.cash import CashAccount
from phb.statements.position import Alongside, Position


@dataclass(frozen=True)
class Due:
    """A payment due for days that reach into the statement's period; `amount` is the whole payment."""

    covers: Period
    amount: Money

    def days_in(self, period: Period) -> int:
        """Return how many of its days fall in a period."""
        shared = self.covers.overlap(period)
        return shared.days if shared else 0

    def part_in(self, period: Period) -> Money:
        """Return the part for the days in a period, so that the parts of neighbouring periods add up to the whole.

        The part is what is due up to its last day less what is due up to its first, each half up to the penny.
        """
        shared = self.covers.overlap(period)
        if shared is None:
            return self._up_to(self.covers.start_on)
        return self._up_to(shared.end_on) - self._up_to(shared.start_on)

    def _up_to(self, day: date) -> Money:
        days = (day - self.covers.start_on).days
        return round_to_penny(Fraction(self.amount.amount) * days / self.covers.days)


@dataclass(frozen=True)
class NextPayment:
    """The next payment planned, and the days it is for."""

    pay_on: date
    amount: Money
    covers: Period | None = None


@dataclass(frozen=True)
class Pot:
    """One way of holding the money, and who holds it.

    The commissioner holds a notional pot, which has neither cash nor payments; every other pot has a cash account,
    empty though it may be.
    """

    management: ManagementType
    held_by: str
    position: Position
    alongside: Alongside
    cash: CashAccount | None = None
    due: tuple[Due, ...] = ()
    next_payment: NextPayment | None = None

    def __post_init__(self) -> None:
        """Refuse a notional pot with cash or payments, and any other without an account."""
        if self.management.is_handed_over and self.cash is None:
            raise ValueError("money that is handed over has a cash account")
        if not self.management.is_handed_over and (self.cash or self.due or self.next_payment):
            raise ValueError("a notional pot has neither cash nor payments")
