"""Who may be a person's care co-ordinator on a day."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from phb.core.actor import Role
from phb.people.models import User, UserRole


def coordinators_on(session: Session, on: date) -> Sequence[User]:
    """Return the users who hold the role of a care co-ordinator, by name; for choosing one, so without an actor."""
    held = UserRole
    holds = (held.role == Role.CARE_COORDINATOR) & (held.start_on <= on) & or_(held.end_on.is_(None), held.end_on > on)
    coordinators = select(held.user_id).where(holds)
    return session.scalars(select(User).where(User.id.in_(coordinators)).order_by(User.name, User.id)).all()
