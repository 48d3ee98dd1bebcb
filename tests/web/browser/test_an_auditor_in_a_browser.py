"""The auditor's journey in a browser: search, one budget's trail, journals, the proof that the books hold, lists."""

import pytest

from tests.payments.conftest import Paying
from tests.web.bank import EIGHTH
from tests.web.browser.conftest import Visit, counter_of


@pytest.mark.journey
def test_an_auditor_searches_reads_journals_and_checks_the_books(paying: Paying, visit: Visit) -> None:
    paying.paid_plan()
    paying.settled(EIGHTH)
    auditor = visit(counter_of(paying.world), paying.world.auditor, "auditor")
    auditor.press("Audit")
    auditor.fill(term="a")
    auditor.press("Search")
    auditor.reads("There is a problem", "Enter at least two letters or digits.")
    auditor.fill(term="aled")
    auditor.press("Search")
    auditor.reads("You looked for “aled”.", "Aled Example")
    auditor.follow("What was done to")
    auditor.reads("Settled", "8 April 2026")
    auditor.press("Back")
    auditor.press("Search again")

    auditor.follow("Journals")
    auditor.unfold("Show only some of them")
    auditor.pick("kind", "Payment settled")
    auditor.press("Show these")
    auditor.follow("Payment settled")
    auditor.reads("£400.00", "Funds held")
    auditor.press("Audit")

    auditor.follow("Do the books hold?")
    auditor.press("Check the books now")
    auditor.reads("What your check found on 8 April 2026", "identities hold.")
    auditor.press("Audit")
    auditor.follow("Trial balance")
    auditor.press("Audit")

    auditor.press("Reports")
    auditor.follow("Payments")
    assert auditor.fetch("Take the whole report away as CSV").startswith(b"\xef\xbb\xbf")
    assert auditor.fetch("Take the whole report away as PDF").startswith(b"%PDF")
