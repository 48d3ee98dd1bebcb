"""What is the caller's to do, and whether they want to be written to about it."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate

from phb.api.blueprint import Listed, Resource, listed
from phb.api.fields import YesNo
from phb.api.schemas import PageArguments
from phb.edge.paging import Page, read_cursor, write_cursor
from phb.edge.request import begin_request, needs
from phb.monitoring.duties import digests
from phb.monitoring.duties.queries import Entry, inbox
from phb.monitoring.duties.table import DUTIES

blp = Resource("tasks", "What is yours to do")

PREFIX = "/api/v1"
PLACE = (date, str, UUID)


class TaskArguments(PageArguments):
    """Which tasks."""

    kind = fields.String(
        load_default=None, validate=validate.OneOf(sorted(DUTIES)), metadata={"description": "one kind alone"}
    )
    due_by = fields.Date(load_default=None, metadata={"description": "what is due by this day"})


class TaskBody(Schema):
    """One thing that is yours to do; `raised_at` is null until the tasks of the day were raised."""

    kind = fields.String()
    title = fields.String(metadata={"description": "what is to be done"})
    about = fields.String(metadata={"description": "what it is about, in words"})
    subject_id = fields.UUID()
    budget_id = fields.UUID(allow_none=True)
    person_id = fields.UUID(allow_none=True)
    since_on = fields.Date(metadata={"description": "the day it began to wait"})
    due_on = fields.Date(metadata={"description": "the last day that is in time"})
    is_overdue = fields.Boolean()
    raised_at = fields.AwareDateTime(allow_none=True)
    address = fields.Function(lambda entry: PREFIX + entry.address, metadata={"type": "string"})


class DigestBody(Schema):
    """Whether you want mail about what you have to do."""

    wanted = YesNo(required=True)


@blp.route("", methods=["GET"])
@needs(None)
@blp.query(TaskArguments)
@blp.response(200, TaskBody(many=True))
def list_tasks(query: dict[str, Any]) -> Listed:
    """List what is yours to do, what is due first coming first."""
    limit, cursor = query["limit"], query["cursor"]
    kinds = None if query["kind"] is None else [query["kind"]]
    with begin_request() as uow:
        after = None if cursor is None else tuple(read_cursor(cursor, PLACE))
        found = inbox(
            uow.session, uow.actor, uow.today, kinds=kinds, due_by=query["due_by"], after=after, limit=limit + 1
        )
    return listed(_page(found, limit))


@blp.route("/digest", methods=["GET"])
@needs(None)
@blp.response(200, DigestBody)
def show_digest() -> dict[str, bool]:
    """Show whether you are written to about what you have to do."""
    with begin_request() as uow:
        return {"wanted": digests.is_wanted(uow.session, uow.actor, uow.today)}


@blp.route("/digest", methods=["PUT"])
@needs(None)
@blp.arguments(DigestBody)
@blp.response(200, DigestBody)
def choose_digest(body: dict[str, bool]) -> dict[str, bool]:
    """Say whether you want to be written to about what you have to do."""
    with begin_request() as uow:
        return {"wanted": digests.choose(uow, wanted=body["wanted"])}


def _page(found: Sequence[Entry], limit: int) -> Page[Entry]:
    more = len(found) > limit
    return Page(found[:limit], write_cursor(found[limit - 1].place) if more else None)
