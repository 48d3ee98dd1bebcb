"""The start page: what is yours to do and by when, and where you may go."""

from datetime import date
from uuid import UUID

from flask import Blueprint, Response, request

from phb.edge.paging import DEFAULT_LIMIT, Page, read_cursor, write_cursor
from phb.edge.request import begin_request, needs
from phb.monitoring.duties.queries import Entry, inbox
from phb.web.duties import place_of
from phb.web.navigation import HOLDERS_SIDE
from phb.web.rendering import render

home = Blueprint("home", __name__)
PLACE = (date, str, UUID)


@home.route("/")
@needs(None)
def start() -> Response:
    """Show what is to be done by whoever is signed in."""
    cursor = request.args.get("after")
    after = cursor and tuple(read_cursor(cursor, PLACE))
    with begin_request() as uow:
        found = inbox(uow.session, uow.actor, uow.today, after=after or None, limit=DEFAULT_LIMIT + 1)
    rows = found[:DEFAULT_LIMIT]
    more = write_cursor(rows[-1].place) if len(found) > DEFAULT_LIMIT else None
    return render(
        "home.html.jinja",
        title="Your start page" if uow.actor.roles <= HOLDERS_SIDE else "Your work",
        page=Page[Entry](rows, more),
        is_first=after is None,
        place=lambda entry: place_of(entry, uow.actor),
        at_home=bool(uow.actor.roles & HOLDERS_SIDE),
    )
