"""One person's record shows each reader the parts that are open to them, and nothing else."""

from datetime import date

import pytest

from phb.budget.assessments.operations import set_indicative
from phb.budget.person_record import PersonRecord, person_record
from phb.core.actor import Actor
from phb.people.kinds import Scope
from phb.people.needs import vocabulary
from phb.people.operations import record_need
from phb.people.queries import PersonNotFoundError
from phb.people.standing.operations import record_capacity, record_consent
from tests.budget.conftest import YEAR, World

APRIL = date(2026, 4, 1)


def record(world: World, actor: Actor) -> PersonRecord:
    """Return the person's record as an actor sees it."""
    return world.ask(actor, person_record, world.person_id, APRIL)


def test_whoever_works_for_the_service_sees_all_of_it(world: World) -> None:
    code = min(vocabulary())
    world.do(world.coordinator, record_need, world.person_id, code, start_on=APRIL)
    world.do(world.coordinator, record_consent, world.person_id, given_on=APRIL, how_recorded="Form seen")
    world.do(world.coordinator, record_capacity, world.person_id, has_capacity=True, assessed_on=APRIL)
    estimate = world.do(world.coordinator, set_indicative, world.assessment().id, YEAR).row
    budget = world.propose()
    seen = record(world, world.clinician)
    assert seen.person.id == world.person_id
    assert [need.code for need in seen.needs] == [code]
    assert [given.how_recorded for given in seen.access.consents] == ["Form seen"]
    assert [found.has_capacity for found in seen.capacity] == [True]
    assert [row.reference for row in seen.assessments] == ["A-1"]
    assert [row.id for row in seen.estimates] == [estimate.id]
    assert [row.id for row in seen.budgets] == [budget.id]


def test_a_tie_opens_only_the_parts_it_names(world: World) -> None:
    world.assessment()
    world.propose()
    broker = world.service.broker(world.person_id, Scope.BUDGET)
    seen = record(world, broker)
    assert (len(seen.budgets), len(seen.assessments)) == (1, 1)
    assert (list(seen.needs), list(seen.access.ties), list(seen.capacity)) == ([], [], [])
    seen = record(world, world.service.broker(world.person_id, Scope.RECORD))
    assert (len(seen.budgets), len(seen.assessments), len(seen.access.ties)) == (0, 0, 2)


def test_a_person_who_is_not_yours_looks_absent(world: World) -> None:
    with pytest.raises(PersonNotFoundError):
        record(world, world.administrator)
