"""All pages under one roof: who asks is known first, forgery is refused, every answer is hardened."""

from pathlib import Path

from flask import Blueprint, Flask, Response, request, send_from_directory
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException

from phb.core.errors import DomainError
from phb.documents import as_html
from phb.edge.request import needs
from phb.web import admin, audit, errors, payments
from phb.web.broker.area import broker
from phb.web.care.area import care
from phb.web.fetch_assets import ASSETS
from phb.web.finance.area import finance
from phb.web.holder.area import holder
from phb.web.home import home
from phb.web.imports import imports
from phb.web.jobs import jobs
from phb.web.rendering import nonce
from phb.web.signing import ask_again, recall, signing

AREAS = (
    signing,
    home,
    *admin.AREAS,
    *payments.AREAS,
    *audit.AREAS,
    holder,
    finance,
    care,
    imports,
    jobs,
    broker,
)
OPEN = {"web.signing.sign_in", "web.signing.choose_password", "web.signing.sign_out", "web.asset", "web.style"}
STYLES = Path(__file__).parent / "styles"
A_DAY = 24 * 60 * 60

COOKIE = {
    "SESSION_COOKIE_NAME": "__Host-phb",
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "WTF_CSRF_CHECK_DEFAULT": False,  # The API takes no cookie, so it needs no such token.
    "WTF_CSRF_TIME_LIMIT": None,  # It ends with the session.
}
CSRF = CSRFProtect()

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; manifest-src 'self'; "
    "script-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def attach(app: Flask, *, secret: bytes) -> None:
    """Give an application its pages.

    Args:
        app: with its API registered.
        secret: what session cookies are signed with; whoever has it can forge one.
    """
    app.config.update(COOKIE, SECRET_KEY=secret)
    CSRF.init_app(app)
    site = Blueprint("web", __name__)
    site.before_request(_know_who_asks)
    site.register_error_handler(DomainError, errors.answer_refusal)
    site.register_error_handler(HTTPException, errors.answer_http_error)
    site.add_url_rule("/assets/<path:name>", "asset", asset)
    site.add_url_rule("/styles/<path:name>", "style", style)
    for area in AREAS:
        site.register_blueprint(area)
    app.register_blueprint(site)
    app.after_request(_harden)
    errors.register_everywhere(app, recall)


@needs(None)
def asset(name: str) -> Response:
    """Serve a file of the NHS.UK frontend."""
    return send_from_directory(ASSETS, name, max_age=A_DAY)


@needs(None)
def style(name: str) -> Response:
    """Serve a stylesheet of ours; that of documents is kept with them."""
    if name == "document.css":
        return Response(as_html.CSS, content_type="text/css; charset=utf-8")
    return send_from_directory(STYLES, name, max_age=A_DAY)


def _know_who_asks() -> Response | None:
    """Find out who asks, and refuse a form that was not sent from our own page."""
    if recall() is None and request.endpoint not in OPEN:
        return ask_again()
    CSRF.protect()
    return None


def _harden(response: Response) -> Response:
    if errors.is_of_the_api():
        return response
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce()))
    if not request.path.startswith(("/assets/", "/styles/")):
        response.headers["Cache-Control"] = "no-store"
    return response
