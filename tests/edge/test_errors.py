"""Each kind of error is a problem document with a stable code."""

import json
from http import HTTPStatus

import pytest
from werkzeug.exceptions import MethodNotAllowed, UnprocessableEntity

from phb.core.errors import ConflictError, DomainError, NotFoundError, PermissionDeniedError, RuleViolationError
from phb.core.money import pounds
from phb.edge.errors import PROBLEM, answer_domain_error, answer_http_error, status_of


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (NotFoundError, HTTPStatus.NOT_FOUND),
        (PermissionDeniedError, HTTPStatus.FORBIDDEN),
        (ConflictError, HTTPStatus.CONFLICT),
        (RuleViolationError, HTTPStatus.UNPROCESSABLE_ENTITY),
    ],
)
def test_each_kind_has_its_status(kind: type[DomainError], status: HTTPStatus) -> None:
    assert status_of(kind("No.")) is status


def test_a_refusal_tells_code_sentence_field_and_facts() -> None:
    answer = answer_domain_error(RuleViolationError("Too much.", field="amount", left=pounds("1.50"), year=2026))
    assert answer.content_type == PROBLEM
    assert json.loads(answer.data) == {
        "type": "/problems/rule-violated",
        "title": "Unprocessable Entity",
        "status": 422,
        "code": "rule-violated",
        "detail": "Too much.",
        "field": "amount",
        "facts": {"left": {"amount": "1.50", "currency": "GBP"}, "year": 2026},
    }


def test_a_method_that_is_not_offered_keeps_its_allow_header() -> None:
    answer = answer_http_error(MethodNotAllowed(valid_methods=["GET", "POST"]))
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")
    assert json.loads(answer.data)["code"] == "method-not-allowed"


def test_a_body_that_does_not_fit_names_each_field() -> None:
    error = UnprocessableEntity()
    error.data = {"messages": {"json": {"limit": {"amount": ["Give pounds."]}, "name": ["Missing."]}}}  # type: ignore[attr-defined]  # as the parser sets it
    body = json.loads(answer_http_error(error).data)
    assert body["code"] == "invalid-input"
    assert body["errors"] == [
        {"field": "limit.amount", "detail": "Give pounds."},
        {"field": "name", "detail": "Missing."},
    ]
