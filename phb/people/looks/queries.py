"""Who looked at somebody's record: what the person is told by role and organisation, and what is kept from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Select, cast, exists, func, select
from sqlalchemy.orm import Session, aliased

from phb.core.actor import Actor, Permission
from phb.governance.audit import READS
from phb.governance.models import AuditEvent
from phb.people.kinds import Scope
from phb.people.looks.models import WithheldLook, WithheldLookEnd
from phb.people.models import Organisation, User
from phb.people.queries import person


@dataclass(frozen=True)
class Looks:
    """How often somebody of a role and organisation looked at a record on one day."""

    day: date
    roles: tuple[str, ...]
    organisation: str | None
    count: int


@dataclass(frozen=True)
class Looker:
    """Somebody who looked at a record, when last, and how often; kept from the person while one is withheld."""

    user_id: UUID
    name: str
    last_at: datetime
    count: int
    withheld: WithheldLook | None


def looks_told(session: Session, actor: Actor, person_id: UUID, on: date) -> list[Looks]:
    """Return who looked at a person's record, the newest day first, as the person may be told it.

    The person's own looks are not in it, nor what is withheld from them.

    Raises:
        PersonNotFoundError: absent, or the person's record is not the actor's to see.
    """
    found = person(session, actor, person_id, on, Scope.RECORD)
    event, kept = AuditEvent, WithheldLook
    day = cast(func.timezone("Europe/London", event.recorded_at), Date)
    withheld = _withheld(found.id).where(kept.user_id == event.user_id)
    rows = session.execute(
        _looks(found.id)
        .with_only_columns(day, event.roles, Organisation.name, func.count(event.request_id.distinct()))
        .outerjoin(
            Organisation,
            (Organisation.commissioner_id == event.commissioner_id) & (Organisation.id == event.organisation_id),
        )
        .where(~withheld.exists())
        .group_by(day, event.roles, Organisation.name)
        .order_by(day.desc(), event.roles, Organisation.name)
    )
    return [Looks(day, tuple(roles), organisation, count) for day, roles, organisation, count in rows]


def lookers(session: Session, actor: Actor, person_id: UUID, on: date) -> list[Looker]:
    """Return who looked at a person's record by name, the last to look first, and whose looks are withheld.

    Raises:
        MissingPermissionError: the actor does not decide what is withheld.
        PersonNotFoundError: absent, or the person's record is not the actor's to see.
    """
    actor.require(Permission.LOOKS_WITHHOLD)
    found = person(session, actor, person_id, on, Scope.RECORD)
    event = AuditEvent
    withheld = {row.user_id: row for row in session.scalars(_withheld(found.id))}
    rows = session.execute(
        _looks(found.id)
        .with_only_columns(
            event.user_id, User.name, func.max(event.recorded_at), func.count(event.request_id.distinct())
        )
        .join(User, (User.commissioner_id == event.commissioner_id) & (User.id == event.user_id))
        .group_by(event.user_id, User.name)
        .order_by(func.max(event.recorded_at).desc(), User.name)
    )
    return [Looker(user_id, name, last_at, count, withheld.get(user_id)) for user_id, name, last_at, count in rows]


def withheld_now(session: Session, person_id: UUID) -> Sequence[WithheldLook]:
    """Return what is withheld from a person now; ask for the person first."""
    return session.scalars(_withheld(person_id).order_by(WithheldLook.review_on, WithheldLook.id)).all()


def _looks(person_id: UUID) -> Select[AuditEvent]:
    event, user = AuditEvent, aliased(User)
    of_event = (user.commissioner_id == event.commissioner_id) & (user.id == event.user_id)
    own = exists().where(of_event, user.person_id == person_id)
    return select(event).where(event.person_id == person_id, event.action.in_(READS), ~own)


def _withheld(person_id: UUID) -> Select[WithheldLook]:
    row, end = WithheldLook, WithheldLookEnd
    ended = exists().where(end.commissioner_id == row.commissioner_id, end.withheld_id == row.id)
    return select(row).where(row.person_id == person_id, ~ended)
