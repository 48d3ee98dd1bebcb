"""Plan the instalments of a pot: for the first time, again, or one payment beside them."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from phb.core.actor import Permission
from phb.core.uow import UnitOfWork
from phb.edge.request import begin_request, needs
from phb.governance.policies import Rhythm
from phb.payments.schedules.operations import (
    Planned,
    Terms,
    days_between,
    plan_one_off,
    plan_schedule,
    replan_schedule,
)
from phb.payments.schedules.overview import PotView, YearOfPot, pot_view
from phb.web.asking import ask, go
from phb.web.forms import Choice, Day, Needed, PageForm, Pounds, Words
from phb.web.presenters import year

planning = Blueprint("planning", __name__, url_prefix="/pots/<uuid:pot_id>/instalments")

RHYTHMS = [(Rhythm.FOUR_WEEKLY, "Every four weeks"), (Rhythm.MONTHLY, "Every month")]
WHEN = [("yes", "At the start of the days it is for"), ("no", "After the days it is for")]


class PayeeForm(PageForm):
    """Who is paid."""

    payee = Choice(
        "Who is paid?",
        hint="Only payees that fit this pot are offered.",
        validators=[Needed("Choose who is paid")],
    )

    def offer(self, view: PotView) -> None:
        """Offer the payees that fit a pot; where there is but one, it is chosen."""
        self.payee.options = [(str(payee_id), name) for payee_id, name in view.payees.items()]
        if len(self.payee.options) == 1 and not self.payee.data:
            self.payee.data = self.payee.options[0][0]


class PlanForm(PayeeForm):
    """What to plan; what is left empty follows the policy, or the plan of the budget."""

    question = "Plan instalments"
    hint = "Leave the last five empty to plan all that is still to pay out, by your commissioner's policy."
    button = "Plan these instalments"

    year = Choice("Which financial year's money?", validators=[Needed("Choose a financial year")])
    total = Pounds("How much?", hint="Leave empty for all that is still to pay out")
    rhythm = Choice("How often?", options=[("", "By the policy"), *RHYTHMS], default="")
    in_advance = Choice("When is each paid?", options=[("", "By the policy"), *WHEN], default="")
    first_day = Day("First day that is paid for", hint="Leave empty for the first day of the plan in that year")
    last_day = Day("Last day that is paid for", hint="Leave empty for the last day of the plan in that year")

    def offer(self, view: PotView) -> None:
        """Offer payees and the years that something may be planned for; a form sent twice had its own then."""
        super().offer(view)
        offered = [one for one in view.years if self.is_submitted() or self.may_plan(one)]
        self.year.options = [(str(one.year), year(one.year)) for one in offered]
        if len(self.year.options) == 1 and not self.year.data:
            self.year.data = self.year.options[0][0]

    def may_plan(self, one: YearOfPot) -> bool:
        """Say whether a year has money that is neither sent nor planned."""
        return one.not_planned.amount > 0

    @property
    def terms(self) -> Terms:
        """What was chosen, as the operation takes it."""
        return Terms(
            days=days_between(self.first_day.data, self.last_day.data),
            total=self.total.data,
            rhythm=Rhythm(self.rhythm.data) if self.rhythm.data else None,
            in_advance=self.in_advance.data == "yes" if self.in_advance.data else None,
        )


class PlanAgainForm(PlanForm):
    """What to plan in place of what is not yet sent, and why."""

    question = "Plan again what is not yet sent"
    hint = (
        "What is in a run or was sent stays as it is. Leave the amount, days and times empty to plan the rest of the "
        "year by your commissioner's policy."
    )

    reason = Words(
        "Why do the instalments change?",
        rows=3,
        hint="The people concerned are told your reason.",
        validators=[Needed("Enter why the instalments change")],
    )

    def may_plan(self, one: YearOfPot) -> bool:
        """Say whether a year has money that is not sent."""
        return one.not_sent.amount > 0


class OneOffForm(PayeeForm):
    """One payment beside the others."""

    question = "Plan a one-off payment"
    button = "Plan this payment"

    amount = Pounds("How much?", validators=[Needed("Enter how much")])
    due_on = Day("When is it due?", validators=[Needed("Enter the day it is due")])
    reason = Words(
        "What is it for?",
        rows=3,
        hint="For example: to start the account. The people concerned are told.",
        validators=[Needed("Enter what it is for")],
    )


@planning.route("/plan", methods=["GET", "POST"])
@needs(Permission.RUN_ASSEMBLE)
def plan(pot_id: UUID) -> Response:
    """Plan the instalments of a pot for a financial year."""
    form = PlanForm()
    return _plan(
        pot_id,
        form,
        lambda uow: plan_schedule(
            uow, pot_id, payee_id=UUID(form.payee.data), year=int(form.year.data), terms=form.terms
        ),
        possible=lambda view: view.has_left,
    )


@planning.route("/plan-again", methods=["GET", "POST"])
@needs(Permission.RUN_ASSEMBLE)
def plan_again(pot_id: UUID) -> Response:
    """Plan again what is not yet sent."""
    form = PlanAgainForm()
    return _plan(
        pot_id,
        form,
        lambda uow: replan_schedule(
            uow,
            pot_id,
            payee_id=UUID(form.payee.data),
            year=int(form.year.data),
            terms=form.terms,
            reason=form.reason.data,
        ),
        possible=lambda view: view.has_unsent,
    )


@planning.route("/one-off", methods=["GET", "POST"])
@needs(Permission.RUN_ASSEMBLE)
def one_off(pot_id: UUID) -> Response:
    """Plan a start-up or one-off payment."""
    form = OneOffForm()
    return _plan(
        pot_id,
        form,
        lambda uow: plan_one_off(
            uow,
            pot_id,
            payee_id=UUID(form.payee.data),
            amount=form.amount.data,
            due_on=form.due_on.data,
            reason=form.reason.data,
        ),
        possible=lambda view: view.has_left,
    )


def _plan(
    pot_id: UUID, form: PayeeForm, act: Callable[[UnitOfWork], Planned], *, possible: Callable[[PotView], bool]
) -> Response:
    """Ask for a plan; where none is possible now, the pot's page says why."""
    here = url_for("web.instalments.show", pot_id=pot_id)
    with begin_request() as uow:
        view = pot_view(uow.session, uow.actor, pot_id, uow.today)
    if request.method == "GET" and not (view.is_paid_out and view.payees and possible(view)):
        return go(here)
    form.offer(view)
    return ask(
        form,
        act,
        then=lambda _: here,
        said="The instalments are planned.",
        template="payments/plan.html.jinja",
        view=view,
        back=here,
    )
