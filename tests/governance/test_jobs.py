"""The list of jobs tells the last run of each and when the next is due."""

from datetime import UTC, datetime, timedelta

import pytest

from phb.core import job_log
from phb.core.actor import MissingPermissionError, Role
from phb.core.job_log import Due, Outcome
from phb.governance.jobs import JOBS, SETTLE_PAYMENTS, JobNotFoundError, JobView, listing, visible_runs
from tests.governance.conftest import NOON, Commissioner

TODAY = datetime(2026, 4, 1, 4, tzinfo=UTC)  # five in London
A_DAY = timedelta(days=1)


def run(commissioner: Commissioner, at: datetime, job: str = SETTLE_PAYMENTS.name) -> None:
    with commissioner.unit(commissioner.anna) as uow:
        claim = job_log.claim(uow.session, Due(commissioner.id, job, at), now=uow.now, real_now=uow.now)
        assert claim is not None
        job_log.finish(uow.session, claim, Outcome("2 payment runs arrived.", {"settled": 2}), uow.now)


def views(commissioner: Commissioner) -> dict[str, JobView]:
    with commissioner.unit(commissioner.anna) as uow:
        return {view.job.name: view for view in listing(uow.session, commissioner.anna, uow.now)}


def test_every_job_is_listed_in_the_order_of_the_day(commissioner: Commissioner) -> None:
    found = views(commissioner)
    assert list(found) == [job.name for job in JOBS]
    times = [view.next_at for view in found.values() if view.next_at is not None]
    assert times == sorted(times)
    assert {view.last for view in found.values()} == {None}


def test_a_job_that_never_ran_is_due_since_its_last_time(commissioner: Commissioner) -> None:
    assert views(commissioner)["settle-payments"].next_at == TODAY
    assert NOON.now() > TODAY


def test_the_newest_run_is_told_and_the_next_follows_it(commissioner: Commissioner) -> None:
    run(commissioner, TODAY - A_DAY)
    assert views(commissioner)["settle-payments"].next_at == TODAY
    run(commissioner, TODAY)
    view = views(commissioner)["settle-payments"]
    assert view.last is not None
    assert (view.last.due_at, view.last.state, view.last.sentence) == (TODAY, "done", "2 payment runs arrived.")
    assert view.next_at == TODAY + A_DAY


def test_what_runs_whenever_something_waits_has_no_next_time(commissioner: Commissioner) -> None:
    found = views(commissioner)
    assert {name for name, view in found.items() if view.next_at is None} == {"import-files", "deliver-messages"}
    assert (found["deliver-messages"].job.when_in_words, found["deliver-messages"].messages_waiting) == (
        "whenever something waits",
        0,
    )


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.FINANCE_OFFICER, Role.SYSTEM])
def test_those_who_watch_over_it_read_the_log(commissioner: Commissioner, role: Role) -> None:
    actor = commissioner.appoint(role)
    run(commissioner, TODAY)
    with commissioner.unit(actor) as uow:
        assert len(listing(uow.session, actor, uow.now)) == len(JOBS)
        assert len(uow.session.scalars(visible_runs(actor, "settle-payments")).all()) == 1


@pytest.mark.parametrize("role", [Role.HOLDER, Role.BROKER, Role.CLINICIAN, Role.APPROVER])
def test_nobody_else_reads_it(commissioner: Commissioner, role: Role) -> None:
    actor = commissioner.appoint(role)
    with commissioner.unit(actor) as uow:
        with pytest.raises(MissingPermissionError):
            listing(uow.session, actor, uow.now)
        with pytest.raises(MissingPermissionError):
            visible_runs(actor, "settle-payments")


def test_a_job_of_another_name_is_not_found(commissioner: Commissioner) -> None:
    with pytest.raises(JobNotFoundError):
        visible_runs(commissioner.anna, "make-tea")
