"""An upload whose connection dies half-way: nothing of it is kept, and the form that is still open sends it again."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest
import waitress
from flask import Flask
from playwright.sync_api import Browser as Chromium
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from waitress import wasyncore
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from phb.core.actor import Actor
from phb.governance.models import IdempotentRequest
from phb.intake.jobs.models import ImportJob
from phb.spending.receipts.models import Receipt, ReceiptFile
from tests.budget.conftest import World
from tests.intake.jobs.conftest import organisations
from tests.people.conftest import Service
from tests.spending.conftest import JUNE, Spender, usual_lines
from tests.spending.files import jpeg
from tests.web.browser.conftest import Visitor, Visits, counter_of, serving
from tests.web.conftest import Counter

TYPED = """
Object.fromEntries(
  [...new FormData(document.querySelector("main form"))].filter(([, typed]) => typeof typed === "string")
)
"""


@contextmanager
def serving_as_for_people(app: Flask) -> Iterator[str]:
    """Serve an application as `phb serve` does, which takes a whole body in before it asks the application."""
    sockets: dict[int, object] = {}
    server = waitress.create_server(app, map=sockets, host="127.0.0.1", port=0)
    over = Event()

    def answer() -> None:
        while not over.is_set():
            wasyncore.loop(timeout=0.1, map=sockets, count=1)
        server.task_dispatcher.shutdown()
        wasyncore.close_all(map=sockets)

    thread = Thread(target=answer)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        over.set()
        thread.join()


@dataclass(frozen=True)
class Line:
    """A line to a server that dies half-way, and how the server's answer to what was cut off begins."""

    chromium: Chromium
    servers: ExitStack
    serve: Callable[[Flask], AbstractContextManager[str]]
    answers: bytes

    def visit(self, counter: Counter, actor: Actor, name: str) -> Visitor:
        """Open a browser for somebody who is signed in."""
        address = self.servers.enter_context(self.serve(counter.app))
        return Visits(self.chromium, self.servers, scripts=True, running={counter.app: address}).enter(
            counter, actor, f"{name}-broken-off"
        )

    def send_half(self, visitor: Visitor, content: bytes) -> None:
        """Send the form that a browser has open, with a file, as far as the middle of what was announced.

        No browser can be made to stop at a chosen byte, so another line is opened with its cookie and its form.
        """
        filled = visitor.page.evaluate(TYPED) | {"file": FileStorage(BytesIO(content), "file")}
        stream, length, boundary = stream_encode_multipart(filled)
        cookies = "; ".join(f"{one['name']}={one['value']}" for one in visitor.page.context.cookies())
        where = urlsplit(visitor.page.url)
        head = (
            f"POST {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\nCookie: {cookies}\r\nConnection: close\r\n"
            f"Content-Type: multipart/form-data; boundary={boundary}\r\nContent-Length: {length}\r\n\r\n"
        )
        with stream, socket.create_connection((where.hostname, where.port), timeout=30) as line:
            line.sendall(head.encode() + stream.read(length // 2))
            line.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: line.recv(4096), b""))
        assert answer.startswith(self.answers)
        assert bool(answer) == bool(self.answers)
        if answer:
            assert "It did not arrive whole, or cannot be read. Nothing was saved." in answer.decode()


@pytest.fixture(
    params=[(serving, b"HTTP/1.1 400 "), (serving_as_for_people, b"")],
    ids=["a server that hands on what comes as it comes", "the server of phb serve"],
)
def line(request: pytest.FixtureRequest, chromium: Chromium) -> Iterator[Line]:
    """Return a line that dies half-way to each kind of server there is."""
    with ExitStack() as servers:
        yield Line(chromium, servers, *request.param)


def kept(service: Service, *tables: type) -> list[int]:
    """Return how many rows of some tables a commissioner has."""
    with service.unit(service.administrator) as uow:
        return [uow.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


@pytest.mark.journey
def test_a_file_of_rows_that_breaks_off_leaves_nothing_and_is_sent_again(
    counter: Counter, line: Line, tmp_path: Path
) -> None:
    service, file = counter.service, tmp_path / "organisations.csv"
    file.write_bytes(organisations(10_000))
    ada = line.visit(counter, service.administrator, "administrator")
    ada.press("Files")
    ada.press("Send a file")
    ada.pick("kind", "Organisations")
    ada.choose("Take every row, or none if one of them is wrong")
    line.send_half(ada, file.read_bytes())
    assert kept(service, ImportJob, IdempotentRequest) == [0, 0]

    ada.page.set_input_files("#file", file)
    ada.press("Send")
    ada.reads("The file is sent. It is taken in by itself; you need not wait here.", "Waiting")
    assert kept(service, ImportJob, IdempotentRequest) == [1, 1]


@pytest.mark.journey
def test_a_receipt_that_breaks_off_leaves_nothing_and_is_sent_again(
    vault_sessions: sessionmaker[Session], line: Line, tmp_path: Path
) -> None:
    world = World(Service(vault_sessions))
    spender, file = Spender(world, world.active(*usual_lines())), tmp_path / "receipt.jpg"
    spender.pay_in("3000.00")
    world.on(JUNE)
    spend = spender.spend("12.50")
    file.write_bytes(jpeg(1000, 1000))
    holder = line.visit(counter_of(world), world.holder, "holder")
    holder.open(f"/your-budgets/{spender.budget_id}/spending/{spend.id}")
    holder.press("Add a receipt")
    line.send_half(holder, file.read_bytes())
    assert kept(world.service, Receipt, ReceiptFile, IdempotentRequest) == [0, 0, 0]

    holder.page.set_input_files("#file", file)
    holder.press("Add this receipt")
    holder.reads("The receipt is added.", "Receipt here")
    assert kept(world.service, Receipt, ReceiptFile, IdempotentRequest) == [1, 1, 1]
