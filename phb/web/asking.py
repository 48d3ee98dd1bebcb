"""What every form does: show itself, do one operation once, go on; or say what is wrong where it is wrong."""

import hmac
import json
from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID, uuid4

from flask import Response, current_app, flash, g, redirect, request

from phb.core import idempotency
from phb.core.errors import ConflictError, NotFoundError, RuleViolationError
from phb.core.uow import UnitOfWork, begin
from phb.edge.duplicates import keep_stopped
from phb.edge.request import current_actor
from phb.edge.services import services
from phb.governance import audit
from phb.web import carrying
from phb.web.forms import PageForm
from phb.web.rendering import render

R = TypeVar("R")
NOT_OF_THE_ANSWER = {"csrf_token", "key"}


def ask(
    form: PageForm,
    act: Callable[[UnitOfWork], R],
    *,
    then: Callable[[R], str],
    said: str | None = None,
    template: str = "form.html.jinja",
    **shown: Any,  # noqa: ANN401 - whatever the page shows
) -> Response:
    """Show a form, or do what it asks and go on to where that leads.

    Args:
        form: bound to the request.
        act: the one operation; it sees only what the form holds.
        then: the address to go on to, from what the operation returned.
        said: told on the next page, once.
        template: how the form is shown.
        shown: what the template names besides `form`.
    """
    status = HTTPStatus.OK
    if form.is_submitted():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.validate():
            try:
                return go(_once(form, act, then), said)
            except RuleViolationError as error:
                keep_stopped(error)
                form.refuse(error)
            except ConflictError as error:
                keep_stopped(error)
                form.refuse(error)
                status = HTTPStatus.CONFLICT
            except NotFoundError as error:
                if error.field not in form:
                    raise
                form.refuse(error)  # What was typed names nothing; the page itself is there.
    return render(template, status=status, form=form, **{"title": form.question, **shown})


def go(address: str, said: str | None = None) -> Response:
    """Go on to an address, so that reloading it sends nothing again."""
    if said:
        flash(said)
    return redirect(address, HTTPStatus.SEE_OTHER)  # type: ignore[return-value]  # Flask answers its own Response


def _once(form: PageForm, act: Callable[[UnitOfWork], R], then: Callable[[R], str]) -> str:
    """Do the work in one transaction with its answer, so that a form sent twice is carried out once."""
    body, key = _body(), UUID(form.key.data)
    try:
        with begin(services().sessions, current_actor(), clock=services().clock, request_id=key) as uow:
            earlier = idempotency.earlier_answer(uow, body)
            if earlier is not None:
                audit.record(uow, audit.Stopped.REPEATED, "request", uow.request_id)
                return str(earlier[1]["then"])
            g.unit = uow
            address = then(act(uow))
            idempotency.keep_answer(uow, body, HTTPStatus.SEE_OTHER, json.dumps({"then": address}))
    except idempotency.KeyUsedForAnotherRequestError as error:
        form.key.data = str(uuid4())
        raise SentBeforeError(
            "You sent this form before with other answers, and those were saved. "
            "If you want to send these too, press the button again."
        ) from error
    finally:
        g.pop("unit", None)
    return address


class SentBeforeError(ConflictError):
    """A form was sent, gone back to, and sent again with other answers."""

    code = "form-sent-before"
    stops_duplicate = True


def _body() -> bytes:
    """Return what tells a repeated form from another one, and not what was answered: that may be bank details."""
    answers = sorted(
        (name, _as_typed(name, value))
        for name, value in request.form.items(multi=True)
        if name not in NOT_OF_THE_ANSWER
    )
    for name, file in request.files.items(multi=True):
        answers.append((name, sha256(file.read()).hexdigest()))
        file.seek(0)
    return hmac.digest(current_app.config["SECRET_KEY"], json.dumps([request.path, answers]).encode(), "sha256")


def _as_typed(name: str, value: str) -> str:
    """Return an answer; what is carried sealed as it was before, because it is sealed another way each time."""
    return json.dumps(carrying.opened(value, by=current_actor().user_id)) if name == "so_far" else value
