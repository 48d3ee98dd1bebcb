"""Files in: the kinds there are, templates to fill in, and imports that a job carries out."""

from collections.abc import Callable, Sequence
from contextlib import closing
from functools import wraps
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from flask import Request, Response
from flask_smorest.fields import Upload
from marshmallow import Schema, fields, validate
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import CombinedMultiDict, FileStorage

from phb.api.blueprint import Listed, Resource, StrictParser, listed
from phb.api.fields import Choice
from phb.api.list_files import FILE, attachment
from phb.api.schemas import PageArguments
from phb.edge import paging
from phb.edge.errors import problem
from phb.edge.request import begin_request, current_actor, idempotent, needs
from phb.intake.importing import Kind
from phb.intake.jobs import operations, queries
from phb.intake.jobs.models import GIVEN_BACK, ImportJob, ImportJobRow, JobState
from phb.intake.kinds import KINDS
from phb.intake.templates import TEMPLATE_FORMATS

OUTCOMES = ("added", "changed", "unchanged", GIVEN_BACK)
TEMPLATES = {form.media_type.partition(";")[0]: FILE for form in TEMPLATE_FORMATS.values()}
CSV = "text/csv; charset=utf-8"


class FormParser(StrictParser):
    """Takes the parts of a form, files among them, as one."""

    def load_form(self, req: Request, schema: Schema) -> MultiDictProxy:
        """Return every part."""
        return MultiDictProxy(CombinedMultiDict([req.form, req.files]), schema)


class Imports(Resource):
    """The resource, described as taking forms with files."""

    ARGUMENTS_PARSER = FormParser()
    DEFAULT_LOCATION_CONTENT_TYPE_MAPPING: ClassVar = {"form": "multipart/form-data"}


blp = Imports("imports", "Files in: kinds, templates, and imports that a job carries out")


class HeadingBody(Schema):
    """A column of a kind of file; `parts` are those of each object of a list."""

    name = fields.String()
    meaning = fields.String()
    holds = fields.String(attribute="kind")
    required = fields.Boolean()
    example = fields.String()
    parts = fields.List(fields.Nested("HeadingBody"))


class ImportKindBody(Schema):
    """A kind of file; `permission` is what its sender needs."""

    name = fields.String()
    title = fields.String()
    who = fields.String(metadata={"description": "who imports it"})
    permission = fields.String(attribute="needs")
    columns = fields.List(fields.Nested(HeadingBody), attribute="headings")


class TemplateArguments(Schema):
    """In which format."""

    format = fields.String(load_default="csv", validate=validate.OneOf(list(TEMPLATE_FORMATS)))


class ImportInput(Schema):
    """A file of a kind; its name is not kept."""

    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS)))
    file = Upload(required=True, metadata={"description": "CSV, JSON lines or an Excel workbook, 10 MB at most"})
    dry_run = fields.Boolean(
        load_default=False, truthy={"true"}, falsy={"false"}, metadata={"description": "say what would happen alone"}
    )
    all_or_nothing = fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "take no row unless all are good"},
    )


class ImportBody(Schema):
    """How far an import is, and what came of it.

    The counts are of an import that is done; `written` says whether its good rows were kept. `code` and `reason` are of
    one whose file was refused as a whole; the reason is for who sent the file and for an auditor.
    """

    id = fields.UUID()
    kind = fields.String()
    size = fields.Integer(metadata={"description": "bytes"})
    digest = fields.String(metadata={"description": "SHA-256"})
    dry_run = fields.Boolean()
    all_or_nothing = fields.Boolean()
    asked_by = fields.UUID()
    asked_at = fields.AwareDateTime()
    state = Choice(JobState)
    rows_done = fields.Integer()
    rows_all = fields.Integer(allow_none=True, metadata={"description": "null until the file was read"})
    added = fields.Integer()
    changed = fields.Integer()
    unchanged = fields.Integer()
    given_back = fields.Integer()
    written = fields.Boolean()
    warnings = fields.List(fields.String())
    code = fields.String(attribute="reason_code", allow_none=True)
    reason = fields.Function(
        lambda job: job.reason if queries.may_read_rows(current_actor(), job) else None,
        metadata={"type": ["string", "null"]},
    )
    started_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)


class ImportArguments(PageArguments):
    """Which imports."""

    kind = fields.String(load_default=None, validate=validate.OneOf(list(KINDS)))
    state = Choice(JobState, load_default=None)


class ImportRowBody(Schema):
    """What became of a row; `code` and `reason` are of one given back."""

    row = fields.Integer(attribute="row_number", metadata={"description": "as a spreadsheet counts, headings being 1"})
    outcome = fields.String(metadata={"enum": list(OUTCOMES)})
    code = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)


class RowArguments(PageArguments):
    """Which rows."""

    outcome = fields.String(load_default=None, validate=validate.OneOf(OUTCOMES))


def conflict_while_it_runs(view: Callable[..., Response]) -> Callable[..., Response]:
    """Answer a repeated request with a conflict and the import's address until it has ended."""

    @wraps(view)
    def asked(*args: Any, **kwargs: Any) -> Response:  # noqa: ANN401 - whatever the view takes
        response = view(*args, **kwargs)
        if "Idempotent-Replayed" not in response.headers:
            return response
        with begin_request() as uow:
            job = queries.job(uow.session, uow.actor, UUID((response.get_json())["id"]))
        if job.is_open:
            sentence = "This file is still being taken in. Look at the import's address until it has ended."
            facts = {"import": _address(job)}
            response = problem(HTTPStatus.CONFLICT, "import-still-running", sentence, facts=facts)
        response.headers["Location"] = _address(job)
        return response

    return asked


@blp.route("/kinds")
@needs(None)
@blp.response(200, ImportKindBody(many=True))
def list_kinds() -> Sequence[Kind[Any]]:
    """List the kinds of file, in the order in which they are imported: what a row names comes first."""
    current_actor()
    return list(KINDS.values())


@blp.route("/kinds/<string:kind>/template")
@needs(None)
@blp.query(TemplateArguments)
@blp.response(200, FILE["schema"], content_type="text/csv", description="The template, as a file of its format")
@blp.doc(responses={200: {"content": TEMPLATES}})
def show_template(query: dict[str, Any], kind: str) -> Response:
    """Fetch a file to fill in: the headings of a kind, and in a workbook what to put in each column."""
    current_actor()
    form = TEMPLATE_FORMATS[query["format"]]
    return attachment(form.render(operations.kind_named(kind)), form.media_type, f"{kind}{form.suffix}")


@blp.route("", methods=["GET"])
@needs(None)
@blp.query(ImportArguments)
@blp.response(200, ImportBody(many=True))
def list_imports(query: dict[str, Any]) -> Listed:
    """List the imports you may see, the newest first."""
    with begin_request() as uow:
        found = queries.visible_jobs(uow.actor, kind=query["kind"], state=query["state"])
        sort = (ImportJob.asked_at, ImportJob.id)
        page = paging.page(uow.session, found, sort, limit=query["limit"], cursor=query["cursor"], newest_first=True)
    return listed(page)


@blp.route("", methods=["POST"])
@needs(None)
@conflict_while_it_runs
@idempotent
@blp.arguments(ImportInput, location="form")
@blp.response(202, ImportBody)
def request_import(form: dict[str, Any]) -> tuple[ImportJob, dict[str, str]]:
    """Leave a file to be imported; its address says how far it is. The same key again is a 409 until it has ended."""
    upload: FileStorage = form.pop("file")
    with closing(upload) as file, begin_request() as uow:
        job = operations.request_import(uow, form.pop("kind"), file.read(), **form)
    return job, {"Location": _address(job)}


@blp.route("/<uuid:import_id>")
@needs(None)
@blp.response(200, ImportBody)
def show_import(import_id: UUID) -> ImportJob:
    """Show how far an import is, and what came of it."""
    with begin_request() as uow:
        return queries.job(uow.session, uow.actor, import_id)


@blp.route("/<uuid:import_id>/rows")
@needs(None)
@blp.query(RowArguments)
@blp.response(200, ImportRowBody(many=True))
def list_rows(query: dict[str, Any], import_id: UUID) -> Listed:
    """List what became of each row; for who sent the file and for an auditor."""
    with begin_request() as uow:
        found = queries.rows_of(uow.session, uow.actor, import_id, outcome=query["outcome"])
        sort = (ImportJobRow.row_number,)
        return listed(paging.page(uow.session, found, sort, limit=query["limit"], cursor=query["cursor"]))


@blp.route("/<uuid:import_id>/bad-rows")
@needs(None)
@blp.response(200, FILE["schema"], content_type="text/csv", description="The rows, as CSV")
def show_bad_rows(import_id: UUID) -> Response:
    """Fetch the rows given back, each with its reason, to be mended and sent again as they are."""
    with begin_request() as uow:
        rows = queries.bad_rows(uow.session, uow.actor, import_id)
    return attachment(rows.encode("utf-8-sig"), CSV, "rows-to-mend.csv")


def _address(job: ImportJob) -> str:
    return f"{blp.url_prefix}/{job.id}"
