"""One payment run and its steps: approve, withdraw, release; each by somebody else, and each sees only their own."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from phb.core.actor import Permission
from phb.core.uow import UnitOfWork
from phb.documents.words import say_day
from phb.edge import paging
from phb.edge.request import begin_request, needs
from phb.payments.runs import operations, overview, queries
from phb.payments.runs.models import LeftOut, PaymentRun, RunItem
from phb.web import narrowing
from phb.web.asking import ask, go
from phb.web.forms import Needed, PageForm, Words
from phb.web.payments.words import next_step, what_next
from phb.web.rendering import render

steps = Blueprint("steps", __name__, url_prefix="/payment-runs/<uuid:run_id>")


class ApproveForm(PageForm):
    """Approve a run."""

    question = "Approve this payment run"
    button = "Approve"


class ReleaseForm(PageForm):
    """Release a run."""

    question = "Release this payment run"
    button = "Release"


class WithdrawForm(PageForm):
    """Take a run apart."""

    question = "Withdraw this payment run"
    button = "Withdraw the run"
    grave = True

    reason = Words(
        "Why do you withdraw it?",
        rows=4,
        hint="It is kept with the run, where colleagues and auditors read it.",
        validators=[Needed("Enter why you withdraw it")],
    )


@steps.route("")
@needs(Permission.LEDGER_READ)
def show(run_id: UUID) -> Response:
    """Show a run, its payments, and what happens next."""
    with begin_request() as uow:
        found = overview.overview(uow.session, uow.actor, run_id)
        items = queries.items_in(uow.actor, run_id)
        page = paging.page(uow.session, items, (RunItem.ordinal,), cursor=narrowing.after())
        return render(
            "payments/run.html.jinja",
            title=f"Payments that arrive on {say_day(found.run.entry_on)}",
            found=found,
            next=next_step(uow.actor, found.run, found.days, uow.today),
            sentences=what_next(found.run, found.days, uow.today),
            page=page,
            lines=overview.lines(uow.session, uow.actor, page.rows, uow.today),
            back=url_for("web.runs.listing"),
        )


@steps.route("/left-out")
@needs(Permission.LEDGER_READ)
def left_out(run_id: UUID) -> Response:
    """Show what a run left out, with every reason."""
    with begin_request() as uow:
        run = queries.run(uow.session, uow.actor, run_id)
        order = (LeftOut.subject_kind, LeftOut.subject_id)
        page = paging.page(uow.session, queries.left_out_of(uow.actor, run_id), order, cursor=narrowing.after())
        return render(
            "payments/left_out.html.jinja",
            title="What was left out",
            above=f"Payment run that arrives on {say_day(run.entry_on)}",
            page=page,
            budgets=overview.budgets_of(uow.session, uow.actor, page.rows, uow.today),
            back=_of(run_id),
        )


@steps.route("/approve", methods=["GET", "POST"])
@needs(Permission.RUN_APPROVE)
def approve(run_id: UUID) -> Response:
    """Approve a run that somebody else assembled."""
    return _take(
        run_id,
        "approve",
        ApproveForm,
        operations.approve_run,
        said="The run is approved. A third person releases it next.",
    )


@steps.route("/release", methods=["GET", "POST"])
@needs(Permission.RUN_RELEASE)
def release(run_id: UUID) -> Response:
    """Release a run as the third person, where nothing stands against its payments."""
    if request.method == "GET":
        with begin_request() as uow:
            against = overview.against(uow.session, uow.actor, run_id, uow.today)
        if against:
            return render(
                "payments/stopped.html.jinja",
                title="This run cannot be released as it is",
                against=against,
                back=_of(run_id),
            )
    return _take(
        run_id,
        "release",
        ReleaseForm,
        operations.release_run,
        said="The run is released and booked. Write its file for the bank next.",
    )


@steps.route("/withdraw", methods=["GET", "POST"])
@needs(Permission.RUN_ASSEMBLE)
def withdraw(run_id: UUID) -> Response:
    """Take a run apart before it is released."""
    return _take(
        run_id,
        "withdraw",
        WithdrawForm,
        operations.withdraw_run,
        said="The run is withdrawn. Its payments wait for another one.",
    )


def _take(
    run_id: UUID,
    move: str,
    make: type[PageForm],
    operation: Callable[..., PaymentRun],
    *,
    said: str,
) -> Response:
    """Ask for a step of a run; who may not take it is led to the run, which says why."""
    with begin_request() as uow:
        found = overview.overview(uow.session, uow.actor, run_id)
        moves = next_step(uow.actor, found.run, found.days, uow.today).moves
    if request.method == "GET" and move not in moves:
        return go(_of(run_id))
    form = make(version=found.run.version)

    def act(uow: UnitOfWork) -> PaymentRun:
        return operation(uow, run_id, **{field.name: field.data for field in form.asked}, version=form.version_read)

    return ask(
        form,
        act,
        then=lambda run: _of(run.id),
        said=said,
        template="payments/step.html.jinja",
        found=found,
        back=_of(run_id),
    )


def _of(run_id: UUID) -> str:
    return url_for("web.steps.show", run_id=run_id)
