"""The one reader of a commissioner's dated settings, and the two steps that change them."""

import re
from collections.abc import Sequence
from dataclasses import Field, fields
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar, get_type_hints
from uuid import UUID

from moneyed import Money
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from phb.core.actor import Actor, Permission
from phb.core.change import Change, Put
from phb.core.errors import ConflictError, NotFoundError, PermissionDeniedError, RuleViolationError
from phb.core.money import as_json as money_as_json
from phb.core.money import pounds
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.governance.models import PolicySetting
from phb.governance.policies import POLICIES, Policy

P = TypeVar("P", bound=Policy)

MOST_LETTERS = 500
NEWEST = (PolicySetting.effective_from.desc(), PolicySetting.confirmed_at.desc(), PolicySetting.ordinal.desc())
_NOT_ON_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class UnknownPolicyError(NotFoundError):
    """There is no policy of that name."""

    code = "unknown-policy"


class PolicyValueError(RuleViolationError):
    """A value does not fit the policy's fields."""

    code = "policy-value"


class SourceNeededError(RuleViolationError):
    """A change does not say where it was decided."""

    code = "source-needed"


class PolicyNotFoundError(NotFoundError):
    """There is no such proposal."""

    code = "policy-not-found"


class ConfirmedAlreadyError(ConflictError):
    """The proposal was confirmed before."""

    code = "confirmed-already"


class ConfirmOwnProposalError(PermissionDeniedError):
    """Who proposed a change may not confirm it."""

    code = "confirm-own-proposal"


def read(session: Session, policy: type[P], on: date) -> P:
    """Return a commissioner's policy as it is in force on a day, or its defaults.

    This is the only reader of settings; the session decides whose they are. Of two values from the same day,
    the one confirmed later is in force, and of two confirmed at one instant the one proposed later.
    """
    row = session.scalars(_newest_in_force(on).where(PolicySetting.name == policy.name).limit(1)).first()
    return parse(policy, row.value) if row else policy()


def in_force(session: Session, on: date) -> dict[str, PolicySetting]:
    """Return the confirmed values in force on a day, by policy; one that is left out has its defaults."""
    newest_last = reversed(session.scalars(_newest_in_force(on)).all())
    return {row.name: row for row in newest_last}


def history(session: Session) -> Sequence[PolicySetting]:
    """Return every value proposed or confirmed, by policy and day."""
    order = (PolicySetting.name, PolicySetting.effective_from, PolicySetting.proposed_at)
    return session.scalars(select(PolicySetting).order_by(*order)).all()


def named(name: str) -> type[Policy]:
    """Return the policy of a name.

    Raises:
        UnknownPolicyError: no policy has it.
    """
    policy = POLICIES.get(name)
    if policy is None:
        raise UnknownPolicyError(f"There is no policy “{name}”. Choose one of {', '.join(sorted(POLICIES))}.")
    return policy


def proposal(session: Session, actor: Actor, setting_id: UUID) -> PolicySetting:
    """Return a value that was proposed or confirmed.

    Raises:
        PolicyNotFoundError: there is none.
    """
    return _found(session.get(PolicySetting, (actor.commissioner_id, setting_id)))


def propose(uow: UnitOfWork, name: str, value: dict[str, Any], *, effective_from: date, source: str) -> PolicySetting:
    """Propose a policy's value from a day on; nothing changes until a second administrator confirms it.

    Raises:
        UnknownPolicyError: no policy has that name.
        PolicyValueError: a field is unknown or does not fit.
        SourceNeededError: nothing says where it was decided.
    """
    uow.actor.require(Permission.POLICY_PROPOSE)
    require_source(source)
    policy = named(name)
    row = PolicySetting(
        commissioner_id=uow.commissioner_id,
        name=name,
        value=as_json(parse(policy, value)),
        effective_from=effective_from,
        source=source,
        proposed_by=uow.actor.user_id,
        proposed_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    audit.record(uow, "policy.proposed", "policy", row.id, reason=source, name=name, effective_from=effective_from)
    return row


def confirm(uow: UnitOfWork, setting_id: UUID) -> PolicySetting:
    """Put a proposed value in force.

    Raises:
        PolicyNotFoundError: there is no such proposal.
        ConfirmedAlreadyError: it is in force.
        ConfirmOwnProposalError: the actor proposed it.
    """
    uow.actor.require(Permission.POLICY_CONFIRM)
    row = _found(uow.session.get(PolicySetting, (uow.commissioner_id, setting_id), with_for_update=True))
    require_second_administrator(uow, row.proposed_by, row.confirmed_by)
    row.confirmed_by, row.confirmed_at = uow.actor.user_id, uow.now
    audit.record(uow, "policy.confirmed", "policy", row.id, name=row.name, effective_from=row.effective_from)
    return row


def _found(row: PolicySetting | None) -> PolicySetting:
    if row is None:
        raise PolicyNotFoundError("There is no such proposal. Check the list of proposed policies.")
    return row


def put_policy(
    uow: UnitOfWork, name: str, value: dict[str, Any], *, effective_from: date, source: str
) -> Put[PolicySetting]:
    """Propose a policy's value, or confirm it where another administrator proposed the same; a third time, nothing.

    Raises:
        UnknownPolicyError, PolicyValueError, SourceNeededError: as propose() raises.
    """
    uow.actor.require(Permission.POLICY_PROPOSE)
    row = PolicySetting
    same = select(row).where(row.name == name, row.effective_from == effective_from, row.source == source)
    policy = POLICIES.get(name)
    wanted = None if policy is None else as_json(parse(policy, value))
    for known in uow.session.scalars(same.order_by(row.proposed_at)):
        if known.value == wanted:
            if known.confirmed_by is not None or known.proposed_by == uow.actor.user_id:
                return Put(known, Change.UNCHANGED)
            return Put(confirm(uow, known.id), Change.CHANGED)
    return Put(propose(uow, name, value, effective_from=effective_from, source=source), Change.ADDED)


def _newest_in_force(on: date) -> Select[PolicySetting]:
    row = PolicySetting
    return select(row).where(row.effective_from <= on, row.confirmed_by.is_not(None)).order_by(*NEWEST)


def require_second_administrator(uow: UnitOfWork, proposed_by: UUID, confirmed_by: UUID | None) -> None:
    """Refuse to confirm twice, or by the one who proposed.

    Raises:
        ConfirmedAlreadyError, ConfirmOwnProposalError.
    """
    if confirmed_by is not None:
        raise ConfirmedAlreadyError("This change was confirmed before and is in force.")
    if proposed_by == uow.actor.user_id:
        raise ConfirmOwnProposalError("You proposed this change, so a second administrator must confirm it.")


def require_source(source: str) -> None:
    """Refuse a change that does not say who decided it, where.

    Raises:
        SourceNeededError: the source is empty, too long or holds more than words.
    """
    if not _is_words(source):
        raise SourceNeededError(
            "Say where this was decided, for example “Finance committee, 14 May 2026”, in 500 letters or fewer.",
            field="source",
        )


def parse(policy: type[P], value: dict[str, Any]) -> P:
    """Return a policy from JSON; fields left out take their defaults.

    Raises:
        PolicyValueError: a field is unknown or does not fit.
    """
    types = get_type_hints(policy)
    known = {entry.name: entry for entry in fields(policy)}
    for name in value:
        if name not in known:
            raise PolicyValueError(
                f"The policy “{policy.name}” has no field “{name}”. Its fields are {', '.join(sorted(known))}.",
                field=name,
            )
    return policy(**{name: _parse_field(types[name], known[name], given) for name, given in value.items()})


def _parse_field(kind: type, entry: "Field[Any]", given: object) -> object:
    value = _convert(kind, given)
    if type(value) is not kind or not _is_sensible(value, entry):
        raise PolicyValueError(f"What is given does not fit “{entry.name}”: {describe(kind, entry)}.", field=entry.name)
    return value


def _convert(kind: type, given: object) -> object:
    """Return JSON as what a field holds, or as it came where it does not fit."""
    if issubclass(kind, StrEnum) and given in list(kind):
        return kind(str(given))
    if kind is Money:
        match given:
            case {"amount": str(text), "currency": "GBP", **more} if not more:
                return _pounds_or_none(text)
            case str(text):
                return _pounds_or_none(text)
    return given


def _pounds_or_none(text: str) -> Money | None:
    try:
        return pounds(text)
    except RuleViolationError:
        return None


def _is_sensible(value: object, entry: "Field[Any]") -> bool:
    match value:
        case Money():
            return bool(entry.metadata["at_least"] <= value.amount <= entry.metadata["at_most"])
        case int():
            return bool(entry.metadata["at_least"] <= value <= entry.metadata["at_most"])
        case _:
            return _is_words(str(value))


def _is_words(text: str) -> bool:
    return bool(text.strip()) and len(text) <= MOST_LETTERS and not _NOT_ON_A_LINE.search(text)


def describe(kind: type, entry: "Field[Any]") -> str:
    """Return what a field of a policy may hold, in words."""
    least, most = entry.metadata["at_least"], entry.metadata["at_most"]
    if issubclass(kind, StrEnum):
        return f"it is one of {', '.join(kind)}"
    if kind is Money:
        return f"it is pounds and pence from {least}.00 to {most:,}.00, such as 25.00"
    if kind is bool:
        return "it is true or false"
    if kind is int:
        return f"it is a whole number from {least} to {most:,}"
    return f"it is words on one line, {MOST_LETTERS} letters or fewer"


def as_json(policy: Policy) -> dict[str, Any]:
    """Return a policy as JSON; parse() reads it back."""
    return {entry.name: value_as_json(getattr(policy, entry.name)) for entry in fields(policy)}


def value_as_json(value: object) -> object:
    """Return the value of one field as JSON."""
    return money_as_json(value) if isinstance(value, Money) else value
