"""What an installation gives its jobs, and what one run of a job works with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeAlias
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from phb.core.clock import Clock, SystemClock, installation_now
from phb.core.job_log import Outcome
from phb.core.outbox import Message
from phb.core.uow import UnitOfWork


class Channel(Protocol):
    """A way out for messages."""

    def deliver(self, message: Message, *, address: str) -> None:
        """Hand a message over; the same key again replaces what came under it before.

        Raises:
            DeliveryError: it cannot be taken now.
        """


@dataclass(frozen=True)
class Installation:
    """What jobs work with: sessions, ways out for mail and for the heads of seals where there are any, and the clocks.

    `clock` is the installation's own unless tests give one; `real_clock` tells real time.
    """

    sessions: sessionmaker[Session]
    mail: Channel | None = None
    heads_path: Path | None = None
    clock: Clock | None = None
    real_clock: Clock = field(default_factory=SystemClock)

    def now(self, session: Session) -> datetime:
        """Return the instant that due times follow."""
        return self.clock.now() if self.clock else installation_now(session)

    def real_now(self) -> datetime:
        """Return real time."""
        return self.real_clock.now()


@dataclass(frozen=True)
class Work:
    """One run of a job: a unit of work, the day it is for, and the installation for what needs units of its own.

    What the unit changes is stored together with the run's outcome, or not at all.
    """

    uow: UnitOfWork
    due_on: date
    installation: Installation

    @property
    def commissioner_id(self) -> UUID:
        """Whose run it is."""
        return self.uow.commissioner_id


Step: TypeAlias = Callable[[Work], Outcome]
