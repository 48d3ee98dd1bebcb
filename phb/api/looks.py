"""Who looked at a person's record, and what of that is withheld from them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from phb.api.blueprint import Resource
from phb.api.fields import Choice, Words
from phb.core.actor import Permission
from phb.edge.request import begin_request, needs
from phb.people.kinds import Scope, WithholdingGround
from phb.people.looks import operations, queries
from phb.people.looks.models import WithheldLook, WithheldLookEnd
from phb.people.queries import person

blp = Resource("looks", "Who looked at a person's record, and what of that is withheld from them")


class LooksBody(Schema):
    """How often somebody of these roles and this organisation looked on one day."""

    day = fields.Date()
    roles = fields.List(fields.String())
    organisation = fields.String(allow_none=True)
    count = fields.Integer()


class NewWithheldBody(Schema):
    """Whose looks are withheld, why, and the day on which somebody looks at that again."""

    user_id = fields.UUID(required=True)
    ground = Choice(WithholdingGround, required=True)
    reason = Words(500, required=True)
    review_on = fields.Date(required=True)


class WithheldBody(NewWithheldBody):
    """What is withheld."""

    id = fields.UUID()
    person_id = fields.UUID()
    withheld_by = fields.UUID()
    withheld_at = fields.AwareDateTime()


class EndWithheldBody(Schema):
    """Why the person may be told."""

    reason = Words(500, required=True)


class WithheldEndBody(EndWithheldBody):
    """The end of withholding."""

    withheld_id = fields.UUID()
    ended_by = fields.UUID()
    ended_at = fields.AwareDateTime()


@blp.route("/of/<uuid:person_id>")
@needs(Permission.PEOPLE_READ)
@blp.response(200, LooksBody(many=True))
def list_looks(person_id: UUID) -> list[queries.Looks]:
    """List who looked at a person's record, by day, role and organisation, as the person may be told it."""
    with begin_request() as uow:
        return queries.looks_told(uow.session, uow.actor, person_id, uow.today)


@blp.route("/withheld/of/<uuid:person_id>", methods=["GET"])
@needs(Permission.LOOKS_WITHHOLD)
@blp.response(200, WithheldBody(many=True))
def list_withheld(person_id: UUID) -> Sequence[WithheldLook]:
    """List what is withheld from a person now, the next to be looked at again first."""
    with begin_request() as uow:
        found = person(uow.session, uow.actor, person_id, uow.today, Scope.RECORD)
        return queries.withheld_now(uow.session, found.id)


@blp.route("/withheld/of/<uuid:person_id>", methods=["POST"])
@needs(Permission.LOOKS_WITHHOLD)
@blp.arguments(NewWithheldBody)
@blp.response(201, WithheldBody)
def withhold(body: dict[str, Any], person_id: UUID) -> WithheldLook:
    """Keep all looks of a user at a person's record from that person."""
    with begin_request() as uow:
        return operations.withhold(uow, person_id, **body)


@blp.route("/withheld/<uuid:withheld_id>/end", methods=["POST"])
@needs(Permission.LOOKS_WITHHOLD)
@blp.arguments(EndWithheldBody)
@blp.response(200, WithheldEndBody)
def end_withholding(body: dict[str, Any], withheld_id: UUID) -> WithheldLookEnd:
    """Tell the person from now on of looks that were withheld."""
    with begin_request() as uow:
        return operations.end_withholding(uow, withheld_id, **body)
