"""Funders over the API: what each bears, asking it, and booking what it pays."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from phb.app import create_app
from phb.core.actor import Role
from tests.api.conftest import Caller, Desk
from tests.people.conftest import on_day
from tests.spending.conftest import JUNE, Spender


@pytest.fixture
def as_staff(spender: Spender) -> Callable[[Role], Caller]:
    """Return what signs in staff on 15 June, when £4,000.00 was paid out, £1,200.00 of it for the council."""
    service = spender.world.service
    desk = Desk(service, create_app(service.sessions, clock=on_day(JUNE)))
    return replace(desk).staff


def council(caller: Caller, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in caller.get("/funders", **query).body if row["fund"] == "council")
    return {name: value["amount"] if isinstance(value, dict) else value for name, value in found.items()}


def paid(amount: str) -> dict[str, Any]:
    return {"amount": {"amount": amount, "currency": "GBP"}, "on": "2026-06-15"}


def test_a_funder_is_asked_and_pays(as_staff: Callable[[Role], Caller]) -> None:
    finance, auditor = as_staff(Role.FINANCE_OFFICER), as_staff(Role.AUDITOR)
    before = council(auditor)
    assert (before["year"], before["paid_out"], before["asked"]) == (2026, "1200.00", "0.00")
    assert before["to_ask"] == "1200.00"
    assert auditor.get("/funders", until="2026-03-31").body == []
    done = finance.post("/funders/ask", {"until": "2026-06-15"})
    assert (done.status, done.body["asked"]["amount"]) == (200, "1200.00")
    assert finance.post("/funders/ask", {"until": "2026-06-15"}).body["asked"]["amount"] == "0.00"
    booked = finance.post("/funders/council/2026/received", paid("1000.00"))
    assert booked.status == 201
    journal = auditor.get(f"/ledger/journals/{booked.body['journal_id']}").body["journal"]
    assert journal["kind"] == "funder_share_received"
    assert council(auditor)["owed"] == "200.00"


def test_a_payment_whose_answer_was_lost_is_booked_once(as_staff: Callable[[Role], Caller]) -> None:
    finance, key = as_staff(Role.FINANCE_OFFICER), str(uuid4())
    finance.post("/funders/ask", {"until": "2026-06-15"})
    first, again = (finance.post("/funders/council/2026/received", paid("500.00"), key=key) for _ in range(2))
    assert (again.body, again.headers["Idempotent-Replayed"]) == (first.body, "true")
    assert council(finance)["owed"] == "700.00"


def test_more_than_is_owed_is_refused(as_staff: Callable[[Role], Caller]) -> None:
    finance = as_staff(Role.FINANCE_OFFICER)
    for way in ("received", "paid-back"):
        refused = finance.post(f"/funders/council/2026/{way}", paid("1.00"))
        assert (refused.status, refused.body["code"]) == (422, "funder-owes-less")
    assert as_staff(Role.AUDITOR).post("/funders/ask", {"until": "2026-06-15"}).status == 403


def test_the_trial_balance_is_also_of_one_funder(as_staff: Callable[[Role], Caller]) -> None:
    auditor = as_staff(Role.AUDITOR)
    rows = auditor.get("/ledger/trial-balance", fund="council").body
    assert {row["fund"] for row in rows} == {"council"}
    assert sum(Decimal(row["amount"]["amount"]) for row in rows) == 0
    assert auditor.get("/ledger/trial-balance", fund="council", format="csv").status == 200


def test_the_report_names_each_budget(as_staff: Callable[[Role], Caller]) -> None:
    rows = as_staff(Role.AUDITOR).get("/reports/funders").body["rows"]
    assert [row["fund"] for row in rows] == ["nhs", "council"]
    assert rows[0]["budget"] == rows[1]["budget"] is not None
    assert (rows[1]["spent"]["amount"], rows[1]["paid_out"]["amount"]) == ("0.00", "1200.00")
