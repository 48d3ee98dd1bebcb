"""How a budget was worked out, told from what was stored."""

from dataclasses import replace
from fractions import Fraction

import pytest

from phb.budget.assessments.operations import set_indicative
from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.budgets.operations import propose
from phb.budget.kinds import BudgetKind, CareSetting, Frequency
from phb.budget.queries import BudgetNotFoundError
from phb.budget.working_out import WorkingOut, working_out_of
from phb.core.actor import Actor
from phb.core.money import pounds
from phb.people.kinds import Scope
from tests.budget.conftest import YEAR, World, line, stated


def told(world: World, row: PersonalHealthBudget, actor: Actor) -> WorkingOut:
    return world.ask(actor, working_out_of, row.id, world.service.today)


def test_the_estimate_and_each_line_are_told(world: World) -> None:
    indicative = world.do(world.coordinator, set_indicative, world.assessment().id, YEAR).row
    row = world.do(
        world.coordinator,
        propose,
        world.person_id,
        reference="B-1",
        cohort_code="ADULT_CHC",
        kind=BudgetKind.PERSONAL_HEALTH_BUDGET,
        care_setting=CareSetting.HOME,
        plan=world.plan(line(), stated("aid", "12.50", category="EQUIPMENT", words="Grab rail", quantity=Fraction(2))),
        indicative_id=indicative.id,
    ).row
    found = told(world, row, world.holder)
    assert found.estimate is not None
    # 10 x 20.00 x 365 / 7 = 10,428.571..., and two weeks of 200.00 are kept apart.
    assert found.estimate.total == pounds("10828.57")
    care, aid = ("\n".join(cost.paragraphs) for cost in found.lines)
    assert "You need 10 hours of day care a week. Each hour costs £20.00" in care
    assert "£10,428.57 for the year" in care
    assert found.before_lines == ["Where a number ends in “…”, it goes on with more digits."]
    assert "£12.50" in aid
    assert "£25.00" in aid


def test_a_budget_without_an_estimate_tells_its_lines_alone(world: World) -> None:
    monthly = line("gym", unit_price=pounds("30.00"), unit="each", quantity=Fraction(1), frequency=Frequency.MONTH)
    found = told(world, world.propose(replace(monthly, words="Gym")), world.holder)
    assert found.estimate is None
    assert found.before_lines == []
    assert "£360.00 a year" in "\n".join(found.lines[0].paragraphs)


def test_a_budget_that_is_not_yours_is_not_told(world: World) -> None:
    stranger = world.service.broker(world.service.person(), Scope.BUDGET)
    with pytest.raises(BudgetNotFoundError):
        told(world, world.propose(), stranger)
