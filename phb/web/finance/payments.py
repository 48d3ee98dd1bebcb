"""What is paid for a budget: may the next payment be made, what is on its way, and what holds it up."""

from uuid import UUID

from flask import Blueprint, Response, request

from phb.core.actor import Permission
from phb.edge.paging import page
from phb.edge.request import begin_request, needs
from phb.payments.checklist import next_payments
from phb.payments.checks.queries import holds_of
from phb.payments.runs.models import Instruction
from phb.payments.runs.queries import visible_instructions
from phb.people.users.queries import names_of
from phb.web.finance.headed import headed
from phb.web.finance.showing import show

payments = Blueprint("payments", __name__, url_prefix="/budgets/<uuid:budget_id>/payments")


@payments.route("")
@needs(Permission.LEDGER_READ)
def shown(budget_id: UUID) -> Response:
    """Show the checks of the next payments, the holds, and what was paid."""
    with begin_request() as uow:
        about = headed(uow, budget_id)
        holds = holds_of(uow.session, uow.actor, budget_id, uow.today)
        paid = visible_instructions(uow.actor, uow.today).where(Instruction.budget_id == budget_id)
        return show(
            "payments.html.jinja",
            title="Payments and checks",
            about=about,
            next_payments=next_payments(uow.session, uow.actor, budget_id, uow.today),
            holds=holds,
            people=names_of(uow.session, uow.actor, [by for hold in holds for by in (hold.put_by, hold.lifted_by)]),
            page=page(
                uow.session,
                paid,
                (Instruction.due_on, Instruction.id),
                cursor=request.args.get("after"),
                newest_first=True,
            ),
            today=uow.today,
        )
