"""A check since an earlier one looks at the budgets posted to since, and finds there what a whole one finds."""

from datetime import timedelta
from time import monotonic

import pytest
from sqlalchemy import Engine

from phb.core.clock import FixedClock
from phb.core.uow import begin
from phb.ledger import sealing
from phb.ledger.identities import verify
from phb.ledger.models import KnownView
from phb.ledger.sealing import Stream
from phb.ledger.views import record_view
from tests.ledger.conftest import NOON, Books
from tests.ledger.plainly import plant
from tests.ledger.test_identities import FAULTS, lived  # noqa: F401 - a fixture
from tests.ledger.test_sealing import PATIENCE, seal

# Of no budget: the first is a line of no journal any more, which a check of the seals names too.
OF_NO_BUDGET = {"a journal removed"}


FIRST = "SELECT subject_id FROM seal WHERE place = 1 AND stream = 'journal' AND {0}"


def look(books: Books) -> KnownView:
    """Record what is known, a minute after everything that was done."""
    with begin(books.sessions, books.actor, clock=FixedClock(NOON.at + timedelta(minutes=1))) as uow:
        return record_view(uow)


def seal_later(books: Books) -> None:
    """Seal what was posted last, two minutes after everything else."""
    until = monotonic() + PATIENCE
    while monotonic() < until:
        with begin(books.sessions, books.actor, clock=FixedClock(NOON.at + timedelta(minutes=2))) as uow:
            if sealing.seal(uow)[Stream.JOURNALS]:
                return
    raise AssertionError("nothing was sealed")


def broken(books: Books, since: KnownView | None = None) -> set[int]:
    return {result.number for result in books.ask(verify, since=since) if result.first_breach}


@pytest.fixture
def before(books: Books) -> KnownView:
    """Return what was known before anything was posted."""
    return look(books)


@pytest.mark.parametrize("fault", sorted(FAULTS.keys() - OF_NO_BUDGET))
def test_what_is_wrong_in_a_budget_posted_to_since_is_found(
    before: KnownView,
    lived: Books,  # noqa: F811 - the fixture above
    administrator: Engine,
    fault: str,
) -> None:
    assert broken(lived, before) == set()
    plant(administrator, lived, FAULTS[fault].statement)
    assert set(FAULTS[fault].named) <= broken(lived, before)


def test_a_budget_that_was_not_posted_to_is_not_looked_at(lived: Books, administrator: Engine) -> None:  # noqa: F811
    plant(administrator, lived, FAULTS["a plan line's figure altered"].statement)
    assert broken(lived, look(lived)) == set()
    assert broken(lived) == {2, 3}


@pytest.mark.parametrize(
    ("statement", "is_found"),
    [
        (
            "UPDATE journal SET narration = 'Other' WHERE id = (SELECT subject_id FROM seal WHERE place = 1 AND {0})",
            False,
        ),
        ("UPDATE seal SET leaf = sha256('x') WHERE place = 1 AND {0}", False),
        ("UPDATE seal SET leaf = sha256('x') WHERE place = 2 AND {0}", True),
        ("UPDATE seal_block SET root = sha256('x') WHERE number = 2 AND {0}", True),
        ("DELETE FROM seal WHERE place = 1 AND {0}", True),  # now the journal is one that was put in
    ],
)
def test_seals_are_looked_at_from_the_last_block_before(
    books: Books, administrator: Engine, statement: str, *, is_found: bool
) -> None:
    books.allocate("1000")
    seal(books, 1)
    view = look(books)
    books.allocate("50")
    seal_later(books)
    assert broken(books, view) == broken(books) == set()
    plant(administrator, books, statement.format("commissioner_id = :commissioner"))
    assert broken(books) == {9}
    assert broken(books, view) == ({9} if is_found else set())
