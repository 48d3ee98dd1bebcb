"""Whether a direct payment may be made to a person at all: consent, capacity, exclusion."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from phb.api.blueprint import Resource
from phb.api.fields import Choice, EndBody, Words, YesNo
from phb.core.actor import Permission
from phb.edge.etags import Tagged, conditional, tagged
from phb.edge.request import begin_request, needs
from phb.people.kinds import Consenter
from phb.people.standing import operations, queries
from phb.people.standing.models import CapacityAssessment, DirectPaymentConsent, Exclusion, ExclusionGround

blp = Resource("standing", "Whether a direct payment may be made to a person: consent, capacity, exclusion")


class NewDirectPaymentConsentBody(Schema):
    """Consent to a direct payment; a representative's names the relation they act by."""

    given_on = fields.Date(required=True)
    how_recorded = Words(500, required=True)
    relation_id = fields.UUID(load_default=None, allow_none=True)


class DirectPaymentConsentBody(NewDirectPaymentConsentBody):
    """Consent to a direct payment as it was recorded."""

    id = fields.UUID()
    person_id = fields.UUID()
    given_by = Choice(Consenter)
    withdrawn_on = fields.Date(allow_none=True)
    version = fields.Integer()


class NewCapacityBody(Schema):
    """What an assessment of the capacity to manage a direct payment found."""

    has_capacity = YesNo(required=True)
    expected_to_return = YesNo(load_default=False)
    assessed_on = fields.Date(required=True)


class CapacityBody(NewCapacityBody):
    """An assessment as it was recorded."""

    id = fields.UUID()
    person_id = fields.UUID()
    recorded_at = fields.AwareDateTime()
    recorded_by = fields.UUID()


class GroundBody(Schema):
    """A ground of the Schedule to SI 2013/1617."""

    code = fields.String()
    description = fields.String()
    provision = fields.String()
    confidence = fields.String()


class NewExclusionBody(Schema):
    """A ground that applies to a person."""

    ground = Words(40, required=True)
    start_on = fields.Date(required=True)
    end_on = fields.Date(load_default=None, allow_none=True)


class ExclusionBody(NewExclusionBody):
    """A ground as it was recorded."""

    id = fields.UUID()
    person_id = fields.UUID()
    version = fields.Integer()


@blp.route("/consents/of/<uuid:person_id>", methods=["GET"])
@needs(Permission.PEOPLE_READ)
@blp.response(200, DirectPaymentConsentBody(many=True))
def list_consents(person_id: UUID) -> Sequence[DirectPaymentConsent]:
    """List a person's consents to a direct payment."""
    with begin_request() as uow:
        return queries.consents(uow.session, uow.actor, person_id, uow.today)


@blp.route("/consents/of/<uuid:person_id>", methods=["POST"])
@needs(Permission.PEOPLE_WRITE)
@blp.arguments(NewDirectPaymentConsentBody)
@blp.response(201, DirectPaymentConsentBody)
def record_consent(body: dict[str, Any], person_id: UUID) -> Tagged[DirectPaymentConsent]:
    """Record consent to a direct payment."""
    with begin_request() as uow:
        return tagged(operations.record_consent(uow, person_id, **body))


@blp.route("/consents/<uuid:consent_id>/withdrawal", methods=["POST"])
@needs(Permission.PEOPLE_WRITE)
@blp.arguments(EndBody)
@conditional
@blp.response(200, DirectPaymentConsentBody)
def withdraw_consent(body: dict[str, Any], consent_id: UUID, version: int | None) -> Tagged[DirectPaymentConsent]:
    """Withdraw consent; direct payments must then stop."""
    with begin_request() as uow:
        return tagged(operations.withdraw_consent(uow, consent_id, on=body["on"], version=version))


@blp.route("/capacity/of/<uuid:person_id>", methods=["GET"])
@needs(Permission.PEOPLE_READ)
@blp.response(200, CapacityBody(many=True))
def list_capacity(person_id: UUID) -> Sequence[CapacityAssessment]:
    """List what was found about a person's capacity."""
    with begin_request() as uow:
        return queries.capacity_assessments(uow.session, uow.actor, person_id, uow.today)


@blp.route("/capacity/of/<uuid:person_id>", methods=["POST"])
@needs(Permission.PEOPLE_WRITE)
@blp.arguments(NewCapacityBody)
@blp.response(201, CapacityBody)
def record_capacity(body: dict[str, Any], person_id: UUID) -> CapacityAssessment:
    """Record what an assessment of capacity found."""
    with begin_request() as uow:
        return operations.record_capacity(uow, person_id, **body)


@blp.route("/exclusion-grounds", methods=["GET"])
@needs(Permission.PEOPLE_READ)
@blp.response(200, GroundBody(many=True))
def list_grounds() -> Sequence[ExclusionGround]:
    """List the grounds of exclusion there are in law."""
    with begin_request() as uow:
        return queries.grounds(uow.session)


@blp.route("/exclusions/of/<uuid:person_id>", methods=["GET"])
@needs(Permission.PEOPLE_READ)
@blp.response(200, ExclusionBody(many=True))
def list_exclusions(person_id: UUID) -> Sequence[Exclusion]:
    """List the grounds that apply or applied to a person."""
    with begin_request() as uow:
        return queries.exclusions(uow.session, uow.actor, person_id, uow.today)


@blp.route("/exclusions/of/<uuid:person_id>", methods=["POST"])
@needs(Permission.PEOPLE_WRITE)
@blp.arguments(NewExclusionBody)
@blp.response(201, ExclusionBody)
def record_exclusion(body: dict[str, Any], person_id: UUID) -> Tagged[Exclusion]:
    """Record that a ground applies to a person."""
    with begin_request() as uow:
        return tagged(operations.record_exclusion(uow, person_id, **body))


@blp.route("/exclusions/<uuid:exclusion_id>/end", methods=["POST"])
@needs(Permission.PEOPLE_WRITE)
@blp.arguments(EndBody)
@conditional
@blp.response(200, ExclusionBody)
def end_exclusion(body: dict[str, Any], exclusion_id: UUID, version: int | None) -> Tagged[Exclusion]:
    """End an exclusion."""
    with begin_request() as uow:
        return tagged(operations.end_exclusion(uow, exclusion_id, on=body["on"], version=version))
