"""How a process reaches its database."""

from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, text
from sqlalchemy.orm import Session, sessionmaker

from phb.core.database import create_database, database_url, make_engine
from phb.core.embedded_server import EmbeddedServer
from phb.core.settings import Settings


def test_connections_act_as_the_writer_and_keep_utc(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.rollback()
        assert connection.scalar(text("SELECT current_user")) == "phb_writer"
        assert connection.scalar(text("SHOW timezone")) == "UTC"


def test_the_role_is_kept_when_a_transaction_is_rolled_back(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        connection.rollback()
        assert connection.scalar(text("SELECT current_user")) == "phb_writer"


def test_sessions_act_as_the_writer(session_factory: sessionmaker[Session]) -> None:
    with session_factory() as session:
        assert session.scalar(text("SELECT current_user")) == "phb_writer"


def test_a_given_address_is_used_with_our_driver() -> None:
    url = database_url(Settings(database_url="postgresql://me@here/books"))
    assert url.render_as_string() == "postgresql+psycopg://me@here/books"


def test_without_an_address_the_embedded_server_gets_a_database(tmp_path: Path) -> None:
    settings = Settings(var_path=tmp_path)
    try:
        assert database_url(settings) == database_url(settings)
        with make_engine(database_url(settings), role=None, pooled=False).connect() as connection:
            assert connection.scalar(text("SELECT current_database()")) == "phb"
    finally:
        EmbeddedServer(tmp_path).stop()


def test_a_database_is_made_once(empty_database: URL) -> None:
    assert empty_database.database is not None
    assert not create_database(empty_database, empty_database.database)


def test_a_database_that_cannot_be_made_is_an_error(server: URL) -> None:
    with pytest.raises(Exception, match="does not exist"):
        create_database(server, "phb_never", template="phb_no_such_template")
