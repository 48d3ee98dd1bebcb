"""Somebody is registered with what is known of them, all of it or nothing."""

import pytest

from phb.core.actor import Role
from phb.people import queries
from phb.people.details import DateOfBirthError
from phb.people.finding import SoughtPerson, sought_people
from phb.people.kinds import Basis, RelationKind
from phb.people.needs import UnknownNeedError, vocabulary
from phb.people.registering import register_with_needs, relate_somebody_new
from phb.people.relations.rules import ConsentNeededError, NewRelation
from phb.people.users.coordinators import coordinators_on
from tests.people.conftest import APRIL, BY_THE_PERSON, JUNE, OCTOBER, Service, details_of_somebody

CODE = min(vocabulary())
NOMINEE = NewRelation(RelationKind.NOMINEE, Basis.NOMINATED, APRIL, consent=BY_THE_PERSON)


def everybody(service: Service) -> int:
    """Return how many people are registered."""
    actor = service.staff(Role.AUDITOR)
    with service.unit(actor) as uow:
        return len(uow.session.scalars(sought_people(actor, APRIL, SoughtPerson())).all())


def test_a_person_is_registered_with_their_needs_from_today(service: Service) -> None:
    row = service.do(service.coordinator, register_with_needs, details_of_somebody(), [CODE])
    needs = service.ask(service.coordinator, queries.communication_needs, row.id, APRIL)
    assert [(need.code, need.start_on) for need in needs] == [(CODE, APRIL)]


def test_with_a_need_that_does_not_exist_nobody_is_registered(service: Service) -> None:
    with pytest.raises(UnknownNeedError):
        service.do(service.coordinator, register_with_needs, details_of_somebody(), [CODE, "no-such-need"])
    assert everybody(service) == 0


def test_somebody_new_acts_for_a_person(service: Service) -> None:
    person_id = service.person()
    relation = service.do(
        service.coordinator, relate_somebody_new, person_id, NOMINEE, details_of_somebody("Nia", born=None)
    )
    assert relation.person_id == person_id
    assert everybody(service) == 2


def test_who_may_not_act_is_not_registered_either(service: Service) -> None:
    person_id = service.person()
    without = NewRelation(RelationKind.NOMINEE, Basis.NOMINATED, APRIL)
    with pytest.raises(ConsentNeededError):
        service.do(service.coordinator, relate_somebody_new, person_id, without, details_of_somebody("Nia"))
    with pytest.raises(DateOfBirthError):
        service.do(
            service.coordinator, relate_somebody_new, person_id, NOMINEE, details_of_somebody("Nia", born=OCTOBER)
        )
    assert everybody(service) == 1


def test_only_who_holds_the_role_may_be_a_care_coordinator(service: Service) -> None:
    former = service.staff(Role.CARE_COORDINATOR, end_on=JUNE)
    service.staff(Role.CLINICIAN)
    with service.unit(service.administrator) as uow:
        assert {row.id for row in coordinators_on(uow.session, APRIL)} == {service.coordinator.user_id, former.user_id}
        assert {row.id for row in coordinators_on(uow.session, JUNE)} == {service.coordinator.user_id}
