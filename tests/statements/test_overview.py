"""A budget as it stands on 1 July 2026: every figure that of the books, every word that of the records."""

from datetime import date
from typing import Any

import pytest

from phb.budget.budgets import operations as budgets
from phb.budget.budgets import revisions
from phb.budget.queries import BudgetNotFoundError
from phb.core.actor import Role
from phb.core.money import pounds
from phb.people.kinds import Basis, RelationKind, Scope
from phb.people.relations.rules import NewRelation
from phb.statements.overview import Overview, heading_of, overview
from tests.budget.conftest import World, stated
from tests.people.conftest import BY_THE_PERSON, Service
from tests.statements.conftest import Teller


def seen(teller: Teller, **options: Any) -> Overview:
    world = teller.world
    return world.ask(options.get("actor", world.holder), overview, teller.spender.budget_id, world.service.today)


def test_the_figures_are_those_of_the_books(spring: Teller) -> None:
    found = seen(spring)
    position = found.position
    # Spent: 100 + 50 + 80 + 150. Promised: 600 - 150.
    assert (position.approved, position.spent, position.committed) == (
        pounds("7500.00"),
        pounds("380.00"),
        pounds("450.00"),
    )
    assert (position.owed_back, position.available) == (pounds("0.00"), pounds("6670.00"))
    assert found.asked_about == pounds("0.00")
    lines = {view.line.reference: found.of_line(view.line.id) for view in found.plan.lines}
    assert {name: (line.spent, line.available) for name, line in lines.items()} == {
        "care": (pounds("150.00"), pounds("5050.00")),
        "agency": (pounds("80.00"), pounds("1220.00")),
        "nurse": (pounds("150.00"), pounds("400.00")),
    }


def test_each_pot_says_who_holds_it_and_how_much(spring: Teller) -> None:
    # Three instalments of 400.00 less 100.00 and 50.00; three of 100.00 less 80.00; nobody holds notional money.
    assert {(one.pot.reference, one.held_by): one.cash for one in seen(spring).held} == {
        ("dp", "Aled Example"): pounds("1050.00"),
        ("tp", "The third_party"): pounds("220.00"),
        ("np", "Northvale"): pounds("0.00"),
    }


def test_what_is_late_and_what_is_next_is_told(spring: Teller) -> None:
    days = [one.instalment.pay_on for one in seen(spring).coming.soon]
    assert days == [date(2026, 6, 24)] * 2 + [date(2026, 7, 22)] * 2


def test_who_reads_it_may_do_what_their_tie_allows(world: World) -> None:
    row = world.propose(stated("care", "100.00"))
    for actor, step in (
        (world.coordinator, budgets.submit),
        (world.clinician, budgets.sign_off_clinically),
        (world.approver, budgets.sign_off_finance),
    ):
        world.do(actor, step, row.id)
    nominee = _nominee(world.service, world.person_id)
    today = world.service.today
    found = world.ask(world.holder, overview, row.id, today)
    assert found.allowed == ("agree", "return")
    assert found.last_step is not None
    assert found.last_step.step == "sign_off_finance"
    assert world.ask(nominee, overview, row.id, today).allowed == ()
    assert (found.position.approved, found.of_line(found.plan.lines[0].line.id).approved) == (
        pounds("0.00"),
        pounds("0.00"),
    )


def test_a_change_that_is_being_agreed_and_the_co_ordinator_are_named(world: World) -> None:
    budget_id = world.active(stated("care", "100.00"))
    today = world.service.today
    found = world.ask(world.holder, overview, budget_id, today)
    assert (found.change, found.coordinator, found.estimate) == (None, None, None)
    plan = world.plan(stated("care", "90.00"))
    revision = world.do(world.coordinator, revisions.revise, budget_id, plan, reason="Less is needed")
    world.service.relate(
        world.person_id,
        NewRelation(RelationKind.CARE_COORDINATOR, Basis.ASSIGNED, today, user_id=world.coordinator.user_id),
    )
    found = world.ask(world.holder, overview, budget_id, today)
    assert found.change is not None
    assert found.change.id == revision.id
    assert found.coordinator is not None
    assert found.coordinator.startswith("u")


def test_a_heading_is_for_whoever_sees_the_part(world: World) -> None:
    budget_id = world.propose(stated("care", "100.00")).id
    broker = world.service.broker(world.person_id, Scope.SPEND)
    today = world.service.today
    found = world.ask(broker, heading_of, budget_id, today, Scope.SPEND)
    assert (found.person.full_name, found.parts) == ("Aled Example", frozenset({Scope.SPEND}))
    assert "look at it again" in found.words.ask_again
    for scope in (Scope.BUDGET, Scope.STATEMENTS, Scope.DECISIONS, Scope.RECORD):
        with pytest.raises(BudgetNotFoundError):
            world.ask(broker, heading_of, budget_id, today, scope)
    stranger = world.service.broker(world.service.person(), *Scope)
    with pytest.raises(BudgetNotFoundError):
        world.ask(stranger, heading_of, budget_id, today)


def _nominee(service: Service, person_id: Any) -> Any:
    acting = service.person()
    service.relate(
        person_id,
        NewRelation(
            RelationKind.NOMINEE, Basis.NOMINATED, service.today, acting_person_id=acting, consent=BY_THE_PERSON
        ),
    )
    return service.user(Role.NOMINEE, service.commissioner_id, person_id=acting)
