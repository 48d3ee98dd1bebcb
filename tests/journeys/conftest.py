"""An office that is used through the published API alone: everybody signs in with their own name each morning."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from phb.app import create_app
from tests.api.conftest import Answer, Caller
from tests.people.conftest import APRIL, PASSWORD, Service, on_day

OWN_PASSWORD = "staple battery horse"  # noqa: S105 - a test's own  # pragma: allowlist secret


@dataclass
class Somebody:
    """Somebody at work: what they send must succeed, unless the story says that it is refused."""

    caller: Caller

    def sends(self, address: str, **body: Any) -> Any:
        """Send something, and return what was answered."""
        answer = self._post(address, body)
        assert answer.status in {200, 201}, (address, answer.body)
        return answer.body

    def is_refused(self, address: str, **body: Any) -> str:
        """Send something that may not be done, and return the code of the reason."""
        answer = self._post(address, body)
        assert answer.status in {403, 409, 422}, (address, answer.body)
        code: str = answer.body["code"]
        return code

    def reads(self, address: str, **query: str) -> Any:
        """Read something."""
        answer = self.caller.get(address, **query)
        assert answer.status == 200, (address, answer.body)
        return answer.body

    def reads_file(self, address: str) -> bytes:
        """Read a file, byte by byte."""
        response = self.caller.client.get(f"/api/v1{address}", headers={"Authorization": f"Bearer {self.caller.token}"})
        assert response.status_code == 200, address
        content: bytes = response.data
        return content

    def _post(self, address: str, body: dict[str, Any]) -> Answer:
        return self.caller.post(address, body or None, **{"If-Match": "*"})


@dataclass
class Office:
    """A commissioner that was founded with two administrators; everything else is done over the API."""

    sessions: sessionmaker[Session]
    service: Service = field(init=False)
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        """Found the commissioner, which has no address of its own in the API, and open on 1 April 2026."""
        self.service = Service(self.sessions)
        self.opens_on(APRIL)

    def opens_on(self, day: date) -> None:
        """Let everything that follows happen on a day; nobody is signed in yet."""
        self.app = create_app(self.sessions, clock=on_day(day))

    def signs_in(self, name: str, password: str = OWN_PASSWORD, **new: str) -> Somebody:
        """Sign somebody in with their password."""
        body = {"sign_in_name": f"{name}.{self.service.code}", "password": password} | new
        answer = Answer.of(self.app.test_client().post("/api/v1/sessions", json=body))
        assert answer.status == 201, answer.body
        return Somebody(Caller(self.app.test_client(), answer.body["token"]))

    def administrator(self, name: str) -> Somebody:
        """Sign in one of the two administrators."""
        return self.signs_in(name, PASSWORD)

    def employs(self, name: str, role: str, **of_whom: str) -> str:
        """Have an administrator give somebody a name, a role and a first password; they choose their own."""
        ada = self.administrator("ada")
        user = ada.sends(
            "/users", sign_in_name=f"{name}.{self.service.code}", name=name.capitalize(), password=PASSWORD, **of_whom
        )
        here = str(self.service.commissioner_id)
        ada.sends(f"/users/{user['id']}/roles", role=role, organisation_id=here, start_on="2026-04-01")
        self.signs_in(name, PASSWORD, new_password=OWN_PASSWORD)
        user_id: str = user["id"]
        return user_id


@pytest.fixture
def office(vault_sessions: sessionmaker[Session]) -> Office:
    """Return a commissioner's office on 1 April 2026, with two administrators and nobody else."""
    return Office(vault_sessions)


def pounds(amount: str) -> dict[str, str]:
    """Write a sum as the API does."""
    return {"amount": amount, "currency": "GBP"}
