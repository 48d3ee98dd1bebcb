"""Files about who is there: organisations, people, users, who acts for whom, consent, bank holidays."""

from dataclasses import dataclass
from datetime import date

from phb.core.actor import Permission, Role
from phb.core.change import Change
from phb.core.uow import UnitOfWork
from phb.intake import lookups
from phb.intake.columns import CellError, column
from phb.intake.importing import Kind
from phb.people.calendars.operations import Holiday, put_holiday
from phb.people.details import OrganisationDetails, PersonDetails
from phb.people.kinds import (
    Basis,
    ConsentOf,
    OrganisationKind,
    RelationKind,
    Scope,
    StatementFormat,
    TraceStatus,
)
from phb.people.nhs_number import NHSNumber
from phb.people.operations import put_need, put_person
from phb.people.organisations.operations import put_organisation
from phb.people.queries import relations_in_force
from phb.people.relations.operations import put_relation
from phb.people.relations.rules import Consent, NewRelation
from phb.people.standing.operations import put_consent, record_capacity
from phb.people.standing.queries import capacity_assessments
from phb.people.users.operations import put_role, put_user


@dataclass(frozen=True)
class OrganisationRow:
    """An organisation the commissioner works with."""

    reference: str = column("the commissioner's own reference", "ORG-01")
    kind: OrganisationKind = column("what it is", "provider")
    name: str = column("its name, as letters show it", "Larkfield Care")
    start_on: date = column("the first day it is there", "2025-04-01")
    last_day: date | None = column("the last day it is there", "2027-03-31", default=None)
    ods_code: str | None = column("its ODS code", "QNV", default=None)
    fund: str | None = column("its code as a funder", "council", default=None)


@dataclass(frozen=True)
class PersonRow:
    """Somebody the service is for, or who acts for them."""

    reference: str = column("the commissioner's own reference", "P-0001")
    given_names: str = column("given names", "Aled")
    family_name: str = column("family name", "Example")
    date_of_birth: date | None = column("date of birth; may be empty for who only acts", "1980-05-17", default=None)
    nhs_number: str | None = column("ten digits that pass the check", "999 000 0018", default=None)
    trace_status: TraceStatus = column("how far the number was traced", "verified", default=TraceStatus.NONE)
    address: tuple[str, ...] = column("the lines of the address", "1 High Street; Northvale", default=())
    postcode: str | None = column("the postcode", "NV1 2AB", default=None)
    statement_format: StatementFormat = column(
        "the form statements are sent in", "large-print", default=StatementFormat.HTML
    )
    language: str = column("a language tag", "en", default="en")
    died_on: date | None = column("the day of death", "2026-09-01", default=None)


@dataclass(frozen=True)
class NeedRow:
    """A communication need of a person."""

    person: str = column("the person's reference", "P-0001")
    need: str = column("the code of the need", "large_print")
    start_on: date = column("the first day of the need", "2026-04-01")


@dataclass(frozen=True)
class UserRow:
    """Somebody who signs in, and one of their roles; a second role is a second row."""

    sign_in_name: str = column("the name they sign in with", "ann@northvale.example")
    name: str = column("their name as colleagues see it", "Ann Arbour")
    role: Role = column("what they may do", "care_coordinator")
    organisation: str = column("the reference of who they act for", "QNV")
    start_on: date = column("the first day in the role", "2026-03-02")
    last_day: date | None = column("the last day in the role", "2027-03-31", default=None)
    sees_from: date | None = column("the first day whose records they see", "2025-04-01", default=None)
    person: str | None = column("the reference of the person they are", "P-0001", default=None)


@dataclass(frozen=True)
class RelationRow:
    """Who acts for a person: exactly one of `acting_person`, `organisation` and `user`."""

    person: str = column("whom it is for", "P-0001")
    kind: RelationKind = column("what they are to the person", "representative")
    basis: Basis = column("what entitles them", "parental_responsibility")
    start_on: date = column("the first day", "2026-03-02")
    last_day: date | None = column("the last day", "2027-03-31", default=None)
    acting_person: str | None = column("the reference of the person who acts", "P-0002", default=None)
    organisation: str | None = column("the reference of the organisation that acts", "ORG-07", default=None)
    user: str | None = column("the sign-in name of the care co-ordinator", "ann@northvale.example", default=None)
    scopes: tuple[str, ...] = column("the parts it opens; the usual ones when empty", "budget; spend", default=())
    sees_from: date | None = column("the first day whose records it opens", "2026-03-02", default=None)
    consent_of: ConsentOf = column("who consented", "person", default=ConsentOf.NOT_NEEDED)
    consent_on: date | None = column("the day of the consent", "2026-03-01", default=None)
    consent_recorded: str | None = column("how it was recorded", "Signed form seen", default=None)
    evidence: str | None = column("what was seen of a power or order", "Order seen on 2 March 2026", default=None)


@dataclass(frozen=True)
class CapacityRow:
    """What an assessment of capacity to manage a direct payment found."""

    person: str = column("the person's reference", "P-0001")
    assessed_on: date = column("the day of the assessment", "2026-02-10")
    has_capacity: bool = column("whether the person has capacity", "no")
    expected_to_return: bool = column("whether lost capacity is expected to return", "no", default=False)


@dataclass(frozen=True)
class ConsentRow:
    """Consent to a direct payment."""

    person: str = column("the person's reference", "P-0001")
    given_on: date = column("the day it was given", "2026-03-03")
    how_recorded: str = column("how it was recorded", "Signed form seen")
    representative: str | None = column(
        "the reference of the representative who gave it; empty for the person's own", "P-0002", default=None
    )


@dataclass(frozen=True)
class HolidayRow:
    """A day on which banks are shut."""

    day: date = column("the day", "2026-05-04")
    title: str = column("what it is called", "Early May bank holiday")
    source: str = column("where the date comes from", "GOV.UK")
    confidence: str = column("how sure that is", "verified", default="verified")
    observed: bool = column("no for one that was moved to another day", "yes", default=True)


def _organisation(uow: UnitOfWork, row: OrganisationRow) -> Change:
    end_on = lookups.last_to_end(row.start_on, row.last_day)
    details = OrganisationDetails(row.name, row.start_on, end_on, row.ods_code, row.fund)
    return put_organisation(uow, row.reference, row.kind, details).change


def _person(uow: UnitOfWork, row: PersonRow) -> Change:
    details = PersonDetails(
        given_names=row.given_names,
        family_name=row.family_name,
        date_of_birth=row.date_of_birth,
        nhs_number=(row.nhs_number and NHSNumber.parse(row.nhs_number)) or None,
        trace_status=row.trace_status,
        address_lines=row.address,
        postcode=row.postcode,
        statement_format=row.statement_format,
        language=row.language,
        died_on=row.died_on,
    )
    return put_person(uow, row.reference, details).change


def _need(uow: UnitOfWork, row: NeedRow) -> Change:
    return put_need(uow, lookups.person_id(uow, row.person), row.need, start_on=row.start_on).change


def _user(uow: UnitOfWork, row: UserRow) -> Change:
    person_id = lookups.anybody_id(uow, row.person, "person")
    user = put_user(uow, row.sign_in_name, name=row.name, person_id=person_id)
    role = put_role(
        uow,
        user.row.id,
        row.role,
        organisation_id=lookups.needed(lookups.organisation_id(uow, row.organisation), "organisation"),
        start_on=row.start_on,
        end_on=lookups.last_to_end(row.start_on, row.last_day),
        sees_from=row.sees_from,
    )
    return role.change if user.change is Change.UNCHANGED else user.change


def _relation(uow: UnitOfWork, row: RelationRow) -> Change:
    new = NewRelation(
        kind=row.kind,
        basis=row.basis,
        start_on=row.start_on,
        end_on=lookups.last_to_end(row.start_on, row.last_day),
        acting_person_id=lookups.anybody_id(uow, row.acting_person, "acting_person"),
        organisation_id=lookups.organisation_id(uow, row.organisation),
        user_id=lookups.user_id(uow, row.user, "user"),
        scopes=_scopes(row.scopes),
        sees_from=row.sees_from,
        consent=Consent(row.consent_of, row.consent_on, row.consent_recorded),
        evidence=row.evidence,
    )
    return put_relation(uow, lookups.person_id(uow, row.person), new).change


def _scopes(names: tuple[str, ...]) -> frozenset[Scope] | None:
    for name in names:
        if name not in list(Scope):
            raise CellError(f"“{name}” does not fit “scopes”. Give some of {', '.join(Scope)}.", field="scopes")
    return frozenset(map(Scope, names)) or None


def _capacity(uow: UnitOfWork, row: CapacityRow) -> Change:
    person_id = lookups.person_id(uow, row.person)
    facts = (row.assessed_on, row.has_capacity, row.expected_to_return)
    for known in capacity_assessments(uow.session, uow.actor, person_id, uow.today):
        if (known.assessed_on, known.has_capacity, known.expected_to_return) == facts:
            return Change.UNCHANGED
    record_capacity(
        uow,
        person_id,
        has_capacity=row.has_capacity,
        assessed_on=row.assessed_on,
        expected_to_return=row.expected_to_return,
    )
    return Change.ADDED


def _consent(uow: UnitOfWork, row: ConsentRow) -> Change:
    person_id = lookups.person_id(uow, row.person)
    acting_id = lookups.anybody_id(uow, row.representative, "representative")
    relation_id = None
    if acting_id is not None:
        acting = relations_in_force(uow.session, person_id, RelationKind.REPRESENTATIVE, row.given_on)
        found = {relation.acting_person_id: relation.id for relation in acting}
        relation_id = lookups.needed(found.get(acting_id), "representative")
    return put_consent(
        uow, person_id, given_on=row.given_on, how_recorded=row.how_recorded, relation_id=relation_id
    ).change


def _holiday(uow: UnitOfWork, row: HolidayRow) -> Change:
    return put_holiday(uow, Holiday(row.day, row.title, row.source, row.confidence, row.observed)).change


ORGANISATIONS = Kind(
    "organisations", "Organisations", "an administrator", Permission.ORGANISATION_WRITE, OrganisationRow, _organisation
)
PEOPLE = Kind("people", "People", "a care co-ordinator", Permission.PEOPLE_WRITE, PersonRow, _person)
NEEDS = Kind("needs", "Communication needs", "the person's care co-ordinator", Permission.PEOPLE_WRITE, NeedRow, _need)
USERS = Kind("users", "Users and their roles", "an administrator", Permission.USER_WRITE, UserRow, _user)
RELATIONS = Kind(
    "relations", "Who acts for whom", "the person's care co-ordinator", Permission.PEOPLE_WRITE, RelationRow, _relation
)
CAPACITY = Kind(
    "capacity",
    "Assessments of capacity",
    "the person's care co-ordinator",
    Permission.PEOPLE_WRITE,
    CapacityRow,
    _capacity,
)
CONSENTS = Kind(
    "consents",
    "Consent to direct payments",
    "the person's care co-ordinator",
    Permission.PEOPLE_WRITE,
    ConsentRow,
    _consent,
)
CALENDARS = Kind("calendars", "Bank holidays", "an administrator", Permission.REFERENCE_WRITE, HolidayRow, _holiday)
