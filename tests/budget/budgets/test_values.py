"""A list's values of plans are those of the rule, to the penny."""

from datetime import date
from fractions import Fraction
from uuid import UUID

import pytest
from sqlalchemy import select, true

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.budgets.rules import LineValue, approved_value
from phb.budget.budgets.values import value_beside, values_of_plans
from phb.budget.kinds import Frequency
from phb.budget.plans.draft import LineDraft
from phb.core.money import from_pence, pounds
from phb.core.period import Period, add_months
from phb.governance.policies import ApprovedValue
from tests.budget.conftest import World, line, stated

ANNUALISED, TOTAL = ApprovedValue
LEAP_DAY = date(2028, 2, 29)


def weekly(reference: str, price: str, period: Period) -> LineDraft:
    return line(
        reference, unit="each", quantity=Fraction(1), frequency=Frequency.WEEK, unit_price=pounds(price), period=period
    )


def days(start_on: date, months: int, more: int = 0) -> Period:
    """Return some months, and some days of the next."""
    return Period(start_on, date.fromordinal(add_months(start_on, months).toordinal() + more))


@pytest.mark.parametrize("measure", ApprovedValue)
@pytest.mark.parametrize("start_on", [date(2026, 4, 1), date(2027, 3, 1), LEAP_DAY])
def test_a_lists_value_is_that_of_the_rule(world: World, measure: ApprovedValue, start_on: date) -> None:
    whole = days(start_on, 12)
    lines = (
        weekly("whole", "33.33", whole),
        weekly("part", "7.77", days(start_on, 0, 3)),
        weekly("odd", "0.01", days(start_on, 1, 2)),
        stated("once", "500.01", period=whole),
    )
    budget = world.propose(*lines, period=whole, review_on=start_on)
    views = world.plan_of(budget.id).lines
    values = [
        LineValue(view.amount, view.terms.period, comes_round=view.terms.frequency != Frequency.ONCE) for view in views
    ]
    assert value(world, measure, budget.id) == approved_value(measure, values)


def test_a_service_of_half_a_year_counts_for_a_whole_one(world: World) -> None:
    half = Period(date(2026, 4, 1), date(2026, 9, 30))  # 182 days
    budget = world.propose(weekly("care", "100.00", half))
    assert value(world, TOTAL, budget.id) == pounds("2600.00")  # 26 weeks
    assert value(world, ANNUALISED, budget.id) == pounds("5214.29")  # x 365 / 182 = 5214.285...


def value(world: World, measure: ApprovedValue, budget_id: UUID) -> object:
    """Return the value of a budget's plan as both lists have it."""
    row = PersonalHealthBudget
    of_many = values_of_plans(measure, select(row.plan_id).where(row.id == budget_id))
    beside = value_beside(measure, row.plan_id)
    with world.service.unit(world.auditor) as uow:
        pence = uow.session.scalars(select(of_many.c.pence)).one()
        assert (
            pence
            == uow.session.scalars(
                select(beside.c.pence).join_from(row, beside, true()).where(row.id == budget_id)
            ).one()
        )
    return from_pence(pence)
