"""An active budget is raised and lowered by a new version of its plan, agreed again, and the books follow."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from uuid import UUID, uuid4

import pytest

from phb.budget import queries
from phb.budget.budgets import revisions
from phb.budget.budgets.models import BudgetRevision
from phb.budget.budgets.operations import NotADraftError
from phb.budget.commitments.draft import NewCommitment
from phb.budget.commitments.operations import raise_commitment
from phb.budget.kinds import CommitmentKind, ShareBasis
from phb.budget.plans.draft import LineDraft, ShareRule
from phb.core.money import pounds
from phb.governance.workflow import SecondPersonNeededError, WrongStateError
from phb.ledger.queries import pay_out_of
from phb.ledger.refusals import TooLittleLeftError
from phb.people.saving import Change
from tests.budget.conftest import YEAR, World, dates, line, stated

CARE = pounds("10428.57")
JUNE = date(2026, 6, 1)


def proposed(world: World, budget_id: UUID, *lines: LineDraft) -> BudgetRevision:
    revision = world.do(world.coordinator, revisions.revise, budget_id, world.plan(*lines), reason="Needs changed")
    world.do(world.coordinator, revisions.submit_revision, revision.id)
    world.do(world.clinician, revisions.sign_off_revision_clinically, revision.id)
    return revision


def test_a_rise_is_signed_off_again_and_raises_the_books(world: World) -> None:
    budget_id = world.active()
    world.on(JUNE)
    before = line(period=dates("2026-04-01", "2026-05-31"))
    after = line("care-2", quantity=Fraction(12), period=dates("2026-06-01", "2027-03-31"))
    world.changed(budget_id, before, after)
    # 61 days at 200.00 a week is 1,742.857...; 304 days at 240.00 is 10,422.857...
    assert world.line_position(world.line_of(budget_id)).approved == pounds("1742.86")
    assert world.line_position(world.line_of(budget_id, "care-2")).approved == pounds("10422.86")
    assert world.budget(budget_id).state == "active"
    assert world.plan_of(budget_id).plan.plan_version == 2
    world.assert_sound()


def test_a_rise_is_not_agreed_before_its_value_is_signed_off(world: World) -> None:
    revision = proposed(world, world.active(), line(quantity=Fraction(12)))
    with pytest.raises(revisions.FinanceSignOffNeededError):
        world.do(world.holder, revisions.agree_revision, revision.id)
    world.do(world.approver, revisions.sign_off_revision_finance, revision.id)
    assert world.do(world.holder, revisions.agree_revision, revision.id).state == "agreed"


def test_a_proposed_change_is_shown_beside_the_plan_with_the_steps_that_would_work(world: World) -> None:
    budget_id = world.active()
    revision = proposed(world, budget_id, line(quantity=Fraction(12)))

    def shown() -> queries.ProposedChange:
        return world.ask(world.holder, queries.proposed_change, revision.id, world.service.today)

    # 10 and 12 hours at 20.00 for 365 of 7 days: 10,428.571... and 12,514.285...
    assert (shown().before.amount, shown().after.amount) == (CARE, pounds("12514.29"))
    assert shown().allowed == ()
    world.do(world.approver, revisions.sign_off_revision_finance, revision.id)
    assert shown().allowed == ("agree", "return")


def test_a_fall_may_be_agreed_at_once_by_whoever_speaks_for_the_person(world: World) -> None:
    revision = proposed(world, world.active(), line(quantity=Fraction(9)))
    today = world.service.today
    assert world.ask(world.holder, queries.proposed_change, revision.id, today).allowed == ("agree",)
    elses = replace(world.auditor, permissions=world.holder.permissions)
    assert world.ask(elses, queries.proposed_change, revision.id, today).allowed == ()


def test_a_fall_needs_no_sign_off_of_its_value_and_lowers_the_books_and_what_is_payable(world: World) -> None:
    budget_id = world.active()
    world.changed(budget_id, line(quantity=Fraction(9)), finance=False)
    # 9 x 20.00 x 365 / 7 = 9,385.714...
    assert world.approved(budget_id) == pounds("9385.71")
    view = world.line_of(budget_id)
    with world.service.unit(world.auditor) as uow:
        assert pay_out_of(uow.session, view.pot.id, 2026).payable == pounds("9385.71")
    world.assert_sound()


def test_money_that_changes_its_funder_leaves_the_total(world: World) -> None:
    budget_id = world.active()
    jointly = (ShareRule("nhs", ShareBasis.PERCENT, percent=Fraction(50)), ShareRule("council"))
    world.changed(budget_id, line(shares=jointly), finance=False)
    assert world.approved(budget_id) == CARE
    world.assert_sound()


def test_a_line_that_left_and_comes_back_opens_once(world: World) -> None:
    chair = stated("chair", "1200.00", pot="np", category="EQUIPMENT")
    budget_id = world.active(line(), chair)
    world.changed(budget_id, line(), finance=False)
    assert world.approved(budget_id) == CARE
    world.changed(budget_id, line(), chair)
    assert world.approved(budget_id) == CARE + pounds("1200.00")
    world.assert_sound()


def test_what_is_promised_is_not_taken_back(world: World) -> None:
    chair = stated("chair", "1200.00", pot="np", category="EQUIPMENT")
    budget_id = world.active(line(), chair)
    order = NewCommitment("O-1", CommitmentKind.ORDER, pounds("1100.00"), YEAR, "A chair", world.provider_id)
    world.do(world.coordinator, raise_commitment, world.line_of(budget_id, "chair").line.id, order)
    revision = proposed(world, budget_id, line(), stated("chair", "1000.00", pot="np", category="EQUIPMENT"))
    world.do(world.holder, revisions.agree_revision, revision.id)
    with pytest.raises(TooLittleLeftError):
        world.do(world.approver, revisions.apply_revision, revision.id)
    assert world.plan_of(budget_id).plan.plan_version == 1
    world.assert_sound()


def test_the_plan_in_force_is_no_change(world: World) -> None:
    with pytest.raises(revisions.NothingChangesError):
        world.do(world.coordinator, revisions.revise, world.active(), world.plan(), reason="None")


def test_one_change_at_a_time_and_only_of_an_active_budget(world: World) -> None:
    more = world.plan(line(quantity=Fraction(12)))
    with pytest.raises(revisions.NotActiveError):
        world.do(world.coordinator, revisions.revise, world.propose().id, more, reason="More")
    budget_id = world.active()
    world.do(world.coordinator, revisions.revise, budget_id, more, reason="More")
    with pytest.raises(revisions.RevisionOpenError):
        world.do(world.coordinator, revisions.revise, budget_id, more, reason="More")


def test_the_start_of_a_budget_stays(world: World) -> None:
    later = dates("2026-04-02", "2027-03-31")
    plan = world.plan(line(period=later), period=later)
    with pytest.raises(revisions.StartMovedError):
        world.do(world.coordinator, revisions.revise, world.active(), plan, reason="Later")


def test_a_returned_change_is_drafted_again_and_a_refused_one_leaves_the_budget_alone(world: World) -> None:
    budget_id = world.active()
    revision = proposed(world, budget_id, line(quantity=Fraction(12)))
    again = world.plan(line(quantity=Fraction(11)))
    with pytest.raises(NotADraftError):
        world.do(world.coordinator, revisions.redraft_revision, revision.id, again)
    world.do(world.approver, revisions.return_revision, revision.id, reason="Too much")
    assert world.do(world.coordinator, revisions.redraft_revision, revision.id, again).change is Change.CHANGED
    assert world.do(world.coordinator, revisions.redraft_revision, revision.id, again).change is Change.UNCHANGED
    world.do(world.coordinator, revisions.submit_revision, revision.id)
    world.do(world.clinician, revisions.refuse_revision, revision.id, reason="Not safe")
    with pytest.raises(WrongStateError):
        world.do(world.approver, revisions.apply_revision, revision.id)
    assert world.approved(budget_id) == CARE
    found = world.ask(world.auditor, queries.revisions_of, budget_id, date(2026, 4, 1))
    assert [one.state for one in found] == ["refused"]


def test_who_proposed_a_change_does_not_apply_it(world: World) -> None:
    revision = proposed(world, world.active(), line(quantity=Fraction(9)))
    world.do(world.holder, revisions.agree_revision, revision.id)
    proposer = replace(world.coordinator, permissions=world.approver.permissions)
    with pytest.raises(SecondPersonNeededError):
        world.do(proposer, revisions.apply_revision, revision.id)


def test_a_change_that_does_not_exist_is_not_found(world: World) -> None:
    with pytest.raises(queries.RevisionNotFoundError):
        world.do(world.coordinator, revisions.submit_revision, uuid4())
