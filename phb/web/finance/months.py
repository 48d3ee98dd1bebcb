"""The months of the books: what each takes, closing them, and opening them again by two people."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, abort, url_for

from phb.core.actor import Permission
from phb.core.period import month_in_words
from phb.core.uow import UnitOfWork
from phb.edge.request import begin_request, current_actor, needs
from phb.ledger import periods
from phb.ledger.models import PeriodStep
from phb.ledger.periods import Stage, Step
from phb.people.users.queries import names_of
from phb.web.asking import ask
from phb.web.forms import Needed, PageForm, Words
from phb.web.rendering import render

months = Blueprint("months", __name__, url_prefix="/months")

TAGS = {
    Stage.OPEN: {"text": "Open", "classes": "nhsuk-tag--green"},
    Stage.ADJUSTING: {"text": "Takes adjustments alone", "classes": "nhsuk-tag--yellow"},
    Stage.CLOSED: {"text": "Closed for good", "classes": "nhsuk-tag--grey"},
}


class CloseForm(PageForm):
    """Close a month for everything but adjustments."""

    button = "Close the month"


class CloseForGoodForm(PageForm):
    """Close a month for adjustments too."""

    button = "Close it for good"


class AskForm(PageForm):
    """Ask for a month to be opened again."""

    button = "Ask for it"

    reason = Words(
        "Why must it be opened again?",
        rows=4,
        hint="Whoever opens it reads this, and so do auditors.",
        validators=[Needed("Enter why it must be opened again")],
    )


class ReopenForm(PageForm):
    """Open a month again."""

    button = "Open it again"
    grave = True


@dataclass(frozen=True)
class Move:
    """How a page words one step of a month: `{}` stands for the month."""

    title: str
    link: str
    sentences: tuple[str, ...]
    said: str
    done: str
    permission: Permission
    form: type[PageForm]
    operation: Callable[..., PeriodStep]


MOVES = {
    Step.CLOSE: Move(
        title="Close {}",
        link="Close {}",
        sentences=(
            "Only adjustments go into it then. What comes late keeps its day, and the first open month reports it.",
            "If no month was closed before, every earlier month closes with it.",
        ),
        said="{} takes adjustments alone now.",
        done="Closed",
        permission=Permission.PERIOD_CLOSE,
        form=CloseForm,
        operation=periods.close,
    ),
    Step.CLOSE_FOR_GOOD: Move(
        title="Close {} for good",
        link="Close {} for good",
        sentences=("After this nothing goes into it. Its trial balance is stored, with a hash that shows any change.",),
        said="{} is closed for good.",
        done="Closed for good",
        permission=Permission.PERIOD_CLOSE,
        form=CloseForGoodForm,
        operation=periods.close_for_good,
    ),
    Step.ASK_TO_REOPEN: Move(
        title="Ask for {} to be opened again",
        link="Ask for {} to be opened again",
        sentences=("An approver reads why, and opens it. It has to be closed again afterwards.",),
        said="You have asked for {}. An approver opens it.",
        done="Asked for again",
        permission=Permission.PERIOD_CLOSE,
        form=AskForm,
        operation=periods.ask_to_reopen,
    ),
    Step.REOPEN: Move(
        title="Open {} again",
        link="Look at why {} should be opened again",
        sentences=("After this, entries go into it again, and its figures can change until it is closed again.",),
        said="{} is open again.",
        done="Opened again",
        permission=Permission.PERIOD_REOPEN,
        form=ReopenForm,
        operation=periods.reopen,
    ),
}


@months.route("")
@needs(Permission.LEDGER_READ)
def listing() -> Response:
    """Show each month, what it takes, what the reader may do to it, and every step that was taken."""
    with begin_request() as uow:
        taken = periods.steps(uow.session)
        first = min((step.month for step in taken), default=date.min)  # what closed with it has nothing to show
        return render(
            "finance/months.html.jinja",
            title="Months of the books",
            months=[row for row in periods.months(uow.session, uow.today) if row.month >= first],
            moves={move: words for move, words in MOVES.items() if uow.actor.may(words.permission)},
            tags=TAGS,
            steps=taken,
            closed={step.month for step in taken if step.step == Step.CLOSE_FOR_GOOD},
            done=MOVES,
            names=names_of(uow.session, uow.actor, (step.taken_by for step in taken)),
        )


@months.route("/<month>/<move>", methods=["GET", "POST"])
@needs(Permission.LEDGER_READ)
def take(month: str, move: str) -> Response:
    """Ask whether a month is to take a step, and let it."""
    first, step = _month(month), _step(move)
    words = MOVES[step]
    current_actor().require(words.permission)
    named = month_in_words(first)
    form = words.form()

    def act(uow: UnitOfWork) -> PeriodStep:
        return words.operation(uow, first, **{field.name: field.data for field in form.asked})

    return ask(
        form,
        act,
        then=lambda _: url_for("web.finance.months.listing"),
        said=words.said.format(named),
        title=words.title.format(named),
        sentences=[*words.sentences, *_asked(step)],
        back=url_for("web.finance.months.listing"),
    )


def _asked(step: Step) -> list[str]:
    """Return who asked for the month to be opened, and why, where it is about to be."""
    if step is not Step.REOPEN:
        return []
    with begin_request() as uow:
        last = periods.last_step(uow.session)
        if last is None or last.step != Step.ASK_TO_REOPEN:
            return []
        name = names_of(uow.session, uow.actor, [last.taken_by])[last.taken_by]
    return [f"{name} asked for it: “{last.reason}”"]


def _month(typed: str) -> date:
    try:
        return date.fromisoformat(f"{typed}-01")
    except ValueError:
        abort(404)


def _step(typed: str) -> Step:
    try:
        return Step(typed.replace("-", "_"))
    except ValueError:
        abort(404)
