"""The scheme of delegation: who may sign off how much, from when."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy import select
from sqlalchemy.orm import Session

from phb.core.actor import Actor, Permission, Role
from phb.core.change import Change, Put
from phb.core.errors import NotFoundError, PermissionDeniedError, RuleViolationError
from phb.core.money import format_pounds
from phb.core.uow import UnitOfWork
from phb.governance import audit, policy
from phb.governance.models import DelegationLimit
from phb.governance.permissions import ROLE_PERMISSIONS
from phb.governance.policies import DelegationPolicy

ROLES_WITH_A_LIMIT = tuple(role for role in Role if Permission.BUDGET_SIGN_OFF_FINANCE in ROLE_PERMISSIONS[role])


class LimitNotFoundError(NotFoundError):
    """There is no such proposed limit."""

    code = "limit-not-found"


class LimitBelowNilError(RuleViolationError):
    """A limit is an amount of nil or more."""

    code = "limit-below-nil"


class RoleHasNoLimitError(RuleViolationError):
    """The role signs nothing off, so a limit would mean nothing."""

    code = "role-has-no-limit"


class OverLimitError(PermissionDeniedError):
    """The value is above what the approver may sign off."""

    code = "over-limit"


@dataclass(frozen=True)
class Scheme:
    """The limits in force on a day, by role and by the user they are for alone, and how they are applied."""

    limits: Mapping[tuple[str, UUID | None], DelegationLimit]
    limit_included: bool

    def limit_of(self, roles: Collection[str], user_id: UUID) -> DelegationLimit | None:
        """Return the limit somebody holds: their own where they have one, else their roles' highest."""
        held = {key: limit for key, limit in self.limits.items() if key[0] in roles and key[1] in {None, user_id}}
        own = [limit for (_, owner), limit in held.items() if owner is not None]
        return max(own or held.values(), key=lambda limit: limit.limit, default=None)

    def covers(self, limit: Money, value: Money) -> bool:
        """Say whether a limit lets its holder sign off a value."""
        return value < limit or (value == limit and self.limit_included)


def history(session: Session) -> Sequence[DelegationLimit]:
    """Return every limit proposed or confirmed, by role and day."""
    order = (DelegationLimit.role, DelegationLimit.effective_from, DelegationLimit.proposed_at)
    return session.scalars(select(DelegationLimit).order_by(*order)).all()


def limit(session: Session, actor: Actor, limit_id: UUID) -> DelegationLimit:
    """Return a limit that was proposed or confirmed.

    Raises:
        LimitNotFoundError: there is none.
    """
    return _found(session.get(DelegationLimit, (actor.commissioner_id, limit_id)))


def propose_limit(
    uow: UnitOfWork, role: Role, limit: Money, *, effective_from: date, source: str, user_id: UUID | None = None
) -> DelegationLimit:
    """Propose what a role, or one user in it, may sign off from a day on; a second administrator confirms it.

    A limit ends when a later one begins; a later one of nil ends it for good.

    Raises:
        RoleHasNoLimitError: nobody in the role signs off money.
        LimitBelowNilError: the limit is negative.
        SourceNeededError: nothing says where it was decided.
    """
    uow.actor.require(Permission.POLICY_PROPOSE)
    _require_sensible(role, limit)
    policy.require_source(source)
    row = DelegationLimit(
        commissioner_id=uow.commissioner_id,
        role=role,
        user_id=user_id,
        limit=limit,
        effective_from=effective_from,
        source=source,
        proposed_by=uow.actor.user_id,
        proposed_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    _record(uow, "proposed", row, reason=source)
    return row


def confirm_limit(uow: UnitOfWork, limit_id: UUID) -> DelegationLimit:
    """Put a proposed limit in force.

    Raises:
        LimitNotFoundError: there is no such proposal.
        ConfirmedAlreadyError, ConfirmOwnProposalError: as for a policy.
    """
    uow.actor.require(Permission.POLICY_CONFIRM)
    row = _found(uow.session.get(DelegationLimit, (uow.commissioner_id, limit_id), with_for_update=True))
    policy.require_second_administrator(uow, row.proposed_by, row.confirmed_by)
    row.confirmed_by, row.confirmed_at = uow.actor.user_id, uow.now
    _record(uow, "confirmed", row)
    return row


def put_limit(
    uow: UnitOfWork, role: Role, limit: Money, *, effective_from: date, source: str, user_id: UUID | None = None
) -> Put[DelegationLimit]:
    """Propose a limit, or confirm it where another administrator proposed the same; a third time, nothing.

    Raises:
        RoleHasNoLimitError, LimitBelowNilError, SourceNeededError: as propose_limit() raises.
    """
    uow.actor.require(Permission.POLICY_PROPOSE)
    row = DelegationLimit
    known = uow.session.scalars(
        select(row)
        .where(
            row.role == role,
            row.limit == limit,
            row.effective_from == effective_from,
            row.source == source,
            row.user_id.is_not_distinct_from(user_id),
        )
        .order_by(row.proposed_at)
    ).first()
    if known is None:
        new = propose_limit(uow, role, limit, effective_from=effective_from, source=source, user_id=user_id)
        return Put(new, Change.ADDED)
    if known.confirmed_by is not None or known.proposed_by == uow.actor.user_id:
        return Put(known, Change.UNCHANGED)
    return Put(confirm_limit(uow, known.id), Change.CHANGED)


def scheme_on(session: Session, on: date) -> Scheme:
    """Return the scheme of delegation of a day."""
    row = DelegationLimit
    query = select(row).where(row.effective_from <= on, row.confirmed_by.is_not(None))
    held = session.scalars(query.order_by(row.effective_from, row.confirmed_at, row.ordinal))
    rules = policy.read(session, DelegationPolicy, on)
    return Scheme({(limit.role, limit.user_id): limit for limit in held}, rules.limit_included)


def limit_of(session: Session, actor: Actor, on: date) -> DelegationLimit | None:
    """Return the limit an actor holds on a day: their own where they have one, else their roles' highest."""
    return scheme_on(session, on).limit_of(actor.roles, actor.user_id)


def within_limit(session: Session, actor: Actor, value: Money, on: date) -> DelegationLimit:
    """Return the limit that lets an actor sign off a value on a day, or refuse.

    Raises:
        OverLimitError: the actor has no limit, or the value is above it.
    """
    scheme = scheme_on(session, on)
    limit = scheme.limit_of(actor.roles, actor.user_id)
    if limit is None:
        raise OverLimitError(
            "The scheme of delegation gives you no limit today. Ask an approver who has one to sign this off.",
            value=value,
        )
    if not scheme.covers(limit.limit, value):
        raise OverLimitError(
            f"This is worth {format_pounds(value)} and you may sign off up to {format_pounds(limit.limit)}. "
            "Ask an approver with a higher limit.",
            value=value,
            limit=limit.limit,
        )
    return limit


def require_within_limit(uow: UnitOfWork, value: Money) -> DelegationLimit:
    """Return the limit that lets the actor sign off a value today, or refuse.

    Raises:
        OverLimitError: the actor has no limit, or the value is above it.
    """
    return within_limit(uow.session, uow.actor, value, uow.today)


def _found(row: DelegationLimit | None) -> DelegationLimit:
    if row is None:
        raise LimitNotFoundError("There is no such proposed limit. Check the scheme of delegation.")
    return row


def _require_sensible(role: Role, limit: Money) -> None:
    if role not in ROLES_WITH_A_LIMIT:
        raise RoleHasNoLimitError(
            f"The role “{role}” does not sign off money, so it has no limit. Choose a role that does.", field="role"
        )
    if limit.amount < 0:
        raise LimitBelowNilError(
            "A limit cannot be below nil. Give the largest sum that may be signed off.", field="limit"
        )


def _record(uow: UnitOfWork, past: str, row: DelegationLimit, *, reason: str | None = None) -> None:
    audit.record(
        uow,
        f"delegation.{past}",
        "delegation_limit",
        row.id,
        reason=reason,
        role=row.role,
        user_id=row.user_id,
        limit=row.limit,
        effective_from=row.effective_from,
    )
