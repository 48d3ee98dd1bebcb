"""Record spend: one question to a page, check the answers, and send them with the receipt."""

from contextlib import closing
from http import HTTPStatus
from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.datastructures import FileStorage

from phb.core.actor import Permission
from phb.core.errors import RuleViolationError
from phb.core.uow import UnitOfWork
from phb.edge.request import begin_request, current_actor, needs
from phb.people.kinds import Scope
from phb.spending.receipts.operations import record_spend_with_receipt
from phb.spending.records.accounts import Accounts, accounts
from phb.spending.records.decisions import correct_spend
from phb.spending.records.models import SpendRecord
from phb.web import carrying
from phb.web.asking import ask, go
from phb.web.carrying import Answers
from phb.web.forms import Upload
from phb.web.holder.question_forms import SOMETHING_ELSE, QuestionForm
from phb.web.holder.questions import BY_NAME, asked, line_of, new_spend, unanswered
from phb.web.holder.whose import Whose, headed
from phb.web.rendering import render

recording = Blueprint("recording", __name__)


class CheckForm(QuestionForm):
    """The answers as they will be sent, and the receipt where it is at hand."""

    question = "Check your answers"
    button = "Record this"
    file = Upload(
        "A photo or PDF of the receipt",
        hint="If you do not have it now, leave this empty and add it later. A PDF, PNG or JPEG of 10 MB at most.",
        accept="image/jpeg,image/png,application/pdf",
    )


@recording.route("/<uuid:budget_id>/spend")
@needs(Permission.SPEND_RECORD)
def begin(budget_id: UUID) -> Response:
    """Begin with the first question, and with a key of its own, so that it is recorded once."""
    return go(_address(budget_id, "what", {"key": str(uuid4())}))


@recording.route("/<uuid:budget_id>/spend/<name>", methods=["GET", "POST"])
@needs(Permission.SPEND_RECORD)
def question(budget_id: UUID, name: str) -> Response:
    """Ask one question, and go on to the next that has no answer yet."""
    one = BY_NAME.get(name) or abort(HTTPStatus.NOT_FOUND)
    answers = _carried()
    if not answers:
        return go(url_for("web.holder.recording.begin", budget_id=budget_id))
    whose, found = _look(budget_id)
    if not found.pots:
        return render("holder/nothing_to_record.html.jinja", title="Record spending", above=whose.title, whose=whose)
    form = one.makes(found)(so_far=_sealed(), **one.gives(answers))
    status = HTTPStatus.OK
    if form.is_submitted():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.validate():
            try:
                answers = one.takes(form, found, answers)
                following = unanswered(answers, found)
                return go(_address(budget_id, following.name if following else "check", answers))
            except RuleViolationError as error:
                form.refuse(error)
    return render(
        "holder/question.html.jinja",
        status=status,
        title=form.question,
        form=form,
        action=request.full_path,
        whose=whose,
        back=_before(budget_id, name, answers, found),
    )


@recording.route("/<uuid:budget_id>/spend/check", methods=["GET", "POST"])
@needs(Permission.SPEND_RECORD)
def check(budget_id: UUID) -> Response:
    """Show the answers, and record them when they are sent."""
    answers = _carried()
    if not answers:
        return go(url_for("web.holder.recording.begin", budget_id=budget_id))
    whose, found = _look(budget_id)
    known = _known(answers, found)
    missing = unanswered(known, found)
    if missing is not None or not found.pots:
        return go(_address(budget_id, missing.name if missing else "what", known))
    form = CheckForm(so_far=_sealed(), key=answers["key"], version=answers.get("version"))
    if "replaces" in answers:
        del form.file
    rows = [
        (one.label, one.says(answers, found), _address(budget_id, one.name, answers)) for one in asked(answers, found)
    ]
    return ask(
        form,
        lambda uow: _record(uow, budget_id, form, answers, found),
        then=lambda row: url_for("web.holder.spending.recorded", budget_id=budget_id, spend_id=row.id),
        template="holder/check.html.jinja",
        action=request.full_path,
        whose=whose,
        rows=rows,
        answers=answers,
        back=_address(budget_id, asked(answers, found)[-1].name, answers),
    )


def _record(uow: UnitOfWork, budget_id: UUID, form: CheckForm, answers: Answers, found: Accounts) -> SpendRecord:
    """Record what was answered, in the place of a mistaken record where it corrects one."""
    new = new_spend(answers, found)
    if "replaces" not in answers:
        return record_spend_with_receipt(uow, budget_id, new, _content(form.file.data)).row
    corrected = correct_spend(
        uow, UUID(answers["replaces"]), reason=answers["reason"], instead=new, version=form.version_read
    )
    return corrected.instead or corrected.mistaken


def _content(file: FileStorage | None) -> bytes | None:
    if file is None:
        return None
    with closing(file):
        content: bytes = file.read()
    return content


def _sealed() -> str:
    """Return the answers so far as they came: with the form that is sent, or in the address."""
    return (request.form if request.method == "POST" else request.args).get("so_far", "")


def _carried() -> Answers:
    return carrying.opened(_sealed(), by=current_actor().user_id)


def _look(budget_id: UUID) -> tuple[Whose, Accounts]:
    with begin_request() as uow:
        return (
            headed(uow, budget_id, Scope.SPEND),
            accounts(uow.session, uow.actor, budget_id, uow.today),
        )


def _known(answers: Answers, found: Accounts) -> Answers:
    """Return the answers without a plan line that has left the plan since it was chosen."""
    gone = answers.get("what", SOMETHING_ELSE) != SOMETHING_ELSE and line_of(answers, found) is None
    return {name: answers[name] for name in answers if not (gone and name == "what")}


def _before(budget_id: UUID, name: str, answers: Answers, found: Accounts) -> str:
    """Return where going back leads: to the question before, or from the first one to the budget."""
    names = [one.name for one in asked(answers, found)]
    place = names.index(name) if name in names else 0
    if place == 0:
        return url_for("web.holder.budget.shown", budget_id=budget_id)
    return _address(budget_id, names[place - 1], answers)


def _address(budget_id: UUID, name: str, answers: Answers) -> str:
    sealed = carrying.seal(answers, by=current_actor().user_id)
    if name == "check":
        return url_for("web.holder.recording.check", budget_id=budget_id, so_far=sealed)
    return url_for("web.holder.recording.question", budget_id=budget_id, name=name, so_far=sealed)


def begin_correction(budget_id: UUID, row: SpendRecord, reason: str) -> str:
    """Return the address at which a record's own answers are shown, to be changed and recorded in its place."""
    covers = row.period
    answers = {
        "key": str(uuid4()),
        "replaces": str(row.id),
        "version": str(row.version),
        "reason": reason,
        "what": str(row.plan_line_id) if row.plan_line_id else SOMETHING_ELSE,
        "category": row.category_code,
        "account": str(row.pot_id),
        "amount": f"{row.amount.amount:.2f}",
        "day": row.spent_on.isoformat(),
        "payee": row.payee,
        "words": row.words,
        "days": f"{covers.start_on.isoformat()}/{covers.last_day.isoformat()}" if covers else "",
    }
    return _address(budget_id, "check", answers)
