"""Journal files for the finance system: made, listed with what they add up to, and taken away as they were made."""

from datetime import date

from flask import Blueprint, Response, url_for

from phb.core.actor import Permission
from phb.core.period import add_months, month_in_words, month_of
from phb.core.uow import UnitOfWork
from phb.edge.request import begin_request, needs
from phb.journal_files import operations, queries
from phb.journal_files.models import JournalFile
from phb.people.users.queries import names_of
from phb.web.asking import ask
from phb.web.forms import Choice, Needed, PageForm
from phb.web.rendering import render

journal_files = Blueprint("journal_files", __name__, url_prefix="/journal-files")
MONTHS = 13


class MakeForm(PageForm):
    """Up to the end of which month."""

    button = "Make the file"

    month = Choice("Up to the end of which month?", many=True, validators=[Needed("Choose a month")])


@journal_files.route("")
@needs(Permission.LEDGER_READ)
def listing() -> Response:
    """Show the files that were made, with what they add up to."""
    with begin_request() as uow:
        files = uow.session.scalars(queries.visible_files(uow.actor).order_by(JournalFile.number.desc())).all()
        return render(
            "finance/journal_files.html.jinja",
            title="Journal files",
            files=files,
            names=names_of(uow.session, uow.actor, (file.made_by for file in files)),
            may_make=uow.actor.may(Permission.PERIOD_CLOSE),
        )


@journal_files.route("/new", methods=["GET", "POST"])
@needs(Permission.PERIOD_CLOSE)
def make() -> Response:
    """Make a file of what was not sent yet, up to the end of a month."""
    form = MakeForm()
    with begin_request() as uow:
        last = [add_months(month_of(uow.today), -back) for back in range(1, MONTHS)]
    form.month.options = [("", "Choose a month"), *((f"{month:%Y-%m}-01", month_in_words(month)) for month in last)]

    def act(uow: UnitOfWork) -> JournalFile:
        return operations.make_file(uow, date.fromisoformat(form.month.data))

    return ask(
        form,
        act,
        then=lambda _: url_for("web.finance.journal_files.listing"),
        said="The file is made. Take it away from the list.",
        title="Make a journal file",
        sentences=["It holds every journal that is in no file yet. None is ever in two."],
        back=url_for("web.finance.journal_files.listing"),
    )


@journal_files.route("/<int:number>.csv")
@needs(Permission.LEDGER_READ)
def file(number: int) -> Response:
    """Answer a file, byte for byte as it was made."""
    with begin_request() as uow:
        row = queries.journal_file(uow.session, uow.actor, number)
        headers = {"Content-Disposition": f'attachment; filename="{row.name}"'}
        return Response(row.content, content_type=queries.MEDIA_TYPE, headers=headers)
