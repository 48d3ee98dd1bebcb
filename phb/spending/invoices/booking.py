"""Check each line of an invoice against the plan, and make the one journal that books it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from uuid import UUID

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.plans.queries import LineView, plan_view
from phb.budget.queries import PlanLineNotFoundError
from phb.budget.reference.categories import refuse_barred
from phb.core.errors import RuleViolationError
from phb.core.uow import UnitOfWork
from phb.ledger import events
from phb.ledger.entry import CommitmentPortion, Entry, Heading, Portion
from phb.ledger.refusals import HandedOverError
from phb.spending.invoices.draft import NewInvoiceLine
from phb.spending.promises import used_of
from phb.spending.records.placing import planned
from phb.spending.sharing import portions


class LineOutsidePlanError(RuleViolationError):
    """An invoice is for days or a category that its plan line is not for."""

    code = "invoice-outside-line"


@dataclass(frozen=True)
class BookedLine:
    """A line of an invoice with its category, the funders' shares, and what it uses of its order."""

    new: NewInvoiceLine
    category_code: str
    portions: tuple[Portion, ...]
    used: tuple[CommitmentPortion, ...]


def book_lines(
    uow: UnitOfWork, budget: PersonalHealthBudget, lines: Sequence[NewInvoiceLine], on: date
) -> tuple[BookedLine, ...]:
    """Return the lines of an invoice checked and shared.

    Raises:
        PlanLineNotFoundError: a line is not in the plan, or has no money in that year.
        HandedOverError: its money is in somebody's account.
        BarredCategoryError, ReferredCategoryError, UnknownCategoryError: it may not be bought.
        LineOutsidePlanError: it is for other days, or another category.
        CommitmentElsewhereError: the order is not of the plan line.
    """
    views = {view.line.id: view for view in plan_view(uow.session, budget.plan_id).lines}
    booked: list[BookedLine] = []
    for line in lines:
        taken = [promise for before in booked for promise in before.used]
        booked.append(_book(uow, views.get(line.plan_line_id), line, on, taken))
    return tuple(booked)


def entry_of(heading: Heading, provider_id: UUID, booked: Iterable[BookedLine]) -> Entry:
    """Return the one journal that accepts an invoice: each line with the days it covers."""
    entries = [
        events.invoice_accepted(heading, line.portions, provider_id, used=line.used, covers=line.new.covers)
        for line in booked
    ]
    return replace(entries[0], lines=tuple(chain.from_iterable(entry.lines for entry in entries)))


def _book(
    uow: UnitOfWork,
    view: LineView | None,
    line: NewInvoiceLine,
    on: date,
    taken: Sequence[CommitmentPortion],
) -> BookedLine:
    if view is None:
        raise PlanLineNotFoundError("There is no such line in the plan. Check its number.", field="lines.plan_line_id")
    if view.pot.management_type.is_handed_over:
        raise HandedOverError(
            "This money was handed over, so it pays for care from its own account. Ask the provider to send the "
            "invoice to whoever holds the account.",
            field="lines.plan_line_id",
        )
    code = line.category or view.terms.category_code
    is_own = code == view.terms.category_code
    reason = view.terms.referral_reason if is_own else None
    found = refuse_barred(code, view.pot.management_type, line.covers.start_on, reason=reason)
    says = planned(view)
    if says is None or not says.buys(found):
        raise LineOutsidePlanError(
            f"The plan line “{view.terms.words}” is not for “{found.label}”. Choose the line that is, or ask for a "
            "change of the plan.",
            field="lines.category",
        )
    if line.covers.start_on not in says.period or line.covers.last_day not in says.period:
        raise LineOutsidePlanError(
            f"The plan line “{view.terms.words}” runs from {says.period.start_on:%-d %B %Y} to "
            f"{says.period.last_day:%-d %B %Y}, and the invoice is for other days. Ask the provider to correct it, or "
            "ask for a change of the plan.",
            field="lines.covers",
        )
    shared = portions(view, line.covers, line.amount)
    used = used_of(uow, line.commitment_id, view.line.id, shared, on, taken=taken)
    return BookedLine(line, code, shared, used)
