"""Two people edit one plan: each part is changed by itself, and nobody overwrites what they have not read."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from phb.budget import queries
from phb.budget.budgets import operations, revisions
from phb.budget.budgets.editing import Edit, edit_change, edit_draft, propose_edit
from phb.budget.plans.draft import PlanDraft
from phb.budget.plans.edits import LineGoneError, line_of, put_line
from phb.core.actor import MissingPermissionError
from phb.core.money import pounds
from phb.people.saving import ChangedMeanwhileError
from tests.budget.conftest import World, line, stated

TWELVE = pounds("12514.29")  # 12 hours x 20.00 x 365 / 7 = 12,514.285...


def hours(count: int) -> Edit:
    """Return the edit that makes the care line so many hours."""

    def edit(plan: PlanDraft) -> PlanDraft:
        changed = replace(line_of(plan, "care"), quantity=Fraction(count))
        return put_line(plan, changed, outcome=plan.outcomes[0], pot=plan.pots[0], instead_of="care")

    return edit


def test_a_part_of_a_draft_is_changed_and_the_rest_stays(world: World) -> None:
    budget = world.propose(line(), stated("kit", "100.00"))
    changed = world.do(world.coordinator, edit_draft, budget.id, hours(12), version=budget.version)
    plan = world.plan_of(budget.id)
    assert plan.lines[0].amount == TWELVE
    assert [one.line.reference for one in plan.lines] == ["care", "kit"]
    assert (plan.plan.contingency, plan.plan.plan_version) == ("Call the co-ordinator", 2)
    assert changed.version > budget.version


def test_what_somebody_else_changed_first_is_not_overwritten(world: World) -> None:
    budget = world.propose(line(), stated("kit", "100.00"))
    world.do(world.coordinator, edit_draft, budget.id, hours(12), version=budget.version)
    with pytest.raises(ChangedMeanwhileError):
        world.do(world.coordinator, edit_draft, budget.id, hours(14), version=budget.version)
    assert world.plan_of(budget.id).lines[0].amount == TWELVE


def test_a_line_that_went_meanwhile_is_said_to_be_gone(world: World) -> None:
    budget = world.propose(stated("kit", "100.00"))
    with pytest.raises(LineGoneError):
        world.do(world.coordinator, edit_draft, budget.id, hours(12))


def test_a_plan_that_is_being_agreed_is_not_edited(world: World) -> None:
    budget = world.propose()
    world.do(world.coordinator, operations.submit, budget.id)
    with pytest.raises(operations.NotADraftError):
        world.do(world.coordinator, edit_draft, budget.id, hours(12))


def test_only_who_prepares_budgets_edits_them(world: World) -> None:
    budget = world.propose()
    with pytest.raises(MissingPermissionError):
        world.do(world.clinician, edit_draft, budget.id, hours(12))


def test_an_edit_of_an_active_budget_is_proposed_as_a_change(world: World) -> None:
    budget_id = world.active()
    version = world.budget(budget_id).version
    revision = world.do(world.coordinator, propose_edit, budget_id, hours(12), reason="More help", version=version)
    proposed = world.ask(world.coordinator, queries.proposed_change, revision.id, date(2026, 4, 1))
    assert (proposed.before.amount, proposed.after.amount) == (pounds("10428.57"), TWELVE)
    with pytest.raises(revisions.RevisionOpenError):
        world.do(world.coordinator, propose_edit, budget_id, hours(13), reason="More still")
    after = world.do(world.coordinator, edit_change, revision.id, hours(14), version=revision.version)
    assert after.version > revision.version
    with pytest.raises(ChangedMeanwhileError):
        world.do(world.coordinator, edit_change, revision.id, hours(16), version=revision.version)


def test_a_change_to_an_older_version_of_an_active_budget_is_refused(world: World) -> None:
    budget_id = world.active()
    version = world.budget(budget_id).version
    with pytest.raises(ChangedMeanwhileError):
        world.do(world.coordinator, propose_edit, budget_id, hours(12), reason="More", version=version - 1)
