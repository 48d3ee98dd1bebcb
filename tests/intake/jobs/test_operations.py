"""A file that was left is taken in as its sender, once, whole, and says what became of every row."""

from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import event, select, text, update

from phb.core.actor import MissingPermissionError, Role
from phb.core.uow import begin
from phb.governance.models import AuditEvent
from phb.intake.jobs import queries
from phb.intake.jobs.attempts import MOST_ATTEMPTS
from phb.intake.jobs.models import ImportJob
from phb.intake.jobs.operations import LARGEST_FILE, FileTooLargeError, UnknownKindError, request_import, run_waiting
from phb.intake.kinds import KINDS
from phb.people.models import UserRole
from phb.people.users.operations import end_role
from tests.intake.conftest import as_csv
from tests.intake.jobs.conftest import Desk, organisations
from tests.intake.kinds.world import PROVIDER, files
from tests.people.conftest import on_day


def test_a_file_waits_and_is_then_taken_in(desk: Desk) -> None:
    job_id = desk.leave(organisations(3, bad=1))
    waiting = desk.job(job_id)
    assert (waiting.state, waiting.rows_all, waiting.started_at, desk.count()) == ("waiting", None, None, 0)
    assert desk.run(job_id)
    done = desk.job(job_id)
    assert (done.state, done.rows_done, done.rows_all, done.written) == ("done", 4, 4, True)
    assert (done.added, done.changed, done.unchanged, done.given_back) == (3, 0, 0, 1)
    assert desk.outcomes(job_id) == [
        (2, "added", None),
        (3, "added", None),
        (4, "added", None),
        (5, "given_back", "cell"),
    ]
    assert desk.count() == 3


def test_the_file_goes_when_the_job_has_ended_and_its_digest_stays(desk: Desk) -> None:
    job_id = desk.leave(organisations(1))
    digest = desk.job(job_id).digest
    desk.run(job_id)
    with desk.office.service.unit(desk.office.actors["ada"]) as uow:
        assert uow.session.scalars(select(ImportJob.content).where(ImportJob.id == job_id)).one() is None
    assert desk.job(job_id).digest == digest


def test_what_was_taken_in_is_taken_in_by_its_sender(desk: Desk) -> None:
    job_id = desk.leave(organisations(1))
    desk.run(job_id)
    with desk.office.service.unit(desk.office.actors["auditor"]) as uow:
        query = select(AuditEvent.action, AuditEvent.user_id).where(AuditEvent.request_id == job_id)
        found = {(action, user_id) for action, user_id in uow.session.execute(query)}
    ada = desk.office.actors["ada"].user_id
    assert found == {("organisation.registered", ada), ("file.imported", ada)}


def test_an_import_that_ended_is_not_begun_again(desk: Desk) -> None:
    job_id = desk.leave(organisations(1))
    assert (desk.run(job_id), desk.run(job_id)) == (True, False)
    assert desk.job(job_id).attempts == 1


def test_rows_to_mend_are_sent_again_as_they_are(desk: Desk) -> None:
    job_id = desk.leave(as_csv([PROVIDER | {"kind": "shop", "name": "=Larkfield"}]).encode())
    desk.run(job_id)
    rows = desk.office.service.ask(desk.office.actors["ada"], queries.bad_rows, job_id)
    assert rows.splitlines()[0] == "#row,#reason,#code,reference,kind,name,start_on"
    assert "'=Larkfield" in rows
    again = desk.leave(rows.replace("ORG-02,shop", "ORG-02,provider").encode())
    desk.run(again)
    assert desk.outcomes(again) == [(2, "added", None)]


@pytest.mark.parametrize(("dry_run", "all_or_nothing"), [(True, False), (False, True)])
def test_what_is_not_to_be_written_is_reported_and_not_written(
    desk: Desk,
    dry_run: bool,  # noqa: FBT001 - a parameter
    all_or_nothing: bool,  # noqa: FBT001 - a parameter
) -> None:
    job_id = desk.leave(organisations(2, bad=1), dry_run=dry_run, all_or_nothing=all_or_nothing)
    assert desk.run(job_id)
    job = desk.job(job_id)
    assert (job.state, job.written, job.added, job.given_back) == ("done", False, 2, 1)
    assert [outcome for _, outcome, _ in desk.outcomes(job_id)] == ["added", "added", "given_back"]
    assert desk.count() == 0


def test_a_file_refused_as_a_whole_fails_with_its_reason(desk: Desk) -> None:
    job_id = desk.leave(b"shoe,size\n1,2\n")
    assert desk.run(job_id)
    job = desk.job(job_id)
    assert (job.state, job.reason_code, job.written) == ("failed", "headings", False)
    assert (job.reason or "").startswith("The headings do not fit: reference, kind, name, start_on are missing")
    assert desk.outcomes(job_id) == []


def test_a_file_sent_again_says_so(desk: Desk) -> None:
    first, second = desk.leave(organisations(2)), desk.leave(organisations(2))
    assert desk.run(first)
    assert desk.run(second)
    assert (desk.job(second).unchanged, desk.job(second).warnings) == (
        2,
        ["This same file was taken in on 1 April 2026 by an administrator; 2 rows are unchanged."],
    )


def test_a_file_without_rows_is_done(desk: Desk) -> None:
    job_id = desk.leave(b"reference,kind,name,start_on\n")
    desk.run(job_id)
    assert (desk.job(job_id).state, desk.job(job_id).rows_all) == ("done", 0)


def test_everything_that_waits_is_taken_in_for_every_commissioner(desk: Desk) -> None:
    other = Desk(type(desk.office)(type(desk.office.service)(desk.office.service.sessions)))
    jobs = [(each, each.leave(organisations(1))) for each in (desk, other)]
    assert run_waiting(desk.office.service.sessions, clock=on_day(desk.office.service.today)) >= 2
    assert [each.job(job_id).state for each, job_id in jobs] == ["done", "done"]


def test_the_roles_are_those_of_the_day_it_is_taken_in(desk: Desk) -> None:
    service = desk.office.service
    job_id = desk.leave(organisations(1), by="bo")
    with service.unit(desk.office.actors["ada"]) as uow:
        role = uow.session.scalars(select(UserRole).where(UserRole.user_id == desk.office.actors["bo"].user_id)).one()
        end_role(uow, role.id, on=service.today)
    assert desk.run(job_id)
    job = desk.job(job_id)
    assert (job.state, job.reason_code) == ("failed", "import-without-role")
    assert desk.count() == 0


def test_who_may_not_import_a_kind_is_told_at_once(desk: Desk) -> None:
    with pytest.raises(MissingPermissionError):
        desk.leave(organisations(1), by="auditor")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_who_imports_a_kind_has_what_it_needs_and_an_auditor_has_not(desk: Desk, kind: str) -> None:
    by, _ = files(desk.office)[kind]
    assert desk.office.actors[by].may(KINDS[kind].needs)
    assert not desk.office.actors["auditor"].may(KINDS[kind].needs)


@pytest.mark.parametrize("content", [b"", bytes(LARGEST_FILE + 1)])
def test_an_empty_file_and_a_very_large_one_are_refused(desk: Desk, content: bytes) -> None:
    with pytest.raises(FileTooLargeError):
        desk.leave(content)


def test_an_unknown_kind_is_refused(desk: Desk) -> None:
    with pytest.raises(UnknownKindError, match="Use one of calendars"):
        desk.leave(b"x", kind="shoes")


def test_two_processes_never_work_on_one_file(desk: Desk) -> None:
    job_id = desk.leave(organisations(30))
    begun, go_on = Event(), Event()
    answers: dict[str, Any] = {}

    def pause(*_: object) -> None:
        begun.set()
        assert go_on.wait(30)

    engine = desk.office.service.sessions.kw["bind"]
    first = Thread(target=lambda: answers.update(first=desk.run(job_id)))
    event.listen(engine, "savepoint", pause, once=True)
    first.start()
    assert begun.wait(30)
    answers["second"] = desk.run(job_id)
    go_on.set()
    first.join()
    assert answers == {"first": True, "second": False}
    assert (desk.job(job_id).attempts, desk.job(job_id).added, desk.count()) == (1, 30, 30)


def test_an_attempt_that_was_overtaken_writes_nothing(desk: Desk) -> None:
    job_id = desk.leave(organisations(30))
    service = desk.office.service

    def overtake(*_: object) -> None:
        with begin(service.sessions, desk.office.actors["ada"]) as uow:
            uow.session.execute(update(ImportJob).where(ImportJob.id == job_id).values(attempts=ImportJob.attempts + 1))

    event.listen(service.sessions.kw["bind"], "savepoint", overtake, once=True)
    assert not desk.run(job_id)
    assert (desk.job(job_id).state, desk.count()) == ("running", 0)
    assert desk.run(job_id)
    assert (desk.job(job_id).attempts, desk.count()) == (3, 30)


def test_a_dry_run_that_was_overtaken_ends_nothing(desk: Desk) -> None:
    job_id = desk.leave(organisations(1), dry_run=True)
    service = desk.office.service

    def overtake(*_: object) -> None:
        with begin(service.sessions, desk.office.actors["ada"]) as uow:
            uow.session.execute(update(ImportJob).where(ImportJob.id == job_id).values(attempts=ImportJob.attempts + 1))

    event.listen(service.sessions.kw["bind"], "rollback", overtake, once=True)
    assert not desk.run(job_id)
    assert desk.job(job_id).state == "running"


def test_work_broken_off_again_and_again_ends_with_a_sentence(desk: Desk) -> None:
    job_id = desk.leave(organisations(1))
    with desk.office.service.unit(desk.office.actors["ada"]) as uow:
        uow.session.execute(
            text("UPDATE import_job SET state = 'running', attempts = :attempts, started_at = asked_at WHERE id = :id"),
            {"id": job_id, "attempts": MOST_ATTEMPTS},
        )
    assert desk.run(job_id)
    job = desk.job(job_id)
    assert (job.state, job.reason_code, desk.count()) == ("failed", "import-broken-off", 0)


def test_a_fault_of_ours_leaves_the_file_to_be_begun_again(desk: Desk) -> None:
    job_id = desk.leave(organisations(2))

    def break_off(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    event.listen(desk.office.service.sessions.kw["bind"], "release_savepoint", break_off, once=True)
    with pytest.raises(RuntimeError):
        desk.run(job_id)
    assert (desk.job(job_id).state, desk.count()) == ("running", 0)
    assert desk.run(job_id)
    assert (desk.job(job_id).state, desk.count()) == ("done", 2)


def test_progress_is_seen_while_it_runs(desk: Desk) -> None:
    job_id = desk.leave(organisations(5))
    seen: list[tuple[str, int, int | None]] = []

    def look(*_: object) -> None:
        job = desk.job(job_id)
        seen.append((job.state, job.rows_done, job.rows_all))

    engine = desk.office.service.sessions.kw["bind"]
    event.listen(engine, "savepoint", look)
    desk.run(job_id)
    event.remove(engine, "savepoint", look)
    assert ("running", 0, None) in seen
    assert ("running", 4, 5) in seen


def test_a_member_of_staff_with_another_role_sees_their_own_alone(desk: Desk) -> None:
    claims = as_csv([{"reference": "C-1"}]).encode()
    mine = desk.leave(claims, kind="claims", by="clerk")
    desk.office.actors["other"] = desk.office.service.staff(Role.FINANCE_OFFICER)
    theirs = desk.leave(claims, kind="claims", by="other")
    for by, expected in (("clerk", {mine}), ("other", {theirs}), ("auditor", {mine, theirs}), ("ada", {mine, theirs})):
        with desk.office.service.unit(desk.office.actors[by]) as uow:
            assert {job.id for job in uow.session.scalars(queries.visible_jobs(uow.actor))} == expected
    with pytest.raises(queries.ImportNotFoundError):
        desk.job(theirs, by="clerk")


def test_what_stood_in_a_file_is_for_its_sender_and_an_auditor(desk: Desk) -> None:
    job_id = desk.leave(as_csv([{"reference": "C-1"}]).encode(), kind="claims", by="clerk")
    desk.run(job_id)
    assert desk.job(job_id, by="ada").reason_code == "headings"
    assert desk.outcomes(job_id, by="auditor") == desk.outcomes(job_id, by="clerk") == []
    for look in (queries.rows_of, queries.bad_rows):
        with pytest.raises(queries.RowsNotYoursError):
            desk.office.service.ask(desk.office.actors["ada"], look, job_id)


def test_another_commissioner_sees_nothing(desk: Desk) -> None:
    job_id = desk.leave(organisations(1))
    other = Desk(type(desk.office)(type(desk.office.service)(desk.office.service.sessions)))
    with pytest.raises(queries.ImportNotFoundError):
        other.job(job_id, by="auditor")


def test_asking_is_kept(desk: Desk) -> None:
    with desk.office.service.unit(desk.office.actors["ada"]) as uow:
        job = request_import(uow, "organisations", b"x,y\n")
    with desk.office.service.unit(desk.office.actors["auditor"]) as uow:
        found = uow.session.scalars(select(AuditEvent).where(AuditEvent.subject_id == job.id)).one()
    assert (found.action, found.facts) == ("import.asked", {"kind": "organisations", "size": 4})
