"""What happens by itself, as its pages show it."""

from datetime import UTC, datetime, timedelta

import pytest

from phb.core import job_log, outbox
from phb.core.actor import Role
from phb.core.job_log import MOST_ATTEMPTS, Due, Outcome
from phb.governance.jobs import JOBS, SETTLE_PAYMENTS
from tests.web.conftest import Counter

FIVE = datetime(2026, 4, 1, 4, tzinfo=UTC)  # in London
A_DAY = timedelta(days=1)


def run(counter: Counter, at: datetime, sentence: str = "2 payment runs arrived.") -> None:
    due = Due(counter.service.commissioner_id, SETTLE_PAYMENTS.name, at)
    with counter.service.unit(counter.service.administrator) as uow:
        claim = job_log.claim(uow.session, due, now=uow.now, real_now=uow.now)
        assert claim is not None
        job_log.finish(uow.session, claim, Outcome(sentence, {"settled": 2}), uow.now)


def fail(counter: Counter, at: datetime, times: int) -> None:
    """Let a run fail so many times, each as soon as it may be tried again."""
    due, real = Due(counter.service.commissioner_id, SETTLE_PAYMENTS.name, at), at
    for _ in range(times):
        real += A_DAY
        with counter.service.unit(counter.service.administrator) as uow:
            claim = job_log.claim(uow.session, due, now=at, real_now=real)
            assert claim is not None
            job_log.fail(uow.session, claim, "The bank was shut.", now=at, real_now=real)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR, Role.FINANCE_OFFICER])
def test_every_job_says_what_it_does_when_it_ran_and_when_it_runs_next(counter: Counter, role: Role) -> None:
    run(counter, FIVE)
    page = counter.staff(role).open("/jobs")
    assert page.title == "What happens by itself - Personal health budgets"
    for job in JOBS:
        assert f"Does {job.does} Runs {job.when_in_words.capitalize()}" in page.text
    assert "Last run Done 1 April 2026, 05:00 2 payment runs arrived. Next run 2 April 2026, 05:00" in page.text


def test_a_job_that_missed_its_time_is_overdue_in_words(counter: Counter) -> None:
    run(counter, FIVE)
    page = counter.staff(Role.AUDITOR).open("/jobs")
    assert "Last run It has not run yet Next run Overdue since 1 April 2026, 05:10" in page.text
    assert "Last run It has not run yet Next run As soon as something waits" in page.text
    assert "phb jobs run" not in page.text


def test_where_nothing_runs_the_jobs_it_is_said_once_and_with_what_to_do(counter: Counter) -> None:
    page = counter.staff(Role.AUDITOR).open("/jobs")
    assert page.text.count("None of them has run here yet") == page.text.count("phb jobs run") == 1
    assert "It has not run yet" not in page.text
    assert "Runs Every day at 05:00 Next run Overdue since 1 April 2026, 05:00" in page.text


def test_messages_that_wait_are_counted(counter: Counter) -> None:
    service = counter.service
    auditor = counter.staff(Role.AUDITOR)
    with service.unit(service.administrator) as uow:
        outbox.add(uow, "tasks.digest", service.administrator.user_id, key=uow.next_key(), count=1)
    assert "Waiting 1 message" in auditor.open("/jobs").text


def test_the_runs_of_a_job_come_newest_first_and_say_what_came_of_them(counter: Counter) -> None:
    for days in range(51):
        run(counter, FIVE + days * A_DAY, f"Run number {days}.")
    auditor = counter.staff(Role.AUDITOR)
    page = auditor.open("/jobs/settle-payments")
    assert "Books the payments whose entry day has come as arrived. It runs every day at 05:00." in page.text
    assert "21 May 2026, 05:00 Done Run number 50. 1 1 April 2026, 12:00" in page.text
    assert "Run number 0." not in page.text
    address = page.html.split('href="?after=')[1].split('"')[0]
    assert "1 April 2026, 05:00 Done Run number 0." in auditor.open(f"/jobs/settle-payments?after={address}").text


def test_a_run_that_failed_says_why_and_when_it_is_tried_again(counter: Counter) -> None:
    fail(counter, FIVE, 1)
    auditor = counter.staff(Role.AUDITOR)
    page = auditor.open("/jobs/settle-payments")
    assert "Failed, to be tried again The bank was shut. It is tried again 2 April 2026, 05:01. 1" in page.text


def test_a_run_that_was_given_up_says_so(counter: Counter) -> None:
    fail(counter, FIVE, MOST_ATTEMPTS)
    assert "Failed, and given up" in counter.staff(Role.AUDITOR).open("/jobs").text
    assert "It has not run yet." in counter.staff(Role.AUDITOR).open("/jobs/verify-books").text


def test_no_other_job_and_nobody_else(counter: Counter) -> None:
    assert counter.staff(Role.AUDITOR).open("/jobs/make-tea").status == 404
    clinician = counter.staff(Role.CLINICIAN)
    assert [clinician.open(address).status for address in ("/jobs", "/jobs/settle-payments")] == [403, 403]
