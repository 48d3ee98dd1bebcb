"""A backup is restored into an empty machine, verified, and posting goes on; what it had is not posted twice."""

from collections.abc import Iterator
from copy import copy
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, Engine, text

from phb.core.backup import BackupError, DatabaseNotEmptyError, backup, restore
from phb.core.database import create_database, make_engine, make_session_factory
from phb.core.embedded_server import EmbeddedServer
from phb.core.money import pounds
from phb.core.roles import WRITER
from phb.ledger import events, sealing
from phb.ledger.queries import position_of_plan_line
from phb.ledger.views import record_view
from tests.ledger.conftest import NOON, Books, heading, portion


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[URL]:
    """Return an empty database on a server of its own, as on a machine that has nothing of ours."""
    server = EmbeddedServer(tmp_path / "machine")
    url = server.start()
    create_database(url, "restored")
    yield url.set(database="restored")
    server.stop()


def test_the_books_are_whole_after_a_restore_and_go_on(
    funded: Books, database: URL, machine: URL, tmp_path: Path
) -> None:
    key, entry = uuid4(), events.budget_raised(heading(), [portion(funded.care, "10")])
    funded.post(entry, key=key)
    with funded.unit() as uow:
        sealing.seal(uow)
        record_view(uow)
    file = tmp_path / "books.dump"
    backup(database, file)
    assert file.stat().st_mode & 0o077 == 0

    restore(machine, file)
    epoch = sealing.begin_epoch(machine, NOON.at)
    assert epoch > 0
    restored = copy(funded)
    restored.sessions = make_session_factory(make_engine(machine, role=WRITER, pooled=False))
    restored.assert_sound()
    assert restored.post(entry, key=key).replayed
    restored.post(events.budget_raised(heading(), [portion(restored.care, "5")]))
    approved = restored.ask(position_of_plan_line, restored.care.plan_line_id, 2026).approved
    assert approved == pounds("1015")  # 1,000.00 + 10.00 before the backup, 5.00 after
    with restored.unit() as uow:
        sealing.seal(uow)
    restored.assert_sound()


def test_a_backup_is_not_mixed_with_what_is_there(funded: Books, database: URL, tmp_path: Path) -> None:
    backup(database, tmp_path / "books.dump")
    with pytest.raises(DatabaseNotEmptyError, match="is not empty"):
        restore(database, tmp_path / "books.dump")
    funded.assert_sound()


def test_a_file_that_is_no_backup_changes_nothing(machine: URL, tmp_path: Path) -> None:
    file = tmp_path / "not.dump"
    file.write_text("nothing of the kind")
    with pytest.raises(BackupError, match="pg_restore did not succeed, and nothing was changed"):
        restore(machine, file)
    with pytest.raises(BackupError, match="pg_dump did not succeed"):
        backup(machine, tmp_path / "no" / "such.dump")
    assert list(tmp_path.glob("*.unfinished")) == []


@pytest.mark.parametrize("password", ["three words here", r"with:colon and \ slash"])
def test_a_login_with_a_password_writes_one_too(
    funded: Books, database: URL, tmp_path: Path, administrator: Engine, password: str
) -> None:
    """The server asks for no password here, but the program must find its place for one, whatever is in it."""
    name = f"keeper_{uuid4().hex[:12]}"
    with administrator.begin() as connection:
        connection.execute(text(f"CREATE ROLE {name} SUPERUSER LOGIN"))
    url = database.set(username=name, password=password).difference_update_query(["user", "password"])
    try:
        backup(url, tmp_path / "books.dump")
        assert (tmp_path / "books.dump").read_bytes().startswith(b"PGDMP")
    finally:
        with administrator.begin() as connection:
            connection.execute(text(f"DROP ROLE {name}"))
    funded.assert_sound()
