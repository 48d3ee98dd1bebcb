"""Refusals as pages: what is wrong, why, and what to do next."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from phb.core.errors import DomainError
from phb.edge import errors as edge
from phb.edge.duplicates import keep_stopped
from phb.web.rendering import render

TITLES = {
    400: "This cannot be read",
    403: "You cannot do this",
    404: "Page not found",
    405: "This page does not take that",
    409: "This has changed",
    413: "This file is too large",
    422: "This cannot be done",
    429: "Too many tries",
    500: "Something went wrong",
}
OF_PAGES = {
    400: "It did not arrive whole, or cannot be read. Nothing was saved. Go back to the page before and try again.",
    404: "If you typed the address, check it. If you followed a link, what it leads to may have moved, or may not be "
    "yours to see. Go to your start page to find what you need.",
    405: "Go back to the page before and use its buttons.",
}
TO_SEND_AGAIN = {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
TOO_OLD = (
    "This form was open for too long, or it was not sent from our page. Nothing was saved. Go back, reload the page "
    "and send it again."
)


def answer_refusal(error: DomainError) -> Response:
    """Show a refusal of the domain."""
    keep_stopped(error)
    status = edge.status_of(error)
    return _page(status, OF_PAGES[404] if status == HTTPStatus.NOT_FOUND else error.sentence, code=error.code)


def answer_http_error(error: HTTPException) -> Response:
    """Show an error of HTTP itself."""
    status = HTTPStatus(error.code or 500)
    if isinstance(error, CSRFError):
        return _page(status, TOO_OLD, code="form-too-old")
    sentence = OF_PAGES.get(status) or edge.SENTENCES.get(status, "Nothing was changed. Try again later.")
    code = status.phrase.lower().replace(" ", "-")
    # A browser cannot go back to a form that answered a form, but its address shows it anew.
    form = request.full_path if request.method == "POST" and status in TO_SEND_AGAIN else None
    return _page(status, sentence, code=code, form=form)


def is_of_the_api() -> bool:
    """Say whether the request is the API's, which answers problem documents instead."""
    return request.path.startswith("/api/")


def register_everywhere(app: Flask, know_who_asks: Callable[[], object]) -> None:
    """Answer what no route of ours took, such as an address that is not there, as a page, unless the API was asked."""

    def answer(error: HTTPException) -> Response:
        if is_of_the_api():
            return edge.answer_http_error(error)
        know_who_asks()
        return answer_http_error(error)

    app.register_error_handler(HTTPException, answer)


def _page(status: HTTPStatus, sentence: str, *, code: str, form: str | None = None) -> Response:
    title = TITLES.get(status, "Something went wrong")
    return render("error.html.jinja", status=status, title=title, sentence=sentence, code=code, back=form)
