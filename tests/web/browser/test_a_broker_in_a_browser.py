"""The broker's journey in a browser, from the keyboard alone: nothing here is clicked."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.people.kinds import Scope
from tests.budget.conftest import World
from tests.people.conftest import Service
from tests.spending.conftest import JUNE, Spender, usual_lines
from tests.web.browser.conftest import Visit, Visitor, counter_of
from tests.web.browser.keyboard import Keyboard

SCOPES = frozenset({Scope.BUDGET, Scope.SPEND, Scope.STATEMENTS})


@pytest.fixture
def spender(vault_sessions: sessionmaker[Session]) -> Spender:
    """Return a budget with £3,000.00 in its holder's account, on 15 June 2026."""
    world = World(Service(vault_sessions))
    spender = Spender(world, world.active(*usual_lines(), reference="B-1"))
    spender.pay_in("3000.00")
    world.on(JUNE)
    return spender


def type_row(visitor: Visitor, *typed: str) -> None:
    """Type a row, one box after the other, and leave the kind as it is."""
    for words in typed:
        visitor.page.keyboard.type(words)
        visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Tab")


@pytest.mark.journey
def test_a_broker_records_spending_of_several_people_with_the_keyboard_alone(spender: Spender, visit: Visit) -> None:
    world = spender.world
    broker = world.service.broker(world.person_id, *SCOPES)
    visitor = visit(counter_of(world), broker, "broker")
    hands = Keyboard(visitor)
    hands.press("Your caseload")
    visitor.reads("Aled Example, B-1", "The plan is reviewed on 1 July 2026")
    hands.press("Record spending of several people")
    hands.tab_to("Budget")
    type_row(visitor, "B-1", "care", "4/5/2026", "60", "Sam's care", "Help at home")
    type_row(visitor, "B-1", "kit", "yesterday", "15.50", "Rails Ltd", "A rail")
    hands.press("Record these")
    visitor.reads("There is a problem", "Row 1: Enter a day, like 4/5/2026", "1 row is saved.")
    hands.press("Row 1: Enter a day, like 4/5/2026")
    visitor.page.keyboard.press("Control+A")
    visitor.page.keyboard.type("5 May 2026")
    hands.press("Record these")
    visitor.reads("£15.50 counts as spent, in 1 record.")
    hands.press("Add the receipts that are missing")
    visitor.reads("Missing receipts", "Help at home")
    visitor.page.go_back()
    visitor.reads("£15.50 counts as spent")
    assert spender.spent("care").amount + spender.spent("kit").amount == 75.50
