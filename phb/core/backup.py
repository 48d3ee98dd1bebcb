"""Write a database into a file by PostgreSQL's own programs, and read it back into an empty one."""

import re
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import URL, text

from phb.core.database import make_engine
from phb.core.embedded_server import EmbeddedServer, EmbeddedServerError
from phb.core.errors import ConflictError
from phb.core.roles import ensure_roles

FOR_ITS_OWNER_ONLY = 0o077  # a backup holds everything there is about people
TABLES = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"


class BackupError(ConflictError):
    """PostgreSQL's program could not do it; the sentence has its own words."""

    code = "backup"


class DatabaseNotEmptyError(ConflictError):
    """A backup would be mixed with what is in the database."""

    code = "database-not-empty"


def backup(url: URL, file: Path) -> None:
    """Write a database, every commissioner's rows of it, into a file that its owner alone may read.

    Args:
        url: reaches the database by a login that no row-level security stops.
        file: what is there already is replaced once the new one is whole.

    Raises:
        BackupError: it could not be written.
    """
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        _run("pg_dump", url, "--format=custom", f"--file={unfinished}")
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def restore(url: URL, file: Path) -> None:
    """Read a backup into an empty database, whole or not at all, making the roles where they are missing.

    Args:
        url: reaches the database by a login that may make roles and tables.
        file: written by backup().

    Raises:
        DatabaseNotEmptyError: there are tables in the database.
        BackupError: the file cannot be read back.
    """
    engine = make_engine(url, role=None, pooled=False)
    with engine.connect() as connection:
        if connection.scalar(text(TABLES)):
            raise DatabaseNotEmptyError(
                f"The database “{url.database}” is not empty. Name an empty one in PHB_DATABASE_URL, so that nothing "
                "is mixed or lost."
            )
    ensure_roles(url)
    _run("pg_restore", url, "--single-transaction", str(file))


def _run(program: str, url: URL, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on a database; the password is in a file of its own and no list of processes."""
    with NamedTemporaryFile("w", encoding="utf-8") as secret:
        secret.write("*:*:*:*:" + re.sub(r"([:\\])", r"\\\1", str(url.password or "")))
        secret.flush()
        address = url.set(drivername="postgresql", password=None).update_query_dict({"passfile": secret.name})
        made = subprocess.run(  # noqa: S603 - a program of PostgreSQL
            [_found(program, _version_of(url)), f"--dbname={address.render_as_string()}", *arguments],
            umask=FOR_ITS_OWNER_ONLY,
            capture_output=True,
            text=True,
            check=False,
        )
    if made.returncode:
        reasons = made.stderr.strip().splitlines() or [f"it ended with {made.returncode}"]
        raise BackupError(f"{program} did not succeed, and nothing was changed: {reasons[0]}")


def _version_of(url: URL) -> int:
    with make_engine(url, role=None, pooled=False).connect() as connection:
        return int(connection.scalar(text("SHOW server_version_num"))) // 10_000


def _found(program: str, version: int) -> Path:
    """Return the program of the server's own version, or the newest that there is."""
    on_path = shutil.which(program)
    found = [Path(on_path)] if on_path else []
    with suppress(EmbeddedServerError):
        found.append(EmbeddedServer(Path()).binaries / program)
    if not found:
        raise BackupError(f"There is no {program} on this machine. Install PostgreSQL's client programs.")
    versions = {path: _version_of_program(path) for path in found}
    return next((path for path in found if versions[path] == version), max(found, key=versions.__getitem__))


def _version_of_program(path: Path) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603 - as above
    return int(said.split()[2].split(".")[0])
