"""What happens by itself: each job with its last run and its next, and the log of its runs."""

from typing import Any

from marshmallow import Schema, fields

from phb.api.blueprint import Listed, Resource, listed
from phb.api.schemas import PageArguments
from phb.core.actor import Permission
from phb.edge import paging
from phb.edge.request import begin_request, needs
from phb.governance.jobs import JobView, listing, visible_runs
from phb.governance.models import JobRun

blp = Resource("jobs", "What happens by itself")


class JobRunBody(Schema):
    """One run of a job, and what came of it; only `try_again_at` is real time."""

    due_at = fields.AwareDateTime()
    state = fields.String(metadata={"description": "running, done, skipped, failed (to be tried again) or given_up"})
    attempts = fields.Integer()
    started_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)
    try_again_at = fields.AwareDateTime(allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    sentence = fields.String(allow_none=True)


class JobBody(Schema):
    """A job, its newest run, and when the next one is due; one that has passed is overdue."""

    name = fields.String(attribute="job.name")
    does = fields.String(attribute="job.does")
    when = fields.String(attribute="job.when_in_words")
    last = fields.Nested(JobRunBody, allow_none=True)
    next_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "null for a job that runs whenever something waits"}
    )
    messages_waiting = fields.Integer()


@blp.route("", methods=["GET"])
@needs(Permission.JOBS_READ)
@blp.response(200, JobBody(many=True))
def list_jobs() -> list[JobView]:
    """List the jobs in the order of the day."""
    with begin_request() as uow:
        return listing(uow.session, uow.actor, uow.now)


@blp.route("/<string:name>/runs", methods=["GET"])
@needs(Permission.JOBS_READ)
@blp.query(PageArguments)
@blp.response(200, JobRunBody(many=True))
def list_runs(query: dict[str, Any], name: str) -> Listed:
    """List the runs of a job, the newest first."""
    with begin_request() as uow:
        found = visible_runs(uow.actor, name)
        sort = (JobRun.due_at, JobRun.id)
        page = paging.page(uow.session, found, sort, limit=query["limit"], cursor=query["cursor"], newest_first=True)
        return listed(page)
