"""Who asks, what they may do, and one unit of work for each request."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast
from uuid import UUID

from flask import Response, g, make_response, request
from werkzeug.exceptions import BadRequest, Unauthorized

from phb.core import idempotency
from phb.core.actor import Actor, Permission
from phb.core.uow import UnitOfWork, begin
from phb.edge.looks import keep_look_at
from phb.edge.services import services
from phb.governance import audit
from phb.people import sign_in

P = ParamSpec("P")
R = TypeVar("R")
BEARER = "Bearer "
FORM = "multipart/form-data"


def current_actor() -> Actor:
    """Return who asks, by their bearer token.

    Raises:
        Unauthorized: there is no token, or it is unknown, revoked or expired.
    """
    if "actor" not in g:
        g.actor = _signed_in()
    return cast("Actor", g.actor)


def _signed_in() -> Actor:
    header = request.headers.get("Authorization", "")
    if not header.startswith(BEARER):
        raise Unauthorized
    actor = sign_in.actor_of_token(services().sessions, header.removeprefix(BEARER), clock=services().clock)
    if actor is None:
        raise Unauthorized
    return actor


@contextmanager
def begin_request() -> Iterator[UnitOfWork]:
    """Open the request's unit of work, or join the one that an idempotent request has opened.

    Whose record was read is kept in the first unit of a request, if that ends well.
    """
    if "unit" in g:
        yield g.unit
        return
    with begin(services().sessions, current_actor(), clock=services().clock) as uow:
        yield uow
        if request.method == "GET" and "looked" not in g:
            g.looked = True
            keep_look_at(uow, request.view_args or {})


def needs(permission: Permission | None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Name the permission a route needs; None where anyone may ask. Every route has one."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if permission is not None:
                current_actor().require(permission)
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the architecture test
        return guarded

    return mark


def idempotent(view: Callable[P, Any]) -> Callable[P, Response]:
    """Answer a repeated request with its first answer; the work and the answer are stored in one transaction.

    Stands outermost, so that it sees the finished response.
    """

    @wraps(view)
    def once(*args: P.args, **kwargs: P.kwargs) -> Response:
        body = b"\n".join((request.method.encode(), request.path.encode(), _what_was_sent()))
        with begin(services().sessions, current_actor(), clock=services().clock, request_id=_key()) as uow:
            earlier = idempotency.earlier_answer(uow, body)
            if earlier is not None:
                audit.record(uow, audit.Stopped.REPEATED, "request", uow.request_id)
                return _replay(*earlier)
            g.unit = uow
            response = make_response(view(*args, **kwargs))
            idempotency.keep_answer(uow, body, response.status_code, response.get_data(as_text=True))
        return response

    once.idempotent = True  # type: ignore[attr-defined]  # read by the published description
    return once


def _what_was_sent() -> bytes:
    """Return the request's body; of a form with files its parts, because what stands between them differs each time."""
    if request.mimetype != FORM:
        return request.get_data()
    parts = [(name, value.encode()) for name, value in request.form.items(multi=True)]
    for name, file in request.files.items(multi=True):
        parts.append((name, file.read()))
        file.seek(0)
    return b"\n".join(f"{name} {len(part)} ".encode() + part for name, part in sorted(parts))


def _key() -> UUID:
    try:
        return UUID(request.headers["Idempotency-Key"])
    except (KeyError, ValueError) as error:
        raise MissingIdempotencyKey from error


class MissingIdempotencyKey(BadRequest):
    """The request moves money or makes a claim, and has no usable key."""

    code = 400
    problem = (
        "idempotency-key-missing",
        "Send a new UUID in an Idempotency-Key header, so that the same request sent twice is carried out once.",
    )


def _replay(status: int, answer: dict[str, Any]) -> Response:
    response = Response(json.dumps(answer), status=status, content_type="application/json")
    response.headers["Idempotent-Replayed"] = "true"
    return response
