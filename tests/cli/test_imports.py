"""`phb import` at the shell: what is said, what is given back, and with which status."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from sqlalchemy import URL, select

from phb.core import migration
from phb.core.clock import LONDON
from phb.core.database import create_database, drop_database, make_engine, make_session_factory
from phb.core.roles import WRITER
from phb.governance.models import AuditEvent
from tests.cli.conftest import Run
from tests.intake.conftest import as_csv
from tests.intake.kinds.world import PROVIDER
from tests.people.conftest import Service

GOOD = as_csv([PROVIDER])
MIXED = as_csv([PROVIDER, PROVIDER | {"reference": "ORG-03", "kind": "shop"}])


@pytest.fixture(scope="module")
def in_march(server: URL) -> Iterator[URL]:
    """Name a database of this file's own, made with a clock that stands at 31 March 2026 until it is moved."""
    name = f"phb_imports_{uuid4().hex[:12]}"
    create_database(server, name)
    url = server.set(database=name)
    migration.upgrade(url, clock="settable", clock_at=datetime(2026, 3, 31, 12, tzinfo=LONDON))
    yield url
    drop_database(server, name)


@pytest.fixture
def service(in_march: URL) -> Iterator[Service]:
    """Return a commissioner whose users have their roles from 1 April 2026."""
    engine = make_engine(in_march, role=WRITER)
    yield Service(make_session_factory(engine))
    engine.dispose()


@pytest.fixture
def run(shell: Run, in_march: URL, service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Import a text of organisations as an administrator at noon on 1 April 2026; return status, output and errors."""
    monkeypatch.setenv("PHB_DATABASE_URL", in_march.render_as_string(hide_password=False))
    assert shell("clock", "--to", "2026-04-01T12:00")[0] == 0
    file = tmp_path / "organisations.csv"

    def run(text: str, *options: str) -> tuple[int, str, str]:
        file.write_text(text, encoding="utf-8")
        return shell("import", "organisations", str(file), "--as", f"ada.{service.code}", *options)

    return run


def test_a_good_file_is_taken_and_again_changes_nothing(run: Run) -> None:
    assert run(GOOD) == (0, "organisations: 1 added, 0 changed, 0 unchanged, 0 given back.\n", "")
    status, output, errors = run(GOOD)
    assert (status, errors) == (0, "")
    assert output.splitlines() == [
        "organisations: 0 added, 0 changed, 1 unchanged, 0 given back.",
        "This same file was taken in on 1 April 2026 by an administrator; 1 row is unchanged.",
    ]


def test_what_is_taken_is_recorded_at_the_time_of_the_installations_clock(run: Run, service: Service) -> None:
    run(GOOD)
    with service.unit(service.administrator) as uow:
        recorded = select(AuditEvent.recorded_at).where(AuditEvent.action == "organisation.registered")
        assert uow.session.scalars(recorded).all() == [datetime(2026, 4, 1, 12, tzinfo=LONDON)]


def test_bad_rows_come_back_in_a_file_and_with_status_1(run: Run, tmp_path: Path) -> None:
    back = tmp_path / "back.csv"
    status, output, errors = run(MIXED, "--bad-rows", str(back))
    assert (status, output) == (1, "organisations: 1 added, 0 changed, 0 unchanged, 1 given back.\n")
    assert errors.splitlines()[0].startswith("Row 3: “shop” does not fit “kind”. Give one of")
    assert errors.splitlines()[1] == "1 rows were given back; mend them and import the file again."
    assert back.read_text(encoding="utf-8").splitlines()[1].startswith("3,")


@pytest.mark.parametrize("option", ["--dry-run", "--all-or-nothing"])
def test_nothing_is_taken_where_that_was_asked(run: Run, option: str) -> None:
    status, output, _ = run(MIXED, option)
    assert (status, output.endswith("1 given back. Nothing was written.\n")) == (1, True)
    assert run(GOOD)[1] == "organisations: 1 added, 0 changed, 0 unchanged, 0 given back.\n"


def test_machines_get_every_row(run: Run) -> None:
    found = json.loads(run(MIXED, "--json")[1])
    assert found["counts"] == {"added": 1, "changed": 0, "unchanged": 0}
    assert [(bad["row"], bad["code"]) for bad in found["bad_rows"]] == [(3, "cell")]
    assert (found["written"], found["warnings"]) == (True, [])


def test_wrong_headings_are_one_sentence(run: Run) -> None:
    status, output, errors = run("shoe,size\n1,2\n")
    assert (status, output) == (1, "")
    assert errors.startswith("The headings do not fit: reference, kind, name, start_on are missing;")


@pytest.mark.usefixtures("run")
def test_a_template_is_written_filled_in_and_imported(shell: Run, service: Service, tmp_path: Path) -> None:
    assert shell("import", "organisations", "--template", "xlsx") == (
        0,
        "Fill in organisations.xlsx, then import it.\n",
        "",
    )
    file = tmp_path / "organisations.xlsx"
    book = load_workbook(file)
    book["organisations"].append(["ORG-09", "provider", "Larkfield Care", "01/04/2025"])
    book.save(file)
    taken = shell("import", "organisations", str(file), "--as", f"ada.{service.code}")
    assert taken == (0, "organisations: 1 added, 0 changed, 0 unchanged, 0 given back.\n", "")


@pytest.mark.usefixtures("run")
def test_a_template_is_never_written_over_a_file(shell: Run, tmp_path: Path) -> None:
    assert shell("import", "claims", "--template", "csv")[0] == 0
    before = (tmp_path / "claims.csv").read_bytes()
    status, _, errors = shell("import", "claims", "--template", "csv")
    assert (status, errors) == (
        1,
        "Could not open file 'claims.csv': It is there already. Name another FILE after the KIND.\n",
    )
    assert shell("import", "claims", "mine.csv", "--template", "csv")[0] == 0
    assert (tmp_path / "mine.csv").read_bytes() == before
    assert shell("import", "claims", "no/mine.csv", "--template", "csv")[0] == 1


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["organisations"], "Name the FILE, and say with --as who imports it."),
        (["organisations", "organisations.csv"], "Name the FILE"),
        (["organisations", "none.csv", "--as", "ann"], "“none.csv” cannot be read: No such file or directory."),
        (["shoes"], "'shoes' is not one of"),
    ],
)
def test_what_is_missing_is_bad_usage(shell: Run, arguments: list[str], said: str) -> None:
    status, _, errors = shell("import", *arguments)
    assert status == 2
    assert said in errors
