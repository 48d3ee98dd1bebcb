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
from playwright.sync_api import Page, ViewportSize, sync_playwright
from werkzeug.serving import make_server

from phb.app import create_app
from phb.core.actor import Actor
from tests.budget.conftest import World
from tests.web.bank import ServiceClock
from tests.web.conftest import CHOSEN, Counter, give_password

PICTURES = Path(__file__).parents[3] / "out" / "pages"
WIDE: ViewportSize = {"width": 1100, "height": 800}
NARROW: ViewportSize = {"width": 360, "height": 740}
WIDTHS = {"narrow": NARROW, "wide": WIDE}
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
AXE = Axe()
NO_CHROMIUM = (
    "The page tests need a Chromium. None is on the PATH, and Playwright could not fetch one. Install it "
    "(`sudo apt-get install chromium` on Debian, `brew install --cask chromium` on a Mac) and try again."
)


def find_chromium() -> str | None:
    """Return the path of a Chromium on this machine, or None after having fetched one that Playwright knows."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        fetched = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
        assert fetched.returncode == 0, NO_CHROMIUM
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
    """Somebody at a browser. With JavaScript, every page they look at is checked by axe.

    Pictures are kept of every page at two widths; without JavaScript only the narrow one, because no more differs there
    than how the menu folds.
    """

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

    def follow(self, words: str) -> None:
        """Follow the first link of the page's main part whose text has these words in it, and look at what comes."""
        self.page.locator("main").get_by_role("link", name=words).first.click()
        self.look()

    def fetch(self, words: str) -> bytes:
        """Fetch a file by the link or button that has these words in it."""
        with self.page.expect_download() as fetched:
            self.page.locator("main").get_by_role("link", name=words).or_(
                self.page.locator("main").get_by_role("button", name=words)
            ).first.click()
        return Path(fetched.value.path()).read_bytes()

    def fill(self, **typed: str) -> None:
        """Type into inputs by their names."""
        for name, words in typed.items():
            self.page.fill(f"#{name}", words)

    def fill_day(self, name: str, text: str) -> None:
        """Type a day, 2026-04-01, into the three inputs of a date."""
        for part, typed in zip(("year", "month", "day"), text.split("-"), strict=True):
            self.page.fill(f"#{name}-{part}", typed)

    def choose(self, words: str) -> None:
        """Choose a radio button or tick a box by its label."""
        self.page.get_by_label(words, exact=True).check()

    def pick(self, name: str, words: str) -> None:
        """Pick from a list by what is read there."""
        self.page.select_option(f"#{name}", label=words)

    def unfold(self, words: str) -> None:
        """Open a part of the page that is folded, by its summary."""
        self.page.locator("summary", has_text=words).first.click()

    def reads(self, *words: str) -> None:
        """Find words on the page."""
        text = " ".join(self.page.inner_text("body").split())
        for sentence in words:
            assert sentence in text, f"“{sentence}” is not on {self.page.url}: {text}"

    def look(self) -> None:
        """Check a page as it stands: its title, its one heading, axe, the width it needs; and keep its picture."""
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
        for width, size in WIDTHS.items() if self.scripts else [("narrow", NARROW)]:
            self.page.set_viewport_size(size)
            self._fits(width)
            self.page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
        self.page.set_viewport_size(WIDE)

    def _fits(self, width: str) -> None:
        """Find nothing that makes the whole page scroll sideways; 360 pixels stand for 400 % zoom of 1,440."""
        if self.scripts:
            wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, f"{self.page.url} is {wider} pixels too wide ({width})"


Visit = Callable[[Counter, Actor, str], Visitor]


@dataclass
class Visits:
    """Browsers opened before applications that are served as long as they are looked at."""

    chromium: Chromium
    servers: ExitStack
    scripts: bool
    running: dict[Flask, str] = field(default_factory=dict)

    def enter(self, counter: Counter, actor: Actor, name: str) -> Visitor:
        """Open a browser for somebody, signed in through the page, and look at their start page."""
        if counter.app not in self.running:
            self.running[counter.app] = self.servers.enter_context(serving(counter.app))
        context = self.chromium.new_context(java_script_enabled=self.scripts, viewport=WIDE)
        self.servers.callback(context.close)
        kind = name if self.scripts else f"{name}-without-scripts"
        _forget_pictures(kind)
        visitor = Visitor(context.new_page(), self.running[counter.app], kind, self.scripts)
        visitor.page.goto(f"{visitor.address}/sign-in")
        visitor.fill(sign_in_name=give_password(counter.service, actor), password=CHOSEN)
        visitor.press("Sign in")
        return visitor


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def visit(request: pytest.FixtureRequest, chromium: Chromium) -> Iterator[Visit]:
    """Return what opens a browser for somebody, with and without JavaScript; a name tells the pictures apart."""
    with ExitStack() as servers:
        yield Visits(chromium, servers, request.param).enter


@pytest.fixture
def visit_with_scripts(chromium: Chromium) -> Iterator[Visit]:
    """Return what opens a browser with JavaScript for somebody."""
    with ExitStack() as servers:
        yield Visits(chromium, servers, scripts=True).enter


def counter_of(world: World) -> Counter:
    """Return the pages of a world, whose clock stands on whichever day the world has got to."""
    return Counter(world.service, create_app(world.service.sessions, clock=ServiceClock(world.service)))


def _forget_pictures(name: str) -> None:
    """Take away the pictures of an earlier run, which may have gone another way."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES.glob("*.png"):
        if re.fullmatch(rf"{re.escape(name)}-[0-9]{{2}}-.*", picture.stem):
            picture.unlink()


def _without_ids(place: str) -> str:
    return re.sub(r"-?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", place).strip("-")
