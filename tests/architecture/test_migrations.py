"""The migrations are one line, numbered in order, and make the tables the models describe."""

from alembic.script import ScriptDirectory
from sqlalchemy import URL

from phb.core import migration


def revisions() -> list[str]:
    """List the revisions from the first to the newest."""
    scripts = ScriptDirectory(str(migration.PROJECT / "migrations"))
    return [script.revision for script in scripts.walk_revisions()][::-1]


def test_there_is_one_newest_migration() -> None:
    assert ScriptDirectory(str(migration.PROJECT / "migrations")).get_heads() == [migration.head()]


def test_migrations_are_numbered_without_a_gap() -> None:
    assert revisions() == [f"{number:04}" for number in range(1, len(revisions()) + 1)]


def test_models_match_migrations(database: URL) -> None:
    migration.check(database)


def test_every_migration_goes_down_again(empty_database: URL) -> None:
    migration.upgrade(empty_database)
    for revision in [*revisions()[-2::-1], "base"]:
        migration.downgrade(empty_database, revision)
        assert migration.current_revision(empty_database) == revision
    migration.upgrade(empty_database)
