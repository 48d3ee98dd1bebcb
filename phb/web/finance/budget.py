"""One budget whole: its overview, how it was worked out, its plan and its money."""

from uuid import UUID

from flask import Blueprint, Response

from phb.budget.budgets.deciding import decision_on_budget
from phb.budget.setting.words import SIGNS, pounds_text
from phb.budget.working_out import working_out_of
from phb.core.actor import Permission
from phb.edge.request import begin_request, needs
from phb.ledger.queries import Position
from phb.payments.checks.queries import holds_not_over
from phb.people.users.queries import names_of
from phb.statements.overview import overview
from phb.statements.position import Position as PotPosition
from phb.statements.pots import money_of
from phb.web.finance.headed import headed
from phb.web.finance.showing import show
from phb.web.picture import Bar, Part, bar

CALCULATION = {"signs": SIGNS, "exact": pounds_text}
budget = Blueprint("budget", __name__, url_prefix="/budgets/<uuid:budget_id>")


@budget.route("")
@needs(Permission.LEDGER_READ)
def shown(budget_id: UUID) -> Response:
    """Show what a budget is, where it stands, and what the reader may decide."""
    with begin_request() as uow:
        about = headed(uow, budget_id)
        found = overview(uow.session, uow.actor, budget_id, uow.today)
        return show(
            "budget.html.jinja",
            title="Overview",
            about=about,
            found=found,
            bar=position_bar(found.position),
            decision=decision_on_budget(uow.session, uow.actor, budget_id, uow.today),
            holds=holds_not_over(uow.session, uow.actor, budget_id, uow.today),
            people=names_of(uow.session, uow.actor, [about.budget.prepared_by]),
        )


@budget.route("/trace")
@needs(Permission.LEDGER_READ)
def trace(budget_id: UUID) -> Response:
    """Show every input, price, step and rounding behind a budget, worked out again just now."""
    with begin_request() as uow:
        return show(
            "trace.html.jinja",
            title="How it was worked out",
            about=headed(uow, budget_id),
            found=working_out_of(uow.session, uow.actor, budget_id, uow.today),
            **CALCULATION,
        )


@budget.route("/plan")
@needs(Permission.LEDGER_READ)
def plan(budget_id: UUID) -> Response:
    """Show the plan line by line: its money in each year, each funder's part, and what is left of it."""
    with begin_request() as uow:
        about = headed(uow, budget_id)
        found = overview(uow.session, uow.actor, budget_id, uow.today)
        return show("plan.html.jinja", title="Plan and lines", about=about, found=found)


@budget.route("/money")
@needs(Permission.LEDGER_READ)
def money(budget_id: UUID) -> Response:
    """Show where the money stands, pot by pot, and where the cash is."""
    with begin_request() as uow:
        return show(
            "money.html.jinja",
            title="Pots and cash",
            about=headed(uow, budget_id),
            found=money_of(uow.session, uow.actor, budget_id, uow.today),
            bar=position_bar,
        )


def position_bar(position: Position | PotPosition) -> Bar | None:
    """Return the picture of a position; None while nothing is approved."""
    if not position.approved:
        return None
    parts = [
        Part("Spent", position.spent, "spent"),
        Part("Committed", position.committed, "committed"),
        Part("Owed back", position.owed_back, "owed"),
        Part("Available", position.available, "left"),
    ]
    return bar([part for part in parts if part.amount or part.kind != "owed"])
