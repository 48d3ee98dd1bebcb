"""Statements: days and forms to choose from, opened under the strict policy, and found again."""

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy.orm import Session, sessionmaker

from phb.core.period import Period
from phb.documents import as_html
from phb.people.details import PersonDetails
from phb.people.kinds import RelationKind, Scope, StatementFormat
from phb.people.operations import amend_person
from phb.web.holder.statements import usual_days
from tests.budget.conftest import YEAR, World, dates
from tests.people.conftest import BORN, Service
from tests.spending.conftest import JUNE, Spender, usual_lines
from tests.web.conftest import Page
from tests.web.holding import Holding, day


@pytest.fixture(scope="module")
def holding(vault_sessions: sessionmaker[Session]) -> Iterator[Holding]:
    """Return a budget of £6,500.00 of which £120.00 was spent in May, on 15 June 2026; its holder wants large print."""
    world = World(Service(vault_sessions))
    details = PersonDetails("Aled", "Example", BORN, statement_format=StatementFormat.LARGE_PRINT)
    world.do(world.coordinator, amend_person, world.person_id, details, version=None)
    spender = Spender(world, world.active(*usual_lines()))
    spender.pay_in("3000.00")
    world.on(JUNE)
    spender.spend("120.00")
    yield Holding(world, spender.budget_id)
    world.assert_sound()


def test_the_usual_days_follow_the_day_and_the_budget() -> None:
    def told(today: date, budget: Period) -> dict[str, Period]:
        return {name: days for name, (_, days) in usual_days(today, budget).items()}

    assert told(JUNE, YEAR) == {
        "month": dates("2026-06-01", "2026-06-30"),
        "last-month": dates("2026-05-01", "2026-05-31"),
        "quarter": dates("2026-04-01", "2026-06-30"),
        "year": dates("2026-04-01", "2026-06-15"),
        "all": dates("2026-04-01", "2026-06-15"),
    }
    first = told(date(2026, 4, 1), YEAR)
    assert set(first) == {"month", "quarter", "year", "all"}
    assert first["all"] == dates("2026-04-01", "2026-04-01")
    # Of a budget that ended, only what it had days in; January's quarter begins with the month itself.
    assert told(date(2027, 4, 20), YEAR) == {
        "last-month": dates("2027-03-01", "2027-03-31"),
        "all": dates("2026-04-01", "2027-03-31"),
    }
    assert told(date(2027, 1, 31), YEAR)["quarter"] == dates("2027-01-01", "2027-03-31")
    assert told(date(2028, 2, 29), Period(date(2028, 1, 1), date(2028, 12, 1)))["month"] == dates(
        "2028-02-01", "2028-02-29"
    )


def test_the_preferred_form_comes_first_and_is_chosen(holding: Holding) -> None:
    page = holding.browser().open(holding.address("statements"))
    assert page.text.index("A PDF in large print") < page.text.index("A page to read here")
    chosen = page.html.split('value="large-print"')[1].split(">")[0]
    assert "checked" in chosen
    assert "This month: 1 June 2026 to 30 June 2026" in page.text


def test_a_statement_is_a_page_under_the_strict_policy(holding: Holding) -> None:
    browser = holding.browser()
    page = browser.send(holding.address("statements"), days="last-month", format="html")
    assert page.response.request.path == holding.address("statements", "2026-05-01", "2026-05-31", "html")
    assert "£120.00 was spent from 1 May 2026 to 31 May 2026." in page.text
    assert 'href="/styles/document.css"' in page.html
    assert "style-src 'self'" in page.response.headers["Content-Security-Policy"]
    assert "data:" not in page.html
    styles = browser.open("/styles/document.css").response
    assert (styles.data, styles.mimetype) == (as_html.CSS, "text/css")


def test_other_forms_are_files(holding: Holding) -> None:
    browser = holding.browser()

    def sent(name: str) -> tuple[str | None, str, bytes]:
        found = browser.send(holding.address("statements"), days="all", format=name).response
        return found.mimetype, found.headers["Content-Disposition"], bytes(found.data)

    kind, way, content = sent("large-print")
    assert (kind, way.split(";")[0]) == ("application/pdf", "inline")
    words = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())
    assert "£6,380.00" in words
    for name, expected in (("csv", "text/csv"), ("json", "application/json")):
        kind, way, content = sent(name)
        assert (kind, way.split(";")[0]) == (expected, "attachment")
        assert b"6380.00" in content
        assert b"Aled" not in way.encode()


def test_other_days_are_asked_for(holding: Holding) -> None:
    browser = holding.browser()
    page = browser.send(holding.address("statements"), days="other", format="csv")
    assert page.title.startswith("Which days is the statement for?")
    address = page.response.request.path
    opened = browser.send(address, **day("first_day", 4, 5, 2026), **day("last_day", 4, 5, 2026))
    assert opened.response.request.path == holding.address("statements", "2026-05-04", "2026-05-04", "csv")


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({}, "Enter the first day"),
        (day("first_day", 4, 5, 2026), "Enter the last day"),
        (day("first_day", 4, 5, 2026) | day("last_day", 3, 5, 2026), "The last day is before the first."),
        (day("first_day", 4, 5, 2027) | day("last_day", 4, 6, 2027), "before its first day. Choose an earlier period."),
        (day("first_day", 4, 5, 1026) | day("last_day", 4, 6, 2026), "Look for a slip in the date."),
        (day("first_day", 30, 2, 2026) | day("last_day", 4, 6, 2026), "Enter a real date, like 27 3 2026"),
    ],
)
def test_wrong_days_are_told(holding: Holding, answers: dict[str, str], sentence: str) -> None:
    page = holding.browser().send(holding.address("statements", "other-days", "html"), **answers)
    assert page.status == 422
    assert sentence in page.text


def test_nothing_chosen_is_told(holding: Holding) -> None:
    page = holding.browser().send(holding.address("statements"))
    assert page.status == 422
    assert "Choose which days the statement is for" in page.text


def test_an_address_that_is_no_statement_is_not_found(holding: Holding) -> None:
    browser = holding.browser()
    for parts in (
        ("yesterday", "2026-05-31", "html"),
        ("2026-05-31", "2026-05-01", "html"),
        ("2026-05-01", "2026-05-31", "papyrus"),
    ):
        assert browser.open(holding.address("statements", *parts)).status == 404


def linked(page: Page, ending: str) -> list[str]:
    """Return the addresses on a page of statements that were shown before."""
    return re.findall(rf'href="(/your-budgets/[^"]*/statements/shown/[0-9a-f-]*{ending})"', page.html)


def test_a_statement_opens_again_as_it_was_and_tells_what_has_changed_since(
    vault_sessions: sessionmaker[Session],
) -> None:
    world = World(Service(vault_sessions))
    spender = Spender(world, world.active(*usual_lines()))
    holding = Holding(world, spender.budget_id)
    spender.pay_in("3000.00")
    world.on(JUNE)
    spender.spend("120.00")
    browser = holding.browser()
    assert "opened before" not in browser.open(holding.address("statements")).text
    first = browser.open(holding.address("statements", "2026-05-01", "2026-05-31", "html"))
    page = browser.open(holding.address("statements"))
    assert "Statements that were opened before" in page.text
    (since,) = linked(page, "/since")
    assert "Nothing has changed." in browser.open(since).text

    spender.spend("30.00", words="A lamp")
    (again,) = linked(page, "")
    opened = browser.open(again)
    assert opened.response.data == first.response.data
    assert "style-src 'self'" in opened.response.headers["Content-Security-Policy"]
    told = browser.open(since)
    assert "Something about these days was recorded or put right after that." in told.text
    assert "Not there Now £30.00" in told.text
    assert holding.address("statements", "2026-05-01", "2026-05-31", "html") in told.html

    auditor = holding.browser(world.auditor)
    assert re.search(r"15 June 2026, 12:00, by \w+", auditor.open(holding.address("statements")).text)
    stranger = holding.browser(holding.stranger())
    assert (stranger.open(again).status, stranger.open(since).status) == (404, 404)
    world.assert_sound()


def test_only_their_own_statements_are_listed_for_a_nominee(holding: Holding) -> None:
    holding.browser().open(holding.address("statements", "2026-05-01", "2026-05-31", "csv"))
    nominee = holding.browser(holding.acting(RelationKind.NOMINEE))
    assert linked(nominee.open(holding.address("statements")), "") == []
    nominee.open(holding.address("statements", "2026-04-01", "2026-04-30", "html"))
    assert len(linked(nominee.open(holding.address("statements")), "")) == 1


def test_statements_of_another_person_are_not_found(holding: Holding) -> None:
    stranger = holding.browser(holding.stranger())
    assert stranger.open(holding.address("statements")).status == 404
    assert stranger.open(holding.address("statements", "2026-05-01", "2026-05-31", "html")).status == 404
    broker = holding.browser(holding.world.service.broker(holding.world.person_id, Scope.BUDGET))
    assert broker.open(holding.address("statements", "other-days", "html")).status == 404


def test_a_budget_that_has_not_started_has_no_statement(holding: Holding) -> None:
    waiting = Holding(holding.world, holding.world.propose(review_on=JUNE).id)
    browser = holding.browser()
    assert "This budget has not started yet" in browser.open(waiting.address("statements")).text
    refused = browser.open(waiting.address("statements", "2026-05-01", "2026-05-31", "html"))
    assert refused.status == 409
    assert "is not active yet, so there is no statement of it" in refused.text
