"""Whoever helps people with their budgets sees for whom something is to be done first, and what it is."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from phb.core.actor import Actor, Role
from phb.core.money import from_pence, pounds
from phb.edge import paging
from phb.monitoring.caseload import ToDo, caseload
from phb.payments.checks.operations import put_hold
from phb.payments.kinds import HoldKind
from phb.people.kinds import Basis, OrganisationKind, RelationKind, Scope
from phb.people.queries import relations
from phb.people.relations.operations import end_relation
from phb.people.relations.rules import NewRelation
from phb.spending.receipts.operations import attach_receipt
from tests.budget.conftest import World, dates, stated
from tests.people.conftest import APRIL, BY_THE_PERSON
from tests.spending.conftest import JUNE, Spender, usual_lines
from tests.spending.files import png


@pytest.fixture
def broker(spender: Spender) -> Actor:
    """Return a broker whom the person lets see and record everything of money."""
    return spender.world.service.broker(spender.world.person_id, Scope.BUDGET, Scope.SPEND, Scope.STATEMENTS)


def rows(world: World, actor: Actor, *, limit: int = 50) -> list[Any]:
    """Return an actor's caseload on the service's day."""
    with world.service.unit(actor) as uow:
        query, order = caseload(uow.session, actor, uow.today)
        return list(paging.page(uow.session, query, order, limit=limit).rows)


def test_what_is_left_and_held_is_told_of_each_budget(spender: Spender, broker: Actor) -> None:
    record = spender.spend("100.00")
    spender.world.do(broker, attach_receipt, record.id, png())
    (row,) = rows(spender.world, broker)
    # 3,000 + 500 + 2,000 + 1,000 agreed and 100 spent; 3,000 + 1,000 paid in and 100 paid out of it.
    assert (row.person, row.left, row.cash) == ("Aled Example", pounds("6400.00"), pounds("3900.00"))
    assert (row.state, row.reference) == ("active", spender.world.budget(spender.budget_id).reference)
    # The plan is reviewed on 1 July, which is within four weeks of 15 June.
    assert (row.to_do, row.review_on) == (ToDo.REVIEW_DUE, date(2026, 7, 1))


def test_the_weightiest_thing_to_do_is_told_first_and_the_others_beside_it(
    spender: Spender,
    broker: Actor,
) -> None:
    spender.spend("100.00")
    assert [row.to_do for row in rows(spender.world, broker)] == [ToDo.RECEIPTS_MISSING]
    spender.spend("20.00", line=None)
    (row,) = rows(spender.world, broker)
    assert (row.to_do, row.asked, row.asked_amount) == (ToDo.ASKED_ABOUT, 1, pounds("20.00"))
    assert (row.missing, row.missing_amount) == (2, pounds("120.00"))
    spender.world.do(
        spender.world.finance,
        put_hold,
        spender.budget_id,
        kind=HoldKind.HOLD,
        start_on=JUNE,
        reason="The account is checked",
    )
    (row,) = rows(spender.world, broker)
    assert (row.to_do, row.held_since, row.held_because) == (ToDo.PAYMENTS_HELD, JUNE, "The account is checked")


def test_consent_that_ends_soon_is_told_and_after_it_nothing(spender: Spender) -> None:
    broker = spender.world.service.broker(spender.world.person_id, Scope.BUDGET, Scope.SPEND, end_on=date(2026, 7, 13))
    assert rows(spender.world, broker)[0].consent_ends_on == date(2026, 7, 13)  # 28 days from 15 June
    spender.world.on(date(2026, 6, 14))
    assert rows(spender.world, broker)[0].consent_ends_on is None
    spender.world.on(date(2026, 7, 13))
    assert rows(spender.world, broker) == []


def test_only_the_people_who_consented_are_in_the_caseload(spender: Spender) -> None:
    service = spender.world.service
    broker = service.broker(service.person(), Scope.BUDGET)
    (row,) = rows(spender.world, broker)
    assert (row.budget_id, row.reference, row.left, row.cash) == (None, "", None, from_pence(0))
    assert rows(spender.world, spender.world.finance) == []


def test_a_scope_that_is_not_open_leaves_its_column_empty(spender: Spender) -> None:
    spender.spend("20.00", line=None)
    broker = spender.world.service.broker(spender.world.person_id, Scope.BUDGET)
    (row,) = rows(spender.world, broker)
    assert (row.asked, row.missing) == (0, 0)


def test_a_budget_that_has_ended_goes_once_nothing_is_to_be_done(world: World) -> None:
    spring = dates("2026-04-01", "2026-05-31")
    ended = Spender(world, world.active(stated("care", "300.00", period=spring), period=spring, review_on=APRIL))
    ended.pay_in("300.00")
    broker = world.service.broker(world.person_id, Scope.BUDGET, Scope.SPEND)
    record = ended.spend("10.00", spent_on=date(2026, 4, 1))
    world.on(JUNE)
    assert [row.to_do for row in rows(world, broker)] == [ToDo.RECEIPTS_MISSING]
    world.do(broker, attach_receipt, record.id, png())
    assert rows(world, broker) == []


def test_one_query_answers_for_everybody(world: World) -> None:
    organisation_id = world.service.organisation(OrganisationKind.BROKER)
    first = world.person_id
    for number in range(4):
        person_id = first if not number else world.service.person()
        world.service.relate(
            person_id,
            NewRelation(
                RelationKind.BROKER,
                Basis.AGREEMENT,
                APRIL,
                organisation_id=organisation_id,
                scopes=frozenset({Scope.BUDGET, Scope.SPEND}),
                consent=BY_THE_PERSON,
            ),
        )
    world.propose(*usual_lines())
    actor = world.service.user(Role.BROKER, organisation_id)
    statements: list[str] = []
    with world.service.unit(actor) as uow:
        query, order = caseload(uow.session, actor, uow.today)
        connection = uow.session.connection()
        event.listen(connection, "before_cursor_execute", lambda *told: statements.append(told[2]))
        found = paging.page(uow.session, query, order).rows
    assert (len(found), len(statements)) == (4, 1)


def test_a_tie_that_ended_takes_the_person_away(spender: Spender, broker: Actor) -> None:
    (tie,) = spender.world.ask(spender.world.coordinator, relations, spender.world.person_id, JUNE)
    spender.world.do(spender.world.coordinator, end_relation, tie.id, on=JUNE)
    assert rows(spender.world, broker) == []
