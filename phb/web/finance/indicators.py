"""The checks of the standard model as they stood on a day, as a page and as files."""

from dataclasses import fields
from datetime import date

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound
from wtforms import Form

from phb.core.actor import Permission
from phb.core.uow import UnitOfWork
from phb.documents.formats import LIST_FORMATS
from phb.edge.request import begin_request, needs
from phb.governance import policy
from phb.governance.policies import IndicatorPolicy
from phb.indicators import documents, queries
from phb.web.finance.shares import picture_of, verdict_tag
from phb.web.finance.showing import show
from phb.web.finance.words import group
from phb.web.forms import Day

indicators = Blueprint("indicators", __name__, url_prefix="/indicators")
FORMATS = {"csv": "CSV, for programs", "xlsx": "Spreadsheet (XLSX)", "pdf": "PDF, to print"}

ANEW = {"anew": "yes"}


class DayForm(Form):
    """The day that the figures are about. It changes nothing, so it is sent with the address."""

    on = Day("At the end of which day?", hint="For example 30 9 2026")

    @property
    def found_wrong(self) -> list[dict[str, str]]:
        """The error of the day as the error summary shows it."""
        return [{"text": str(sentence), "href": "#on-day"} for sentence in self.on.errors]


@indicators.route("")
@needs(Permission.INDICATORS_READ)
def shown() -> Response:
    """Show each check with what was counted, the exact share, the threshold, the verdict and what is missing."""
    form = DayForm(request.args)
    form.validate()
    with begin_request() as uow:
        try:
            return _shown(uow, form, form.on.data or queries.day_to_show(uow.session, uow.actor, uow.today))
        except queries.OutsideTermError as error:
            form.on.errors = [error.sentence]
            return _shown(uow, form, uow.today)


@indicators.route("/files/<name>")
@needs(Permission.INDICATORS_READ)
def file(name: str) -> Response:
    """Send the checks of a day as a file."""
    if name not in FORMATS:
        raise NotFound
    kind = LIST_FORMATS[name]
    with begin_request() as uow:
        on = _day(request.args.get("on")) or uow.today
        content = kind.render(documents.checks(uow.session, uow.actor, on, anew=_is_anew()))
    headers = {"Content-Disposition": f'attachment; filename="checks-{on.isoformat()}{kind.suffix}"'}
    return Response(content, content_type=kind.media_type, headers=headers)


def _shown(uow: UnitOfWork, form: DayForm, on: date) -> Response:
    report = queries.checks(uow.session, uow.actor, on, anew=_is_anew())
    held = policy.read(uow.session, IndicatorPolicy, on)
    return show(
        "indicators.html.jinja",
        status=422 if form.errors else 200,
        title="Checks of the standard model",
        form=form,
        report=report,
        anew=ANEW if _is_anew() else {},
        again={"on-day": on.day, "on-month": on.month, "on-year": on.year, **ANEW},
        pictures={check.rule.code: picture_of(check) for check in report.checks},
        verdict=verdict_tag,
        settings=[(_sentence(entry.metadata["meaning"]), getattr(held, entry.name)) for entry in fields(held)],
        group=group,
        formats=FORMATS,
    )


def _is_anew() -> bool:
    """Say whether the day is to be counted now, also where it was counted and kept."""
    return request.args.get("anew") == ANEW["anew"]


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise NotFound from error
