"""Sign in with a name and a password, and tell who acts by a bearer token.

How this stays safe before anybody is known:

- Sign-in names are unique in the installation, so the first question, "whose name is this?", cannot be under one
  commissioner's row-level security. One SECURITY DEFINER function answers it: a whole name in, two ids out. It reads
  through a policy that holds for the tables' owner alone, who cannot log in. Everything after that (the hash, the
  roles, the tokens) is read as the application, under the row-level security of the commissioner it named.
- A token carries its commissioner's id, so it is looked up under that commissioner's row-level security; whoever
  forges the id finds nothing, because the hash of the whole token must be there.
- A wrong name and a wrong password give the same answer after the same work, and wait alike: attempts are counted
  by the hash of the name, known or not. An attempt holds its row's lock until it is decided, so guesses at one name
  go one after the other.
- Expiry and waiting follow real time; which roles are in force follows the installation's clock.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import SYSTEM_USER_ID, Actor, Role
from phb.core.clock import Clock, SystemClock
from phb.core.errors import DomainError, PermissionDeniedError
from phb.core.period import Period
from phb.core.uow import UnitOfWork, begin
from phb.governance import audit
from phb.governance.permissions import permissions_of
from phb.people.kinds import TokenScope
from phb.people.models import User
from phb.people.queries import ALWAYS
from phb.people.users import passwords
from phb.people.users.credentials import replace_password, store_token
from phb.people.users.models import AccessToken, Credential, SignInAttempt
from phb.people.users.queries import roles_in_force
from phb.people.users.tokens import commissioner_of, hash_of, only_reading

SIGNED_IN_FOR = timedelta(hours=12)
ATTEMPTS_KEPT_FOR = timedelta(days=1)
NOBODYS = UUID(int=0)
WHOSE = text("SELECT commissioner_id, user_id FROM whose_sign_in_name(:name)")


class SignInRefusedError(PermissionDeniedError):
    """The name or the password is wrong; which of them is not said."""

    code = "sign-in-refused"


class TooManyAttemptsError(PermissionDeniedError):
    """Too many wrong passwords in a row; `retry_after` says how many seconds to wait."""

    code = "too-many-attempts"


class NewPasswordNeededError(PermissionDeniedError):
    """Somebody else chose the password, so the user must choose one."""

    code = "new-password-needed"


class NoRoleTodayError(PermissionDeniedError):
    """The user holds no role today."""

    code = "no-role-today"


@dataclass(frozen=True)
class SignedIn:
    """A token for the time signed in, shown this once, until when, and who acts with it."""

    token: str
    expires_at: datetime
    actor: Actor


def sign_in(
    sessions: sessionmaker[Session],
    sign_in_name: str,
    password: str,
    *,
    new_password: str | None = None,
    scope: TokenScope = TokenScope.WRITE,
    clock: Clock | None = None,
    real_clock: Clock | None = None,
) -> SignedIn:
    """Sign in and return a token that lasts twelve hours of real time.

    It opens its own unit of work, because a wrong attempt must be counted although it is refused.

    Args:
        sessions: makes the session.
        sign_in_name: in any case of letters.
        password: the present one.
        new_password: takes its place; needed when somebody else chose the present one.
        scope: a read token lets nothing be changed.
        clock: the installation's, given by tests alone.
        real_clock: real time, given by tests alone.

    Raises:
        SignInRefusedError: the name or the password is wrong.
        TooManyAttemptsError: too many wrong passwords in a row; wait.
        NewPasswordNeededError: give a new password too.
        PasswordRuleError: the new password is too short, too long or holds the name.
        NoRoleTodayError: the user's roles have ended or not begun.
    """
    name = sign_in_name.strip().lower()
    real_clock = real_clock or SystemClock()
    commissioner_id, user_id = _whose(sessions, name)
    with begin(sessions, _nobody(commissioner_id), clock=clock) as uow:
        refusal = _attempt(uow, name, user_id, password, real_clock.now())
    if refusal is not None or user_id is None:
        raise refusal or _refused()
    with begin(sessions, _nobody(commissioner_id), clock=clock) as uow:
        return _welcome(uow, user_id, new_password, scope, real_clock)


def actor_of_token(
    sessions: sessionmaker[Session], token: str, *, clock: Clock | None = None, real_clock: Clock | None = None
) -> Actor | None:
    """Return who acts with a token today, or None: unknown, expired by real time, revoked, or without a role today.

    A read token's actor holds only permissions that change nothing.
    """
    commissioner_id = commissioner_of(token)
    if commissioner_id is None:
        return None
    now = (real_clock or SystemClock()).now()
    with begin(sessions, _nobody(commissioner_id), clock=clock) as uow:
        row = uow.session.scalar(
            select(AccessToken).where(
                AccessToken.token_hash == hash_of(token), AccessToken.revoked_at.is_(None), AccessToken.expires_at > now
            )
        )
        if row is None:
            return None
        return actor_of_user(uow.session, row.commissioner_id, row.user_id, uow.today, TokenScope(row.scope))


def actor_named(sessions: sessionmaker[Session], sign_in_name: str, *, clock: Clock | None = None) -> Actor:
    """Return who acts under a sign-in name today, without a password: for the person at the shell alone.

    Raises:
        SignInRefusedError: nobody has the name.
        NoRoleTodayError: they hold no role today.
    """
    commissioner_id, user_id = _whose(sessions, sign_in_name.strip().lower())
    if user_id is None:
        raise SignInRefusedError(f"Nobody signs in as “{sign_in_name}”. Check the list of users.")
    with begin(sessions, _nobody(commissioner_id), clock=clock) as uow:
        return _actor(uow, user_id, TokenScope.WRITE)


def actor_of_user(
    session: Session, commissioner_id: UUID, user_id: UUID, on: date, scope: TokenScope = TokenScope.WRITE
) -> Actor | None:
    """Return a user with the roles they hold on a day, or None when they hold none.

    All are at one organisation, and all hold on that day, so the days any of them opens have no gap between them.
    """
    held = roles_in_force(session, user_id, on)
    if not held:
        return None
    roles = frozenset(Role(row.role) for row in held)
    permissions = permissions_of(roles)
    person_id = session.scalar(select(User.person_id).where(User.id == user_id))
    dated = [row for row in held if row.role != Role.HOLDER] or held
    return Actor(
        user_id=user_id,
        commissioner_id=commissioner_id,
        roles=roles,
        permissions=permissions if scope is TokenScope.WRITE else only_reading(permissions),
        organisation_id=held[0].organisation_id,
        person_id=person_id,
        sees=Period(min(row.sees_from for row in dated), max(row.end_on or ALWAYS.end_on for row in dated)),
    )


def _whose(sessions: sessionmaker[Session], name: str) -> tuple[UUID, UUID | None]:
    with begin(sessions, _nobody(NOBODYS)) as uow:
        found = uow.session.execute(WHOSE, {"name": name}).first()
        return (found.commissioner_id, found.user_id) if found else (NOBODYS, None)


def _nobody(commissioner_id: UUID) -> Actor:
    """Return the actor that looks up who somebody is; it may do nothing else."""
    return Actor(SYSTEM_USER_ID, commissioner_id, frozenset({Role.SYSTEM}), frozenset())


def _attempt(uow: UnitOfWork, name: str, user_id: UUID | None, password: str, now: datetime) -> DomainError | None:
    """Count an attempt and return why it is refused, or None."""
    attempt = _claim(uow, name, now)
    wait = attempt.last_at + passwords.wait_after(attempt.wrong_in_a_row) - now
    if attempt.wrong_in_a_row and wait > timedelta(0):
        seconds = int(wait.total_seconds()) + 1
        return TooManyAttemptsError(
            f"Too many wrong passwords in a row. Wait {seconds} seconds and try again.", retry_after=seconds
        )
    stored = user_id and uow.session.get(Credential, (uow.commissioner_id, user_id))
    attempt.last_at = now
    if passwords.matches(stored.password_hash if stored else None, password):
        attempt.wrong_in_a_row = 0
        return None
    attempt.wrong_in_a_row += 1
    if user_id is not None:
        audit.record(uow, "user.sign_in_refused", "user", user_id, wrong_in_a_row=attempt.wrong_in_a_row)
    return _refused()


def _claim(uow: UnitOfWork, name: str, now: datetime) -> SignInAttempt:
    """Return the count of a name, locked, so that guesses at it wait for each other; forget old ones of others."""
    attempt = SignInAttempt
    name_hash = sha256(name.encode()).digest()
    uow.session.execute(
        delete(attempt).where(attempt.last_at < now - ATTEMPTS_KEPT_FOR, attempt.name_hash != name_hash)
    )
    first = insert(attempt).values(name_hash=name_hash, wrong_in_a_row=0, last_at=now)
    uow.session.execute(first.on_conflict_do_nothing())
    return uow.session.scalars(select(attempt).where(attempt.name_hash == name_hash).with_for_update()).one()


def _welcome(
    uow: UnitOfWork, user_id: UUID, new_password: str | None, scope: TokenScope, real_clock: Clock
) -> SignedIn:
    stored = uow.session.get_one(Credential, (uow.commissioner_id, user_id))
    if stored.must_change and new_password is None:
        raise NewPasswordNeededError(
            "Somebody else chose this password. Choose your own: give it as the new password.", field="new_password"
        )
    user = uow.session.get_one(User, (uow.commissioner_id, user_id))
    actor = _actor(uow, user_id, scope)
    if new_password is not None:
        replace_password(uow, user, new_password)
    issued = store_token(uow, user_id, scope=scope, label="Signed in", lasts=SIGNED_IN_FOR, real_clock=real_clock)
    audit.record(uow, "user.signed_in", "user", user_id, scope=scope)
    return SignedIn(issued.token, issued.row.expires_at.astimezone(UTC), actor)


def _actor(uow: UnitOfWork, user_id: UUID, scope: TokenScope) -> Actor:
    actor = actor_of_user(uow.session, uow.commissioner_id, user_id, uow.today, scope)
    if actor is None:
        raise NoRoleTodayError("You hold no role today. Ask an administrator of your organisation.")
    return actor


def _refused() -> SignInRefusedError:
    return SignInRefusedError("The name or the password is wrong. Type both again.")
