"""Whether the books hold: every identity checked, and the trial balance at the end of a day."""

from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request, session, url_for

from phb.core.actor import Permission
from phb.core.clock import end_of_day
from phb.core.money import from_pence
from phb.core.period import month_in_words
from phb.edge.request import begin_request, needs
from phb.governance.jobs import VERIFY_BOOKS, visible_runs
from phb.governance.models import JobRun
from phb.indicators.documents import balances
from phb.ledger.identities import Breach, IdentityResult
from phb.ledger.periods import closed_month
from phb.ledger.queries import trial_balance
from phb.ledger.trial import of_fund, sheets
from phb.ledger.views import NothingKnownError, view_known_at
from phb.monitoring.reconcile import verify_books
from phb.web import narrowing
from phb.web.asking import go
from phb.web.audit.sharing import FORMATS, file_of, start
from phb.web.forms import Day, Needed, PageForm
from phb.web.rendering import render

books = Blueprint("books", __name__, url_prefix="/audit")
VERIFIED = "verified"


class VerifyForm(PageForm):
    """Nothing is asked; the button is enough."""

    button = "Check the books now"


class AsOfForm(PageForm):
    """The day of a trial balance, and what was known when."""

    button = "Show this day"

    as_of = Day("At the end of which day?", validators=[Needed("Enter a day")])
    known_on = Day("With what was known at the end of which day?", hint="Leave it empty for all that is known now.")


@books.route("/verify", methods=["GET", "POST"])
@needs(Permission.LEDGER_READ)
def verify() -> Response:
    """Check every identity now, or show what the last check found: of the reader, and of the nightly job."""
    form = VerifyForm()
    with begin_request() as uow:
        if form.validate_on_submit():
            session[VERIFIED] = _kept(verify_books(uow.session), uow.now)
            return go(url_for("web.books.verify"))
        nightly = None
        if uow.actor.may(Permission.JOBS_READ):
            runs = visible_runs(uow.actor, VERIFY_BOOKS.name).order_by(JobRun.due_at.desc())
            nightly = uow.session.scalars(runs.limit(1)).first()
    checked_at, results = _read(session.get(VERIFIED))
    return render(
        "audit/verify.html.jinja",
        title="Do the books hold?",
        back=start(),
        form=form,
        checked_at=checked_at,
        results=results,
        broken=[result for result in results if result.first_breach],
        nightly=nightly,
        amount=from_pence,
    )


@books.route("/trial-balance", methods=["GET", "POST"])
@needs(Permission.LEDGER_READ)
def balance() -> Response:
    """Show the trial balance of each layer and fund: at the end of a day, of a closed month, or as the books stand."""
    as_of, month, known_on = (narrowing.day(name) for name in ("as_of", "month", "known_on"))
    fund = request.args.get("fund")
    form = AsOfForm(as_of=as_of, known_on=known_on)
    if form.validate_on_submit():
        chosen = {"as_of": form.as_of.data, "known_on": form.known_on.data}
        days = {name: day.isoformat() for name, day in chosen.items() if day}
        return go(url_for("web.books.balance", fund=fund, **days))
    with begin_request() as uow:
        closed = closed_month(uow.session, month) if month else None
        try:
            view = view_known_at(uow.session, end_of_day(known_on)) if known_on else None
            found = closed.balances if closed else trial_balance(uow.session, as_of=as_of, view=view)
        except NothingKnownError as error:
            form.refuse(error)
            view, found = None, []
        return render(
            "audit/trial_balance.html.jinja",
            status=422 if form.found_wrong else 200,
            title=f"Trial balance of {month_in_words(month)}" if month else "Trial balance",
            back=start(),
            form=form,
            as_of=as_of,
            known_on=known_on,
            view=view,
            closed=closed,
            today=uow.today,
            fund=fund,
            sheets=sheets(of_fund(found, fund)),
            formats=FORMATS,
        )


@books.route("/trial-balance.<format_name>")
@needs(Permission.LEDGER_READ)
def balance_file(format_name: str) -> Response:
    """Answer the trial balance as a file."""
    as_of, month, known_on = (narrowing.day(name) for name in ("as_of", "month", "known_on"))
    fund = request.args.get("fund")
    known_at = end_of_day(known_on) if known_on else None
    with begin_request() as uow:
        document = balances(
            uow.session, uow.actor, as_of=as_of, known_at=known_at, today=uow.today, month=month, fund=fund
        )
        return file_of(document, format_name, f"trial-balance-{as_of or month or uow.today}")


def _kept(results: Sequence[IdentityResult], at: datetime) -> dict[str, Any]:
    """Return what was found as the session keeps it; there is nothing personal in a breach."""
    rows = [[row.number, row.sentence, row.first_breach and astuple(row.first_breach)] for row in results]
    return {"at": at.isoformat(), "rows": rows}


def _read(found: dict[str, Any] | None) -> tuple[datetime | None, list[IdentityResult]]:
    if found is None:
        return None, []
    rows = [
        IdentityResult(number, words, Breach(*breach) if breach else None) for number, words, breach in found["rows"]
    ]
    return datetime.fromisoformat(found["at"]), rows
