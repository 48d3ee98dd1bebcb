"""The months of the books over the API."""

from dataclasses import replace
from datetime import date

from phb.app import create_app
from phb.core.actor import Role
from tests.api.conftest import Desk
from tests.api.test_ledger_api import set_programme_budget
from tests.people.conftest import on_day

REASON = "An invoice of March came in May"


def test_a_month_is_closed_and_opened_again_by_two_people(desk: Desk) -> None:
    finance, approver, auditor = (desk.staff(role) for role in (Role.FINANCE_OFFICER, Role.APPROVER, Role.AUDITOR))
    closed = finance.post("/months/close", {"month": "2026-03"})
    assert (closed.status, closed.body["step"], closed.body["digest"]) == (200, "close", None)
    for_good = finance.post("/months/close-for-good", {"month": "2026-03"})
    assert len(for_good.body["digest"]) == 64
    assert {row["month"]: row["stage"] for row in auditor.get("/months").body[:2]} == {
        "2026-04": "open",
        "2026-03": "closed",
    }
    assert auditor.get("/ledger/trial-balance", month="2026-03").body == []
    asked = finance.post("/months/ask-to-reopen", {"month": "2026-03", "reason": REASON})
    assert asked.body["reason"] == REASON
    assert approver.post("/months/reopen", {"month": "2026-03"}).status == 200
    steps = [row["step"] for row in auditor.get("/months/steps").body]
    assert steps == ["reopen", "ask_to_reopen", "close_for_good", "close"]


def test_a_closed_month_answers_as_it_was_closed(desk: Desk) -> None:
    set_programme_budget(desk, "1000.00")
    later = replace(desk, app=create_app(desk.service.sessions, clock=on_day(date(2026, 5, 20))))
    finance = later.staff(Role.FINANCE_OFFICER)
    for step in ("close", "close-for-good"):
        assert finance.post(f"/months/{step}", {"month": "2026-04"}).status == 200
    balances = finance.get("/ledger/trial-balance", month="2026-04").body
    assert {row["account"]: row["amount"]["amount"] for row in balances} == {
        "envelope": "1000.00",
        "funding_approved": "-1000.00",
    }
    written = finance.get("/ledger/trial-balance", month="2026-04", format="csv")
    assert (written.status, "2026-04-01" in written.headers["Content-Disposition"]) == (200, True)


def test_steps_out_of_turn_and_bad_months_are_said(desk: Desk) -> None:
    finance = desk.staff(Role.FINANCE_OFFICER)
    refused = finance.post("/months/close", {"month": "2026-04"})
    assert (refused.status, refused.body["code"]) == (409, "period-step")
    assert refused.body["detail"] == "April 2026 is not over. Close it from the first day of the month after."
    assert finance.post("/months/close", {"month": "April"}).status == 422
    assert finance.post("/months/ask-to-reopen", {"month": "2026-03", "reason": "no"}).status in {409, 422}
    assert finance.get("/ledger/trial-balance", month="2026-03").body["code"] == "month-not-closed"
    assert finance.get("/ledger/trial-balance", month="2026-03", as_of="2026-03-31").status == 400


def test_only_finance_closes_and_only_an_approver_opens(desk: Desk) -> None:
    for role, step in ((Role.AUDITOR, "close"), (Role.APPROVER, "close-for-good"), (Role.FINANCE_OFFICER, "reopen")):
        assert desk.staff(role).post(f"/months/{step}", {"month": "2026-03"}).status == 403
