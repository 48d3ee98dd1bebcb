"""Somebody at a browser: pages fetched and forms sent as a browser does, without one."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from phb.app import create_app
from phb.core.actor import Actor, Role
from phb.people.users.credentials import change_own_password, set_password
from phb.people.users.queries import user
from tests.people.conftest import PASSWORD, Service, on_day

CHOSEN = "staple battery horse"  # a test's own  # pragma: allowlist secret
"""The password that everybody has who signs in to pages."""


class _Inputs(HTMLParser):
    """The inputs of a page's last form, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what is filled in."""
        given = dict(attrs)
        if tag == "form":
            self.values = {}
        is_sent = given.get("type") in {None, "text", "hidden"} or (given.get("type") == "radio" and "checked" in given)
        if tag == "input" and given.get("name") and is_sent:
            self.values[str(given["name"])] = given.get("value") or ""


@dataclass
class Page:
    """What a browser shows."""

    response: TestResponse

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.response.status_code

    @property
    def html(self) -> str:
        """The page as it was sent."""
        return self.response.get_data(as_text=True)

    @property
    def text(self) -> str:
        """The words of the page, one space between them."""
        words = re.sub(r"<(script|style|title|svg)\b.*?</\1>|<[^>]+>", " ", self.html, flags=re.DOTALL)
        return " ".join(unescape(words).split())

    @property
    def title(self) -> str:
        """What the window is called."""
        found = re.search("<title[^>]*>(.*?)</title>", self.html, flags=re.DOTALL)
        return unescape(found[1]).strip() if found else ""

    @property
    def wrong(self) -> dict[str, str]:
        """What the error summary says, by the input that it leads to; what is about the whole form under ""."""
        found = re.search(r'<div class="nhsuk-error-summary".*?</ul>', self.html, flags=re.DOTALL)
        items = re.findall(r"<li>(.*?)</li>", found[0], flags=re.DOTALL) if found else []
        places = [(re.search('href="#([^"]*)"', item), re.sub("<[^>]+>", "", item)) for item in items]
        return {place[1] if place else "": " ".join(unescape(words).split()) for place, words in places}

    @property
    def fields(self) -> dict[str, Any]:
        """The inputs of the page's last form."""
        parser = _Inputs()
        parser.feed(self.html)
        return parser.values


@dataclass
class Browser:
    """One person's browser."""

    client: FlaskClient

    def open(self, address: str, **query: Any) -> Page:
        """Open an address, following where it leads."""
        return Page(self.client.get(address, query_string=query or None, follow_redirects=True))

    def send(self, address: str, page: Page | None = None, /, **answers: Any) -> Page:
        """Fill in the form at an address (or of a page that is open) and send it, following where it leads."""
        shown = page or self.open(address)
        return Page(self.client.post(address, data=shown.fields | answers, follow_redirects=True))


@dataclass(frozen=True)
class Counter:
    """A commissioner's service and the application that serves its pages."""

    service: Service
    app: Flask

    def browser(self, actor: Actor | None = None) -> Browser:
        """Return a browser, signed in as somebody where they are named."""
        browser = Browser(self.app.test_client())
        if actor is not None:
            browser.send("/sign-in", sign_in_name=self.name_with_password(actor), password=CHOSEN)
        return browser

    def staff(self, role: Role) -> Browser:
        """Return the browser of somebody who holds one role."""
        return self.browser(self.service.staff(role))

    def name_with_password(self, actor: Actor) -> str:
        """Give somebody a password of their own choice, and return their sign-in name."""
        return give_password(self.service, actor)


def give_password(service: Service, actor: Actor) -> str:
    """Give somebody a password of their own choice, and return their sign-in name."""
    administrator = service.staff(Role.ADMINISTRATOR)
    with service.unit(administrator) as uow:
        set_password(uow, actor.user_id, PASSWORD)
    with service.unit(actor) as uow:
        change_own_password(uow, old=PASSWORD, new=CHOSEN)
        return user(uow.session, uow.actor, actor.user_id).sign_in_name


@pytest.fixture
def counter(vault_sessions: sessionmaker[Session]) -> Counter:
    """Return a new commissioner's pages."""
    service = Service(vault_sessions)
    return Counter(service, create_app(vault_sessions, clock=on_day(service.today)))


@pytest.fixture
def as_role(counter: Counter) -> Callable[[Role], Browser]:
    """Return what opens the browser of somebody of a role."""
    return counter.staff
