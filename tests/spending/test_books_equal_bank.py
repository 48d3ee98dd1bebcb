"""Whatever is recorded, in whatever order, the books hold what the bank holds, and every identity holds."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phb.core.errors import DomainError
from phb.core.money import from_pence, pounds
from phb.spending.records.decisions import accept_after_all, correct_spend, put_back
from tests.budget.conftest import World
from tests.spending.conftest import JUNE, MAY, Spender, usual_lines

CATEGORIES = ("PERSONAL_CARE", "EQUIPMENT", "TRANSPORT", "ALCOHOL", "NHS_NOT_ROUTINE")
RECORDS = st.tuples(
    st.sampled_from(["care", "kit", "agency", None]),
    st.sampled_from(CATEGORIES),
    st.integers(1, 180_000),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), RECORDS),
        st.tuples(st.sampled_from(["accept", "put_back", "correct", "replace"]), st.integers(0, 5)),
    ),
    min_size=1,
    max_size=8,
)


class Bank:
    """What the two accounts really hold, kept beside the books by adding and taking away alone."""

    def __init__(self, spender: Spender) -> None:
        self.spender = spender
        self.held = {"dp": 300_000, "tp": 100_000}
        self.left: dict[UUID, tuple[str, int]] = {}

    def record(self, line: str | None, category: str, pence: int) -> None:
        """Let money leave, whatever it is for."""
        row = self.spender.spend(f"{from_pence(pence).amount:.2f}", line=line, category=category)
        self._leaves(row.id, "tp" if line == "agency" else "dp", pence)

    def decide(self, step: str, number: int) -> None:
        """Take a step about one of the records, where it may be taken."""
        if not self.left:
            return
        spend_id = list(self.left)[number % len(self.left)]
        world, line_id = self.spender.world, self.spender.line_id("care")
        taken: dict[str, Callable[[], Any]] = {
            "accept": lambda: world.do(
                world.finance, accept_after_all, spend_id, reason="Agreed", plan_line_id=line_id
            ),
            "put_back": lambda: world.do(world.holder, put_back, spend_id, put_back_on=JUNE, reason="A slip"),
            "correct": lambda: world.do(world.finance, correct_spend, spend_id, reason="A slip"),
            "replace": lambda: world.do(
                world.finance, correct_spend, spend_id, reason="A slip", instead=self.spender.new("1.23")
            ),
        }
        try:
            done = taken[step]()
        except DomainError:
            return
        if step != "accept":
            self._comes_back(spend_id)
        if step == "replace":
            self._leaves(done.instead.id, "dp", 123)

    def assert_equal(self) -> None:
        """Compare with the books, and check every identity."""
        self.spender.assert_sound()
        assert {pot: self.spender.cash(pot) for pot in self.held} == {
            pot: from_pence(pence) for pot, pence in self.held.items()
        }

    def _leaves(self, spend_id: UUID, pot: str, pence: int) -> None:
        self.held[pot] -= pence
        self.left[spend_id] = (pot, pence)

    def _comes_back(self, spend_id: UUID) -> None:
        pot, pence = self.left.get(spend_id, ("dp", 0))
        self.held[pot] += pence
        self.left[spend_id] = (pot, 0)


@pytest.fixture
def worlds(world: World) -> World:
    """Return one commissioner that every example makes a budget of its own in."""
    return world


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_cash_held_is_what_was_paid_in_less_everything_recorded(worlds: World, steps: list[tuple[str, Any]]) -> None:
    worlds.on(MAY)
    spender = Spender(worlds, worlds.active(*usual_lines()))
    spender.pay_in("3000.00")
    spender.pay_in("1000.00", "tp")
    worlds.on(JUNE)
    bank = Bank(spender)
    for step, about in steps:
        if step == "record":
            bank.record(*about)
        else:
            bank.decide(step, about)
        bank.assert_equal()


def test_a_purchase_larger_than_the_account_is_recorded_too(spender: Spender) -> None:
    spender.spend("4000.00")
    assert spender.cash() == pounds("-1000.00")
