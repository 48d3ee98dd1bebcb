"""A commissioner's new books with one budget in them, and ways to post to it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
from moneyed import Money
from sqlalchemy import URL, Engine
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import Actor, Permission, Role
from phb.core.clock import FixedClock
from phb.core.database import make_engine
from phb.core.money import pounds
from phb.core.uow import UnitOfWork, begin
from phb.ledger import identities, posting
from phb.ledger.chart import Account
from phb.ledger.entry import Entry, Heading, Place, Portion, Share, Source
from phb.ledger.events import budget_agreed
from phb.ledger.positions import PotToOpen, open_commitment, open_plan_lines, open_pots
from phb.ledger.queries import balance_of

T = TypeVar("T")

APRIL = date(2026, 4, 1)
NOON = FixedClock(datetime(2026, 4, 1, 12, tzinfo=UTC))


@dataclass
class Books:
    """One commissioner's books: a direct payment pot and a notional pot of one budget in 2026/27."""

    sessions: sessionmaker[Session]
    actor: Actor = field(
        default_factory=lambda: Actor(uuid4(), uuid4(), frozenset({Role.SYSTEM}), frozenset(Permission))
    )
    budget_id: UUID = field(default_factory=uuid4)
    pot_id: UUID = field(default_factory=uuid4)
    notional_pot_id: UUID = field(default_factory=uuid4)
    provider_id: UUID = field(default_factory=uuid4)
    holder_id: UUID = field(default_factory=uuid4)
    commitment_id: UUID = field(default_factory=uuid4)

    def __post_init__(self) -> None:
        """Name the plan lines: personal care by direct payment, equipment held for the person."""
        self.care = Place(self.budget_id, self.pot_id, uuid4(), 2026)
        self.equipment = Place(self.budget_id, self.notional_pot_id, uuid4(), 2026)

    def unit(self, *, request_id: UUID | None = None, one_view: bool = False) -> AbstractContextManager[UnitOfWork]:
        """Open a unit of work at noon on 1 April 2026."""
        return begin(self.sessions, self.actor, clock=NOON, request_id=request_id, one_view=one_view)

    def open(self, *, tolerance: str = "0") -> None:
        """Open both pots, their plan lines and an order on each line's commitment."""
        with self.unit() as uow:
            open_pots(
                uow,
                [
                    PotToOpen(self.budget_id, self.pot_id, 2026, handed_over=True),
                    PotToOpen(self.budget_id, self.notional_pot_id, 2026, handed_over=False),
                ],
            )
            open_plan_lines(uow, [self.care, self.equipment], tolerance=pounds(tolerance))
            open_commitment(uow, self.commitment_id, self.equipment, expires_on=date(2026, 9, 30))

    def allocate(self, amount: str = "1000") -> None:
        """Agree the amount on each of the two plan lines."""
        self.post(budget_agreed(heading(), [portion(self.care, amount), portion(self.equipment, amount)]))

    def post(self, entry: Entry, *, key: UUID | None = None) -> posting.Posted:
        """Post one entry in a unit of its own."""
        with self.unit() as uow:
            return posting.post(uow, entry, key=key)

    def reverse(self, posted: posting.Posted) -> posting.Posted:
        """Reverse a journal in a unit of its own."""
        with self.unit() as uow:
            return posting.reverse(uow, posted.journal_id, reason="Posted in error")

    def ask(self, query: Callable[..., T], *args: object, **kwargs: object) -> T:
        """Answer a query over these books."""
        with self.unit() as uow:
            return query(uow.session, *args, **kwargs)

    def cash(self) -> Money:
        """Return what the direct payment pot holds."""
        return self.ask(balance_of, Account.FUNDS_HELD, pot_id=self.pot_id)

    def assert_sound(self) -> None:
        """Fail with the first identity that does not hold."""
        breaches = [result for result in self.ask(identities.verify) if result.first_breach]
        assert breaches == []


def heading(on: date = APRIL, **options: UUID) -> Heading:
    """Return a heading for a day."""
    return Heading(on, "As the test says", Source("test", uuid4()), **options)


def portion(place: Place, amount: str, fund: str = "nhs") -> Portion:
    """Return pounds of one fund at a place."""
    return Portion(place, Share(fund, pounds(amount)))


@pytest.fixture
def books(session_factory: sessionmaker[Session]) -> Books:
    """Return opened books without money."""
    books = Books(session_factory)
    books.open()
    return books


@pytest.fixture
def funded(books: Books) -> Iterator[Books]:
    """Return books with £1,000.00 on each plan line; the identities are checked when the test ends."""
    books.allocate()
    yield books
    books.assert_sound()


@pytest.fixture
def administrator(database: URL) -> Iterator[Engine]:
    """Reach the database as its administrator, whom neither row-level security nor a trigger need stop."""
    engine = make_engine(database, role=None, pooled=False)
    yield engine
    engine.dispose()
