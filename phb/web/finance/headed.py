"""What stands above every page about one budget: whose it is, its state, and the way to its other pages."""

from dataclasses import dataclass
from uuid import UUID

from flask import request, url_for

from phb.budget.budgets.models import PersonalHealthBudget
from phb.core.uow import UnitOfWork
from phb.people.models import Person
from phb.statements.overview import heading_of

PAGES = (
    ("web.finance.budget.shown", "Overview"),
    ("web.finance.budget.trace", "How it was worked out"),
    ("web.finance.budget.plan", "Plan and lines"),
    ("web.finance.budget.money", "Pots and cash"),
    ("web.finance.payments.shown", "Payments and checks"),
    ("web.finance.spending.listed", "Spending"),
    ("web.finance.invoices.listed", "Invoices"),
    ("web.finance.history.shown", "History"),
    ("web.finance.history.journals", "Journals"),
)


@dataclass(frozen=True)
class Headed:
    """A budget, whose it is, and its pages."""

    budget: PersonalHealthBudget
    person: Person

    @property
    def name(self) -> str:
        """Whose budget it is, and its reference."""
        return f"{self.person.full_name}, {self.budget.reference}"

    @property
    def contents(self) -> list[dict[str, object]]:
        """The pages about it, for the NHS.UK list of contents."""
        return [
            {"href": url_for(endpoint, budget_id=self.budget.id), "text": text, "current": endpoint == request.endpoint}
            for endpoint, text in PAGES
        ]


def headed(uow: UnitOfWork, budget_id: UUID) -> Headed:
    """Return what stands above a page about a budget.

    Raises:
        BudgetNotFoundError: there is none, or it is not the actor's to see.
    """
    heading = heading_of(uow.session, uow.actor, budget_id, uow.today)
    return Headed(heading.budget, heading.person)
