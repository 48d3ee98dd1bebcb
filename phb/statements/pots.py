"""Where a budget's money stands by the books today, pot by pot: what may be spent, and where the cash is."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy.orm import Session

from phb.budget import queries as budgets
from phb.budget.plans.models import Pot
from phb.budget.plans.queries import pots_of
from phb.core.actor import Actor
from phb.core.period import FIRST_DAY, LAST_DAY, Period
from phb.people.models import Commissioner, Person
from phb.statements.position import Alongside, Position, add_alongside, add_positions
from phb.statements.reading import books
from phb.statements.reading.books import PotFigures
from phb.statements.reading.filling import UNTOUCHED
from phb.statements.reading.payments import Parties, holders
from phb.statements.sums import total

EVER = Period.of_days(FIRST_DAY, LAST_DAY)


@dataclass(frozen=True)
class PotMoney:
    """A pot that the books know: who holds its money, its position, the cash they hold, and the money beside it."""

    pot: Pot
    held_by: str
    position: Position
    cash: Money
    alongside: Alongside


@dataclass(frozen=True)
class BudgetMoney:
    """A budget's pots, by reference, and what they come to; no pot before the budget is active."""

    pots: tuple[PotMoney, ...]

    @property
    def position(self) -> Position:
        """The position of the whole budget."""
        return add_positions(each.position for each in self.pots)

    @property
    def cash(self) -> Money:
        """The cash that is held for the whole budget."""
        return total(each.cash for each in self.pots)

    @property
    def alongside(self) -> Alongside:
        """The money beside the whole budget's position."""
        return add_alongside(each.alongside for each in self.pots)


def money_of(session: Session, actor: Actor, budget_id: UUID, on: date) -> BudgetMoney:
    """Return where a budget's money stands, with everything that was recorded.

    Raises:
        BudgetNotFoundError: there is none, or it is not the actor's to see.
    """
    row = budgets.budget(session, actor, budget_id, on)
    person = session.get_one(Person, (row.commissioner_id, row.person_id))
    parties = Parties(session.get_one(Commissioner, row.commissioner_id).name, person.full_name)
    known = books.read(session, row.id, EVER).pots
    pots = [pot for pot in pots_of(session, row.id) if pot.id in known]
    names = holders(session, pots, parties, on)
    return BudgetMoney(tuple(_pot(pot, names[pot.id], known[pot.id]) for pot in pots))


def _pot(pot: Pot, held_by: str, figures: PotFigures) -> PotMoney:
    """Return a pot; nothing is paid out of one that the commissioner holds, whatever the books have as payable."""
    alongside = figures.alongside if pot.management_type.is_handed_over else UNTOUCHED.alongside
    return PotMoney(pot, held_by, figures.position, figures.closing, alongside)
