"""Messages written with the work and delivered after it commits: at least once, each under one delivery key.

A message says what kind it is, to which user it goes, and facts: ids, codes, dates and counts. Who delivers it looks
up the address and finds the words, so nothing personal is kept here. Waiting follows real time.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from phb.core.clock import SystemClock
from phb.core.uow import UnitOfWork

FIRST_WAIT = timedelta(minutes=1)  # doubled after every failure
MOST_ATTEMPTS = 10  # the last one comes eight and a half hours after the first

ADD = text("""
    INSERT INTO outbox_message (commissioner_id, key, kind, recipient_id, facts, written_at, try_at)
    VALUES (:commissioner_id, :key, :kind, :recipient_id, CAST(:facts AS jsonb), :now, :real_now)
    ON CONFLICT (commissioner_id, key) DO NOTHING
""")
WITHDRAW = text("""
    UPDATE outbox_message SET state = 'withdrawn', ended_at = :real_now
    WHERE state = 'waiting' AND kind = :kind AND recipient_id = ANY(:recipients)
""")
# Another process that is delivering a message holds its row, so this one takes the next.
TAKE = text("""
    SELECT id, key, kind, recipient_id, facts, written_at, attempts FROM outbox_message
    WHERE state = 'waiting' AND try_at <= :real_now ORDER BY try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
""")
END = text("""
    UPDATE outbox_message SET state = :state, attempts = :attempts, try_at = coalesce(:try_at, try_at),
        ended_at = :ended_at
    WHERE commissioner_id = :commissioner_id AND id = :id
""")
IS_READY = text("SELECT EXISTS (SELECT FROM outbox_message WHERE state = 'waiting' AND try_at <= :real_now)")
COUNT_WAITING = text("SELECT count(*) FROM outbox_message WHERE state = 'waiting'")


class MessageState(StrEnum):
    """Where a message stands; a withdrawn one was overtaken, or has nowhere to go."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class DeliveryError(Exception):
    """The channel could not take a message; it is tried again later."""


@dataclass(frozen=True)
class Message:
    """What is delivered: the channel keeps what came under a key before from being sent twice."""

    key: UUID
    kind: str
    recipient_id: UUID
    facts: Mapping[str, Any]
    written_at: datetime


def add(uow: UnitOfWork, kind: str, recipient_id: UUID, *, key: UUID, **facts: date | UUID | int | str) -> bool:
    """Write a message in the unit of work; return False where its key wrote one before.

    Args:
        uow: the message is delivered only once it has committed.
        kind: decides the words.
        recipient_id: a user.
        key: the same for the same message, whoever writes it and however often.
        facts: ids, codes in small letters, dates and counts; the table refuses anything else.
    """
    written = {
        "commissioner_id": uow.commissioner_id,
        "key": key,
        "kind": kind,
        "recipient_id": recipient_id,
        "facts": json.dumps(facts, default=str),
        "now": uow.now,
        "real_now": SystemClock().now(),
    }
    return bool(uow.session.execute(ADD, written).rowcount)  # type: ignore[attr-defined]  # of an INSERT


def withdraw(uow: UnitOfWork, kind: str, recipient_ids: Collection[UUID]) -> int:
    """Take back the messages of a kind that still wait for some users, because a newer one says more."""
    names = {"kind": kind, "recipients": list(recipient_ids), "real_now": SystemClock().now()}
    return int(uow.session.execute(WITHDRAW, names).rowcount)  # type: ignore[attr-defined]  # of an UPDATE


def deliver_next(uow: UnitOfWork, hand_over: Callable[[Message], bool], *, real_now: datetime) -> MessageState | None:
    """Deliver the message that has waited longest, in a unit of work of its own; None when nothing waits.

    Args:
        uow: commits after the message was handed over: cut off in between, it is handed over once more.
        hand_over: delivers it, or returns False where it has nowhere to go.
        real_now: which messages may be tried.
    """
    row = uow.session.execute(TAKE, {"real_now": real_now}).first()
    if row is None:
        return None
    message = Message(row.key, row.kind, row.recipient_id, row.facts, row.written_at)
    try:
        state = MessageState.DELIVERED if hand_over(message) else MessageState.WITHDRAWN
    except DeliveryError:
        state = MessageState.WAITING if row.attempts + 1 < MOST_ATTEMPTS else MessageState.FAILED
    is_over = state is not MessageState.WAITING
    ended = {
        "commissioner_id": uow.commissioner_id,
        "id": row.id,
        "state": state,
        "attempts": row.attempts + 1,
        "try_at": None if is_over else real_now + FIRST_WAIT * 2**row.attempts,
        "ended_at": real_now if is_over else None,
    }
    uow.session.execute(END, ended)
    return state


def is_ready(session: Session, real_now: datetime) -> bool:
    """Say whether a message may be tried now."""
    return bool(session.scalar(IS_READY, {"real_now": real_now}))


def count_waiting(session: Session) -> int:
    """Return how many messages wait, tried or not."""
    return int(session.scalar(COUNT_WAITING) or 0)
