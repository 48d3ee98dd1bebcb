"""Pages a second, fetched from one process of `phb serve` and from two, with the database on the same machine."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import URL

from benchmarks.measure import Compared, Row, measure_in_turns
from phb.cli.serve import HOST
from phb.demo.sign_ins import PASSWORD

SECONDS = 3.0
READERS = 2  # for each process, so that it always has the next page to make
PATIENCE = 30
FIELD = re.compile(r'<input[^>]*name="csrf_token"[^>]*value="([^"]+)"')


class PageError(Exception):
    """A page did not come, or another than was asked for."""


@dataclass
class Reader:
    """Somebody at a browser that keeps its connection open; it sends its cookie although the address is not https."""

    port: int
    cookie: str = ""
    connection: HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = HTTPConnection(HOST, self.port, timeout=PATIENCE)

    def sign_in(self, name: str) -> None:
        """Sign in as somebody of the demonstration."""
        token = FIELD.search(self.open("/sign-in"))
        form = {"csrf_token": token[1] if token else "", "sign_in_name": name, "password": PASSWORD}
        answer, _ = self._ask("POST", "/sign-in", form)
        if answer.status != HTTPStatus.SEE_OTHER:
            raise PageError(f"{name} could not sign in: {answer.status}")

    def open(self, address: str) -> str:
        """Return a page.

        Raises:
            PageError: something else came.
        """
        answer, content = self._ask("GET", address)
        if answer.status != HTTPStatus.OK:
            raise PageError(f"{address} came with {answer.status}")
        return content.decode()

    def _ask(self, method: str, address: str, form: Mapping[str, str] | None = None) -> tuple[HTTPResponse, bytes]:
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request(method, address, urlencode(form) if form else None, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        given = [value.split(";")[0] for name, value in answer.getheaders() if name == "Set-Cookie"]
        self.cookie = "; ".join(given) or self.cookie
        return answer, content


def rows(url: URL, name: str, addresses: dict[str, str], size: str, tell: Callable[[str], None]) -> list[Row]:
    """Measure how many pages a second two processes give, beside one.

    Args:
        url: the database.
        name: who reads.
        addresses: the pages, by what they are called.
        size: of the caseload, in words.
        tell: is told what goes on.
    """
    with _serving(url) as first, _serving(url) as second:
        one, two = _readers([first], name), _readers([first, second], name)
        measures = {
            f"{page}, {words}": partial(_pages_a_second, readers, address)
            for page, address in addresses.items()
            for words, readers in (("one process", one), ("two processes", two))
        }
        found = measure_in_turns(measures, tell)
    return [
        Compared(f"{page}, {size}, two processes / one", f"{page}, two processes", f"{page}, one process").row(
            found, "pages/s"
        )
        for page in addresses
    ]


def _readers(ports: Sequence[int], name: str) -> list[Reader]:
    readers = [Reader(port) for port in ports for _ in range(READERS)]
    for reader in readers:
        reader.sign_in(name)
    return readers


def _pages_a_second(readers: Sequence[Reader], address: str) -> float:
    """Return how many pages a second readers are given, all of them reading at once."""
    began = time.perf_counter()

    def read(reader: Reader) -> int:
        count = 0
        while time.perf_counter() - began < SECONDS:
            reader.open(address)
            count += 1
        return count

    with ThreadPoolExecutor(len(readers)) as together:
        count = sum(together.map(read, readers))
    return count / (time.perf_counter() - began)


@contextmanager
def _serving(url: URL) -> Iterator[int]:
    """Serve the pages from a process of its own, and tell the port."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("phb")), "serve", "--port", str(port)]
    environment = os.environ | {"PHB_DATABASE_URL": url.render_as_string(hide_password=False)}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet) as process:  # noqa: S603 - our own words
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
