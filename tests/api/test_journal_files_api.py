"""Journal files over the API: made once, listed, and given again as they were made."""

from hashlib import sha256

from phb.app import create_app
from phb.core.actor import Role
from tests.api.conftest import Desk
from tests.journal_files.conftest import ACCOUNTS, record_codes
from tests.people.conftest import on_day
from tests.spending.conftest import JUNE, Spender


def test_a_file_is_made_listed_and_given_again(spender: Spender) -> None:
    service = spender.world.service
    desk = Desk(service, create_app(service.sessions, clock=on_day(JUNE)))
    finance, auditor = desk.staff(Role.FINANCE_OFFICER), desk.staff(Role.AUDITOR)
    missing = finance.post("/journal-files", {"month": "2026-05"})
    assert (missing.status, missing.body["code"]) == (422, "finance-code-missing")
    record_codes(spender, *ACCOUNTS)
    made = finance.post("/journal-files", {"month": "2026-05"})
    assert (made.status, made.body["number"], made.body["debit"]["amount"]) == (201, 1, "4000.00")
    again = finance.post("/journal-files", {"month": "2026-05"})
    assert (again.status, again.body["code"]) == (409, "nothing-to-send")
    assert auditor.get("/journal-files").body == [made.body]
    with desk.app.test_client() as client:
        answer = client.get("/api/v1/journal-files/1", headers={"Authorization": f"Bearer {auditor.token}"})
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert sha256(answer.data).hexdigest() == made.body["digest"]
    assert auditor.get("/journal-files/2").status == 404
    assert auditor.post("/journal-files", {"month": "2026-05"}).status == 403
    codes = auditor.get("/reports/finance-codes").body["rows"]
    assert [row["subjective_code"] for row in codes] == ["40000001", "40000000", "40000003", "40000002"]
