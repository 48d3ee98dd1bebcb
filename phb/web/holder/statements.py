"""Statements: choose the days and the format, open it, and find again what was opened before."""

from datetime import date
from http import HTTPStatus
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from flask import Blueprint, Response, abort, url_for
from wtforms import ValidationError

from phb.budget.budgets.workflow import BudgetState
from phb.core.actor import Permission
from phb.core.errors import RuleViolationError
from phb.core.period import Period, add_months, financial_year, financial_year_of
from phb.documents.words import say_period
from phb.edge.request import begin_request, needs
from phb.people.kinds import Scope
from phb.people.users.queries import names_of
from phb.statements.formats import FORMATS, WEB_PAGE
from phb.statements.operations import IssuedStatement, issue_statement, open_again
from phb.statements.shown import shown_statements, then_and_now
from phb.statements.statement import require_begun
from phb.web.asking import go
from phb.web.forms import Choice, Day, Needed, PageForm
from phb.web.holder.whose import headed
from phb.web.rendering import render

statements = Blueprint("statements", __name__)

NAMES = {
    "html": "A page to read here",
    "pdf": "A PDF to keep or print",
    "large-print": "A PDF in large print",
    "csv": "A file for a spreadsheet (CSV)",
    "json": "A file for a computer program (JSON)",
}
OPENED_HERE = {"html", "pdf", "large-print"}
MONTHS_IN_A_QUARTER = 3
OTHER_DAYS = "other"


class OtherDaysForm(PageForm):
    """The first and the last day of a statement."""

    question = "Which days is the statement for?"
    button = "Open the statement"
    first_day = Day("The first day", hint="For example, 1 4 2026", validators=[Needed("Enter the first day")])
    last_day = Day("The last day", hint="For example, 30 6 2026", validators=[Needed("Enter the last day")])

    def validate_last_day(self, field: Day) -> None:
        """Refuse a last day before the first."""
        if self.first_day.data and field.data and field.data < self.first_day.data:
            raise ValidationError("The last day is before the first. Check both.")


def usual_days(today: date, budget: Period) -> dict[str, tuple[str, Period]]:
    """Return the stretches of days that a statement is often asked for, as far as the budget has days in them."""
    month = today.replace(day=1)
    quarter = today.replace(month=today.month - (today.month - 1) % MONTHS_IN_A_QUARTER, day=1)
    so_far = Period.of_days(budget.start_on, max(budget.start_on, min(budget.last_day, today)))
    found = {
        "month": ("This month", Period(month, add_months(month, 1))),
        "last-month": ("Last month", Period(add_months(month, -1), month)),
        "quarter": ("These three months", Period(quarter, add_months(quarter, MONTHS_IN_A_QUARTER))),
        "year": ("This year so far", Period.of_days(financial_year(financial_year_of(today)).start_on, today)),
        "all": ("The whole budget so far", so_far),
    }
    return {name: (words, days) for name, (words, days) in found.items() if days.overlap(so_far)}


def statement_form(usual: dict[str, tuple[str, Period]], preferred: str) -> type[PageForm]:
    """Return the form that asks for the days and the format, the preferred one first."""
    stretches = [(name, f"{words}: {say_period(period)}") for name, (words, period) in usual.items()]
    formats = sorted(FORMATS, key=lambda name: name != preferred)

    class StatementForm(PageForm):
        question = "Statements"
        button = "Open the statement"
        days = Choice(
            "Which days?",
            options=[*stretches, (OTHER_DAYS, "Other days")],
            validators=[Needed("Choose which days the statement is for")],
        )
        format = Choice(
            "In which form?",
            options=[(name, NAMES[name]) for name in formats],
            default=formats[0],
            validators=[Needed("Choose the form of the statement")],
        )

    return StatementForm


@statements.route("/<uuid:budget_id>/statements", methods=["GET", "POST"])
@needs(Permission.STATEMENT_READ)
def choose(budget_id: UUID) -> Response:
    """Choose the days and the format of a statement."""
    with begin_request() as uow:
        whose = headed(uow, budget_id, Scope.STATEMENTS)
        found = shown_statements(uow.session, uow.actor, budget_id, uow.today)
        names = names_of(uow.session, uow.actor, {one.shown_to for one in found} - {uow.actor.user_id})
        usual = usual_days(uow.today, whose.budget.period)
    form, status = statement_form(usual, whose.heading.person.statement_format)(), HTTPStatus.OK
    if form.is_submitted():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.validate():
            if form.days.data == OTHER_DAYS:
                return go(url_for("web.holder.statements.other_days", budget_id=budget_id, name=form.format.data))
            return go(_address(budget_id, usual[form.days.data][1], form.format.data))
    return render(
        "holder/statements.html.jinja",
        status=status,
        title=form.question,
        above=whose.title,
        form=form,
        whose=whose,
        found=found,
        forms=NAMES,
        names=names,
        is_active=whose.budget.state == BudgetState.ACTIVE,
    )


@statements.route("/<uuid:budget_id>/statements/other-days/<name>", methods=["GET", "POST"])
@needs(Permission.STATEMENT_READ)
def other_days(budget_id: UUID, name: str) -> Response:
    """Ask for days that are not among the usual ones."""
    with begin_request() as uow:
        whose, today = headed(uow, budget_id, Scope.STATEMENTS), uow.today
    form, status = OtherDaysForm(), HTTPStatus.OK
    if form.is_submitted():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.validate():
            try:
                period = Period.of_days(form.first_day.data, form.last_day.data)
                require_begun(period, today)
                return go(_address(budget_id, period, name))
            except RuleViolationError as error:
                form.refuse(error)
    back = url_for("web.holder.statements.choose", budget_id=budget_id)
    return render("form.html.jinja", status=status, title=form.question, above=whose.title, form=form, back=back)


@statements.route("/<uuid:budget_id>/statements/<first>/<last>/<name>")
@needs(Permission.STATEMENT_READ)
def opened(budget_id: UUID, first: str, last: str, name: str) -> Response:
    """Open a statement: to read here, or as a file."""
    period = _period(first, last)
    if name not in FORMATS:
        abort(HTTPStatus.NOT_FOUND)
    with begin_request() as uow:
        issued = issue_statement(
            uow, budget_id, period, format_name=name, stylesheet=url_for("web.style", name="document.css")
        )
    return _sent(issued)


@statements.route("/<uuid:budget_id>/statements/shown/<uuid:shown_id>")
@needs(Permission.STATEMENT_READ)
def as_shown(budget_id: UUID, shown_id: UUID) -> Response:
    """Open a statement exactly as it was shown."""
    with begin_request() as uow:
        issued = open_again(uow, budget_id, shown_id, stylesheet=url_for("web.style", name="document.css"))
    return _sent(issued)


@statements.route("/<uuid:budget_id>/statements/shown/<uuid:shown_id>/since")
@needs(Permission.STATEMENT_READ)
def since(budget_id: UUID, shown_id: UUID) -> Response:
    """Say what a statement said differently from what is known now."""
    with begin_request() as uow:
        whose = headed(uow, budget_id, Scope.STATEMENTS)
        compared = then_and_now(uow, budget_id, shown_id)
    return render(
        "holder/statement_since.html.jinja",
        title="What has changed since",
        above=whose.title,
        back=url_for("web.holder.statements.choose", budget_id=budget_id),
        shown=compared.shown,
        sections=[(heading, list(of_it)) for heading, of_it in groupby(compared.differences, attrgetter("heading"))],
        now=_address(budget_id, compared.shown.period, compared.shown.format),
        whose=whose,
    )


def _sent(issued: IssuedStatement) -> Response:
    way = "inline" if issued.format_name in OPENED_HERE else "attachment"
    named = {} if issued.format_name == WEB_PAGE else {"Content-Disposition": f'{way}; filename="{issued.file_name}"'}
    return Response(issued.content, content_type=issued.format.media_type, headers=named)


def _period(first: str, last: str) -> Period:
    try:
        return Period.of_days(date.fromisoformat(first), date.fromisoformat(last))
    except (ValueError, RuleViolationError):
        abort(HTTPStatus.NOT_FOUND)


def _address(budget_id: UUID, period: Period, name: str) -> str:
    return url_for(
        "web.holder.statements.opened",
        budget_id=budget_id,
        first=period.start_on.isoformat(),
        last=period.last_day.isoformat(),
        name=name,
    )
