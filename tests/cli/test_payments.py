"""`phb payments` takes a run from assembly to settlement, on a database, a key and a clock that it reaches itself."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import URL

from phb.core import migration
from phb.core.clock import LONDON
from phb.core.database import make_engine, make_session_factory
from phb.core.roles import WRITER
from phb.payments import vault
from phb.payments.runs import queries
from phb.payments.runs.models import PaymentRun
from tests.budget.conftest import World, stated
from tests.cli.conftest import Run, name_of
from tests.payments.conftest import DETAILS, OWN_DETAILS, Paying
from tests.people.conftest import Service

NOON = datetime(2026, 4, 1, 12, tzinfo=LONDON)
FIRST, SECOND = "2026-04-08", "2026-04-29"


@pytest.fixture
def paying(empty_database: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Paying]:
    """Return a commissioner that pays, in a database that the command finds and whose clock it can move.

    One pot pays £400.00 every four weeks from 1 April, a second one £100.10.
    """
    migration.upgrade(empty_database, clock="settable", clock_at=NOON)
    key_file = tmp_path / "bank.key"
    monkeypatch.setenv("PHB_DATABASE_URL", empty_database.render_as_string(hide_password=False))
    monkeypatch.setenv("PHB_KEY_FILE", str(key_file))
    engine = make_engine(empty_database, role=WRITER)
    sessions = make_session_factory(engine)
    vault.attach(sessions, vault.make_key_file(key_file))
    paying = Paying(World(Service(sessions)))
    for year in ("5200.00", "1301.30"):
        paying.plan(paying.pot(stated("care", year)))
    yield paying
    engine.dispose()


def run_of(paying: Paying, run_id: str) -> PaymentRun:
    """Return a run as it stands."""
    row: PaymentRun = paying.ask(paying.clerk, queries.run, UUID(run_id))
    return row


def test_a_run_goes_from_assembly_to_settlement(shell: Run, paying: Paying, tmp_path: Path) -> None:
    clerk, approver, releaser = (name_of(paying.world, who) for who in (paying.clerk, paying.approver, paying.releaser))

    status, output, errors = shell("payments", "assemble", "--entry-on", FIRST, "--as", clerk)
    run_id = output.removeprefix("Run ").split()[0]
    assert (status, output, errors) == (0, f"Run {run_id} is assembled; a colleague approves it.\n", "")
    run = run_of(paying, run_id)
    assert (run.state, run.count, run.entry_on.isoformat(), run.assembled_by) == (
        "assembled",
        2,
        FIRST,
        paying.clerk.user_id,
    )

    for step, refused in (("approve", clerk), ("release", releaser)):
        status, output, errors = shell("payments", step, run_id, "--as", refused)
        assert (status, output, errors.count("\n")) == (1, "", 1)
    assert run_of(paying, run_id).state == "assembled"

    sentence = f"Run {run_id} is approved; a third colleague releases it.\n"
    assert shell("payments", "approve", run_id, "--as", approver) == (0, sentence, "")
    assert run_of(paying, run_id).approved_by == paying.approver.user_id

    sentence = f"Run {run_id} is released; export its file next.\n"
    assert shell("payments", "release", run_id, "--as", releaser) == (0, sentence, "")
    run = run_of(paying, run_id)
    assert (run.state, run.serial, run.released_by) == ("released", "000001", paying.releaser.user_id)

    status, output, errors = shell("payments", "export", run_id, "--out", "bacs.txt", "--as", releaser)
    content = (tmp_path / "bacs.txt").read_bytes()
    assert (status, output, errors) == (0, f"Written to bacs.txt; its SHA-256 is {sha256(content).hexdigest()}.\n", "")
    assert run_of(paying, run_id).state == "exported"
    assert_pays_both(content)
    status, _, errors = shell("payments", "export", run_id, "--out", "no/such/folder.txt", "--as", releaser)
    assert (status, "no/such/folder.txt" in errors) == (1, True)
    assert shell("payments", "export", run_id, "--out", "again.txt", "--as", releaser)[0] == 0
    assert (tmp_path / "again.txt").read_bytes() == content

    sentence = "0 runs are settled; 0 wait for their file to be exported.\n"
    assert shell("payments", "settle", "--as", clerk) == (0, sentence, "")
    assert shell("clock", "--to", FIRST)[0] == 0
    sentence = "1 runs are settled; 0 wait for their file to be exported.\n"
    assert shell("payments", "settle", "--as", clerk) == (0, sentence, "")
    paying.world.on(date.fromisoformat(FIRST))
    assert run_of(paying, run_id).state == "settled"
    assert {payment.state for payment in paying.payments(run)} == {"settled"}
    paying.assert_sound()


def assert_pays_both(content: bytes) -> None:
    """Read a file of £400.00 and £100.10 by the positions of Standard 18, counted from one."""
    lines = content.decode("ascii").split("\r\n")
    first, second, contra, trailer = lines[4], lines[5], lines[6], lines[9]
    # £5,200.00 / 13 = £400.00 and £1,301.30 / 13 = £100.10; together £500.10.
    assert sorted(int(line[35:46]) for line in (first, second)) == [10010, 40000]
    assert (contra[15:17], int(contra[35:46])) == ("17", 40000 + 10010)
    assert {(line[0:6], line[6:14], line[15:17]) for line in (first, second)} == {("089999", "66374958", "99")}
    assert (contra[0:6], contra[6:14]) == (OWN_DETAILS.sort_code, OWN_DETAILS.account_number)
    assert {line[82:100].rstrip() for line in (first, second)} == {DETAILS.name.upper()}
    assert (int(trailer[4:17]), int(trailer[17:30])) == (50010, 50010)
    assert (int(trailer[30:37]), int(trailer[37:44]), len(lines)) == (1, 2, 11)
    # Bacs processes on 7 April, the 97th day of the year, the working day before the money arrives.
    assert (lines[0][4:10], lines[3][4:10]) == ("000001", " 26097")


def test_machines_get_every_step_as_one_object(shell: Run, paying: Paying, tmp_path: Path) -> None:
    clerk, approver, releaser = (name_of(paying.world, who) for who in (paying.clerk, paying.approver, paying.releaser))

    def ask(*arguments: str) -> dict[str, object]:
        status, output, errors = shell("payments", *arguments, "--json")
        assert (status, errors, output.count("\n")) == (0, "", 1)
        found: dict[str, object] = json.loads(output)
        return found

    run_id = str(ask("assemble", "--entry-on", FIRST, "--as", clerk)["run_id"])
    assert ask("approve", run_id, "--as", approver) == {"run_id": run_id}
    assert ask("release", run_id, "--as", releaser) == {"run_id": run_id}
    assert shell("clock", "--to", FIRST)[0] == 0
    assert ask("settle", "--as", clerk) == {"settled": [], "not_exported": [run_id]}

    second = str(ask("assemble", "--entry-on", SECOND, "--as", clerk)["run_id"])
    ask("approve", second, "--as", approver)
    ask("release", second, "--as", releaser)
    written = ask("export", second, "--out", "bacs.txt", "--as", releaser)
    content = (tmp_path / "bacs.txt").read_bytes()
    assert written == {"run_id": second, "file": "bacs.txt", "sha256": sha256(content).hexdigest()}
    assert content.startswith(b"VOL1000002")
    assert shell("clock", "--to", SECOND)[0] == 0
    assert ask("settle", "--as", clerk) == {"settled": [second], "not_exported": [run_id]}


def test_a_run_with_nothing_due_or_on_no_working_day_is_refused(shell: Run, paying: Paying) -> None:
    clerk = name_of(paying.world, paying.clerk)
    assert shell("clock", "--to", FIRST)[0] == 0
    status, output, errors = shell("payments", "assemble", "--entry-on", FIRST, "--as", clerk, "--json")
    assert (status, output) == (1, "")
    assert errors.startswith("To arrive on 8 April 2026 the file must be sent by 2 April 2026, which has passed.")
    good_friday = shell("payments", "assemble", "--entry-on", "2026-04-03", "--as", clerk)
    assert (good_friday[0], good_friday[1]) == (1, "")
    assert good_friday[2].startswith("Friday 3 April 2026 is no working day")
    assert shell("payments", "assemble", "--entry-on", "2026-04-15", "--as", clerk)[0] == 0
    status, output, errors = shell("payments", "assemble", "--entry-on", "2026-04-15", "--as", clerk)
    assert (status, output) == (1, "")
    assert errors.startswith("Nothing due by 15 April 2026 may be paid")


def test_every_step_is_refused_to_who_may_not_take_it(shell: Run, paying: Paying) -> None:
    auditor = ("--as", name_of(paying.world, paying.world.auditor))
    for arguments in (("assemble", "--entry-on", FIRST), ("settle",)):
        status, output, errors = shell("payments", *arguments, *auditor)
        assert (status, output) == (1, "")
        assert errors.startswith("Your role does not let you do this")


@pytest.mark.parametrize(
    "arguments",
    [
        ("assemble", "--as", "fay"),
        ("assemble", "--entry-on", "30/04/2026", "--as", "fay"),
        ("approve", "--as", "abe"),
        ("approve", "one", "--as", "abe"),
        ("release", str(uuid4())),
        ("export", str(uuid4()), "--as", "rae"),
        ("settle",),
    ],
)
def test_what_is_left_out_or_odd_is_bad_usage(shell: Run, arguments: tuple[str, ...]) -> None:
    status, output, errors = shell("payments", *arguments)
    assert (status, output) == (2, "")
    assert errors.endswith(f"See `phb payments {arguments[0]} --help`.\n")
