"""What somebody may decide about a budget or a change, and why not more."""

from uuid import UUID

from phb.budget.budgets import operations as budgets
from phb.budget.budgets import revisions
from phb.budget.budgets.deciding import Decision, decision_on_budget, decision_on_change
from phb.core.actor import Actor, Role
from phb.core.money import pounds
from tests.budget.conftest import World, stated
from tests.people.test_approvers import allow


def to_sign_off(world: World, price: str) -> UUID:
    budget_id = world.propose(stated("care", price)).id
    world.do(world.coordinator, budgets.submit, budget_id)
    world.do(world.clinician, budgets.sign_off_clinically, budget_id)
    return budget_id


def decision(world: World, actor: Actor, budget_id: UUID) -> Decision:
    return world.ask(actor, decision_on_budget, budget_id, world.service.today)


def test_within_the_limit_an_approver_may_sign_off_return_or_refuse(world: World) -> None:
    found = decision(world, world.approver, to_sign_off(world, "5200.00"))
    assert (found.value, found.limit) == (pounds("5200.00"), pounds("50000.00"))
    assert set(found.allowed) == {"sign_off_finance", "return", "refuse"}
    assert (found.why_not, found.others) == ((), ())


def test_above_the_limit_it_says_so_and_who_may(world: World) -> None:
    higher = world.service.staff(Role.APPROVER)
    allow(world.service, "90000.00", higher.user_id)
    found = decision(world, world.approver, to_sign_off(world, "60000.00"))
    assert set(found.allowed) == {"return", "refuse"}
    assert found.why_not[0].startswith("This is worth £60,000.00 and you may sign off up to £50,000.00.")
    assert [one.user_id for one in found.others] == [higher.user_id]


def test_a_reader_decides_nothing_and_is_given_no_reason(world: World) -> None:
    found = decision(world, world.auditor, to_sign_off(world, "5200.00"))
    assert (found.allowed, found.why_not, found.limit) == ((), (), None)


def test_activation_is_no_matter_of_the_limit(world: World) -> None:
    world.allow("1000000.00")
    budget_id = world.agreed(stated("care", "60000.00"))
    world.allow("1.00")
    assert "activate" in decision(world, world.approver, budget_id).allowed


def test_a_change_is_decided_by_the_value_of_the_whole_plan(world: World) -> None:
    budget_id = world.active(stated("care", "1000.00"))
    plan = world.plan(stated("care", "60000.00"))
    row = world.do(world.coordinator, revisions.revise, budget_id, plan, reason="More is needed")
    world.do(world.coordinator, revisions.submit_revision, row.id)
    world.do(world.clinician, revisions.sign_off_revision_clinically, row.id)
    found = world.ask(world.approver, decision_on_change, row.id, world.service.today)
    assert (found.value, set(found.allowed)) == (pounds("60000.00"), {"return", "refuse"})
