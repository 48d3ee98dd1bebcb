"""Find budgets among many: by person, reference, cohort, state or way of holding, described as a list shows them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy import ColumnElement, Select, distinct, exists, func, select
from sqlalchemy.orm import Session

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.kinds import ManagementType
from phb.budget.plans.models import LineTerms, LineYear, PlanLine, Pot
from phb.budget.queries import visible_budgets
from phb.core.actor import Actor
from phb.core.money import from_pence
from phb.people.models import Person
from phb.people.nhs_number import NHSNumber


@dataclass(frozen=True)
class Sought:
    """What a budget is looked for by; what is None or empty does not matter.

    `name` is any part of the person's name, `reference` the beginning of the budget's or the person's reference.
    """

    name: str = ""
    nhs_number: NHSNumber | None = None
    reference: str = ""
    state: str | None = None
    cohort_code: str | None = None
    management: ManagementType | None = None


@dataclass(frozen=True)
class Found:
    """A budget as a list shows it: whose it is, how its money is held, and what its plan comes to."""

    budget: PersonalHealthBudget
    person: Person
    ways: tuple[ManagementType, ...]
    amount: Money


def sought_budgets(actor: Actor, on: date, sought: Sought) -> Select[PersonalHealthBudget]:
    """Select the budgets an actor may see that fit what is looked for."""
    return visible_budgets(actor, on).where(*_conditions(sought))


def describe(session: Session, budgets: Sequence[PersonalHealthBudget]) -> list[Found]:
    """Return budgets with their people and plans, in the order given; select what the actor may see first."""
    people = _people(session, {row.person_id for row in budgets})
    plans = [row.plan_id for row in budgets]
    ways, amounts = _ways(session, plans), _amounts(session, plans)
    return [
        Found(row, people[row.person_id], ways[row.plan_id], amounts.get(row.plan_id, from_pence(0))) for row in budgets
    ]


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    row, found = PersonalHealthBudget, list[ColumnElement[bool]]()
    if sought.name:
        full_name = Person.given_names + " " + Person.family_name
        found.append(row.person_id.in_(select(Person.id).where(full_name.icontains(sought.name, autoescape=True))))
    if sought.nhs_number is not None:
        found.append(row.person_id.in_(select(Person.id).where(Person.nhs_number == sought.nhs_number)))
    if sought.reference:
        of_person = Person.reference.istartswith(sought.reference, autoescape=True)
        known = row.reference.istartswith(sought.reference, autoescape=True)
        found.append(known | row.person_id.in_(select(Person.id).where(of_person)))
    if sought.state:
        found.append(row.state == sought.state)
    if sought.cohort_code:
        found.append(row.cohort_code == sought.cohort_code)
    if sought.management is not None:
        found.append(_holds_money(sought.management))
    return found


def _holds_money(management: ManagementType) -> ColumnElement[bool]:
    """Return the condition that some line of a budget's plan is held in a way."""
    return exists().where(
        LineTerms.plan_id == PersonalHealthBudget.plan_id,
        LineTerms.plan_line_id == PlanLine.id,
        PlanLine.pot_id == Pot.id,
        Pot.management == management,
    )


def _people(session: Session, person_ids: set[UUID]) -> Mapping[UUID, Person]:
    return {row.id: row for row in session.scalars(select(Person).where(Person.id.in_(person_ids)))}


def _ways(session: Session, plan_ids: Sequence[UUID]) -> Mapping[UUID, tuple[ManagementType, ...]]:
    rows = session.execute(
        select(LineTerms.plan_id, func.array_agg(distinct(Pot.management)))
        .join(PlanLine, PlanLine.id == LineTerms.plan_line_id)
        .join(Pot, Pot.id == PlanLine.pot_id)
        .where(LineTerms.plan_id.in_(plan_ids))
        .group_by(LineTerms.plan_id)
    )
    found: defaultdict[UUID, tuple[ManagementType, ...]] = defaultdict(tuple)
    for plan_id, ways in rows:
        found[plan_id] = tuple(way for way in ManagementType if way in ways)
    return found


def _amounts(session: Session, plan_ids: Sequence[UUID]) -> Mapping[UUID, Money]:
    rows = session.execute(
        select(LineYear.plan_id, func.sum(LineYear.amount).label("amount"))
        .where(LineYear.plan_id.in_(plan_ids))
        .group_by(LineYear.plan_id)
    )
    return {row.plan_id: row.amount for row in rows}
