"""Where an auditor begins: look for a person, a budget or a reference, and read what was done to one budget."""

from uuid import UUID

from flask import Blueprint, Response, session, url_for

from phb.budget.queries import budget
from phb.core.actor import Permission
from phb.edge import paging
from phb.edge.request import begin_request, needs
from phb.governance.models import AuditEvent
from phb.ledger.queries import position_of_budget
from phb.monitoring.finding import LEAST_LETTERS, MOST, TermTooShortError, find
from phb.monitoring.trail import trail_of_budget
from phb.payments.payees.names import payee_names
from phb.people.users.queries import names_of
from phb.web import narrowing
from phb.web.asking import go
from phb.web.forms import Needed, PageForm, Words
from phb.web.rendering import render

search = Blueprint("audit", __name__, url_prefix="/audit")
TERM = "sought"


class SearchForm(PageForm):
    """What is looked for; it is kept in the session and never in an address."""

    button = "Search"

    term = Words(
        "Look for a person, a budget or a reference",
        hint="A part of a name, an NHS number, a reference of a person, budget or payee, a payment's reference at the "
        "bank, or an id",
        validators=[Needed("Enter what you look for")],
        longest=100,
    )


@search.route("", methods=["GET", "POST"])
@needs(Permission.AUDIT_READ)
def start() -> Response:
    """Show where to look, and take what is looked for."""
    form = SearchForm(term=session.get(TERM, ""))
    if form.validate_on_submit():
        if len(form.term.data) >= LEAST_LETTERS:
            session[TERM] = form.term.data
            return go(url_for("web.audit.results"))
        form.refuse(TermTooShortError("Enter at least two letters or digits.", field="term"))
    status = 422 if form.found_wrong else 200
    return render("audit/start.html.jinja", status=status, title="Audit", form=form)


@search.route("/results")
@needs(Permission.AUDIT_READ)
def results() -> Response:
    """Show what fits the term in the session."""
    term = session.get(TERM)
    if not term:
        return go(url_for("web.audit.start"))
    with begin_request() as uow:
        found = find(uow.session, uow.actor, term, uow.today)
        payees = [row.id for row in found.payees.rows] + [row.payee_id for row in found.payments.rows]
        return render(
            "audit/results.html.jinja",
            title="What was found",
            term=term,
            found=found,
            most=MOST,
            payees=payee_names(uow.session, uow.actor, payees, uow.today),
            back=url_for("web.audit.start"),
            back_text="Search again",
        )


@search.route("/budgets/<uuid:budget_id>")
@needs(Permission.AUDIT_READ)
def trail(budget_id: UUID) -> Response:
    """Show what was done to one budget and everything that belongs to it, the latest first."""
    with begin_request() as uow:
        row = budget(uow.session, uow.actor, budget_id, uow.today)
        events = trail_of_budget(uow.session, uow.actor, budget_id, uow.today)
        order = (AuditEvent.recorded_at, AuditEvent.id)
        page = paging.page(uow.session, events, order, cursor=narrowing.after(), newest_first=True)
        return render(
            "audit/trail.html.jinja",
            title=f"Budget {row.reference}",
            budget=row,
            position=position_of_budget(uow.session, row.id),
            page=page,
            people=names_of(uow.session, uow.actor, [event.user_id for event in page.rows]),
            back=url_for("web.audit.results") if session.get(TERM) else url_for("web.audit.start"),
        )
