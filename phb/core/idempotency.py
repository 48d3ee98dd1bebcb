"""A request's key and what it answered, so that a retry repeats nothing."""

from hashlib import sha256
from typing import Any

from sqlalchemy import text

from phb.core.errors import ConflictError, RuleViolationError
from phb.core.uow import UnitOfWork

FIND = text("SELECT user_id, body_hash, status, answer FROM idempotent_request WHERE key = :key")
# The lock tells a request that is still running from one that has answered; it ends with the transaction.
CLAIM = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:commissioner_id || :key, 0))")
KEEP = text(
    "INSERT INTO idempotent_request (commissioner_id, key, user_id, body_hash, status, answer, recorded_at)"
    " VALUES (:commissioner_id, :key, :user_id, :body_hash, :status, CAST(:answer AS jsonb), :recorded_at)"
)


class StillRunningError(ConflictError):
    """The first request with this key has not answered yet."""

    code = "still-running"
    stops_duplicate = True


class KeyUsedForAnotherRequestError(RuleViolationError):
    """The key was used before, with another body or by somebody else."""

    code = "key-used-for-another-request"
    stops_duplicate = True


def earlier_answer(uow: UnitOfWork, body: bytes) -> tuple[int, dict[str, Any]] | None:
    """Return the status and answer that this request's key already gave, or None when it is new.

    From here to the end of the transaction, nobody else can begin a request with the same key.

    Raises:
        StillRunningError: the same key is being answered right now.
        KeyUsedForAnotherRequestError: the key belongs to another body, or to another user.
    """
    names = {"commissioner_id": str(uow.commissioner_id), "key": str(uow.request_id)}
    if not uow.session.scalar(CLAIM, names):
        raise StillRunningError("The same request is still running. Wait a moment and send it again unchanged.")
    row = uow.session.execute(FIND, {"key": uow.request_id}).first()
    if row is None:
        return None
    if (row.user_id, row.body_hash) != (uow.actor.user_id, sha256(body).digest()):
        raise KeyUsedForAnotherRequestError(
            "This Idempotency-Key was used for another request. Send that one unchanged, or use a new key."
        )
    return row.status, row.answer


def keep_answer(uow: UnitOfWork, body: bytes, status: int, answer: str) -> None:
    """Store what the request answered (JSON text), in the transaction that did the work."""
    uow.session.execute(
        KEEP,
        {
            "commissioner_id": uow.commissioner_id,
            "key": uow.request_id,
            "user_id": uow.actor.user_id,
            "body_hash": sha256(body).digest(),
            "status": status,
            "answer": answer,
            "recorded_at": uow.now,
        },
    )
