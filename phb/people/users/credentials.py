"""Set passwords, issue and revoke tokens."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from phb.core.actor import SYSTEM_USER_ID, Permission
from phb.core.clock import Clock, SystemClock
from phb.core.errors import NotFoundError, PermissionDeniedError, RuleViolationError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.governance.permissions import permissions_of
from phb.people.kinds import TokenScope
from phb.people.models import User
from phb.people.saving import save
from phb.people.users import passwords, queries
from phb.people.users.models import AccessToken, Credential
from phb.people.users.tokens import hash_of, new_token

LONGEST_TOKEN = timedelta(days=366)


class WrongPasswordError(PermissionDeniedError):
    """The present password is not that."""

    code = "wrong-password"


class OwnTokensError(PermissionDeniedError):
    """A token is for oneself, and never wider than what one signed in with."""

    code = "own-tokens"


class TokenLifeError(RuleViolationError):
    """A token would last for ever, or not at all."""

    code = "token-life"


class TokenNotFoundError(NotFoundError):
    """There is no such token, or it is somebody else's."""

    code = "token-not-found"


@dataclass(frozen=True)
class IssuedToken:
    """A token, shown this once, and what is stored of it."""

    token: str
    row: AccessToken


def set_password(uow: UnitOfWork, user_id: UUID, password: str) -> None:
    """Set another user's password, which they must change when they sign in; their tokens end.

    Raises:
        UserNotFoundError: there is no such user.
        PasswordRuleError: it is too short, too long or holds the name.
    """
    uow.actor.require(Permission.USER_WRITE)
    row = queries.user(uow.session, uow.actor, user_id)
    _store_password(uow, row, password, must_change=uow.actor.user_id != SYSTEM_USER_ID)
    revoke_tokens(uow, row.id)


def change_own_password(uow: UnitOfWork, *, old: str, new: str) -> None:
    """Change the actor's own password; tokens issued before go on until they expire or are revoked.

    Raises:
        WrongPasswordError: the old one is not that.
        PasswordRuleError: the new one is too short, too long or holds the name.
    """
    row = queries.user(uow.session, uow.actor, uow.actor.user_id)
    stored = uow.session.get(Credential, (uow.commissioner_id, row.id))
    if not passwords.matches(stored.password_hash if stored else None, old):
        raise WrongPasswordError("This is not your present password. Type it again.", field="old")
    _store_password(uow, row, new, must_change=False)


def replace_password(uow: UnitOfWork, row: User, password: str) -> None:
    """Store, within signing in, the password a user chose in place of one that somebody else chose."""
    _store_password(uow, row, password, must_change=False)


def issue_token(
    uow: UnitOfWork,
    user_id: UUID,
    *,
    scope: TokenScope,
    label: str,
    lasts: timedelta,
    real_clock: Clock | None = None,
) -> IssuedToken:
    """Issue a bearer token to the actor themselves; the person at the shell issues them for anybody.

    Args:
        uow: the unit of work.
        user_id: who will act with it.
        scope: a read token lets nothing be changed.
        label: what it is for, as its owner calls it.
        lasts: by real time, whatever the installation's clock says; at most a year.
        real_clock: given by tests alone.

    Raises:
        OwnTokensError: it is for somebody else, or wider than what the actor signed in with.
        TokenLifeError: it would last no time, or too long.
    """
    row = queries.user(uow.session, uow.actor, user_id)
    if uow.actor.user_id != SYSTEM_USER_ID:
        _require_own_width(uow, user_id, scope)
    return store_token(uow, row.id, scope=scope, label=label, lasts=lasts, real_clock=real_clock)


def store_token(
    uow: UnitOfWork, user_id: UUID, *, scope: TokenScope, label: str, lasts: timedelta, real_clock: Clock | None
) -> IssuedToken:
    """Store, within signing in or issuing, a new token of a user.

    Raises:
        TokenLifeError: it would last no time, or too long.
    """
    if not timedelta(0) < lasts <= LONGEST_TOKEN:
        raise TokenLifeError(f"A token lasts between a moment and {LONGEST_TOKEN.days} days.", field="lasts")
    now = (real_clock or SystemClock()).now()
    token = new_token(uow.commissioner_id)
    stored = AccessToken(
        commissioner_id=uow.commissioner_id,
        user_id=user_id,
        token_hash=hash_of(token),
        scope=scope,
        label=label,
        issued_at=now,
        expires_at=now + lasts,
    )
    save(uow, {}, stored)
    audit.record(uow, "token.issued", "access_token", stored.id, user=user_id, scope=scope, expires=stored.expires_at)
    return IssuedToken(token, stored)


def revoke_token(uow: UnitOfWork, token_id: UUID, *, real_clock: Clock | None = None) -> AccessToken:
    """Revoke one of the actor's own tokens, or for an administrator anybody's; revoked once, it stays so.

    Raises:
        TokenNotFoundError: there is no such token, or it is somebody else's.
    """
    row = uow.session.get(AccessToken, (uow.commissioner_id, token_id), with_for_update=True)
    if row is None or not (row.user_id == uow.actor.user_id or uow.actor.may(Permission.USER_WRITE)):
        raise TokenNotFoundError("There is no such token. Check the list of tokens.")
    if row.revoked_at is None:
        row.revoked_at = (real_clock or SystemClock()).now()
        audit.record(uow, "token.revoked", "access_token", row.id, user=row.user_id)
    return row


def sign_out(uow: UnitOfWork, token: str) -> None:
    """Revoke the token that the actor acts with, so that a copy of it is of no use."""
    row = uow.session.scalar(select(AccessToken).where(AccessToken.token_hash == hash_of(token)))
    if row is not None:
        revoke_token(uow, row.id)


def revoke_tokens(uow: UnitOfWork, user_id: UUID, *, real_clock: Clock | None = None) -> None:
    """Revoke, within another operation, every token a user has."""
    row = AccessToken
    for token in uow.session.scalars(select(row).where(row.user_id == user_id, row.revoked_at.is_(None))):
        token.revoked_at = (real_clock or SystemClock()).now()
        audit.record(uow, "token.revoked", "access_token", token.id, user=user_id)


def _store_password(uow: UnitOfWork, row: User, password: str, *, must_change: bool) -> None:
    passwords.check_password(password, row.sign_in_name)
    stored = uow.session.get(Credential, (uow.commissioner_id, row.id), with_for_update=True)
    if stored is None:
        stored = Credential(commissioner_id=uow.commissioner_id, user_id=row.id)
    stored.password_hash = passwords.hashed(password)
    stored.must_change, stored.set_at = must_change, uow.now
    save(uow, {}, stored)
    audit.record(uow, "password.set", "user", row.id, must_change=must_change)


def _require_own_width(uow: UnitOfWork, user_id: UUID, scope: TokenScope) -> None:
    if user_id != uow.actor.user_id:
        raise OwnTokensError("A token lets somebody act as its owner, so only they can ask for it.")
    if scope is TokenScope.WRITE and not uow.actor.permissions >= permissions_of(uow.actor.roles):
        raise OwnTokensError("You signed in with a token that may only read, so it cannot give one that may change.")
