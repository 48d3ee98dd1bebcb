"""Many at once: the same keys from all sides, and money that moves while others add it up."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from random import Random
from threading import Barrier, Event
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from phb.core.errors import ConflictError
from phb.core.money import from_pence
from phb.ledger import events, posting
from phb.ledger.chart import Account
from phb.ledger.entry import Portion, Share
from phb.ledger.models import Journal, JournalLine, PlanLinePosition
from phb.ledger.refusals import TooLittleLeftError
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.faults.conftest import Rounds

CLIENTS, KEYS = 16, 4
MOVERS, READERS, MOVES = 4, 2, 12
T = TypeVar("T")


def at_once(count: int, work: Callable[[int], T]) -> list[T]:
    """Do one work so many times at once, started together, and return the answers."""
    together = Barrier(count)

    def started(number: int) -> T:
        together.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(started, range(count)))


def test_of_a_storm_of_the_same_keys_each_is_posted_once(funded: Books, rounds: Rounds) -> None:
    for random in rounds(1):
        keys = [uuid4() for _ in range(KEYS)]
        answers = storm(funded, random, keys)
        assert len({posted.journal_id for posted in answers}) == KEYS
        assert sum(not posted.replayed for posted in answers) == KEYS
        assert len(answers) == KEYS * CLIENTS
        found = funded.ask(lambda session, keys: session.scalars(select(Journal.id).where(Journal.key.in_(keys))), keys)
        assert len(found.all()) == KEYS


def storm(books: Books, random: Random, keys: list[UUID]) -> list[posting.Posted]:
    """Let every client post an entry under each key, in an order of its own."""
    entries = [events.budget_raised(heading(), [portion(books.care, "1")]) for _ in keys]
    orders = [random.sample(range(len(keys)), len(keys)) for _ in range(CLIENTS)]

    def post_all(number: int) -> list[posting.Posted]:
        return [books.post(entries[place], key=keys[place]) for place in orders[number]]

    return list(chain.from_iterable(at_once(CLIENTS, post_all)))


def test_while_money_moves_the_total_never_changes_and_nobody_reads_half_a_journal(
    funded: Books, rounds: Rounds
) -> None:
    """£2,000.00 move between two lines in both directions; every reading of positions and of lines finds them all."""
    for random in rounds(1):
        moves, readings = move_while_others_read(funded, random)
        assert moves > 0
        assert set(readings) == {(200_000, 200_000)}


def move_while_others_read(books: Books, random: Random) -> tuple[int, list[tuple[int, int]]]:
    """Return how often money moved, and everything that was read meanwhile."""
    over, seeds = Event(), [random.random() for _ in range(MOVERS)]

    def move(number: int) -> int:
        own = Random(seeds[number])  # noqa: S311 - nothing secret
        return sum(moved(books, own) for _ in range(MOVES))

    def read(_: int) -> list[tuple[int, int]]:
        found = [books.ask(totals)]
        while not over.is_set():
            found.append(books.ask(totals))
        return found

    with ThreadPoolExecutor(READERS) as pool:
        readings = [pool.submit(read, number) for number in range(READERS)]
        moves = sum(at_once(MOVERS, move))
        over.set()
        return moves, list(chain.from_iterable(reading.result() for reading in readings))


def moved(books: Books, random: Random) -> bool:
    """Move some pence from one line to the other, and say whether there were so many."""
    given, received = random.sample([books.care, books.equipment], 2)
    share = Share("nhs", from_pence(random.randrange(1, 60_000)))
    try:
        books.post(events.money_moved(heading(), [Portion(given, share)], [Portion(received, share)]))
    except (TooLittleLeftError, ConflictError):
        return False
    return True


def totals(session: Session) -> tuple[int, int]:
    """Return what is allocated by the positions and by the lines, in one reading."""
    positions = select(func.sum(PlanLinePosition.allocated)).scalar_subquery()
    lines = select(func.sum(JournalLine.pence)).where(JournalLine.account == Account.ALLOCATION).scalar_subquery()
    by_position, by_line = session.execute(select(positions, lines)).one()
    return int(by_position), int(by_line)
