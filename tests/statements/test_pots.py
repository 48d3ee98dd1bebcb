"""Where a budget's money stands pot by pot, by the books."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.budget.queries import BudgetNotFoundError
from phb.core.money import from_pence, pounds
from phb.statements.pots import BudgetMoney, money_of
from tests.budget.conftest import World
from tests.people.conftest import Service
from tests.spending.conftest import JUNE, Spender, usual_lines

NIL = from_pence(0)


@pytest.fixture
def spender(vault_sessions: sessionmaker[Session]) -> Spender:
    """Return a budget with £3,000.00 in the holder's account, on 15 June 2026."""
    world = World(Service(vault_sessions))
    spender = Spender(world, world.active(*usual_lines()))
    spender.pay_in("3000.00")
    world.on(JUNE)
    return spender


def money(spender: Spender) -> BudgetMoney:
    return spender.world.ask(spender.world.auditor, money_of, spender.budget_id, JUNE)


def test_the_pots_add_up_to_the_budget(spender: Spender) -> None:
    spender.spend("250.00")
    found = money(spender)
    assert [one.pot.reference for one in found.pots] == ["dp", "np", "tp"]
    assert [one.position.approved for one in found.pots] == [pounds("3500.00"), pounds("1000.00"), pounds("2000.00")]
    assert (found.position.approved, found.position.spent) == (pounds("6500.00"), pounds("250.00"))
    assert found.position.available == pounds("6250.00")


def test_cash_and_what_is_asked_about_stand_beside_it(spender: Spender) -> None:
    spender.spend("250.00")
    spender.spend("40.00", line=None)
    dp, np, tp = money(spender).pots
    assert (dp.cash, dp.alongside.asked_about, dp.alongside.still_to_pay_out) == (
        pounds("2710.00"),
        pounds("40.00"),
        pounds("500.00"),
    )
    assert (np.cash, tp.cash, tp.alongside.still_to_pay_out) == (NIL, NIL, pounds("2000.00"))
    assert (dp.held_by, np.held_by, tp.held_by) == ("Aled Example", "Northvale", "The third_party")
    assert (money(spender).cash, money(spender).alongside.still_to_pay_out) == (pounds("2710.00"), pounds("2500.00"))


def test_before_it_is_active_there_is_no_pot(spender: Spender) -> None:
    world = spender.world
    draft = world.propose()
    found = world.ask(world.auditor, money_of, draft.id, JUNE)
    assert (found.pots, found.position.approved, found.cash) == ((), NIL, NIL)


def test_another_commissioners_budget_is_not_found(spender: Spender) -> None:
    elsewhere = World(Service(spender.world.service.sessions))
    with pytest.raises(BudgetNotFoundError):
        elsewhere.ask(elsewhere.auditor, money_of, spender.budget_id, JUNE)
