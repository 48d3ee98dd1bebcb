"""Find people, and see one person whole."""

from uuid import UUID

from flask import Blueprint, Response, request, session, url_for
from wtforms import ValidationError

from phb.budget.person_record import person_record
from phb.core.actor import Permission
from phb.core.errors import RuleViolationError
from phb.edge import paging
from phb.edge.request import begin_request, current_actor, needs
from phb.people.finding import SoughtPerson, sought_people
from phb.people.models import Person
from phb.people.needs import vocabulary
from phb.people.nhs_number import NHSNumber
from phb.people.standing.queries import grounds
from phb.web.asking import go
from phb.web.care import words
from phb.web.forms import PageForm, Words
from phb.web.rendering import render

people = Blueprint("people", __name__, url_prefix="/people")
SOUGHT = "sought_person"


class SearchForm(PageForm):
    """What somebody is looked for by; nothing for everybody."""

    question = "Find somebody"
    button = "Search"
    name = Words("Name", hint="Any part of it", width=20, longest=100)
    nhs_number = Words("NHS number", hint="All ten digits", width=20, longest=20)
    reference = Words("Reference", hint="How it begins", width=20, longest=64)

    def validate_nhs_number(self, field: Words) -> None:
        """Refuse what is no NHS number."""
        try:
            nhs_number(field.data)
        except RuleViolationError as error:
            raise ValidationError(error.sentence) from error


@people.route("", methods=["GET", "POST"])
@needs(Permission.PEOPLE_READ)
def listed() -> Response:
    """List the people the reader may see, or those they looked for; what for is in no address."""
    sought = session.get(SOUGHT, {})
    form = SearchForm(data=sought)
    if form.validate_on_submit():
        session[SOUGHT] = {name: form[name].data for name in ("name", "nhs_number", "reference") if form[name].data}
        return go(url_for("web.care.people.listed"))
    with begin_request() as uow:
        wanted = SoughtPerson(sought.get("name", ""), nhs_number(sought.get("nhs_number")), sought.get("reference", ""))
        query = sought_people(uow.actor, uow.today, wanted)
        found = paging.page(uow.session, query, (Person.reference, Person.id), cursor=request.args.get("after"))
    return render(
        "care/people.html.jinja",
        status=422 if form.errors else 200,
        title="People",
        form=form,
        found=found,
        sought=sought,
        may_write=current_actor().may(Permission.PEOPLE_WRITE),
    )


@people.route("/<uuid:person_id>")
@needs(Permission.PEOPLE_READ)
def shown(person_id: UUID) -> Response:
    """Show one person: details, needs, who acts for them, consents, capacity, assessments and budgets."""
    with begin_request() as uow:
        record = person_record(uow.session, uow.actor, person_id, uow.today)
        today, in_law = uow.today, {ground.code: ground.description for ground in grounds(uow.session)}
    return render(
        "care/person.html.jinja",
        title=record.person.full_name,
        record=record,
        person=record.person,
        today=today,
        may={permission.name.lower(): current_actor().may(permission) for permission in Permission},
        vocabulary=vocabulary(),
        grounds=in_law,
        called=words,
    )


def nhs_number(typed: str | None) -> NHSNumber | None:
    """Return the NHS number that was typed, or None where nothing was.

    Raises:
        InvalidNHSNumberError: it is none.
    """
    return NHSNumber.parse(typed) if typed else None
