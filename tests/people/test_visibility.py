"""What each role sees: whose records, which part of them, and only what is dated inside its term."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Date, literal, select

from phb.core.actor import Actor, Role
from phb.core.period import Period
from phb.people import queries
from phb.people.kinds import Basis, ConsentOf, EndReason, OrganisationKind, RelationKind, Scope
from phb.people.models import Person
from phb.people.operations import amend_person, details_of
from phb.people.queries import ALWAYS, PersonNotFoundError
from phb.people.relations.operations import end_relation
from phb.people.relations.rules import NOT_NEEDED, Consent, NewRelation
from phb.people.users.queries import roles_in_force
from tests.people.conftest import APRIL, BY_THE_PERSON, JUNE, OCTOBER, Service, details_of_somebody

MARCH = date(2026, 3, 1)


class Valley:
    """Somebody each role may see or not: the person helped, one with a co-ordinator of their own, one without."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.helped = service.person()
        self.others = service.person(details_of_somebody("Blodwen"))
        self.nobodys = service.person(details_of_somebody("Carys"))
        self.assign(self.others, service.staff(Role.CARE_COORDINATOR))

    def assign(self, person_id: UUID, coordinator: Actor) -> None:
        self.service.relate(
            person_id,
            NewRelation(RelationKind.CARE_COORDINATOR, Basis.ASSIGNED, APRIL, user_id=coordinator.user_id),
        )

    def holder(self) -> Actor:
        return self.service.user(Role.HOLDER, self.service.commissioner_id, person_id=self.helped)

    def acting(self, kind: RelationKind, basis: Basis, consent: Consent, evidence: str | None = None) -> Actor:
        """Return somebody who acts for the person from April to September, and whose role is open since March."""
        acting = self.service.person(details_of_somebody("Dai", born=None))
        self.service.relate(
            self.helped,
            NewRelation(
                kind,
                basis,
                APRIL,
                OCTOBER,
                acting_person_id=acting,
                scopes=frozenset({Scope.BUDGET, Scope.STATEMENTS}),
                consent=consent,
                evidence=evidence,
            ),
        )
        role = kind.role
        return self.service.user(role, self.service.commissioner_id, person_id=acting, start_on=MARCH)

    def helping(self, kind: RelationKind, organisation: OrganisationKind) -> Actor:
        organisation_id = self.service.organisation(organisation)
        self.service.relate(
            self.helped,
            NewRelation(
                kind,
                Basis.AGREEMENT,
                APRIL,
                OCTOBER,
                organisation_id=organisation_id,
                scopes=frozenset({Scope.BUDGET, Scope.STATEMENTS}),
                consent=BY_THE_PERSON,
            ),
        )
        return self.service.user(kind.role, organisation_id, start_on=MARCH)

    def coordinator(self) -> Actor:
        actor = self.service.staff(Role.CARE_COORDINATOR, end_on=OCTOBER)
        self.assign(self.helped, actor)
        return actor

    def staff(self, role: Role) -> Actor:
        return self.service.staff(role, end_on=OCTOBER)

    def seen(self, actor: Actor, on: date = APRIL, scope: Scope | None = None) -> set[str]:
        """Return which of the three an actor sees."""
        with self.service.unit(actor) as uow:
            ids = {row.id for row in uow.session.scalars(queries.visible_people(actor, on, scope))}
        return {name for name in ("helped", "others", "nobodys") if getattr(self, name) in ids}

    def terms(self, actor: Actor, person_id: UUID, on: date = APRIL, scope: Scope | None = None) -> list[Period]:
        return self.service.ask(actor, queries.terms_of, person_id, scope, on)


@pytest.fixture
def valley(service: Service) -> Valley:
    """Return three people of one commissioner."""
    return Valley(service)


HALF_YEAR = [Period(APRIL, OCTOBER)]
EVERYBODY = {"helped", "others", "nobodys"}
Made = Callable[[Valley], Actor]
ROLES: dict[Role, tuple[Made, set[str], list[Period]]] = {
    Role.HOLDER: (Valley.holder, {"helped"}, [ALWAYS]),
    Role.REPRESENTATIVE: (
        lambda v: v.acting(RelationKind.REPRESENTATIVE, Basis.LASTING_POWER_PROPERTY, NOT_NEEDED, "Power seen"),
        {"helped"},
        HALF_YEAR,
    ),
    Role.NOMINEE: (
        lambda v: v.acting(RelationKind.NOMINEE, Basis.NOMINATED, BY_THE_PERSON),
        {"helped"},
        HALF_YEAR,
    ),
    Role.ADVOCATE: (lambda v: v.acting(RelationKind.ADVOCATE, Basis.CHOSEN, BY_THE_PERSON), {"helped"}, HALF_YEAR),
    Role.BROKER: (lambda v: v.helping(RelationKind.BROKER, OrganisationKind.BROKER), {"helped"}, HALF_YEAR),
    Role.THIRD_PARTY: (
        lambda v: v.helping(RelationKind.THIRD_PARTY, OrganisationKind.THIRD_PARTY),
        {"helped"},
        HALF_YEAR,
    ),
    Role.CARE_COORDINATOR: (Valley.coordinator, {"helped", "nobodys"}, HALF_YEAR),
    Role.CLINICIAN: (lambda v: v.staff(Role.CLINICIAN), EVERYBODY, HALF_YEAR),
    Role.FINANCE_OFFICER: (lambda v: v.staff(Role.FINANCE_OFFICER), EVERYBODY, HALF_YEAR),
    Role.APPROVER: (lambda v: v.staff(Role.APPROVER), EVERYBODY, HALF_YEAR),
    Role.PAYMENTS_RELEASER: (lambda v: v.staff(Role.PAYMENTS_RELEASER), EVERYBODY, HALF_YEAR),
    Role.AUDITOR: (lambda v: v.staff(Role.AUDITOR), EVERYBODY, HALF_YEAR),
    Role.ADMINISTRATOR: (lambda v: v.staff(Role.ADMINISTRATOR), set(), []),
    Role.SYSTEM: (
        lambda v: Actor(v.helped, v.service.commissioner_id, frozenset({Role.SYSTEM}), frozenset()),
        EVERYBODY,
        [ALWAYS],
    ),
}
TIED = [kind.role for kind in RelationKind if kind is not RelationKind.CARE_COORDINATOR]


def test_every_role_is_proved() -> None:
    assert set(ROLES) == set(Role)


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_whom_it_may_and_nobody_else(valley: Valley, role: Role) -> None:
    make, expected, _ = ROLES[role]
    assert valley.seen(make(valley)) == expected


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_only_what_is_dated_inside_its_term(valley: Valley, role: Role) -> None:
    make, _, terms = ROLES[role]
    actor = make(valley)
    assert valley.terms(actor, valley.helped) == terms
    for day in (MARCH, APRIL, OCTOBER - timedelta(days=1), OCTOBER):
        row = select(Person.id).where(
            Person.id == valley.helped,
            queries.visible_between(actor, APRIL, None, Person.id, literal(day, Date)),
        )
        with valley.service.unit(actor) as uow:
            assert (uow.session.scalar(row) is not None) == queries.in_terms(terms, day)


@pytest.mark.parametrize("role", Role)
def test_each_role_is_blind_on_a_day_outside_its_term(valley: Valley, role: Role) -> None:
    make, expected, terms = ROLES[role]
    later = valley.seen(make(valley), on=OCTOBER)
    assert later == (expected if terms == [ALWAYS] else set())


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_nobody_of_another_commissioner(valley: Valley, another: Service, role: Role) -> None:
    stranger = another.person()
    actor = ROLES[role][0](valley)
    with pytest.raises(PersonNotFoundError):
        valley.service.ask(actor, queries.person, stranger, APRIL)


@pytest.mark.parametrize("role", TIED)
def test_a_tie_opens_only_the_parts_its_scopes_name(valley: Valley, role: Role) -> None:
    actor = ROLES[role][0](valley)
    opened = {scope for scope in Scope if valley.seen(actor, scope=scope)}
    assert opened == {Scope.BUDGET, Scope.STATEMENTS}
    with pytest.raises(PersonNotFoundError):
        valley.service.ask(actor, queries.person, valley.helped, APRIL, Scope.RECORD)


@pytest.mark.parametrize("role", TIED)
def test_a_tie_without_the_role_opens_nothing(valley: Valley, role: Role) -> None:
    actor = ROLES[role][0](valley)
    without = Actor(
        actor.user_id, actor.commissioner_id, frozenset(), frozenset(), actor.organisation_id, actor.person_id
    )
    assert valley.seen(without) == set()


def test_a_tie_ends_on_its_day(valley: Valley) -> None:
    actor = ROLES[Role.BROKER][0](valley)
    with valley.service.unit(valley.service.coordinator) as uow:
        tie = queries.relations_in_force(uow.session, valley.helped, RelationKind.BROKER, APRIL)[0]
        end_relation(uow, tie.id, on=JUNE, reason=EndReason.CONSENT_WITHDRAWN)
    assert valley.seen(actor, on=JUNE - timedelta(days=1)) == {"helped"}
    assert valley.seen(actor, on=JUNE) == set()
    assert valley.terms(actor, valley.helped) == [Period(APRIL, JUNE)]


def test_a_relation_may_open_what_was_before_it(valley: Valley) -> None:
    acting = valley.service.person(details_of_somebody("Eira", born=None))
    valley.service.relate(
        valley.helped,
        NewRelation(
            RelationKind.REPRESENTATIVE,
            Basis.DEPUTYSHIP,
            JUNE,
            acting_person_id=acting,
            sees_from=APRIL,
            evidence="Court order seen 1 June 2026",
        ),
    )
    actor = valley.service.user(Role.REPRESENTATIVE, valley.service.commissioner_id, person_id=acting)
    assert valley.terms(actor, valley.helped, on=JUNE) == [Period(APRIL, ALWAYS.end_on)]
    assert valley.terms(actor, valley.helped, on=APRIL) == []


def test_a_role_given_later_opens_less_than_the_relation(valley: Valley) -> None:
    organisation_id = valley.service.organisation(OrganisationKind.BROKER)
    valley.service.relate(
        valley.helped,
        NewRelation(
            RelationKind.BROKER,
            Basis.AGREEMENT,
            MARCH,
            organisation_id=organisation_id,
            scopes=frozenset(Scope),
            consent=BY_THE_PERSON,
        ),
    )
    newcomer = valley.service.user(Role.BROKER, organisation_id)
    assert valley.terms(newcomer, valley.helped) == [Period(APRIL, ALWAYS.end_on)]
    since_march = valley.service.user(Role.BROKER, organisation_id, sees_from=MARCH)
    assert valley.terms(since_march, valley.helped) == [Period(MARCH, ALWAYS.end_on)]


def test_staff_see_neither_their_own_record_nor_that_of_somebody_they_act_for(valley: Valley) -> None:
    valley.acting(RelationKind.NOMINEE, Basis.NOMINATED, BY_THE_PERSON)
    with valley.service.unit(valley.service.coordinator) as uow:
        nominee = queries.relations_in_force(uow.session, valley.helped, RelationKind.NOMINEE, APRIL)[0]
    themselves = nominee.acting_person_id
    officer = valley.service.user(Role.FINANCE_OFFICER, valley.service.commissioner_id, person_id=themselves)
    assert valley.seen(officer) == {"others", "nobodys"}
    coordinator = valley.service.user(Role.CARE_COORDINATOR, valley.service.commissioner_id, person_id=themselves)
    assert valley.seen(coordinator) == {"nobodys"}


def test_death_ends_who_acted_and_the_holders_own_sign_in(valley: Valley) -> None:
    holder = valley.holder()
    broker = ROLES[Role.BROKER][0](valley)
    with valley.service.unit(valley.service.coordinator) as uow:
        row = queries.person(uow.session, uow.actor, valley.helped, APRIL)
        amend_person(uow, row.id, replace(details_of(row), died_on=APRIL), version=row.version)
    assert valley.seen(broker) == set()
    with valley.service.unit(valley.service.administrator) as uow:
        assert roles_in_force(uow.session, holder.user_id, APRIL) == []


def test_a_relation_of_another_kind_than_the_role_opens_nothing(valley: Valley) -> None:
    actor = valley.acting(RelationKind.NOMINEE, Basis.NOMINATED, BY_THE_PERSON)
    assert actor.person_id is not None
    valley.service.relate(
        valley.nobodys,
        NewRelation(
            RelationKind.REPRESENTATIVE,
            Basis.APPOINTED,
            APRIL,
            acting_person_id=actor.person_id,
            consent=Consent(ConsentOf.NOT_NEEDED),
        ),
    )
    assert valley.seen(actor) == {"helped"}  # The user holds the role of a nominee alone.


def test_the_open_parts_are_those_of_the_scopes(valley: Valley) -> None:
    def parts(actor: Actor, person_id: UUID) -> frozenset[Scope]:
        return valley.service.ask(actor, queries.open_parts, person_id, APRIL)

    nominee = valley.acting(RelationKind.NOMINEE, Basis.NOMINATED, BY_THE_PERSON)
    assert parts(nominee, valley.helped) == {Scope.BUDGET, Scope.STATEMENTS}
    assert parts(nominee, valley.others) == frozenset()
    assert parts(valley.holder(), valley.helped) == frozenset(Scope)


def test_only_the_person_and_who_represents_them_speak_for_them(valley: Valley) -> None:
    def speaks(actor: Actor, on: date = APRIL) -> bool:
        return valley.service.ask(actor, queries.speaks_for, valley.helped, on)

    representative = valley.acting(
        RelationKind.REPRESENTATIVE, Basis.LASTING_POWER_PROPERTY, NOT_NEEDED, "Power seen on 1 March"
    )
    nominee = valley.acting(RelationKind.NOMINEE, Basis.NOMINATED, BY_THE_PERSON)
    assert [speaks(actor) for actor in (valley.holder(), representative, nominee)] == [True, True, False]
    assert not speaks(representative, OCTOBER)
    assert not speaks(valley.staff(Role.APPROVER))


def test_people_are_found_by_their_ids_as_far_as_they_are_seen(valley: Valley) -> None:
    ids = [valley.helped, valley.others, valley.helped]
    found = valley.service.ask(valley.holder(), queries.people_by_id, ids, APRIL)
    assert {key: row.full_name for key, row in found.items()} == {valley.helped: "Aled Example"}
