"""Paying over the API: details go in whole and come out masked, three people make a run, every refusal is a problem."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.app import create_app
from phb.core.actor import Actor
from phb.core.money import pounds
from phb.payments.bank_files import bacs_standard_18 as bacs
from tests.api.conftest import Caller, Desk
from tests.payments.conftest import Paying
from tests.people.conftest import on_day

ANY = {"If-Match": "*"}
WHY = {"reason": "Account closed"}
DETAILS = {"sort_code": "10-79-99", "account_number": "88837491", "name": "A Example"}


@dataclass
class Bank:
    """A commissioner that pays, and callers who sign in there."""

    paying: Paying
    desk: Desk

    def call(self, actor: Actor) -> Caller:
        """Return a caller who is the actor."""
        return self.desk.call_as(actor)

    def planned(self) -> UUID:
        """Plan a pot's year and return the pot."""
        return self.paying.paid_plan()[0]

    def run(self) -> str:
        """Assemble a run over the API and return its id."""
        answer = self.call(self.paying.clerk).post("/payment-runs", {"entry_on": "2026-04-08"})
        assert answer.status == 201, answer.body
        return str(answer.body["id"])


@pytest.fixture
def bank(paying: Paying, vault_sessions: sessionmaker[Session]) -> Bank:
    """Return a paying commissioner's desk."""
    service = paying.world.service
    return Bank(paying, Desk(service, create_app(vault_sessions, clock=on_day(service.today))))


def test_a_run_is_made_by_three_people_and_settles(bank: Bank) -> None:
    people = bank.paying
    bank.planned()
    clerk, approver, releaser = (bank.call(who) for who in (people.clerk, people.approver, people.releaser))
    preview = clerk.get("/payment-runs/preview", entry_on="2026-04-08").body
    assert (preview["total"]["amount"], preview["left_out"]) == ("400.00", [])
    run = bank.run()
    assert clerk.post(f"/payment-runs/{run}/approval", **ANY).status == 403
    assert approver.post(f"/payment-runs/{run}/approval").status == 428
    stale = approver.post(f"/payment-runs/{run}/approval", **{"If-Match": '"9"'})
    assert stale.status == 412
    assert approver.post(f"/payment-runs/{run}/approval", **ANY).body["state"] == "approved"
    key = str(uuid4())
    released = releaser.post(f"/payment-runs/{run}/release", key=key, **ANY)
    assert (released.body["state"], released.body["serial"]) == ("released", "000001")
    again = releaser.post(f"/payment-runs/{run}/release", key=key, **ANY)
    assert (again.body, again.headers["Idempotent-Replayed"]) == (released.body, "true")
    twice = releaser.post(f"/payment-runs/{run}/release", **ANY)
    assert (twice.status, twice.body["code"]) == (409, "wrong-state")
    assert releaser.get(f"/payment-runs/{run}/file").status == 404
    exported = releaser.post(f"/payment-runs/{run}/export", **ANY)
    assert exported.body["name"] == "bacs-000001-20260408.txt"
    assert releaser.post(f"/payment-runs/{run}/export", **ANY).status == 409
    shown = clerk.get(f"/payment-runs/{run}").body
    assert [item["account"] for item in shown["items"]] == ["account ending 58"]
    file = releaser.client.get(
        f"/api/v1/payment-runs/{run}/file", headers={"Authorization": f"Bearer {releaser.token}"}
    )
    assert [item.amount for item in bacs.read(file.data).items] == [pounds("400")]
    assert clerk.get(f"/payment-runs/{run}/file").status == 403
    early = clerk.post("/payments/settlement", {"on": "2026-04-08"})
    assert (early.status, early.body["code"]) == (422, "not-on-that-day")
    assert clerk.post("/payments/settlement", {"on": "2026-04-01"}).body == {"settled": [], "not_exported": []}
    assert [row["id"] for row in clerk.get("/payment-runs").body] == [run]


def test_a_payment_comes_back_and_is_sent_again_or_given_up(bank: Bank) -> None:
    bank.planned()
    bank.paying.exported()
    clerk, approver = bank.call(bank.paying.clerk), bank.call(bank.paying.approver)
    (payment,) = clerk.get("/payments").body
    address = f"/payments/{payment['id']}"
    back = clerk.post(f"{address}/return", WHY | {"returned_on": "2026-04-01"}, **ANY)
    assert back.body["state"] == "came_back"
    assert clerk.post(f"{address}/reissue", WHY, **ANY).body["state"] == "reissue_requested"
    assert clerk.post(f"{address}/cancellation", WHY, **ANY).status == 409
    assert clerk.post(f"{address}/giving-up", WHY, **ANY).status == 403
    assert approver.post(f"{address}/giving-up", WHY, **ANY).body["state"] == "given_up"
    assert clerk.get(address).body["covers"] == {"first_day": "2026-04-01", "last_day": "2026-04-28"}
    budget = clerk.get("/payments", budget_id=payment["budget_id"]).body
    assert [row["id"] for row in budget] == [payment["id"]]
    bank.paying.assert_sound()


def test_a_run_is_withdrawn_with_a_reason(bank: Bank) -> None:
    bank.planned()
    run = bank.run()
    clerk = bank.call(bank.paying.clerk)
    assert clerk.post(f"/payment-runs/{run}/withdrawal", {}, **ANY).status == 422
    assert clerk.post(f"/payment-runs/{run}/withdrawal", WHY, **ANY).body["state"] == "withdrawn"


def test_schedules_are_planned_again_and_seen_by_the_holder(bank: Bank) -> None:
    pot_id = str(bank.paying.pot())
    clerk, holder = bank.call(bank.paying.clerk), bank.call(bank.paying.world.holder)
    body = {"pot_id": pot_id, "payee_id": str(bank.paying.payee_id), "year": 2026}
    one_off = {"pot_id": pot_id, "payee_id": body["payee_id"], "due_on": "2026-04-10", "reason": "Start-up"}
    amount = {"amount": "200.00", "currency": "GBP"}
    assert clerk.post("/instalment-schedules/one-off", one_off | {"amount": amount}).status == 201
    past = clerk.post("/instalment-schedules", body | {"first_day": "2026-04-01", "last_day": "2027-04-01"})
    assert (past.status, past.body["code"]) == (422, "schedule-past-plan-end")
    planned = clerk.post("/instalment-schedules", body | {"rhythm": "monthly"})
    assert (planned.status, len(planned.body["instalments"])) == (201, 12)
    again = clerk.post("/instalment-schedules/again", body | {"reason": "Four weeks suit her better"})
    assert len(again.body["instalments"]) == 13
    shown = holder.get(f"/instalment-schedules/{again.body['schedule']['id']}").body
    assert shown["instalments"] == again.body["instalments"]
    page = holder.get("/instalments", budget_id=shown["schedule"]["budget_id"], limit=5)
    assert (len(page.body), 'rel="next"' in page.headers["Link"]) == (5, True)
    assert holder.post("/instalment-schedules", body).status == 403


def test_a_hold_is_put_listed_and_lifted(bank: Bank) -> None:
    bank.planned()
    clerk = bank.call(bank.paying.clerk)
    budget_id = clerk.get("/instalments").body[0]["budget_id"]
    body = {"budget_id": budget_id, "kind": "hold", "start_on": "2026-04-01", "reason": "Statements missing"}
    put = clerk.post("/payment-holds", body)
    assert put.status == 201
    refused = clerk.post("/payment-runs", {"entry_on": "2026-04-08"})
    assert (refused.status, refused.body["code"]) == (422, "nothing-to-pay")
    left_out = clerk.get("/payment-runs/preview", entry_on="2026-04-08").body["left_out"]
    assert [reason["code"] for reason in left_out[0]["failures"]] == ["on-hold"]
    lifted = clerk.post(f"/payment-holds/{put.body['id']}/lifting", WHY | {"end_on": "2026-04-02"}, **ANY)
    assert lifted.body["end_on"] == "2026-04-02"
    for query in ({"budget_id": budget_id}, {}):
        assert [row["id"] for row in clerk.get("/payment-holds", **query).body] == [put.body["id"]]


def test_a_payee_and_their_account_are_entered_confirmed_and_approved(bank: Bank) -> None:
    clerk, checker = bank.call(bank.paying.clerk), bank.call(bank.paying.checker)
    person_id = str(bank.paying.world.service.person())
    payee = clerk.post("/payees", {"reference": "P-77", "kind": "holder", "person_id": person_id})
    assert payee.status == 201
    entered = clerk.post(f"/payees/{payee.body['id']}/bank-accounts", DETAILS | {"use": "dedicated"})
    assert (entered.status, entered.body["masked"]) == (201, "account ending 91")
    assert "88837491" not in str(entered.body)
    own = clerk.post(f"/payees/bank-accounts/{entered.body['id']}/confirmation", **ANY)
    assert (own.status, own.body["code"]) == (403, "confirm-own-details")
    address = f"/payees/bank-accounts/{entered.body['id']}"
    assert checker.post(f"{address}/confirmation", **ANY).body["confirmed_by"] is not None
    approved = checker.post(f"{address}/approval", {"evidence": "An empty statement"}, **ANY)
    assert approved.body["approved_by"] is not None
    assert [row["masked"] for row in clerk.get(f"/payees/{payee.body['id']}").body["accounts"]] == ["account ending 91"]
    assert "P-77" in [row["reference"] for row in clerk.get("/payees").body]
    check = clerk.post("/payees/bank-details-check", DETAILS).body
    assert check == {"outcome": "not-checkable", "table_version": None}
    short = clerk.post("/payees/bank-details-check", DETAILS | {"sort_code": "10-79"})
    assert (short.status, short.body["field"]) == (422, "sort_code")


def test_the_account_to_pay_from_and_the_weight_table_are_entered(bank: Bank) -> None:
    clerk, checker = bank.call(bank.paying.clerk), bank.call(bank.paying.checker)
    entered = clerk.post("/paying-accounts", DETAILS | {"service_user_number": "654321", "first_serial": 7})
    assert entered.status == 201
    confirmed = checker.post(f"/paying-accounts/{entered.body['id']}/confirmation", **ANY)
    assert (confirmed.body["masked"], confirmed.body["first_serial"]) == ("account ending 91", 7)
    assert len(clerk.get("/paying-accounts").body) == 2
    administrator = bank.call(bank.paying.world.administrator)
    broken = administrator.post("/modulus-tables", {"version": "8.50", "rows": [{"method": "MOD10"}]})
    assert (broken.status, broken.body["code"]) == (422, "modulus-table-unreadable")
    weights = dict.fromkeys("uvwxyzabcdefgh", "0")
    row = {"file_order": "1", "sort_code_from": "089999", "sort_code_to": "089999", "method": "MOD10", "exception": ""}
    table = administrator.post("/modulus-tables", {"version": "8.50", "rows": [row | weights]})
    assert (table.status, table.body["rows"]) == (201, 1)
