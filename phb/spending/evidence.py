"""Spend that still needs a receipt or an invoice to show what was bought."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_
from sqlalchemy.orm import Bundle, InstrumentedAttribute

from phb.budget.budgets.models import PersonalHealthBudget
from phb.core.actor import Actor
from phb.people.models import Person
from phb.spending.kinds import Evidence, SpendState
from phb.spending.records.models import SpendRecord
from phb.spending.records.queries import visible_spend

NO_LONGER_NEEDED = (SpendState.CORRECTED, SpendState.PUT_BACK)


def awaits_evidence() -> ColumnElement[bool]:
    """Return the condition that a record of spend stands and nothing shows yet what was bought."""
    return and_(SpendRecord.evidence == Evidence.AWAITED, SpendRecord.state.not_in(NO_LONGER_NEEDED))


def missing_evidence(actor: Actor, on: date) -> tuple[Select[Any], Sequence[InstrumentedAttribute[Any]]]:
    """Select the spend an actor may see that needs evidence, the oldest first, and name the columns of that order.

    A row has the record's `id`, `spent_on`, `amount`, `payee`, `words` and `state`, the `person`, and the budget's
    `budget_id` and `reference`.
    """
    row, budget = SpendRecord, PersonalHealthBudget
    bundle: Bundle[Any] = Bundle(
        "row",
        row.id,
        row.spent_on,
        row.amount.label("amount"),
        row.payee,
        row.words,
        row.state,
        (Person.given_names + " " + Person.family_name).label("person"),
        budget.id.label("budget_id"),
        budget.reference.label("reference"),
    )
    mine = visible_spend(actor, on).where(awaits_evidence())
    query = mine.join(budget, budget.id == row.budget_id).join(Person, Person.id == row.person_id)
    return query.with_only_columns(bundle), (row.spent_on, row.id)
