"""Journal files as pages: made, listed with what they add up to, and taken away."""

import pytest

from phb.core.actor import Role
from tests.journal_files.conftest import ACCOUNTS, record_codes
from tests.payments.conftest import Paying
from tests.spending.conftest import Spender
from tests.web.finance_office import Office


@pytest.fixture
def office(spender: Spender) -> Office:
    """Return a commissioner on 15 June 2026 that paid £4,000.00 in April."""
    return Office(Paying(spender.world))


def test_a_file_is_made_and_taken_away(office: Office, spender: Spender) -> None:
    finance = office.browser(office.world.service.staff(Role.FINANCE_OFFICER))
    assert "No file was made yet." in finance.open("/journal-files").text
    assert finance.send("/journal-files/new").wrong == {"month": "Choose a month"}
    missing = finance.send("/journal-files/new", month="2026-05-01")
    assert "There is no code of the finance system for “bank”, fund council" in missing.wrong["month"]
    record_codes(spender, *ACCOUNTS)
    done = finance.send("/journal-files/new", month="2026-05-01")
    assert "The file is made. Take it away from the list." in done.text
    assert "May 2026" in done.text
    assert "£4,000.00" in done.text
    file = finance.open("/journal-files/1.csv")
    assert file.status == 200
    again = finance.send("/journal-files/new", month="2026-05-01")
    assert (again.status, "Everything up to the end of May 2026 was sent before." in again.text) == (409, True)
    assert finance.open("/journal-files/2.csv").status == 404


def test_an_auditor_reads_and_makes_none(office: Office) -> None:
    auditor = office.browser(office.world.auditor)
    assert "Make a file" not in auditor.open("/journal-files").text
    assert auditor.open("/journal-files/new").status == 403
