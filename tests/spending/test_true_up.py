"""Each funder bears exactly its share of what was spent, month by month; a second true-up changes nothing."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import func, select

from phb.budget import true_up as true_ups
from phb.budget.kinds import ShareBasis
from phb.budget.plans.draft import ShareRule
from phb.core.actor import MissingPermissionError
from phb.core.money import pounds
from phb.core.period import Period
from phb.ledger.chart import Account
from phb.ledger.entry import FundTransfer
from phb.ledger.models import JournalLine
from phb.spending.records.decisions import correct_spend
from tests.budget.conftest import World, dates, stated
from tests.spending.conftest import JUNE, SHARED, Spender

END_OF_MAY = date(2026, 5, 31)
FIRST_OF_JUNE = date(2026, 6, 1)


def shares(nhs: int, start_on: date | None = None) -> tuple[ShareRule, ...]:
    """Let the NHS pay a percentage, and the council the rest."""
    return (
        ShareRule("nhs", ShareBasis.PERCENT, percent=Fraction(nhs), start_on=start_on),
        ShareRule("council", start_on=start_on),
    )


def spender_of(world: World, rules: Sequence[ShareRule]) -> Spender:
    spender = Spender(world, world.active(stated("care", "3000.00", shares=tuple(rules))))
    spender.pay_in("3000.00")
    world.on(JUNE)
    return spender


def borne(spender: Spender) -> dict[str, int]:
    """Return what each fund bears by the books, in pence."""
    line = JournalLine
    query = (
        select(line.fund, func.sum(line.pence))
        .where(line.budget_id == spender.budget_id, line.account == Account.EXPENDITURE)
        .group_by(line.fund)
    )
    with spender.world.service.unit(spender.world.auditor) as uow:
        return {fund: int(pence) for fund, pence in uow.session.execute(query)}


def true_up(spender: Spender, until: date = END_OF_MAY) -> list[tuple[str, str, str]]:
    """Make the shares exact, check every identity, and return what moved: from whom, to whom, how much."""
    moved: tuple[FundTransfer, ...] = spender.world.do(
        spender.world.finance, true_ups.true_up, spender.budget_id, until
    )
    spender.assert_sound()
    return [(one.from_fund, one.to_fund, f"{one.amount.amount:.2f}") for one in moved]


def test_pennies_that_rounding_gave_one_funder_go_back(world: World) -> None:
    """Three times £10.01 at half each is £5.01 and £5.00; of £30.03 each bears 15.015, and the NHS takes the tie."""
    spender = spender_of(world, shares(50))
    for _ in range(3):
        spender.spend("10.01")
    assert borne(spender) == {"nhs": 1503, "council": 1500}
    assert true_up(spender) == [("nhs", "council", "0.01")]
    assert borne(spender) == {"nhs": 1502, "council": 1501}
    assert spender.spent() == pounds("30.03")


def test_a_second_true_up_changes_nothing(world: World) -> None:
    spender = spender_of(world, shares(50))
    for _ in range(3):
        spender.spend("10.01")
    assert true_up(spender) != []
    assert true_up(spender) == true_up(spender, date(2026, 6, 15)) == []


def test_it_is_cumulative_and_takes_back_what_later_is_too_much(world: World) -> None:
    """After a fourth £10.01 each bears exactly 20.02: what went over to the council in May stays there.

    The records booked 5.01 + 5.00 four times, 20.04 and 20.00, and 0.01 moved: 0.01 more has to move.
    """
    spender = spender_of(world, shares(50))
    for _ in range(3):
        spender.spend("10.01")
    true_up(spender)
    spender.spend("10.01", spent_on=FIRST_OF_JUNE)
    assert true_up(spender, date(2026, 6, 15)) == [("nhs", "council", "0.01")]
    assert borne(spender) == {"nhs": 2002, "council": 2002}


def test_what_happens_after_the_day_waits(world: World) -> None:
    spender = spender_of(world, shares(50))
    for _ in range(3):
        spender.spend("10.01", spent_on=FIRST_OF_JUNE)
    assert true_up(spender) == []


def test_what_is_taken_back_takes_its_share_back(world: World) -> None:
    """Of £20.02 each bears 10.01; once one record is taken back, £10.01 is left as it was booked, 5.01 and 5.00."""
    spender = spender_of(world, shares(50))
    first = spender.spend("10.01")
    spender.spend("10.01")
    assert true_up(spender) == [("nhs", "council", "0.01")]
    world.do(world.holder, correct_spend, first.id, reason="Entered twice by mistake")
    assert true_up(spender, JUNE) == [("council", "nhs", "0.01")]
    assert borne(spender) == {"nhs": 501, "council": 500}


def test_days_on_both_sides_of_a_change_are_each_paid_in_their_share(world: World) -> None:
    """£140.00 for 14 days, seven at 60 % and seven at 50 %: the NHS pays 42.00 + 35.00."""
    spender = spender_of(world, (*shares(60), *shares(50, FIRST_OF_JUNE)))
    spender.spend("140.00", covers=dates("2026-05-25", "2026-06-07"), spent_on=date(2026, 6, 8))
    assert borne(spender) == {"nhs": 7700, "council": 6300}
    assert true_up(spender, JUNE) == []


@pytest.mark.parametrize("rules", [shares(50), SHARED, (*shares(60), *shares(50, FIRST_OF_JUNE))])
def test_whatever_was_spent_each_bears_its_share_to_the_penny(world: World, rules: tuple[ShareRule, ...]) -> None:
    """After a true-up no funder is a whole penny away from its exact share of all there is."""
    spender = spender_of(world, rules)
    exact = Fraction(0)
    for day, pence in ((3, 1), (10, 333), (17, 1001), (28, 77)):
        covers = Period(date(2026, 5, day), date(2026, 5, day + 1))
        spender.spend(f"{pence / 100:.2f}", covers=covers, spent_on=covers.last_day)
        exact += pence * (rules[0].percent or Fraction(0)) / 100
    true_up(spender)
    assert abs(borne(spender)["nhs"] - exact) < 1


def test_a_line_that_left_the_plan_keeps_the_shares_it_had(world: World) -> None:
    spender = spender_of(world, shares(50))
    for _ in range(3):
        spender.spend("10.01")
    kept = stated("care", "30.03", shares=shares(50), period=dates("2026-04-01", "2026-06-30"))
    world.changed(spender.budget_id, kept, stated("kit", "2969.97", category="EQUIPMENT"))
    assert true_up(spender) == [("nhs", "council", "0.01")]


def test_only_budgets_with_another_funder_are_looked_at(spender: Spender) -> None:
    world = spender.world
    nhs_alone = world.active(stated("care", "100.00"))
    found = spender.ask(true_ups.shared_budgets)
    assert spender.budget_id in found
    assert nhs_alone not in found


def test_who_may_not_is_told(spender: Spender) -> None:
    def attempt(actor: Any) -> None:
        spender.world.do(actor, true_ups.true_up, spender.budget_id, END_OF_MAY)

    with pytest.raises(MissingPermissionError):
        attempt(spender.world.holder)
