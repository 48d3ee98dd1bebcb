"""An auditor's login reads one commissioner's books with any program, and can change nothing."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import URL, Engine, text

from phb.core.database import make_engine
from phb.ledger.readers import let_read
from tests.ledger.conftest import Books
from tests.ledger.plainly import refused

NO_RIGHT = "42501"


@pytest.fixture
def login(database: URL) -> Iterator[Engine]:
    """Log in to the database as an auditor who may not read anything yet."""
    name = f"auditor_{uuid4().hex[:12]}"
    administrator = make_engine(database, role=None, pooled=False)
    with administrator.begin() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD '{name}'"))
    own = database.set(username=name, password=name).difference_update_query(["user", "password"])
    engine = make_engine(own, role=None, pooled=False)
    yield engine
    engine.dispose()
    with administrator.begin() as connection:
        connection.execute(text("DELETE FROM reader_login WHERE login = :name"), {"name": name})
        connection.execute(text(f"DROP ROLE {name}"))


def ask(engine: Engine, question: str) -> object:
    with engine.connect() as connection:
        return connection.scalar(text(question))


def test_an_auditor_reads_the_books_of_one_commissioner_whatever_they_set(
    database: URL, login: Engine, funded: Books
) -> None:
    other = Books(funded.sessions)
    other.open()
    other.allocate()
    let_read(database, str(login.url.username), funded.actor.commissioner_id)
    assert ask(login, "SELECT count(*) FROM journal") == 1
    assert ask(login, "SELECT sum(allocated) FROM plan_line_position") == 200_000
    with login.connect() as connection:
        chosen = {"other": str(other.actor.commissioner_id)}
        connection.execute(text("SELECT set_config('phb.commissioner_id', :other, false)"), chosen)
        assert connection.scalar(text("SELECT count(*) FROM journal")) == 1
        read = connection.scalar(text("SELECT DISTINCT commissioner_id FROM journal_line"))
        assert read == funded.actor.commissioner_id


def test_a_login_that_was_not_let_reads_nothing(login: Engine) -> None:
    with refused(NO_RIGHT):
        ask(login, "SELECT count(*) FROM journal")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE plan_line_position SET spent = 0",
        "DELETE FROM journal",
        "INSERT INTO audit_event SELECT * FROM audit_event",
        "SELECT * FROM person",
        "SELECT * FROM reader_login",
        "SELECT post_between_side(NULL, NULL, NULL)",
        "SET ROLE phb_writer",
        "SET ROLE phb_between",
    ],
)
def test_an_auditor_changes_nothing_and_sees_no_people(
    database: URL, login: Engine, funded: Books, statement: str
) -> None:
    let_read(database, str(login.url.username), funded.actor.commissioner_id)
    with refused(NO_RIGHT), login.begin() as connection:
        connection.execute(text(statement))
