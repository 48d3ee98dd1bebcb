"""django-hordak, a published double-entry ledger, in a virtual environment and a database of its own."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

from sqlalchemy import URL

from benchmarks.pgbench import address_of
from phb.core.database import create_database, database_url, drop_database
from phb.core.settings import Settings

REQUIREMENTS = ("django-hordak==2.0.0", "django==5.2.19", "psycopg[binary]==3.3.9")
ENVIRONMENT = Path("out/bench/hordak")
MOVES = Path(__file__).with_name("other_ledger_moves.py")
SECONDS = 4


@contextmanager
def installed(tell: Callable[[str], None]) -> Iterator[dict[str, Callable[[], float]]]:
    """Install it, make its tables and 10,000 accounts, and yield what measures it: one move at a time, or in bulk."""
    tell("installing django-hordak")
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        _run(Path(sys.executable), "-m", "venv", str(ENVIRONMENT))
        _run(python, "-m", "pip", "install", "--quiet", *REQUIREMENTS)
    server = database_url(Settings.from_environment())
    url = server.set(database=f"phb_bench_hordak_{uuid4().hex[:8]}")
    create_database(server, url.database or "")
    try:
        _run(python, "-P", str(MOVES), address_of(url), "prepare", "0")
        yield {f"hordak, {how}": partial(_rate, python, url, how) for how in ("single", "bulk")}
    finally:
        drop_database(server, url.database or "")


def _rate(python: Path, url: URL, how: str) -> float:
    return float(_run(python, "-P", str(MOVES), address_of(url), how, str(SECONDS)))


def _run(program: Path, *arguments: str) -> str:
    done = subprocess.run([str(program), *arguments], check=True, capture_output=True, text=True)  # noqa: S603 - our own words
    return done.stdout.strip().rpartition("\n")[2]
