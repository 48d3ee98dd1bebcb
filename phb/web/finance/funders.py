"""Who else pays: what each funder bears, asking it, and booking what it pays or is paid back."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, abort, url_for

from phb.core.actor import Permission
from phb.core.money import format_pounds
from phb.core.uow import UnitOfWork
from phb.edge.request import begin_request, needs
from phb.governance import policy
from phb.governance.policies import FunderPolicy, RechargedWhen
from phb.ledger import funders as books
from phb.ledger.posting import Posted
from phb.web.asking import ask as ask_page
from phb.web.finance.words import fund as called
from phb.web.finance.words import year_name
from phb.web.forms import Day, Needed, PageForm, Pounds
from phb.web.rendering import render

funders = Blueprint("funders", __name__, url_prefix="/funders")

COUNTED = {
    RechargedWhen.PAID_OUT: "A funder's share counts when money was paid out for it, less what came back.",
    RechargedWhen.SPENT: "A funder's share counts when it was spent on care, less contributions of people.",
}


class AskForm(PageForm):
    """Ask the funders up to a day."""

    button = "Ask the funders"

    until = Day("Up to the end of which day?", validators=[Needed("Enter a day")])


class PaidForm(PageForm):
    """What was paid, and when."""

    button = "Save"

    amount = Pounds("How much was paid?", validators=[Needed("Enter how much was paid")])
    on = Day("On which day?", validators=[Needed("Enter the day")])


@dataclass(frozen=True)
class Payment:
    """How a page words a payment between a funder and the commissioner: `{}` stands for the funder."""

    title: str
    said: str
    operation: Callable[..., Posted]


PAYMENTS = {
    "received": Payment("{}: what it paid", "What it paid is saved.", books.receive),
    "paid-back": Payment("{}: what it was paid back", "What it was paid back is saved.", books.pay_back),
}


@funders.route("")
@needs(Permission.LEDGER_READ)
def listing() -> Response:
    """Show what each funder bears, was asked for and has paid, year by year."""
    with begin_request() as uow:
        return render(
            "finance/funders.html.jinja",
            title="Funders",
            rows=books.funder_years(uow.session, uow.today),
            counted=COUNTED[policy.read(uow.session, FunderPolicy, uow.today).recharged_when],
            may_ask=uow.actor.may(Permission.FUNDERS_ASK),
            called=called,
            year_name=year_name,
        )


@funders.route("/ask", methods=["GET", "POST"])
@needs(Permission.FUNDERS_ASK)
def ask() -> Response:
    """Ask every funder for what it was not asked for yet."""
    form = AskForm()

    def act(uow: UnitOfWork) -> books.Asked:
        return books.ask_funders(uow, form.until.data)

    return ask_page(
        form,
        act,
        then=lambda _: url_for("web.finance.funders.listing"),
        said="The funders are asked for their shares.",
        title="Ask the funders",
        sentences=["Each funder is asked for what it was not asked for before. What was too much it is owed back."],
        back=url_for("web.finance.funders.listing"),
    )


@funders.route("/<fund>/<int:year>/<way>", methods=["GET", "POST"])
@needs(Permission.FUNDERS_ASK)
def paid(fund: str, year: int, way: str) -> Response:
    """Book what a funder paid, or was paid back."""
    payment = PAYMENTS.get(way) or abort(404)
    with begin_request() as uow:
        rows = books.funder_years(uow.session, uow.today)
    row = next((row for row in rows if (row.fund, row.year) == (fund, year) and row.is_asked), None) or abort(404)
    form = PaidForm()

    def act(uow: UnitOfWork) -> Posted:
        return payment.operation(uow, fund, year, form.amount.data, form.on.data)

    owes = f"it owes {format_pounds(row.owed)}" if row.owed.amount >= 0 else f"it is owed {format_pounds(-row.owed)}"
    return ask_page(
        form,
        act,
        then=lambda _: url_for("web.finance.funders.listing"),
        said=payment.said,
        title=payment.title.format(called(fund)),
        sentences=[f"For {year_name(year)} {owes} today."],
        back=url_for("web.finance.funders.listing"),
    )
