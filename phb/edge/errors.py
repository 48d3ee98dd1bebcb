"""Turn each kind of error into an answer: RFC 9457 problem documents with a stable code."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response
from moneyed import Money
from werkzeug.exceptions import HTTPException

from phb.core.errors import ConflictError, DomainError, NotFoundError, PermissionDeniedError, RuleViolationError
from phb.core.money import as_json
from phb.edge.duplicates import keep_stopped

PROBLEM = "application/problem+json"

STATUS_OF_KIND: dict[type[DomainError], HTTPStatus] = {
    NotFoundError: HTTPStatus.NOT_FOUND,
    PermissionDeniedError: HTTPStatus.FORBIDDEN,
    ConflictError: HTTPStatus.CONFLICT,
    RuleViolationError: HTTPStatus.UNPROCESSABLE_ENTITY,
}

SENTENCES = {
    400: "The request is not well formed. Compare it with the documentation of this address.",
    401: "Sign in first: send an “Authorization: Bearer” header with a token that has not expired.",
    404: "There is nothing at this address. Check it against the documentation.",
    405: "This address does not offer that method. The Allow header lists the ones it does.",
    412: "This was changed since you read it. Read it again, and send your change with its new ETag.",
    413: "This is larger than what is accepted: a file may have 10 MB. Send a smaller picture, or fewer pages or rows.",
    415: "Send JSON, with “Content-Type: application/json”.",
    422: "Some of what you sent does not fit. Put right the fields that are named and send it again.",
    428: "Send the ETag you read in an If-Match header, so that nobody's change is lost.",
    429: "Too many requests came from you. Wait as long as the Retry-After header says.",
}


def status_of(error: DomainError) -> HTTPStatus:
    """Return the status that the kind of an error has."""
    return next(status for kind, status in STATUS_OF_KIND.items() if isinstance(error, kind))


def register(app: Flask) -> None:
    """Let an application answer domain errors."""
    app.register_error_handler(DomainError, answer_domain_error)


def answer_domain_error(error: DomainError) -> Response:
    """Answer a refusal of the domain."""
    keep_stopped(error)
    facts = {name: _plain(value) for name, value in error.facts.items()}
    return problem(status_of(error), error.code, error.sentence, field=error.field, facts=facts)


def answer_http_error(error: HTTPException) -> Response:
    """Answer an error of HTTP itself, keeping its headers (Allow, Retry-After)."""
    status = HTTPStatus(error.code or 500)
    details = getattr(error, "data", None) or {}
    code = "invalid-input" if details.get("messages") else status.phrase.lower().replace(" ", "-")
    sentence = SENTENCES.get(status, "Something went wrong here, and nothing was changed. Try again later.")
    code, sentence = getattr(error, "problem", (code, sentence))
    answer = problem(status, code, sentence, errors=_fields(details.get("messages") or {}))
    answer.headers.extend(
        (name, value) for name, value in error.get_headers() if name.lower() not in {"content-type", "content-length"}
    )
    return answer


def problem(status: HTTPStatus, code: str, sentence: str, **more: object) -> Response:
    """Return a problem document; members that are None or empty are left out."""
    body = {"type": f"/problems/{code}", "title": status.phrase, "status": int(status), "code": code}
    body |= {"detail": sentence} | {name: value for name, value in more.items() if value}
    return Response(json.dumps(body, ensure_ascii=False), status=status, content_type=PROBLEM)


def _plain(value: object) -> object:
    if isinstance(value, Money):
        return as_json(value)
    return value if isinstance(value, str | int | bool) else str(value)


def _fields(messages: Mapping[str, Any], path: str = "") -> list[dict[str, str]]:
    """Return marshmallow's nested messages as a flat list of field and sentence, the place (json, query) left out."""
    flat: list[dict[str, str]] = []
    for name, found in messages.items():
        inner = path if not path and name in {"json", "query", "files", "form"} else f"{path}.{name}".lstrip(".")
        if isinstance(found, Mapping):
            flat += _fields(found, inner or " ")
        else:
            flat += [{"field": inner.strip(" ."), "detail": str(sentence)} for sentence in found]
    return flat
