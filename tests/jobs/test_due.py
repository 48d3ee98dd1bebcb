"""What is due follows from the log and the clock: every missed day once, in order."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from phb.core.job_log import Log, Unfinished
from phb.core.schedule import Daily
from phb.governance.jobs import JOBS, Job
from phb.jobs.due import due_runs, due_times
from phb.jobs.table import STEPS, WAITS

FIVE, SIX = Job("five", "Comes first.", Daily(5)), Job("six", "Comes second.", Daily(6))
ALSO_FIVE, WHENEVER = Job("also-five", "Comes with the first.", Daily(5)), Job("whenever", "Has no time.", None)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
A_DAY = timedelta(days=1)
REAL = datetime(2026, 11, 1, tzinfo=UTC)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 1, day, hour, tzinfo=UTC)


def names(log: Log, *jobs: Job, now: datetime = NOON) -> list[tuple[str, datetime]]:
    return [(run.job.name, run.due_at) for run in due_runs(jobs, log, now, REAL)]


def test_a_job_that_never_ran_begins_with_the_time_just_passed() -> None:
    assert names(Log({}, {}), FIVE, SIX) == [("five", at(5, 5)), ("six", at(5, 6))]


def test_a_job_that_ran_is_not_due_again_before_its_time() -> None:
    log = Log({"five": at(5, 5)}, {})
    assert names(log, FIVE) == []
    assert names(log, FIVE, now=at(6, 5) - timedelta(microseconds=1)) == []
    assert names(log, FIVE, now=at(6, 5)) == [("five", at(6, 5))]


def test_missed_days_are_due_day_by_day_across_the_jobs() -> None:
    log = Log({"five": at(2, 5), "six": at(2, 6)}, {})
    assert names(log, SIX, FIVE) == [
        (name, at(day, hour)) for day in (3, 4, 5) for name, hour in (("five", 5), ("six", 6))
    ]


def test_at_one_instant_the_order_of_the_jobs_decides() -> None:
    assert [name for name, _ in names(Log({}, {}), FIVE, ALSO_FIVE)] == ["five", "also-five"]
    assert [name for name, _ in names(Log({}, {}), ALSO_FIVE, FIVE)] == ["also-five", "five"]


def test_what_failed_comes_before_what_came_later_and_is_waited_for() -> None:
    failed = Unfinished(at(3, 5), 1, REAL)
    log = Log({"five": at(4, 5)}, {"five": [failed]})
    runs = due_runs([FIVE, SIX], log, NOON, REAL)
    assert [(run.job, run.due_at, run.unfinished) for run in runs] == [
        (FIVE, at(3, 5), failed),
        (FIVE, at(5, 5), None),
        (SIX, at(5, 6), None),
    ]
    before = REAL - timedelta(microseconds=1)
    assert [run.job for run in due_runs([FIVE, SIX], log, NOON, before)] == [SIX]


def test_what_was_cut_off_is_due_at_once() -> None:
    log = Log({"five": at(5, 5)}, {"five": [Unfinished(at(5, 5), 1, None)]})
    assert names(log, FIVE) == [("five", at(5, 5))]


def test_a_job_without_a_time_is_never_due_by_the_clock() -> None:
    assert names(Log({}, {}), WHENEVER) == []


def test_every_job_has_a_step_and_only_those_without_a_time_wait_for_something() -> None:
    assert set(STEPS) == set(JOBS)
    assert set(WAITS) == {job for job in JOBS if job.when is None}
    assert len({job.name for job in JOBS}) == len(JOBS)


@given(
    start=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
    steps=st.lists(st.integers(0, 4 * 86_400), max_size=12),
)
def test_however_often_it_is_looked_every_time_is_found_once_and_in_order(start: datetime, steps: list[int]) -> None:
    """Look after so many seconds each, and run what is found; in the end it is what one look would have found."""
    when, now = Daily(6), start
    found = due_times(when, None, now)
    last = found[-1]
    for seconds in steps:
        now += timedelta(seconds=seconds)
        new = due_times(when, last, now)
        found += new
        last = found[-1]
    assert found == [found[0], *when.between(found[0], now)]
    assert found == sorted(set(found))
