"""The server or the client is killed in the middle of a batch: nothing promised is lost, nothing is posted twice."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from subprocess import DEVNULL, PIPE, Popen
from threading import Thread
from time import sleep
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from phb.core import migration
from phb.core.database import create_database, make_engine, make_session_factory
from phb.core.embedded_server import EmbeddedServer
from phb.core.money import from_pence
from phb.core.roles import WRITER
from phb.ledger.chart import JournalKind
from phb.ledger.models import Journal
from phb.ledger.queries import position_of_plan_line
from tests.ledger.conftest import Books
from tests.ledger.faults.client import A_BATCH, Poster
from tests.ledger.faults.conftest import Rounds

ROOT = Path(__file__).parents[3]
PATIENCE = 30  # seconds


class Scene:
    """A server of its own with opened books, and a client that posts until it or the server is killed."""

    def __init__(self, folder: Path) -> None:
        self.server, self.folder = EmbeddedServer(folder), folder
        url = self.server.start()
        create_database(url, "faults")
        self.url = url.set(database="faults")
        migration.upgrade(self.url)
        engine = make_engine(self.url, role=WRITER, pooled=False)
        self.books = Books(make_session_factory(engine))
        self.books.open()

    def poster(self, random: Random) -> Poster:
        """Return somebody who posts a run of batches of their own."""
        address = self.url.render_as_string(hide_password=False)
        actor, seed = self.books.actor, UUID(int=random.getrandbits(128), version=4)
        return Poster(address, actor.commissioner_id, actor.user_id, self.books.care, seed)

    def journals(self) -> int:
        """Return how many journals raise the budget."""
        query = select(func.count()).select_from(Journal).where(Journal.kind == JournalKind.BUDGET_RAISED)
        return int(self.books.ask(lambda session: session.scalar(query)))

    def kill_server(self) -> None:
        """Kill the server and everything it started, at once."""
        postmaster = (self.folder / "pgdata" / "postmaster.pid").read_text().splitlines()[0]
        with make_engine(self.url, role=None, pooled=False).connect() as connection:
            query = text("SELECT array_agg(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            children = connection.scalar(query)
        for process in (int(postmaster), *children):
            with suppress(ProcessLookupError):  # A child may notice its parent's end and leave first.
                os.kill(process, signal.SIGKILL)


class Client:
    """A client process, and the batches whose commit it was told of."""

    def __init__(self, poster: Poster) -> None:
        command = [sys.executable, "-m", "tests.ledger.faults.client", poster.told()]
        self.process = Popen(command, cwd=ROOT, stdout=PIPE, stderr=DEVNULL, text=True)  # noqa: S603 - our own
        self.promised: list[int] = []
        self._reader = Thread(target=self._read)
        self._reader.start()

    def wait_for(self, batches: int) -> None:
        """Wait until so many batches are promised."""
        for _ in range(PATIENCE * 100):
            if len(self.promised) >= batches:
                return
            sleep(0.01)
        raise AssertionError("the client does not post")

    def kill(self) -> None:
        """Kill it, if it is not gone, and hear it out."""
        self.process.kill()
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            self.promised.extend(map(int, lines))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Return a server of its own; the identities are checked when the test ends."""
    scene = Scene(tmp_path / "server")
    yield scene
    scene.books.assert_sound()
    scene.server.stop()


@pytest.mark.parametrize("killed", ["client", "server"])
def test_nothing_promised_is_lost_and_nothing_is_posted_twice(scene: Scene, rounds: Rounds, killed: str) -> None:
    """The client is not told of the batch it is at, so it posts them all again under the same keys."""
    for random in rounds(2):
        before, poster = scene.journals(), scene.poster(random)
        client = Client(poster)
        client.wait_for(random.randrange(1, 4))
        sleep(random.random() / 20)
        if killed == "server":
            scene.kill_server()
        client.kill()
        scene.server.start()

        kept = scene.journals() - before
        assert kept % A_BATCH == 0, "half a batch was kept"
        assert kept >= len(client.promised) * A_BATCH, "a promised batch was lost"
        batches = len(client.promised) + 2
        answers = [posted.replayed for number in range(batches) for posted in poster.post(number)]
        assert answers.count(True) == kept
        assert scene.journals() - before == batches * A_BATCH
        position = scene.books.ask(position_of_plan_line, scene.books.care.plan_line_id, 2026)
        assert position.approved == from_pence(scene.journals())
        scene.books.assert_sound()
