"""Go through a form page by page, and do what the whole of it asks."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Response

from phb.core.uow import UnitOfWork
from phb.web.asking import ask, go
from phb.web.care.stepping import StepForm
from phb.web.rendering import render

R = TypeVar("R")


def walk(
    form: StepForm,
    act: Callable[[UnitOfWork], R],
    *,
    then: Callable[[R], str],
    said: str | None = None,
    **shown: Any,  # noqa: ANN401 - whatever the page shows
) -> Response:
    """Show the page that is asked for, go on to the next, or do what the whole form asks."""
    status = HTTPStatus.OK
    if form.is_submitted():
        following = form.following()
        if following is None:
            return ask(form, act, then=then, said=said, template="care/step.html.jinja", **shown)
        if form.first_unsound(before=form.number + 1) is None:
            return go(form.address(following))
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        form.validate()
    elif (fault := _fault_before(form)) is not None:
        return go(form.address(fault))
    return render("care/step.html.jinja", status=status, **{"title": form.question, "form": form, **shown})


def _fault_before(form: StepForm) -> int | None:
    """Return an earlier page that lacks its answers: what was carried was lost, or the address is cut off."""
    fault = form.first_unsound(before=form.number)
    for field in form:
        field.errors = ()
    return fault
