"""The checks of the standard model as a page and as files."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import Role
from phb.governance.permissions import the_system
from phb.indicators.counting import count_day
from tests.budget.conftest import World, stated
from tests.payments.conftest import Paying
from tests.people.conftest import Service
from tests.web.finance_office import Office, links

FIRST_OF_MAY = {"on-day": "1", "on-month": "5", "on-year": "2026"}


@pytest.fixture
def office(vault_sessions: sessionmaker[Session]) -> Office:
    """Return a commissioner with a direct payment and a notional budget of one person, on 1 April 2026."""
    office = Office(Paying(World(Service(vault_sessions))))
    office.world.active(stated("care", "100.00"))
    office.world.active(stated("care", "100.00", pot="np"))
    return office


def test_each_check_shows_what_was_counted_the_share_and_the_verdict(office: Office) -> None:
    page = office.browser(office.world.auditor).open("/indicators")
    # one person: the only group has all of them, above a half; one of two budgets is paid out, above two fifths
    for words in (
        "As they stood at the end of 1 April 2026.",
        "No single cohort dominates Does not pass",
        "Share 1 of 1 (100.0 %)",
        "Threshold No more than half",
        "Managed as direct payment or third-party budget Passes",
        "Share 1 of 2 (50.0 %)",
        "Threshold At least 40 %",
        "Threshold At least 4 ",
        "How many more None: the figure is reached",
        "is counted once, under one of them: direct payment first, then third-party budget, then notional budget.",
        "the first it has of these Direct payment first, then third-party budget, then notional budget",
        "Fewer than ten are counted. Read the share with care.",
        "Continuing healthcare 1 2",
        "Direct payment 1 1",
        "Notional budget 1 1",
        "All 1 2",
        "Whether fast track home packages are in the CHC check No",
    ):
        assert words in page.text, words


def test_the_picture_is_as_long_as_the_share(office: Office) -> None:
    html = office.browser(office.world.auditor).open("/indicators").html
    assert '<rect class="phb-part phb-part--spent" x="0" y="0" width="500" height="120">' in html
    assert '<line class="phb-mark" x1="400" x2="400"' in html  # two fifths of a thousand


def test_another_day_is_chosen(office: Office) -> None:
    browser = office.browser(office.world.auditor)
    page = browser.open("/indicators", **FIRST_OF_MAY)
    assert "As they stood at the end of 1 May 2026." in page.text
    wrong = browser.open("/indicators", **FIRST_OF_MAY | {"on-month": "13"})
    assert (wrong.status, wrong.wrong) == (422, {"on-day": "Enter a real date, like 27 3 2026"})


def test_a_kept_day_says_so_and_can_be_counted_again(office: Office) -> None:
    service, yesterday = office.world.service, office.world.service.today
    office.world.on(yesterday + timedelta(days=1))
    service.do(the_system(service.commissioner_id), count_day, yesterday)
    browser = office.browser(office.world.auditor)
    page = browser.open("/indicators")
    assert "As they stood at the end of 1 April 2026." in page.text
    assert "Counted and kept on 2 April 2026" in page.text
    (again,) = (address for address in links(page.html) if "anew" in address)
    anew = browser.open(again)
    assert "As they stood at the end of 1 April 2026." in anew.text
    assert "Counted and kept" not in anew.text
    files = [address for address in links(anew.html) if "/files/" in address]
    assert len(files) == 3
    assert all("on=2026-04-01" in address and "anew=yes" in address for address in files)


def test_a_day_outside_the_readers_term_is_refused_at_the_field(office: Office) -> None:
    page = office.browser(office.world.auditor).open("/indicators", **FIRST_OF_MAY | {"on-year": "2020"})
    assert page.status == 422
    assert page.wrong["on-day"].startswith("Your role lets you see what is dated from 1 April 2026")


def test_the_same_figures_are_downloaded_in_each_format(office: Office) -> None:
    browser = office.browser(office.world.auditor)

    def fetched(name: str) -> bytes:
        answer = browser.open(f"/indicators/files/{name}", on="2026-04-01").response
        assert answer.headers["Content-Disposition"] == f'attachment; filename="checks-2026-04-01.{name}"'
        return answer.get_data()

    assert "1 of 2 (50.0 %)" in fetched("csv").decode("utf-8-sig")
    sheet = load_workbook(BytesIO(fetched("xlsx"))).worksheets[0]
    assert any("1 of 2 (50.0 %)" in map(str, row) for row in sheet.iter_rows(values_only=True))
    printed = " ".join(page.extract_text() for page in PdfReader(BytesIO(fetched("pdf"))).pages)
    assert "1 of 2 (50.0 %)" in " ".join(printed.split())


@pytest.mark.parametrize("address", ["/indicators/files/docx", "/indicators/files/csv?on=yesterday"])
def test_a_file_that_is_none_is_no_page(office: Office, address: str) -> None:
    assert office.browser(office.world.auditor).open(address).status == 404


def test_the_checks_are_for_those_who_read_them(office: Office) -> None:
    releaser = office.world.service.staff(Role.PAYMENTS_RELEASER)
    assert office.browser(releaser).open("/indicators").status == 403
