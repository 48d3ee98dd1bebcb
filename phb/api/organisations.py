"""The organisations a commissioner works with, and its calendar of bank holidays."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from phb.api.blueprint import Listed, Resource, listed
from phb.api.fields import Choice, Words, YesNo
from phb.api.schemas import PageArguments
from phb.core.actor import Permission
from phb.edge import paging
from phb.edge.etags import Tagged, conditional, tagged
from phb.edge.request import begin_request, needs
from phb.people.calendars import operations as calendar_operations
from phb.people.calendars import queries as calendar_queries
from phb.people.calendars.models import BankHoliday
from phb.people.calendars.operations import Holiday
from phb.people.details import OrganisationDetails
from phb.people.kinds import OrganisationKind
from phb.people.models import Organisation
from phb.people.organisations import operations, queries

blp = Resource("organisations", "The commissioner and whom it works with")
calendars = Resource("calendars", "The commissioner's bank holidays")


class OrganisationDetailsBody(Schema):
    """What an organisation's form holds."""

    name = Words(required=True)
    start_on = fields.Date(required=True)
    end_on = fields.Date(load_default=None, allow_none=True, metadata={"description": "the first day it is no more"})
    ods_code = Words(10, load_default=None, allow_none=True)
    fund = Words(40, load_default=None, allow_none=True, metadata={"description": "its code in the ledger, if it pays"})


class NewOrganisationBody(OrganisationDetailsBody):
    """An organisation to register."""

    kind = Choice(OrganisationKind, required=True)
    reference = Words(64, load_default=None)


class OrganisationBody(OrganisationDetailsBody):
    """An organisation as it is registered."""

    id = fields.UUID()
    kind = Choice(OrganisationKind)
    reference = fields.String()
    version = fields.Integer()


class HolidayBody(Schema):
    """A bank holiday; not observed once it was moved to another day."""

    day = fields.Date(required=True)
    title = Words(required=True)
    source = Words(500, required=True)
    confidence = Words(40, load_default="verified")
    observed = YesNo(load_default=True)


@blp.route("", methods=["GET"])
@needs(None)
@blp.query(PageArguments)
@blp.response(200, OrganisationBody(many=True))
def list_organisations(query: dict[str, Any]) -> Listed:
    """List the organisations you may see, by reference."""
    with begin_request() as uow:
        seen = queries.visible_organisations(uow.actor)
        sort = (Organisation.reference, Organisation.id)
        return listed(paging.page(uow.session, seen, sort, limit=query["limit"], cursor=query["cursor"]))


@blp.route("", methods=["POST"])
@needs(Permission.ORGANISATION_WRITE)
@blp.arguments(NewOrganisationBody)
@blp.response(201, OrganisationBody)
def register_organisation(body: dict[str, Any]) -> Tagged[Organisation]:
    """Register an organisation."""
    kind, reference = body.pop("kind"), body.pop("reference")
    with begin_request() as uow:
        return tagged(operations.register_organisation(uow, kind, OrganisationDetails(**body), reference=reference))


@blp.route("/<uuid:organisation_id>", methods=["GET"])
@needs(None)
@blp.response(200, OrganisationBody)
def read_organisation(organisation_id: UUID) -> Tagged[Organisation]:
    """One organisation."""
    with begin_request() as uow:
        return tagged(queries.organisation(uow.session, uow.actor, organisation_id))


@blp.route("/<uuid:organisation_id>", methods=["PUT"])
@needs(Permission.ORGANISATION_WRITE)
@blp.arguments(OrganisationDetailsBody)
@conditional
@blp.response(200, OrganisationBody)
def amend_organisation(body: dict[str, Any], organisation_id: UUID, version: int | None) -> Tagged[Organisation]:
    """Replace an organisation's details."""
    with begin_request() as uow:
        details = OrganisationDetails(**body)
        return tagged(operations.amend_organisation(uow, organisation_id, details, version=version).row)


@calendars.route("", methods=["GET"])
@needs(None)
@calendars.response(200, HolidayBody(many=True))
def list_holidays() -> Sequence[BankHoliday]:
    """List the commissioner's bank holidays."""
    with begin_request() as uow:
        return calendar_queries.calendar(uow.session)


@calendars.route("", methods=["POST"])
@needs(Permission.REFERENCE_WRITE)
@calendars.arguments(HolidayBody)
@calendars.response(200, HolidayBody)
def put_holiday(body: dict[str, Any]) -> BankHoliday:
    """Put a day into the calendar, or say that it is no longer observed."""
    with begin_request() as uow:
        return calendar_operations.put_holiday(uow, Holiday(**body)).row


@calendars.route("/national", methods=["POST"])
@needs(Permission.REFERENCE_WRITE)
@calendars.response(200, HolidayBody(many=True))
def put_national_calendar() -> Sequence[BankHoliday]:
    """Put the bank holidays of England and Wales that come with the service into the calendar."""
    with begin_request() as uow:
        calendar_operations.put_national_calendar(uow)
        return calendar_queries.calendar(uow.session)
