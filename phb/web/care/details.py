"""Change what is written down about a person: details, communication needs, protected characteristics."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, url_for

from phb.core.actor import Permission
from phb.edge.request import begin_request, current_actor, needs
from phb.people import operations, queries
from phb.people.details import PersonDetails
from phb.people.kinds import Scope
from phb.people.models import CommunicationNeed, Person
from phb.people.needs import vocabulary
from phb.people.operations import Characteristics, NeedNotFoundError
from phb.web.asking import ask
from phb.web.care import words
from phb.web.care.offering import offering
from phb.web.care.registering import NEEDS, DetailsFields
from phb.web.care.revising import RevisedForm, filled, revise
from phb.web.forms import Choice, Day, Needed, PageForm, Words
from phb.web.rendering import render

details = Blueprint("details", __name__, url_prefix="/people/<uuid:person_id>")


class AmendForm(RevisedForm, DetailsFields):
    """Everything that is written down."""

    question = "Details"
    died_on = Day("Date of death", hint="Only if they have died. It ends who acted for them and their own sign-in.")

    @property
    def details(self) -> PersonDetails:
        """The person as the form describes them."""
        return replace(super().details, died_on=self.died_on.data)


class NeedForm(PageForm):
    """A need, from a day on."""

    question = "Add a communication need"
    button = "Add this need"
    code = Choice("Which need?", options=NEEDS, validators=[Needed("Choose a need")])
    start_on = Day("From which day?", hint="For example, 27 3 2026", validators=[Needed("Enter the first day")])


class EndForm(PageForm):
    """The first day without it."""

    question = "End this need"
    button = "End it"
    on = Day(
        "From which day is it no longer needed?",
        hint="For example, 27 3 2026",
        validators=[Needed("Enter the first day without it")],
    )


class CharacteristicsForm(RevisedForm):
    """What the person chose to tell; a line for each of `words.CHARACTERISTICS`."""

    question = "Protected characteristics"
    hint = "Write only what the person chose to tell. Leave the rest empty."


for _name, _text in words.CHARACTERISTICS.items():
    setattr(CharacteristicsForm, _name, Words(_text, longest=200))


@details.route("/details", methods=["GET", "POST"])
@needs(Permission.PEOPLE_WRITE)
def amend(person_id: UUID) -> Response:
    """Change a person's details."""
    with begin_request() as uow:
        row = queries.person(uow.session, uow.actor, person_id, uow.today, Scope.RECORD)
    kind = offering(AmendForm, language=_languages(row))
    form = filled(kind, _stored(row), version=row.version)
    return revise(
        form,
        lambda uow: operations.amend_person(uow, person_id, form.details, version=form.version_read),
        then=lambda _: _shown(person_id),
        back=_shown(person_id),
        above=row.full_name,
    )


@details.route("/needs/new", methods=["GET", "POST"])
@needs(Permission.PEOPLE_WRITE)
def add_need(person_id: UUID) -> Response:
    """Add a communication need."""
    with begin_request() as uow:
        row = queries.person(uow.session, uow.actor, person_id, uow.today, Scope.RECORD)
        form = NeedForm(data={"start_on": uow.today})
    return ask(
        form,
        lambda uow: operations.record_need(uow, person_id, form.code.data, start_on=form.start_on.data),
        then=lambda _: _shown(person_id),
        said="The need is recorded.",
        back=_shown(person_id),
        above=row.full_name,
    )


@details.route("/needs/<uuid:need_id>/end", methods=["GET", "POST"])
@needs(Permission.PEOPLE_WRITE)
def end_need(person_id: UUID, need_id: UUID) -> Response:
    """End a communication need."""
    with begin_request() as uow:
        row = queries.person(uow.session, uow.actor, person_id, uow.today, Scope.RECORD)
        known = queries.communication_needs(uow.session, uow.actor, person_id, uow.today)
        need = _one(known, need_id)
        form = EndForm(data={"on": uow.today}, version=need.version)
    return ask(
        form,
        lambda uow: operations.end_need(uow, need_id, on=form.on.data, version=form.version_read),
        then=lambda _: _shown(person_id),
        said="The need is ended.",
        back=_shown(person_id),
        above=row.full_name,
        sentences=[f"{vocabulary()[need.code].words}."],
    )


@details.route("/characteristics")
@needs(Permission.CHARACTERISTICS_READ)
def characteristics(person_id: UUID) -> Response:
    """Show what a person told of their protected characteristics."""
    with begin_request() as uow:
        row = queries.person(uow.session, uow.actor, person_id, uow.today, Scope.RECORD)
        told = queries.characteristics(uow.session, uow.actor, person_id, uow.today)
    return render(
        "care/characteristics.html.jinja",
        title="Protected characteristics",
        above=row.full_name,
        back=_shown(person_id),
        person=row,
        told=[(text, getattr(told, name, None)) for name, text in words.CHARACTERISTICS.items()],
        may_write=current_actor().may(Permission.CHARACTERISTICS_WRITE),
    )


@details.route("/characteristics/change", methods=["GET", "POST"])
@needs(Permission.CHARACTERISTICS_WRITE)
def tell(person_id: UUID) -> Response:
    """Record what a person told of their protected characteristics."""
    with begin_request() as uow:
        row = queries.person(uow.session, uow.actor, person_id, uow.today, Scope.RECORD)
        told = queries.characteristics(uow.session, uow.actor, person_id, uow.today)
    names = list(words.CHARACTERISTICS)
    stored = {name: getattr(told, name, None) or "" for name in names}
    form = filled(CharacteristicsForm, stored, version=told.version if told else 0)
    shown = url_for("web.care.details.characteristics", person_id=person_id)
    return revise(
        form,
        lambda uow: operations.record_characteristics(
            uow,
            person_id,
            Characteristics(**{name: form[name].data or None for name in names}),
            version=form.version_read,
        ),
        then=lambda _: shown,
        back=shown,
        above=row.full_name,
    )


def _shown(person_id: UUID) -> str:
    return url_for("web.care.people.shown", person_id=person_id)


def _languages(row: Person) -> list[tuple[str, str]]:
    """Return the languages to choose from, with the person's own where it is another."""
    return words.options({**words.LANGUAGES, row.language: words.language(row.language)})


def _stored(row: Person) -> dict[str, Any]:
    return {
        "given_names": row.given_names,
        "family_name": row.family_name,
        "date_of_birth": row.date_of_birth,
        "nhs_number": str(row.nhs_number or ""),
        "trace_status": row.trace_status if row.nhs_number else "",
        "address_lines": "\n".join(row.address_lines),
        "postcode": row.postcode or "",
        "statement_format": row.statement_format,
        "language": row.language,
        "died_on": row.died_on,
    }


def _one(known: list[CommunicationNeed], need_id: UUID) -> CommunicationNeed:
    for need in known:
        if need.id == need_id:
            return need
    raise NeedNotFoundError("There is no such communication need. Look at the person's record.")
