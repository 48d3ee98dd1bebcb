"""What was spent and promised of a budget: orders, agreements and rotas, and every record of spend."""

from uuid import UUID

from flask import Blueprint, Response, request

from phb.budget.commitments.queries import promises_of_budget
from phb.core.actor import Permission
from phb.edge.paging import page
from phb.edge.request import begin_request, needs
from phb.spending.records.models import SpendRecord
from phb.spending.records.queries import visible_spend
from phb.web.finance.headed import headed
from phb.web.finance.showing import show

spending = Blueprint("spending", __name__, url_prefix="/budgets/<uuid:budget_id>/spending")


@spending.route("")
@needs(Permission.LEDGER_READ)
def listed(budget_id: UUID) -> Response:
    """List what was promised, and what was spent, the latest first."""
    with begin_request() as uow:
        records = visible_spend(uow.actor, uow.today, budget_id=budget_id)
        return show(
            "spending.html.jinja",
            title="Spending",
            about=headed(uow, budget_id),
            promises=promises_of_budget(uow.session, uow.actor, budget_id, uow.today),
            page=page(
                uow.session,
                records,
                (SpendRecord.spent_on, SpendRecord.id),
                cursor=request.args.get("after"),
                newest_first=True,
            ),
        )
