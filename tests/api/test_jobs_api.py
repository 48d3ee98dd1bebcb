"""The log of what happens by itself, over the API."""

from datetime import UTC, datetime, timedelta

import pytest

from phb.core import job_log
from phb.core.actor import Role
from phb.core.job_log import Due, Outcome
from phb.governance.jobs import JOBS
from tests.api.conftest import Desk

FIVE = datetime(2026, 4, 1, 4, tzinfo=UTC)  # in London


def run(desk: Desk, at: datetime) -> None:
    due = Due(desk.service.commissioner_id, "settle-payments", at)
    with desk.service.unit(desk.service.administrator) as uow:
        claim = job_log.claim(uow.session, due, now=uow.now, real_now=uow.now)
        assert claim is not None
        job_log.finish(uow.session, claim, Outcome("2 payment runs arrived.", {"settled": 2}), uow.now)


def test_every_job_is_told_with_its_last_run_and_its_next(desk: Desk) -> None:
    run(desk, FIVE)
    answer = desk.staff(Role.AUDITOR).get("/jobs")
    assert (answer.status, [row["name"] for row in answer.body]) == (200, [job.name for job in JOBS])
    told = {row["name"]: row for row in answer.body}
    settle, assemble = told["settle-payments"], told["assemble-payment-runs"]
    assert settle["last"] == {
        "due_at": "2026-04-01T04:00:00+00:00",
        "state": "done",
        "attempts": 1,
        "started_at": "2026-04-01T11:00:00+00:00",
        "finished_at": "2026-04-01T11:00:00+00:00",
        "try_again_at": None,
        "counts": {"settled": 2},
        "sentence": "2 payment runs arrived.",
    }
    assert (settle["when"], settle["next_at"]) == ("every day at 05:00", "2026-04-02T04:00:00+00:00")
    assert (assemble["last"], assemble["next_at"]) == (None, "2026-04-01T05:00:00+00:00")


def test_the_runs_of_a_job_come_newest_first_and_page_by_page(desk: Desk) -> None:
    for days in range(3):
        run(desk, FIVE + timedelta(days=days))
    caller = desk.staff(Role.FINANCE_OFFICER)
    first = caller.get("/jobs/settle-payments/runs", limit=2)
    assert [row["due_at"][:10] for row in first.body] == ["2026-04-03", "2026-04-02"]
    address = first.headers["Link"].split(";")[0].strip("<>").removeprefix("/api/v1")
    second = caller.get(address)
    assert ([row["due_at"][:10] for row in second.body], "Link" in second.headers) == (["2026-04-01"], False)


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.APPROVER])
def test_who_does_not_watch_over_it_is_refused(desk: Desk, role: Role) -> None:
    caller = desk.staff(role)
    assert [caller.get(address).status for address in ("/jobs", "/jobs/settle-payments/runs")] == [403, 403]


def test_what_is_no_job_is_not_found_and_what_is_no_parameter_is_refused(desk: Desk) -> None:
    caller = desk.staff(Role.ADMINISTRATOR)
    missing = caller.get("/jobs/make-tea/runs")
    assert (missing.status, missing.body["code"]) == (404, "job-not-found")
    assert caller.get("/jobs/settle-payments/runs", colour="blue").status == 400
    assert caller.get("/jobs/settle-payments/runs", cursor="odd").body["code"] == "cursor"
