"""Users and their roles; an administrator or auditor sees all, everybody else themselves."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from phb.core.actor import SYSTEM_USER_ID, Actor, Permission
from phb.core.errors import NotFoundError
from phb.people.models import User, UserRole
from phb.people.users.models import AccessToken

ITSELF = "the service itself"


class UserNotFoundError(NotFoundError):
    """There is no such user, or the actor may not know of them."""

    code = "user-not-found"


class RoleNotFoundError(NotFoundError):
    """There is no such role of a user."""

    code = "role-not-found"


def visible_users(actor: Actor) -> Select[User]:
    """Return the users an actor may see."""
    query = select(User).where(User.commissioner_id == actor.commissioner_id)
    if actor.may(Permission.ADMINISTRATION_READ) or actor.may(Permission.USER_WRITE):
        return query
    return query.where(User.id == actor.user_id)


def user(session: Session, actor: Actor, user_id: UUID) -> User:
    """Return a user the actor may see.

    Raises:
        UserNotFoundError: absent, or not theirs to know of.
    """
    found = session.scalars(visible_users(actor).where(User.id == user_id)).first()
    if found is None:
        raise UserNotFoundError("There is no such user. Check the list of users.")
    return found


def user_by_sign_in_name(session: Session, actor: Actor, sign_in_name: str) -> User:
    """Return the commissioner's user with a sign-in name.

    Raises:
        UserNotFoundError: absent, or not the actor's to know of.
    """
    found = session.scalars(visible_users(actor).where(User.sign_in_name == sign_in_name.lower())).first()
    if found is None:
        raise UserNotFoundError("There is no user with this sign-in name. Check the list of users.")
    return found


def names_of(session: Session, actor: Actor, user_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return what users are called by their ids: whoever may see a step may know who took it."""
    ids = {user_id for user_id in user_ids if user_id is not None}
    query = select(User.id, User.name).where(User.commissioner_id == actor.commissioner_id, User.id.in_(ids))
    return {SYSTEM_USER_ID: ITSELF} | dict(session.execute(query).all())


def roles(session: Session, actor: Actor, user_id: UUID) -> Sequence[UserRole]:
    """Return the roles a user held, holds or will hold, newest first."""
    user(session, actor, user_id)
    query = select(UserRole).where(UserRole.user_id == user_id)
    return session.scalars(query.order_by(UserRole.start_on.desc(), UserRole.role, UserRole.id)).all()


def role(session: Session, actor: Actor, user_id: UUID, role_id: UUID) -> UserRole:
    """Return one role of a user.

    Raises:
        UserNotFoundError, RoleNotFoundError: absent, or not theirs to know of.
    """
    found = next((row for row in roles(session, actor, user_id) if row.id == role_id), None)
    if found is None:
        raise RoleNotFoundError("There is no such role. Check the user's roles.")
    return found


def roles_of_users(session: Session, actor: Actor, user_ids: Iterable[UUID]) -> dict[UUID, list[UserRole]]:
    """Return the roles that users whom an actor may see held, hold or will hold, by user, newest first."""
    mine = visible_users(actor).where(User.id.in_(set(user_ids))).with_only_columns(User.id)
    query = select(UserRole).where(UserRole.user_id.in_(mine))
    found = defaultdict[UUID, list[UserRole]](list)
    for row in session.scalars(query.order_by(UserRole.start_on.desc(), UserRole.role, UserRole.id)):
        found[row.user_id].append(row)
    return found


def roles_in_force(session: Session, user_id: UUID, on: date) -> Sequence[UserRole]:
    """Return the roles a user holds on a day; for signing in, so without an actor."""
    row = UserRole
    query = select(row).where(row.user_id == user_id, row.start_on <= on, or_(row.end_on.is_(None), row.end_on > on))
    return session.scalars(query.order_by(row.role)).all()


def tokens(session: Session, actor: Actor, user_id: UUID) -> Sequence[AccessToken]:
    """Return a user's tokens, newest first, as far as they are stored: never the token itself."""
    user(session, actor, user_id)
    query = select(AccessToken).where(AccessToken.user_id == user_id)
    return session.scalars(query.order_by(AccessToken.issued_at.desc(), AccessToken.id)).all()
