"""Whether a direct payment may be made at all on a day: consent of the right person, and no exclusion."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from phb.core.period import DatesWrongWayRoundError
from phb.people.kinds import Basis, RelationKind
from phb.people.models import Relation
from phb.people.relations.operations import end_relation
from phb.people.relations.rules import NewRelation
from phb.people.saving import Change
from phb.people.standing import operations, queries
from phb.people.standing.operations import (
    ConsentGivenAlreadyError,
    ConsentRecordError,
    EndedAlreadyError,
    ExcludedAlreadyError,
    StandingNotFoundError,
    UnknownGroundError,
    WrongConsenterError,
)
from tests.people.conftest import APRIL, JUNE, OCTOBER, Service, details_of_somebody

HOW = "Signed form seen"
SIXTEEN_IN_JUNE = details_of_somebody(born=date(2010, 6, 1))
MARCH = date(2026, 3, 1)


def consents(service: Service, person_id: UUID, on: date) -> bool:
    with service.unit(service.coordinator) as uow:
        return queries.consent_in_force(uow.session, person_id, on) is not None


def consent(service: Service, person_id: UUID, *, on: date = APRIL, relation_id: UUID | None = None) -> UUID:
    return service.do(
        service.coordinator,
        operations.record_consent,
        person_id,
        given_on=on,
        how_recorded=HOW,
        relation_id=relation_id,
    ).id


def represented(service: Service, person_id: UUID, basis: Basis = Basis.PARENTAL_RESPONSIBILITY) -> Relation:
    acting = service.person(details_of_somebody("Dai", born=None))
    new = NewRelation(RelationKind.REPRESENTATIVE, basis, MARCH, acting_person_id=acting, evidence="Seen 1 March 2026")
    return service.relate(person_id, new)


def test_an_adults_own_consent_counts_from_its_day_until_it_is_withdrawn(service: Service) -> None:
    person_id = service.person()
    given = consent(service, person_id)
    assert not consents(service, person_id, date(2026, 3, 31))
    assert consents(service, person_id, OCTOBER)
    service.do(service.coordinator, operations.withdraw_consent, given, on=JUNE, version=1)
    assert consents(service, person_id, date(2026, 5, 31))
    assert not consents(service, person_id, JUNE)
    with pytest.raises(EndedAlreadyError):
        service.do(service.coordinator, operations.withdraw_consent, given, on=JUNE)


def test_a_childs_consent_is_a_representatives_until_sixteen(service: Service) -> None:
    child = service.person(SIXTEEN_IN_JUNE)
    with pytest.raises(WrongConsenterError):
        consent(service, child)
    consent(service, child, relation_id=represented(service, child).id)
    assert consents(service, child, date(2026, 5, 31))
    assert not consents(service, child, JUNE)
    service.today = JUNE
    consent(service, child, on=JUNE)
    assert consents(service, child, JUNE)


def test_consent_ends_with_the_representation_it_rests_on(service: Service) -> None:
    child = service.person(replace(SIXTEEN_IN_JUNE, date_of_birth=date(2020, 1, 1)))
    tie = represented(service, child)
    consent(service, child, relation_id=tie.id)
    other = represented(service, child)
    service.do(service.coordinator, end_relation, tie.id, on=JUNE)
    assert not consents(service, child, JUNE)
    consent(service, child, relation_id=other.id)
    assert consents(service, child, JUNE)


def test_lost_capacity_needs_a_representative_unless_it_is_expected_back(service: Service) -> None:
    person_id = service.person()
    consent(service, person_id, on=MARCH)
    service.do(
        service.coordinator,
        operations.record_capacity,
        person_id,
        has_capacity=False,
        expected_to_return=True,
        assessed_on=date(2026, 3, 10),
    )
    assert consents(service, person_id, date(2026, 3, 15))
    service.do(
        service.coordinator, operations.record_capacity, person_id, has_capacity=False, assessed_on=date(2026, 3, 20)
    )
    assert not consents(service, person_id, APRIL)
    consent(service, person_id, relation_id=represented(service, person_id, Basis.DEPUTYSHIP).id)
    assert consents(service, person_id, APRIL)
    found = service.ask(service.coordinator, queries.capacity_assessments, person_id, APRIL)
    assert [row.assessed_on.day for row in found] == [20, 10]


def test_a_capable_adult_consents_themselves(service: Service) -> None:
    person_id = service.person()
    with pytest.raises(WrongConsenterError):
        consent(service, person_id, relation_id=represented(service, person_id, Basis.DEPUTYSHIP).id)


def test_consent_is_recorded_once_and_not_ahead(service: Service) -> None:
    person_id = service.person()
    with pytest.raises(ConsentRecordError):
        consent(service, person_id, on=JUNE)
    puts = [
        service.do(service.coordinator, operations.put_consent, person_id, given_on=APRIL, how_recorded=HOW).change
        for _ in range(2)
    ]
    assert puts == [Change.ADDED, Change.UNCHANGED]
    with pytest.raises(ConsentGivenAlreadyError):
        consent(service, person_id)
    assert len(service.ask(service.coordinator, queries.consents, person_id, APRIL)) == 1


def test_capacity_is_not_recorded_ahead_or_both_ways(service: Service) -> None:
    person_id = service.person()
    with pytest.raises(ConsentRecordError):
        service.do(service.coordinator, operations.record_capacity, person_id, has_capacity=True, assessed_on=JUNE)
    with pytest.raises(ConsentRecordError):
        service.do(
            service.coordinator,
            operations.record_capacity,
            person_id,
            has_capacity=True,
            expected_to_return=True,
            assessed_on=APRIL,
        )


def test_an_exclusion_counts_from_its_day_to_its_end(service: Service) -> None:
    person_id = service.person()
    row = service.do(service.coordinator, operations.record_exclusion, person_id, ground="ATR", start_on=APRIL)
    with pytest.raises(ExcludedAlreadyError):
        service.do(service.coordinator, operations.record_exclusion, person_id, ground="ATR", start_on=JUNE)
    with pytest.raises(DatesWrongWayRoundError):
        service.do(service.coordinator, operations.end_exclusion, row.id, on=MARCH)
    service.do(service.coordinator, operations.end_exclusion, row.id, on=JUNE)
    with service.unit(service.coordinator) as uow:
        found = [queries.exclusion_in_force(uow.session, person_id, on) for on in (MARCH, APRIL, JUNE)]
    assert [exclusion and exclusion.ground for exclusion in found] == [None, "ATR", None]
    assert [r.end_on for r in service.ask(service.coordinator, queries.exclusions, person_id, APRIL)] == [JUNE]


def test_an_exclusion_needs_a_ground_in_law_and_dates_the_right_way_round(service: Service) -> None:
    person_id = service.person()
    with pytest.raises(UnknownGroundError):
        service.do(service.coordinator, operations.record_exclusion, person_id, ground="RUDE", start_on=APRIL)
    with pytest.raises(DatesWrongWayRoundError):
        service.do(
            service.coordinator,
            operations.record_exclusion,
            person_id,
            ground="DRR",
            start_on=APRIL,
            end_on=APRIL,
        )
    with service.unit(service.coordinator) as uow:
        assert {ground.code for ground in queries.grounds(uow.session)} >= {"DRR", "ATR", "DTTO"}


def test_what_is_not_there_is_not_ended(service: Service) -> None:
    with pytest.raises(StandingNotFoundError):
        service.do(service.coordinator, operations.end_exclusion, uuid4(), on=JUNE)
    with pytest.raises(StandingNotFoundError):
        service.do(service.coordinator, operations.withdraw_consent, uuid4(), on=JUNE)
