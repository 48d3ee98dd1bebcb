"""Every list an auditor takes away: page by page, or whole as a file."""

from http import HTTPStatus

from flask import Blueprint, Response, abort, url_for

from phb.core.actor import Permission
from phb.documents.as_list import list_of
from phb.documents.document import Table
from phb.documents.words import say_day
from phb.edge import paging
from phb.edge.request import begin_request, needs
from phb.people.organisations.queries import organisation
from phb.web import narrowing
from phb.web.audit.columns import LISTINGS
from phb.web.audit.listing import Listing
from phb.web.audit.sharing import FORMATS, file_of
from phb.web.rendering import render

listings = Blueprint("listings", __name__, url_prefix="/audit/listings")


@listings.route("")
@needs(Permission.AUDIT_READ)
def index() -> Response:
    """Show which lists there are."""
    return render("audit/listings.html.jinja", title="Lists", listings=LISTINGS, back=url_for("web.audit.start"))


@listings.route("/<name>")
@needs(Permission.AUDIT_READ)
def show(name: str) -> Response:
    """Show one page of a list."""
    listing = _named(name)
    with begin_request() as uow:
        return render(
            "audit/listing.html.jinja",
            title=listing.title,
            code=name,
            listing=listing,
            page=listing.part(uow, narrowing.after(), paging.DEFAULT_LIMIT),
            formats=FORMATS,
            back=url_for("web.listings.index"),
            back_text="Lists",
        )


@listings.route("/<name>/file.<format_name>")
@needs(Permission.AUDIT_READ)
def whole(name: str, format_name: str) -> Response:
    """Answer a whole list as a file."""
    listing = _named(name)
    with begin_request() as uow:
        ours = organisation(uow.session, uow.actor, uow.commissioner_id)
        table = Table(name, listing.title, listing.columns, tuple(listing.all_rows(uow)))
        document = list_of(table, about=f"{ours.name}, {say_day(uow.today)}")
        return file_of(document, format_name, f"{name}-{uow.today}")


def _named(name: str) -> Listing:
    listing = LISTINGS.get(name)
    if listing is None:
        abort(HTTPStatus.NOT_FOUND)
    return listing
