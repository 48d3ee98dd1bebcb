"""One scheduler at a time in a database: a lock that ends with the process that holds it, however it ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from phb.core.errors import ConflictError

SCHEDULER_LOCK = 7_040_303
TAKE = text("SELECT pg_try_advisory_lock(:key)")
STILL_THERE = text(
    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = :key AND pid = pg_backend_pid())"
)


class SchedulerLock:
    """The lock, on a connection of its own that is never in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take(self) -> bool:
        """Take the lock, or return False while another process holds it."""
        return bool(self._connection.scalar(TAKE, {"key": SCHEDULER_LOCK}))

    def require(self) -> None:
        """Make sure that the lock is still held.

        Raises:
            LockLostError: it is not: the connection was made anew.
            OperationalError: the connection is gone, and the lock with it.
        """
        if not self._connection.scalar(STILL_THERE, {"key": SCHEDULER_LOCK}):
            raise LockLostError("The connection that kept other schedulers away was lost. Start this one again.")


class LockLostError(ConflictError):
    """Another scheduler may be at work by now."""

    code = "scheduler-lock-lost"


@contextmanager
def scheduler_lock(engine: Engine) -> Iterator[SchedulerLock]:
    """Open the connection for the lock; closing it gives the lock back."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            yield SchedulerLock(connection)
        finally:
            connection.invalidate()  # A pooled connection would stay open, and the lock with it.
