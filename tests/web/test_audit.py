"""The auditor's pages: search, one budget's trail, journals, proof that the books hold, and lists to take away."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from uuid import UUID, uuid4

import pytest
from sqlalchemy import URL, Engine, select, text

from phb.budget.reference.operations import set_programme_budget
from phb.core import job_log
from phb.core.database import make_engine
from phb.core.job_log import Due, Outcome
from phb.core.money import pounds
from phb.governance.jobs import VERIFY_BOOKS
from phb.governance.policy import confirm, propose
from phb.ledger.models import Journal
from phb.ledger.posting import reverse
from phb.ledger.views import record_view
from phb.people.kinds import TraceStatus
from phb.people.users.operations import add_user
from tests.people.conftest import details_of_somebody, invented_number
from tests.web.bank import EIGHTH, Bank, a_bank, day  # noqa: F401 - a fixture


@pytest.fixture
def administrator(database: URL) -> Iterator[Engine]:
    """Reach the database as its administrator, whom neither row-level security nor a trigger need stop."""
    engine = make_engine(database, role=None, pooled=False)
    yield engine
    engine.dispose()


def journal_of(bank: Bank, kind: str) -> Journal:
    """Return the newest journal of a kind."""
    with bank.paying.world.service.unit(bank.paying.world.auditor) as uow:
        newest = select(Journal).where(Journal.kind == kind).order_by(Journal.recorded_at.desc())
        return uow.session.scalars(newest).first()  # type: ignore[return-value]  # the test made one


def reference_of_budget(bank: Bank, budget_id: UUID) -> str:
    """Return the reference of a budget."""
    return bank.paying.world.budget(budget_id).reference


def test_a_term_leads_to_people_budgets_payees_and_payments_and_stays_out_of_the_address(bank: Bank) -> None:
    budget_id = bank.paying.paid_plan()[1][0].budget_id
    run = bank.paying.settled(EIGHTH)
    auditor = bank.auditor
    found = auditor.send("/audit", term="aled")
    assert found.response.request.path == "/audit/results"
    assert found.response.request.query_string == b""
    reference = reference_of_budget(bank, budget_id)
    assert "You looked for “aled”." in found.text
    assert f"What was done to {reference}" in found.text
    assert "Aled Example" in found.text
    assert f"/payees/{bank.paying.payee_id}" in found.html
    # A reference in small letters, a payment's reference at the bank, an id.
    assert f"What was done to {reference}" in auditor.send("/audit", term=reference.lower()).text
    payment = bank.payment(run)
    at_the_bank = bank.at_the_bank(run)
    for term in (at_the_bank, at_the_bank.lower(), str(payment.id)):
        assert f"/payments/{payment.id}" in auditor.send("/audit", term=term).html


def test_nothing_found_and_too_little_typed_are_said(bank: Bank) -> None:
    auditor = bank.auditor
    assert auditor.open("/audit/results").response.request.path == "/audit"
    assert auditor.send("/audit").wrong == {"term": "Enter what you look for"}
    assert auditor.send("/audit", term="x").wrong == {"term": "Enter at least two letters or digits."}
    assert "Nothing fits, or it is not yours to see." in auditor.send("/audit", term="Nobody at all").text


def test_a_person_is_found_by_their_nhs_number(bank: Bank) -> None:
    service = bank.paying.world.service
    number = invented_number(123_457)
    details = replace(details_of_somebody("Bethan"), nhs_number=number, trace_status=TraceStatus.VERIFIED)
    service.person(details)
    assert "Bethan Example" in bank.auditor.send("/audit", term=str(number)).text


def test_a_budgets_trail_tells_who_did_what_to_all_that_belongs_to_it(bank: Bank) -> None:
    budget_id = bank.paying.paid_plan()[1][0].budget_id
    bank.paying.settled(EIGHTH)
    page = bank.auditor.open(f"/audit/budgets/{budget_id}")
    assert page.title == f"Budget {reference_of_budget(bank, budget_id)} - Personal health budgets"
    assert "Approved £5,200.00" in page.text
    for done, to_what in (("Proposed", "Budget"), ("Planned", "Instalment schedule"), ("Settled", "Instruction")):
        assert f"{done} {to_what}" in page.text
    assert "8 April 2026, 12:00 Settled Instruction" in page.text
    assert f"/audit/journals?budget={budget_id}" in page.html
    assert bank.auditor.open(f"/audit/budgets/{uuid4()}").status == 404


def test_journals_are_narrowed_by_day_kind_and_budget(bank: Bank) -> None:
    budget_id = bank.paying.paid_plan()[1][0].budget_id
    bank.paying.settled(EIGHTH)
    other = bank.paying.world.active()
    auditor = bank.auditor
    settled, agreed = journal_of(bank, "payment_settled"), journal_of(bank, "budget_agreed")
    everything = auditor.open("/audit/journals").html
    assert [str(row.id) in everything for row in (settled, agreed)] == [True, True]
    of_a_kind = auditor.send("/audit/journals", kind="payment_settled").html
    assert [str(row.id) in of_a_kind for row in (settled, agreed)] == [True, False]
    # Settling counts on 8 April, and so does the other budget, agreed that day.
    before = auditor.send("/audit/journals", **day("to_day", 7, 4)).html
    assert [str(row.id) in before for row in (settled, agreed)] == [False, False]
    reference = reference_of_budget(bank, budget_id)
    theirs = auditor.send("/audit/journals", budget=reference)
    assert theirs.response.request.query_string == f"budget={budget_id}".encode()
    assert [str(row.id) in theirs.html for row in (settled, agreed)] == [True, False]
    assert str(agreed.id) in auditor.open("/audit/journals", budget=str(other)).html
    unknown = auditor.send("/audit/journals", budget="B-NOBODY")
    assert (unknown.status, unknown.wrong) == (422, {"budget": "There is no budget of this reference. Check it."})
    assert auditor.open("/audit/journals", kind="lost").status == 400
    nothing = auditor.send("/audit/journals", **day("from_day", 1, 5))
    assert "There is no journal of this kind." in nothing.text


def test_fifty_journals_are_a_page_and_the_address_keeps_what_was_chosen(bank: Bank) -> None:
    world = bank.paying.world
    for year in range(2030, 2081):
        world.do(world.finance, set_programme_budget, fund="nhs", year=year, amount=pounds("1.00"), source="Board")
    page = bank.auditor.open("/audit/journals", kind="programme_budget_set")
    assert page.html.count('<tr class="') == 50
    following = re.search('href="([^"]*after=[^"]*)"', page.html)
    assert following is not None
    rest = bank.auditor.open(f"/audit/journals{unescape(following[1])}")
    # Fifty-one, and those of two funders for the year that the world began with.
    assert rest.html.count('<tr class="') == 3


def test_a_journal_shows_its_lines_on_two_sides(bank: Bank) -> None:
    bank.paying.paid_plan()
    run = bank.paying.settled(EIGHTH)
    journal = journal_of(bank, "payment_settled")
    page = bank.auditor.open(f"/audit/journals/{journal.id}")
    assert page.title == "Payment settled, Journal - Personal health budgets"
    assert "Funds held Actual nhs 2026/27" in page.text
    assert page.text.count("£400.00") == 2
    assert f"/payments/{bank.payment(run).id}" in page.html
    assert bank.auditor.open(f"/audit/journals/{uuid4()}").status == 404


def test_a_journal_and_the_one_that_turned_it_round_lead_to_each_other(bank: Bank) -> None:
    bank.paying.world.active()
    journal = journal_of(bank, "programme_budget_set")
    with bank.paying.world.service.unit(bank.paying.clerk) as uow:
        posted = reverse(uow, journal.id, reason="Set in error")
    first = bank.auditor.open(f"/audit/journals/{journal.id}")
    assert f'href="/audit/journals/{posted.journal_id}">The journal that turned it round' in first.html
    second = bank.auditor.open(f"/audit/journals/{posted.journal_id}")
    assert f'href="/audit/journals/{journal.id}">The journal that it turns round' in second.html
    assert "Turns another one round." in bank.auditor.open("/audit/journals").text


def test_the_books_are_checked_when_asked_and_each_identity_is_told(bank: Bank) -> None:
    bank.paying.paid_plan()
    bank.paying.settled(EIGHTH)
    auditor = bank.auditor
    assert "You have not checked the books since you signed in." in auditor.open("/audit/verify").text
    checked = auditor.send("/audit/verify")
    assert "What your check found on 8 April 2026, 12:00" in checked.text
    assert "identities hold." in checked.text
    assert (
        "Each funder's trial balance balances, and what funds owe each other adds up to nothing. Yes None"
        in checked.text
    )
    assert "What your check found" in auditor.open("/audit/verify").text


def test_books_that_do_not_hold_are_told_with_the_first_place(bank: Bank, administrator: Engine) -> None:
    pot_id, _ = bank.paying.paid_plan()
    bank.paying.settled(EIGHTH)
    with administrator.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE pot_position SET paid = paid + 3 WHERE pot_id = :pot"), {"pot": pot_id})
    page = bank.auditor.send("/audit/verify")
    assert "The books do not hold" in page.text
    # A pot of one year, three pence above what its lines say.
    assert f"pot {pot_id}, year 2026, paid: off by £0.03" in page.text


def test_the_nightly_check_is_told_where_there_was_one(bank: Bank) -> None:
    service = bank.paying.world.service
    with service.unit(bank.paying.world.auditor) as uow:
        due = Due(service.commissioner_id, VERIFY_BOOKS.name, uow.now)
        claim = job_log.claim(uow.session, due, now=uow.now, real_now=uow.now)
        assert claim is not None
        job_log.finish(uow.session, claim, Outcome("All 11 identities of the books hold."), uow.now)
    page = bank.auditor.open("/audit/verify")
    assert "Last time: 1 April 2026, 12:00. All 11 identities of the books hold." in page.text


def test_a_trial_balance_balances_at_the_end_of_any_day(bank: Bank) -> None:
    bank.paying.paid_plan()
    bank.paying.settled(EIGHTH)
    auditor = bank.auditor
    now = auditor.open("/audit/trial-balance")
    # £400.00 left the bank and is held for the person; nothing else is in the actual books.
    assert (
        "Actual, nhs Account Debit Credit Bank £400.00 Funds held £400.00 In transit In all £400.00 £400.00" in now.text
    )
    before = auditor.send("/audit/trial-balance", **day("as_of", 31, 3))
    assert "At the end of 31 March 2026." in before.text
    assert "Nothing was booked by then." in before.text
    assert auditor.send("/audit/trial-balance").wrong == {"as_of-day": "Enter a day"}
    assert auditor.open("/audit/trial-balance", as_of="yesterday").status == 400
    rows = csv_of(auditor.client.get("/audit/trial-balance.csv?as_of=2026-04-08").get_data(as_text=True))
    assert {"layer": "actual", "account": "funds_held", "fund": "nhs", "debit": "400.00", "credit": ""} in rows
    for ending, begins in (("xlsx", b"PK"), ("pdf", b"%PDF")):
        file = auditor.client.get(f"/audit/trial-balance.{ending}")
        assert file.data.startswith(begins)
        assert file.headers["Content-Disposition"] == f'attachment; filename="trial-balance-2026-04-08.{ending}"'
    assert auditor.client.get("/audit/trial-balance.doc").status_code == 404


def test_a_trial_balance_tells_what_was_known_on_an_earlier_day(bank: Bank) -> None:
    """£400.00 are settled on 8 April, which was not known yet when the books were last looked at on 1 April."""
    bank.paying.paid_plan()
    bank.paying.world.do(bank.paying.world.auditor, record_view)
    bank.paying.settled(EIGHTH)
    auditor = bank.auditor
    earlier = auditor.send("/audit/trial-balance", **day("as_of", 8, 4), **day("known_on", 7, 4))
    assert "This is what was known on 1 April 2026, 12:00." in earlier.text
    assert "Bank £400.00" not in earlier.text
    assert "Bank £400.00" in auditor.send("/audit/trial-balance", **day("as_of", 8, 4)).text
    file = auditor.client.get("/audit/trial-balance.csv?as_of=2026-04-08&known_on=2026-04-07").get_data(as_text=True)
    assert "funds_held" not in file
    nothing = auditor.open("/audit/trial-balance", as_of="2026-04-08", known_on="2026-03-31")
    assert (nothing.status, "Choose that or a later time." in nothing.text) == (422, True)


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("budgets", {"name": "Aled Example", "state": "Active", "ways": "Direct payment", "amount": "5200.00"}),
        ("payments", {"payee": "Aled Example", "state": "Settled", "arrived": "2026-04-08", "amount": "400.00"}),
        ("users", {"role": "Auditor", "organisation": "Northvale", "from": "2026-04-01", "before": ""}),
        ("policies", {"policy": "Instalments of a direct payment", "value": "Four weekly", "since": ""}),
        ("limits", {"role": "Approver", "who": "Everybody in the role", "limit": "50000.00", "since": "2026-04-01"}),
    ],
)
def test_each_list_is_read_page_by_page_and_taken_away_whole(bank: Bank, name: str, row: dict[str, str]) -> None:
    bank.paying.paid_plan()
    bank.paying.settled(EIGHTH)
    auditor = bank.auditor
    assert f"/audit/listings/{name}" in auditor.open("/audit/listings").html
    shown = auditor.open(f"/audit/listings/{name}").text
    file = auditor.client.get(f"/audit/listings/{name}/file.csv")
    assert file.headers["Content-Disposition"] == f'attachment; filename="{name}-2026-04-08.csv"'
    rows = csv_of(file.get_data(as_text=True))
    assert any(row.items() <= found.items() for found in rows), rows
    assert next(iter(row.values())) in shown


def test_a_list_of_more_than_a_page_is_whole_in_the_file(bank: Bank) -> None:
    service = bank.paying.world.service
    with service.unit(service.administrator) as uow:
        for number in range(205):
            add_user(uow, sign_in_name=f"n{number}.{service.code}", name=f"Nobody {number:03}")
    auditor = bank.auditor
    rows = csv_of(auditor.client.get("/audit/listings/users/file.csv").get_data(as_text=True))
    assert [row["name"] for row in rows if row["name"].startswith("Nobody")] == [f"Nobody {n:03}" for n in range(205)]
    assert {row["role"] for row in rows if row["name"].startswith("Nobody")} == {"No role"}
    assert "More of this list" in auditor.open("/audit/listings/users").text


def test_a_report_is_narrowed_on_its_page_and_in_its_file(bank: Bank) -> None:
    bank.paying.paid_plan()
    bank.paying.settled(EIGHTH)
    auditor, address = bank.auditor, "/audit/listings/payments"
    page = auditor.send(address, at_least="£400.01", **day("from_day", 1, 4))
    assert page.response.request.query_string == b"first=2026-04-01&at_least=400.01"
    assert page.title.startswith("Of at least £400.01, from 1 April 2026 \N{EN DASH} payments")
    assert "There is nothing in this report." in page.text
    assert "Aled Example" in auditor.open(address, at_least="400.00").text
    assert f"{address}/file.csv?at_least=400.00" in auditor.open(address, at_least="400.00").html
    assert csv_of(auditor.client.get(f"{address}/file.csv?at_least=400.01").get_data(as_text=True)) == []
    assert auditor.send(address, at_least="a lot").status == 422
    assert auditor.open(address, at_least="a lot").status == 400
    assert auditor.open("/audit/listings/account", account="funds_held").text.count("Funds held") > 1
    assert auditor.open("/audit/listings/account", account="secret").status == 400
    assert "Show only some of them" not in auditor.open("/audit/listings/limits").text


def test_a_value_of_a_policy_says_since_when_and_where_it_was_decided(bank: Bank) -> None:
    service = bank.paying.world.service
    value = {"rhythm": "monthly"}
    day_one, source = service.today, "Board, 1 April 2026"
    row = service.do(service.administrator, propose, "instalments", value, effective_from=day_one, source=source)
    service.do(service.named("bo"), confirm, row.id)
    shown = bank.auditor.open("/audit/listings/policies").text
    assert "Monthly 1 April 2026 Board, 1 April 2026" in shown


def test_the_pages_are_for_auditors_and_the_books_for_who_reads_them(bank: Bank) -> None:
    assert bank.clerk.open("/audit").status == 403
    assert bank.clerk.open("/audit/listings/users").status == 403
    assert bank.clerk.open("/audit/journals").status == 200
    assert bank.as_(bank.paying.world.coordinator).open("/audit/journals").status == 403
    assert bank.auditor.open("/audit/listings/secrets").status == 404
    assert bank.auditor.open("/audit/listings/secrets/file.csv").status == 404


def csv_of(content: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file by their headings."""
    return list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))


def test_a_journal_leads_to_the_way_of_its_money_and_a_number_does_too(bank: Bank) -> None:
    bank.paying.paid_plan()
    bank.paying.settled(EIGHTH)
    journal = journal_of(bank, "payment_settled")
    page = bank.auditor.open(f"/audit/journals/{journal.id}")
    assert f"/audit/listings/pound?journal={journal.id}" in page.html
    found = bank.auditor.send("/audit/listings/pound", journal=str(journal.id))
    assert found.response.request.args["journal"] == str(journal.id)
    assert "File for the bank written" in found.text
    assert "Bank details confirmed" in found.text
    wrong = bank.auditor.send("/audit/listings/pound", journal="the one of April")
    assert wrong.wrong == {"journal": "Enter the number as it stands on the journal's page"}
    assert bank.auditor.open(f"/audit/listings/pound?journal={uuid4()}").status == 404
    assert bank.auditor.open("/audit/listings/pound?journal=april").status == 400
    assert bank.auditor.open("/audit/listings/pound/file.csv", journal=str(journal.id)).status == 200
