"""The list of spending and one record: receipts added and looked at, mistakes taken back, money put back."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.people.kinds import RelationKind, Scope
from phb.spending.receipts.operations import attach_receipt
from phb.spending.records.decisions import accept_after_all, correct_spend
from phb.spending.records.models import SpendRecord
from phb.spending.records.operations import record_spend
from phb.spending.records.queries import spend, visible_spend
from tests.budget.conftest import World
from tests.people.conftest import Service
from tests.spending.conftest import JUNE, Spender, usual_lines
from tests.spending.files import jpeg, pdf
from tests.web.holding import Holding, answer, day


@pytest.fixture
def spender(vault_sessions: sessionmaker[Session]) -> Iterator[Spender]:
    """Return a budget with £3,000.00 in the holder's account, on 15 June 2026."""
    world = World(Service(vault_sessions))
    spender = Spender(world, world.active(*usual_lines()))
    spender.pay_in("3000.00")
    world.on(JUNE)
    yield spender
    spender.assert_sound()


@pytest.fixture
def holding(spender: Spender) -> Holding:
    """Return who looks at the budget."""
    return Holding(spender.world, spender.budget_id)


def now(spender: Spender, row: SpendRecord) -> SpendRecord:
    """Return a record as it is now."""
    return spender.world.ask(spender.world.auditor, spend, row.id, JUNE)


def test_the_list_tells_what_stands_where_the_newest_first(spender: Spender, holding: Holding) -> None:
    spender.spend("100.00", words="In May")
    spender.spend("30.00", words="A taxi", category="TRANSPORT", spent_on=JUNE)
    browser = holding.browser()
    page = browser.open(holding.address("spending"))
    assert page.text.index("A taxi") < page.text.index("In May")
    for words in ("Counts as spent", "Receipt needed", "£100.00", "£30.00"):
        assert words in page.text
    asked = browser.open(holding.address("spending"), show="questions")
    assert "A taxi" in asked.text
    assert "In May" not in asked.text
    assert "Record spending" in page.text


def test_receipts_that_are_needed_are_a_list_of_their_own(spender: Spender, holding: Holding) -> None:
    seen = spender.spend("100.00", words="With a receipt")
    spender.world.do(spender.world.holder, attach_receipt, seen.id, jpeg())
    spender.spend("20.00", words="Without one")
    page = holding.browser().open(holding.address("spending"), show="receipts")
    assert page.title.startswith("Receipt needed \N{EN DASH} spending and receipts, ")
    assert "Without one" in page.text
    assert "With a receipt" not in page.text


def test_a_long_list_has_another_page(spender: Spender, holding: Holding) -> None:
    for number in range(51):
        spender.world.do(
            spender.world.holder, record_spend, spender.budget_id, spender.new("1.00", words=f"Thing {number:02}")
        )
    browser = holding.browser()
    page = browser.open(holding.address("spending"))
    assert page.html.count("Thing ") == 50
    following = page.html.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert browser.open(following).html.count("Thing ") == 1


def test_a_record_tells_everything_that_was_recorded(spender: Spender, holding: Holding) -> None:
    row = spender.spend("100.00")
    text = holding.browser().open(holding.address("spending", row.id)).text
    for words in (
        "Amount £100.00",
        "Day 4 May 2026",
        "Who was paid Sam's care",
        "In the plan Help at home",
        row.reference,
    ):
        assert words in text
    assert "This counts as spent." in text


def test_a_receipt_is_added_later_and_looked_at(spender: Spender, holding: Holding) -> None:
    row = spender.spend("100.00")
    browser = holding.browser()
    address = holding.address("spending", row.id, "receipt")
    assert "Choose a photo or a PDF of the receipt" in browser.send(address).text
    form = browser.open(address)
    assert 'accept="image/jpeg,image/png,application/pdf"' in form.html
    page = answer(browser, form, file=(BytesIO(jpeg()), "IMG.jpg"))
    assert "The receipt is added." in page.text
    assert "Receipt here" in page.text
    assert "Look at the receipt that was added on 15 June 2026" in page.text
    shown = browser.open(_link_to(page.html, "/receipts/")).response
    assert (shown.data, shown.content_type) == (jpeg(), "image/jpeg")
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert shown.headers["Cache-Control"] == "no-store"


def test_a_pdf_is_a_file_to_download(spender: Spender, holding: Holding) -> None:
    row = spender.spend("100.00")
    spender.world.do(spender.world.holder, attach_receipt, row.id, pdf())
    browser = holding.browser()
    page = browser.open(holding.address("spending", row.id))
    assert "Download the receipt" in page.text
    shown = browser.open(_link_to(page.html, "/receipts/")).response
    assert shown.headers["Content-Disposition"].startswith("attachment")


def test_a_damaged_receipt_is_refused_at_its_field(spender: Spender, holding: Holding) -> None:
    row = spender.spend("100.00")
    browser = holding.browser()
    page = browser.send(holding.address("spending", row.id, "receipt"), file=(BytesIO(jpeg()[:300]), "IMG.jpg"))
    assert page.status == 422
    assert 'href="#file"' in page.html
    assert "it is damaged or not whole" in page.text
    assert now(spender, row).evidence == "awaited"


def test_a_mistake_is_taken_back(spender: Spender, holding: Holding) -> None:
    row = spender.spend("100.00")
    browser = holding.browser()
    address = holding.address("spending", row.id, "take-back")
    assert "Say why it is wrong" in browser.send(address, what="never").text
    assert "Choose what is wrong" in browser.send(address, reason="Twice").text
    page = browser.send(address, what="never", reason="Recorded twice")
    assert "The record is taken back. It no longer counts." in page.text
    assert "Taken back on 15 June 2026: Recorded twice" in page.text
    assert now(spender, row).state == "corrected"
    assert browser.open(address).status == 200
    assert browser.send(address, what="never", reason="Again").status == 409


def test_a_record_is_put_right_with_its_receipt(spender: Spender, holding: Holding) -> None:
    row = spender.spend("100.00")
    spender.world.do(spender.world.holder, attach_receipt, row.id, jpeg())
    browser = holding.browser()
    page = browser.send(holding.address("spending", row.id, "take-back"), what="wrong", reason="It was less")
    assert "This stands in place of the record that you take back, because: It was less" in page.text
    assert "£100.00" in page.text
    amount = browser.open(page.response.request.path.replace("check", "amount"), so_far=page.fields["so_far"])
    done = answer(browser, answer(browser, amount, amount="90.00"))
    assert "£90.00 counts as spent." in done.text
    assert "Receipt here" in done.text
    assert now(spender, row).state == "corrected"
    assert now(spender, row).correction_reason == "It was less"
    with spender.world.service.unit(spender.world.auditor) as uow:
        instead = uow.session.scalars(
            visible_spend(spender.world.auditor, JUNE).where(SpendRecord.replaces_id == row.id)
        ).one()
    assert instead.words == row.words
    assert "The record that stands in its place" in browser.open(holding.address("spending", row.id)).text
    assert "a record that was taken back" in browser.open(holding.address("spending", instead.id)).text


def test_putting_right_what_somebody_else_took_back_is_refused(spender: Spender, holding: Holding) -> None:
    row = spender.spend("100.00")
    browser = holding.browser()
    page = browser.send(holding.address("spending", row.id, "take-back"), what="wrong", reason="It was less")
    spender.world.do(spender.world.holder, correct_spend, row.id, reason="By somebody else")
    refused = answer(browser, page)
    assert refused.status == 409
    assert "Somebody changed this since you read it." in refused.text


def test_what_is_asked_about_is_not_taken_back_by_who_recorded_it(spender: Spender, holding: Holding) -> None:
    row = spender.spend("30.00", category="TRANSPORT", words="A taxi")
    browser = holding.browser()
    page = browser.open(holding.address("spending", row.id))
    assert "only the finance team can take this record back" in page.text
    assert "you can ask us to look at it again" in page.text
    assert browser.send(holding.address("spending", row.id, "take-back"), what="never", reason="No").status == 403


def test_money_that_was_asked_about_is_put_back(spender: Spender, holding: Holding) -> None:
    row = spender.spend("12.50", category="ALCOHOL", words="Wine")
    browser = holding.browser()
    address = holding.address("spending", row.id, "put-back")
    early = browser.send(address, reason="From my purse", **day("put_back_on", 3, 5, 2026))
    assert early.status == 422
    assert "The money left on 4 May 2026." in early.text
    page = browser.send(address, reason="From my purse", **day("put_back_on", 10, 6, 2026))
    assert "It is noted that the money is back in the account." in page.text
    assert "Put back" in page.text
    assert "15 June 2026: From my purse" in page.text
    assert now(spender, row).state == "put_back"


def test_what_was_decided_and_why_is_told(spender: Spender, holding: Holding) -> None:
    row = spender.spend("30.00", category="TRANSPORT", words="A taxi")
    spender.world.do(spender.world.finance, accept_after_all, row.id, reason="To the day centre")
    text = holding.browser().open(holding.address("spending", row.id)).text
    assert "We asked about this, and it was accepted." in text
    assert "15 June 2026: To the day centre" in text


def test_a_record_that_looks_the_same_is_pointed_out(spender: Spender, holding: Holding) -> None:
    spender.spend("20.00")
    again = spender.spend("20.00")
    browser = holding.browser()
    assert "It looks the same as an earlier record" in browser.open(holding.address("spending", again.id)).text
    assert "take one of the two back" in browser.open(holding.address("spending", again.id, "recorded")).text


def test_another_persons_records_and_receipts_are_not_found(spender: Spender, holding: Holding) -> None:
    row = spender.spend("100.00")
    receipt = spender.world.do(spender.world.holder, attach_receipt, row.id, jpeg()).row
    stranger = holding.browser(holding.stranger())
    for parts in (("spending", row.id), ("spending", row.id, "recorded"), ("receipts", receipt.id)):
        assert stranger.open(holding.address(*parts)).status == 404
    for part in ("receipt", "put-back", "take-back"):
        assert stranger.open(holding.address("spending", row.id, part)).status == 404
    elsewhere = Holding(spender.world, spender.world.propose(review_on=JUNE).id)
    assert holding.browser().open(elsewhere.address("spending", row.id)).status == 404


def test_an_advocate_reads_and_changes_nothing(spender: Spender, holding: Holding) -> None:
    row = spender.spend("100.00")
    browser = holding.browser(holding.acting(RelationKind.ADVOCATE, *Scope))
    page = browser.open(holding.address("spending", row.id))
    assert "Add a receipt" not in page.text
    assert "Take back" not in page.text
    assert "Record spending" not in browser.open(holding.address("spending")).text
    assert browser.open(holding.address("spending", row.id, "receipt")).status == 403


def _link_to(html: str, part: str) -> str:
    return next(address for address in html.split('href="') if part in address.split('"')[0]).split('"')[0]
