"""Budgets among many: searched by what somebody knows of them, narrowed by state, cohort and way of holding."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request, session, url_for
from wtforms import ValidationError

from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.budgets.workflow import BudgetState
from phb.budget.finding import Sought, describe, sought_budgets
from phb.budget.kinds import ManagementType
from phb.budget.reference.cohorts import cohorts
from phb.core.actor import Permission
from phb.core.uow import UnitOfWork
from phb.edge.paging import page
from phb.edge.request import begin_request, needs
from phb.people.nhs_number import InvalidNHSNumberError, NHSNumber
from phb.reports.words import words
from phb.web import narrowing
from phb.web.asking import go
from phb.web.finance.showing import show
from phb.web.finance.words import WAYS
from phb.web.forms import PageForm, Words

found = Blueprint("found", __name__, url_prefix="/budgets")
KEPT = "budgets_sought"
LONGEST = 100


class SearchForm(PageForm):
    """What somebody knows of a budget; names and numbers are kept out of addresses."""

    question = "Find a budget"
    button = "Search"

    name = Words("Name", hint="Any part of it", longest=LONGEST)
    nhs_number = Words("NHS number", hint="All ten digits", longest=20, width=10)
    reference = Words("Reference", hint="How the budget's or the person's reference begins", longest=LONGEST, width=20)

    def validate_nhs_number(self, field: Words) -> None:
        """Refuse what is no NHS number."""
        if field.data:
            try:
                NHSNumber.parse(field.data)
            except InvalidNHSNumberError as error:
                raise ValidationError(error.sentence) from error


@found.route("", methods=["GET", "POST"])
@needs(Permission.LEDGER_READ)
def listed() -> Response:
    """List budgets, or take what they are to be searched by."""
    form = SearchForm(data=session.get(KEPT, {}))
    if form.is_submitted() and form.validate():
        session[KEPT] = {name: form[name].data for name in ("name", "nhs_number", "reference") if form[name].data}
        return go(url_for("web.finance.found.listed", **_narrowed()))
    with begin_request() as uow:
        return _listed(uow, form)


@found.route("/everything", methods=["POST"])
@needs(Permission.LEDGER_READ)
def everything() -> Response:
    """Forget what was searched for."""
    session.pop(KEPT, None)
    return go(url_for("web.finance.found.listed"))


def _listed(uow: UnitOfWork, form: SearchForm) -> Response:
    kept, narrowed = session.get(KEPT, {}), _narrowed()
    query = sought_budgets(uow.actor, uow.today, _sought(kept, narrowed))
    choices, searched = _choices(uow), "found by your search" if kept else None
    rows = page(uow.session, query, (PersonalHealthBudget.reference,), cursor=request.args.get("after"))
    return show(
        "found.html.jinja",
        status=422 if form.errors else 200,
        title=narrowing.titled("Budgets", *_in_words(choices), searched),
        form=form,
        kept=kept,
        narrowed=narrowed,
        page=rows,
        found=describe(uow.session, rows.rows),
        choices=choices,
    )


def _narrowed() -> dict[str, Any]:
    """Return what the list is narrowed to, as the address says; nothing personal is among it."""
    given = {name: request.args.get(name, "") for name in ("state", "cohort", "way")}
    return {name: value for name, value in given.items() if value}


def _sought(kept: Mapping[str, str], narrowed: Mapping[str, str]) -> Sought:
    ways = {way.value: way for way in ManagementType}
    return Sought(
        name=kept.get("name", ""),
        nhs_number=NHSNumber.parse(kept["nhs_number"]) if kept.get("nhs_number") else None,
        reference=kept.get("reference", ""),
        state=narrowed.get("state"),
        cohort_code=narrowed.get("cohort"),
        management=ways.get(narrowed.get("way", "")),
    )


def _in_words(choices: Mapping[str, tuple[str, list[dict[str, Any]]]]) -> list[str]:
    """Return what is chosen of each list that narrows."""
    return [one["text"] for _, options in choices.values() for one in options if one.get("selected")]


def _choices(uow: UnitOfWork) -> dict[str, tuple[str, list[dict[str, Any]]]]:
    """Return the label and options of each list that narrows: values with their words."""
    options = {
        "state": ("State", [(state.value, words(state)) for state in BudgetState]),
        "cohort": ("Cohort", [(known.code, known.label) for known in cohorts(uow.today)]),
        "way": ("How the money is held", list(WAYS.items())),
    }
    chosen = _narrowed()
    return {
        name: (
            label,
            [{"value": "", "text": "Any"}]
            + [{"value": value, "text": text, "selected": chosen.get(name) == value} for value, text in pairs],
        )
        for name, (label, pairs) in options.items()
    }
