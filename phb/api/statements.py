"""The statement of a budget, in the format its reader can use."""

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import Schema, fields, validate

from phb.api.blueprint import Resource
from phb.core.actor import Permission
from phb.core.period import Period
from phb.edge.request import begin_request, needs
from phb.statements.formats import FORMATS
from phb.statements.operations import issue_statement

blp = Resource("statements", "What happened to a budget's money, for whoever it is about")
blp.url_prefix = "/api/v1/budgets"  # a statement is part of its budget's address

FILE = {"type": "string", "format": "binary"}
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


@blp.route("/<uuid:budget_id>/statement")
@needs(Permission.STATEMENT_READ)
@blp.query(StatementArguments)
@blp.response(200, FILE, description="The statement, as a file of its format")
@blp.doc(responses={"200": {"content": CONTENT}})
def show_statement(query: dict[str, Any], budget_id: UUID) -> Response:
    """Show the statement of a budget for some days, cut to the days that you may see; reading it is kept."""
    period = Period.of_days(query["from_"], query["to"])
    with begin_request() as uow:
        issued = issue_statement(uow, budget_id, period, format_name=query["format"])
    headers = {"Content-Disposition": f'inline; filename="{issued.file_name}"', "Cache-Control": "no-store"}
    return Response(issued.content, content_type=issued.format.media_type, headers=headers)
