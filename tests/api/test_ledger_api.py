"""The books over the API."""

from uuid import uuid4

from phb.core.actor import Role
from phb.core.money import pounds
from phb.ledger import events, posting
from phb.ledger.entry import Heading, Share, Source
from phb.ledger.views import record_view
from tests.api.conftest import Answer, Desk


def set_programme_budget(desk: Desk, amount: str) -> str:
    """Post a programme budget and return its journal's id."""
    with desk.service.unit(desk.service.staff(Role.FINANCE_OFFICER)) as uow:
        heading = Heading(desk.service.today, "Set for the year", Source("test", uuid4()))
        entry = events.programme_budget_set(heading, 2026, [Share("nhs", pounds(amount))])
        return str(posting.post(uow, entry).journal_id)


def test_an_auditor_reads_the_trial_balance(desk: Desk) -> None:
    set_programme_budget(desk, "1000.00")
    auditor = desk.staff(Role.AUDITOR)
    balances = auditor.get("/ledger/trial-balance", as_of="2026-04-01").body
    assert {row["account"]: row["amount"]["amount"] for row in balances} == {
        "envelope": "1000.00",
        "funding_approved": "-1000.00",
    }
    assert auditor.get("/ledger/trial-balance", as_of="2026-03-31").body == []


def test_the_trial_balance_of_an_earlier_knowledge(desk: Desk) -> None:
    """£1,000.00 were set when the books were looked at, and £1.00 more since."""
    set_programme_budget(desk, "1000.00")
    auditor = desk.staff(Role.AUDITOR)
    asked = {"known_at": "2026-04-02T12:00:00+01:00", "as_of": "2026-04-30"}
    refused = auditor.get("/ledger/trial-balance", **asked)
    assert (refused.status, refused.body["code"]) == (404, "nothing-known-yet")
    with desk.service.unit(desk.service.administrator) as uow:
        record_view(uow)
    set_programme_budget(desk, "1.00")

    def envelope(**query: str) -> str:
        rows = auditor.get("/ledger/trial-balance", **query).body
        return str(next(row["amount"]["amount"] for row in rows if row["account"] == "envelope"))

    assert (envelope(), envelope(**asked)) == ("1001.00", "1000.00")
    file = auditor.get("/ledger/trial-balance", format="csv", **asked)
    assert file.status == 200
    both = auditor.get("/ledger/trial-balance", month="2026-04", known_at=asked["known_at"])
    assert (both.status, both.body["errors"][0]["field"]) == (400, "month")


def test_every_identity_is_answered(desk: Desk) -> None:
    set_programme_budget(desk, "1000.00")
    answers = desk.staff(Role.AUDITOR).get("/ledger/verification").body
    assert [row["number"] for row in answers] == list(range(1, 12))
    assert all(row["first_breach"] is None for row in answers)


def test_the_books_are_checked_since_they_held(desk: Desk) -> None:
    auditor = desk.staff(Role.AUDITOR)
    refused = auditor.get("/ledger/verification", since="2026-04-01T18:00:00+01:00")
    assert (refused.status, refused.body["code"]) == (404, "nothing-known-yet")
    with desk.service.unit(desk.service.administrator) as uow:
        record_view(uow)
    set_programme_budget(desk, "1000.00")
    answers = auditor.get("/ledger/verification", since="2026-04-01T18:00:00+01:00").body
    assert [(row["number"], row["first_breach"]) for row in answers] == [(number, None) for number in range(1, 12)]


def test_journals_are_paged_by_a_link(desk: Desk) -> None:
    ids = {set_programme_budget(desk, "1.00") for _ in range(3)}
    auditor = desk.staff(Role.AUDITOR)
    first = auditor.get("/ledger/journals", limit=2)
    address = first.headers["Link"].split(">")[0].removeprefix("</api/v1")
    second = auditor.get(address)
    assert {row["id"] for row in first.body + second.body} == ids
    assert (len(first.body), len(second.body), "Link" in second.headers) == (2, 1, False)


def test_a_journal_shows_its_lines(desk: Desk) -> None:
    journal_id = set_programme_budget(desk, "1.00")
    body = desk.staff(Role.AUDITOR).get(f"/ledger/journals/{journal_id}").body
    assert body["journal"]["kind"] == "programme_budget_set"
    assert [line["pence"] for line in body["lines"]] == [100, -100]


def test_an_unknown_journal_is_not_found(desk: Desk) -> None:
    answer = desk.staff(Role.AUDITOR).get(f"/ledger/journals/{uuid4()}")
    assert (answer.status, answer.body["code"]) == (404, "journal-not-found")


def test_another_commissioners_journal_is_not_found(desk: Desk) -> None:
    journal_id = set_programme_budget(desk, "1.00")
    other = Desk(type(desk.service)(desk.service.sessions), desk.app)
    assert other.staff(Role.AUDITOR).get(f"/ledger/journals/{journal_id}").status == 404


def test_a_care_coordinator_may_not_read_the_books(desk: Desk) -> None:
    answer = desk.staff(Role.CARE_COORDINATOR).get("/ledger/trial-balance")
    assert (answer.status, answer.body["code"]) == (403, "missing-permission")


def test_who_is_not_signed_in_is_told_how(desk: Desk) -> None:
    headers: dict[str, str]
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic YTpi"}):
        answer = Answer.of(desk.app.test_client().get("/api/v1/ledger/trial-balance", headers=headers))
        assert (answer.status, answer.body["code"]) == (401, "unauthorized")


def test_an_unknown_query_name_is_refused(desk: Desk) -> None:
    answer = desk.staff(Role.AUDITOR).get("/ledger/trial-balance", on="2026-04-01")
    assert (answer.status, answer.body["errors"]) == (400, [{"field": "on", "detail": "Unknown field."}])


def test_a_cursor_of_somebody_elses_making_is_refused(desk: Desk) -> None:
    answer = desk.staff(Role.AUDITOR).get("/ledger/journals", cursor="nonsense")
    assert (answer.status, answer.body["code"]) == (422, "cursor")
