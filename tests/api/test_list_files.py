"""Lists as files: ?format= on the checks and the trial balance."""

from collections.abc import Callable
from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from phb.core.actor import Role
from phb.core.money import pounds
from phb.ledger import events, posting
from phb.ledger.entry import Heading, Share, Source
from tests.api.conftest import Caller, Desk

Fetch = Callable[[str], tuple[bytes, str, str]]


@pytest.fixture
def fetch(desk: Desk) -> Fetch:
    """Return what fetches a file as an auditor: its bytes, media type and name; £1,000.00 were set aside."""
    with desk.service.unit(desk.service.staff(Role.FINANCE_OFFICER)) as uow:
        heading = Heading(desk.service.today, "Set for the year", Source("test", uuid4()))
        posting.post(uow, events.programme_budget_set(heading, 2026, [Share("nhs", pounds("1000.00"))]))
    auditor = desk.staff(Role.AUDITOR)

    def fetch(address: str) -> tuple[bytes, str, str]:
        headers = {"Authorization": f"Bearer {auditor.token}"}
        response = auditor.client.get(f"/api/v1{address}", headers=headers)
        assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
        return response.data, response.content_type, response.headers["Content-Disposition"].split('"')[1]

    return fetch


def test_the_trial_balance_as_csv(fetch: Fetch) -> None:
    content, media_type, name = fetch("/ledger/trial-balance?format=csv&as_of=2026-04-01")
    assert content.decode("utf-8-sig").splitlines() == [
        "layer,account,fund,debit,credit",
        "budget,envelope,nhs,1000.00,",
        "budget,funding_approved,nhs,,1000.00",
    ]
    assert (media_type, name) == ("text/csv; charset=utf-8", "trial-balance-2026-04-01.csv")


def test_the_trial_balance_as_a_workbook_and_as_pdf(fetch: Fetch) -> None:
    content, media_type, name = fetch("/ledger/trial-balance?format=xlsx")
    sheet = load_workbook(BytesIO(content))["Trial balance"]
    assert [cell.value for cell in sheet[4]] == ["Total", None, None, 1000, 1000]
    assert media_type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert name == "trial-balance-2026-04-01.xlsx"
    content, media_type, _ = fetch("/ledger/trial-balance?format=pdf")
    assert "£1,000.00" in PdfReader(BytesIO(content)).pages[0].extract_text()
    assert media_type == "application/pdf"


def test_the_checks_in_every_format(fetch: Fetch) -> None:
    csv, _, name = fetch("/checks?format=csv")
    assert csv.decode("utf-8-sig").splitlines()[0] == "check,counted,of,share,threshold,verdict,how_many_more"
    assert name == "checks-2026-04-01.csv"
    book = load_workbook(BytesIO(fetch("/checks?format=xlsx")[0]))
    assert book.sheetnames == ["Checks", "Group of cohorts", "Way of holding the money", "About this file"]
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(fetch("/checks?format=pdf")[0])).pages)
    assert "Checks at the end of 1 April 2026" in " ".join(text.split())


@pytest.mark.parametrize("address", ["/checks", "/ledger/trial-balance"])
def test_refusals_are_the_same_in_every_format(desk: Desk, address: str) -> None:
    co_ordinator: Caller = desk.staff(Role.CARE_COORDINATOR)
    assert co_ordinator.get(address, format="pdf").status == 403
    assert desk.staff(Role.AUDITOR).get(address, format="docx").status == 400
