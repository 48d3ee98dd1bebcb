"""Organisations: listed, registered and amended."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from phb.core.actor import Permission
from phb.edge import paging
from phb.edge.request import begin_request, needs
from phb.people.details import OrganisationDetails
from phb.people.kinds import OrganisationKind
from phb.people.models import Organisation
from phb.people.organisations import operations, queries
from phb.reports.words import words
from phb.web.asking import ask
from phb.web.forms import Choice, Day, Needed, PageForm, Words
from phb.web.rendering import render

organisations = Blueprint("organisations", __name__, url_prefix="/organisations")
LIST = "web.organisations.listing"


class DetailsForm(PageForm):
    """What is known of an organisation."""

    button = "Save"

    name = Words("Name", validators=[Needed("Enter the organisation's name")], longest=200)
    start_on = Day("First day", hint="The day from which it works with you", validators=[Needed("Enter its first day")])
    end_on = Day("First day it is no more", hint="Leave this empty while it goes on")
    ods_code = Words("ODS code", hint="The NHS code for an organisation, if it has one", longest=10, width=10)
    fund = Words("Ledger code", hint="Only where it pays for care", longest=40, width=20)

    @property
    def details(self) -> OrganisationDetails:
        """What was entered, empty answers left out."""
        return OrganisationDetails(
            name=self.name.data,
            start_on=self.start_on.data,
            end_on=self.end_on.data,
            ods_code=self.ods_code.data or None,
            fund=self.fund.data or None,
        )


class NewForm(DetailsForm):
    """An organisation to register."""

    question = "Add an organisation"
    first = ("kind",)
    button = "Add organisation"

    kind = Choice(
        "What is it to you?",
        options=[(kind, words(kind)) for kind in OrganisationKind if kind is not OrganisationKind.COMMISSIONER],
        validators=[Needed("Choose what it is to you")],
    )


@organisations.route("")
@needs(Permission.ADMINISTRATION_READ)
def listing() -> Response:
    """List the organisations."""
    with begin_request() as uow:
        sort = (Organisation.name, Organisation.id)
        seen = queries.visible_organisations(uow.actor)
        page = paging.page(uow.session, seen, sort, cursor=request.args.get("after"))
        return render("admin/organisations.html.jinja", title="Organisations", page=page, today=uow.today)


@organisations.route("/new", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_WRITE)
def add() -> Response:
    """Register an organisation."""
    form = NewForm()
    return ask(
        form,
        lambda uow: operations.register_organisation(uow, OrganisationKind(form.kind.data), form.details),
        then=lambda _: url_for(LIST),
        said="The organisation is added.",
        back=url_for(LIST),
    )


@organisations.route("/<uuid:organisation_id>", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_WRITE)
def amend(organisation_id: UUID) -> Response:
    """Amend an organisation."""
    with begin_request() as uow:
        row = queries.organisation(uow.session, uow.actor, organisation_id)
    form = DetailsForm(obj=row)
    return ask(
        form,
        lambda uow: operations.amend_organisation(uow, organisation_id, form.details, version=form.version_read),
        then=lambda _: url_for(LIST),
        said="The organisation's details are saved.",
        title=f"Change the details of {row.name}",
        back=url_for(LIST),
    )
