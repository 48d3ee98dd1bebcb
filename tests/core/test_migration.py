"""A database goes up, down while it holds no journal, and is compared with the models."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import URL, Column, Connection, Integer, Table, text

from migrations.helpers import refuse_down_with_journals
from phb.core import migration
from phb.core.database import Base, make_engine
from phb.core.errors import ConflictError
from phb.core.migration import current_revision, downgrade, head, rehearse, upgrade, write_revision
from phb.core.roles import ensure_roles


class OperationsOn:
    """What a migration is handed, as far as the helper uses it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get_bind(self) -> Connection:
        return self._connection

    def execute(self, sqltext: str) -> None:
        self._connection.execute(text(sqltext))


def test_up_is_safe_to_repeat_and_down_leaves_nothing(empty_database: URL) -> None:
    assert current_revision(empty_database) == "base"
    assert upgrade(empty_database) == head() == upgrade(empty_database)
    downgrade(empty_database, "base")
    assert current_revision(empty_database) == "base"


def test_everything_belongs_to_the_owner_role(empty_database: URL) -> None:
    upgrade(empty_database)
    others = (
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relowner <> 'phb_owner'::regrole"
    )
    with make_engine(empty_database, role=None, pooled=False).connect() as connection:
        assert connection.scalar(text(others)) == 0


def test_two_processes_may_upgrade_at_once(empty_database: URL) -> None:
    with ThreadPoolExecutor(2) as starters:
        assert set(starters.map(upgrade, [empty_database, empty_database])) == {head()}


def test_check_asks_for_an_upgrade_first(empty_database: URL) -> None:
    with pytest.raises(ConflictError, match=r"is at version base, not .*; run `phb db upgrade`"):
        migration.check(empty_database)


def test_check_names_what_differs(database: URL) -> None:
    surplus = Table("surplus_of_a_test", Base.metadata, Column("id", Integer, primary_key=True))
    try:
        with pytest.raises(ConflictError, match="add_table surplus_of_a_test"):
            migration.check(database)
    finally:
        Base.metadata.remove(surplus)


def test_a_rehearsal_leaves_no_database_behind(empty_database: URL, clerk: URL) -> None:
    administrator = make_engine(empty_database, role=None, pooled=False)
    with administrator.begin() as connection:
        connection.execute(text(f"ALTER ROLE {clerk.username} SUPERUSER"))
    rehearse(clerk)
    with administrator.connect() as connection:
        theirs = text("SELECT count(*) FROM pg_database WHERE datdba = CAST(:name AS regrole)")
        assert connection.scalar(theirs, {"name": clerk.username}) == 0


@pytest.mark.parametrize("forced", ["FORCE", "NO FORCE"])
def test_down_is_refused_once_a_journal_exists(empty_database: URL, forced: str) -> None:
    ensure_roles(empty_database)
    with make_engine(empty_database, role="phb_owner", pooled=False).connect() as connection:
        refuse_down_with_journals(OperationsOn(connection))
        connection.execute(text("CREATE TABLE journal (id int)"))
        connection.execute(text("INSERT INTO journal VALUES (1)"))
        connection.execute(text(f"ALTER TABLE journal ENABLE ROW LEVEL SECURITY, {forced} ROW LEVEL SECURITY"))
        with pytest.raises(ConflictError, match="holds journals"):
            refuse_down_with_journals(OperationsOn(connection))


def test_down_goes_on_where_no_journal_exists(empty_database: URL) -> None:
    upgrade(empty_database)
    with make_engine(empty_database, role="phb_owner", pooled=False).connect() as connection:
        refuse_down_with_journals(OperationsOn(connection))
        forced = text("SELECT relforcerowsecurity FROM pg_class WHERE oid = 'journal'::regclass")
        assert connection.scalar(forced) is True


def test_a_new_revision_takes_the_next_number(tmp_path: Path) -> None:
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    template = migration.PROJECT / "migrations" / "script.py.mako"
    (tmp_path / "migrations" / "script.py.mako").write_text(template.read_text())
    assert write_revision("First things", tmp_path).name == "0001_first_things.py"
    assert write_revision("Second things", tmp_path).name == "0002_second_things.py"
    assert head(tmp_path) == "0002"
