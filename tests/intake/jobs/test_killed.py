"""A job that is killed in the middle leaves no row behind, and the next one takes the file in once."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from sqlalchemy import URL

from phb.core.migration import PROJECT
from tests.intake.jobs.conftest import Desk, organisations

CHILD = Path(__file__).with_name("child.py")
ROWS = 400
PATIENCE = 60


def until(ready: Callable[[], bool]) -> None:
    """Wait until something is so, and fail where it never is."""
    end = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < end, "it never was"
        time.sleep(0.02)


def kill_in_the_middle(desk: Desk, database: URL, job_id: UUID) -> int:
    """Begin the work in a child process, kill it while rows are being done, and return how many it had done."""
    address, day = database.render_as_string(hide_password=False), desk.office.service.today.isoformat()
    child = subprocess.Popen([sys.executable, CHILD, address, f"{day}T11:00"], cwd=PROJECT)  # noqa: S603 - our own file
    try:
        until(lambda: desk.job(job_id).rows_done > 0)
    finally:
        child.kill()
        child.wait()
    return desk.job(job_id).rows_done


def test_a_killed_job_leaves_nothing_and_is_taken_up_again(desk: Desk, database: URL) -> None:
    job_id = desk.leave(organisations(ROWS))
    done = kill_in_the_middle(desk, database, job_id)
    broken_off = desk.job(job_id)
    assert 0 < done < ROWS
    assert (broken_off.state, broken_off.attempts, desk.count()) == ("running", 1, 0)
    until(lambda: desk.run(job_id))  # as soon as the server noticed that nobody holds the file any more
    again = desk.job(job_id)
    assert (again.state, again.attempts, again.added, again.unchanged) == ("done", 2, ROWS, 0)
    assert (again.warnings, desk.count()) == ([], ROWS)
    assert [outcome for _, outcome, _ in desk.outcomes(job_id)] == ["added"] * ROWS
