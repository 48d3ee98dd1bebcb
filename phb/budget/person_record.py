"""One person as those who plan and judge their care know them: details, needs, who acts, assessments, budgets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from phb.budget.assessments.models import Assessment, IndicativeBudget
from phb.budget.assessments.queries import visible_assessments, visible_indicative_budgets
from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.queries import visible_budgets
from phb.core.actor import Actor
from phb.people import queries as people
from phb.people.kinds import Scope
from phb.people.models import CommunicationNeed, Person
from phb.people.relations.queries import Access, access_to
from phb.people.standing import queries as standing
from phb.people.standing.models import CapacityAssessment, Exclusion


@dataclass(frozen=True)
class PersonRecord:
    """A person with everything of theirs that the reader may see; what is of a part that is closed to them is empty.

    `parts` are those that are open. Everything is newest first.
    """

    person: Person
    parts: frozenset[Scope]
    needs: Sequence[CommunicationNeed]
    access: Access
    capacity: Sequence[CapacityAssessment]
    exclusions: Sequence[Exclusion]
    assessments: Sequence[Assessment]
    estimates: Sequence[IndicativeBudget]
    budgets: Sequence[PersonalHealthBudget]


def person_record(session: Session, actor: Actor, person_id: UUID, on: date) -> PersonRecord:
    """Return a person's record as far as it is open to an actor on a day.

    Raises:
        PersonNotFoundError: absent, or not the actor's to know of.
    """
    person, parts = people.person(session, actor, person_id, on), people.open_parts(session, actor, person_id, on)
    details, decisions = Scope.RECORD in parts, Scope.DECISIONS in parts
    return PersonRecord(
        person=person,
        parts=parts,
        needs=people.communication_needs(session, actor, person_id, on) if details else (),
        access=access_to(session, actor, person_id, on) if details else Access((), ()),
        capacity=standing.capacity_assessments(session, actor, person_id, on) if decisions else (),
        exclusions=standing.exclusions(session, actor, person_id, on) if decisions else (),
        assessments=_assessments(session, actor, person_id, on),
        estimates=estimates_of(session, actor, person_id, on),
        budgets=_budgets(session, actor, person_id, on),
    )


def estimates_of(session: Session, actor: Actor, person_id: UUID, on: date) -> Sequence[IndicativeBudget]:
    """Return the first estimates of a person's budget that an actor may see, newest first."""
    row = IndicativeBudget
    found = visible_indicative_budgets(actor, on).where(row.person_id == person_id)
    return session.scalars(found.order_by(row.set_at.desc(), row.id)).all()


def _assessments(session: Session, actor: Actor, person_id: UUID, on: date) -> Sequence[Assessment]:
    row = Assessment
    found = visible_assessments(actor, on).where(row.person_id == person_id)
    return session.scalars(found.order_by(row.assessed_on.desc(), row.recorded_at.desc(), row.id)).all()


def _budgets(session: Session, actor: Actor, person_id: UUID, on: date) -> Sequence[PersonalHealthBudget]:
    row = PersonalHealthBudget
    found = visible_budgets(actor, on).where(row.person_id == person_id)
    return session.scalars(found.order_by(row.start_on.desc(), row.reference)).all()
