"""Render a page: one environment, NHS.UK macros beside our templates, and what every page shows."""

from secrets import token_urlsafe
from typing import Any

from flask import Response, g, get_flashed_messages, session, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader

from phb.web import navigation, presenters

TITLE = "Personal health budgets"

# The NHS.UK macros need names that may be absent, so a misspelt name prints nothing: tests look for the words.
_ENVIRONMENT = Environment(
    loader=ChoiceLoader([PackageLoader("phb.web"), PackageLoader("nhsuk_frontend_jinja")]),
    autoescape=True,
    undefined=ChainableUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters.update(presenters.FILTERS)
_ENVIRONMENT.globals.update(url_for=url_for, csrf_token=generate_csrf, service=TITLE)


def render(template: str, *, status: int = 200, **shown: Any) -> Response:  # noqa: ANN401 - whatever the page shows
    """Return a page.

    Args:
        template: its file under templates/.
        status: of the answer.
        shown: what the template names; `title` is also the page's title, without the service's name.
    """
    actor = g.get("actor")
    page = _ENVIRONMENT.get_template(template).render(
        cspNonce=nonce(),
        links=navigation.links_for(actor) if actor else (),
        here=navigation.here(),
        name=session.get("name") if actor else None,
        said=get_flashed_messages(),
        actor=actor,
        **shown,
    )
    return Response(page, status=status, content_type="text/html; charset=utf-8")


def nonce() -> str:
    """Return the word that lets this answer's one script run, the same all through a request."""
    if "nonce" not in g:
        g.nonce = token_urlsafe(16)
    return str(g.nonce)
