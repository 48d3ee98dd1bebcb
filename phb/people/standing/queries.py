"""May a direct payment be made to this person at all: what payments' checklist reads."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from phb.core.actor import Actor
from phb.people import queries
from phb.people.kinds import Consenter, RelationKind, Scope
from phb.people.models import Person, Relation
from phb.people.standing.models import CapacityAssessment, DirectPaymentConsent, Exclusion, ExclusionGround
from phb.people.standing.rules import who_must_consent


def consent_in_force(session: Session, person_id: UUID, on: date) -> DirectPaymentConsent | None:
    """Return the consent that lets a direct payment be made on a day, or None.

    A child's, or that of somebody who lacks capacity, comes from a representative who still acts on that day; anybody
    else's from themselves: a representative's consent no longer counts from the sixteenth birthday, or once capacity
    is regained. Source: SI 2013/1617 regs 3 to 5, 17(1).
    """
    return consents_in_force(session, [person_id], on).get(person_id)


def consents_in_force(session: Session, person_ids: Collection[UUID], on: date) -> dict[UUID, DirectPaymentConsent]:
    """Return the consents that let direct payments be made on a day, by person; see consent_in_force()."""
    needed = _needed(session, person_ids, on)
    acting = _representing(session, person_ids, on)
    row = DirectPaymentConsent
    given = session.scalars(
        select(row)
        .where(
            row.person_id.in_(person_ids),
            row.given_on <= on,
            or_(row.withdrawn_on.is_(None), row.withdrawn_on > on),
        )
        .order_by(row.given_on, row.id)
    )
    found: dict[UUID, DirectPaymentConsent] = {}
    for consent in given:
        by = needed[consent.person_id]
        if consent.given_by == by and (by is Consenter.PERSON or consent.relation_id in acting):
            found.setdefault(consent.person_id, consent)
    return found


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


def excluded_people(session: Session, person_ids: Collection[UUID], on: date) -> set[UUID]:
    """Return those of some people who may not receive or manage a direct payment on a day."""
    row = Exclusion
    in_force = (row.start_on <= on) & or_(row.end_on.is_(None), row.end_on > on)
    return set(session.scalars(select(row.person_id).where(row.person_id.in_(person_ids), in_force)))


def capacity(session: Session, person_id: UUID, on: date) -> CapacityAssessment | None:
    """Return the assessment of capacity that counts on a day; None means capacity is presumed."""
    return capacities(session, [person_id], on).get(person_id)


def capacities(session: Session, person_ids: Collection[UUID], on: date) -> dict[UUID, CapacityAssessment]:
    """Return the assessments of capacity that count on a day, by person; see capacity()."""
    row = CapacityAssessment
    newest = (
        select(row)
        .where(row.person_id.in_(person_ids), row.assessed_on <= on)
        .ext(distinct_on(row.person_id))
        .order_by(row.person_id, row.assessed_on.desc(), row.recorded_at.desc(), row.id)
    )
    return {found.person_id: found for found in session.scalars(newest)}


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


def _needed(session: Session, person_ids: Collection[UUID], on: date) -> dict[UUID, Consenter]:
    """Return whose consent counts on a day, for each of some people."""
    assessed = capacities(session, person_ids, on)
    born = session.execute(select(Person.id, Person.date_of_birth).where(Person.id.in_(person_ids)))
    return {person_id: who_must_consent(day, assessed.get(person_id), on) for person_id, day in born}


def _representing(session: Session, person_ids: Collection[UUID], on: date) -> set[UUID]:
    """Return the relations by which somebody represents one of some people on a day."""
    row = Relation
    is_representing = row.kind == RelationKind.REPRESENTATIVE
    mine = row.person_id.in_(person_ids)
    return set(session.scalars(select(row.id).where(mine, is_representing, queries.in_force(on))))
