"""What becoming active, or changing, does to the books: open what they guard, then allocate the money."""

from collections.abc import Iterable
from uuid import UUID

from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget
from phb.budget.budgets.rules import Difference
from phb.budget.plans.queries import PlanView, places_of
from phb.core.uow import UnitOfWork
from phb.governance import policy
from phb.governance.policies import SpendingPolicy
from phb.ledger import events, posting
from phb.ledger.entry import Entry, Heading, Place, Source
from phb.ledger.positions import PotToOpen, open_plan_lines, open_pots


def allocate(uow: UnitOfWork, budget: PersonalHealthBudget, plan: PlanView) -> posting.Posted:
    """Open every pot and line of a plan in its years, and allocate one portion for each line, year and funder."""
    open_places(uow, plan, opened=())
    heading = Heading(
        uow.today,
        f"Budget {budget.reference} agreed",
        Source("budget", budget.id),
        prepared_by=budget.prepared_by,
        approved_by=budget.signed_off_finance_by,
    )
    return posting.post(uow, events.budget_agreed(heading, plan.portions()))


def reallocate(
    uow: UnitOfWork, budget: PersonalHealthBudget, revision: BudgetRevision, change: Difference
) -> list[posting.Posted]:
    """Post what a change raises, then what it lowers; the books refuse to take back what is used or promised.

    Raises:
        TooLittleLeftError: a line would have less than was spent or promised of it.
        NotPayableError: a pot would have less than was paid out of it.
    """
    heading = Heading(
        uow.today,
        f"Budget {budget.reference} changed",
        Source("budget_revision", revision.id),
        prepared_by=revision.prepared_by,
        approved_by=revision.signed_off_finance_by or uow.actor.user_id,
    )
    entries: list[Entry] = []
    if change.raised:
        entries.append(events.budget_raised(heading, change.raised))
    if change.lowered:
        entries.append(events.budget_lowered(heading, change.lowered))
    return posting.post_batch(uow, entries)


def open_places(uow: UnitOfWork, plan: PlanView, *, opened: Iterable[UUID]) -> None:
    """Open the pots and lines of a plan that none of the versions applied before has opened."""
    before = places_of(uow.session, list(opened))
    new = places_of(uow.session, [plan.plan.id]) - before
    ways = {pot.id: pot.management_type for pot in plan.pots}
    pots = {(place.budget_id, place.pot_id, place.year) for place in new} - {
        (place.budget_id, place.pot_id, place.year) for place in before
    }
    open_pots(uow, [PotToOpen(*key, handed_over=ways[key[1]].is_handed_over) for key in sorted(pots, key=str)])
    tolerance = policy.read(uow.session, SpendingPolicy, uow.today).tolerance
    open_plan_lines(uow, sorted(new, key=_in_order), tolerance=tolerance)


def _in_order(place: Place) -> tuple[str, int]:
    return str(place.plan_line_id), place.year
