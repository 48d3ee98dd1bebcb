"""`phb jobs` lists what happens by itself and does what is due."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL
from sqlalchemy.orm import Session, sessionmaker

from phb.core import migration
from phb.core.actor import Role
from phb.core.clock import LONDON
from phb.core.database import make_engine, make_session_factory
from phb.core.money import pounds
from phb.core.roles import WRITER
from phb.governance import policy
from phb.governance.jobs import JOBS
from phb.jobs.lock import scheduler_lock
from phb.ledger import events, posting
from phb.ledger.entry import Heading, Source
from phb.people.users.operations import add_user, grant_role
from phb.spending.sharing import days_of, portions
from tests.budget.conftest import World, stated
from tests.cli.conftest import Run
from tests.people.conftest import APRIL, Service

TIMED = [job.name for job in JOBS if job.when is not None]
NINE = datetime(2026, 4, 1, 9, tzinfo=LONDON)


@pytest.fixture
def sessions(empty_database: URL, monkeypatch: pytest.MonkeyPatch) -> Iterator[sessionmaker[Session]]:
    """Make a database that the command finds, whose clock it can move."""
    migration.upgrade(empty_database, clock="settable", clock_at=NINE)
    monkeypatch.setenv("PHB_DATABASE_URL", empty_database.render_as_string(hide_password=False))
    engine = make_engine(empty_database, role=WRITER)
    yield make_session_factory(engine)
    engine.dispose()


@pytest.fixture
def world(sessions: sessionmaker[Session]) -> World:
    """Return a commissioner on 1 April 2026."""
    return World(Service(sessions))


def jobs_of(shell: Run) -> dict[str, dict[str, object]]:
    status, output, errors = shell("jobs", "list", "--json")
    assert (status, errors) == (0, "")
    return {job["name"]: job for job in json.loads(output)["jobs"]}


def test_what_is_due_is_done_once(shell: Run, world: World) -> None:
    status, output, errors = shell("jobs", "run", "--once")
    assert (status, output) == (0, f"{len(TIMED)} runs were due; {len(TIMED)} done.\n")
    assert [json.loads(line)["job"] for line in errors.splitlines()] == TIMED
    assert shell("jobs", "run", "--once") == (0, "Nothing was due.\n", "")
    assert shell("clock", "--to", "2026-04-03")[0] == 0
    status, output, _ = shell("jobs", "run", "--once", "--json")
    ran = json.loads(output)["ran"]
    assert [one["job"] for one in ran] == TIMED
    assert {one["due_at"][:10] for one in ran} == {"2026-04-02"}
    assert ran[0]["commissioner_id"] == str(world.service.commissioner_id)


def test_two_commissioners_are_served_side_by_side(shell: Run, world: World, sessions: sessionmaker[Session]) -> None:
    other = Service(sessions)
    status, output, _ = shell("jobs", "run", "--once", "--json")
    assert status == 0
    both = [str(world.service.commissioner_id), str(other.commissioner_id)]
    ran = [one["commissioner_id"] for one in json.loads(output)["ran"]]
    assert sorted(ran) == sorted(both * len(TIMED))
    assert {job["commissioner"] for job in json.loads(shell("jobs", "list", "--json")[1])["jobs"]} == {
        world.service.code,
        other.code,
    }


def test_the_list_tells_last_and_next_in_words(shell: Run, world: World) -> None:
    before = jobs_of(shell)
    assert list(before) == [job.name for job in JOBS]
    assert (before["settle-payments"]["state"], before["settle-payments"]["next_at"]) == (
        None,
        "2026-04-01 04:00:00+00:00",
    )
    shell("jobs", "run", "--once")
    after = jobs_of(shell)["settle-payments"]
    assert (after["state"], after["sentence"], after["next_at"]) == (
        "done",
        "No payment run arrived.",
        "2026-04-02 04:00:00+00:00",
    )
    status, output, _ = shell("jobs", "list")
    assert status == 0
    for words in ("Northvale", "settle-payments", "every day at 05:00", "1 April 2026 05:00", "2 April 2026 05:00"):
        assert words in output
    assert world.service.code not in output


def test_a_run_that_failed_is_told_of(shell: Run, world: World) -> None:
    view = world.line_of(world.active(stated("care", "100.00")))
    heading = Heading(APRIL, "By another way", Source("test", uuid4()))
    with world.service.unit(world.finance) as uow:
        posting.post(uow, events.money_left_account(heading, portions(view, days_of(APRIL, None), pounds("7.00"))))
    status, output, errors = shell("jobs", "run", "--once")
    assert (status, output) == (
        0,
        f"{len(TIMED)} runs were due; {len(TIMED) - 1} done. 1 failed: look at `phb jobs list`.\n",
    )
    assert [json.loads(line)["event"] for line in errors.splitlines()].count("job.failed") == 1
    assert "to be tried again 1 identity of the books did not hold" in shell("jobs", "list")[1]


def test_messages_wait_for_a_folder_and_the_list_says_so(
    shell: Run, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"kit@{world.service.code.lower()}.example"
    with world.service.unit(world.administrator) as uow:
        user = add_user(uow, sign_in_name=address, name="Kit")
        grant_role(uow, user.id, Role.ADMINISTRATOR, organisation_id=uow.commissioner_id, start_on=APRIL)
    value = {"agreement": 20}
    world.do(world.administrator, policy.propose, "tasks", value, effective_from=date(2026, 5, 1), source="Board")
    shell("jobs", "run", "--once")
    assert jobs_of(shell)["deliver-messages"]["messages_waiting"] == 1
    assert "1 message waits, because nothing says where mail goes." in shell("jobs", "list")[1]
    monkeypatch.setenv("PHB_MAIL_FOLDER", str(tmp_path))
    assert shell("jobs", "run", "--once")[1] == "1 run was due; 1 done.\n"
    (mail,) = tmp_path.glob("*.eml")
    assert f"To: {address}" in mail.read_text()
    assert "message waits" not in shell("jobs", "list")[1]


def test_a_second_one_leaves_with_a_sentence(shell: Run, world: World, empty_database: URL) -> None:
    engine = make_engine(empty_database, role=WRITER)
    with scheduler_lock(engine) as lock:
        assert lock.take()
        status, output, errors = shell("jobs", "run", "--once")
        assert (status, output) == (1, "")
        assert errors == "Another `phb jobs run` is at work and does what is due, so this one did nothing.\n"
    engine.dispose()
    assert shell("jobs", "run", "--once")[0] == 0
    assert world.service.today == date(2026, 4, 1)


@pytest.mark.parametrize("arguments", [("run", "--every", "0"), ("run", "--twice"), ("stop",)])
def test_what_is_odd_is_bad_usage(shell: Run, arguments: tuple[str, ...]) -> None:
    status, output, errors = shell("jobs", *arguments)
    assert (status, output) == (2, "")
    assert "See `phb jobs" in errors
