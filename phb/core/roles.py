"""The database roles, none of which can log in: who owns the tables, who writes rows, who reads the books.

Two more own one function each, and do nothing else: the one that writes for two commissioners at once, and the one that
seals.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from phb.core.database import make_engine

OWNER = "phb_owner"
WRITER = "phb_writer"
READER = "phb_reader"
BETWEEN = "phb_between"
SEALER = "phb_sealer"
ROLES = (OWNER, WRITER, READER, BETWEEN, SEALER)
OWN_FUNCTIONS = (BETWEEN, SEALER)  # the owner hands them theirs, so it must be a member
MAKERS = (OWNER, *OWN_FUNCTIONS)  # whoever owns a table or a function must be allowed to make one
MEETING_PLACE = "postgres"  # roles belong to the cluster, so every database must meet at one lock
ROLES_LOCK = 7_040_301
INSUFFICIENT_PRIVILEGE = "42501"
SETTABLE_MEMBERSHIP_VERSION = (16, 0)


class RolesError(Exception):
    """The login may not make or take the roles; the sentence says what an administrator must run."""


def ensure_roles(url: URL | str) -> None:
    """Make the roles where missing, let the login take them, and let the owner make what the migrations make.

    Safe to call from several processes and databases at once.

    Raises:
        RolesError: the login lacks the right to do so.
    """
    address = make_url(url)
    with _cluster_lock(address) as cluster:
        for role in ROLES:
            _ensure_role(cluster, role)
        for role in OWN_FUNCTIONS:
            _ensure_owner_may_take(cluster, role)
    with _cluster_lock(address), make_engine(address, role=None, pooled=False).begin() as database:
        for role in MAKERS:
            _let_create(database, role)


@contextmanager
def _cluster_lock(url: URL) -> Iterator[Connection]:
    """Open one transaction under the lock, in the meeting place or, when we may not enter, in the given database."""
    try:
        connection = make_engine(url.set(database=MEETING_PLACE), role=None, pooled=False).connect()
    except OperationalError:
        connection = make_engine(url, role=None, pooled=False).connect()
    with connection, connection.begin():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ROLES_LOCK})
        yield connection


def _ensure_role(connection: Connection, role: str) -> None:
    known = text("SELECT FROM pg_roles WHERE rolname = :role")
    if connection.execute(known, {"role": role}).first() is None:
        _run(connection, _creation(role))
    settable = connection.dialect.server_version_info >= SETTABLE_MEMBERSHIP_VERSION  # type: ignore[operator]
    member = text("SELECT pg_has_role(current_user, CAST(:role AS name), :kind)")
    if not connection.scalar(member, {"role": role, "kind": "SET" if settable else "MEMBER"}):
        _run(connection, f"GRANT {role} TO CURRENT_USER")


def _ensure_owner_may_take(connection: Connection, role: str) -> None:
    """Let the owner hand a role its functions, and have none of its rights."""
    inherits = text("SELECT rolinherit FROM pg_roles WHERE rolname = :owner")
    if connection.scalar(inherits, {"owner": OWNER}):
        _run(connection, f"ALTER ROLE {OWNER} NOINHERIT")
    member = text("SELECT pg_has_role(CAST(:owner AS name), CAST(:role AS name), 'MEMBER')")
    if not connection.scalar(member, {"owner": OWNER, "role": role}):
        _run(connection, f"GRANT {role} TO {OWNER}")


def _creation(role: str, takers: str = "") -> str:
    return f"CREATE ROLE {role} NOLOGIN{' NOINHERIT' if role == OWNER else ''}{takers}"


def _let_create(connection: Connection, role: str) -> None:
    may = text("SELECT has_schema_privilege(CAST(:role AS name), 'public', 'CREATE')")
    if not connection.scalar(may, {"role": role}):
        _run(connection, f"GRANT CREATE, USAGE ON SCHEMA public TO {role}")
    if not connection.scalar(may, {"role": role}):
        raise RolesError(f"Ask an administrator to run in this database: GRANT CREATE ON SCHEMA public TO {role};")


def _run(connection: Connection, statement: str) -> None:
    try:
        connection.execute(text(statement))
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != INSUFFICIENT_PRIVILEGE:
            raise
        login = connection.engine.url.username or connection.engine.url.query.get("user", "the login")
        takers = {role: f"{login}, {OWNER}" if role in OWN_FUNCTIONS else login for role in ROLES}
        statements = " ".join(f"{_creation(role, f' ROLE {names}')};" for role, names in takers.items())
        raise RolesError(f"This login may not make the roles; ask an administrator to run: {statements}") from error
