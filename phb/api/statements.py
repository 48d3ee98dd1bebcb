"""The statement of a budget, in the format its reader can use; as it was shown before, and what has changed since."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import Schema, fields, validate

from phb.api.blueprint import Resource
from phb.core.actor import Permission
from phb.core.period import Period
from phb.documents import as_json
from phb.documents.differences import Difference
from phb.edge.request import begin_request, needs
from phb.statements.formats import FORMATS
from phb.statements.models import ShownStatement
from phb.statements.operations import IssuedStatement, issue_statement, open_again
from phb.statements.shown import shown_statements, then_and_now

blp = Resource("statements", "What happened to a budget's money, for whoever it is about")
blp.url_prefix = "/api/v1/budgets"  # a statement is part of its budget's address

FILE = {"type": "string", "format": "binary"}
VALUE = {"type": ["object", "string", "integer", "null"], "description": "an amount, a day, days, a number or words"}
CONTENT = {form.media_type.partition(";")[0]: {"schema": FILE} for form in FORMATS.values()}


class StatementArguments(Schema):
    """Which days, and in which format."""

    from_ = fields.Date(required=True, data_key="from", metadata={"description": "the first day"})
    to = fields.Date(required=True, metadata={"description": "the last day; inside the statement"})
    format = fields.String(
        load_default=None,
        validate=validate.OneOf(list(FORMATS)),
        metadata={"description": "the format that the budget's holder asked for, if left out"},
    )
    known_at = fields.AwareDateTime(
        load_default=None,
        metadata={"description": "with the figures known at this instant; with those known now, if left out"},
    )


class ShownStatementBody(Schema):
    """A statement that was shown, to whom and when; `digest` is the SHA-256 of what it says."""

    id = fields.UUID()
    first_day = fields.Date()
    last_day = fields.Date()
    format = fields.String(metadata={"enum": list(FORMATS)})
    shown_to = fields.UUID()
    shown_at = fields.AwareDateTime()
    digest = fields.Function(lambda row: row.digest.hex(), metadata={"type": "string"})


class DifferenceBody(Schema):
    """One thing that was said and would be said differently now; null where it is not said at all."""

    heading = fields.String()
    what = fields.String(metadata={"description": "nothing, where it is a sentence of its own"})
    then = fields.Function(lambda row: as_json.value(row.then), metadata=VALUE)
    now = fields.Function(lambda row: as_json.value(row.now), metadata=VALUE)


@blp.route("/<uuid:budget_id>/statement")
@needs(Permission.STATEMENT_READ)
@blp.query(StatementArguments)
@blp.response(200, FILE, description="The statement, as a file of its format")
@blp.doc(responses={"200": {"content": CONTENT}})
def show_statement(query: dict[str, Any], budget_id: UUID) -> Response:
    """Show the statement of a budget for some days, cut to the days that you may see; reading it is kept."""
    period = Period.of_days(query["from_"], query["to"])
    with begin_request() as uow:
        issued = issue_statement(uow, budget_id, period, format_name=query["format"], known_at=query["known_at"])
    return _as_file(issued)


@blp.route("/<uuid:budget_id>/shown-statements")
@needs(Permission.STATEMENT_READ)
@blp.response(200, ShownStatementBody(many=True))
def list_shown_statements(budget_id: UUID) -> list[ShownStatement]:
    """List the newest statements of a budget that were shown to you, or to anybody if you read the books."""
    with begin_request() as uow:
        return shown_statements(uow.session, uow.actor, budget_id, uow.today)


@blp.route("/<uuid:budget_id>/shown-statements/<uuid:shown_id>")
@needs(Permission.STATEMENT_READ)
@blp.response(200, FILE, description="The statement exactly as it was shown, in the format in which it was shown")
@blp.doc(responses={"200": {"content": CONTENT}})
def show_again(budget_id: UUID, shown_id: UUID) -> Response:
    """Show a statement exactly as it was shown before; reading it is kept."""
    with begin_request() as uow:
        issued = open_again(uow, budget_id, shown_id)
    return _as_file(issued)


@blp.route("/<uuid:budget_id>/shown-statements/<uuid:shown_id>/differences")
@needs(Permission.STATEMENT_READ)
@blp.response(200, DifferenceBody(many=True))
def list_differences(budget_id: UUID, shown_id: UUID) -> Sequence[Difference]:
    """List what a statement said differently from what is known now of the same days, up to the day it was shown."""
    with begin_request() as uow:
        return then_and_now(uow, budget_id, shown_id).differences


def _as_file(issued: IssuedStatement) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{issued.file_name}"', "Cache-Control": "no-store"}
    return Response(issued.content, content_type=issued.format.media_type, headers=headers)
