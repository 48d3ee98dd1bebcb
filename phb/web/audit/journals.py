"""The journals: narrowed by day, kind and budget, and one of them with its lines."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, url_for

from phb.budget.queries import BudgetNotFoundError, budget_by_reference, references_of
from phb.core.actor import Permission
from phb.edge import paging
from phb.edge.request import begin_request, current_actor, needs
from phb.ledger import queries
from phb.ledger.chart import JournalKind
from phb.ledger.models import Journal
from phb.monitoring.journal_view import journal_view
from phb.reports.words import words
from phb.web import narrowing
from phb.web.asking import go
from phb.web.audit.sharing import start
from phb.web.forms import Choice, Words
from phb.web.rendering import render

journals = Blueprint("journals", __name__, url_prefix="/audit/journals")


class JournalsForm(narrowing.DaysForm):
    """Which journals."""

    kind = Choice("Kind", options=[(kind, words(kind)) for kind in JournalKind], many=True)
    budget = Words("Budget", hint="Its reference", longest=100, width=20)

    def address(self) -> dict[str, Any]:
        """Return what is chosen as it stands in an address: the budget by its id.

        Raises:
            BudgetNotFoundError: there is no budget of that reference.
        """
        chosen = super().address() | ({"kind": self.kind.data} if self.kind.data else {})
        if not self.budget.data:
            return chosen
        with begin_request() as uow:
            found = budget_by_reference(uow.session, uow.actor, self.budget.data, uow.today)
        return chosen | {"budget": str(found.id)}


@journals.route("", methods=["GET", "POST"])
@needs(Permission.LEDGER_READ)
def listing() -> Response:
    """List journals, the latest recorded first."""
    days, kind = narrowing.days_chosen(), narrowing.code("kind", JournalKind)
    budget_id = narrowing.an_id("budget")
    with begin_request() as uow:
        reference = references_of(uow.session, uow.actor, [budget_id], uow.today).get(budget_id) if budget_id else None
        form = JournalsForm(from_day=days.first, to_day=days.last, kind=kind, budget=reference)
        if form.validate_on_submit():
            try:
                return go(url_for("web.journals.listing", **form.address()))
            except BudgetNotFoundError:
                form.refuse(BudgetNotFoundError("There is no budget of this reference. Check it.", field="budget"))
        found = queries.journals(budget_id, kind=kind, days=days)
        order = (Journal.recorded_at, Journal.id)
        page = paging.page(uow.session, found, order, cursor=narrowing.after(), newest_first=True)
        return render(
            "audit/journals.html.jinja",
            status=422 if form.found_wrong else 200,
            title=narrowing.titled("Journals", words(kind) if kind else None, days=days),
            back=start(),
            above=f"Budget {reference}" if reference else None,
            form=form,
            page=page,
            kept=narrowing.kept(),
        )


@journals.route("/<uuid:journal_id>")
@needs(Permission.LEDGER_READ)
def show(journal_id: UUID) -> Response:
    """Show one journal with its lines."""
    with begin_request() as uow:
        view = journal_view(uow.session, uow.actor, journal_id, uow.today)
    return render(
        "audit/journal.html.jinja",
        title=words(view.journal.kind),
        above="Journal",
        view=view,
        back=url_for("web.journals.listing"),
        back_text="Journals",
        may_trace=current_actor().may(Permission.AUDIT_READ),
    )
