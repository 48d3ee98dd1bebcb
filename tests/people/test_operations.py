"""People are registered and amended, their needs and characteristics recorded, each once and each audited."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from phb.core.actor import MissingPermissionError, Role
from phb.governance.models import AuditEvent
from phb.people import operations, queries
from phb.people.details import PersonDetails
from phb.people.kinds import Basis, RelationKind, StatementFormat, TraceStatus
from phb.people.models import Person
from phb.people.needs import UnknownNeedError, need_of, vocabulary
from phb.people.operations import (
    Characteristics,
    CharacteristicsError,
    NeedNotFoundError,
    NeedRecordedAlreadyError,
    NHSNumberTakenError,
    ReferenceTakenError,
)
from phb.people.queries import PersonNotFoundError
from phb.people.relations.rules import NewRelation
from phb.people.saving import Change, ChangedMeanwhileError
from tests.people.conftest import APRIL, JUNE, Service, details_of_somebody, invented_number

TRACED = replace(details_of_somebody(), nhs_number=invented_number(1), trace_status=TraceStatus.VERIFIED)


def read(service: Service, person_id: UUID) -> Person:
    return service.ask(service.coordinator, queries.person, person_id, APRIL)


def actions(service: Service, person_id: UUID) -> list[str]:
    with service.unit(service.coordinator) as uow:
        events = select(AuditEvent).where(AuditEvent.person_id == person_id)
        found = uow.session.scalars(events).all()
    personal = ("Aled", "Example", "999")
    assert not any(word in str(event.facts) for event in found for word in personal)
    return sorted(event.action for event in found)


def test_a_person_is_registered_with_everything_a_form_holds(service: Service) -> None:
    details = PersonDetails(
        "Gŵen",
        "Example",
        date(1990, 2, 28),
        invented_number(2),
        TraceStatus.UNVERIFIED,
        ("1 High Street", "Northvale"),
        "NV1 2AB",
        StatementFormat.LARGE_PRINT,
        "cy",
    )
    row = read(service, service.person(details))
    assert operations.details_of(row) == details
    assert row.reference.startswith("P-")
    assert row.full_name == "Gŵen Example"
    assert actions(service, row.id) == ["person.registered"]


def test_a_reference_and_an_nhs_number_are_one_persons(service: Service, another: Service) -> None:
    first = service.do(service.coordinator, operations.register_person, TRACED, reference="A1")
    with pytest.raises(NHSNumberTakenError):
        service.person(TRACED)
    with pytest.raises(ReferenceTakenError):
        service.do(service.coordinator, operations.register_person, details_of_somebody(), reference="A1")
    assert another.person(TRACED) != first.id


def test_amending_keeps_the_id_and_needs_the_version_that_was_read(service: Service) -> None:
    person_id = service.person()
    put = service.do(service.coordinator, operations.amend_person, person_id, TRACED, version=1)
    assert (put.change, put.row.id, put.row.version) == (Change.CHANGED, person_id, 2)
    with pytest.raises(ChangedMeanwhileError):
        service.do(service.coordinator, operations.amend_person, person_id, details_of_somebody(), version=1)
    assert read(service, person_id).nhs_number == TRACED.nhs_number
    assert actions(service, person_id) == ["person.amended", "person.registered"]


def test_an_nhs_number_of_somebody_else_is_not_taken_over(service: Service) -> None:
    service.person(TRACED)
    person_id = service.person()
    with pytest.raises(NHSNumberTakenError):
        service.do(service.coordinator, operations.amend_person, person_id, TRACED, version=None)
    assert read(service, person_id).nhs_number is None


def test_putting_the_same_person_twice_changes_nothing(service: Service) -> None:
    puts = [service.do(service.coordinator, operations.put_person, "A1", TRACED) for _ in range(2)]
    assert [put.change for put in puts] == [Change.ADDED, Change.UNCHANGED]
    moved = service.do(service.coordinator, operations.put_person, "A1", replace(TRACED, postcode="NV1 3CD"))
    assert (moved.change, moved.row.id) == (Change.CHANGED, puts[0].row.id)
    assert actions(service, puts[0].row.id) == ["person.amended", "person.registered"]


def test_a_person_of_another_coordinator_is_put_only_as_they_are(service: Service) -> None:
    person_id = service.do(service.coordinator, operations.put_person, "A1", TRACED).row.id
    assigned = service.staff(Role.CARE_COORDINATOR)
    tie = NewRelation(RelationKind.CARE_COORDINATOR, Basis.ASSIGNED, APRIL, user_id=assigned.user_id)
    service.relate(person_id, tie)
    assert service.do(service.coordinator, operations.put_person, "A1", TRACED).change is Change.UNCHANGED
    with pytest.raises(PersonNotFoundError):
        service.do(service.coordinator, operations.put_person, "A1", replace(TRACED, postcode="NV1 3CD"))


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.FINANCE_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_who_may_write_people_registers_them(service: Service, role: Role) -> None:
    with pytest.raises(MissingPermissionError):
        service.do(service.staff(role), operations.register_person, details_of_somebody())


def test_needs_are_coded_dated_and_recorded_once(service: Service) -> None:
    person_id = service.person()
    need = service.do(service.coordinator, operations.record_need, person_id, "easy_read", start_on=APRIL)
    assert need.kind == "information_format"
    with pytest.raises(NeedRecordedAlreadyError):
        service.do(service.coordinator, operations.record_need, person_id, "easy_read", start_on=JUNE)
    ended = service.do(service.coordinator, operations.end_need, need.id, on=JUNE, version=1)
    assert ended.end_on == JUNE
    service.do(service.coordinator, operations.record_need, person_id, "easy_read", start_on=JUNE)
    found = service.ask(service.coordinator, queries.communication_needs, person_id, APRIL)
    assert [(row.start_on, row.end_on) for row in found] == [(JUNE, None), (APRIL, JUNE)]
    assert actions(service, person_id) == ["need.ended", "need.recorded", "need.recorded", "person.registered"]


def test_an_unknown_need_is_refused_and_every_known_one_has_words() -> None:
    with pytest.raises(UnknownNeedError):
        need_of("telepathy")
    assert {need.kind for need in vocabulary().values()} == set(type(need_of("easy_read").kind))
    assert all(need.words for need in vocabulary().values())


def test_a_need_put_twice_is_recorded_once(service: Service) -> None:
    person_id = service.person()
    puts = [
        service.do(service.coordinator, operations.put_need, person_id, "bsl_interpreter", start_on=APRIL)
        for _ in range(2)
    ]
    assert [put.change for put in puts] == [Change.ADDED, Change.UNCHANGED]


def test_a_need_that_is_not_there_is_not_ended(service: Service) -> None:
    with pytest.raises(NeedNotFoundError):
        service.do(service.coordinator, operations.end_need, uuid4(), on=JUNE)


def test_characteristics_are_behind_their_own_permission(service: Service) -> None:
    person_id = service.person()
    told = Characteristics(ethnicity="Welsh", religion_or_belief="none")
    row = service.do(service.coordinator, operations.record_characteristics, person_id, told)
    assert (row.ethnicity, row.disability, row.version) == ("Welsh", None, 1)
    officer = service.staff(Role.FINANCE_OFFICER)
    with pytest.raises(MissingPermissionError):
        service.ask(officer, queries.characteristics, person_id, APRIL)
    with pytest.raises(MissingPermissionError):
        service.do(officer, operations.record_characteristics, person_id, told)
    clinician = service.staff(Role.CLINICIAN)
    assert service.ask(clinician, queries.characteristics, person_id, APRIL) is not None
    with pytest.raises(MissingPermissionError):
        service.do(clinician, operations.record_characteristics, person_id, told)


def test_characteristics_follow_what_the_person_tells_now(service: Service) -> None:
    person_id = service.person()
    service.do(service.coordinator, operations.record_characteristics, person_id, Characteristics(sex="female"))
    changed = service.do(
        service.coordinator, operations.record_characteristics, person_id, Characteristics(disability="yes"), version=1
    )
    assert (changed.sex, changed.disability) == (None, "yes")
    with pytest.raises(ChangedMeanwhileError):
        service.do(service.coordinator, operations.record_characteristics, person_id, Characteristics(), version=1)
    with pytest.raises(CharacteristicsError):
        service.do(service.coordinator, operations.record_characteristics, person_id, Characteristics(sex=" "))
    assert "female" not in str(actions(service, person_id))


def test_a_person_is_found_by_reference(service: Service) -> None:
    person_id = service.do(service.coordinator, operations.put_person, "A1", TRACED).row.id
    assert service.ask(service.coordinator, queries.person_by_reference, "A1", APRIL).id == person_id
    with pytest.raises(PersonNotFoundError):
        service.ask(service.coordinator, queries.person_by_reference, "A2", APRIL)
