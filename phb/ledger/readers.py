"""Let an auditor's own database login read the books of one commissioner."""

from uuid import UUID

from psycopg import sql
from sqlalchemy import URL, text

from phb.core.database import make_engine
from phb.core.errors import NotFoundError
from phb.core.roles import READER

KNOWN = text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :login)")

NAME_WHOSE = text("""
    INSERT INTO reader_login (login, commissioner_id) VALUES (:login, :commissioner_id)
    ON CONFLICT (login) DO UPDATE SET commissioner_id = excluded.commissioner_id
""")


class LoginNotFoundError(NotFoundError):
    """The database has no such login."""

    code = "login-not-found"


def let_read(url: URL, login: str, commissioner_id: UUID) -> None:
    """Let a login read one commissioner's journals, positions and audit events, with any program, and nothing else.

    Args:
        url: the database, reached by its administrator.
        login: made before, with a password of its own; it sees no people and no other commissioner.
        commissioner_id: whose books it reads; a login reads those of one.

    Raises:
        LoginNotFoundError: it was not made.
    """
    engine = make_engine(url, role=None, pooled=False)
    with engine.begin() as connection:
        if not connection.scalar(KNOWN, {"login": login}):
            raise LoginNotFoundError(f"The database has no login “{login}”. Make it first, with a password of its own.")
        grant = sql.SQL("GRANT {} TO {}").format(sql.Identifier(READER), sql.Identifier(login))
        connection.exec_driver_sql(grant.as_string())
        connection.execute(NAME_WHOSE, {"login": login, "commissioner_id": commissioner_id})
