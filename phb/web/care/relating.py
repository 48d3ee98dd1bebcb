"""Let somebody act for a person, question by question, and end it."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, Response, url_for
from sqlalchemy import Select

from phb.core.actor import Permission
from phb.core.uow import UnitOfWork
from phb.edge.request import begin_request, needs
from phb.people import queries
from phb.people.details import PersonDetails
from phb.people.kinds import EndReason, Scope
from phb.people.models import Organisation, Relation
from phb.people.organisations.queries import visible_organisations
from phb.people.registering import relate_somebody_new
from phb.people.relations.operations import RelationNotFoundError, add_relation, end_relation
from phb.people.users.coordinators import coordinators_on
from phb.web.asking import ask
from phb.web.care import words
from phb.web.care.offering import offering
from phb.web.care.relation_form import KNOWN, NEW, RelateForm
from phb.web.care.walking import walk
from phb.web.forms import Choice, Day, Needed, PageForm

relating = Blueprint("relating", __name__, url_prefix="/people/<uuid:person_id>/relations")


class EndForm(PageForm):
    """When it ends and why."""

    question = "When does it end, and why?"
    button = "End it"
    on = Day(
        "From which day do they no longer act?",
        hint="For example, 27 3 2026",
        validators=[Needed("Enter the first day without it")],
    )
    reason = Choice("Why?", options=words.options(words.END_REASONS), validators=[Needed("Choose why it ends")])


@relating.route("/new", methods=["GET", "POST"])
@needs(Permission.PEOPLE_WRITE)
def add(person_id: UUID) -> Response:
    """Let somebody act for a person."""
    with begin_request() as uow:
        row = queries.person(uow.session, uow.actor, person_id, uow.today, Scope.RECORD)
        firms = [(str(one.id), one.name) for one in uow.session.scalars(_firms(uow))]
        colleagues = [(str(one.id), one.name) for one in coordinators_on(uow.session, uow.today)]
    shown = url_for("web.care.people.shown", person_id=person_id)
    kind = offering(RelateForm, organisation_id=firms, user_id=colleagues, basis=words.options(words.BASES))
    bases = kind.continued(home=shown).bases
    form = offering(kind, basis=words.options(words.BASES, bases)).continued(home=shown)
    return walk(
        form,
        lambda uow: _add(uow, person_id, form),
        then=lambda _: shown,
        said="They can act from the first day on.",
        above=row.full_name,
    )


@relating.route("/<uuid:relation_id>/end", methods=["GET", "POST"])
@needs(Permission.PEOPLE_WRITE)
def end(person_id: UUID, relation_id: UUID) -> Response:
    """End what somebody does for a person."""
    with begin_request() as uow:
        row = queries.person(uow.session, uow.actor, person_id, uow.today, Scope.RECORD)
        tie = _relation(uow, person_id, relation_id)
        form = EndForm(data={"on": uow.today}, version=tie.version)
    shown = url_for("web.care.people.shown", person_id=person_id)
    return ask(
        form,
        lambda uow: end_relation(
            uow,
            relation_id,
            on=form.on.data,
            reason=EndReason(form.reason.data),
            version=form.version_read,
        ),
        then=lambda _: shown,
        said="It is ended.",
        back=shown,
        above=row.full_name,
        sentences=[f"{words.RELATIONS[tie.kind]}."],
    )


def _add(uow: UnitOfWork, person_id: UUID, form: RelateForm) -> Relation:
    new = form.relation
    if form.is_of_people and form.who.data == NEW:
        party = PersonDetails(form.given_names.data, form.family_name.data, form.date_of_birth.data)
        return relate_somebody_new(uow, person_id, new, party)
    if form.is_of_people and form.who.data == KNOWN:
        acting = queries.person_by_reference(uow.session, uow.actor, form.acting.data, uow.today)
        new = replace(new, acting_person_id=acting.id)
    return add_relation(uow, person_id, new)


def _firms(uow: UnitOfWork) -> Select[Organisation]:
    row = Organisation
    return visible_organisations(uow.actor).where(row.id != uow.commissioner_id).order_by(row.name, row.id)


def _relation(uow: UnitOfWork, person_id: UUID, relation_id: UUID) -> Relation:
    for tie in queries.relations(uow.session, uow.actor, person_id, uow.today):
        if tie.id == relation_id:
            return tie
    raise RelationNotFoundError("There is no such relation. Look at the person's record.")
