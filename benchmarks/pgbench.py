"""Run pgbench, the load tool that comes with PostgreSQL."""

import re
import subprocess
import tempfile
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

from phb.core.embedded_server import EmbeddedServer


class PgbenchError(Exception):
    """pgbench failed; its own words say why."""


def transactions_per_second(url: URL, script: str, *, clients: int, seconds: int) -> float:
    """Return how often a second `clients` together run a script, each statement prepared once.

    Raises:
        PgbenchError: it failed, or a transaction did.
    """
    binary = EmbeddedServer(Path("var")).binaries / "pgbench"
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        options = ["-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2)), "-T", str(seconds)]
        command = [str(binary), *options, "-f", file.name, address_of(url)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own words
    found = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    if found is None or done.returncode != 0 or "number of failed transactions: 0 " not in done.stdout:
        raise PgbenchError(f"pgbench failed: {done.stderr}{done.stdout}")
    return float(found[1])


def address_of(url: URL) -> str:
    """Return an address in the words that PostgreSQL's own clients and psycopg read."""
    return make_conninfo(**url.translate_connect_args(database="dbname", username="user") | dict(url.query))
