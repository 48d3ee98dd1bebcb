"""The scheme of delegation: who may sign off how much, from when."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from moneyed import Money
from sqlalchemy import or_, select
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


def history(session: Session) -> Sequence[DelegationLimit]:
    """Return every limit proposed or confirmed, by role and day."""
    order = (DelegationLimit.role, DelegationLimit.effective_from, DelegationLimit.proposed_at)
    return session.scalars(select(DelegationLimit).order_by(*order)).all()


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
    row = uow.session.get(DelegationLimit, (uow.commissioner_id, limit_id), with_for_update=True)
    if row is None:
        raise LimitNotFoundError("There is no such proposed limit. Check the scheme of delegation.")
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


def limit_of(session: Session, actor: Actor, on: date) -> DelegationLimit | None:
    """Return the limit an actor holds on a day: their own where they have one, else their roles' highest."""
    row = DelegationLimit
    held = session.scalars(
        select(row)
        .where(
            row.role.in_(actor.roles),
            or_(row.user_id.is_(None), row.user_id == actor.user_id),
            row.effective_from <= on,
            row.confirmed_by.is_not(None),
        )
        .order_by(row.effective_from, row.confirmed_at, row.ordinal)
    ).all()
    in_force = {(limit.role, limit.user_id): limit for limit in held}
    own = [limit for (_, user_id), limit in in_force.items() if user_id is not None]
    return max(own or in_force.values(), key=lambda limit: limit.limit, default=None)


def require_within_limit(uow: UnitOfWork, value: Money) -> DelegationLimit:
    """Return the limit that lets the actor sign off a value today, or refuse.

    Raises:
        OverLimitError: the actor has no limit, or the value is above it.
    """
    limit = limit_of(uow.session, uow.actor, uow.today)
    if limit is None:
        raise OverLimitError(
            "The scheme of delegation gives you no limit today. Ask an approver who has one to sign this off.",
            value=value,
        )
    rules = policy.read(uow.session, DelegationPolicy, uow.today)
    if value > limit.limit or (value == limit.limit and not rules.limit_included):
        raise OverLimitError(
            f"This is worth {format_pounds(value)} and you may sign off up to {format_pounds(limit.limit)}. "
            "Ask an approver with a higher limit.",
            value=value,
            limit=limit.limit,
        )
    return limit


def _require_sensible(role: Role, limit: Money) -> None:
    if Permission.BUDGET_SIGN_OFF_FINANCE not in ROLE_PERMISSIONS[role]:
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
