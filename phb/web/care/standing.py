"""Whether a direct payment may be made to a person: consent, capacity, exclusion."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

from flask import Blueprint, Response, url_for

from phb.core.actor import Permission
from phb.core.uow import UnitOfWork
from phb.edge.request import begin_request, needs
from phb.people.kinds import RelationKind, Scope
from phb.people.models import Person
from phb.people.queries import person
from phb.people.relations.queries import access_to
from phb.people.standing import operations, queries
from phb.people.standing.models import DirectPaymentConsent, Exclusion
from phb.people.standing.operations import StandingNotFoundError
from phb.web.asking import ask
from phb.web.care.offering import offering
from phb.web.care.standing_forms import (
    FOR_NOW,
    HAS,
    THEMSELVES,
    CapacityForm,
    ConsentForm,
    EndExclusionForm,
    ExclusionForm,
    WithdrawForm,
)
from phb.web.forms import PageForm

standing = Blueprint("standing", __name__, url_prefix="/people/<uuid:person_id>")
Dated = TypeVar("Dated", DirectPaymentConsent, Exclusion)


@standing.route("/consents/new", methods=["GET", "POST"])
@needs(Permission.PEOPLE_WRITE)
def consent(person_id: UUID) -> Response:
    """Record consent to a direct payment."""
    with begin_request() as uow:
        row = _person(uow, person_id)
        ties = access_to(uow.session, uow.actor, person_id, uow.today).ties
    acting = [
        (str(tie.relation.id), f"{tie.name}, who represents them")
        for tie in ties
        if tie.relation.kind == RelationKind.REPRESENTATIVE
    ]
    form = offering(ConsentForm, given_by=[(THEMSELVES, row.full_name), *acting])()
    return _asked(
        form,
        row,
        lambda uow: operations.record_consent(
            uow,
            person_id,
            given_on=form.given_on.data,
            how_recorded=form.how_recorded.data,
            relation_id=None if form.given_by.data == THEMSELVES else UUID(form.given_by.data),
        ),
        said="The consent is recorded.",
    )


@standing.route("/consents/<uuid:consent_id>/withdraw", methods=["GET", "POST"])
@needs(Permission.PEOPLE_WRITE)
def withdraw(person_id: UUID, consent_id: UUID) -> Response:
    """Withdraw a consent."""
    with begin_request() as uow:
        row = _person(uow, person_id)
        found = _one(queries.consents(uow.session, uow.actor, person_id, uow.today), consent_id)
        form = WithdrawForm(data={"on": uow.today}, version=found.version)
    return _asked(
        form,
        row,
        lambda uow: operations.withdraw_consent(uow, consent_id, on=form.on.data, version=form.version_read),
        said="The consent is withdrawn. Direct payments stop from that day.",
        sentences=["Direct payments stop from the day on which consent is withdrawn."],
    )


@standing.route("/capacity/new", methods=["GET", "POST"])
@needs(Permission.PEOPLE_WRITE)
def capacity(person_id: UUID) -> Response:
    """Record what an assessment of capacity found."""
    with begin_request() as uow:
        row = _person(uow, person_id)
    form = CapacityForm()
    return _asked(
        form,
        row,
        lambda uow: operations.record_capacity(
            uow,
            person_id,
            has_capacity=form.found.data == HAS,
            assessed_on=form.assessed_on.data,
            expected_to_return=form.found.data == FOR_NOW,
        ),
        said="It is recorded.",
    )


@standing.route("/exclusions/new", methods=["GET", "POST"])
@needs(Permission.PEOPLE_WRITE)
def exclude(person_id: UUID) -> Response:
    """Record that a ground of exclusion applies to a person."""
    with begin_request() as uow:
        row = _person(uow, person_id)
        known = [(ground.code, ground.description) for ground in queries.grounds(uow.session)]
    form = offering(ExclusionForm, ground=known)()
    return _asked(
        form,
        row,
        lambda uow: operations.record_exclusion(
            uow, person_id, ground=form.ground.data, start_on=form.start_on.data, end_on=form.end_on.data
        ),
        said="The exclusion is recorded.",
    )


@standing.route("/exclusions/<uuid:exclusion_id>/end", methods=["GET", "POST"])
@needs(Permission.PEOPLE_WRITE)
def end_exclusion(person_id: UUID, exclusion_id: UUID) -> Response:
    """End an exclusion."""
    with begin_request() as uow:
        row = _person(uow, person_id)
        found = _one(queries.exclusions(uow.session, uow.actor, person_id, uow.today), exclusion_id)
        form = EndExclusionForm(data={"on": uow.today}, version=found.version)
    return _asked(
        form,
        row,
        lambda uow: operations.end_exclusion(uow, exclusion_id, on=form.on.data, version=form.version_read),
        said="The exclusion is ended.",
    )


def _asked(
    form: PageForm,
    row: Person,
    act: Callable[[UnitOfWork], object],
    *,
    said: str,
    sentences: Sequence[str] = (),
) -> Response:
    shown = url_for("web.care.people.shown", person_id=row.id)
    return ask(form, act, then=lambda _: shown, said=said, back=shown, above=row.full_name, sentences=sentences)


def _person(uow: UnitOfWork, person_id: UUID) -> Person:
    return person(uow.session, uow.actor, person_id, uow.today, Scope.DECISIONS)


def _one(found: Sequence[Dated], wanted: UUID) -> Dated:
    for row in found:
        if row.id == wanted:
            return row
    raise StandingNotFoundError("There is no such record. Look at the person's record.")
