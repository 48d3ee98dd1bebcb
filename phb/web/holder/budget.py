"""Your budget: the list where there are several, how much and why, what is left, and how it was worked out."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.budgets.workflow import BudgetState
from phb.budget.queries import visible_budgets
from phb.budget.working_out import working_out_of
from phb.core.actor import Permission
from phb.edge import paging
from phb.edge.request import begin_request, needs
from phb.people.kinds import Scope
from phb.people.queries import people_by_id
from phb.spending.records.accounts import records_for
from phb.statements.overview import Overview, overview
from phb.web.asking import go
from phb.web.holder import sentences, words
from phb.web.holder.whose import headed
from phb.web.picture import Bar, Part, bar
from phb.web.rendering import render

budget = Blueprint("budget", __name__)


@budget.route("/")
@needs(Permission.BUDGET_READ)
def listed() -> Response:
    """List the budgets that somebody has or sees; with one alone, go straight to it."""
    row, cursor = PersonalHealthBudget, request.args.get("cursor")
    with begin_request() as uow:
        found = paging.page(uow.session, visible_budgets(uow.actor, uow.today, None), (row.reference,), cursor=cursor)
        today = uow.today
        people = people_by_id(uow.session, uow.actor, [one.person_id for one in found.rows], today)
    if len(found.rows) == 1 and cursor is None:
        return go(url_for("web.holder.budget.shown", budget_id=found.rows[0].id))
    return render(
        "holder/budgets.html.jinja",
        title="Budgets you can see",
        found=found,
        people=people,
        state_of=words.state_of,
        today=today,
    )


@budget.route("/<uuid:budget_id>")
@needs(Permission.BUDGET_READ)
def shown(budget_id: UUID) -> Response:
    """Show one budget as it stands today."""
    with begin_request() as uow:
        whose = headed(uow, budget_id)
        if not whose.sees(Scope.BUDGET):
            return render("holder/parts.html.jinja", title=whose.title, whose=whose)
        found, today = overview(uow.session, uow.actor, budget_id, uow.today), uow.today
        can_record = uow.actor.may(Permission.SPEND_RECORD) and any(
            records_for(uow.actor, one.pot) for one in found.held
        )
    is_paid_out = any(one.pot.management_type.is_handed_over for one in found.held)
    held_by = {one.pot.id: one.held_by for one in found.held}
    return render(
        "holder/budget.html.jinja",
        title=whose.title,
        above=whose.days,
        whose=whose,
        found=found,
        state=words.state_of(whose.budget, today),
        is_active=whose.budget.state == BudgetState.ACTIVE,
        waits=whose.budget.state == BudgetState.SIGNED_OFF_FINANCE,
        today=today,
        is_paid_out=is_paid_out,
        can_record=can_record,
        picture_of=_bar(found),
        payments=[list(sentences.payment(one, held_by[one.instalment.pot_id], today)) for one in found.coming.soon],
        payments_later=sentences.later(found.coming.later),
        quantity=sentences.quantity,
        held_words=words.HELD,
    )


@budget.route("/<uuid:budget_id>/how-we-worked-it-out")
@needs(Permission.BUDGET_READ)
def worked_out(budget_id: UUID) -> Response:
    """Tell the whole calculation in words."""
    with begin_request() as uow:
        whose = headed(uow, budget_id, Scope.BUDGET)
        found = working_out_of(uow.session, uow.actor, budget_id, uow.today)
    return render(
        "holder/worked_out.html.jinja",
        title="How we worked it out",
        above=whose.title,
        whose=whose,
        found=found,
        quantity=sentences.quantity,
    )


def _bar(found: Overview) -> Bar:
    position = found.position
    parts = [
        Part("Spent", position.spent, "spent"),
        Part("Promised for care that is ordered", position.committed, "committed"),
    ]
    if position.owed_back.amount:
        parts.append(Part("Owed back", position.owed_back, "owed"))
    return bar([*parts, Part("Left to spend", position.available, "left")])
