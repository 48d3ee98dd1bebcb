"""What several migrations do alike."""

from collections.abc import Mapping
from typing import Protocol

from sqlalchemy import Connection, text

from phb.core.errors import ConflictError


class Operations(Protocol):
    """What `alembic.op` offers, as far as it is used here."""

    def get_bind(self) -> Connection:
        """Return the connection the migration runs on."""

    def execute(self, sqltext: str) -> None:
        """Run one statement."""


def refuse_down_with_journals(op: Operations) -> None:
    """Refuse to migrate down once a journal exists.

    Raises:
        ConflictError: the table `journal` holds a row of any commissioner.
    """
    connection = op.get_bind()
    if connection.scalar(text("SELECT to_regclass('journal')")) is None:
        return
    forced = connection.scalar(text("SELECT relforcerowsecurity FROM pg_class WHERE oid = 'journal'::regclass"))
    if forced:  # Row-level security hides every commissioner's rows from the owner too.
        connection.execute(text("ALTER TABLE journal NO FORCE ROW LEVEL SECURITY"))
    held = connection.scalar(text("SELECT EXISTS (SELECT FROM journal)"))
    if forced:
        connection.execute(text("ALTER TABLE journal FORCE ROW LEVEL SECURITY"))
    if held:
        raise ConflictError("This database holds journals, which are never deleted; restore a backup elsewhere.")


def keep_to_own_commissioner(op: Operations, table: str) -> None:
    """Let each commissioner see and write only its own rows of a table, the table's owner included."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_commissioner ON {table} USING (commissioner_id = own_commissioner_id())")


def keep_as_written(op: Operations, table: str) -> None:
    """Let the application add rows to a table and read them; nobody changes or removes one, its owner included."""
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(f"GRANT SELECT, INSERT ON {table} TO phb_writer")


def make_again(op: Operations, statement: str, changes: Mapping[str, str]) -> None:
    """Make a function of an earlier migration again, with the parts changed that have to be; each stands there once."""
    for old, new in changes.items():
        before, after = statement.split(old)
        statement = f"{before}{new}{after}"
    op.execute(statement.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
