"""The months of the books as pages: what each takes, closing one, and opening it again by two people."""

from datetime import date

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import Role
from tests.budget.conftest import World, stated
from tests.payments.conftest import Paying
from tests.people.conftest import Service
from tests.web.finance_office import Office

REASON = "An invoice of April came in June"


@pytest.fixture
def office(vault_sessions: sessionmaker[Session]) -> Office:
    """Return a commissioner on 15 June 2026 with a budget of £100.00 from 1 April."""
    office = Office(Paying(World(Service(vault_sessions))))
    office.world.active(stated("care", "100.00"))
    office.world.on(date(2026, 6, 15))
    return office


def test_a_month_is_closed_and_opened_again_by_two_people(office: Office) -> None:
    finance = office.browser(office.world.service.staff(Role.FINANCE_OFFICER))
    approver = office.browser(office.world.service.staff(Role.APPROVER))
    page = finance.open("/months")
    assert "No month was closed yet." in page.text
    assert "/months/2026-05/close" in page.html
    asked = finance.open("/months/2026-04/close")
    assert "If no month was closed before, every earlier month closes with it." in asked.text
    done = finance.send("/months/2026-04/close")
    assert "April 2026 takes adjustments alone now." in done.text
    done = finance.send("/months/2026-04/close-for-good")
    assert "April 2026 is closed for good." in done.text
    balance = finance.open("/audit/trial-balance", month="2026-04-01")
    assert "As April 2026 was closed for good on 15 June 2026; what came later is not in it." in balance.text
    assert "Allocation £100.00" in balance.text
    assert "month=2026-04-01" in balance.html
    assert finance.open("/audit/trial-balance.csv", month="2026-04-01").status == 200
    assert finance.send("/months/2026-04/ask-to-reopen").wrong == {"reason": "Enter why it must be opened again"}
    done = finance.send("/months/2026-04/ask-to-reopen", reason=REASON)
    assert "You have asked for April 2026. An approver opens it." in done.text
    asked = approver.open("/months/2026-04/reopen")
    assert f"asked for it: “{REASON}”" in asked.text
    done = approver.send("/months/2026-04/reopen")
    assert "April 2026 is open again." in done.text
    assert "Asked for again" in done.text


def test_a_step_out_of_turn_is_refused_on_its_page(office: Office) -> None:
    finance = office.browser(office.world.service.staff(Role.FINANCE_OFFICER))
    refused = finance.send("/months/2026-06/close")
    assert refused.status == 409
    assert refused.wrong == {"": "June 2026 is not over. Close it from the first day of the month after."}
    assert office.browser(office.world.service.staff(Role.APPROVER)).open("/months/2026-04/reopen").status == 200


def test_who_only_reads_the_books_is_offered_nothing(office: Office) -> None:
    auditor = office.browser(office.world.auditor)
    assert "/close" not in auditor.open("/months").html
    assert auditor.open("/months/2026-04/close").status == 403


@pytest.mark.parametrize("address", ["/months/April/close", "/months/2026-13/close", "/months/2026-04/burn"])
def test_an_address_that_names_no_month_or_step_leads_nowhere(office: Office, address: str) -> None:
    assert office.browser(office.world.service.staff(Role.FINANCE_OFFICER)).open(address).status == 404


def test_a_month_that_is_open_has_no_stored_trial_balance(office: Office) -> None:
    assert office.browser(office.world.auditor).open("/audit/trial-balance", month="2026-04-01").status == 404
