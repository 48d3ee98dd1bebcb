"""The start page: what is yours to do and by when, and where you may go."""

from datetime import date
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from phb.edge.paging import DEFAULT_LIMIT, Page, read_cursor, write_cursor
from phb.edge.request import begin_request, needs
from phb.monitoring.duties import digests
from phb.monitoring.duties.queries import Entry, inbox
from phb.web.asking import ask
from phb.web.duties import place_of
from phb.web.forms import Choice, Needed, PageForm
from phb.web.navigation import HOLDERS_SIDE
from phb.web.rendering import render

home = Blueprint("home", __name__)
WANTED, NOT_WANTED = "yes", "no"
PLACE = (date, str, UUID)


class MessagesForm(PageForm):
    """Whether somebody is written to in the morning."""

    question = "Messages in the morning"
    button = "Save"
    wanted = Choice(
        "Shall we write to you when there is something for you to do?",
        options=((WANTED, "Yes, in the morning, to the e-mail address I sign in with"), (NOT_WANTED, "No")),
        hint="The message says how much there is to do and by when, and nothing about anybody.",
        validators=[Needed("Choose yes or no")],
    )


@home.route("/messages", methods=["GET", "POST"])
@needs(None)
def messages() -> Response:
    """Ask whether to write, with what holds now chosen."""
    with begin_request() as uow:
        now = WANTED if digests.is_wanted(uow.session, uow.actor, uow.today) else NOT_WANTED
    form = MessagesForm(wanted=now)
    return ask(
        form,
        lambda uow: digests.choose(uow, wanted=form.wanted.data == WANTED),
        then=lambda _: url_for("web.home.start"),
        said="Saved.",
    )


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
