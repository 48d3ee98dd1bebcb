"""What the database itself refuses of imports, whoever writes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from phb.core.uow import begin
from tests.intake.jobs.conftest import Desk, organisations

JOB = {
    "kind": "'organisations'",
    "sha256": "sha256('x'::bytea)",
    "size_bytes": "1",
    "content": "'x'::bytea",
    "dry_run": "false",
    "all_or_nothing": "false",
    "asked_roles": "ARRAY['administrator']",
    "asked_at": "now()",
    "state": "'waiting'",
    "attempts": "0",
    "rows_done": "0",
    "rows_all": "NULL",
    "added": "0",
    "changed": "0",
    "unchanged": "0",
    "given_back": "0",
    "written": "false",
    "headings": "'{}'",
    "warnings": "'{}'",
    "reason_code": "NULL",
    "reason": "NULL",
    "started_at": "NULL",
    "ended_at": "NULL",
}
RUNNING = {"state": "'running'", "attempts": "1", "started_at": "now()"}
DONE = RUNNING | {"state": "'done'", "ended_at": "now()", "content": "NULL", "rows_all": "0"}
FAILED = DONE | {"state": "'failed'", "rows_all": "NULL", "reason_code": "'file'", "reason": "'Torn.'"}


def write(desk: Desk, statement: str, **values: object) -> None:
    """Run a statement as the application does."""
    actor = desk.office.actors["ada"]
    with begin(desk.office.service.sessions, actor) as uow:
        given = {"commissioner_id": uow.commissioner_id, "user_id": actor.user_id}
        uow.session.execute(text(statement), given | values)


def insert_job(desk: Desk, changes: Mapping[str, str], **values: object) -> UUID:
    """Write an import whose columns are as given."""
    job_id, columns = uuid4(), {**JOB, **changes}
    names, given = ", ".join(columns), ", ".join(columns.values())
    write(
        desk,
        f"INSERT INTO import_job (commissioner_id, id, asked_by, {names})"  # noqa: S608 - of this file
        f" VALUES (:commissioner_id, :id, :user_id, {given})",
        id=job_id,
        **values,
    )
    return job_id


def refused(error: pytest.ExceptionInfo[DBAPIError]) -> str:
    """Return the constraint that was broken."""
    return str(error.value.orig.diag.constraint_name)  # type: ignore[union-attr]  # psycopg's own


@pytest.mark.parametrize(
    "changes", [{}, RUNNING, DONE, FAILED, DONE | {"rows_all": "2", "rows_done": "2", "added": "2"}]
)
def test_what_an_import_may_be(desk: Desk, changes: Mapping[str, str]) -> None:
    assert insert_job(desk, changes)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"kind": "''"}, "kind"),
        ({"sha256": "'x'::bytea"}, "sha256"),
        ({"sha256": "sha256('y'::bytea)"}, "sha256"),
        ({"size_bytes": "2"}, "size"),
        ({"size_bytes": "0", "content": "''::bytea", "sha256": "sha256(''::bytea)"}, "size"),
        ({"content": "NULL"}, "content"),
        (DONE | {"content": "'x'::bytea"}, "content"),
        (FAILED | {"size_bytes": "10485761"}, "size"),
        ({"asked_roles": "'{}'"}, "asked_roles"),
        (RUNNING | {"state": "'lost'"}, "state"),
        ({"attempts": "-1"}, "attempts"),
        ({"attempts": "1"}, "started"),
        (RUNNING | {"started_at": "NULL"}, "started"),
        (RUNNING | {"attempts": "0"}, "started"),
        ({"rows_done": "-1", "rows_all": "0"}, "rows_done"),
        ({"rows_done": "1"}, "rows_all"),
        (RUNNING | {"rows_done": "2", "rows_all": "1"}, "rows_all"),
        (DONE | {"ended_at": "NULL"}, "ended"),
        (RUNNING | {"ended_at": "now()"}, "ended"),
        (FAILED | {"reason": "NULL"}, "failed"),
        (DONE | {"reason_code": "'file'", "reason": "'Torn.'"}, "failed"),
        (RUNNING | {"added": "1"}, "counts"),
        (DONE | {"added": "1"}, "counts"),
        (DONE | {"rows_all": "1"}, "counts"),
        (DONE | {"rows_all": "NULL"}, "counts"),
        (FAILED | {"added": "1"}, "counts"),
        (DONE | {"added": "-1", "changed": "1"}, "added"),
        (DONE | {"changed": "-1", "added": "1"}, "changed"),
        (DONE | {"unchanged": "-1", "added": "1"}, "unchanged"),
        (DONE | {"given_back": "-1", "added": "1"}, "given_back"),
        (FAILED | {"written": "true"}, "written"),
        (DONE | {"written": "true", "dry_run": "true"}, "written"),
        (
            DONE | {"written": "true", "all_or_nothing": "true", "rows_all": "1", "rows_done": "1", "given_back": "1"},
            "written",
        ),
    ],
)
def test_what_an_import_may_not_be(desk: Desk, changes: Mapping[str, str], constraint: str) -> None:
    with pytest.raises(DBAPIError) as error:
        insert_job(desk, changes)
    assert refused(error) == f"ck_import_job_{constraint}"


def test_an_import_is_asked_for_by_a_user(desk: Desk) -> None:
    with pytest.raises(DBAPIError) as error:
        insert_job(desk, {}, user_id=uuid4())
    assert refused(error) == "fk_import_job_user"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE import_job SET state = 'running', content = 'x' WHERE id = :id", "never changed"),
        ("UPDATE import_job SET warnings = ARRAY['x'] WHERE id = :id", "never changed"),
        ("DELETE FROM import_job WHERE id = :id", "permission denied"),
        ("UPDATE import_job SET sha256 = sha256('y'::bytea) WHERE id = :id", "permission denied"),
        ("UPDATE import_job SET asked_by = :user_id WHERE id = :id", "permission denied"),
        ("UPDATE import_job_row SET outcome = 'added'", "permission denied"),
        ("DELETE FROM import_job_row", "permission denied"),
        ("UPDATE taken_file SET taken_at = now()", "permission denied"),
        ("DELETE FROM taken_file", "permission denied"),
        ("TRUNCATE taken_file, import_job, import_job_row", "permission denied"),
    ],
)
def test_what_ended_stays_as_it_is(desk: Desk, statement: str, said: str) -> None:
    job_id = desk.leave(organisations(1))
    desk.run(job_id)
    with pytest.raises(DBAPIError, match=said):
        write(desk, statement, id=job_id)


@pytest.mark.parametrize("changes", ["state = 'waiting', attempts = 0, started_at = NULL", "attempts = 0"])
def test_what_began_does_not_wait_again(desk: Desk, changes: str) -> None:
    job_id = insert_job(desk, RUNNING | {"attempts": "2"})
    with pytest.raises(DBAPIError, match="one that began never waits again"):
        write(desk, f"UPDATE import_job SET {changes} WHERE id = :id", id=job_id)  # noqa: S608 - of this file


ROW = {"row_number": "2", "outcome": "'added'", "code": "NULL", "reason": "NULL", "cells": "NULL"}
BACK = ROW | {"outcome": "'given_back'", "code": "'cell'", "reason": "'Empty.'", "cells": "'{}'"}


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        (ROW | {"row_number": "0"}, "ck_import_job_row_number"),
        (ROW | {"outcome": "'lost'"}, "ck_import_job_row_outcome"),
        (ROW | {"code": "'cell'"}, "ck_import_job_row_given_back"),
        (BACK | {"reason": "NULL"}, "ck_import_job_row_given_back"),
        (BACK | {"cells": "'[]'"}, "ck_import_job_row_cells"),
    ],
)
def test_what_a_row_may_not_be(desk: Desk, changes: Mapping[str, str], constraint: str) -> None:
    job_id = insert_job(desk, {})
    with pytest.raises(DBAPIError) as error:
        insert_row(desk, job_id, changes)
    assert refused(error) == constraint


def test_a_row_is_of_one_import_and_there_once(desk: Desk) -> None:
    job_id = insert_job(desk, {})
    insert_row(desk, job_id, BACK)
    for other, constraint in ((job_id, "pk_import_job_row"), (uuid4(), "fk_import_job_row_job")):
        with pytest.raises(DBAPIError) as error:
            insert_row(desk, other, ROW)
        assert refused(error) == constraint


def insert_row(desk: Desk, job_id: UUID, columns: Mapping[str, str]) -> None:
    """Write what became of a row."""
    names, given = ", ".join(columns), ", ".join(columns.values())
    write(
        desk,
        f"INSERT INTO import_job_row (commissioner_id, job_id, {names})"  # noqa: S608 - of this file
        f" VALUES (:commissioner_id, :job_id, {given})",
        job_id=job_id,
    )


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"kind": "''"}, "ck_taken_file_kind"),
        ({"sha256": "'x'"}, "ck_taken_file_sha256"),
        ({"roles": "'{}'"}, "ck_taken_file_roles"),
        ({"taken_by": "gen_random_uuid()"}, "fk_taken_file_user"),
    ],
)
def test_what_a_taken_file_may_not_be(desk: Desk, changes: dict[str, Any], constraint: str) -> None:
    columns = {"kind": "'x'", "sha256": "sha256('x'::bytea)", "roles": "ARRAY['auditor']", "taken_by": ":user_id"}
    columns |= changes
    names, given = ", ".join(columns), ", ".join(columns.values())
    with pytest.raises(DBAPIError) as error:
        write(
            desk,
            f"INSERT INTO taken_file (commissioner_id, taken_at, {names})"  # noqa: S608 - of this file
            f" VALUES (:commissioner_id, now(), {given})",
        )
    assert refused(error) == constraint


@pytest.mark.parametrize("table", ["taken_file", "import_job", "import_job_row"])
def test_another_commissioner_sees_and_writes_no_row(desk: Desk, table: str) -> None:
    job_id = desk.leave(organisations(1))
    desk.run(job_id)
    other = Desk(type(desk.office)(type(desk.office.service)(desk.office.service.sessions)))
    for each, seen in ((desk, True), (other, False)):
        with begin(each.office.service.sessions, each.office.actors["ada"]) as uow:
            query = text(f"SELECT EXISTS (SELECT FROM {table} WHERE commissioner_id = :id)")  # noqa: S608 - as above
            assert uow.session.scalar(query, {"id": desk.office.service.commissioner_id}) is seen
    with pytest.raises(DBAPIError, match="row-level security"):
        write(
            other,
            "INSERT INTO taken_file (commissioner_id, taken_at, kind, sha256, roles, taken_by)"
            " VALUES (:whose, now(), 'x', sha256('x'::bytea), ARRAY['auditor'], :user_id)",
            whose=desk.office.service.commissioner_id,
        )
