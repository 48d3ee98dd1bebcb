"""Record spend of several people from the keyboard: good rows are saved, the others come back with their reasons."""

from http import HTTPStatus
from uuid import UUID, uuid4, uuid5

from flask import Blueprint, Response, request, session, url_for
from werkzeug.datastructures import MultiDict

from phb.budget.reference.categories import categories
from phb.core.actor import Permission
from phb.core.errors import DomainError
from phb.core.uow import begin
from phb.edge.request import begin_request, current_actor, needs
from phb.edge.services import services
from phb.spending.several import record_typed, recorded, spendable_lines
from phb.web.asking import go
from phb.web.broker.rows import Row, RowsForm, rows_form
from phb.web.rendering import render

several = Blueprint("several", __name__, url_prefix="/spending/several")
ROWS, MORE_ROWS, MOST_ROWS = 10, 10, 40
JUST_RECORDED = "just_recorded"


@several.route("", methods=["GET", "POST"])
@needs(Permission.SPEND_RECORD)
def record() -> Response:
    """Show rows to fill in, show more of them, or save those that can be saved."""
    form = _form(_rows_asked())
    if not form.is_submitted():
        return _show(form)
    if "more" in request.form:
        return _show(_again(form, form.rows, count=min(form.count + MORE_ROWS, MOST_ROWS)))
    if not form.validate() and form.key.errors:
        form.key.data = str(uuid4())
    filled = [row for row in form.rows if not row.is_empty]
    if not filled:
        form.form_errors = ["Fill in at least one row."]
        return _show(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    saved = [spend_id for row in filled if row.is_sound and (spend_id := _save(form, row))]
    session[JUST_RECORDED] = [spend_id.hex for spend_id in saved]
    refused = [row for row in filled if any(field.errors for field in row.fields)]
    if not refused:
        return go(url_for("web.broker.several.shown"))
    return _show(_again(form, refused), status=HTTPStatus.UNPROCESSABLE_ENTITY, saved=len(saved))


@several.route("/recorded")
@needs(Permission.SPEND_RECORD)
def shown() -> Response:
    """Say what became of what was just recorded."""
    ids = [UUID(text) for text in session.get(JUST_RECORDED, [])]
    with begin_request() as uow:
        found = recorded(uow.session, uow.actor, ids, uow.today)
    return render("broker/recorded.html.jinja", title="What you recorded", found=found)


def _save(form: RowsForm, row: Row) -> UUID | None:
    """Save one row in a unit of its own, once however often it is sent; or say at the row why not."""
    key = uuid5(UUID(form.key.data), str(row.number))
    try:
        with begin(services().sessions, current_actor(), clock=services().clock, request_id=key) as uow:
            return record_typed(uow, row.typed(f"S-{key.hex}")).row.id
    except DomainError as error:
        row.refuse(error)
        return None


def _form(count: int) -> RowsForm:
    with begin_request() as uow:
        kinds = [(one.code, one.label) for one in categories(uow.today)]
    return rows_form(count, kinds)()


def _again(form: RowsForm, rows: list[Row], *, count: int | None = None) -> RowsForm:
    """Return a form with the same answers in its first rows, and what is wrong with them."""
    options = next(field.options for field in form if field.name == "category_1")
    filled = {f"{column}_{i}": typed for i, row in enumerate(rows, 1) for column, typed in row.values()}
    kind = rows_form(count or max(len(rows), 1), options)
    key = form.key.data if count else str(uuid4())  # What was saved stays saved under the old one.
    again = kind(formdata=MultiDict({**filled, "key": key}))
    for row, new in zip(rows, again.rows, strict=False):
        for field, twin in zip(row.fields, new.fields, strict=True):
            twin.errors = list(field.errors)
    return again


def _rows_asked() -> int:
    asked = request.form.get("rows", "")
    return min(max(int(asked), 1), MOST_ROWS) if asked.isascii() and asked.isdigit() else ROWS


def _show(form: RowsForm, *, status: HTTPStatus = HTTPStatus.OK, saved: int = 0) -> Response:
    with begin_request() as uow:
        lines = spendable_lines(uow.session, uow.actor, uow.today)
    return render(
        "broker/several.html.jinja",
        status=status,
        title=form.question,
        form=form,
        lines=lines,
        budgets={line.budget: line.person for line in lines},
        saved=saved,
        more=form.count < MOST_ROWS,
    )
