"""Finance decides on spend that is asked about, takes back mistakes, and asks for invoices to be paid."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.core.money import pounds
from phb.payments.runs.following import cancel_payment
from phb.spending.invoices.credit_notes import lower_invoice
from phb.spending.invoices.draft import NewInvoice, NewInvoiceLine
from phb.spending.invoices.operations import accept_invoice, request_payment
from phb.spending.invoices.queries import payment_of
from phb.spending.receipts.operations import attach_receipt
from phb.spending.records.models import SpendRecord
from phb.spending.records.queries import spend
from tests.budget.conftest import World, dates, stated
from tests.payments.conftest import Paying
from tests.people.conftest import Service
from tests.spending.conftest import JUNE, SHARED, Spender, usual_lines
from tests.spending.files import png
from tests.web.conftest import Browser, Page
from tests.web.finance_office import Office, links

IN_MAY = dates("2026-05-01", "2026-05-31")


@pytest.fixture
def office(vault_sessions: sessionmaker[Session]) -> Office:
    """Return a commissioner that pays, on 1 April 2026."""
    return Office(Paying(World(Service(vault_sessions))))


@pytest.fixture
def spender(office: Office) -> Spender:
    """Return a budget in use, with £3,000.00 paid into the holder's account, on 15 June 2026."""
    spender = Spender(office.world, office.world.active(*usual_lines(), reference="B-USED"))
    spender.pay_in("3000.00")
    office.world.on(JUNE)
    return spender


@pytest.fixture
def finance(office: Office, spender: Spender) -> Browser:
    """Return the browser of a finance officer on that day."""
    assert spender.budget_id
    return office.browser(office.world.finance)


def place_of(row: SpendRecord) -> str:
    return f"/budgets/{row.budget_id}/spending/{row.id}"


def now(spender: Spender, row: SpendRecord) -> SpendRecord:
    found: SpendRecord = spender.world.ask(spender.world.auditor, spend, row.id, JUNE)
    return found


def day(name: str, on: date) -> dict[str, str]:
    return {f"{name}-day": str(on.day), f"{name}-month": str(on.month), f"{name}-year": str(on.year)}


def test_a_question_is_shown_with_its_reason_and_what_can_be_done(spender: Spender, finance: Browser) -> None:
    row = spender.spend("40.00", line=None, payee="The shop", words="A kettle")
    page = finance.open(place_of(row))
    for words in (
        "A kettle",
        "This is not in the agreed plan.",
        "Amount £40.00",
        "Left the account on 4 May 2026",
        "Paid to The shop",
        "Line of the plan In no line",
        "Accept it",
        "The money was put back",
        "Correct it",
        "Take back this record",
        "You can also leave it as it is",
    ):
        assert words in page.text, words


def test_it_is_accepted_on_a_line_of_the_account(spender: Spender, finance: Browser) -> None:
    row = spender.spend("40.00", line=None)
    asked = finance.open(f"{place_of(row)}/accept")
    assert "care: Help at home" in asked.text
    assert "nurse" not in asked.text
    refused = finance.send(f"{place_of(row)}/accept", asked)
    assert refused.wrong == {"line": "Choose a line of the plan", "reason": "Say why: the person is told"}
    line_id = str(spender.line_id("kit"))
    done = finance.send(f"{place_of(row)}/accept", asked, line=line_id, reason="It helps at home")
    assert "It is accepted and counts as spent." in done.text
    assert "It helps at home" in done.text
    assert spender.spent("kit") == pounds("40.00")
    again = finance.send(f"{place_of(row)}/accept", asked, line=line_id, reason="It helps at home")
    assert (again.status, spender.spent("kit")) == (200, pounds("40.00"))


def test_what_is_barred_is_not_accepted_by_anybody(spender: Spender, finance: Browser) -> None:
    row = spender.spend("10.00", category="GAMBLING")
    sent = finance.send(f"{place_of(row)}/accept", line=str(spender.line_id()), reason="Please")
    assert sent.status == 422
    assert "cannot be bought with this money, whoever decides" in sent.wrong[""]
    assert now(spender, row).state == "asked_about"


def test_accepting_is_not_offered_where_nobody_may(spender: Spender, finance: Browser) -> None:
    page = finance.open(place_of(spender.spend("10.00", category="GAMBLING")))
    assert "can never be bought with this money, so nobody can accept it" in page.text
    assert "Accept it" not in page.text
    assert "The money was put back" in page.text


def test_money_that_came_back_is_recorded(spender: Spender, finance: Browser) -> None:
    row = spender.spend("40.00", line=None)
    place = f"{place_of(row)}/put-back"
    assert list(finance.send(place).wrong) == ["put_back_on-day", "reason"]
    early = finance.send(place, reason="Statement of May", **day("put_back_on", date(2026, 5, 3)))
    assert early.wrong["put_back_on-day"].startswith("The money left on 4 May 2026.")
    done = finance.send(place, reason="Statement of May", **day("put_back_on", date(2026, 5, 20)))
    assert "The money is in the account again." in done.text
    assert spender.cash() == pounds("3000.00")


def test_a_record_of_nothing_is_taken_back(spender: Spender, finance: Browser) -> None:
    row = spender.spend("250.00")
    done = finance.send(f"{place_of(row)}/take-back", reason="Recorded twice")
    assert "The record is taken back. The books reverse it today." in done.text
    assert "Recorded twice" in done.text
    assert (now(spender, row).state, spender.spent()) == ("corrected", pounds("0.00"))


def test_a_mistaken_record_is_corrected_and_the_two_are_linked(spender: Spender, finance: Browser) -> None:
    row = spender.spend("250.00")
    asked = finance.open(f"{place_of(row)}/correct")
    assert asked.fields["amount"] == "250.00"
    answers = {"category": "PERSONAL_CARE", "line": str(spender.line_id()), "reason": "Mistyped"}
    refused = finance.send(f"{place_of(row)}/correct", asked, **answers | {"amount": "2x", "payee": ""})
    assert refused.wrong == {"amount": "Enter pounds and pence, like 125.50", "payee": "Enter who was paid"}
    done = finance.send(f"{place_of(row)}/correct", asked, **answers | {"amount": "25.00"})
    assert "The record is taken back, and the right one stands in its place." in done.text
    assert "This record stands in its place" in done.text
    assert spender.spent() == pounds("25.00")
    instead = next(address for address in links(done.html) if "/spending/" in address and str(row.id) not in address)
    assert "It stands for this mistaken record" in finance.open(instead).text


def test_a_correction_may_be_in_no_line(spender: Spender, finance: Browser) -> None:
    row = spender.spend("250.00")
    asked = finance.open(f"{place_of(row)}/correct")
    answers = {"category": "PERSONAL_CARE", "line": "", "reason": "It was for something else"}
    done = finance.send(f"{place_of(row)}/correct", asked, **answers)
    assert done.status == 200
    assert (spender.spent(), spender.asked_about()) == (pounds("0.00"), pounds("250.00"))


def test_evidence_on_paper_is_noted(spender: Spender, finance: Browser) -> None:
    row = spender.spend("250.00")
    assert finance.send(f"{place_of(row)}/evidence").wrong == {"note": "Say what you saw"}
    done = finance.send(f"{place_of(row)}/evidence", note="The agency's receipt of 4 May")
    assert "It is noted that you saw the evidence." in done.text
    assert "Receipt Seen" in done.text
    assert "You saw a receipt on paper" not in done.text


def test_a_receipt_can_be_opened(spender: Spender, finance: Browser) -> None:
    row = spender.spend("250.00")
    spender.world.do(spender.world.holder, attach_receipt, row.id, png())
    page = finance.open(place_of(row))
    address = next(address for address in links(page.html) if "/receipts/" in address)
    answer = finance.open(address).response
    assert (answer.status_code, answer.get_data(), answer.content_type) == (200, png(), "image/png")
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    other = spender.spend("1.00")
    assert finance.open(address.replace(str(row.id), str(other.id))).status == 404


def test_who_recorded_it_is_told_that_somebody_else_decides(spender: Spender, finance: Browser) -> None:
    row = spender.put(spender.world.finance, "40.00", line=None).row
    page = finance.open(place_of(row))
    assert "You recorded this, so somebody else decides whether it is accepted." in page.text
    assert f"{place_of(row)}/accept" not in links(page.html)


def test_a_record_that_looks_the_same_is_pointed_out(spender: Spender, finance: Browser) -> None:
    first = spender.spend("40.00")
    second = spender.spend("40.00")
    page = finance.open(place_of(second))
    assert "Another record looks the same" in page.text
    assert place_of(first) in links(page.html)


def test_a_record_decided_meanwhile_is_not_decided_again(spender: Spender, finance: Browser, office: Office) -> None:
    row = spender.spend("40.00", line=None)
    asked = finance.open(f"{place_of(row)}/take-back")
    checker = office.browser(office.paying.checker)
    checker.send(f"{place_of(row)}/evidence", note="Seen")
    sent = finance.send(f"{place_of(row)}/take-back", asked, reason="Never happened")
    assert sent.status == 409
    assert now(spender, row).state == "asked_about"


def test_readers_and_approvers_decide_nothing(spender: Spender, office: Office) -> None:
    row = spender.spend("40.00", line=None)
    for actor in (spender.world.auditor, spender.world.approver):
        browser = office.browser(actor)
        assert "There is nothing for you to decide here." in browser.open(place_of(row)).text
        for step in ("accept", "put-back", "take-back", "correct", "evidence"):
            assert browser.open(f"{place_of(row)}/{step}").status == 403


def test_a_record_of_another_budget_is_no_page(spender: Spender, finance: Browser, office: Office) -> None:
    row = spender.spend("40.00")
    other = office.world.active(stated("care", "10.00"))
    assert finance.open(f"/budgets/{other}/spending/{row.id}").status == 404


def accepted(spender: Spender, reference: str = "INV-1") -> UUID:
    line = NewInvoiceLine(spender.line_id("nurse"), pounds("200.00"), IN_MAY, "Nurse visits in May")
    new = NewInvoice(spender.world.provider_id, reference, date(2026, 6, 1), (line,))
    return spender.world.do(spender.world.finance, accept_invoice, spender.budget_id, new).row.id


def invoice_page(browser: Browser, spender: Spender, invoice_id: UUID) -> Page:
    return browser.open(f"/budgets/{spender.budget_id}/invoices/{invoice_id}")


def test_an_invoice_is_shown_with_its_lines_and_payers(spender: Spender, finance: Browser) -> None:
    invoice_id = accepted(spender)
    listed = finance.open(f"/budgets/{spender.budget_id}/invoices")
    assert "Number INV-1 Invoice of 1 June 2026 Amount £200.00 State Accepted" in listed.text
    page = invoice_page(finance, spender, invoice_id)
    # £200.00 shared 60 to 40
    for words in (
        "Provider The provider",
        "NHS pays £120.00",
        "Council pays £80.00",
        "Nurse visits in May 1 May 2026 to 31 May 2026 £200.00",
        "Payment Not asked for yet",
        "The provider has no payee yet.",
    ):
        assert words in page.text, words
    assert len(SHARED) == 2


def test_payment_is_asked_for_once_there_is_a_payee(spender: Spender, finance: Browser, office: Office) -> None:
    invoice_id = accepted(spender)
    office.paying.provider()
    place = f"/budgets/{spender.budget_id}/invoices/{invoice_id}/pay"
    assert place in links(invoice_page(finance, spender, invoice_id).html)
    done = finance.send(place, **day("pay_by", date(2026, 6, 20)))
    assert "The next payment run takes it, if nothing stands against it." in done.text
    assert "Payment Requested, due on 20 June 2026" in done.text
    assert place not in links(done.html)
    assert finance.send(place).status == 409


def test_a_payment_that_was_cancelled_may_be_asked_for_again(
    spender: Spender, finance: Browser, office: Office
) -> None:
    invoice_id = accepted(spender)
    office.paying.provider()
    payment = office.world.do(office.world.finance, request_payment, invoice_id)
    office.world.do(office.paying.clerk, cancel_payment, payment.id, reason="A slip")
    assert f"/budgets/{spender.budget_id}/invoices/{invoice_id}/pay" in links(
        invoice_page(finance, spender, invoice_id).html
    )
    with office.world.service.unit(office.world.finance) as uow:
        newest = payment_of(uow.session, invoice_id)
    assert newest is not None
    assert newest.state == "cancelled"


def test_a_lowered_invoice_tells_who_lowered_it_and_why(spender: Spender, finance: Browser) -> None:
    invoice_id = accepted(spender)
    spender.world.do(
        spender.world.finance,
        lower_invoice,
        invoice_id,
        reference="CN-1",
        credited_on=JUNE,
        lines=(),
        reason="Nobody came",
    )
    page = invoice_page(finance, spender, invoice_id)
    assert "Nobody came" in page.text
    assert "Ask for it to be paid" not in page.text


def test_an_invoice_of_another_budget_is_no_page(spender: Spender, finance: Browser, office: Office) -> None:
    other = office.world.active(stated("care", "10.00"))
    assert finance.open(f"/budgets/{other}/invoices/{accepted(spender)}").status == 404
