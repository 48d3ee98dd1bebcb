"""A budget and a change of it are read whole: what is bought, whether it is enough, and who has decided what."""

from datetime import date
from fractions import Fraction
from uuid import UUID

import pytest

from phb.budget import queries
from phb.budget.assessments.operations import set_indicative
from phb.budget.budgets import operations, revisions
from phb.budget.budgets.operations import propose
from phb.budget.kinds import BudgetKind, CareSetting, ShareBasis
from phb.budget.plans.draft import ShareRule
from phb.budget.reading import BudgetRead, read_budget, read_change
from phb.core.actor import Actor
from phb.core.money import pounds
from tests.budget.conftest import YEAR, World, line, stated

APRIL = date(2026, 4, 1)
CARE = pounds("10428.57")  # 10 hours x 20.00 x 365 / 7 = 10,428.571...


def read(world: World, actor: Actor, budget_id: UUID) -> BudgetRead:
    """Return a budget as an actor reads it."""
    return world.ask(actor, read_budget, budget_id, APRIL)


def test_a_budget_is_read_with_the_needs_it_is_for(world: World) -> None:
    estimate = world.do(world.coordinator, set_indicative, world.assessment().id, YEAR).row
    budget = world.do(
        world.coordinator,
        propose,
        world.person_id,
        reference="B-1",
        cohort_code="ADULT_CHC",
        kind=BudgetKind.PERSONAL_HEALTH_BUDGET,
        care_setting=CareSetting.HOME,
        plan=world.plan(line(money=pounds("11000.00"))),
        indicative_id=estimate.id,
    ).row
    seen = read(world, world.clinician, budget.id)
    assert seen.person.id == world.person_id
    assert (seen.assessment and seen.assessment.reference, seen.estimate and seen.estimate.id) == ("A-1", estimate.id)
    assert (seen.lines[0].view.cost, seen.lines[0].spare) == (CARE, pounds("571.43"))
    assert seen.names[world.coordinator.user_id]
    assert seen.references == {"care"}
    assert (seen.change, seen.before, list(seen.gone), list(seen.changes)) == (None, None, [], [])


def test_a_category_that_somebody_must_judge_is_marked(world: World) -> None:
    referred = stated("rent", "100.00", category="LIVING_COSTS", referral_reason="The ventilator needs power")
    seen = read(world, world.clinician, world.propose(line(), referred).id)
    assert [one.is_referred for one in seen.lines] == [False, True]


def test_a_plan_is_added_up_by_way_of_holding_and_by_funder(world: World) -> None:
    shared = (ShareRule("nhs"), ShareRule("council", ShareBasis.PERCENT, percent=Fraction(25)))
    lines = stated("care", "300.00", shares=shared), stated("kit", "50.00"), stated("nurse", "20.00", pot="np")
    seen = read(world, world.clinician, world.propose(*lines).id)
    assert {pot.reference: amount for pot, amount in seen.by_pot} == {"dp": pounds("350.00"), "np": pounds("20.00")}
    assert seen.by_fund == {"nhs": pounds("295.00"), "council": pounds("75.00")}


def test_who_proposed_a_budget_is_told_why_they_may_not_sign_it_off(world: World) -> None:
    budget = world.propose()
    assert read(world, world.coordinator, budget.id).decision.allowed == ("submit",)
    world.do(world.coordinator, operations.submit, budget.id)
    assert set(read(world, world.clinician, budget.id).decision.allowed) == {"sign_off_clinically", "return", "refuse"}
    assert read(world, world.coordinator, budget.id).decision.allowed == ()


def test_a_budget_that_was_sent_back_says_so_until_it_is_sent_again(world: World) -> None:
    budget = world.propose()
    world.do(world.coordinator, operations.submit, budget.id)
    assert read(world, world.coordinator, budget.id).sent_back is None
    world.do(world.clinician, operations.return_to_draft, budget.id, reason="Say who lifts at night")
    seen = read(world, world.coordinator, budget.id)
    assert seen.sent_back
    assert seen.sent_back.reason == "Say who lifts at night"
    world.do(world.coordinator, operations.submit, budget.id)
    assert read(world, world.coordinator, budget.id).sent_back is None


def test_a_change_is_read_beside_the_plan_in_force(world: World) -> None:
    budget_id = world.active(line(), stated("kit", "100.00"), stated("club", "50.00"))
    new = world.plan(line(quantity=Fraction(12)), stated("club", "50.00"), stated("swim", "60.00"))
    revision = world.do(world.coordinator, revisions.revise, budget_id, new, reason="More help")
    seen = world.ask(world.clinician, read_change, revision.id, APRIL)
    changed = {one.view.line.reference: one.is_changed for one in seen.lines}
    assert changed == {"care": True, "club": False, "swim": True}
    assert [view.line.reference for view in seen.gone] == ["kit"]
    assert seen.before
    assert seen.before.amount == CARE + pounds("150.00")
    assert (list(seen.taken), seen.subject.id) == ([], revision.id)
    world.do(world.coordinator, revisions.submit_revision, revision.id)
    seen = world.ask(world.clinician, read_change, revision.id, APRIL)
    assert [step.step for step in seen.taken] == ["submit"]


def test_a_budget_that_is_not_yours_looks_absent(world: World) -> None:
    budget_id = world.active()
    revision = world.do(
        world.coordinator, revisions.revise, budget_id, world.plan(line(quantity=Fraction(12))), reason="More help"
    )
    with pytest.raises(queries.BudgetNotFoundError):
        read(world, world.administrator, budget_id)
    with pytest.raises(queries.RevisionNotFoundError):
        world.ask(world.administrator, read_change, revision.id, APRIL)
