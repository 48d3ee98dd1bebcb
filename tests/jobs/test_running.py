"""Each due run is done once, in order, whatever fails, is cut off or runs beside it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from phb.core import job_log, outbox
from phb.core.errors import RuleViolationError
from phb.core.job_log import MOST_ATTEMPTS, WAITS, Due, Outcome, RunState
from phb.governance.jobs import EXPIRE_COMMITMENTS, JOBS, SETTLE_PAYMENTS, VERIFY_BOOKS
from phb.governance.models import OutboxMessage
from phb.jobs.work import Work
from tests.jobs.conftest import A_DAY, EARLY, Night, steps_with
from tests.people.conftest import Service

TIMED = [job.name for job in JOBS if job.when is not None]
NOTHING = steps_with()


def day(number: int, hour: int, minute: int = 0) -> datetime:
    """Return an instant of April 2026 in London, which is an hour ahead then."""
    return datetime(2026, 4, number, hour - 1, minute, tzinfo=UTC)


def write_one(night: Night) -> Callable[[Work], Outcome]:
    """Return a step that leaves one message in the books, under a key that derives from the run."""

    def step(work: Work) -> Outcome:
        recipient_id = night.service.administrator.user_id
        assert outbox.add(work.uow, "tests.ran", recipient_id, key=work.uow.next_key(), day=work.due_on)
        return Outcome("Written.", {"written": 1})

    return step


def written(night: Night) -> list[str]:
    with night.service.unit(night.service.administrator) as uow:
        rows = uow.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "tests.ran"))
        return sorted(row.facts["day"] for row in rows)


def test_the_jobs_of_a_day_run_once_in_their_order(night: Night) -> None:
    assert [ran.due.job for ran in night.do(NOTHING)] == TIMED
    assert night.do(NOTHING) == []
    assert [(row.job, row.state, row.attempts) for row in night.rows()] == [(name, "done", 1) for name in TIMED]
    assert night.rows()[0].due_at == day(1, 5)


def test_a_clock_that_moves_three_days_is_caught_up_day_by_day(night: Night) -> None:
    steps = steps_with(settle_payments=write_one(night))
    night.do(steps)
    night.clock.move(3 * A_DAY)
    ran = night.do(steps)
    assert [one.due.job for one in ran] == TIMED * 3
    assert [one.due.due_at for one in ran] == sorted(one.due.due_at for one in ran)
    assert [row.due_at for row in night.rows(SETTLE_PAYMENTS)] == [day(number, 5) for number in (1, 2, 3, 4)]
    assert written(night) == ["2026-04-01", "2026-04-02", "2026-04-03", "2026-04-04"]
    assert night.do(steps) == []


def test_the_october_change_and_the_29th_of_february_bring_one_run_a_day(night: Night) -> None:
    for first, days in ((datetime(2026, 10, 23, 12, tzinfo=UTC), 4), (datetime(2028, 2, 27, 12, tzinfo=UTC), 3)):
        night.clock.at = first
        night.do(NOTHING)
        before = len(night.rows(SETTLE_PAYMENTS))
        night.clock.move(days * A_DAY)
        night.do(NOTHING)
        runs = night.rows(SETTLE_PAYMENTS)[before:]
        assert len({run.due_at for run in runs}) == days
    hours = {run.due_at.date().isoformat(): run.due_at.hour for run in night.rows(SETTLE_PAYMENTS)}
    assert (hours["2026-10-24"], hours["2026-10-25"], hours["2026-10-26"]) == (4, 5, 5)
    assert {"2028-02-28", "2028-02-29", "2028-03-01"} <= set(hours)


def test_a_run_knows_its_day_and_records_the_instant_it_is_really_done(night: Night) -> None:
    seen = []

    def look(work: Work) -> Outcome:
        seen.append((work.due_on.day, work.uow.now, work.uow.today.day))
        return Outcome("Looked.")

    night.do(NOTHING)
    night.clock.move(2 * A_DAY)
    night.do(steps_with(settle_payments=look))
    assert seen == [(2, night.clock.at, 3), (3, night.clock.at, 3)]


def test_a_refusal_is_told_in_its_own_words_and_stops_no_other_job(night: Night) -> None:
    def refuse(_work: Work) -> Outcome:
        raise RuleViolationError("The bank is shut. Try again tomorrow.")

    ran = night.do(steps_with(settle_payments=refuse))
    assert [one.state for one in ran] == [RunState.FAILED, *[RunState.DONE] * (len(TIMED) - 1)]
    row = night.newest(SETTLE_PAYMENTS)
    assert (row.state, row.sentence) == ("failed", "The bank is shut. Try again tomorrow.")
    assert row.try_again_at == night.real.at + WAITS[0]


def test_a_bug_is_told_without_its_words_which_may_be_personal(night: Night) -> None:
    def stumble(_work: Work) -> Outcome:
        raise KeyError("Aled Example")

    night.do(steps_with(settle_payments=stumble))
    sentence = night.newest(SETTLE_PAYMENTS).sentence
    assert sentence is not None
    assert "KeyError at running.py:" in sentence
    assert "Aled" not in sentence


def test_what_a_failing_run_wrote_is_not_kept(night: Night) -> None:
    def write_and_fail(work: Work) -> Outcome:
        write_one(night)(work)
        raise RuleViolationError("After all, no.")

    night.do(steps_with(settle_payments=write_and_fail))
    assert written(night) == []
    night.real.move(WAITS[0])
    night.do(steps_with(settle_payments=write_one(night)))
    assert written(night) == ["2026-04-01"]
    assert [(row.state, row.attempts) for row in night.rows(SETTLE_PAYMENTS)] == [("done", 2)]


def test_a_failed_run_is_tried_again_after_a_while_and_later_days_wait_for_it(night: Night) -> None:
    attempts = []

    def fail_first(work: Work) -> Outcome:
        attempts.append(work.due_on.day)
        if len(attempts) <= 2:
            raise RuleViolationError("Not yet.")
        return Outcome("At last.")

    steps = steps_with(settle_payments=fail_first)
    night.do(steps)
    assert night.next_day(steps)[0].due.job == "expire-commitments"
    assert attempts == [1]
    night.real.move(WAITS[0])
    night.do(steps)
    night.real.move(WAITS[1] - timedelta(microseconds=1))
    night.do(steps)
    assert attempts == [1, 1]
    night.real.move(timedelta(microseconds=1))
    night.do(steps)
    assert attempts == [1, 1, 1, 2]
    assert [(row.state, row.attempts) for row in night.rows(SETTLE_PAYMENTS)] == [("done", 3), ("done", 1)]


def test_a_run_that_always_fails_is_given_up_and_the_next_day_goes_on(night: Night) -> None:
    attempts = []

    def fail(work: Work) -> Outcome:
        attempts.append(work.due_on.day)
        raise RuleViolationError("Never.")

    steps = steps_with(settle_payments=fail)
    night.do(steps)
    for wait in WAITS:
        night.real.move(wait)
        night.do(steps)
    assert attempts == [1] * MOST_ATTEMPTS
    night.real.move(A_DAY)
    assert night.do(steps) == []
    night.next_day(NOTHING)
    assert [row.state for row in night.rows(SETTLE_PAYMENTS)] == ["given_up", "done"]


def test_a_run_cut_off_in_the_middle_is_done_once_by_whoever_comes_next(night: Night) -> None:
    def die(work: Work) -> Outcome:
        write_one(night)(work)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        night.do(steps_with(settle_payments=die))
    assert [(row.job, row.state) for row in night.rows()] == [("settle-payments", "running")]
    assert [ran.due.job for ran in night.do(steps_with(settle_payments=write_one(night)))] == TIMED
    assert written(night) == ["2026-04-01"]
    assert [(row.state, row.attempts) for row in night.rows(SETTLE_PAYMENTS)] == [("done", 2)]


def test_a_run_that_always_ends_the_process_is_given_up_with_a_sentence(night: Night) -> None:
    def die(_work: Work) -> Outcome:
        raise KeyboardInterrupt

    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            night.do(steps_with(settle_payments=die))
    ran = night.do(steps_with(settle_payments=die))
    assert [one.due.job for one in ran] == TIMED
    assert ran[0].state is RunState.GIVEN_UP
    row = night.newest(SETTLE_PAYMENTS)
    assert (row.state, row.attempts) == ("given_up", MOST_ATTEMPTS)
    assert row.sentence == "The process ended in the middle of this run, each of the 5 times it was tried."


def test_two_that_start_at_once_do_every_run_once_between_them(night: Night) -> None:
    steps = steps_with(settle_payments=write_one(night), expire_commitments=write_one(night))
    night.do(steps)
    night.clock.move(5 * A_DAY)
    together, done = Barrier(2, timeout=20), []

    def start() -> None:
        together.wait()
        done.extend(night.do(steps))

    threads = [Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    finished = [one.due for one in done if one.state is RunState.DONE]
    assert len(finished) == len(set(finished)) == 5 * len(TIMED)
    assert {row.state for row in night.rows()} == {"done"}
    for job in (SETTLE_PAYMENTS, EXPIRE_COMMITMENTS):
        assert [row.due_at.day for row in night.rows(job)] == [1, 2, 3, 4, 5, 6]
    assert written(night) == sorted(f"2026-04-0{number}" for number in range(1, 7) for _ in range(2))


def test_whose_claim_was_taken_over_stores_nothing(night: Night) -> None:
    """The scheduler's lock was lost, and another process, taking this one for dead, did the run meanwhile."""
    due = Due(night.service.commissioner_id, SETTLE_PAYMENTS.name, day(1, 5))
    with night.service.unit(night.service.administrator) as uow:
        slow = job_log.claim(uow.session, due, now=EARLY, real_now=night.real.at)
    assert slow is not None
    night.do(steps_with(settle_payments=write_one(night)))
    with pytest.raises(job_log.ClaimLostError), night.service.unit(night.service.administrator) as uow:
        job_log.hold(uow.session, slow)
    assert written(night) == ["2026-04-01"]


def test_two_commissioners_are_served_side_by_side(session_factory: sessionmaker[Session], night: Night) -> None:
    other = Night(Service(session_factory))
    night.do(steps_with(settle_payments=write_one(night)))
    assert (other.rows(), written(other)) == ([], [])
    other.do(steps_with(settle_payments=write_one(other)))
    assert (len(other.rows()), len(night.rows())) == (len(TIMED), len(TIMED))
    assert (written(other), written(night)) == (["2026-04-01"], ["2026-04-01"])


def test_the_keys_of_a_runs_work_derive_from_the_job_and_its_time(night: Night) -> None:
    keys: list[UUID] = []

    def note(work: Work) -> Outcome:
        keys.append(work.uow.next_key())
        if len(keys) == 1:
            raise RuleViolationError("Once more.")
        return Outcome("Noted.")

    night.do(steps_with(settle_payments=note))
    night.real.move(WAITS[0])
    night.do(steps_with(settle_payments=note, verify_books=note))
    night.next_day(steps_with(settle_payments=note))
    assert len(keys) == 3
    assert keys[0] == keys[1] != keys[2]
    assert night.newest(VERIFY_BOOKS).state == "done"
