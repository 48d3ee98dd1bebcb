"""One migrated template for each run, one database copied from it for each worker, and sessions on it.

Tests really commit. Each makes a commissioner of its own, so nothing is cleaned up between them.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from sqlalchemy import URL, Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from phb.core import migration
from phb.core.database import create_database, drop_database, make_engine, make_session_factory
from phb.core.embedded_server import EmbeddedServer
from phb.core.roles import OWNER, WRITER
from phb.core.settings import Settings
from phb.payments import vault
from phb.people.users import passwords
from tests.budget.conftest import World
from tests.payments.conftest import Paying
from tests.people.conftest import Service
from tests.spending.conftest import JUNE, Spender, usual_lines

VAR = Path(__file__).parents[1] / "var"
FOLDER = VAR / "tests"


@pytest.fixture(scope="session")
def server() -> Iterator[URL]:
    """Reach the server of PHB_DATABASE_URL, or an embedded one that the last run to leave removes."""
    given = Settings.from_environment().database_url
    if given is not None:
        yield make_url(given)
        return
    VAR.mkdir(exist_ok=True)
    with (VAR / "tests.lock").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        embedded = EmbeddedServer(FOLDER)
        yield embedded.start()
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        embedded.stop()
        shutil.rmtree(FOLDER)


@pytest.fixture(scope="session")
def database(server: URL, testrun_uid: str, worker_id: str) -> Iterator[URL]:
    """Name this worker's migrated database, reached as its administrator."""
    template = f"phb_template_{testrun_uid[:12]}"
    copy = f"phb_test_{testrun_uid[:12]}_{worker_id}"
    with _one_worker_at_a_time():
        if create_database(server, template):
            migration.upgrade(server.set(database=template))
        create_database(server, copy, template=template)
    _commit_without_waiting_for_the_disk(server, copy)
    yield server.set(database=copy)
    drop_database(server, copy)
    with _one_worker_at_a_time():
        drop_database(server, template)


@pytest.fixture
def empty_database(server: URL) -> Iterator[URL]:
    """Name a new database without tables, reached as its administrator."""
    name = f"phb_empty_{uuid4().hex[:12]}"
    create_database(server, name)
    yield server.set(database=name)
    drop_database(server, name)


@pytest.fixture
def clerk(empty_database: URL) -> Iterator[URL]:
    """Log in to the empty database as somebody who may make neither roles nor tables."""
    name = f"clerk_{uuid4().hex[:12]}"
    engine = make_engine(empty_database, role=None, pooled=False)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD '{name}'"))
    yield empty_database.set(username=name, password=name).difference_update_query(["user", "password"])
    with engine.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {name}"))
        connection.execute(text(f"DROP ROLE {name}"))


@pytest.fixture(scope="session")
def engine(database: URL) -> Iterator[Engine]:
    """Connect to this worker's database as the application does."""
    engine = make_engine(database, role=WRITER)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Make sessions as the application does."""
    return make_session_factory(engine)


@pytest.fixture
def owner(database: URL) -> Iterator[sessionmaker[Session]]:
    """Make sessions as the tables' owner."""
    engine = make_engine(database, role=OWNER, pooled=False)
    yield make_session_factory(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> vault.Vault:
    """Return a vault with a key of this run."""
    return vault.make_key_file(Path(tmp_path_factory.mktemp("keys")) / "bank.key")


@pytest.fixture(scope="session")
def vault_sessions(engine: Engine, keys: vault.Vault) -> sessionmaker[Session]:
    """Make sessions that can open bank details."""
    sessions = make_session_factory(engine)
    vault.attach(sessions, keys)
    return sessions


@pytest.fixture
def paying(vault_sessions: sessionmaker[Session]) -> Paying:
    """Return a commissioner that pays, on 1 April 2026."""
    return Paying(World(Service(vault_sessions)))


@pytest.fixture
def world(vault_sessions: sessionmaker[Session]) -> World:
    """Return a commissioner that can keep bank details, on 1 April 2026."""
    return World(Service(vault_sessions))


@pytest.fixture
def spender(world: World) -> Spender:
    """Return a budget with £3,000.00 in the holder's account and £1,000.00 in the third party's, on 15 June 2026."""
    spender = Spender(world, world.active(*usual_lines()))
    spender.pay_in("3000.00")
    spender.pay_in("1000.00", "tp")
    world.on(JUNE)
    return spender


@pytest.fixture(autouse=True, scope="session")
def _cheap_hashes() -> Iterator[None]:
    """Hash with the lowest cost there is, because every test makes administrators."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


def _commit_without_waiting_for_the_disk(server: URL, name: str) -> None:
    """Spare the tests the disk; what is committed is as visible and as whole, and no test here pulls the plug."""
    engine = make_engine(server, role=None, pooled=False)
    with engine.begin() as connection:
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))


@contextmanager
def _one_worker_at_a_time() -> Iterator[None]:
    VAR.mkdir(exist_ok=True)
    with (VAR / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
