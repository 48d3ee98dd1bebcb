"""What happens by itself: every job with its last run and its next, and the log of its runs."""

from flask import Blueprint, Response, request, url_for

from phb.core.actor import Permission
from phb.edge import paging
from phb.edge.request import begin_request, needs
from phb.governance import jobs as governance
from phb.governance.models import JobRun
from phb.web.rendering import render

jobs = Blueprint("jobs", __name__, url_prefix="/jobs")


@jobs.route("")
@needs(Permission.JOBS_READ)
def listing() -> Response:
    """List the jobs in the order of the day."""
    with begin_request() as uow:
        found = governance.listing(uow.session, uow.actor, uow.now)
        now = uow.now
    return render("jobs/listing.html.jinja", title="What happens by itself", found=found, now=now, called=_called)


@jobs.route("/<name>")
@needs(Permission.JOBS_READ)
def runs(name: str) -> Response:
    """List the runs of one job, the newest first."""
    with begin_request() as uow:
        log, order = governance.visible_runs(uow.actor, name), (JobRun.due_at, JobRun.id)
        page = paging.page(uow.session, log, order, cursor=request.args.get("after"), newest_first=True)
    job = next(job for job in governance.JOBS if job.name == name)
    return render("jobs/runs.html.jinja", title=_called(name), job=job, page=page, back=url_for("web.jobs.listing"))


def _called(name: str) -> str:
    """Return what a job is called on a page: “Settle payments”."""
    return name.replace("-", " ").capitalize()
