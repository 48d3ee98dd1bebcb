"""The checks and the trial balance as documents: the same figures as anywhere else, and whose they are."""

from datetime import date
from uuid import uuid4

import pytest
from moneyed import Money
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import MissingPermissionError
from phb.core.money import pounds
from phb.core.period import financial_year
from phb.documents.document import Document, Table
from phb.indicators import documents
from phb.ledger import events, posting
from phb.ledger.entry import Heading, Share, Source
from tests.budget.conftest import World
from tests.indicators.conftest import Area, new_area  # noqa: F401 - a fixture
from tests.people.conftest import APRIL, Service


@pytest.fixture
def area(session_factory: sessionmaker[Session]) -> Area:
    """Return an area with one notional budget of five home packages, offered to one cohort."""
    area = Area(World(Service(session_factory)))
    area.offer("ADULT_CHC")
    area.give("ADULT_CHC", "np")
    for _ in range(4):
        area.package()
    return area


def tables(document: Document) -> dict[str, Table]:
    """Return the tables of a document by their keys."""
    return {block.key: block for section in document.sections for block in section.blocks if isinstance(block, Table)}


def amounts(table: Table, column: int) -> list[Money]:
    """Return the amounts of a column."""
    return [cell for row in table.rows if isinstance(cell := row[column], Money)]


def test_the_checks_are_a_document_with_what_was_counted(area: Area) -> None:
    found = area.world.ask(area.world.auditor, documents.checks, APRIL)
    assert found.title == "Checks at the end of 1 April 2026"
    assert found.reference == "Checks at the end of 1 April 2026, Northvale"
    checks, cohorts, ways = tables(found).values()
    # One home package of five: 20 x 1 < 17 x 5; 4.25 of five pass, so four are missing.
    assert checks.rows[3][1:] == (1, 5, "1 of 5 (20.0 %)", "at least 85 %", "fails", 4)
    assert checks.rows[0][1:5] == (1, None, "", "at least 4")
    assert checks.rows[1][4] == "no more than half"
    assert cohorts.total == ways.total == ("all", 1, 1)
    said = [paragraph for section in found.sections for paragraph in section.paragraphs]
    assert any(paragraph.startswith("Fewer than ten are counted, so read with care: ") for paragraph in said)
    assert any(": 4 more " in paragraph or ": 4 " in paragraph for paragraph in said)


def test_a_day_without_figures_has_a_document_too(area: Area) -> None:
    found = area.world.ask(area.world.auditor, documents.checks, date(2027, 4, 1))
    assert [row[5] for row in tables(found)["checks"].rows] == ["fails", "no result", "no result", "fails"]


def test_the_trial_balance_adds_up_on_both_sides(area: Area) -> None:
    world = area.world
    with world.service.unit(world.finance) as uow:
        heading = Heading(financial_year(2026).start_on, "More for the year", Source("test", uuid4()))
        posting.post(uow, events.programme_budget_set(heading, 2026, [Share("nhs", pounds("7.00"))]))
    with world.service.unit(world.auditor) as uow:
        now = documents.balances(uow.session, uow.actor, as_of=None, today=uow.today)
        before = documents.balances(uow.session, uow.actor, as_of=date(2026, 3, 31), today=uow.today)
    table = tables(now)["trial-balance"]
    debits, credits_ = amounts(table, 3), amounts(table, 4)
    assert table.total is not None
    assert sum(debits, pounds("0.00")) == sum(credits_, pounds("0.00")) == table.total[3] == table.total[4]
    assert len(debits) + len(credits_) == len(table.rows) > 0
    assert all((row[3] is None) != (row[4] is None) for row in table.rows)
    assert now.reference == "Northvale, as the books stand on 1 April 2026"
    assert (before.reference, tables(before)["trial-balance"].rows) == ("Northvale, at the end of 31 March 2026", ())


def test_who_may_not_read_the_books_gets_no_document(area: Area) -> None:
    world = area.world
    with world.service.unit(world.coordinator) as uow, pytest.raises(MissingPermissionError):
        documents.balances(uow.session, uow.actor, as_of=None, today=uow.today)
