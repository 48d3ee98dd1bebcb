"""May a direct payment be made to this person at all: what payments' checklist reads."""

from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from phb.core.actor import Actor
from phb.people import queries
from phb.people.kinds import Consenter, RelationKind, Scope
from phb.people.models import Person
from phb.people.standing.models import CapacityAssessment, DirectPaymentConsent, Exclusion, ExclusionGround
from phb.people.standing.rules import who_must_consent


def consent_in_force(session: Session, person_id: UUID, on: date) -> DirectPaymentConsent | None:
    """Return the consent that lets a direct payment be made on a day, or None.

    A child's, or that of somebody who lacks capacity, comes from a representative who still acts on that day; anybody
    else's from themselves: a representative's consent no longer counts from the sixteenth birthday, or once capacity
    is regained. Source: SI 2013/1617 regs 3 to 5, 17(1).
    """
    born = session.scalar(select(Person.date_of_birth).where(Person.id == person_id))
    needed = who_must_consent(born, capacity(session, person_id, on), on)
    given = session.scalars(
        select(DirectPaymentConsent)
        .where(
            DirectPaymentConsent.person_id == person_id,
            DirectPaymentConsent.given_by == needed,
            DirectPaymentConsent.given_on <= on,
            or_(DirectPaymentConsent.withdrawn_on.is_(None), DirectPaymentConsent.withdrawn_on > on),
        )
        .order_by(DirectPaymentConsent.given_on, DirectPaymentConsent.id)
    )
    if needed is Consenter.PERSON:
        return given.first()
    acting = {row.id for row in queries.relations_in_force(session, person_id, RelationKind.REPRESENTATIVE, on)}
    return next((row for row in given if row.relation_id in acting), None)


def exclusion_in_force(session: Session, person_id: UUID, on: date) -> Exclusion | None:
    """Return the ground on which a person may not receive or manage a direct payment on a day, or None."""
    return session.scalars(
        select(Exclusion)
        .where(
            Exclusion.person_id == person_id,
            Exclusion.start_on <= on,
            or_(Exclusion.end_on.is_(None), Exclusion.end_on > on),
        )
        .order_by(Exclusion.start_on, Exclusion.id)
    ).first()


def capacity(session: Session, person_id: UUID, on: date) -> CapacityAssessment | None:
    """Return the assessment of capacity that counts on a day; None means capacity is presumed."""
    row = CapacityAssessment
    return session.scalars(
        select(row)
        .where(row.person_id == person_id, row.assessed_on <= on)
        .order_by(row.assessed_on.desc(), row.recorded_at.desc(), row.id)
    ).first()


def lacks_capacity(session: Session, person_id: UUID, on: date) -> bool:
    """Say whether a person was found to lack capacity to manage a direct payment, as of a day."""
    found = capacity(session, person_id, on)
    return found is not None and not found.has_capacity


def grounds(session: Session) -> list[ExclusionGround]:
    """Return every ground of exclusion there is in law."""
    return list(session.scalars(select(ExclusionGround).order_by(ExclusionGround.code)))


def consents(session: Session, actor: Actor, person_id: UUID, on: date) -> list[DirectPaymentConsent]:
    """Return a person's consents to a direct payment, newest first."""
    queries.person(session, actor, person_id, on, Scope.DECISIONS)
    row = DirectPaymentConsent
    return list(session.scalars(select(row).where(row.person_id == person_id).order_by(row.given_on.desc(), row.id)))


def exclusions(session: Session, actor: Actor, person_id: UUID, on: date) -> list[Exclusion]:
    """Return a person's exclusions, newest first."""
    queries.person(session, actor, person_id, on, Scope.DECISIONS)
    row = Exclusion
    return list(session.scalars(select(row).where(row.person_id == person_id).order_by(row.start_on.desc(), row.id)))


def capacity_assessments(session: Session, actor: Actor, person_id: UUID, on: date) -> list[CapacityAssessment]:
    """Return what was found about a person's capacity, newest first."""
    queries.person(session, actor, person_id, on, Scope.DECISIONS)
    row = CapacityAssessment
    query = select(row).where(row.person_id == person_id)
    return list(session.scalars(query.order_by(row.assessed_on.desc(), row.recorded_at.desc(), row.id)))
