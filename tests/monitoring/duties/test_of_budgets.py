"""What agreeing, reviewing and renewing a budget asks of whom, until it is done."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from phb.budget.budgets import operations, revisions
from phb.budget.budgets.models import BudgetRevision
from phb.core.actor import Actor, Role
from phb.people.kinds import Basis, RelationKind
from phb.people.relations.rules import NewRelation
from tests.budget.conftest import YEAR, World, dates, stated
from tests.monitoring.duties.conftest import also, decide, due, entries, kinds
from tests.people.conftest import BY_THE_PERSON

APRIL = date(2026, 4, 1)
IN_MAY = dates("2026-05-20", "2027-03-31")
LATER = {"period": IN_MAY, "review_on": date(2026, 8, 20)}


def later(price: str = "100.00") -> object:
    """Describe a line of a budget that starts on 20 May."""
    return stated("care", price, period=IN_MAY)


def submitted(world: World, price: str = "100.00") -> UUID:
    budget_id = world.propose(later(price), **LATER).id  # type: ignore[arg-type]  # a line
    world.do(world.coordinator, operations.submit, budget_id)
    return budget_id


def everybody(world: World) -> dict[str, Actor]:
    return {
        "coordinator": world.coordinator,
        "clinician": world.clinician,
        "approver": world.approver,
        "holder": world.holder,
        "finance": world.finance,
        "auditor": world.auditor,
        "administrator": world.administrator,
    }


def who_has(world: World, kind: str) -> set[str]:
    return {name for name, actor in everybody(world).items() if kind in kinds(world, actor)}


def test_each_step_is_one_persons_until_it_is_taken(world: World) -> None:
    budget_id = submitted(world)
    for kind, whose, step in (
        ("budget.sign_off_clinically", "clinician", operations.sign_off_clinically),
        ("budget.sign_off_finance", "approver", operations.sign_off_finance),
        ("budget.agree", "holder", operations.agree),
        ("budget.activate", "approver", operations.activate),
    ):
        assert who_has(world, kind) == {whose}
        (entry,) = entries(world, everybody(world)[whose])
        assert (entry.subject_id, entry.budget_id, entry.person_id) == (budget_id, budget_id, world.person_id)
        world.do(everybody(world)[whose], step, budget_id)
        assert who_has(world, kind) == set()
    assert {name for name, actor in everybody(world).items() if kinds(world, actor)} == set()


def test_each_step_has_the_days_that_policy_gives(world: World) -> None:
    budget_id = submitted(world)
    assert due(world, world.clinician, "budget.sign_off_clinically") == [APRIL + timedelta(days=7)]
    world.on(date(2026, 4, 3))
    world.do(world.clinician, operations.sign_off_clinically, budget_id)
    assert due(world, world.approver, "budget.sign_off_finance") == [date(2026, 4, 13)]
    decide(world, "finance", decide_within_days=3)
    decide(world, "tasks", agreement=21)
    assert due(world, world.approver, "budget.sign_off_finance") == [date(2026, 4, 6)]
    world.do(world.approver, operations.sign_off_finance, budget_id)
    assert due(world, world.holder, "budget.agree") == [date(2026, 4, 24)]


def test_what_starts_before_the_days_are_over_is_due_when_it_starts(world: World) -> None:
    budget_id = world.propose(stated("care", "100.00")).id
    world.do(world.coordinator, operations.submit, budget_id)
    world.do(world.clinician, operations.sign_off_clinically, budget_id)
    assert due(world, world.approver, "budget.sign_off_finance") == [APRIL]


def test_nobody_is_asked_to_sign_off_what_they_proposed(world: World) -> None:
    submitted(world)
    both = also(world, world.coordinator, Role.CLINICIAN)
    assert kinds(world, both) == []
    assert kinds(world, world.clinician) == ["budget.sign_off_clinically"]


@pytest.mark.parametrize(("price", "asked"), [("50000.00", True), ("50000.01", False)])
def test_nobody_is_asked_to_sign_off_what_is_above_their_limit(world: World, price: str, asked: bool) -> None:  # noqa: FBT001 - a case
    decide(world, "delegation", measure="agreed_total")
    budget_id = submitted(world, price)
    world.do(world.clinician, operations.sign_off_clinically, budget_id)
    assert (kinds(world, world.approver) == ["budget.sign_off_finance"]) is asked


def test_what_was_returned_is_its_preparers_to_redraft_and_nobody_elses(world: World) -> None:
    world.propose(later(), reference="B-DRAFT", **LATER)  # type: ignore[arg-type]  # a draft that was never sent waits for nobody
    assert kinds(world, world.coordinator) == []
    budget_id = submitted(world)
    world.do(world.clinician, operations.return_to_draft, budget_id, reason="Say more of the risks")
    other = world.service.staff(Role.CARE_COORDINATOR)
    assert (kinds(world, world.coordinator), kinds(world, other)) == (["budget.redraft"], [])
    assert due(world, world.coordinator, "budget.redraft") == [date(2026, 4, 8)]
    world.on(date(2026, 4, 2))
    world.do(world.coordinator, operations.submit, budget_id)
    assert kinds(world, world.coordinator) == []
    assert due(world, world.clinician, "budget.sign_off_clinically") == [date(2026, 4, 9)]


def test_what_was_refused_is_nobodys(world: World) -> None:
    budget_id = submitted(world)
    world.do(world.clinician, operations.refuse, budget_id, reason="No need was found")
    assert who_has(world, "budget.sign_off_clinically") == who_has(world, "budget.redraft") == set()


def test_a_representative_is_asked_to_agree_and_a_nominee_is_not(world: World) -> None:
    budget_id = submitted(world)
    for actor, step in (
        (world.clinician, operations.sign_off_clinically),
        (world.approver, operations.sign_off_finance),
    ):
        world.do(actor, step, budget_id)
    acting = {}
    for kind, basis in ((RelationKind.REPRESENTATIVE, Basis.DEPUTYSHIP), (RelationKind.NOMINEE, Basis.NOMINATED)):
        acting_id = world.service.person()
        new = NewRelation(kind, basis, APRIL, acting_person_id=acting_id, evidence="Order seen")
        if kind is RelationKind.NOMINEE:
            new = NewRelation(kind, basis, APRIL, acting_person_id=acting_id, consent=BY_THE_PERSON)
        world.service.relate(world.person_id, new)
        acting[kind] = world.service.user(kind.role, world.service.commissioner_id, person_id=acting_id)
    assert kinds(world, acting[RelationKind.REPRESENTATIVE]) == ["budget.agree"]
    assert kinds(world, acting[RelationKind.NOMINEE]) == []


def change(world: World, price: str) -> BudgetRevision:
    """Propose a change of an active budget of £100.00, and have it signed off clinically."""
    budget_id = world.active(later(), **LATER)  # type: ignore[arg-type]  # a line
    plan = world.plan(later(price), **LATER)  # type: ignore[arg-type]  # a line
    revision: BudgetRevision = world.do(world.coordinator, revisions.revise, budget_id, plan, reason="Needs changed")
    world.do(world.coordinator, revisions.submit_revision, revision.id)
    assert kinds(world, world.clinician) == ["change.sign_off_clinically"]
    world.do(world.clinician, revisions.sign_off_revision_clinically, revision.id)
    return revision


def test_a_change_that_raises_the_value_goes_through_finance(world: World) -> None:
    revision = change(world, "100.01")
    for whose, kind, step in (
        (world.approver, "change.sign_off_finance", revisions.sign_off_revision_finance),
        (world.holder, "change.agree", revisions.agree_revision),
        (world.approver, "change.activate", revisions.apply_revision),
    ):
        (entry,) = entries(world, whose)
        assert (entry.kind, entry.subject_id, entry.budget_id) == (kind, revision.id, revision.budget_id)
        assert [name for name, actor in everybody(world).items() if kinds(world, actor)] == [
            name for name, actor in everybody(world).items() if actor is whose
        ]
        world.do(whose, step, revision.id)
    assert [kinds(world, actor) for actor in everybody(world).values()] == [[]] * 7


def test_a_change_that_lowers_the_value_goes_straight_to_the_person(world: World) -> None:
    revision = change(world, "99.99")
    assert (kinds(world, world.approver), kinds(world, world.holder)) == ([], ["change.agree"])
    world.do(world.holder, revisions.agree_revision, revision.id)
    assert (kinds(world, world.approver), kinds(world, world.holder)) == (["change.activate"], [])


def test_a_change_that_was_returned_is_its_preparers(world: World) -> None:
    revision = change(world, "100.01")
    world.do(world.approver, revisions.return_revision, revision.id, reason="Too dear")
    assert kinds(world, world.coordinator) == ["change.redraft"]


def test_a_review_is_announced_four_weeks_before_and_over_when_the_plan_names_a_later_day(world: World) -> None:
    budget_id = world.active(stated("care", "100.00"))  # to be reviewed on 1 July
    world.on(date(2026, 6, 2))
    assert kinds(world, world.coordinator) == []
    world.on(date(2026, 6, 3))
    assert due(world, world.coordinator, "budget.review") == [date(2026, 7, 1)]
    assert who_has(world, "budget.review") == {"coordinator"}
    world.on(date(2026, 7, 2))
    assert [entry.is_overdue for entry in entries(world, world.coordinator)] == [True]
    world.changed(budget_id, stated("care", "90.00"), review_on=date(2026, 10, 1))
    assert kinds(world, world.coordinator) == []


def test_a_budget_that_ends_asks_for_what_comes_after_it(world: World) -> None:
    world.active(stated("care", "100.00"), review_on=date(2027, 3, 31))
    world.on(date(2026, 12, 31))
    assert "budget.renew" not in kinds(world, world.coordinator)
    world.on(date(2027, 1, 1))  # ninety days before 1 April
    assert due(world, world.coordinator, "budget.renew") == [YEAR.last_day]
    world.propose(
        stated("care", "100.00", period=dates("2027-04-01", "2028-03-31")),
        period=dates("2027-04-01", "2028-03-31"),
        review_on=date(2027, 7, 1),
    )
    assert "budget.renew" not in kinds(world, world.coordinator)


def test_a_co_ordinator_is_asked_about_their_own_people_and_those_who_have_none(world: World) -> None:
    world.active(stated("care", "100.00"))
    world.on(date(2026, 6, 3))
    other = world.service.staff(Role.CARE_COORDINATOR)
    assert kinds(world, other) == ["budget.review"]
    new = NewRelation(
        RelationKind.CARE_COORDINATOR, Basis.ASSIGNED, date(2026, 6, 3), user_id=world.coordinator.user_id
    )
    world.service.relate(world.person_id, new)
    assert (kinds(world, world.coordinator), kinds(world, other)) == (["budget.review"], [])
