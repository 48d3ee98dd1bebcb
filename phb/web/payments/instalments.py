"""How one pot is paid out: its years, its plans, and day by day what became of each instalment."""

from uuid import UUID

from flask import Blueprint, Response, url_for

from phb.core.actor import Permission
from phb.edge.request import begin_request, needs
from phb.payments.schedules.overview import pot_view
from phb.reports.words import words
from phb.web.rendering import render

instalments = Blueprint("instalments", __name__, url_prefix="/pots/<uuid:pot_id>/instalments")


@instalments.route("")
@needs(Permission.LEDGER_READ)
def show(pot_id: UUID) -> Response:
    """Show how a pot is paid out."""
    with begin_request() as uow:
        view = pot_view(uow.session, uow.actor, pot_id, uow.today)
    return render(
        "payments/instalments.html.jinja",
        title="Instalments",
        above=words(view.pot.management),
        view=view,
        back=url_for("web.finance.budget.money", budget_id=view.pot.budget_id),
        back_text="Pots and cash",
    )
