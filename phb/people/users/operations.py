"""Add users, give and end their roles."""

import re
from datetime import date
from uuid import UUID

from sqlalchemy import select

from phb.core.actor import Permission, Role
from phb.core.errors import ConflictError, PermissionDeniedError, RuleViolationError
from phb.core.period import DatesWrongWayRoundError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.people.details import check_term
from phb.people.kinds import OrganisationKind
from phb.people.models import Organisation, Person, User, UserRole
from phb.people.saving import Change, Put, require_version, save
from phb.people.users import queries
from phb.people.users.credentials import set_password
from phb.people.users.queries import RoleNotFoundError
from phb.people.users.roles import Held, check_role

SIGN_IN_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{2,63}")


class SignInNameError(RuleViolationError):
    """A sign-in name has other signs than it may have."""

    code = "sign-in-name"


class SignInNameTakenError(ConflictError):
    """Somebody in this installation signs in with this name."""

    code = "sign-in-name-taken"


class UnknownPartyError(RuleViolationError):
    """The person or organisation a user is tied to is not registered."""

    code = "unknown-party"


class RoleHeldAlreadyError(ConflictError):
    """The user holds the role on some of these days."""

    code = "role-held-already"


class RoleEndedAlreadyError(ConflictError):
    """The role ends by then already."""

    code = "role-ended-already"


class OwnRolesError(PermissionDeniedError):
    """Nobody gives roles to themselves."""

    code = "own-roles"


def add_user(
    uow: UnitOfWork, *, sign_in_name: str, name: str, person_id: UUID | None = None, password: str | None = None
) -> User:
    """Add somebody who signs in.

    Args:
        uow: the unit of work.
        sign_in_name: unique in the installation; kept in small letters.
        name: as colleagues and letters show it.
        person_id: the person they are, for who the service is for and who acts for them; also for staff who are one
            of the service's people, so that their own record stays hidden from them.
        password: a first one, to be changed at the first sign-in unless the person at the shell chose it.

    Raises:
        SignInNameError, SignInNameTakenError, UnknownPartyError, PasswordRuleError: what does not fit.
    """
    uow.actor.require(Permission.USER_WRITE)
    tidy = sign_in_name.strip().lower()
    if not SIGN_IN_NAME.fullmatch(tidy) or not name.strip():
        raise SignInNameError(
            "Give a name, and a sign-in name of 3 to 64 letters, digits or . _ @ + - that starts with a letter or "
            "digit; an e-mail address will do.",
            field="sign_in_name",
        )
    if person_id is not None and uow.session.get(Person, (uow.commissioner_id, person_id)) is None:
        raise UnknownPartyError("Register this person first.", field="person_id")
    row = User(commissioner_id=uow.commissioner_id, sign_in_name=tidy, name=name.strip(), person_id=person_id)
    taken = SignInNameTakenError("Somebody signs in with this name. Choose another one.", field="sign_in_name")
    save(uow, {"uq_user_account_sign_in_name": taken}, row)
    audit.record(uow, "user.added", "user", row.id, person_id=person_id)
    if password is not None:
        set_password(uow, row.id, password)
    return row


def put_user(uow: UnitOfWork, sign_in_name: str, *, name: str, person_id: UUID | None = None) -> Put[User]:
    """Add the user with a sign-in name, or change their name or person; the same again changes nothing."""
    uow.actor.require(Permission.USER_WRITE)
    row = uow.session.scalar(select(User).where(User.sign_in_name == sign_in_name.strip().lower()).with_for_update())
    if row is None:
        return Put(add_user(uow, sign_in_name=sign_in_name, name=name, person_id=person_id), Change.ADDED)
    if (row.name, row.person_id) == (name.strip(), person_id):
        return Put(row, Change.UNCHANGED)
    if person_id is not None and uow.session.get(Person, (uow.commissioner_id, person_id)) is None:
        raise UnknownPartyError("Register this person first.", field="person_id")
    row.name, row.person_id = name.strip(), person_id
    save(uow, {})
    audit.record(uow, "user.amended", "user", row.id, person_id=person_id)
    return Put(row, Change.CHANGED)


def grant_role(
    uow: UnitOfWork,
    user_id: UUID,
    role: Role,
    *,
    organisation_id: UUID,
    start_on: date,
    end_on: date | None = None,
    sees_from: date | None = None,
) -> UserRole:
    """Give a user a role at an organisation, from a day up to another.

    Args:
        uow: the unit of work.
        user_id: who; never the actor themselves.
        role: any but the system's.
        organisation_id: the one they act for.
        start_on: the first day.
        end_on: the first day without it; None while it is open.
        sees_from: the first day whose records the role opens; `start_on` when left out.

    Raises:
        OwnRolesError: the actor is the user.
        UserNotFoundError, UnknownPartyError: one of them is not registered.
        RoleNotThereError, RolesDoNotMixError, DatesWrongWayRoundError, RoleHeldAlreadyError: it does not fit.
    """
    uow.actor.require(Permission.USER_WRITE)
    if user_id == uow.actor.user_id:
        raise OwnRolesError("Nobody gives roles to themselves. Ask another administrator.")
    check_term(start_on, end_on, sees_from)
    row = queries.user(uow.session, uow.actor, user_id)
    uow.session.refresh(row, with_for_update=True)
    where = uow.session.get(Organisation, (uow.commissioner_id, organisation_id))
    if where is None:
        raise UnknownPartyError("Register this organisation first.", field="organisation_id")
    held = uow.session.scalars(select(UserRole).where(UserRole.user_id == row.id))
    check_role(
        Held(role, where.id, start_on, end_on),
        OrganisationKind(where.kind),
        is_a_person=row.person_id is not None,
        others=[Held(Role(r.role), r.organisation_id, r.start_on, r.end_on) for r in held if r.role != role],
    )
    granted = UserRole(
        commissioner_id=uow.commissioner_id,
        user_id=row.id,
        organisation_id=where.id,
        role=role,
        start_on=start_on,
        end_on=end_on,
        sees_from=sees_from or start_on,
        granted_by=uow.actor.user_id,
    )
    save(uow, {"ex_user_role_once": RoleHeldAlreadyError("The user holds this role on some of these days.")}, granted)
    audit.record(uow, "role.granted", "user_role", granted.id, role=role, user=row.id, start_on=start_on, end_on=end_on)
    return granted


def put_role(
    uow: UnitOfWork,
    user_id: UUID,
    role: Role,
    *,
    organisation_id: UUID,
    start_on: date,
    end_on: date | None = None,
    sees_from: date | None = None,
) -> Put[UserRole]:
    """Give a role, or end the one held there from the same day when that is new; the same again changes nothing."""
    uow.actor.require(Permission.USER_WRITE)
    row = UserRole
    known = uow.session.scalar(
        select(row).where(
            row.user_id == user_id, row.role == role, row.start_on == start_on, row.organisation_id == organisation_id
        )
    )
    if known is None:
        granted = grant_role(
            uow, user_id, role, organisation_id=organisation_id, start_on=start_on, end_on=end_on, sees_from=sees_from
        )
        return Put(granted, Change.ADDED)
    if end_on is None or known.end_on == end_on:
        return Put(known, Change.UNCHANGED)
    return Put(end_role(uow, known.id, on=end_on), Change.CHANGED)


def end_role(uow: UnitOfWork, role_id: UUID, *, on: date, version: int | None = None) -> UserRole:
    """End a role; `on` is the first day without it.

    Raises:
        RoleNotFoundError, ChangedMeanwhileError, RoleEndedAlreadyError, DatesWrongWayRoundError.
    """
    uow.actor.require(Permission.USER_WRITE)
    row = uow.session.get(UserRole, (uow.commissioner_id, role_id), with_for_update=True)
    if row is None:
        raise RoleNotFoundError("There is no such role. Check the user's roles.")
    require_version(row, version)
    if on < row.start_on:
        raise DatesWrongWayRoundError("The role cannot end before it starts. Give a later day.", field="on")
    if row.end_on is not None and row.end_on <= on:
        raise RoleEndedAlreadyError(f"This role ends on {row.end_on:%-d %B %Y} already. Give an earlier day.")
    row.end_on = on
    save(uow, {})
    audit.record(uow, "role.ended", "user_role", row.id, role=row.role, user=row.user_id, on=on)
    return row
