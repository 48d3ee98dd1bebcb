"""The models' base, constraint names, and how a process reaches its database."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from psycopg import Connection, sql
from sqlalchemy import (
    URL,
    BigInteger,
    Date,
    DateTime,
    Engine,
    Integer,
    MetaData,
    Text,
    Uuid,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from phb.core.embedded_server import EmbeddedServer
from phb.core.settings import Settings

NAMING_CONVENTION = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
EMBEDDED_DATABASE = "phb"
DUPLICATE_DATABASE = "42P04"
PREPARED_STATEMENTS = 1000  # a connection meets some hundred; the driver's own 100 make it prepare them over and over


class Base(DeclarativeBase):
    """What every model descends from: constraints are named, text is unbounded, whole numbers are wide."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar = {
        UUID: Uuid,
        int: BigInteger,
        str: Text,
        date: Date,
        datetime: DateTime(timezone=True),
    }


class Versioned:
    """What can be changed carries a version: a change to a row that was changed meanwhile is refused."""

    version: Mapped[int] = mapped_column(Integer, sort_order=1000)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy passes the class
        return {"version_id_col": cls.version}


def make_engine(url: URL | str, *, role: str | None, pooled: bool = True) -> Engine:
    """Return an engine whose connections keep UTC and act as a role.

    Args:
        url: a PostgreSQL address; the login it names must be a member of the role.
        role: the role every connection takes: "phb_writer" for the application, "phb_owner" to change the tables,
            None to stay the login itself.
        pooled: False opens and closes a connection for each use.
    """
    engine = create_engine(_with_driver(url), poolclass=None if pooled else NullPool)

    def prepare(connection: Connection, _entry: ConnectionPoolEntry) -> None:
        connection.autocommit = True  # Set inside a transaction, a rollback would undo both.
        connection.execute("SET TIME ZONE 'UTC'")
        if role is not None:
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
        connection.autocommit = False
        connection.prepared_max = PREPARED_STATEMENTS

    event.listen(engine, "connect", prepare)
    return engine


def make_session_factory(engine: Engine) -> sessionmaker[Session]:
    """Return what makes sessions; objects stay readable after their transaction ends."""
    return sessionmaker(engine, expire_on_commit=False)


def database_url(settings: Settings) -> URL:
    """Return the database to use, starting the embedded server and making its database when no address is given.

    Raises:
        EmbeddedServerError: the embedded server cannot be started.
    """
    if settings.database_url is not None:
        return _with_driver(settings.database_url)
    server = EmbeddedServer(settings.var_path).start()
    create_database(server, EMBEDDED_DATABASE)
    return server.set(database=EMBEDDED_DATABASE)


def create_database(server: URL, name: str, *, template: str = "template1") -> bool:
    """Make a database on a server unless one of that name is there; return whether it was made.

    Args:
        server: reaches another database of the server, by a login that may make databases.
        name: the new database.
        template: the database to copy, to which nobody may be connected.
    """
    engine = make_engine(server, role=None, pooled=False)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        known = text("SELECT FROM pg_database WHERE datname = :name")
        if connection.execute(known, {"name": name}).first() is not None:
            return False
        quote = connection.dialect.identifier_preparer.quote
        try:
            connection.execute(text(f"CREATE DATABASE {quote(name)} TEMPLATE {quote(template)}"))
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", None) == DUPLICATE_DATABASE:
                return False
            raise
    return True


def drop_database(server: URL, name: str) -> None:
    """Remove a database from a server if it is there, breaking the connections to it."""
    engine = make_engine(server, role=None, pooled=False)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        quote = connection.dialect.identifier_preparer.quote
        connection.execute(text(f"DROP DATABASE IF EXISTS {quote(name)} WITH (FORCE)"))


def _with_driver(url: URL | str) -> URL:
    return make_url(url).set(drivername="postgresql+psycopg")
