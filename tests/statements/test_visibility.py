"""Who may see a statement, and of which days."""

from datetime import date
from uuid import uuid4

import pytest

from phb.budget.kinds import ManagementType
from phb.budget.queries import BudgetNotFoundError
from phb.core.actor import MissingPermissionError, Role
from phb.core.money import pounds
from phb.people.kinds import Scope
from phb.statements import queries
from phb.statements.queries import NotYourDaysError
from tests.budget.conftest import dates
from tests.people.conftest import Service
from tests.statements.conftest import APRIL, FIRST_OF_JULY, JUNE, SPRING, Teller


def test_somebody_elses_budget_is_not_found(spring: Teller) -> None:
    world = spring.world
    stranger = world.service.user(Role.HOLDER, world.service.commissioner_id, person_id=world.service.person())
    for reader in (stranger, world.service.broker(world.person_id, Scope.SPEND, Scope.BUDGET)):
        with pytest.raises(BudgetNotFoundError):
            spring.tell(SPRING, reader)


def test_another_commissioners_budget_is_not_found(spring: Teller) -> None:
    other = Service(spring.world.service.sessions, FIRST_OF_JULY)
    auditor = other.staff(Role.AUDITOR, start_on=date(2026, 1, 1))
    with pytest.raises(BudgetNotFoundError):
        other.ask(auditor, queries.statement, spring.spender.budget_id, SPRING, issued_on=FIRST_OF_JULY)


def test_an_administrator_reads_no_statement(spring: Teller) -> None:
    with pytest.raises(MissingPermissionError):
        spring.tell(SPRING, spring.world.administrator)


def test_a_broker_sees_the_days_of_their_term_alone(spring: Teller) -> None:
    broker = spring.world.service.broker(spring.world.person_id, Scope.STATEMENTS, start_on=date(2026, 5, 7))
    said = spring.tell(SPRING, broker)
    assert said.period == dates("2026-05-07", "2026-06-30")
    assert {line.spent_on for line in said.spend} == {date(2026, 5, 12), date(2026, 5, 31), date(2026, 6, 10)}
    # What was held when the term began is a figure of its first day: 800.00 - 100.00 - 30.00.
    (cash,) = (pot.cash for pot in said.pots if pot.management is ManagementType.DIRECT_PAYMENT)
    assert cash is not None
    assert (cash.opening, cash.closing) == (pounds("670.00"), pounds("1050.00"))
    with pytest.raises(NotYourDaysError):
        spring.tell(APRIL, broker)


def test_staff_see_the_days_of_their_role_alone(spring: Teller) -> None:
    service = spring.world.service
    auditor = service.user(Role.AUDITOR, service.commissioner_id, start_on=date(2026, 6, 1))
    assert spring.tell(SPRING, auditor).period == JUNE


def test_of_two_terms_that_do_not_meet_the_later_is_shown() -> None:
    terms = [dates("2026-04-01", "2026-04-30"), dates("2026-05-01", "2026-05-02"), dates("2026-06-01", "2026-06-30")]
    assert queries.days_to_show(terms, SPRING) == JUNE
    assert queries.days_to_show(terms, APRIL) == APRIL
    assert queries.days_to_show(terms[:2], SPRING) == dates("2026-04-01", "2026-05-02")


def test_a_budget_is_found_by_its_reference(spring: Teller) -> None:
    reference = spring.tell(SPRING).reference
    found = spring.world.ask(spring.world.auditor, queries.budget_by_reference, reference, FIRST_OF_JULY)
    assert found.id == spring.spender.budget_id
    with pytest.raises(BudgetNotFoundError):
        spring.world.ask(spring.world.auditor, queries.budget_by_reference, f"{uuid4()}", FIRST_OF_JULY)
