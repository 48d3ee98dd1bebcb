"""What waits for finance and approvers, as their pages show it."""

from datetime import date

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import Role
from phb.core.money import pounds
from phb.payments.kinds import AccountUse
from phb.payments.payees.operations import propose_bank_account
from phb.spending.invoices.draft import NewInvoice, NewInvoiceLine
from phb.spending.invoices.operations import accept_invoice
from tests.budget.conftest import World, dates
from tests.payments.conftest import OTHER_DETAILS, Paying
from tests.people.conftest import Service
from tests.spending.conftest import Spender, usual_lines
from tests.web.finance_office import Office, links


@pytest.fixture
def office(vault_sessions: sessionmaker[Session]) -> Office:
    """Return a commissioner that pays, on 1 April 2026."""
    return Office(Paying(World(Service(vault_sessions))))


def test_an_approver_reads_what_waits_with_person_amount_and_days(office: Office) -> None:
    budget_id = office.to_sign_off()
    page = office.browser(office.world.approver).open("/queue")
    assert page.title == "Waiting for you - Personal health budgets"
    for words in (
        "1 thing waits for you, the most urgent first.",
        "1 budget to sign off",
        "Budget to sign off of Aled Example",
        "A clinician signed it off. Its value is to be signed off.",
        "£5,200.00",
        "Since 1 April 2026",
        "By 1 April 2026",
    ):
        assert words in page.text
    assert f"/budgets/{budget_id}" in links(page.html)
    assert "Late" not in page.text


def test_what_was_to_be_done_by_yesterday_is_late(office: Office) -> None:
    office.to_sign_off()
    office.world.on(date(2026, 4, 2))
    assert "By 1 April 2026 Late" in office.browser(office.world.approver).open("/queue").text


def test_nothing_waits(office: Office) -> None:
    assert "Nothing waits for you." in office.browser(office.world.approver).open("/queue").text


def test_what_is_above_the_limit_stands_apart_with_who_can(office: Office) -> None:
    office.to_sign_off("60000.00")
    browser = office.browser(office.world.approver)
    assert "1 more for others: above your limit, or your own" in browser.open("/queue").text
    apart = browser.open("/queue/others").text
    assert "It is above what you may sign off. Nobody's limit is high enough. Ask an administrator." in apart
    office.world.allow("60000.00")
    own = office.world.service.staff(Role.APPROVER)
    assert "Budget to sign off of Aled Example" in office.browser(own).open("/queue").text


def test_who_reads_and_decides_nothing_is_told_so(office: Office) -> None:
    office.to_sign_off()
    for actor in (office.world.auditor, office.paying.releaser):
        page = office.browser(actor).open("/queue")
        assert "You can look at what waits for finance. You do not decide on it." in page.text
        assert "Budget to sign off of Aled Example" in page.text
        assert "Finance or an approver decides." in page.text


def test_everything_that_waits_leads_to_where_it_is_decided(office: Office) -> None:
    spender = Spender(office.world, office.world.active(*usual_lines()))
    spender.pay_in("3000.00")
    office.paying.do(
        office.paying.clerk,
        propose_bank_account,
        office.paying.payee_id,
        OTHER_DETAILS,
        use=AccountUse.DEDICATED,
    )
    office.world.on(date(2026, 6, 1))
    spender.spend("40.00", line=None)
    line = NewInvoiceLine(
        spender.line_id("nurse"), pounds("200.00"), dates("2026-05-01", "2026-05-31"), "Nurse visits in May"
    )
    new = NewInvoice(office.world.provider_id, "INV-1", date(2026, 6, 1), (line,))
    office.world.do(office.paying.clerk, accept_invoice, spender.budget_id, new)
    browser = office.browser(office.paying.checker)
    page = browser.open("/queue")
    for words in (
        "3 things wait for you",
        "1 question about spending",
        "1 invoice without a payee",
        "1 bank account to confirm",
        "This is not in the agreed plan.",
        f"The account ends in {OTHER_DETAILS.account_number[-2:]}.",
    ):
        assert words in page.text
    places = [address for address in links(page.html) if not address.startswith("/queue")]
    assert len(places) == 3
    assert [browser.open(address).status for address in places] == [200, 200, 200]


def test_a_payment_that_came_back_leads_to_its_page(office: Office) -> None:
    office.paying.paid_plan()
    payment = office.paying.returned(office.paying.settled())
    browser = office.browser(office.paying.clerk)
    page = browser.open("/queue")
    assert "Payment that came back of Aled Example" in page.text
    assert browser.open(f"/payments/{payment.id}").status == 200
    assert f"/payments/{payment.id}" in links(page.html)


def test_one_kind_is_read_alone(office: Office) -> None:
    office.to_sign_off()
    browser = office.browser(office.world.approver)
    assert "Budget to sign off of Aled" in browser.open("/queue", kind="budget_to_sign_off").text
    assert "Budget to sign off of Aled" not in browser.open("/queue", kind="change_to_apply").text
    assert browser.open("/queue", kind="nothing_we_know").status == 404


def test_each_narrowed_queue_has_a_title_and_a_heading_of_its_own(office: Office) -> None:
    browser = office.browser(office.world.approver)
    for address, kind, title in (
        ("/queue", "budget_to_sign_off", "Budgets to sign off \N{EN DASH} waiting for you"),
        ("/queue", "invoice_not_paid", "Invoices not yet paid \N{EN DASH} waiting for you"),
        ("/queue/others", "change_to_apply", "Changes to apply \N{EN DASH} waiting for others"),
    ):
        page = browser.open(address, kind=kind)
        assert page.title == f"{title} - Personal health budgets"
        assert f'<h1 class="nhsuk-heading-l">{title}</h1>' in page.html


def test_a_change_leads_to_itself(office: Office) -> None:
    budget_id = office.world.active()
    row = office.change(budget_id, "20000.00")
    page = office.browser(office.world.approver).open("/queue")
    assert "Change to sign off of Aled Example" in page.text
    assert "More hours at night" in page.text
    assert f"/budgets/{budget_id}/changes/{row.id}" in links(page.html)


@pytest.mark.parametrize("address", ["/queue", "/queue/others", "/budgets"])
def test_the_pages_are_for_those_who_read_the_books(office: Office, address: str) -> None:
    assert office.browser(office.world.coordinator).open(address).status == 403


def test_the_menu_leads_there(office: Office) -> None:
    menu = office.browser(office.world.approver).open("/").text
    assert "Waiting for you" in menu
    assert "Waiting for you" not in office.browser(office.world.auditor).open("/").text
