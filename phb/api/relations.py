"""Who acts for a person: representatives, nominees, advocates, brokers, third parties, the care co-ordinator."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from phb.api.blueprint import Resource
from phb.api.fields import Choice, EndBody, Words
from phb.core.actor import Permission
from phb.edge.etags import Tagged, conditional, tagged
from phb.edge.request import begin_request, needs
from phb.people import queries
from phb.people.kinds import Basis, ConsentOf, EndReason, RelationKind, Scope
from phb.people.models import Relation
from phb.people.relations import operations
from phb.people.relations.rules import NOT_NEEDED, Consent, NewRelation

blp = Resource("relations", "Who acts for whom")


class RelationConsentBody(Schema):
    """Who consented, on what day, and how it was recorded."""

    of = Choice(ConsentOf, required=True)
    on = fields.Date(load_default=None, allow_none=True)
    recorded = Words(500, load_default=None, allow_none=True, metadata={"examples": ["Signed form seen"]})


class RelationTermsBody(Schema):
    """What a relation is; exactly one of acting_person_id, organisation_id and user_id names the other party."""

    kind = Choice(RelationKind, required=True)
    basis = Choice(Basis, required=True)
    start_on = fields.Date(required=True)
    end_on = fields.Date(load_default=None, allow_none=True, metadata={"description": "the first day without it"})
    acting_person_id = fields.UUID(load_default=None, allow_none=True)
    organisation_id = fields.UUID(load_default=None, allow_none=True)
    user_id = fields.UUID(load_default=None, allow_none=True)
    scopes = fields.List(
        Choice(Scope),
        load_default=None,
        allow_none=True,
        metadata={"description": "what it opens; the usual parts if left out; an advocate's and a broker's are named"},
    )
    sees_from = fields.Date(load_default=None, allow_none=True, metadata={"description": "the first day it opens"})
    evidence = Words(500, load_default=None, allow_none=True)


class NewRelationBody(RelationTermsBody):
    """A relation to make."""

    consent = fields.Nested(RelationConsentBody, load_default=None, allow_none=True)


class RelationBody(RelationTermsBody):
    """Somebody who acts, or acted, for a person."""

    id = fields.UUID()
    person_id = fields.UUID()
    consent_of = Choice(ConsentOf)
    consent_on = fields.Date(allow_none=True)
    consent_recorded = fields.String(allow_none=True)
    end_reason = Choice(EndReason, allow_none=True)
    version = fields.Integer()


class RelationEndBody(EndBody):
    """The end of a relation and why."""

    reason = Choice(EndReason, load_default=EndReason.ENDED)


def new_relation(body: dict[str, Any]) -> NewRelation:
    """Return a body as the relation it asks for."""
    scopes, consent = body["scopes"], body["consent"]
    return NewRelation(
        **body
        | {
            "scopes": None if scopes is None else frozenset(scopes),
            "consent": NOT_NEEDED if consent is None else Consent(**consent),
        }
    )


@blp.route("/of/<uuid:person_id>", methods=["GET"])
@needs(Permission.PEOPLE_READ)
@blp.response(200, RelationBody(many=True))
def list_relations(person_id: UUID) -> Sequence[Relation]:
    """List everybody who acts or acted for a person."""
    with begin_request() as uow:
        return queries.relations(uow.session, uow.actor, person_id, uow.today)


@blp.route("/of/<uuid:person_id>", methods=["POST"])
@needs(Permission.PEOPLE_WRITE)
@blp.arguments(NewRelationBody)
@blp.response(201, RelationBody)
def add_relation(body: dict[str, Any], person_id: UUID) -> Tagged[Relation]:
    """Let somebody act for a person."""
    with begin_request() as uow:
        return tagged(operations.add_relation(uow, person_id, new_relation(body)))


@blp.route("/<uuid:relation_id>/end", methods=["POST"])
@needs(Permission.PEOPLE_WRITE)
@blp.arguments(RelationEndBody)
@conditional
@blp.response(200, RelationBody)
def end_relation(body: dict[str, Any], relation_id: UUID, version: int | None) -> Tagged[Relation]:
    """End a relation."""
    with begin_request() as uow:
        return tagged(operations.end_relation(uow, relation_id, **body, version=version))
