"""What was decided and done about a budget, and what the books have of it."""

from uuid import UUID

from flask import Blueprint, Response, request

from phb.core.actor import Permission
from phb.edge.paging import page
from phb.edge.request import begin_request, needs
from phb.ledger import queries as ledger
from phb.ledger.models import Journal
from phb.monitoring.history import history_of
from phb.people.users.queries import names_of
from phb.web.finance.headed import headed
from phb.web.finance.showing import show

history = Blueprint("history", __name__, url_prefix="/budgets/<uuid:budget_id>")


@history.route("/history")
@needs(Permission.LEDGER_READ)
def shown(budget_id: UUID) -> Response:
    """Show the steps of agreeing, the changes, and every event of the audit trail about the budget itself."""
    with begin_request() as uow:
        return show(
            "history.html.jinja",
            title="History",
            about=headed(uow, budget_id),
            found=history_of(uow.session, uow.actor, budget_id, uow.today),
        )


@history.route("/journals")
@needs(Permission.LEDGER_READ)
def journals(budget_id: UUID) -> Response:
    """Show the journals of a budget with their lines, in the order they were recorded."""
    with begin_request() as uow:
        about = headed(uow, budget_id)
        sort = (Journal.recorded_at, Journal.id)
        rows = page(uow.session, ledger.journals(budget_id), sort, cursor=request.args.get("after"))
        return show(
            "journals.html.jinja",
            title="Journals",
            about=about,
            page=rows,
            lines=ledger.lines_of_journals(uow.session, [journal.id for journal in rows.rows]),
            people=names_of(
                uow.session, uow.actor, [by for one in rows.rows for by in (one.prepared_by, one.approved_by)]
            ),
        )
