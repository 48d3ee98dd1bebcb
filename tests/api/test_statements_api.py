"""Statements over the API: every format with its media type, the holder's own by default, and each refusal."""

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from phb.app import create_app
from phb.core.actor import Actor, Role
from phb.governance.models import AuditEvent
from phb.people.kinds import Scope
from phb.statements.formats import FORMATS
from tests.api.conftest import Answer, Caller, Desk
from tests.budget.conftest import stated
from tests.people.conftest import on_day
from tests.statements.conftest import Teller, spring  # noqa: F401 - a fixture

SPRING = {"from": "2026-04-01", "to": "2026-06-30"}


class Counter:
    """A desk where statements are asked for."""

    def __init__(self, teller: Teller, sessions: sessionmaker[Session]) -> None:
        self.teller = teller
        self.service = teller.world.service
        self.desk = Desk(self.service, create_app(sessions, clock=on_day(self.service.today)))

    def ask(self, actor: Actor | None = None, /, **query: str) -> TestResponse:
        """Ask for the statement of the spring, or with what is given instead."""
        caller: Caller = self.desk.call_as(actor or self.teller.world.holder)
        return caller.client.get(
            f"/api/v1/budgets/{self.teller.spender.budget_id}/statement",
            query_string=SPRING | query,
            headers={"Authorization": f"Bearer {caller.token}"},
        )

    def refused(self, query: dict[str, str], actor: Actor | None = None) -> tuple[int, str]:
        """Return the status and code of a refusal."""
        answer = Answer.of(self.ask(actor, **query))
        return answer.status, answer.body["code"]

    def read_events(self) -> list[dict[str, Any]]:
        """Return the facts of every reading that was kept."""
        with self.service.unit(self.teller.world.auditor) as uow:
            row = AuditEvent
            query = select(row.facts).where(row.action == "statement.read", row.commissioner_id == uow.commissioner_id)
            return [dict(facts) for facts in uow.session.scalars(query)]


@pytest.fixture(scope="module")
def counter(spring: Teller, vault_sessions: sessionmaker[Session]) -> Counter:  # noqa: F811 - the fixtures above
    """Return the desk over a budget that lived its spring."""
    return Counter(spring, vault_sessions)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_comes_with_its_media_type(counter: Counter, name: str) -> None:
    response = counter.ask(format=name)
    assert (response.status_code, response.content_type) == (200, FORMATS[name].media_type)
    assert response.headers["Content-Disposition"].endswith(f'2026-04-01-2026-06-30{FORMATS[name].suffix}"')
    assert response.headers["Cache-Control"] == "no-store"
    assert response.data


def test_json_says_what_the_books_say(counter: Counter) -> None:
    sections = {section["key"]: section for section in json.loads(counter.ask(format="json").data)["sections"]}
    assert sections["position"]["facts"]["position"] == {
        "approved": {"amount": "7500.00", "currency": "GBP"},
        "spent": {"amount": "380.00", "currency": "GBP"},
        "committed": {"amount": "450.00", "currency": "GBP"},
        "available": {"amount": "6670.00", "currency": "GBP"},
    }


def test_the_holders_own_format_is_the_default_and_reading_is_kept(counter: Counter) -> None:
    before = len(counter.read_events())
    assert counter.ask(to="2026-04-30").content_type == "text/html; charset=utf-8"
    events = counter.read_events()
    assert len(events) == before + 1
    assert {"format": "html", "first_day": "2026-04-01", "last_day": "2026-04-30"} in events


def test_a_statement_is_shown_again_and_compared(counter: Counter) -> None:
    asked = {"from": "2026-05-01", "to": "2026-05-31", "format": "csv"}
    first = counter.ask(**asked)
    caller = counter.desk.call_as(counter.teller.world.holder)
    address = f"/budgets/{counter.teller.spender.budget_id}/shown-statements"
    (shown,) = [row for row in caller.get(address).body if (row["first_day"], row["format"]) == ("2026-05-01", "csv")]
    assert (shown["last_day"], len(shown["digest"])) == ("2026-05-31", 64)
    headers = {"Authorization": f"Bearer {caller.token}"}
    again = caller.client.get(f"/api/v1{address}/{shown['id']}", headers=headers)
    assert (again.data, again.content_type) == (first.data, first.content_type)
    assert again.headers["Cache-Control"] == "no-store"
    assert caller.get(f"{address}/{shown['id']}/differences").body == []
    absent = caller.get(f"{address}/{uuid4()}/differences")
    assert (absent.status, absent.body["code"]) == (404, "shown-statement-not-found")


def test_a_statement_of_what_was_known_then(counter: Counter) -> None:
    assert counter.refused({"known_at": "2026-03-01T09:00:00Z"}) == (404, "nothing-known-yet")
    counter.ask(format="json")
    sections = json.loads(counter.ask(format="json", known_at="2026-08-01T09:00:00Z").data)["sections"]
    assert sections[0]["facts"]["about"]["known_at"].startswith("1 July 2026 at ")


def test_where_a_budget_stood_and_what_was_known_of_it(counter: Counter) -> None:
    """On 6 May 2026 the care had cost £100.00 and nothing else was spent; the taxi was asked about till 10 June."""
    counter.ask(format="json")
    caller = counter.desk.call_as(counter.teller.world.auditor)

    def spent(**query: str) -> str:
        body = caller.get(f"/budgets/{counter.teller.spender.budget_id}/standing", **query).body
        return str(body["position"]["spent"]["amount"])

    assert (spent(), spent(as_of="2026-05-06"), spent(as_of="2026-04-30")) == ("380.00", "100.00", "0.00")
    assert spent(as_of="2026-05-06", known_at="2026-07-01T18:00:00Z") == "100.00"


def test_somebody_elses_statement_is_not_found_and_nothing_is_kept(counter: Counter) -> None:
    service, before = counter.service, len(counter.read_events())
    stranger = service.user(Role.HOLDER, service.commissioner_id, person_id=service.person())
    assert counter.refused({}, stranger) == (404, "budget-not-found")
    broker = service.broker(counter.teller.world.person_id, Scope.SPEND)
    assert counter.refused({}, broker) == (404, "budget-not-found")
    assert len(counter.read_events()) == before


def test_an_administrator_is_refused(counter: Counter) -> None:
    assert counter.refused({}, counter.teller.world.administrator) == (403, "missing-permission")


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({"from": "2026-07-02", "to": "2026-07-01"}, (422, "dates-wrong-way-round")),
        ({"from": "2026-07-02", "to": "2026-07-31"}, (422, "outside-statement")),
        ({"from": "1066-10-14"}, (422, "date-out-of-range")),
        ({"from": "yesterday"}, (400, "invalid-input")),
        ({"format": "easy"}, (400, "invalid-input")),
        ({"known_at": "2026-07-01T09:00:00"}, (400, "invalid-input")),
        ({"until": "2026-07-01"}, (400, "invalid-input")),
    ],
)
def test_bad_input_is_a_problem(counter: Counter, query: dict[str, str], refusal: tuple[int, str]) -> None:
    assert counter.refused(query) == refusal


def test_an_absent_budget_and_one_not_yet_active(counter: Counter) -> None:
    caller = counter.desk.call_as(counter.teller.world.auditor)
    assert caller.get(f"/budgets/{uuid4()}/statement", **SPRING).status == 404
    waiting = counter.teller.world.propose(stated("care", "10.00")).id
    answer = caller.get(f"/budgets/{waiting}/statement", **SPRING)
    assert (answer.status, answer.body["code"]) == (409, "no-statement-yet")


def test_every_format_is_in_the_published_description(counter: Counter) -> None:
    document = counter.desk.app.test_client().get("/api/v1/openapi.json").get_json()
    answer = document["paths"]["/api/v1/budgets/{budget_id}/statement"]["get"]["responses"]["200"]
    assert {form.media_type.partition(";")[0] for form in FORMATS.values()} <= set(answer["content"])
