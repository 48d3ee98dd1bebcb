"""Both roles are made once for a cluster, by whoever may, and asked for otherwise."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import URL, text

from phb.core import roles
from phb.core.database import create_database, drop_database, make_engine
from phb.core.roles import RolesError, ensure_roles


@pytest.fixture
def other_roles(server: URL, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """Let the module make two roles that no other test uses; ask for them first, so that they go last."""
    mark = uuid4().hex[:12]
    names = (f"owner_{mark}", f"writer_{mark}")
    monkeypatch.setattr(roles, "OWNER", names[0])
    monkeypatch.setattr(roles, "ROLES", names)
    yield names
    for name in names:
        run(server, f"DROP ROLE IF EXISTS {name}")


@pytest.fixture
def clerk(empty_database: URL) -> Iterator[URL]:
    """Log in as somebody who may make neither roles nor tables."""
    name = f"clerk_{uuid4().hex[:12]}"
    run(empty_database, f"CREATE ROLE {name} LOGIN PASSWORD '{name}'")
    yield empty_database.set(username=name, password=name).difference_update_query(["user", "password"])
    run(empty_database, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


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
    named = "FROM pg_roles WHERE rolname IN ('phb_owner', 'phb_writer')"
    assert ask(empty_database, f"SELECT count(*) {named}") == 2
    assert ask(empty_database, f"SELECT bool_or({powers}) {named}") is False


def test_the_owner_may_make_tables_and_the_writer_may_not(empty_database: URL) -> None:
    ensure_roles(empty_database)
    may = "SELECT has_schema_privilege(current_user, 'public', 'CREATE')"
    assert ask(empty_database, may, role="phb_owner") is True
    assert ask(empty_database, may, role="phb_writer") is False


def test_many_databases_may_ask_at_once(server: URL, other_roles: tuple[str, str]) -> None:
    names = [f"{other_roles[0]}_{number}" for number in range(4)]
    for name in names:
        create_database(server, name)
    try:
        with ThreadPoolExecutor(8) as askers:
            list(askers.map(lambda number: ensure_roles(server.set(database=names[number % 4])), range(32)))
        for name in names:
            assert ask(server.set(database=name), "SELECT 1", role=other_roles[1]) == 1
    finally:
        for name in names:
            drop_database(server, name)


def test_a_login_that_may_not_is_told_what_an_administrator_must_run(
    other_roles: tuple[str, str], empty_database: URL, clerk: URL
) -> None:
    with pytest.raises(RolesError) as refusal:
        ensure_roles(clerk)
    owner, writer = other_roles
    statements = str(refusal.value).partition("run: ")[2]
    assert statements == (
        f"CREATE ROLE {owner} NOLOGIN ROLE {clerk.username}; CREATE ROLE {writer} NOLOGIN ROLE {clerk.username};"
    )
    run(empty_database, statements, f"GRANT CREATE ON SCHEMA public TO {owner}")
    ensure_roles(clerk)
    assert ask(clerk, "SELECT current_user", role=writer) == writer


def test_a_login_that_may_not_share_the_schema_is_told_so(
    other_roles: tuple[str, str], empty_database: URL, clerk: URL
) -> None:
    run(empty_database, *(f"CREATE ROLE {name} NOLOGIN ROLE {clerk.username}" for name in other_roles))
    with pytest.raises(RolesError, match=f"GRANT CREATE ON SCHEMA public TO {other_roles[0]}"):
        ensure_roles(clerk)


def test_a_login_that_may_make_roles_makes_and_takes_them(
    other_roles: tuple[str, str], empty_database: URL, clerk: URL
) -> None:
    run(empty_database, f"ALTER ROLE {clerk.username} CREATEROLE")
    run(empty_database, f"GRANT CREATE ON SCHEMA public TO {clerk.username} WITH GRANT OPTION")
    ensure_roles(clerk)
    assert ask(clerk, "SELECT current_user", role=other_roles[0]) == other_roles[0]


def test_the_given_database_will_do_when_the_usual_meeting_place_is_closed(
    empty_database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roles, "MEETING_PLACE", "phb_no_such_database")
    ensure_roles(empty_database)
    assert ask(empty_database, "SELECT current_user", role="phb_writer") == "phb_writer"
