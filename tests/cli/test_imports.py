"""`phb import` at the shell: what is said, what is given back, and with which status."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb import cli
from phb.cli import units
from phb.core import uow
from tests.intake.conftest import as_csv
from tests.intake.kinds.world import PROVIDER
from tests.people.conftest import Service, _cheap_hashes  # noqa: F401 - a fixture that every test here needs

Run = Callable[..., tuple[int, str, str]]
GOOD = as_csv([PROVIDER])
MIXED = as_csv([PROVIDER, PROVIDER | {"reference": "ORG-03", "kind": "shop"}])


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str],
    session_factory: sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Run:
    """Import a text of organisations as an administrator on 1 April 2026; return status, output and errors."""
    service = Service(session_factory)
    monkeypatch.setattr(units, "sessions", lambda: session_factory)
    monkeypatch.setattr(uow, "installation_now", lambda _session: datetime(2026, 4, 1, 11, tzinfo=UTC))
    file = tmp_path / "organisations.csv"

    def run(text: str, *options: str) -> tuple[int, str, str]:
        file.write_text(text, encoding="utf-8")
        with pytest.raises(SystemExit) as end:
            cli.main(["import", "organisations", str(file), "--as", f"ada.{service.code}", *options])
        assert isinstance(end.value.code, int)
        return end.value.code, *capsys.readouterr()

    return run


def test_a_good_file_is_taken_and_again_changes_nothing(run: Run) -> None:
    assert run(GOOD) == (0, "organisations: 1 added, 0 changed, 0 unchanged, 0 given back.\n", "")
    assert run(GOOD) == (0, "organisations: 0 added, 0 changed, 1 unchanged, 0 given back.\n", "")


def test_bad_rows_come_back_in_a_file_and_with_status_1(run: Run, tmp_path: Path) -> None:
    back = tmp_path / "back.csv"
    status, output, errors = run(MIXED, "--bad-rows", str(back))
    assert (status, output) == (1, "organisations: 1 added, 0 changed, 0 unchanged, 1 given back.\n")
    assert errors.splitlines()[0].startswith("Row 3: “shop” does not fit “kind”. Give one of")
    assert errors.splitlines()[1] == "1 rows were given back; mend them and import the file again."
    assert back.read_text(encoding="utf-8").splitlines()[1].startswith("3,")


@pytest.mark.parametrize("option", ["--dry-run", "--all-or-nothing"])
def test_nothing_is_taken_where_that_was_asked(run: Run, option: str) -> None:
    assert run(MIXED, option)[0] == 1
    assert run(GOOD)[1] == "organisations: 1 added, 0 changed, 0 unchanged, 0 given back.\n"


def test_machines_get_every_row(run: Run) -> None:
    found = json.loads(run(MIXED, "--json")[1])
    assert found["counts"] == {"added": 1, "changed": 0, "unchanged": 0}
    assert [(bad["row"], bad["code"]) for bad in found["bad_rows"]] == [(3, "cell")]


def test_wrong_headings_are_one_sentence(run: Run) -> None:
    status, output, errors = run("shoe,size\n1,2\n")
    assert (status, output) == (1, "")
    assert errors.startswith("The headings do not fit: reference, kind, name, start_on are missing;")
