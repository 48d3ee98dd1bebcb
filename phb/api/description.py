"""The published description of the API, and the readable pages made from it."""

import re
from typing import Any

from flask import Flask, Response, render_template
from flask_smorest import Api
from werkzeug.exceptions import HTTPException

from phb.api.schemas import Problem
from phb.edge import errors

TITLE = "Personal health budgets"
VERSION = "v1"
JSON_PATH = "/api/v1/openapi.json"

CONFIG = {
    "API_TITLE": TITLE,
    "API_VERSION": VERSION,
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api/v1",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": (
                "Set, agree, pay, account for and check personal health budgets. Money is "
                '{"amount": "125.50", "currency": "GBP"}, dates are 2026-04-01, instants RFC 3339 in UTC. '
                "Errors are problem documents (RFC 9457) with a stable code."
            )
        },
        "security": [{"bearer": []}],
    },
}

PARAMETER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "a new UUID for each request; the same key and body gives the first answer again",
    "schema": {"type": "string", "format": "uuid"},
}


IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": 'the ETag that was read, the version in quotation marks: "3"',
    "schema": {"type": "string"},
}
HEADER_OF_MARK = {"idempotent": IDEMPOTENCY_KEY, "conditional": IF_MATCH}


class DescribedApi(Api):  # type: ignore[misc]  # flask_smorest is not typed
    """The API, answering every error as a problem document and saying so in its description."""

    ERROR_SCHEMA = Problem

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer an error of HTTP itself."""
        return errors.answer_http_error(error)


def describe(api: DescribedApi, app: Flask) -> None:
    """Complete the description once every resource is registered, and serve the pages made from it."""
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    document = api.spec.to_dict()
    _publish_problems(api.spec.components.responses)
    _publish_needs(document["paths"], app)
    app.add_url_rule("/api/v1/docs", "api_docs", lambda: render_template("api_docs.html.jinja", document=document))


def _publish_problems(responses: dict[str, Any]) -> None:
    """Say that errors are application/problem+json, which the library would call application/json."""
    for response in responses.values():
        content = response.get("content", {})
        if "application/json" in content:
            response["content"] = {errors.PROBLEM: content["application/json"]}


def _publish_needs(paths: dict[str, Any], app: Flask) -> None:
    """Say of each operation which permission it needs, and which headers."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        operations = paths.get(PARAMETER.sub(r"{\1}", rule.rule), {})
        for method in rule.methods or ():
            operation = operations.get(method.lower())
            if operation is None:
                continue
            permission = getattr(view, "permission", None)
            if permission is not None:
                operation["x-permission"] = permission
            for mark, header in HEADER_OF_MARK.items():
                if hasattr(view, mark):
                    operation.setdefault("parameters", []).append(header)
