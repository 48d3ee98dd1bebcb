"""Journal files for the finance system: made once for what was not sent, and given again as they were made."""

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from phb.api.blueprint import Listed, Resource, listed
from phb.api.fields import Month
from phb.api.list_files import FILE, attachment
from phb.api.schemas import MoneyField, PageArguments
from phb.core.actor import Permission
from phb.edge import paging
from phb.edge.request import begin_request, idempotent, needs
from phb.journal_files import operations, queries
from phb.journal_files.models import JournalFile

blp = Resource("journal-files", "Journal files for the finance system")


class UntilMonthArguments(Schema):
    """Up to the end of which month."""

    month = Month(required=True)


class JournalFileBody(Schema):
    """One file: up to which month, and what it adds up to."""

    number = fields.Integer()
    until_month = Month()
    journals = fields.Integer()
    lines = fields.Integer()
    debit = MoneyField()
    credit = MoneyField()
    digest = fields.Function(lambda row: row.digest.hex(), metadata={"type": "string"})
    made_by = fields.UUID()
    made_at = fields.AwareDateTime()


@blp.route("")
@needs(Permission.LEDGER_READ)
@blp.query(PageArguments)
@blp.response(200, JournalFileBody(many=True))
def files(query: dict[str, Any]) -> Listed:
    """Files that were made, the newest first."""
    with begin_request() as uow:
        found = queries.visible_files(uow.actor)
        page = paging.page(
            uow.session, found, (JournalFile.number,), limit=query["limit"], cursor=query["cursor"], newest_first=True
        )
        return listed(page)


@blp.route("", methods=["POST"])
@needs(Permission.PERIOD_CLOSE)
@idempotent
@blp.arguments(UntilMonthArguments)
@blp.response(201, JournalFileBody)
def make(body: dict[str, Any]) -> JournalFile:
    """Make a file of every journal up to the end of a month that is in no file yet."""
    with begin_request() as uow:
        return operations.make_file(uow, body["month"])


@blp.route("/<int:number>")
@needs(Permission.LEDGER_READ)
@blp.doc(responses={200: {"description": "The file, byte for byte as it was made", "content": {"text/csv": FILE}}})
def file(number: int) -> Response:
    """One file, byte for byte as it was made."""
    with begin_request() as uow:
        row = queries.journal_file(uow.session, uow.actor, number)
        return attachment(row.content, queries.MEDIA_TYPE, row.name)
