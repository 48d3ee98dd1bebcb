"""Events of commitments: each is posted, moves what it says and keeps every identity."""

from dataclasses import replace
from datetime import date

import pytest

from phb.core.money import pounds
from phb.ledger import events
from phb.ledger.entry import CommitmentPortion
from phb.ledger.positions import PotToOpen, open_plan_lines, open_pots
from phb.ledger.queries import position_of_plan_line
from phb.ledger.refusals import (
    CommitmentExpiredError,
    CommitmentUsedUpError,
    TooLittleLeftError,
    UnsoundEntryError,
)
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.steps import accept_invoice, open_next_year, promise, promised

NIL = pounds("0")


def test_an_order_commits_and_a_further_raise_increases_it(funded: Books) -> None:
    promise(funded, "300")
    promise(funded, "200")
    position = funded.ask(position_of_plan_line, funded.equipment.plan_line_id, 2026)
    assert (position.committed, position.available) == (pounds("500"), pounds("500"))


def test_an_order_beyond_what_is_left_is_refused(funded: Books) -> None:
    with pytest.raises(TooLittleLeftError) as refused:
        promise(funded, "1000.01")
    assert refused.value.facts["left"] == pounds("1000")


def test_an_order_is_never_used_beyond_what_was_raised(funded: Books) -> None:
    promise(funded, "300")
    with pytest.raises(CommitmentUsedUpError):
        accept_invoice(funded, "300.01", uses="300.01")


def test_a_commitment_is_let_go_once(funded: Books) -> None:
    promise(funded, "300")
    funded.post(events.commitment_released(heading(), [promised(funded, "300")]))
    assert funded.ask(position_of_plan_line, funded.equipment.plan_line_id, 2026).available == pounds("1000")
    with pytest.raises(CommitmentUsedUpError):
        funded.post(events.commitment_released(heading(), [promised(funded, "0.01")]))


def test_a_commitment_expires_the_day_after_its_last_day(funded: Books) -> None:
    promise(funded, "300")
    with pytest.raises(CommitmentExpiredError):
        funded.post(events.commitment_expired(heading(date(2026, 9, 30)), [promised(funded, "300")]))
    funded.post(events.commitment_expired(heading(date(2026, 10, 1)), [promised(funded, "300")]))
    assert funded.ask(position_of_plan_line, funded.equipment.plan_line_id, 2026).committed == NIL


def test_a_commitment_is_not_used_for_care_after_its_last_day(funded: Books) -> None:
    promise(funded, "300")
    with pytest.raises(CommitmentExpiredError):
        accept_invoice(funded, "10", uses="10", on=date(2026, 10, 1))
    accept_invoice(funded, "10", uses="10", on=date(2026, 9, 30))


def test_an_open_order_is_carried_into_the_next_year_and_used_there(funded: Books) -> None:
    _, equipment_next = open_next_year(funded)
    promise(funded, "300")
    funded.post(events.budget_agreed(heading(), [portion(equipment_next, "500")]))
    given = [promised(funded, "300")]
    received = [CommitmentPortion(funded.commitment_id, portion(equipment_next, "300"))]
    funded.post(events.commitment_carried(heading(), given, received))
    assert funded.ask(position_of_plan_line, equipment_next.plan_line_id, 2026).committed == NIL
    assert funded.ask(position_of_plan_line, equipment_next.plan_line_id, 2027).available == pounds("200")
    funded.post(events.invoice_accepted(heading(), [portion(equipment_next, "280")], funded.provider_id, used=received))
    assert funded.ask(position_of_plan_line, equipment_next.plan_line_id, 2027).spent == pounds("280")


def test_an_order_that_was_carried_is_not_used_in_the_year_it_left(funded: Books) -> None:
    _, equipment_next = open_next_year(funded)
    promise(funded, "300")
    funded.post(events.budget_agreed(heading(), [portion(equipment_next, "500")]))
    received = [CommitmentPortion(funded.commitment_id, portion(equipment_next, "300"))]
    funded.post(events.commitment_carried(heading(), [promised(funded, "300")], received))
    with pytest.raises(CommitmentUsedUpError, match="less open in this year"):
        accept_invoice(funded, "10", uses="10")


def test_an_order_is_not_raised_in_a_year_before_its_own(funded: Books) -> None:
    earlier = replace(funded.equipment, year=2025)
    with funded.unit() as uow:
        open_pots(uow, [PotToOpen(funded.budget_id, funded.notional_pot_id, 2025, handed_over=False)])
        open_plan_lines(uow, [earlier], tolerance=NIL)
    funded.post(events.budget_agreed(heading(), [portion(earlier, "1")]))
    with pytest.raises(UnsoundEntryError):
        funded.post(
            events.commitment_raised(heading(), [CommitmentPortion(funded.commitment_id, portion(earlier, "1"))])
        )
