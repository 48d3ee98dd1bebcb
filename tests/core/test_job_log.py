"""A due run is claimed once, tried again a few times, and stored with its work or not at all."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from phb.core import job_log
from phb.core.clock import FixedClock
from phb.core.job_log import MOST_ATTEMPTS, WAITS, Claim, ClaimLostError, Due, Outcome, RunState
from phb.core.uow import UnitOfWork, begin
from phb.governance.permissions import the_system

DUE_AT = datetime(2026, 4, 1, 5, tzinfo=UTC)
REAL = datetime(2026, 11, 1, 9, tzinfo=UTC)
INSERT = (
    "INSERT INTO job_run (commissioner_id, job, due_at, state, attempts, started_at)"
    " SELECT commissioner_id, {job}, due_at, 'running', 1, now() FROM job_run"
)
DONE = Outcome("All is done.", {"done": 3})


@dataclass
class Book:
    """The log of one commissioner."""

    sessions: sessionmaker[Session]
    id: UUID = field(default_factory=uuid4)

    def unit(self) -> AbstractContextManager[UnitOfWork]:
        return begin(self.sessions, the_system(self.id), clock=FixedClock(DUE_AT))

    def due(self, at: datetime = DUE_AT) -> Due:
        return Due(self.id, "settle-payments", at)

    def claim(self, real_now: datetime = REAL) -> Claim | None:
        with self.unit() as uow:
            return job_log.claim(uow.session, self.due(), now=uow.now, real_now=real_now)

    def claimed(self, real_now: datetime = REAL) -> Claim:
        claim = self.claim(real_now)
        assert claim is not None
        return claim

    def finish(self, claim: Claim, outcome: Outcome = DONE) -> None:
        with self.unit() as uow:
            job_log.hold(uow.session, claim)
            job_log.finish(uow.session, claim, outcome, uow.now)

    def fail(self, claim: Claim, real_now: datetime = REAL) -> RunState:
        with self.unit() as uow:
            return job_log.fail(uow.session, claim, "It did not work.", now=uow.now, real_now=real_now)

    def rows(self) -> list[Any]:
        with self.unit() as uow:
            return list(uow.session.execute(text("SELECT * FROM job_run ORDER BY due_at")))

    def read(self) -> job_log.Log:
        with self.unit() as uow:
            return job_log.read(uow.session)


@pytest.fixture
def book(session_factory: sessionmaker[Session]) -> Book:
    """Return an empty log."""
    return Book(session_factory)


def test_a_run_is_claimed_once(book: Book) -> None:
    book.finish(book.claimed())
    assert book.claim() is None
    (row,) = book.rows()
    assert (row.state, row.attempts, row.sentence, row.counts) == ("done", 1, "All is done.", {"done": 3})
    assert (row.due_at, row.started_at, row.finished_at) == (DUE_AT, DUE_AT, DUE_AT)


def test_a_claim_whose_owner_died_is_taken_over_at_once_and_counted(book: Book) -> None:
    first = book.claimed()
    second = book.claimed()
    assert (first.attempt, second.attempt) == (1, 2)
    with pytest.raises(ClaimLostError):
        book.finish(first)
    assert book.fail(first) is RunState.FAILED
    assert [row.state for row in book.rows()] == ["running"]
    book.finish(second)
    assert [row.state for row in book.rows()] == ["done"]


def test_the_outcome_is_rolled_back_with_the_work(book: Book) -> None:
    def finish_and_fail(claim: Claim) -> None:
        with book.unit() as uow:
            job_log.hold(uow.session, claim)
            job_log.finish(uow.session, claim, DONE, uow.now)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        finish_and_fail(book.claimed())
    assert [row.state for row in book.rows()] == ["running"]


def test_a_failed_run_waits_longer_each_time_and_is_given_up_in_the_end(book: Book) -> None:
    now = REAL
    for wait in WAITS:
        assert book.fail(book.claimed(now), now) is RunState.FAILED
        assert book.claim(now + wait - timedelta(microseconds=1)) is None
        now += wait
    assert book.fail(book.claimed(now), now) is RunState.GIVEN_UP
    assert book.claim(now + timedelta(days=400)) is None
    (row,) = book.rows()
    assert (row.state, row.attempts, row.sentence) == ("given_up", MOST_ATTEMPTS, "It did not work.")


def test_a_run_cut_off_as_often_as_it_may_be_tried_is_not_claimed_again(book: Book) -> None:
    attempts = [book.claimed().attempt for _ in range(MOST_ATTEMPTS)]
    assert attempts == [1, 2, 3, 4, 5]
    assert book.claim() is None
    (left,) = book.read().unfinished["settle-payments"]
    assert (left.attempts, left.is_ready(REAL)) == (MOST_ATTEMPTS, True)


def test_the_log_tells_the_newest_run_and_what_is_left(book: Book) -> None:
    book.finish(book.claimed())
    later = book.due(DUE_AT + timedelta(days=1))
    with book.unit() as uow:
        claim = job_log.claim(uow.session, later, now=uow.now, real_now=REAL)
    assert claim is not None
    book.fail(claim)
    log = book.read()
    assert log.newest == {"settle-payments": later.due_at}
    (left,) = log.unfinished["settle-payments"]
    assert (left.due_at, left.try_again_at) == (later.due_at, REAL + WAITS[0])
    assert (left.is_ready(REAL), left.is_ready(REAL + WAITS[0])) == (False, True)


def test_the_key_of_a_run_is_the_same_for_every_attempt_and_for_no_other_run(book: Book) -> None:
    here = book.due()
    in_london = Due(here.commissioner_id, here.job, here.due_at.astimezone())
    others = [Due(uuid4(), here.job, here.due_at), Due(here.commissioner_id, "verify-books", here.due_at)]
    others.append(book.due(DUE_AT + timedelta(days=1)))
    assert in_london.key == here.key
    assert len({here.key, *(other.key for other in others)}) == 4


def test_a_commissioner_sees_and_claims_none_of_anothers_runs(
    book: Book, session_factory: sessionmaker[Session]
) -> None:
    book.finish(book.claimed())
    other = Book(session_factory)
    assert (other.rows(), other.read().newest) == ([], {})
    with pytest.raises(DBAPIError, match="row-level security"), other.unit() as uow:
        job_log.claim(uow.session, book.due(), now=uow.now, real_now=REAL)


def finished(book: Book) -> None:
    book.finish(book.claimed())


def failed(book: Book) -> None:
    book.fail(book.claimed())


@pytest.mark.parametrize(
    ("prepare", "statement", "constraint"),
    [
        (finished, "UPDATE job_run SET sentence = 'Another.'", "never changed or removed"),
        (failed, "UPDATE job_run SET try_again_at = NULL", "ck_job_run_tried_again"),
        (failed, "UPDATE job_run SET sentence = NULL", "ck_job_run_said"),
        (failed, "UPDATE job_run SET sentence = ''", "ck_job_run_sentence"),
        (failed, "UPDATE job_run SET finished_at = NULL", "ck_job_run_finished"),
        (failed, "UPDATE job_run SET attempts = 0", "ck_job_run_attempts"),
        (failed, "UPDATE job_run SET state = 'asleep'", "ck_job_run_state"),
        (failed, """UPDATE job_run SET counts = '{"name": "Aled"}'""", "ck_job_run_counts"),
        (failed, "UPDATE job_run SET job = 'verify-books'", "permission denied"),
        (failed, "DELETE FROM job_run", "permission denied"),
        (
            failed,
            INSERT.format(job="job"),
            "uq_job_run_due",
        ),
        (
            failed,
            INSERT.format(job="'Aled Example'"),
            "ck_job_run_job",
        ),
    ],
)
def test_the_table_refuses(book: Book, prepare: Callable[[Book], None], statement: str, constraint: str) -> None:
    prepare(book)
    with pytest.raises((DBAPIError, IntegrityError), match=constraint), book.unit() as uow:
        uow.session.execute(text(statement))


def test_no_run_is_forgotten_even_by_the_tables_owner(book: Book, owner: sessionmaker[Session]) -> None:
    finished(book)
    for statement in ("DELETE FROM job_run", "TRUNCATE job_run"):
        with pytest.raises(DBAPIError, match="never changed or removed"), begin(owner, the_system(book.id)) as uow:
            uow.session.execute(text(statement))
