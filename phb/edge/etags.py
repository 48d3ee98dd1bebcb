"""Keep changes from being lost: an ETag on what is answered, If-Match on what is changed."""

import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from flask import request
from werkzeug.exceptions import PreconditionFailed, PreconditionRequired

from phb.core.database import Versioned
from phb.edge.errors import problem
from phb.people.saving import ChangedMeanwhileError

Row = TypeVar("Row", bound=Versioned)
ETAG = re.compile(r'"([0-9]{1,9})"')
ANY = "*"


Tagged = tuple[Row, dict[str, str]]


def tagged(row: Row) -> Tagged[Row]:
    """Answer a row with its version as the ETag."""
    return row, {"ETag": f'"{row.version}"'}


def conditional(view: Callable[..., Any]) -> Callable[..., Any]:
    """Give a view the version of its If-Match header; 428 without one, 412 when the row has changed since."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the view takes and answers
        try:
            return view(*args, version=_expected_version(), **kwargs)
        except ChangedMeanwhileError as error:
            return problem(HTTPStatus.PRECONDITION_FAILED, error.code, error.sentence)

    guarded.conditional = True  # type: ignore[attr-defined]  # read by the published description
    return guarded


def _expected_version() -> int | None:
    """Return the version the caller read, or None where any will do."""
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired
    if header.strip() == ANY:
        return None
    found = ETAG.fullmatch(header.strip())
    if found is None:
        raise PreconditionFailed
    return int(found[1])
