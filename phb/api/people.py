"""Who the service is for and who acts for them: details, communication needs, protected characteristics."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, validate

from phb.api.blueprint import Listed, Resource, listed
from phb.api.fields import Choice, EndBody, Words
from phb.api.schemas import PageArguments
from phb.core.actor import Permission
from phb.core.errors import RuleViolationError
from phb.edge import paging
from phb.edge.etags import Tagged, conditional, tagged
from phb.edge.request import begin_request, needs
from phb.people import operations, queries
from phb.people.details import MOST_ADDRESS_LINES, PersonDetails
from phb.people.kinds import NeedKind, Scope, StatementFormat, TraceStatus
from phb.people.models import CommunicationNeed, Person, ProtectedCharacteristics
from phb.people.needs import Need, vocabulary
from phb.people.nhs_number import NHSNumber
from phb.people.operations import Characteristics

blp = Resource("people", "Who the service is for, and who acts for them")


def _readable(number: str) -> None:
    try:
        NHSNumber.parse(number)
    except RuleViolationError as error:
        raise ValidationError(error.sentence) from error


class PersonDetailsBody(Schema):
    """Everything one form holds; what is left out is empty or takes its default."""

    given_names = Words(required=True)
    family_name = Words(required=True)
    date_of_birth = fields.Date(load_default=None, allow_none=True)
    nhs_number = fields.String(
        load_default=None,
        allow_none=True,
        validate=_readable,
        metadata={"description": "with or without spaces; shown 3-3-4", "examples": ["999 000 0018"]},
    )
    trace_status = Choice(TraceStatus, load_default=TraceStatus.NONE)
    address_lines = fields.List(Words(), load_default=list, validate=validate.Length(0, MOST_ADDRESS_LINES))
    postcode = Words(10, load_default=None, allow_none=True)
    statement_format = Choice(StatementFormat, load_default=StatementFormat.HTML)
    language = Words(35, load_default="en", metadata={"description": "a short tag: en, cy, pl"})
    died_on = fields.Date(load_default=None, allow_none=True)


class NewPersonBody(PersonDetailsBody):
    """A person to register."""

    reference = Words(64, load_default=None, metadata={"description": "the commissioner's own; made if left out"})


class PersonBody(PersonDetailsBody):
    """A person as they are registered; the id never changes."""

    id = fields.UUID()
    reference = fields.String()
    version = fields.Integer()


class PersonSummaryBody(Schema):
    """As much of a person as a list shows."""

    id = fields.UUID()
    reference = fields.String()
    given_names = fields.String()
    family_name = fields.String()


class PeopleArguments(PageArguments):
    """Which people."""

    reference = Words(64, load_default=None)
    scope = Choice(Scope, load_default=None, metadata={"description": "whose affairs of this kind you may see"})


class NeedCodeBody(Schema):
    """One communication need there is."""

    code = fields.String()
    kind = Choice(NeedKind)
    words = fields.String()


class NewNeedBody(Schema):
    """A communication need to record."""

    code = fields.String(required=True, validate=validate.OneOf(sorted(vocabulary())))
    start_on = fields.Date(required=True)
    snomed_code = fields.String(load_default=None, allow_none=True, validate=validate.Regexp(r"^(?!.*\n)[0-9]{6,18}$"))


class NeedBody(NewNeedBody):
    """A communication need of a person."""

    id = fields.UUID()
    person_id = fields.UUID()
    kind = Choice(NeedKind)
    end_on = fields.Date(allow_none=True)
    version = fields.Integer()


class CharacteristicsBody(Schema):
    """What a person chose to tell; null where they told nothing."""

    ethnicity = Words(load_default=None, allow_none=True)
    disability = Words(load_default=None, allow_none=True)
    religion_or_belief = Words(load_default=None, allow_none=True)
    sexual_orientation = Words(load_default=None, allow_none=True)
    sex = Words(load_default=None, allow_none=True)
    gender_reassignment = Words(load_default=None, allow_none=True)
    marriage_or_civil_partnership = Words(load_default=None, allow_none=True)
    pregnancy_or_maternity = Words(load_default=None, allow_none=True)


def details_of(body: dict[str, Any]) -> PersonDetails:
    """Return a body as the details it holds."""
    number = body["nhs_number"]
    typed = {"address_lines": tuple(body["address_lines"]), "nhs_number": number and NHSNumber.parse(number)}
    return PersonDetails(**body | typed)


@blp.route("", methods=["GET"])
@needs(Permission.PEOPLE_READ)
@blp.query(PeopleArguments)
@blp.response(200, PersonSummaryBody(many=True))
def list_people(query: dict[str, Any]) -> Listed:
    """List the people you may see, by reference."""
    with begin_request() as uow:
        seen = queries.visible_people(uow.actor, uow.today, query["scope"])
        if query["reference"] is not None:
            seen = seen.where(Person.reference == query["reference"])
        sort = (Person.reference, Person.id)
        return listed(paging.page(uow.session, seen, sort, limit=query["limit"], cursor=query["cursor"]))


@blp.route("", methods=["POST"])
@needs(Permission.PEOPLE_WRITE)
@blp.arguments(NewPersonBody)
@blp.response(201, PersonBody)
def register_person(body: dict[str, Any]) -> Tagged[Person]:
    """Register a person."""
    reference = body.pop("reference")
    with begin_request() as uow:
        return tagged(operations.register_person(uow, details_of(body), reference=reference))


@blp.route("/<uuid:person_id>", methods=["GET"])
@needs(Permission.PEOPLE_READ)
@blp.response(200, PersonBody)
def read_person(person_id: UUID) -> Tagged[Person]:
    """One person, for those to whom the record is open."""
    with begin_request() as uow:
        return tagged(queries.person(uow.session, uow.actor, person_id, uow.today, Scope.RECORD))


@blp.route("/<uuid:person_id>", methods=["PUT"])
@needs(Permission.PEOPLE_WRITE)
@blp.arguments(PersonDetailsBody)
@conditional
@blp.response(200, PersonBody)
def amend_person(body: dict[str, Any], person_id: UUID, version: int | None) -> Tagged[Person]:
    """Replace a person's details; a date of death ends who acted for them and their own sign-in."""
    with begin_request() as uow:
        return tagged(operations.amend_person(uow, person_id, details_of(body), version=version).row)


@blp.route("/need-codes", methods=["GET"])
@needs(Permission.PEOPLE_READ)
@blp.response(200, NeedCodeBody(many=True))
def list_need_codes() -> list[Need]:
    """List the communication needs there are."""
    return list(vocabulary().values())


@blp.route("/<uuid:person_id>/needs", methods=["GET"])
@needs(Permission.PEOPLE_READ)
@blp.response(200, NeedBody(many=True))
def list_needs(person_id: UUID) -> Sequence[CommunicationNeed]:
    """List a person's communication needs, ended ones too."""
    with begin_request() as uow:
        return queries.communication_needs(uow.session, uow.actor, person_id, uow.today)


@blp.route("/<uuid:person_id>/needs", methods=["POST"])
@needs(Permission.PEOPLE_WRITE)
@blp.arguments(NewNeedBody)
@blp.response(201, NeedBody)
def record_need(body: dict[str, Any], person_id: UUID) -> Tagged[CommunicationNeed]:
    """Record a communication need."""
    with begin_request() as uow:
        return tagged(operations.record_need(uow, person_id, body.pop("code"), **body))


@blp.route("/needs/<uuid:need_id>/end", methods=["POST"])
@needs(Permission.PEOPLE_WRITE)
@blp.arguments(EndBody)
@conditional
@blp.response(200, NeedBody)
def end_need(body: dict[str, Any], need_id: UUID, version: int | None) -> Tagged[CommunicationNeed]:
    """End a communication need."""
    with begin_request() as uow:
        return tagged(operations.end_need(uow, need_id, on=body["on"], version=version))


@blp.route("/<uuid:person_id>/characteristics", methods=["GET"])
@needs(Permission.CHARACTERISTICS_READ)
@blp.response(200, CharacteristicsBody)
def read_characteristics(person_id: UUID) -> tuple[object, dict[str, str]]:
    """Read what a person told of their protected characteristics; the ETag is "0" until they tell something."""
    with begin_request() as uow:
        found = queries.characteristics(uow.session, uow.actor, person_id, uow.today)
        return tagged(found) if found else (asdict(Characteristics()), {"ETag": '"0"'})


@blp.route("/<uuid:person_id>/characteristics", methods=["PUT"])
@needs(Permission.CHARACTERISTICS_WRITE)
@blp.arguments(CharacteristicsBody)
@conditional
@blp.response(200, CharacteristicsBody)
def record_characteristics(
    body: dict[str, Any], person_id: UUID, version: int | None
) -> Tagged[ProtectedCharacteristics]:
    """Record what a person told of their protected characteristics."""
    with begin_request() as uow:
        told = Characteristics(**body)
        return tagged(operations.record_characteristics(uow, person_id, told, version=version))
