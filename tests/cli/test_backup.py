"""`phb db backup` and `phb db restore`, into an empty database and no other."""

import json
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.budget.conftest import World, stated
from tests.cli.conftest import Run, name_of


def test_a_database_is_written_and_read_back(
    run: Run, world: World, empty_database: URL, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world.active(stated("care", "520.00"))
    auditor = name_of(world, world.auditor)
    assert run("db", "backup", "--out", "books.dump") == (0, "The database is in books.dump.\n", "")
    status, _, sentence = run("db", "restore", "books.dump")
    assert (status, "is not empty. Name an empty one in PHB_DATABASE_URL" in sentence) == (1, True)

    before = json.loads(run("ledger", "trial-balance", "--as", auditor, "--json")[1])
    monkeypatch.setenv("PHB_DATABASE_URL", empty_database.render_as_string(hide_password=False))
    status, output, _ = run("db", "restore", "books.dump")
    assert (status, "books.dump is restored, and epoch" in output) == (0, True)
    assert json.loads(run("ledger", "trial-balance", "--as", auditor, "--json")[1]) == before
    assert run("db", "check")[0] == 0
    assert run("ledger", "verify", "--as", auditor)[0] == 0

    assert run("db", "restore", "no.dump")[0] == 2
    assert run("db", "backup", "--out", str(tmp_path / "no" / "such.dump"))[0] == 1
