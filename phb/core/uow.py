"""One actor, one instant, one transaction: the only place that commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from uuid import UUID, uuid4, uuid5

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import Actor
from phb.core.clock import Clock, instant_of, london_date

# One question to the database, because each costs as much as a small answer.
SHOW_ROWS_AND_CLOCK = text(
    "SELECT set_config('phb.commissioner_id', :commissioner_id, true), (SELECT clock_at FROM installation)"
)


@dataclass(frozen=True)
class UnitOfWork:
    """What an operation works with.

    `request_id` is the caller's idempotency key where they gave one; every journal and audit event
    of the unit can be traced to it.
    """

    session: Session
    actor: Actor
    now: datetime
    request_id: UUID
    _ordinals: Iterator[int] = field(default_factory=lambda: count(1), repr=False, compare=False)

    @property
    def commissioner_id(self) -> UUID:
        """The commissioner whose rows this unit sees and writes."""
        return self.actor.commissioner_id

    @property
    def today(self) -> date:
        """The date in London."""
        return london_date(self.now)

    def next_key(self) -> UUID:
        """Return the next key of this request: the same request retried derives the same keys in turn."""
        return uuid5(self.request_id, str(next(self._ordinals)))


@contextmanager
def begin(
    sessions: sessionmaker[Session],
    actor: Actor,
    *,
    clock: Clock | None = None,
    request_id: UUID | None = None,
    one_view: bool = False,
) -> Iterator[UnitOfWork]:
    """Open a unit of work that commits when the block ends and rolls back when it raises.

    Args:
        sessions: makes the session; its connections already act as the writer role.
        actor: decides which commissioner's rows the database shows.
        clock: tells the instant; the installation's own clock when left out.
        request_id: the idempotency key of the request, or a new one.
        one_view: every query sees the database as the first one did, whatever others commit meanwhile.
    """
    with sessions() as session, session.begin():
        if one_view:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        _, clock_at = session.execute(SHOW_ROWS_AND_CLOCK, {"commissioner_id": str(actor.commissioner_id)}).one()
        now = clock.now() if clock else instant_of(clock_at)
        yield UnitOfWork(session, actor, now, request_id or uuid4())


@contextmanager
def begin_installation(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """Open a transaction for what belongs to the installation and no commissioner, such as its clock."""
    with sessions() as session, session.begin():
        yield session
