"""Positions open empty, and opening none opens none."""

import pytest
from sqlalchemy.exc import IntegrityError

from phb.core.money import pounds
from phb.ledger.positions import PotToOpen, open_plan_lines, open_pots
from phb.ledger.queries import pay_out_of, position_of_budget
from tests.ledger.conftest import Books


def test_positions_open_with_nothing_on_them(books: Books) -> None:
    assert books.ask(position_of_budget, books.budget_id).available == pounds("0")
    assert books.ask(pay_out_of, books.pot_id, 2026).still_to_pay_out == pounds("0")


def test_opening_none_opens_none(books: Books) -> None:
    with books.unit() as uow:
        open_pots(uow, [])
        open_plan_lines(uow, [], tolerance=pounds("0"))
    books.assert_sound()


def test_a_pot_opens_once(books: Books) -> None:
    again = PotToOpen(books.budget_id, books.pot_id, 2026, handed_over=True)
    with pytest.raises(IntegrityError, match="pk_pot_position"), books.unit() as uow:
        open_pots(uow, [again])
