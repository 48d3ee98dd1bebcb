"""A commissioner with nothing decided yet, and people in every role there."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import Actor, Role
from phb.core.clock import FixedClock
from phb.core.uow import UnitOfWork, begin
from phb.governance import policy
from phb.governance.permissions import permissions_of

T = TypeVar("T")

APRIL = date(2026, 4, 1)
NOON = FixedClock(datetime(2026, 4, 1, 11, tzinfo=UTC))
SOURCE = "Finance committee, 14 March 2026"


@dataclass
class Commissioner:
    """A commissioner of its own for each test; `anna` and `ben` are its administrators."""

    sessions: sessionmaker[Session]
    id: UUID = field(default_factory=uuid4)

    def __post_init__(self) -> None:
        """Appoint two administrators."""
        self.anna = self.appoint(Role.ADMINISTRATOR)
        self.ben = self.appoint(Role.ADMINISTRATOR)

    def appoint(self, *roles: Role) -> Actor:
        """Return somebody new in these roles."""
        return Actor(uuid4(), self.id, frozenset(roles), permissions_of(roles))

    def unit(self, actor: Actor, *, clock: FixedClock = NOON) -> AbstractContextManager[UnitOfWork]:
        """Open a unit of work, at noon on 1 April 2026 unless told otherwise."""
        return begin(self.sessions, actor, clock=clock)

    def ask(self, query: Callable[..., T], *args: object) -> T:
        """Answer a query as the first administrator."""
        with self.unit(self.anna) as uow:
            return query(uow.session, *args)

    def propose(self, name: str, value: dict[str, Any], *, on: date = APRIL) -> UUID:
        """Propose a policy as the first administrator."""
        with self.unit(self.anna) as uow:
            return policy.propose(uow, name, value, effective_from=on, source=SOURCE).id

    def confirm(self, setting_id: UUID) -> None:
        """Confirm a policy as the second administrator."""
        with self.unit(self.ben) as uow:
            policy.confirm(uow, setting_id)

    def decide(self, name: str, value: dict[str, Any], *, on: date = APRIL) -> None:
        """Propose and confirm a policy."""
        self.confirm(self.propose(name, value, on=on))


@pytest.fixture
def commissioner(session_factory: sessionmaker[Session]) -> Commissioner:
    """Return a new commissioner."""
    return Commissioner(session_factory)
