"""A real Chromium before a real server: journeys as people make them, each page checked by axe and photographed."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from phb.core.actor import Actor
from tests.web.conftest import CHOSEN, Counter, give_password

PICTURES = Path(__file__).parents[3] / "out" / "pages"
WIDE, NARROW = {"width": 1100, "height": 800}, {"width": 360, "height": 740}
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
AXE = Axe()


def find_chromium() -> str | None:
    """Return the path of a Chromium on this machine, or None after having fetched one that Playwright knows."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        fetched = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
        assert fetched.returncode == 0, "Install Chromium (on Debian: apt-get install chromium), and try again."
    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """Open a Chromium for the whole run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium())
        yield browser
        browser.close()


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application on a port that is free, and tell its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Visitor:
    """Somebody at a browser. With JavaScript, every page they look at is checked by axe."""

    page: Page
    address: str
    name: str
    scripts: bool
    seen: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Open a page and look at it."""
        self.page.goto(self.address + path)
        self.look()

    def press(self, words: str) -> None:
        """Press a button, or follow a link where there is no such button, and look at what comes."""
        button = self.page.get_by_role("button", name=words, exact=True)
        (button if button.count() else self.page.get_by_role("link", name=words, exact=True)).first.click()
        self.look()

    def reads(self, *words: str) -> None:
        """Find words on the page."""
        text = " ".join(self.page.inner_text("body").split())
        for sentence in words:
            assert sentence in text, f"“{sentence}” is not on {self.page.url}: {text}"

    def look(self) -> None:
        """Check a page once it is whole: its one heading, axe, the width it needs; and keep its picture."""
        self.page.wait_for_load_state()
        assert self.page.locator("h1").count() == 1, f"{self.page.url} has not one main heading"
        if self.scripts:
            found = AXE.run(self.page)
            assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        self._photograph()

    def _photograph(self) -> None:
        place = "-".join(part for part in self.page.url.removeprefix(self.address).split("?")[0].split("/") if part)
        name = f"{self.name}-{len(self.seen) + 1:02}-{_without_ids(place) or 'start'}"
        self.seen.append(name)
        PICTURES.mkdir(parents=True, exist_ok=True)
        for width, size in (("wide", WIDE), ("narrow", NARROW)):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]  # a dictionary of two numbers
            self._fits(width)
            self.page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]  # the same

    def _fits(self, width: str) -> None:
        """Find nothing that makes the whole page scroll sideways; 360 pixels stand for 400 % zoom of 1,440."""
        if self.scripts:
            wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, f"{self.page.url} is {wider} pixels too wide ({width})"


Visit = Callable[[Counter, Actor, str], Visitor]


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def visit(request: pytest.FixtureRequest, chromium: Chromium) -> Iterator[Visit]:
    """Return what opens a browser for somebody, signed in through the page; a name tells the pictures apart."""
    opened: list[BrowserContext] = []
    running: dict[Flask, str] = {}
    scripts: bool = request.param
    with ExitStack() as servers:

        def enter(counter: Counter, actor: Actor, name: str) -> Visitor:
            address = running.get(counter.app) or servers.enter_context(serving(counter.app))
            running[counter.app] = address
            context = chromium.new_context(java_script_enabled=scripts, viewport=WIDE)  # type: ignore[arg-type]
            opened.append(context)
            kind = name if scripts else f"{name}-without-scripts"
            visitor = Visitor(context.new_page(), address, kind, scripts)
            visitor.open("/sign-in")
            visitor.page.fill("#sign_in_name", give_password(counter.service, actor))
            visitor.page.fill("#password", CHOSEN)
            visitor.press("Sign in")
            return visitor

        yield enter
        for context in opened:
            context.close()


def _without_ids(place: str) -> str:
    return re.sub(r"-?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", place).strip("-")
