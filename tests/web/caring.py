"""A care office at its pages: whole forms as a browser sends them, answered step by step."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from phb.app import create_app
from phb.core.actor import Actor
from tests.budget.conftest import World
from tests.people.conftest import on_day
from tests.web.conftest import CHOSEN, Browser, Page, give_password

Attributes = list[tuple[str, str | None]]


class _Form(HTMLParser):
    """Everything that the last form of a page would send, and where to."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self.action, self._box, self._select = "", "", ""

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Keep what is filled in, ticked or chosen."""
        given = dict(attrs)
        name, value = str(given.get("name") or ""), given.get("value") or ""
        match tag:
            case "form":
                self.values, self.action = {}, str(given.get("action") or "")
            case "input" if name and given.get("type") == "radio" and "checked" in given:
                self.values[name] = value
            case "input" if name and given.get("type") == "checkbox" and "checked" in given:
                self.values.setdefault(name, []).append(value)
            case "input" if name and given.get("type") in {None, "text", "hidden"}:
                self.values[name] = value
            case "textarea":
                self._box, self.values[name] = name, ""
            case "select":
                self._select, self.values[name] = name, ""
            case "option" if "selected" in given:
                self.values[self._select] = value

    def handle_endtag(self, tag: str) -> None:
        """Leave a box."""
        if tag == "textarea":
            self._box = ""

    def handle_data(self, data: str) -> None:
        """Keep what stands in a box."""
        if self._box:
            self.values[self._box] += data


@dataclass
class Desk:
    """Somebody at their browser."""

    browser: Browser

    def open(self, address: str, **query: Any) -> Page:
        """Open a page."""
        return self.browser.open(address, **query)

    def send(self, page: Page, /, **answers: Any) -> Page:
        """Fill in the last form of a page and send it where it goes."""
        form = form_of(page)
        answer = self.browser.client.post(form.action, data=form.values | answers, follow_redirects=True)
        return Page(answer)

    def walk(self, page: Page, /, *steps: dict[str, Any]) -> Page:
        """Answer one page after the other, each of which must be accepted."""
        for number, answers in enumerate(steps, 1):
            page = self.send(page, **answers)
            assert page.wrong == {}, f"step {number}: {page.wrong}"
        return page


@dataclass(frozen=True)
class CareOffice:
    """A commissioner in 2026/27 and the application that serves its pages."""

    world: World

    def desk(self, actor: Actor) -> Desk:
        """Sign somebody in on the service's day."""
        service = self.world.service
        browser = Browser(_app(service.sessions, service.today).test_client())
        browser.send("/sign-in", sign_in_name=give_password(service, actor), password=CHOSEN)
        return Desk(browser)


@cache
def _app(sessions: sessionmaker[Session], today: date) -> Flask:
    """Return the application as it is on a day; it is the same for every commissioner."""
    return create_app(sessions, clock=on_day(today))


def form_of(page: Page) -> _Form:
    """Return the last form of a page."""
    parser = _Form()
    parser.feed(page.html)
    return parser


def day(name: str, text: str) -> dict[str, str]:
    """Return a day as the three boxes of a field hold it."""
    year, month, number = text.split("-")
    return {f"{name}-day": number, f"{name}-month": month, f"{name}-year": year}


def path_of(page: Page) -> str:
    """Return where a page is, without what is carried in its address."""
    return urlsplit(page.response.request.path).path
