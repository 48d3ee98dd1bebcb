"""Every report an auditor takes away: page by page, narrowed, or whole as a file."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, request, url_for
from wtforms import ValidationError

from phb.core.actor import Permission
from phb.core.errors import RuleViolationError
from phb.core.money import pounds
from phb.edge import paging
from phb.edge.request import begin_request, needs
from phb.ledger.chart import Account
from phb.reports.catalogue import REPORTS
from phb.reports.document import document_of, narrowed_to, report_named
from phb.reports.report import Asked
from phb.reports.words import words
from phb.web import narrowing
from phb.web.asking import go
from phb.web.audit.sharing import FORMATS, file_of
from phb.web.forms import Choice, Pounds, Words
from phb.web.rendering import render

NARROWED_BY = {
    "days": ("from_day", "to_day"),
    "at_least": ("at_least",),
    "account": ("account",),
    "journal": ("journal",),
}
listings = Blueprint("listings", __name__, url_prefix="/audit/listings")


class NarrowForm(narrowing.DaysForm):
    """What a report is narrowed to; it asks only what the report goes by."""

    at_least = Pounds("Of at least")
    journal = Words("Number of a journal", hint="It stands on the journal's page.", longest=36)
    account = Choice("Account", options=[(account, words(account)) for account in Account], many=True)

    def validate_journal(self, field: Words) -> None:
        """Refuse what is no number of a journal."""
        try:
            UUID(field.data or str(UUID(int=0)))
        except ValueError as error:
            raise ValidationError("Enter the number as it stands on the journal's page") from error

    def address(self) -> dict[str, Any]:
        """Return what is chosen as it stands in an address."""
        chosen = super().address() if "from_day" in self else {}
        if "at_least" in self and self.at_least.data:
            chosen["at_least"] = f"{self.at_least.data.amount:.2f}"
        if "journal" in self and self.journal.data:
            chosen["journal"] = self.journal.data
        if "account" in self and self.account.data:
            chosen["account"] = self.account.data
        return chosen


@listings.route("")
@needs(Permission.AUDIT_READ)
def index() -> Response:
    """Show which reports there are."""
    return render("audit/listings.html.jinja", title="Reports", reports=REPORTS, back=url_for("web.audit.start"))


@listings.route("/<name>", methods=["GET", "POST"])
@needs(Permission.AUDIT_READ)
def show(name: str) -> Response:
    """Show one page of a report."""
    asked = _asked()
    report = report_named(name, asked)
    form = NarrowForm(
        from_day=asked.days.first,
        to_day=asked.days.last,
        at_least=asked.at_least,
        account=asked.account,
        journal=str(asked.journal or ""),
    )
    for part in NARROWED_BY.keys() - set(report.narrowed_by):
        for field in NARROWED_BY[part]:
            del form[field]
    if form.validate_on_submit():
        return go(url_for("web.listings.show", name=name, **form.address()))
    with begin_request() as uow:
        return render(
            "audit/listing.html.jinja",
            status=422 if form.found_wrong else 200,
            title=narrowing.titled(report.title, *narrowed_to(asked)),
            code=name,
            report=report,
            form=form if report.narrowed_by else None,
            kept=narrowing.kept(),
            page=report.part(uow, asked, narrowing.after(), paging.DEFAULT_LIMIT),
            formats=FORMATS,
            back=url_for("web.listings.index"),
            back_text="Reports",
        )


@listings.route("/<name>/file.<format_name>")
@needs(Permission.AUDIT_READ)
def whole(name: str, format_name: str) -> Response:
    """Answer a whole report as a file."""
    with begin_request() as uow:
        return file_of(document_of(uow, name, _asked()), format_name, f"{name}-{uow.today}")


def _asked() -> Asked:
    """Return what the address narrows a report to; an address that we did not make is refused."""
    at_least = request.args.get("at_least")
    try:
        amount = pounds(at_least) if at_least else None
    except RuleViolationError:
        abort(HTTPStatus.BAD_REQUEST)
    return Asked(narrowing.days_chosen(), amount, narrowing.code("account", Account), narrowing.an_id("journal"))
