"""The people who consented to be helped, those for whom something is to be done first."""

from flask import Blueprint, Response, request

from phb.core.actor import Permission
from phb.edge import paging
from phb.edge.request import begin_request, needs
from phb.monitoring.caseload import caseload as people_helped
from phb.web.rendering import render

caseload = Blueprint("caseload", __name__)


@caseload.route("/caseload")
@needs(Permission.SPEND_RECORD)
def listed() -> Response:
    """List the people helped, with what needs doing, what is left and what is held."""
    with begin_request() as uow:
        query, order = people_helped(uow.session, uow.actor, uow.today)
        found, today = paging.page(uow.session, query, order, cursor=request.args.get("after")), uow.today
    return render("broker/caseload.html.jinja", title="Your caseload", found=found, today=today)
