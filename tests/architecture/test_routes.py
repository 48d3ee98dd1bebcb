"""Every route says who may use it, and every kind of error has a status."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from phb.app import create_app
from phb.core.actor import Permission
from phb.core.errors import DomainError
from phb.edge.errors import status_of
from phb.edge.looks import ABOUT, NOT_ABOUT_ONE_PERSON

OPEN_TO_ALL = {"api-docs.openapi_json", "api_docs", "sessions.sign_in"}


@pytest.fixture(scope="module")
def app(session_factory: sessionmaker[Session]) -> Flask:
    """Return the whole application."""
    return create_app(session_factory)


def views(app: Flask) -> Iterator[tuple[str, Callable[..., object]]]:
    """Return each address's name and what answers it, method by method."""
    for endpoint, view in app.view_functions.items():
        by_method = getattr(view, "view_class", None)
        yield endpoint, by_method or view


def test_every_route_names_its_permission(app: Flask) -> None:
    unnamed = [name for name, view in views(app) if name not in OPEN_TO_ALL and not hasattr(view, "permission")]
    assert unnamed == []


def test_every_permission_of_a_route_is_a_permission(app: Flask) -> None:
    assert {type(view.permission) for _, view in views(app) if hasattr(view, "permission")} <= {
        Permission,
        type(None),
    }


def test_every_page_about_a_person_keeps_that_somebody_looked(app: Flask) -> None:
    """Each address that is read and names something by its id says whose it is, or that it is nobody's."""
    unknown = []
    for rule in app.url_map.iter_rules():
        ids = {name for name in rule.arguments if name.endswith("_id")}
        if "GET" in (rule.methods or ()) and ids and not ids & set(ABOUT) and not ids <= NOT_ABOUT_ONE_PERSON:
            unknown.append(rule.rule)
    assert unknown == []


def every_error(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    """Return every error that the domain defines."""
    for child in kind.__subclasses__():
        yield child
        yield from every_error(child)


@pytest.mark.usefixtures("app")  # which brings every error in
def test_every_error_has_a_status_and_a_code_of_its_own() -> None:
    errors = [error for error in every_error() if error.__module__.startswith("phb.")]
    assert all(status_of(error("A sentence.")) for error in errors)
    codes = [error.code for error in errors]
    assert sorted(codes) == sorted(set(codes))
