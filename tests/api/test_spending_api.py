"""Spend and receipts over the API: recorded once, decided by a second person, every refusal a problem document."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest

from phb.app import create_app
from phb.core.actor import Actor, Role
from phb.core.money import pounds
from phb.spending.kinds import SpendState
from tests.api.conftest import Answer, Caller, Desk
from tests.people.conftest import on_day
from tests.spending.conftest import Spender
from tests.spending.files import pdf, png

ANY = {"If-Match": "*"}


@dataclass
class Counter:
    """Where spend is handed in: callers who sign in, and the budget behind it."""

    spender: Spender
    desk: Desk

    def call(self, actor: Actor) -> Caller:
        """Return a caller who is the actor."""
        return self.desk.call_as(actor)

    @property
    def holder(self) -> Caller:
        """The person whose budget it is."""
        return self.call(self.spender.world.holder)

    @property
    def finance(self) -> Caller:
        """Somebody of the commissioner's finance team."""
        return self.call(self.spender.world.finance)

    def body(self, amount: str = "100.00", /, **changes: Any) -> dict[str, Any]:
        """Return spend on the care line as JSON."""
        given: dict[str, Any] = {
            "budget_id": str(self.spender.budget_id),
            "plan_line_id": str(self.spender.line_id()),
            "spent_on": "2026-05-04",
            "amount": {"amount": amount, "currency": "GBP"},
            "category": "PERSONAL_CARE",
            "payee": "Sam's care",
            "words": "Help at home",
        }
        return {name: value for name, value in (given | changes).items() if value is not None}

    def attach(self, caller: Caller, spend_id: str, content: bytes, name: str = "Mrs Example.png") -> Answer:
        """Send a file as a browser does."""
        response = caller.client.post(
            f"/api/v1/spending/{spend_id}/receipts",
            data={"file": (BytesIO(content), name)},
            headers={"Authorization": f"Bearer {caller.token}"},
        )
        response.request.environ["wsgi.input"].close()  # the client leaves a large body open
        return Answer.of(response)


@pytest.fixture
def counter(spender: Spender) -> Counter:
    """Return a desk on 15 June 2026."""
    service = spender.world.service
    return Counter(spender, Desk(service, create_app(service.sessions, clock=on_day(service.today))))


def test_spend_is_recorded_once_and_shown(counter: Counter) -> None:
    key, holder = str(uuid4()), counter.holder
    body = counter.body(covers={"first_day": "2026-04-27", "last_day": "2026-05-03"})
    first, again = (holder.post("/spending", body, key=key) for _ in range(2))
    assert (first.status, first.body["state"], first.headers["ETag"]) == (201, "accepted", '"1"')
    assert (again.body, again.headers["Idempotent-Replayed"]) == (first.body, "true")
    other = holder.post("/spending", counter.body("5.00"), key=key)
    assert (other.status, other.body["code"]) == (422, "key-used-for-another-request")
    shown = holder.get(f"/spending/{first.body['id']}").body
    assert shown["covers"] == {"first_day": "2026-04-27", "last_day": "2026-05-03"}
    assert shown["amount"] == {"amount": "100.00", "currency": "GBP"}
    assert counter.spender.cash() == pounds("2900.00")


def test_a_bar_does_not_stop_the_record_and_a_second_person_decides(counter: Counter) -> None:
    asked = counter.holder.post("/spending", counter.body("40.00", category="TRANSPORT")).body
    assert (asked["state"], asked["reason_code"]) == ("asked_about", "category-not-the-lines")
    pending = counter.finance.get("/spending", state="asked_about", budget_id=str(counter.spender.budget_id)).body
    assert [row["id"] for row in pending] == [asked["id"]]
    address, why = f"/spending/{asked['id']}/acceptance", {"reason": "To her outcome"}
    assert counter.holder.post(address, why, **ANY).status == 403
    assert counter.finance.post(address, why).status == 428
    assert counter.finance.post(address, why, **{"If-Match": '"9"'}).status == 412
    assert counter.finance.post(address, {"reason": ""}, **ANY).status == 422
    done = counter.finance.post(address, why, **{"If-Match": '"1"'})
    assert (done.body["state"], done.headers["ETag"]) == ("accepted_after_all", '"2"')
    assert counter.finance.post(address, why, **ANY).body["code"] == "wrong-state"
    counter.spender.assert_sound()


def test_money_is_put_back_and_a_mistake_corrected(counter: Counter) -> None:
    holder = counter.holder
    wine = holder.post("/spending", counter.body("12.00", category="ALCOHOL")).body
    back = {"put_back_on": "2026-06-10", "reason": "Wrong card"}
    early = holder.post(f"/spending/{wine['id']}/putting-back", back | {"put_back_on": "2026-05-01"}, **ANY)
    assert (early.status, early.body["code"]) == (422, "put-back-day")
    assert holder.post(f"/spending/{wine['id']}/putting-back", back, **ANY).body["state"] == "put_back"
    wrong = holder.post("/spending", counter.body("90.00")).body
    instead = counter.body("9.00", budget_id=None)
    done = holder.post(f"/spending/{wrong['id']}/correction", {"reason": "A slip", "instead": instead}, **ANY).body
    assert (done["mistaken"]["state"], done["instead"]["replaces_id"]) == ("corrected", wrong["id"])
    alone = holder.post(f"/spending/{done['instead']['id']}/correction", {"reason": "It never was"}, **ANY).body
    assert alone["instead"] is None
    assert counter.spender.cash() == pounds("3000.00")
    counter.spender.assert_sound()


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"amount": {"amount": "1.001", "currency": "GBP"}}, "invalid-input", "amount.amount"),
        ({"amount": {"amount": "-1.00", "currency": "GBP"}}, "invalid-input", "amount"),
        ({"amount": {"amount": "60000.00", "currency": "GBP"}}, "absurd-amount", "amount"),
        ({"spent_on": "2026-06-16"}, "spent-in-future", "spent_on"),
        ({"spent_on": "2026-02-30"}, "invalid-input", "spent_on"),
        ({"category": "CHOCOLATE"}, "unknown-category", "category"),
        ({"covers": {"first_day": "2026-05-02", "last_day": "2026-05-01"}}, "dates-wrong-way-round", None),
        ({"payee": ""}, "invalid-input", "payee"),
        ({"colour": "red"}, "invalid-input", "colour"),
        ({"plan_line_id": str(uuid4())}, "plan-line-not-found", "plan_line_id"),
        ({"plan_line_id": None}, "which-pot", "pot_id"),
        ({"evidence_seen": True}, "evidence-not-yours", "evidence_seen"),
    ],
)
def test_bad_input_is_a_problem_that_names_the_field(
    counter: Counter, changes: dict[str, Any], code: str, field: str | None
) -> None:
    answer = counter.holder.post("/spending", counter.body(**changes))
    assert (answer.body["code"], answer.headers["Content-Type"]) == (code, "application/problem+json")
    named = [error["field"] for error in answer.body.get("errors", [])] or [answer.body.get("field")]
    assert named == [field]
    assert counter.holder.get("/spending").body == []


def test_somebody_elses_budget_and_spend_are_not_found(counter: Counter) -> None:
    world = counter.spender.world
    spend = counter.holder.post("/spending", counter.body()).body["id"]
    person_id = world.service.person()
    stranger = counter.call(world.service.user(Role.HOLDER, world.service.commissioner_id, person_id=person_id))
    assert stranger.post("/spending", counter.body()).body["code"] == "budget-not-found"
    assert stranger.get(f"/spending/{spend}").status == 404
    assert stranger.get(f"/spending/{spend}/receipts").status == 404
    assert counter.attach(stranger, spend, png()).status == 404
    assert stranger.get("/spending").body == []


def test_a_receipt_goes_in_and_comes_out_unchanged_under_another_name(counter: Counter) -> None:
    holder = counter.holder
    spend = holder.post("/spending", counter.body()).body["id"]
    file = pdf()
    sent = counter.attach(holder, spend, file)
    assert (sent.status, sent.body["digest"]) == (201, sha256(file).hexdigest())
    assert "Example" not in str(sent.body)
    assert counter.attach(holder, spend, file).body == sent.body
    assert holder.get(f"/spending/{spend}/receipts").body == [sent.body]
    assert holder.get(f"/spending/{spend}").body["evidence"] == "seen"
    out = holder.client.get(
        f"/api/v1/receipts/{sent.body['id']}", headers={"Authorization": f"Bearer {counter.finance.token}"}
    )
    assert (out.data, out.content_type) == (file, "application/pdf")
    assert out.headers["Content-Disposition"] == f'attachment; filename="{sent.body["name"]}"'
    assert (out.headers["X-Content-Type-Options"], out.headers["Content-Security-Policy"]) == ("nosniff", "sandbox")
    assert holder.get(f"/receipts/{uuid4()}").body["code"] == "receipt-not-found"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"GIF89a", 422, "not-a-receipt"),
        (png()[:-10], 422, "not-a-receipt"),
        (png() + bytes(11 * 1024 * 1024), 422, "receipt-too-large"),
        (png() + bytes(20 * 1024 * 1024), 413, "request-entity-too-large"),
    ],
)
def test_a_file_that_is_no_receipt_is_a_problem(counter: Counter, content: bytes, status: int, code: str) -> None:
    holder = counter.holder
    spend = holder.post("/spending", counter.body()).body["id"]
    answer = counter.attach(holder, spend, content)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert holder.get(f"/spending/{spend}").body["evidence"] == "awaited"


def test_a_receipt_without_a_file_is_a_problem(counter: Counter) -> None:
    spend = counter.holder.post("/spending", counter.body()).body["id"]
    assert counter.holder.post(f"/spending/{spend}/receipts").status == 422


def test_evidence_on_paper_is_noted_by_finance(counter: Counter) -> None:
    spend = counter.holder.post("/spending", counter.body()).body["id"]
    note = {"note": "Till roll"}
    assert counter.holder.post(f"/spending/{spend}/evidence", note, **ANY).status == 403
    assert counter.finance.post(f"/spending/{spend}/evidence", note, **ANY).body["evidence"] == "seen"


def test_a_list_is_paged_and_filtered(counter: Counter) -> None:
    holder = counter.holder
    for day in ("2026-05-06", "2026-05-04", "2026-05-05"):
        holder.post("/spending", counter.body("1.00", spent_on=day))
    first = holder.get("/spending", limit=2)
    assert [row["spent_on"] for row in first.body] == ["2026-05-04", "2026-05-05"]
    assert 'rel="next"' in first.headers["Link"]
    assert holder.get("/spending", state=SpendState.PUT_BACK.value).body == []
    assert holder.get("/spending", colour="red").status == 400


def test_what_makes_a_claim_needs_a_key(counter: Counter) -> None:
    answer = counter.holder.post("/spending", counter.body(), key="not a key")
    assert (answer.status, answer.body["code"]) == (400, "idempotency-key-missing")
    assert "Idempotency-Key" in answer.body["detail"]
    assert counter.holder.get("/spending").body == []
