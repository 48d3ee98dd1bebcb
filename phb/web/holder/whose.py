"""Whose budget a page is about, and how it speaks to whoever reads it."""

from dataclasses import dataclass
from uuid import UUID

from phb.budget.budgets.models import PersonalHealthBudget
from phb.core.actor import Actor
from phb.core.uow import UnitOfWork
from phb.documents.words import say_period
from phb.people.kinds import Scope
from phb.statements.overview import Heading, heading_of


@dataclass(frozen=True)
class Whose:
    """A budget's heading, and whether its holder reads the page."""

    heading: Heading
    is_reader: bool

    @property
    def budget(self) -> PersonalHealthBudget:
        """The budget."""
        return self.heading.budget

    @property
    def full_name(self) -> str:
        """The name of the person it is for."""
        return self.heading.person.full_name

    @property
    def first(self) -> str:
        """What they are called."""
        return self.heading.person.given_names

    @property
    def title(self) -> str:
        """What the budget is called: “Your budget”, or “Mair's budget”."""
        return "Your budget" if self.is_reader else f"{self.first}'s budget"

    @property
    def your(self) -> str:
        """“your”, or “Mair's”."""
        return "your" if self.is_reader else f"{self.first}'s"

    @property
    def you_have(self) -> str:
        """“You have”, or “Mair has”."""
        return "You have" if self.is_reader else f"{self.first} has"

    @property
    def you(self) -> str:
        """“you”, or “Mair”."""
        return "you" if self.is_reader else self.first

    @property
    def days(self) -> str:
        """The days of the budget in words."""
        return say_period(self.budget.period)

    def sees(self, scope: str) -> bool:
        """Say whether the reader sees a part of the person's affairs."""
        return scope in self.heading.parts


def headed(uow: UnitOfWork, budget_id: UUID, scope: Scope | None = None) -> Whose:
    """Return whose budget a page is about.

    Raises:
        BudgetNotFoundError: there is none, or that part of the person's affairs is not the reader's to see.
    """
    return whose(uow.actor, heading_of(uow.session, uow.actor, budget_id, uow.today, scope))


def whose(actor: Actor, heading: Heading) -> Whose:
    """Return how a page about a budget speaks to an actor."""
    return Whose(heading, actor.person_id == heading.person.id)
