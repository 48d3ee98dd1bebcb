"""Payment runs: the list, the day of a new one, and what it would take and leave out."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, url_for

from phb.core.actor import Permission
from phb.documents.words import say_day
from phb.edge import paging
from phb.edge.request import begin_request, needs
from phb.payments.payees.names import details_to_confirm
from phb.payments.runs import operations, overview, queries
from phb.payments.runs.following import to_settle
from phb.payments.runs.models import PaymentRun
from phb.payments.workflow import RunState
from phb.reports.words import words
from phb.web import narrowing
from phb.web.asking import ask, go
from phb.web.forms import Choice, Needed, PageForm
from phb.web.payments.words import next_step
from phb.web.rendering import render

runs = Blueprint("runs", __name__, url_prefix="/payment-runs")


class RunsForm(narrowing.DaysForm):
    """Which runs."""

    state = Choice("Where they stand", options=[(state, words(state)) for state in RunState], many=True)

    def address(self) -> dict[str, Any]:
        """Return what is chosen as it stands in an address."""
        return super().address() | ({"state": self.state.data} if self.state.data else {})


class EntryDayForm(PageForm):
    """The day of a new run."""

    question = "When should the payments arrive?"

    entry_on = Choice("When should the payments arrive?", validators=[Needed("Choose a day")], many=True)


class AssembleForm(PageForm):
    """Put the payments of a preview into a run."""

    button = "Put these payments into a run"


@runs.route("", methods=["GET", "POST"])
@needs(Permission.LEDGER_READ)
def listing() -> Response:
    """List payment runs, the last to arrive first."""
    days, state = narrowing.days_chosen(), narrowing.code("state", RunState)
    form = RunsForm(from_day=days.first, to_day=days.last, state=state)
    if form.validate_on_submit():
        return go(url_for("web.runs.listing", **form.address()))
    with begin_request() as uow:
        found = queries.runs_arriving(uow.actor, days, state=state)
        order = (PaymentRun.entry_on, PaymentRun.id)
        page = paging.page(uow.session, found, order, cursor=narrowing.after(), newest_first=True)
        sent = overview.days_of(uow.session, page.rows)
        return render(
            "payments/runs.html.jinja",
            status=422 if form.found_wrong else 200,
            title=narrowing.titled("Payment runs", words(state) if state else None, days=days),
            form=form,
            page=page,
            kept=narrowing.kept(),
            next={run.id: next_step(uow.actor, run, sent[run.id], uow.today) for run in page.rows},
            settling=to_settle(uow.session, uow.actor, uow.today),
            to_confirm=uow.session.scalars(details_to_confirm(uow.actor, uow.today).limit(1)).first(),
        )


@runs.route("/new", methods=["GET", "POST"])
@needs(Permission.RUN_ASSEMBLE_DUE)
def choose_day() -> Response:
    """Choose the day on which the payments of a new run arrive."""
    with begin_request() as uow:
        days = overview.days_to_choose(uow.session, uow.today)
    form = EntryDayForm()
    form.entry_on.options = [
        (day.isoformat(), f"{day:%A} {say_day(day)} (send the file by {say_day(leading.input_by)})")
        for day, leading in ((entry.day, entry.days) for entry in days)
        if leading
    ]
    if form.validate_on_submit():
        return go(url_for("web.runs.assemble", entry_on=form.entry_on.data))
    return render(
        "payments/entry_day.html.jinja",
        status=422 if form.found_wrong else 200,
        title=form.question,
        form=form,
        not_offered=[entry for entry in days if entry.why_not],
        back=url_for("web.runs.listing"),
    )


@runs.route("/new/<entry_on>", methods=["GET", "POST"])
@needs(Permission.RUN_ASSEMBLE_DUE)
def assemble(entry_on: str) -> Response:
    """Show what a run would take and leave out, and assemble it."""
    try:
        day = date.fromisoformat(entry_on)
    except ValueError:
        abort(404)
    with begin_request() as uow:
        preview = overview.preview(uow.session, uow.actor, day, uow.today)
    payable, more_payable = narrowing.part(preview.found.payable, "payable")
    left_out, more_left_out = narrowing.part(preview.found.left_out, "left_out")
    return ask(
        AssembleForm(),
        lambda uow: operations.assemble_run(uow, entry_on=day),
        then=lambda run: url_for("web.steps.show", run_id=run.id),
        said="The payments are in a run. An approver looks at it next.",
        template="payments/preview.html.jinja",
        title=f"Payments that would arrive on {say_day(day)}",
        preview=preview,
        payable=payable,
        more_payable=more_payable,
        left_out=left_out,
        more_left_out=more_left_out,
        back=url_for("web.runs.choose_day"),
    )
