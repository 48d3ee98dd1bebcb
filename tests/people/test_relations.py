"""Who may act for a person: basis, scope, consent, dates, and never two where one may."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from phb.core.actor import Actor, MissingPermissionError, Role
from phb.core.errors import DomainError
from phb.core.period import DatesWrongWayRoundError
from phb.people import queries
from phb.people.kinds import Basis, ConsentOf, EndReason, OrganisationKind, RelationKind, Scope
from phb.people.operations import amend_person, details_of
from phb.people.queries import PersonNotFoundError
from phb.people.relations.operations import (
    ExcludedPartyError,
    RelationEndedAlreadyError,
    RelationNotFoundError,
    RelationOverlapsError,
    add_relation,
    end_relation,
    put_relation,
)
from phb.people.relations.queries import access_to, coordinator_of
from phb.people.relations.rules import (
    BASES,
    BasisError,
    Consent,
    ConsentNeededError,
    NewRelation,
    ParentalResponsibilityError,
    PartyError,
    ScopeError,
    check_relation,
    last_end,
)
from phb.people.saving import Change, ChangedMeanwhileError
from phb.people.standing.operations import record_capacity, record_consent, record_exclusion
from tests.people.conftest import APRIL, BY_THE_PERSON, JUNE, OCTOBER, Service, details_of_somebody

SOMEBODY, FIRM, USER = uuid4(), uuid4(), uuid4()
NOMINEE = NewRelation(RelationKind.NOMINEE, Basis.NOMINATED, APRIL, acting_person_id=SOMEBODY, consent=BY_THE_PERSON)
BROKER = NewRelation(
    RelationKind.BROKER,
    Basis.AGREEMENT,
    APRIL,
    organisation_id=FIRM,
    scopes=frozenset({Scope.BUDGET}),
    consent=BY_THE_PERSON,
)
PARENT = NewRelation(
    RelationKind.REPRESENTATIVE,
    Basis.PARENTAL_RESPONSIBILITY,
    APRIL,
    acting_person_id=SOMEBODY,
    evidence="Birth certificate seen 1 March 2026",
)
DEPUTY = replace(PARENT, basis=Basis.DEPUTYSHIP, evidence="Court order seen 1 March 2026")


@pytest.mark.parametrize(
    ("new", "error", "field"),
    [
        (replace(NOMINEE, basis=Basis.ASSIGNED), BasisError, "basis"),
        (replace(DEPUTY, evidence=" "), BasisError, "evidence"),
        (replace(NOMINEE, user_id=USER), PartyError, "acting_person_id"),
        (replace(NOMINEE, acting_person_id=None), PartyError, "acting_person_id"),
        (replace(BROKER, organisation_id=None, acting_person_id=SOMEBODY), PartyError, "organisation_id"),
        (
            NewRelation(RelationKind.CARE_COORDINATOR, Basis.ASSIGNED, APRIL, acting_person_id=SOMEBODY),
            PartyError,
            "user_id",
        ),
        (replace(NOMINEE, end_on=APRIL), DatesWrongWayRoundError, "end_on"),
        (replace(NOMINEE, sees_from=JUNE), DatesWrongWayRoundError, "sees_from"),
        (replace(NOMINEE, consent=Consent(ConsentOf.NOT_NEEDED)), ConsentNeededError, "consent"),
        (replace(NOMINEE, consent=Consent(ConsentOf.PERSON, APRIL)), ConsentNeededError, "consent"),
        (replace(NOMINEE, consent=Consent(ConsentOf.PERSON, JUNE, "Form")), ConsentNeededError, "consent"),
        (replace(DEPUTY, consent=Consent(ConsentOf.NOT_NEEDED, APRIL)), ConsentNeededError, "consent"),
        (replace(BROKER, scopes=None), ScopeError, "scopes"),
        (replace(BROKER, scopes=frozenset()), ScopeError, "scopes"),
        (
            replace(DEPUTY, basis=Basis.LASTING_POWER_WELFARE, scopes=frozenset({Scope.SPEND})),
            ScopeError,
            "scopes",
        ),
    ],
)
def test_a_relation_that_may_not_be_is_refused(new: NewRelation, error: type[DomainError], field: str) -> None:
    with pytest.raises(error) as caught:
        check_relation(new, APRIL)
    assert caught.value.field == field


def test_every_kind_has_a_basis() -> None:
    assert set(BASES) == set(RelationKind)


def test_a_power_for_welfare_never_reaches_to_money() -> None:
    welfare = replace(DEPUTY, basis=Basis.LASTING_POWER_WELFARE)
    assert check_relation(welfare, APRIL) == frozenset(Scope) - {Scope.SPEND}


def test_a_statutory_advocate_needs_no_consent() -> None:
    advocate = NewRelation(
        RelationKind.ADVOCATE,
        Basis.STATUTORY,
        APRIL,
        organisation_id=FIRM,
        scopes=frozenset({Scope.DECISIONS}),
    )
    assert check_relation(advocate, APRIL) == {Scope.DECISIONS}


@pytest.mark.parametrize(
    ("born", "lacks", "end_on"),
    [
        (date(2012, 6, 1), False, date(2028, 6, 1)),
        (date(2012, 6, 1), True, date(2030, 6, 1)),
        (date(2008, 4, 2), True, date(2026, 4, 2)),
    ],
)
def test_parental_responsibility_ends_by_age(born: date, end_on: date, *, lacks: bool) -> None:
    assert last_end(PARENT, born, lacks_capacity=lacks) == end_on
    assert last_end(replace(PARENT, end_on=date(2026, 4, 2)), born, lacks_capacity=lacks) == date(2026, 4, 2)
    assert last_end(DEPUTY, born, lacks_capacity=lacks) is None


@pytest.mark.parametrize("born", [date(2010, 4, 1), None])
def test_parental_responsibility_does_not_begin_too_late(born: date | None) -> None:
    with pytest.raises(ParentalResponsibilityError):
        last_end(PARENT, born, lacks_capacity=False)


def test_one_nominee_at_a_time_and_two_representatives(service: Service) -> None:
    person_id = service.person()
    first, second = (service.person(details_of_somebody(born=None)) for _ in range(2))
    service.relate(person_id, replace(NOMINEE, acting_person_id=first, end_on=JUNE))
    with pytest.raises(RelationOverlapsError):
        service.relate(person_id, replace(NOMINEE, acting_person_id=second))
    service.relate(person_id, replace(NOMINEE, acting_person_id=second, start_on=JUNE))
    for acting in (first, second):
        service.relate(person_id, replace(DEPUTY, acting_person_id=acting))
    with pytest.raises(RelationOverlapsError):
        service.relate(person_id, replace(DEPUTY, acting_person_id=first, start_on=OCTOBER))


def test_a_relation_needs_a_party_that_is_registered_and_of_its_kind(service: Service, another: Service) -> None:
    person_id = service.person()
    provider = service.organisation(OrganisationKind.PROVIDER)
    stranger = another.person()
    bad = [
        NOMINEE,
        replace(NOMINEE, acting_person_id=stranger),
        replace(NOMINEE, acting_person_id=person_id),
        replace(NOMINEE, acting_person_id=None, organisation_id=service.commissioner_id),
        BROKER,
        replace(BROKER, organisation_id=provider),
        NewRelation(
            RelationKind.CARE_COORDINATOR, Basis.ASSIGNED, APRIL, user_id=service.staff(Role.CLINICIAN).user_id
        ),
        NewRelation(RelationKind.CARE_COORDINATOR, Basis.ASSIGNED, APRIL, user_id=USER),
    ]
    for new in bad:
        with pytest.raises(PartyError):
            service.relate(person_id, new)


def test_an_excluded_person_handles_nobodys_money(service: Service) -> None:
    person_id, barred = service.person(), service.person(details_of_somebody(born=None))
    service.do(service.coordinator, record_exclusion, barred, ground="DRR", start_on=APRIL)
    with pytest.raises(ExcludedPartyError):
        service.relate(person_id, replace(NOMINEE, acting_person_id=barred))


def test_a_relation_ends_once_on_its_day_with_a_reason(service: Service) -> None:
    person_id, acting = service.person(), service.person(details_of_somebody(born=None))
    row = service.relate(person_id, replace(NOMINEE, acting_person_id=acting))
    with pytest.raises(DatesWrongWayRoundError):
        service.do(service.coordinator, end_relation, row.id, on=date(2026, 3, 1))
    ended = service.do(service.coordinator, end_relation, row.id, on=JUNE, reason=EndReason.REVOKED, version=1)
    assert (ended.end_on, ended.end_reason) == (JUNE, "revoked")
    with pytest.raises(ChangedMeanwhileError):
        service.do(service.coordinator, end_relation, row.id, on=APRIL, version=1)
    with pytest.raises(RelationEndedAlreadyError):
        service.do(service.coordinator, end_relation, row.id, on=OCTOBER)
    with pytest.raises(RelationNotFoundError):
        service.do(service.coordinator, end_relation, uuid4(), on=JUNE)
    assert [r.id for r in service.ask(service.coordinator, queries.relations, person_id, APRIL)] == [row.id]


def test_putting_a_relation_twice_changes_nothing_and_its_end_once(service: Service) -> None:
    person_id, acting = service.person(), service.person(details_of_somebody(born=None))
    new = replace(NOMINEE, acting_person_id=acting)
    changes = [
        service.do(service.coordinator, put_relation, person_id, given).change
        for given in (new, new, replace(new, end_on=OCTOBER), replace(new, end_on=OCTOBER))
    ]
    assert changes == [Change.ADDED, Change.UNCHANGED, Change.CHANGED, Change.UNCHANGED]
    with pytest.raises(RelationOverlapsError):
        service.do(service.coordinator, put_relation, person_id, replace(new, scopes=frozenset({Scope.BUDGET})))


def test_regained_capacity_ends_a_deputy_but_not_a_nominee(service: Service) -> None:
    person_id, acting = service.person(), service.person(details_of_somebody(born=None))
    service.do(service.coordinator, record_capacity, person_id, has_capacity=False, assessed_on=date(2026, 3, 1))
    deputy = service.relate(person_id, replace(DEPUTY, acting_person_id=acting))
    nominee = service.relate(person_id, replace(NOMINEE, acting_person_id=acting))
    service.do(service.coordinator, record_capacity, person_id, has_capacity=True, assessed_on=APRIL)
    found = {row.id: row for row in service.ask(service.coordinator, queries.relations, person_id, APRIL)}
    assert (found[deputy.id].end_on, found[deputy.id].end_reason) == (APRIL, "capacity_regained")
    assert found[nominee.id].end_on is None


def test_a_parent_of_somebody_who_lacks_capacity_acts_until_eighteen(service: Service) -> None:
    young: UUID = service.person(details_of_somebody(born=date(2009, 6, 1)))
    parent = service.person(details_of_somebody(born=None))
    with pytest.raises(ParentalResponsibilityError):
        service.relate(young, replace(PARENT, acting_person_id=parent))
    service.do(service.coordinator, record_capacity, young, has_capacity=False, assessed_on=date(2026, 3, 1))
    assert service.relate(young, replace(PARENT, acting_person_id=parent)).end_on == date(2027, 6, 1)


def test_whoever_dies_acts_for_nobody(service: Service) -> None:
    person_id, acting = service.person(), service.person()
    service.relate(person_id, replace(NOMINEE, acting_person_id=acting, start_on=date(2026, 3, 2)))
    with service.unit(service.coordinator) as uow:
        row = queries.person(uow.session, uow.actor, acting, APRIL)
        amend_person(uow, acting, replace(details_of(row), died_on=APRIL), version=None)
    ended = service.ask(service.coordinator, queries.relations, person_id, APRIL)[0]
    assert (ended.end_on, ended.end_reason) == (APRIL, "died")


def test_only_who_may_write_people_adds_and_ends(service: Service) -> None:
    clinician = service.staff(Role.CLINICIAN)
    person_id = service.person()
    with pytest.raises(MissingPermissionError):
        service.do(clinician, add_relation, person_id, NOMINEE)
    with pytest.raises(MissingPermissionError):
        service.do(clinician, end_relation, uuid4(), on=APRIL)


def test_whoever_acts_is_told_by_name_and_since_when(service: Service) -> None:
    person_id = service.person()
    acting = service.person(details_of_somebody("Dai", born=None))
    nominated = NewRelation(
        RelationKind.NOMINEE, Basis.NOMINATED, APRIL, OCTOBER, acting_person_id=acting, consent=BY_THE_PERSON
    )
    service.relate(person_id, nominated)
    service.broker(person_id, Scope.BUDGET)
    service.relate(
        person_id,
        NewRelation(RelationKind.CARE_COORDINATOR, Basis.ASSIGNED, APRIL, user_id=service.coordinator.user_id),
    )
    service.do(service.coordinator, record_consent, person_id, given_on=APRIL, how_recorded="Signed form seen")
    holder = service.user(Role.HOLDER, service.commissioner_id, person_id=person_id)
    found = service.ask(holder, access_to, person_id, APRIL)
    names = {tie.relation.kind: tie.name for tie in found.ties}
    assert (names["nominee"], names["broker"]) == ("Dai Example", "The broker")
    assert names["care_coordinator"] == service.ask(holder, _coordinator, person_id)
    nominee = next(tie for tie in found.ties if tie.relation.kind == "nominee")
    assert [nominee.holds_on(day) for day in (date(2026, 3, 31), APRIL, OCTOBER)] == [False, True, False]
    assert [row.how_recorded for row in found.consents] == ["Signed form seen"]


def test_consents_are_told_only_with_the_persons_decisions(service: Service) -> None:
    person_id = service.person()
    service.do(service.coordinator, record_consent, person_id, given_on=APRIL, how_recorded="Signed form seen")
    seeing, deciding = (
        service.broker(person_id, *scopes) for scopes in ([Scope.RECORD], [Scope.RECORD, Scope.DECISIONS])
    )
    assert [len(service.ask(actor, access_to, person_id, APRIL).consents) for actor in (seeing, deciding)] == [0, 1]
    with pytest.raises(PersonNotFoundError):
        service.ask(service.broker(person_id, Scope.BUDGET), access_to, person_id, APRIL)


def test_a_person_without_a_co_ordinator_has_nobody_named(service: Service) -> None:
    with service.unit(service.coordinator) as uow:
        assert coordinator_of(uow.session, service.person(), APRIL) is None


def _coordinator(session: Session, _actor: Actor, person_id: UUID) -> str | None:
    return coordinator_of(session, person_id, APRIL)
