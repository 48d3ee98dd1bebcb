"""Record that the payments of a day arrived."""

from typing import Any

from flask import Blueprint, Response, url_for

from phb.core.actor import Permission
from phb.edge.request import begin_request, needs
from phb.payments.runs import following
from phb.web.asking import ask
from phb.web.forms import PageForm
from phb.web.rendering import render

settlement = Blueprint("settlement", __name__, url_prefix="/payment-runs/settlement")


class SettleForm(PageForm):
    """Nothing is asked; the button is enough."""

    button = "Record that these arrived"


@settlement.route("", methods=["GET", "POST"])
@needs(Permission.RUN_SETTLE_DUE)
def settle() -> Response:
    """Settle every exported run whose entry day has come."""
    with begin_request() as uow:
        came = following.to_settle(uow.session, uow.actor, uow.today)
    shown: dict[str, Any] = {"title": "Record what arrived", "came": came, "back": url_for("web.runs.listing")}
    form = SettleForm()
    if not (came.settled or form.is_submitted()):
        return render("payments/settlement.html.jinja", **shown)
    return ask(
        form,
        lambda uow: following.settle_due(uow, uow.today),
        then=lambda _: url_for("web.runs.listing"),
        said="The payments are recorded as arrived.",
        template="payments/settlement.html.jinja",
        **shown,
    )
