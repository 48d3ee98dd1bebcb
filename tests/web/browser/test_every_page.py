"""Every page there is: reached from somebody's menu by links that all lead somewhere, and sound in a browser."""

import re
from collections import Counter as Tally
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.exceptions import HTTPException

from phb.core.actor import Actor
from phb.web.navigation import LINKS
from tests.web.browser.conftest import Visit, counter_of
from tests.web.browser.town import Town, build
from tests.web.conftest import Browser, Counter

MOST_OF_ONE_KIND = 8
"""So many addresses of one endpoint are enough to see one of its objects in every state."""
NOT_BY_A_LINK = {
    "web.asset": "no page",
    "web.style": "no page",
    "web.signing.sign_in": "whoever is signed in has passed it",
    "web.signing.choose_password": "for a password that somebody else chose",
    "web.holder.recording.check": "after all the questions before it",
    "web.audit.results": "after a search",
    "web.broker.several.shown": "after rows were recorded",
}


@dataclass
class Walk:
    """What one person reaches from their start page by following links."""

    browser: Browser
    app: Flask
    tally: Tally[str] = field(default_factory=Tally)
    pages: dict[str, str] = field(default_factory=dict)
    """By endpoint, the first page of it."""

    def go(self, addresses: list[str]) -> None:
        """Follow every link from these addresses on, so many of each kind."""
        waiting, known = list(addresses), set(addresses)
        while waiting:
            address = waiting.pop(0)
            endpoint = endpoint_of(self.app, address)
            if endpoint is None or self.tally[endpoint] == MOST_OF_ONE_KIND:
                continue
            self.tally[endpoint] += 1
            new = [link for link in self._open(address, endpoint) if link not in known]
            known.update(new)
            waiting += new

    def _open(self, address: str, endpoint: str) -> list[str]:
        page = self.browser.open(address)
        assert page.status == 200, f"{address} is {page.status}: {page.text}"
        if not page.response.content_type.startswith("text/html"):
            self.pages.setdefault(endpoint, "")
            return []
        self.pages.setdefault(endpoint, address)
        self.pages.setdefault(endpoint_of(self.app, page.response.request.path) or endpoint, address)
        found = (unescape(link) for link in re.findall(r'<a [^>]*href="([^"#]+)"', page.html))
        here = page.response.request.path
        return [here + link if link.startswith("?") else link for link in found if not link.startswith("//")]


def endpoint_of(app: Flask, address: str) -> str | None:
    """Return the page an address is of; None for what is none of the pages, or signs out."""
    parts = urlsplit(address)
    try:
        endpoint, _ = app.url_map.bind(parts.netloc or "localhost").match(parts.path, method="GET")
    except HTTPException:
        return None if parts.netloc else "nowhere"
    return endpoint if endpoint.startswith("web.") and endpoint != "web.signing.sign_out" else None


@pytest.fixture(scope="module")
def town(vault_sessions: sessionmaker[Session]) -> Town:
    """Return a commissioner where everybody has something to do."""
    return build(vault_sessions)


@pytest.fixture(scope="module")
def walks(town: Town) -> dict[str, Walk]:
    """Return what each person reaches by links."""
    counter = counter_of(town.world)
    return {name: walk(town, counter, name, actor) for name, actor in town.people.items()}


def walk(town: Town, counter: Counter, name: str, actor: Actor) -> Walk:
    made = Walk(counter.browser(actor), counter.app)
    made.go(["/", *town.only_after_a_form.get(name, [])])
    return made


def test_every_page_is_reached_by_somebody(walks: dict[str, Walk]) -> None:
    app = next(iter(walks.values())).app
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("web.") and "GET" in (rule.methods or ())
    }
    reached = {endpoint for one in walks.values() for endpoint in one.pages}
    assert sorted(pages - reached - set(NOT_BY_A_LINK) - {"web.signing.sign_out"}) == []


@pytest.mark.journey
def test_every_page_is_sound_in_a_browser(town: Town, walks: dict[str, Walk], visit_with_scripts: Visit) -> None:
    counter = counter_of(town.world)
    seen: set[str] = set()
    for name, actor in town.people.items():
        visitor = visit_with_scripts(counter, actor, f"every-page-{name.replace(' ', '-')}")
        of_menu = {link.endpoint for link in LINKS if link.is_for(actor)}
        for endpoint, address in walks[name].pages.items():
            if address and (endpoint in of_menu or endpoint not in seen):
                visitor.open(address)
        seen |= set(walks[name].pages)
