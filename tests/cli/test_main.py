"""The `phb` command prints an outcome, or one sentence on standard error and a status."""

import json
from collections.abc import Callable

import click
import pytest
from sqlalchemy import URL
from sqlalchemy.exc import OperationalError

from phb import cli
from phb.cli import database
from phb.core import migration
from phb.core.embedded_server import EmbeddedServer, EmbeddedServerError
from phb.core.errors import ConflictError
from phb.core.roles import RolesError

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command and return its status, output and errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            cli.main(arguments)
        assert isinstance(end.value.code, int)
        output = capsys.readouterr()
        return end.value.code, output.out, output.err

    return run


@pytest.fixture
def used(empty_database: URL, monkeypatch: pytest.MonkeyPatch) -> URL:
    """Point the command at a database of its own."""
    monkeypatch.setenv("PHB_DATABASE_URL", empty_database.render_as_string(hide_password=False))
    return empty_database


def test_upgrade_then_rehearse(run: Run, used: URL) -> None:
    assert run("db", "upgrade") == (0, f"The database is at version {migration.head()}.\n", "")
    assert migration.current_revision(used) == migration.head()
    assert run("db", "rehearse")[0] == 0


def test_check_is_refused_before_an_upgrade_and_passes_after(run: Run, used: URL) -> None:
    status, output, errors = run("db", "check")
    assert (status, output) == (1, "")
    assert "run `phb db upgrade`" in errors
    migration.upgrade(used)
    status, output, errors = run("db", "check", "--json")
    assert (status, json.loads(output), errors) == (0, {"revision": migration.head()}, "")


def test_stop_says_whether_a_server_was_running(
    run: Run, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("var")
    monkeypatch.setenv("PHB_VAR", str(folder))
    assert run("db", "stop") == (0, "No embedded server was running.\n", "")
    monkeypatch.setattr(EmbeddedServer, "stop", lambda _self: True)
    assert run("db", "stop") == (0, "The embedded server is stopped.\n", "")
    assert json.loads(run("db", "stop", "--json")[1]) == {"stopped": True}


def commands(group: click.Group, *path: str) -> list[tuple[str, ...]]:
    """List the path of every command below a group."""
    found: list[tuple[str, ...]] = []
    for name, command in group.commands.items():
        found += commands(command, *path, name) if isinstance(command, click.Group) else [(*path, name)]
    return found


@pytest.mark.parametrize("path", commands(cli.cli), ids=" ".join)
def test_every_command_shows_an_example_and_speaks_json(run: Run, path: tuple[str, ...]) -> None:
    status, output, errors = run(*path, "--help")
    assert (status, errors) == (0, "")
    assert f"Example: phb {' '.join(path)}" in output
    assert "--json" in output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("db", "frob"), "No such command 'frob'. See `phb db --help`.\n"),
        (("db", "check", "--colour"), "No such option '--colour'. See `phb db check --help`.\n"),
    ],
)
def test_bad_usage_is_one_sentence(run: Run, arguments: tuple[str, ...], sentence: str) -> None:
    assert run(*arguments) == (2, "", sentence)


def test_no_command_lists_the_commands(run: Run) -> None:
    status, output, errors = run()
    assert (status, output) == (2, "")
    assert errors.startswith("Usage: phb")


def test_an_odd_setting_is_bad_usage(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHB_COLOUR", "blue")
    status, output, errors = run("db", "check")
    assert (status, output) == (2, "")
    assert errors.startswith("PHB_COLOUR is not a setting")


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (ConflictError("Somebody else was first; look again."), 1, "Somebody else was first; look again.\n"),
        (RolesError("Ask an administrator."), 1, "Ask an administrator.\n"),
        (EmbeddedServerError("Set PHB_DATABASE_URL."), 1, "Set PHB_DATABASE_URL.\n"),
        (OperationalError("", {}, Exception("refused\nat length")), 1, "The database cannot be reached: refused\n"),
        (click.ClickException("Out of paper."), 1, "Out of paper.\n"),
        (click.Abort(), 1, "Stopped before it was done.\n"),
    ],
)
def test_a_refusal_is_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, sentence: str
) -> None:
    def refuse(**_options: object) -> None:
        raise error

    monkeypatch.setattr(database.check, "callback", refuse)
    assert run("db", "check") == (status, "", sentence)
