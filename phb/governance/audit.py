"""Record what was done, by whom and why; nothing personal goes into the facts."""

import re
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from moneyed import Money

from phb.core.uow import UnitOfWork
from phb.governance.models import AuditEvent

Fact: TypeAlias = UUID | Money | datetime | date | bool | int | str | None


class Read(StrEnum):
    """The actions that only read what is about a person."""

    RECORD = "record.looked_at"
    STATEMENT = "statement.read"
    STATEMENT_AGAIN = "statement.read_again"


class Stopped(StrEnum):
    """The actions that tell of something that was not done twice."""

    REFUSED = "duplicate.refused"
    REPEATED = "request.repeated"


READS = tuple(Read)
LARGEST_COUNT = 10**9 - 1  # An NHS number has ten digits.
_CODE = re.compile(r"[a-z][a-z0-9_.:-]{0,99}")


def record(
    uow: UnitOfWork,
    action: str,
    subject_kind: str,
    subject_id: UUID,
    *,
    person_id: UUID | None = None,
    reason: str | None = None,
    **facts: Fact,
) -> None:
    """Write an audit event in the unit of work that does what it tells.

    Args:
        uow: whose actor, instant and request the event carries.
        action: past tense, for example "budget.signed_off".
        subject_kind: what it was done to, for example "budget".
        subject_id: its id.
        person_id: the person it is about, so that they can be told who did what.
        reason: why, in the words of the actor.
        facts: ids, codes in small letters, dates, counts and amounts; never a name, an NHS number or bank details.

    Raises:
        ValueError: a fact is none of these: what people write goes into the reason.
    """
    actor = uow.actor
    uow.session.add(
        AuditEvent(
            commissioner_id=uow.commissioner_id,
            recorded_at=uow.now,
            user_id=actor.user_id,
            roles=sorted(actor.roles),
            organisation_id=actor.organisation_id,
            request_id=uow.request_id,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            person_id=person_id,
            reason=reason,
            facts={name: _as_json(name, value) for name, value in facts.items()},
        )
    )


def _as_json(name: str, fact: Fact) -> str | int | None:
    """Return a fact as it is stored; the table's own check refuses other shapes too."""
    match fact:
        case datetime():
            return fact.astimezone(UTC).isoformat()
        case UUID() | date():
            return str(fact)
        case Money():
            return f"{fact.amount:.2f}"
        case int() if abs(fact) <= LARGEST_COUNT:
            return fact
        case None:
            return None
        case str() if _CODE.fullmatch(fact):
            return str(fact)
        case _:
            raise ValueError(f"the fact “{name}” of an audit event is no id, code, date, count or amount")
