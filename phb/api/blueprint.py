"""The blueprint every resource uses: unknown query names are refused, lists carry a link to the next page."""

from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser

from phb.edge.paging import Page


class StrictParser(FlaskParser):
    """Refuses names that a schema does not know, in the query too."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012 - the base class has it so
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": "raise",
        "json": "raise",
    }


class Resource(Blueprint):  # type: ignore[misc]  # flask_smorest is not typed
    """One resource of the API."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(name, name, url_prefix=f"/api/v1/{name}", description=sentence)

    def query(self, schema: type[Schema]) -> Any:  # noqa: ANN401 - a decorator of an untyped library
        """Take arguments from the query; what does not fit is a 400."""
        return self.arguments(schema, location="query", error_status_code=400)


Listed = tuple[Any, int, dict[str, str]]


def listed(page: Page[Any]) -> Listed:
    """Answer a page of rows with a Link header to the next one."""
    if page.next_cursor is None:
        return page.rows, 200, {}
    query = urlencode({**request.args.to_dict(), "cursor": page.next_cursor})
    return page.rows, 200, {"Link": f'<{request.path}?{query}>; rel="next"'}
