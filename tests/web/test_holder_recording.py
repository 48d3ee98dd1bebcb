"""Recording spend: one question after another, slips told at once, recorded once, and plain about what became of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.budget.kinds import LinePurpose
from phb.core.actor import Actor
from phb.people.kinds import Basis, RelationKind, Scope
from phb.people.relations.rules import NewRelation
from phb.spending.records.models import SpendRecord
from phb.spending.records.queries import visible_spend
from tests.budget.conftest import World, dates, stated
from tests.people.conftest import APRIL, BY_THE_PERSON, Service
from tests.spending.conftest import JUNE, Spender, usual_lines
from tests.spending.files import jpeg
from tests.web.conftest import CHOSEN, Browser, Page, give_password
from tests.web.holding import Holding, answer, day

TWENTY_MB = 20 * 1024 * 1024
MORE_THAN_TEN_MB = 11 * 1024 * 1024


@pytest.fixture
def spender(vault_sessions: sessionmaker[Session]) -> Iterator[Spender]:
    """Return a budget with £3,000.00 in the holder's account and £1,000.00 in the third party's, on 15 June 2026."""
    spender = _begin(vault_sessions)
    yield spender
    spender.assert_sound()


@pytest.fixture(scope="module")
def untouched(vault_sessions: sessionmaker[Session]) -> Spender:
    """Return such a budget for the tests of this module that record nothing."""
    return _begin(vault_sessions)


@pytest.fixture(scope="module")
def holder(untouched: Spender) -> Browser:
    """Return the browser of its holder."""
    return Holding(untouched.world, untouched.budget_id).browser()


def _begin(sessions: sessionmaker[Session]) -> Spender:
    world = World(Service(sessions))
    spare = stated(
        "spare", "200.00", category="CONTINGENCY", words="If something happens", purpose=LinePurpose.CONTINGENCY
    )
    spender = Spender(world, world.active(*usual_lines(), spare))
    spender.pay_in("3000.00")
    spender.pay_in("1000.00", "tp")
    world.on(JUNE)
    return spender


def begin(holding: Holding, browser: Browser) -> Page:
    """Open the first question."""
    return browser.open(holding.address("spend"))


def up_to(name: str, spender: Spender, browser: Browser, **given: str) -> Page:
    """Answer the questions before one of them, and return its page."""
    holding = Holding(spender.world, spender.budget_id)
    answers: dict[str, dict[str, Any]] = {
        "what": {"what": given.get("what", str(spender.line_id("care")))},
        "category": {"category": given.get("category", "TRANSPORT")},
        "amount": {"amount": given.get("amount", "12.50")},
        "day": day("spent_on", 4, 5, 2026),
        "payee": {"payee": "Sam's care", "words": given.get("words", "Help at home")},
        "days": {},
    }
    page = begin(holding, browser)
    while (now := page.response.request.path.rsplit("/", 1)[1]) != name:
        page = answer(browser, page, **answers[now])
    return page


def records(spender: Spender) -> list[SpendRecord]:
    """Return everything that was recorded, in order."""
    with spender.world.service.unit(spender.world.auditor) as uow:
        found = visible_spend(spender.world.auditor, JUNE).order_by(SpendRecord.recorded_at, SpendRecord.id)
        return list(uow.session.scalars(found))


@pytest.fixture
def holding(spender: Spender) -> Holding:
    """Return who looks at the budget."""
    return Holding(spender.world, spender.budget_id)


def test_what_is_in_the_plan_is_recorded_and_counts_as_spent(spender: Spender, holding: Holding) -> None:
    browser = holding.browser()
    page = up_to("check", spender, browser)
    for words in ("Help at home", "£12.50", "4 May 2026", "Sam's care: Help at home", "The day it was paid"):
        assert words in page.text
    done = answer(browser, page)
    assert done.status == 200
    assert "£12.50 counts as spent. Help at home, Sam's care, 4 May 2026." in done.text
    assert "Please add a receipt." in done.text
    assert "Record another" in done.text
    (row,) = records(spender)
    assert (row.state, row.evidence, row.category_code) == ("accepted", "awaited", "PERSONAL_CARE")


def test_a_receipt_goes_with_it(spender: Spender, holding: Holding) -> None:
    browser = holding.browser()
    done = answer(browser, up_to("check", spender, browser), file=(BytesIO(jpeg()), "IMG_0001.JPG"))
    assert "Receipt here" in done.text
    assert records(spender)[0].evidence == "seen"


def test_what_is_not_in_the_plan_is_asked_about_in_plain_words(spender: Spender, holding: Holding) -> None:
    browser = holding.browser()
    page = up_to("check", spender, browser, what="something-else", category="ALCOHOL", words="Wine")
    assert "Kind of thing Alcohol" in page.text
    done = answer(browser, page)
    assert "We need to ask about this “Alcohol” cannot be bought with this money" in done.text
    assert "This £12.50 is not taken away. Somebody in the finance team reads this and decides." in done.text
    assert "you can ask us to look at it again" in done.text
    assert "counts as spent" not in done.text
    assert records(spender)[0].state == "asked_about"


def test_the_days_it_was_for_are_kept(spender: Spender, holding: Holding) -> None:
    browser = holding.browser()
    page = up_to("days", spender, browser)
    page = answer(browser, page, **day("first_day", 1, 5, 2026), **day("last_day", 31, 5, 2026))
    assert "Days it was for 1 May 2026 to 31 May 2026" in page.text
    answer(browser, page)
    assert records(spender)[0].period == dates("2026-05-01", "2026-05-31")


@pytest.mark.parametrize(
    ("name", "answers", "sentence"),
    [
        ("what", {}, "Choose what the money was for"),
        ("what", {"what": "not-a-line"}, "Choose one of the answers"),
        ("category", {"category": ""}, "Choose what kind of thing it was"),
        ("amount", {"amount": ""}, "Enter how much it was"),
        ("amount", {"amount": "12.505"}, "Enter pounds and pence, like 125.50"),
        ("amount", {"amount": "15,50"}, "Write the pence after a full stop, like 15.50."),
        ("amount", {"amount": "-5"}, "is not above nil"),
        ("amount", {"amount": "50000.01"}, "at most £50,000.00"),
        ("day", day("spent_on", 16, 6, 2026), "16 June 2026 has not come yet."),
        ("day", day("spent_on", 31, 3, 2026), "The budget began on 1 April 2026, and 31 March 2026 is before that."),
        ("day", day("spent_on", 31, 2, 2026), "Enter a real date, like 27 3 2026"),
        ("payee", {"payee": "", "words": "Help"}, "Enter who was paid"),
        ("payee", {"payee": "Sam", "words": ""}, "Enter what was bought"),
        ("payee", {"payee": "S" * 101, "words": "Help"}, "Who was paid? must be 100 characters or fewer"),
        ("days", day("first_day", 1, 5, 2026), "Enter both days, or leave both empty."),
        ("days", day("last_day", 1, 5, 2026), "Enter both days, or leave both empty."),
        (
            "days",
            day("first_day", 2, 5, 2026) | day("last_day", 1, 5, 2026),
            "The last day is before the first. Check both.",
        ),
        (
            "days",
            day("first_day", 1, 5, 1026) | day("last_day", 1, 5, 2026),
            "Look for a slip in the date.",
        ),
    ],
)
def test_a_slip_is_told_at_its_question(
    untouched: Spender, holder: Browser, name: str, answers: dict[str, str], sentence: str
) -> None:
    what = "something-else" if name == "category" else str(untouched.line_id("care"))
    refused = answer(holder, up_to(name, untouched, holder, what=what), **answers)
    assert refused.status == 422
    assert sentence in refused.text
    assert refused.title.startswith("Error: ")
    assert refused.response.request.path.endswith(name)
    assert records(untouched) == []


@pytest.mark.parametrize("content", [b"not an image at all", b"GIF89a" + bytes(20), jpeg()[:300]])
def test_what_is_no_receipt_is_refused_and_nothing_is_recorded(
    spender: Spender, holding: Holding, content: bytes
) -> None:
    browser = holding.browser()
    refused = answer(browser, up_to("check", spender, browser), file=(BytesIO(content), "receipt.jpg"))
    assert refused.status == 422
    assert 'href="#file"' in refused.html
    assert records(spender) == []
    assert "counts as spent" in answer(browser, refused).text


@pytest.mark.parametrize(("size", "status"), [(TWENTY_MB, 413), (MORE_THAN_TEN_MB, 422)])
def test_a_receipt_that_is_too_large_is_refused_and_the_answers_are_still_there(
    spender: Spender, holding: Holding, size: int, status: int
) -> None:
    browser = holding.browser()
    page = up_to("check", spender, browser)
    where = f"{page.response.request.path}?so_far={page.fields['so_far']}"
    file = BytesIO(b"\xff\xd8\xff" + bytes(size))
    refused = Page(browser.client.post(where, data=page.fields | {"file": (file, "large.jpg")}))
    refused.response.request.environ["wsgi.input"].close()  # the client leaves a large body open
    assert refused.status == status
    assert "10 MB" in refused.text
    assert records(spender) == []
    assert "Help at home" in browser.open(where).text


def test_sent_twice_it_is_recorded_once(spender: Spender, holding: Holding) -> None:
    browser = holding.browser()
    page = up_to("check", spender, browser)
    first, second = answer(browser, page), answer(browser, page)
    assert first.response.request.path == second.response.request.path
    assert len(records(spender)) == 1


def test_gone_back_to_and_sent_again_it_is_recorded_once(spender: Spender, holding: Holding) -> None:
    browser = holding.browser()
    page = up_to("check", spender, browser)
    address = f"{page.response.request.path}?so_far={page.fields['so_far']}"
    first = answer(browser, page)
    second = answer(browser, browser.open(address))
    assert first.response.request.path == second.response.request.path
    assert len(records(spender)) == 1


def test_gone_back_to_and_changed_it_says_that_it_was_sent_before(spender: Spender, holding: Holding) -> None:
    browser = holding.browser()
    page = up_to("check", spender, browser)
    answer(browser, page)
    amount = browser.open(page.response.request.path.replace("check", "amount"), so_far=page.fields["so_far"])
    changed = answer(browser, amount, amount="13.00")
    refused = answer(browser, changed)
    assert refused.status == 409
    assert "You sent this form before with other answers, and those were saved." in refused.text
    assert "£13.00 counts as spent" in answer(browser, refused).text
    assert len(records(spender)) == 2


def test_an_answer_is_changed_from_the_check_and_leads_back_there(spender: Spender, holding: Holding) -> None:
    browser = holding.browser()
    page = up_to("check", spender, browser)
    amount = browser.open(page.response.request.path.replace("check", "amount"), so_far=page.fields["so_far"])
    assert amount.fields["amount"] == "12.50"
    page = answer(browser, amount, amount="£1,013.00")
    assert page.response.request.path.endswith("check")
    assert "£1,013.00" in page.text


def test_money_for_emergencies_is_asked_what_it_bought(spender: Spender, holding: Holding) -> None:
    browser = holding.browser()
    page = up_to("category", spender, browser, what=str(spender.line_id("spare")))
    assert page.title.startswith("What kind of thing was it?")
    done = answer(browser, up_to("check", spender, browser, what=str(spender.line_id("spare")), category="THERAPY"))
    assert "£12.50 counts as spent." in done.text
    assert records(spender)[0].category_code == "THERAPY"


def test_a_line_chosen_instead_forgets_the_category(spender: Spender, holding: Holding) -> None:
    browser = holding.browser()
    page = up_to("amount", spender, browser, what="something-else", category="ALCOHOL")
    what = browser.open(page.response.request.path.replace("amount", "what"), so_far=page.fields["so_far"])
    page = answer(browser, what, what=str(spender.line_id("kit")))
    assert page.response.request.path.endswith("amount")
    page = answer(browser, page, amount="20.00")
    page = answer(browser, page, **day("spent_on", 4, 5, 2026))
    page = answer(browser, page, payee="Aids Ltd", words="Rails")
    answer(browser, answer(browser, page))
    assert records(spender)[0].category_code == "EQUIPMENT"


def test_a_holder_is_asked_of_their_own_account_and_a_third_party_of_its_own(
    spender: Spender, holding: Holding
) -> None:
    page = begin(holding, holding.browser())
    assert "Grab rails" in page.text
    assert page.html.count('type="radio"') == 4  # care, rails, emergencies, something else
    third_party = _third_party(spender)
    assert begin(holding, holding.browser(third_party)).html.count('type="radio"') == 2
    browser = holding.browser(third_party)
    done = answer(browser, up_to("check", spender, browser, what=str(spender.line_id("agency"))))
    assert "£12.50 counts as spent." in done.text


def _third_party(spender: Spender) -> Actor:
    service, organisation_id = spender.world.service, spender.world.third_party_id
    service.relate(
        spender.world.person_id,
        NewRelation(
            RelationKind.THIRD_PARTY, Basis.AGREEMENT, APRIL, organisation_id=organisation_id, consent=BY_THE_PERSON
        ),
    )
    return service.user(RelationKind.THIRD_PARTY.role, organisation_id)


def test_a_holder_with_two_accounts_is_asked_which(spender: Spender) -> None:
    world = spender.world
    world.on(APRIL)
    budget_id = world.active(stated("agency", "100.00", pot="tp"), review_on=JUNE)
    holding = Holding(world, budget_id)
    broker = holding.browser(world.service.broker(world.person_id, *Scope))
    both = Holding(world, spender.budget_id)
    page = begin(both, broker)
    page = answer(broker, page, what="something-else")
    page = answer(broker, page, category="TRANSPORT")
    assert page.title.startswith("Which account did the money leave?")
    page = answer(broker, page, account=str(spender.pot_id("tp")))
    assert page.title.startswith("How much was it?")
    assert "There is nothing for you to record." in begin(holding, holding.browser()).text
    assert "Record spending" not in holding.browser().open(holding.address()).text
    assert "Record spending" in holding.browser().open(both.address()).text


def test_a_nominee_records_and_reads_whose_budget_it_is(spender: Spender, holding: Holding) -> None:
    browser = holding.browser(holding.acting(RelationKind.NOMINEE))
    page = up_to("check", spender, browser)
    assert "Aled's budget" in page.text
    done = answer(browser, page)
    assert "Go to Aled's budget" in done.text


def test_who_may_not_record_is_refused(holding: Holding) -> None:
    advocate = holding.browser(holding.acting(RelationKind.ADVOCATE, *Scope))
    assert advocate.open(holding.address("spend")).status == 403
    assert "Record spending" not in advocate.open(holding.address()).text
    stranger = holding.browser(holding.stranger())
    assert stranger.open(holding.address("spend")).status == 404
    assert holding.browser().open(holding.address("spend", "nonsense")).status == 404


def test_answers_are_sealed_and_only_their_givers(spender: Spender, holding: Holding) -> None:
    browser = holding.browser()
    page = up_to("check", spender, browser)
    address, sealed = page.response.request.path, page.fields["so_far"]
    assert "Sam" not in page.response.request.url
    nominee = holding.browser(holding.acting(RelationKind.NOMINEE))
    for other, token in ((nominee, sealed), (browser, "nonsense"), (browser, "")):
        page = other.open(address, so_far=token)
        assert page.title.startswith("What was the money for?")
        assert "Sam" not in page.text


def test_a_line_that_has_left_the_plan_is_asked_again(spender: Spender, holding: Holding) -> None:
    browser = holding.browser()
    page = up_to("check", spender, browser, what=str(spender.line_id("kit")))
    world = spender.world
    world.changed(spender.budget_id, *(one for one in usual_lines() if one.reference != "kit"), finance=False)
    page = browser.open(page.response.request.path, so_far=page.fields["so_far"])
    assert page.title.startswith("What was the money for?")


def test_a_budget_that_is_not_active_takes_no_spend(spender: Spender) -> None:
    world = spender.world
    holding = Holding(world, world.propose(review_on=JUNE).id)
    assert holding.browser().open(holding.address("spend")).status == 409
    assert "Record spending" not in holding.browser().open(holding.address()).text


def test_a_session_that_ends_in_the_middle_loses_no_answer(spender: Spender, holding: Holding) -> None:
    browser = holding.browser()
    page = up_to("payee", spender, browser)
    with browser.client.session_transaction() as session:
        session["seen"] = int((datetime.now(UTC) - timedelta(minutes=61)).timestamp())
    asked = answer(browser, page, payee="Sam's care", words="Help at home")
    assert asked.status == 401
    assert "What you typed is kept here." in asked.text
    name = give_password(spender.world.service, spender.world.holder)
    signed_in = browser.send("/sign-in", asked, sign_in_name=name, password=CHOSEN)
    assert "Send what I typed" in signed_in.text
    page = browser.send(page.response.request.path, signed_in)
    assert page.title.startswith("Which days was it for?")
    assert "Sam's care: Help at home" in answer(browser, page).text
