"""Put the payments of a budget on hold or stop them, and lift that again."""

from uuid import UUID

from flask import Blueprint, Response, url_for

from phb.budget.plans.queries import pots_of
from phb.core.actor import Permission
from phb.core.uow import UnitOfWork
from phb.edge.request import begin_request, needs
from phb.payments.checks import operations
from phb.payments.checks.models import PaymentHold
from phb.payments.checks.queries import HoldNotFoundError, holds_of
from phb.payments.kinds import HoldKind
from phb.web.asking import ask
from phb.web.finance.headed import headed
from phb.web.finance.words import way
from phb.web.forms import Choice, Day, Needed, PageForm, Words

holds = Blueprint("holds", __name__, url_prefix="/budgets/<uuid:budget_id>/holds")
WHOLE = "whole"


class HoldForm(PageForm):
    """What is held, how, from when and why."""

    question = "Put payments on hold"
    button = "Put it in place"
    kind = Choice(
        "For a while, or for good?",
        options=[(HoldKind.HOLD, "Hold: nothing is paid until it is lifted"), (HoldKind.STOP, "Stop: not paid again")],
        validators=[Needed("Choose a hold or a stop")],
    )
    pot = Choice("Which money?", validators=[Needed("Choose which money")])
    start_on = Day("From which day?", validators=[Needed("Enter the first day, today or later")])
    reason = Words(
        "Why?",
        hint="The person is told this. The duty to arrange their care goes on.",
        rows=5,
        validators=[Needed("Say why: the person is told")],
    )


class LiftForm(PageForm):
    """From when and why it is lifted."""

    question = "Lift this hold"
    button = "Lift it"
    end_on = Day("Which is the first day without it?", validators=[Needed("Enter the first day without it")])
    reason = Words("Why?", hint="The person is told this.", rows=5, validators=[Needed("Say why: the person is told")])


@holds.route("/new", methods=["GET", "POST"])
@needs(Permission.RUN_ASSEMBLE)
def put(budget_id: UUID) -> Response:
    """Put the payments of a budget, or of one of its pots, on hold."""
    form = HoldForm()
    with begin_request() as uow:
        about = headed(uow, budget_id)
        pots = [pot for pot in pots_of(uow.session, budget_id) if pot.management_type.is_handed_over]
    form.pot.options = [(WHOLE, "All money of the budget")]
    form.pot.options += [(str(pot.id), f"{way(pot.management)} ({pot.reference})") for pot in pots]
    place = url_for("web.finance.payments.shown", budget_id=budget_id)
    return ask(
        form,
        lambda uow: operations.put_hold(
            uow,
            budget_id,
            kind=HoldKind(form.kind.data),
            start_on=form.start_on.data,
            reason=form.reason.data,
            pot_id=None if form.pot.data == WHOLE else UUID(form.pot.data),
        ),
        then=lambda _: place,
        said="It is in place. Tell the person in writing, with your reasons.",
        back=place,
        above=about.name,
    )


@holds.route("/<uuid:hold_id>/lift", methods=["GET", "POST"])
@needs(Permission.RUN_ASSEMBLE)
def lift(budget_id: UUID, hold_id: UUID) -> Response:
    """Lift a hold or a stop."""
    with begin_request() as uow:
        about, hold = headed(uow, budget_id), _hold(uow, budget_id, hold_id)
    form, place = LiftForm(version=hold.version), url_for("web.finance.payments.shown", budget_id=budget_id)
    return ask(
        form,
        lambda uow: operations.lift_hold(
            uow, hold_id, end_on=form.end_on.data, reason=form.reason.data, version=form.version_read
        ),
        then=lambda _: place,
        said="It is lifted from that day.",
        back=place,
        above=about.name,
        sentences=[f"It was put in place for this reason: {hold.reason}"],
    )


def _hold(uow: UnitOfWork, budget_id: UUID, hold_id: UUID) -> PaymentHold:
    for hold in holds_of(uow.session, uow.actor, budget_id, uow.today):
        if hold.id == hold_id:
            return hold
    raise HoldNotFoundError("There is no such hold. Look it up with its budget.")
