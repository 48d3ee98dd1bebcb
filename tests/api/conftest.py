"""The application over a commissioner of its own, and callers signed in with a token."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from phb.app import create_app
from phb.core.actor import Actor, Role
from phb.people.kinds import TokenScope
from phb.people.users.credentials import issue_token
from tests.people.conftest import Service, on_day


@dataclass(frozen=True)
class Answer:
    """What the API answered; `body` is the JSON, or None."""

    status: int
    body: Any
    headers: Headers

    @classmethod
    def of(cls, response: TestResponse) -> "Answer":
        """Return the answer of a response."""
        return cls(response.status_code, response.get_json(silent=True), response.headers)


@dataclass(frozen=True)
class Caller:
    """Somebody who calls the API with a token of their own."""

    client: FlaskClient
    token: str

    def get(self, address: str, **query: Any) -> Answer:
        """Read an address under /api/v1."""
        response = self.client.get(f"/api/v1{address}", query_string=query or None, headers=self._headers())
        return Answer.of(response)

    def post(self, address: str, body: object = None, **headers: str) -> Answer:
        """Post JSON, with a new idempotency key unless one is given."""
        key = {"Idempotency-Key": headers.pop("key", str(uuid4()))}
        sent: dict[str, Any] = {} if body is None else {"json": body}
        return Answer.of(self.client.post(f"/api/v1{address}", headers=self._headers() | key | headers, **sent))

    def put(self, address: str, body: object, **headers: str) -> Answer:
        """Put JSON."""
        return Answer.of(self.client.put(f"/api/v1{address}", json=body, headers=self._headers() | headers))

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True)
class Desk:
    """A commissioner's service and the application that serves it."""

    service: Service
    app: Flask

    def call_as(self, actor: Actor) -> Caller:
        """Return a caller who is the actor."""
        with self.service.unit(actor) as uow:
            issued = issue_token(uow, actor.user_id, scope=TokenScope.WRITE, label="A test", lasts=timedelta(hours=1))
        return Caller(self.app.test_client(), issued.token)

    def staff(self, role: Role) -> Caller:
        """Return a caller who holds one role."""
        return self.call_as(self.service.staff(role))


@pytest.fixture
def desk(session_factory: sessionmaker[Session]) -> Desk:
    """Return a new commissioner's desk."""
    service = Service(session_factory)
    return Desk(service, create_app(session_factory, clock=on_day(service.today)))


@pytest.fixture
def as_role(desk: Desk) -> Callable[[Role], Caller]:
    """Return what signs in somebody of a role."""
    return desk.staff
