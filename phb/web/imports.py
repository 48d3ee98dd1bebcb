"""Files in: templates to fill in, a file left for a job, how far it is, and the rows to mend."""

from collections.abc import Mapping
from contextlib import closing
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID

from flask import Blueprint, Response, abort, request, url_for
from flask_wtf.file import FileRequired

from phb.core.actor import Actor
from phb.core.uow import UnitOfWork
from phb.edge import paging
from phb.edge.request import begin_request, current_actor, needs
from phb.intake.importing import Kind
from phb.intake.jobs import operations, queries
from phb.intake.jobs.models import GIVEN_BACK, ImportJob, ImportJobRow
from phb.intake.kinds import KINDS
from phb.intake.templates import TEMPLATE_FORMATS
from phb.people.users.queries import names_of
from phb.web.asking import ask
from phb.web.forms import Choice, Needed, PageForm, Upload
from phb.web.rendering import render

imports = Blueprint("imports", __name__, url_prefix="/imports")
ACCEPTED = ".csv,.jsonl,.xlsx,.txt"
EVERY_SECONDS = "5"
CSV = "text/csv; charset=utf-8"


class Way(NamedTuple):
    """How a file is taken in, and what that is called."""

    dry_run: bool
    all_or_nothing: bool
    words: str


WAYS: Mapping[str, Way] = {
    "try": Way(dry_run=True, all_or_nothing=False, words="Try it: say what would happen, and store nothing"),
    "good": Way(dry_run=False, all_or_nothing=False, words="Take the good rows, and give back the others to be mended"),
    "all": Way(dry_run=False, all_or_nothing=True, words="Take every row, or none if one of them is wrong"),
}


class SendForm(PageForm):
    """A file, what is in it, and how it is to be taken in."""

    question = "Send a file"
    button = "Send"

    kind = Choice("What is in the file?", many=True, validators=[Needed("Choose what is in the file")])
    file = Upload(
        "The file",
        hint="CSV, JSON lines or an Excel workbook, 10 MB at most",
        accept=ACCEPTED,
        validators=[FileRequired("Choose the file")],
    )
    way = Choice(
        "What should happen to its rows?",
        options=[(name, way.words) for name, way in WAYS.items()],
        validators=[Needed("Choose what should happen to the rows")],
    )


@imports.route("")
@needs(None)
def listing() -> Response:
    """List the imports that the reader may see, the newest first."""
    with begin_request() as uow:
        found, order = queries.visible_jobs(uow.actor), (ImportJob.asked_at, ImportJob.id)
        page = paging.page(uow.session, found, order, cursor=request.args.get("after"), newest_first=True)
        senders = names_of(uow.session, uow.actor, [job.asked_by for job in page.rows])
    may_send = bool(_theirs(uow.actor))
    return render(
        "imports/listing.html.jinja", title="Files", page=page, senders=senders, kinds=KINDS, may_send=may_send
    )


@imports.route("/new", methods=["GET", "POST"])
@needs(None)
def send() -> Response:
    """Leave a file for a job."""
    form = SendForm()
    form.kind.options = [(kind.name, kind.title) for kind in _theirs(current_actor())]

    def leave(uow: UnitOfWork) -> ImportJob:
        way = WAYS[form.way.data]
        with closing(form.file.data) as file:
            content = file.read()
        return operations.request_import(
            uow, form.kind.data, content, dry_run=way.dry_run, all_or_nothing=way.all_or_nothing
        )

    return ask(
        form,
        leave,
        then=lambda job: url_for("web.imports.show", job_id=job.id),
        said="The file is sent. It is taken in by itself; you need not wait here.",
        template="imports/send.html.jinja",
        back=url_for("web.imports.listing"),
    )


@imports.route("/templates")
@needs(None)
def templates() -> Response:
    """Show what may be sent, with files to fill in."""
    kinds = _theirs(current_actor())
    back = url_for("web.imports.listing")
    return render("imports/templates.html.jinja", title="Files to fill in", kinds=kinds, back=back)


@imports.route("/templates/<kind>.<format_name>")
@needs(None)
def template(kind: str, format_name: str) -> Response:
    """Fetch a file to fill in."""
    form = TEMPLATE_FORMATS.get(format_name)
    if form is None:
        abort(HTTPStatus.NOT_FOUND)
    return _kept(form.render(operations.kind_named(kind)), form.media_type, f"{kind}{form.suffix}")


@imports.route("/<uuid:job_id>")
@needs(None)
def show(job_id: UUID) -> Response:
    """Show how far an import is, or what came of it; while it runs, the page is fetched again by itself."""
    with begin_request() as uow:
        job = queries.job(uow.session, uow.actor, job_id)
        may_read_rows = queries.may_read_rows(uow.actor, job)
        page = _rows_given_back(uow, job) if may_read_rows else None
        sender = names_of(uow.session, uow.actor, [job.asked_by])[job.asked_by]
    stands_still = "still" in request.args
    response = render(
        "imports/show.html.jinja",
        title="Trying a file" if job.dry_run else "Taking in a file",
        above=KINDS[job.kind].title,
        job=job,
        sender=sender,
        way=next(way for way in WAYS.values() if (way.dry_run, way.all_or_nothing) == _way_of(job)),
        page=page,
        may_read_rows=may_read_rows,
        stands_still=stands_still,
        back=url_for("web.imports.listing"),
    )
    if job.is_open and not stands_still:
        response.headers["Refresh"] = EVERY_SECONDS
    return response


@imports.route("/<uuid:job_id>/rows-to-mend.csv")
@needs(None)
def to_mend(job_id: UUID) -> Response:
    """Fetch the rows given back, each with its reason, to be mended and sent again as they are."""
    with begin_request() as uow:
        rows = queries.bad_rows(uow.session, uow.actor, job_id)
    return _kept(rows.encode("utf-8-sig"), CSV, "rows-to-mend.csv")


def _theirs(actor: Actor) -> list[Kind[Any]]:
    """Return the kinds of file that an actor may send, in the order in which they are imported."""
    return [kind for kind in KINDS.values() if actor.may(kind.needs)]


def _rows_given_back(uow: UnitOfWork, job: ImportJob) -> paging.Page[ImportJobRow]:
    rows = queries.rows_of(uow.session, uow.actor, job.id, outcome=GIVEN_BACK)
    return paging.page(uow.session, rows, (ImportJobRow.row_number,), cursor=request.args.get("after"))


def _way_of(job: ImportJob) -> tuple[bool, bool]:
    """Return how a file is taken in; one that is only tried stores nothing in either way."""
    return job.dry_run, job.all_or_nothing and not job.dry_run


def _kept(content: bytes, media_type: str, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=media_type, headers=disposition)
