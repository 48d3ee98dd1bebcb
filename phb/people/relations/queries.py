"""Who acts for a person and who of the service may see them, by name, as the person is told it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from phb.core.actor import Actor, Role
from phb.people import queries
from phb.people.kinds import RelationKind, Scope
from phb.people.models import Organisation, Person, Relation, User
from phb.people.standing.models import DirectPaymentConsent
from phb.people.standing.queries import consents

OF_THE_SERVICE = tuple(role for role in Role if role in queries.SEE_EVERYBODY and role is not Role.SYSTEM)
"""The roles of the service whose holders may see everybody's record."""


@dataclass(frozen=True)
class Tie:
    """A relation, and the name of whoever acts in it."""

    relation: Relation
    name: str

    def holds_on(self, day: date) -> bool:
        """Say whether they act on a day."""
        row = self.relation
        return row.start_on <= day and (row.end_on is None or day < row.end_on)


@dataclass(frozen=True)
class Access:
    """Who acts or acted for a person, the newest first, and the consents to a direct payment, where these are shown."""

    ties: Sequence[Tie]
    consents: Sequence[DirectPaymentConsent]


def access_to(session: Session, actor: Actor, person_id: UUID, on: date) -> Access:
    """Return who may see and act for a person; consents only for whom the person's decisions are open.

    Raises:
        PersonNotFoundError: absent, or the person's record is not the actor's to see.
    """
    found = queries.relations(session, actor, person_id, on)
    names = _names(session, found)
    decisions = Scope.DECISIONS in queries.open_parts(session, actor, person_id, on)
    given = consents(session, actor, person_id, on) if decisions else []
    return Access([Tie(row, names[row.id]) for row in found], given)


def coordinator_of(session: Session, person_id: UUID, on: date) -> str | None:
    """Return the name of a person's care co-ordinator on a day; ask for the person first."""
    for row in queries.relations_in_force(session, person_id, RelationKind.CARE_COORDINATOR, on):
        return session.scalars(select(User.name).where(User.id == row.user_id)).first()
    return None


def _names(session: Session, found: Iterable[Relation]) -> dict[UUID, str]:
    """Return the name of the other party of each relation."""
    party = select(Relation.id, Person, Organisation.name, User.name).where(Relation.id.in_([row.id for row in found]))
    rows = session.execute(
        party.outerjoin(Person, Person.id == Relation.acting_person_id)
        .outerjoin(Organisation, Organisation.id == Relation.organisation_id)
        .outerjoin(User, User.id == Relation.user_id)
    )
    return {
        relation_id: person.full_name if person else organisation or user
        for relation_id, person, organisation, user in rows
    }
