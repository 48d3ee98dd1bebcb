"""Identity 6 names the first place where books and records differ, whichever of them is wrong."""

from uuid import uuid4

import pytest

from phb.core.money import pounds
from phb.ledger import events, posting
from phb.ledger.entry import Heading, Source
from phb.monitoring import reconcile
from phb.spending.sharing import days_of, portions
from tests.spending.conftest import JUNE, Spender
from tests.spending.test_invoices import accept


def test_it_holds_for_what_goes_through_the_operations(spender: Spender) -> None:
    spender.spend("10.00")
    spender.spend("20.00", category="ALCOHOL")
    accept(spender)
    with spender.world.service.unit(spender.world.auditor) as uow:
        (result,) = reconcile.verify(uow.session)
    assert (result.number, result.first_breach) == (6, None)


@pytest.mark.parametrize("event", ["paid_from_funds", "money_left_account"])
def test_it_names_what_was_posted_without_a_record(spender: Spender, event: str) -> None:
    view = spender.world.line_of(spender.budget_id)
    heading = Heading(JUNE, "By another way", Source("test", uuid4()))
    found = portions(view, days_of(JUNE, None), pounds("7.00"))
    with spender.world.service.unit(spender.world.finance) as uow:
        posting.post(uow, getattr(events, event)(heading, found))
    with spender.world.service.unit(spender.world.auditor) as uow:
        (result,) = reconcile.verify(uow.session)
    assert result.first_breach is not None
    place = f"plan line {view.line.id}" if event == "paid_from_funds" else f"money asked about of pot {view.pot.id}"
    assert result.first_breach.place == f"{place}, fund council, year 2026"
    assert result.first_breach.off_by_pence == 280


def test_whoever_waits_hears_how_far_the_check_is(spender: Spender) -> None:
    heard: list[tuple[int, int]] = []
    results = spender.ask(reconcile.verify_books, told=lambda done, of: heard.append((done, of)))
    assert [result.number for result in results] == list(range(1, 12))
    assert heard == [(done, 11) for done in range(1, 12)]
