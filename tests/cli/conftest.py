"""Commands run on the tests' own database, by somebody of a commissioner of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import URL
from sqlalchemy.orm import Session, sessionmaker

from phb import cli
from phb.core.actor import Actor
from phb.people.models import User
from tests.budget.conftest import World
from tests.people.conftest import Service

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shell(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run the command as the environment says in a folder of its own; return its status, output and errors."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            cli.main(arguments)
        assert isinstance(end.value.code, int)
        output = capfdbinary.readouterr()
        return end.value.code, output.out.decode(), output.err.decode()

    return run


@pytest.fixture
def run(shell: Run, database: URL, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command on the tests' database, which keeps real time."""
    monkeypatch.setenv("PHB_DATABASE_URL", database.render_as_string(hide_password=False))
    return shell


@pytest.fixture
def world(session_factory: sessionmaker[Session]) -> World:
    """Return a commissioner on 1 April 2026."""
    return World(Service(session_factory))


def name_of(world: World, actor: Actor) -> str:
    """Return the name that somebody signs in under."""
    with world.service.unit(actor) as uow:
        return uow.session.get_one(User, (uow.commissioner_id, actor.user_id)).sign_in_name
