"""The auditor's reports over the API: listed, read page by page, narrowed, and taken away whole."""

from phb.core.actor import Role
from phb.people.users.operations import add_user
from tests.api.conftest import Desk


def test_reports_are_listed_and_read(desk: Desk) -> None:
    auditor = desk.staff(Role.AUDITOR)
    reports = {row["name"]: row for row in auditor.get("/reports").body}
    assert reports["payments"]["narrowed_by"] == ["days", "at_least"]
    assert {"looks", "reasons", "holds", "bank-details", "over-limits", "late", "write-offs", "account"} <= set(reports)
    for name, report in reports.items():
        answer = auditor.get(f"/reports/{name}")
        assert answer.status == 200
        assert all(set(row) == set(report["columns"]) for row in answer.body["rows"])


def test_a_report_is_read_page_by_page(desk: Desk) -> None:
    with desk.service.unit(desk.service.administrator) as uow:
        for number in range(3):
            add_user(uow, sign_in_name=f"n{number}.{desk.service.code}", name=f"Nobody {number}")
    auditor = desk.staff(Role.AUDITOR)
    first = auditor.get("/reports/users", limit=2)
    names = [row["name"] for row in first.body["rows"]]
    while "Link" in first.headers:
        first = auditor.get(first.headers["Link"].split(">")[0].removeprefix("</api/v1"))
        names += [row["name"] for row in first.body["rows"]]
    assert [name for name in names if name.startswith("Nobody")] == ["Nobody 0", "Nobody 1", "Nobody 2"]


def test_bad_input_is_a_problem(desk: Desk) -> None:
    auditor = desk.staff(Role.AUDITOR)
    for query, refusal in (
        ({"at_least": "5"}, (400, "invalid-input")),
        ({"account": "secret"}, (400, "invalid-input")),
        ({"from": "yesterday"}, (400, "invalid-input")),
        ({"limit": 0}, (400, "invalid-input")),
        ({"cursor": "nonsense"}, (422, "cursor")),
        ({"account": "bank"}, (422, "report-not-narrowed")),
    ):
        answer = auditor.get("/reports/payments", **query)
        assert (answer.status, answer.body["code"]) == refusal, query
    assert auditor.get("/reports/secrets").body["code"] == "report-not-found"
    assert desk.staff(Role.FINANCE_OFFICER).get("/reports").status == 403
    file = auditor.get("/reports/users", format="xlsx")
    assert file.headers["Content-Disposition"].startswith('attachment; filename="users-')
