"""Who may sign off how much on a day: the users who sign off money, each with the limit they hold."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from phb.core.actor import Permission
from phb.governance.delegation import Scheme, scheme_on
from phb.governance.permissions import ROLE_PERMISSIONS
from phb.people.models import User, UserRole

SIGNING_ROLES = tuple(role for role, held in ROLE_PERMISSIONS.items() if Permission.BUDGET_SIGN_OFF_FINANCE in held)


@dataclass(frozen=True)
class Approver:
    """Somebody who signs off money, and up to what sum."""

    user_id: UUID
    name: str
    limit: Money


@dataclass(frozen=True)
class Approvers:
    """Everybody who signs off money on a day, the lowest limit first."""

    everybody: tuple[Approver, ...]
    scheme: Scheme

    def who_may(self, value: Money, *, but: frozenset[UUID | None] = frozenset()) -> tuple[Approver, ...]:
        """Return those whose limit lets them sign off a value, without some users."""
        return tuple(one for one in self.everybody if one.user_id not in but and self.scheme.covers(one.limit, value))


def approvers_on(session: Session, on: date) -> Approvers:
    """Return who signs off money on a day; for telling whom to ask, so without an actor."""
    scheme, held = scheme_on(session, on), UserRole
    rows = session.execute(
        select(User.id, User.name, held.role)
        .join(held, held.user_id == User.id)
        .where(held.role.in_(SIGNING_ROLES), held.start_on <= on, or_(held.end_on.is_(None), held.end_on > on))
    ).all()
    found = [
        Approver(user_id, name, limit.limit)
        for user_id, name, role in rows
        if (limit := scheme.limit_of([role], user_id)) is not None
    ]
    return Approvers(tuple(sorted(found, key=lambda one: (one.limit, one.name))), scheme)
