"""Providers' invoices over the API: accepted once, paid once, lowered by a credit note."""

from typing import Any
from uuid import uuid4

import pytest

from phb.core.money import pounds
from tests.api.test_spending_api import ANY, Counter, counter
from tests.spending.test_invoices import owed, payee

__all__ = ["counter"]
MAY = {"first_day": "2026-05-01", "last_day": "2026-05-31"}


def gbp(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "GBP"}


def line(counter: Counter, amount: str = "200.00", /, **changes: Any) -> dict[str, Any]:
    nurse = str(counter.spender.line_id("nurse"))
    return {"plan_line_id": nurse, "amount": gbp(amount), "covers": MAY, "words": "Nurse visits in May"} | changes


def body(counter: Counter, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "budget_id": str(counter.spender.budget_id),
        "provider_id": str(counter.spender.world.provider_id),
        "reference": "INV-1",
        "invoiced_on": "2026-06-01",
        "lines": list(lines) or [line(counter)],
    }
    return given | changes


def test_an_invoice_is_accepted_once_and_its_payment_shown(counter: Counter) -> None:
    payee(counter.spender)
    finance, key = counter.finance, str(uuid4())
    first, again = (finance.post("/invoices", body(counter), key=key) for _ in range(2))
    assert (first.status, first.body["happened_on"], first.headers["ETag"]) == (201, "2026-05-31", '"1"')
    assert again.headers["Idempotent-Replayed"] == "true"
    same = finance.post("/invoices", body(counter))
    assert same.body["id"] == first.body["id"]
    shown = counter.holder.get(f"/invoices/{first.body['id']}").body
    assert (shown["payment"]["state"], shown["lines"][0]["covers"]) == ("requested", MAY)
    assert finance.post(f"/invoices/{first.body['id']}/payment", {}).body["code"] == "paid-already"
    assert [row["id"] for row in counter.holder.get("/invoices").body] == [first.body["id"]]
    assert owed(counter.spender) == pounds("200.00")


def test_an_invoice_without_a_payee_is_asked_for_later(counter: Counter) -> None:
    found = counter.finance.post("/invoices", body(counter)).body["id"]
    missing = counter.finance.post(f"/invoices/{found}/payment", {})
    assert (missing.status, missing.body["code"]) == (404, "payee-missing")
    payee(counter.spender)
    assert counter.finance.post(f"/invoices/{found}/payment", {"pay_by": "2026-06-30"}).body["due_on"] == "2026-06-30"


def test_a_credit_note_lowers_it(counter: Counter) -> None:
    found = counter.finance.post("/invoices", body(counter)).body["id"]
    note = {"reference": "CN-1", "credited_on": "2026-06-10", "lines": [line(counter, "150.00")], "reason": "Missed"}
    assert counter.finance.post(f"/invoices/{found}/credit-note", note).status == 428
    assert counter.finance.post(f"/invoices/{found}/credit-note", note, **{"If-Match": '"4"'}).status == 412
    lowered = counter.finance.post(f"/invoices/{found}/credit-note", note, **ANY)
    assert (lowered.status, lowered.body["replaces_id"]) == (201, found)
    assert owed(counter.spender) == pounds("150.00")
    counter.spender.assert_sound()


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"category": "ALCOHOL"}, 422, "barred-category"),
        ({"amount": gbp("1000.01")}, 422, "too-little-left"),
        ({"amount": gbp("0.00")}, 422, "invalid-input"),
        ({"plan_line_id": str(uuid4())}, 404, "plan-line-not-found"),
        ({"covers": {"first_day": "2026-05-02", "last_day": "2026-05-01"}}, 422, "dates-wrong-way-round"),
    ],
)
def test_a_line_that_does_not_fit_is_a_problem(
    counter: Counter,
    change: dict[str, Any],
    status: int,
    code: str,
) -> None:
    answer = counter.finance.post("/invoices", body(counter, line(counter, **change)))
    assert (answer.status, answer.body["code"]) == (status, code)
    assert owed(counter.spender) == pounds("0")


def test_handed_over_money_unknown_providers_and_other_documents_are_problems(
    counter: Counter,
) -> None:
    finance = counter.finance
    care = line(counter, plan_line_id=str(counter.spender.line_id()))
    assert finance.post("/invoices", body(counter, care)).body["code"] == "handed-over"
    assert finance.post("/invoices", body(counter, provider_id=str(uuid4()))).body["code"] == "unknown-provider"
    assert finance.post("/invoices", body(counter, lines=[])).status == 422
    finance.post("/invoices", body(counter))
    clash = finance.post("/invoices", body(counter, line(counter, "1.00")))
    assert (clash.status, clash.body["code"]) == (409, "known-differently")
    assert counter.holder.post("/invoices", body(counter)).status == 403
    assert finance.get(f"/invoices/{uuid4()}").body["code"] == "invoice-not-found"
