"""The file of a released run: written once, fetched as often as it is needed."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from phb.core.actor import Permission
from phb.edge.request import begin_request, needs
from phb.payments.runs import operations, overview, queries
from phb.web.asking import ask, go
from phb.web.forms import PageForm
from phb.web.payments.words import next_step

file = Blueprint("payment_file", __name__, url_prefix="/payment-runs/<uuid:run_id>")


class ExportForm(PageForm):
    """Write the file."""

    question = "Write the file for the bank"
    button = "Write the file"


@file.route("/export", methods=["GET", "POST"])
@needs(Permission.RUN_RELEASE)
def export(run_id: UUID) -> Response:
    """Write a released run for the bank, once."""
    with begin_request() as uow:
        found = overview.overview(uow.session, uow.actor, run_id)
        moves = next_step(uow.actor, found.run, found.days, uow.today).moves
    if request.method == "GET" and "export" not in moves:
        return go(url_for("web.steps.show", run_id=run_id))
    form = ExportForm(version=found.run.version)
    return ask(
        form,
        lambda uow: operations.export_run(uow, run_id, version=form.version_read),
        then=lambda _: url_for("web.steps.show", run_id=run_id),
        said="The file is written. Fetch it below and send it to the bank.",
        template="payments/export.html.jinja",
        found=found,
        back=url_for("web.steps.show", run_id=run_id),
    )


@file.route("/file")
@needs(Permission.RUN_RELEASE)
def fetch(run_id: UUID) -> Response:
    """Fetch the file for the bank as it was written."""
    with begin_request() as uow:
        content = queries.file_of_run(uow.session, uow.actor, run_id)
        name = operations.file_name(queries.run(uow.session, uow.actor, run_id))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type="text/plain; charset=us-ascii", headers=headers)
