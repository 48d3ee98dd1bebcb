"""What statements read: entries as the books have them, which add up to the books on any day."""

from datetime import date
from typing import Any

import pytest

from phb.budget.queries import BudgetNotFoundError, PlanLineNotFoundError, PotNotFoundError
from phb.core.errors import DomainError
from phb.core.money import from_pence, pounds
from phb.ledger.chart import Account
from phb.ledger.queries import balance_of
from phb.people.organisations.queries import organisation
from phb.spending.by_reference import Claim, ClaimedInvoice, ClaimedLine, accept_claimed_invoice, record_claim
from phb.spending.kinds import Evidence, ReasonCode
from phb.spending.promises import CommitmentElsewhereError
from phb.spending.queries import Movement, account_movements, spent_lines
from phb.spending.records.decisions import accept_after_all, correct_spend, put_back
from tests.budget.conftest import dates
from tests.spending.conftest import JUNE, MAY, Spender
from tests.spending.test_invoices import accept as accept_invoice
from tests.spending.test_invoices import line_of
from tests.spending.test_recording import rota_of

NIL = from_pence(0)


def lived(spender: Spender) -> None:
    """Spend, ask, accept on another line, put back, correct, and accept an invoice of two lines."""
    holder, finance = spender.world.holder, spender.world.finance
    spender.spend("100.00", covers=dates("2026-04-27", "2026-05-03"))
    asked = spender.spend("35.00", line=None, category="EQUIPMENT", words="A grab rail")
    spender.world.do(finance, accept_after_all, asked.id, reason="Agreed", plan_line_id=spender.line_id("kit"))
    wine = spender.spend("12.00", category="ALCOHOL", words="Wine")
    spender.world.do(holder, put_back, wine.id, put_back_on=JUNE, reason="Wrong card")
    wrong = spender.spend("90.00", payee="Jo")
    spender.world.do(holder, correct_spend, wrong.id, reason="A slip", instead=spender.new("9.00", payee="Jo"))
    accept_invoice(spender, line_of(spender, "60.00", words="Visits"), line_of(spender, "40.00", words="Travel"))


def test_what_was_spent_adds_up_to_the_books_on_every_day(spender: Spender) -> None:
    lived(spender)
    for day in (date(2026, 4, 30), MAY, date(2026, 5, 31), date(2026, 6, 14), JUNE, None):
        lines = spender.ask(spent_lines, spender.budget_id, until=day)
        booked = spender.ask(balance_of, Account.EXPENDITURE, budget_id=spender.budget_id, as_of=day)
        assert sum((line.amount for line in lines), NIL) == booked


def test_each_entry_says_what_for_and_with_which_evidence(spender: Spender) -> None:
    lived(spender)
    lines = spender.ask(spent_lines, spender.budget_id)
    said = [(one.spent_on, one.what, one.category, one.evidence, one.amount) for one in lines]
    care = "Personal care and support"
    assert (MAY, "Help at home", care, Evidence.AWAITED, pounds("100.00")) in said
    assert (JUNE, "A grab rail", "Equipment and adaptations", Evidence.AWAITED, pounds("35.00")) in said
    assert (MAY, "Help at home", care, Evidence.AWAITED, pounds("90.00")) in said
    assert (JUNE, "Help at home", care, Evidence.AWAITED, pounds("-90.00")) in said
    assert (JUNE, "Help at home", care, Evidence.AWAITED, pounds("9.00")) in said
    visits = (date(2026, 5, 31), "Visits; Travel", "Nursing and delegated healthcare tasks", Evidence.SEEN)
    assert (*visits, pounds("100.00")) in said
    assert {one.outcome for one in lines} == {"I want living"}
    assert next(one.covers for one in lines if one.amount == pounds("100.00")) == dates("2026-04-27", "2026-05-03")


def test_the_movements_of_an_account_add_up_to_its_cash_on_every_day(spender: Spender) -> None:
    lived(spender)
    for day in (date(2026, 4, 30), MAY, date(2026, 6, 14), JUNE, None):
        moved = spender.ask(account_movements, spender.budget_id, until=day)
        change = sum((one.amount if one.kind is Movement.PUT_BACK else -one.amount for one in moved), NIL)
        assert pounds("4000.00") + change == spender.cash(as_of=day) + spender.cash("tp", as_of=day)


def test_money_asked_about_carries_its_question_and_nothing_else_does(spender: Spender) -> None:
    lived(spender)
    moved = spender.ask(account_movements, spender.budget_id)
    asked = [one for one in moved if one.kind is Movement.ASKED_ABOUT]
    assert [one.question.code for one in asked] == [ReasonCode.NOT_IN_PLAN, ReasonCode.BARRED_CATEGORY]
    assert all(one.question is None for one in moved if one.kind is not Movement.ASKED_ABOUT)
    # Put to other funders on its way to being accepted, it came and went on one day, and that is nobody's movement.
    assert [one.amount for one in asked] == [pounds("35.00"), pounds("12.00")]


def claim(spender: Spender, **changes: Any) -> Claim:
    given: dict[str, Any] = {
        "reference": "CL-1",
        "budget": spender.world.budget(spender.budget_id).reference,
        "spent_on": MAY,
        "amount": pounds("20.00"),
        "category": "PERSONAL_CARE",
        "payee": "Sam's care",
        "words": "Help",
        "line": "care",
    }
    return Claim(**given | changes)


def test_a_file_names_things_by_reference(spender: Spender) -> None:
    world = spender.world
    for given in ({}, {"reference": "CL-2", "line": None, "pot": "tp"}):
        puts = [world.do(world.finance, record_claim, claim(spender, **given)) for _ in range(2)]
        assert [put.change for put in puts] == ["added", "unchanged"]
    reference = spender.world.budget(spender.budget_id).reference
    provider = world.ask(world.finance, organisation, world.provider_id).reference
    line = ClaimedLine("nurse", pounds("30.00"), dates("2026-05-01", "2026-05-31"), "Visits")
    invoice = ClaimedInvoice(provider, "INV-9", reference, JUNE, (line,))
    invoices = [world.do(world.finance, accept_claimed_invoice, invoice) for _ in range(2)]
    assert [put.change for put in invoices] == ["added", "unchanged"]
    spender.assert_sound()
    assert (spender.spent(), spender.asked_about("tp"), spender.spent("nurse")) == (
        pounds("20.00"),
        pounds("20.00"),
        pounds("30.00"),
    )


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"budget": "B-0"}, BudgetNotFoundError),
        ({"line": "nothing"}, PlanLineNotFoundError),
        ({"line": None, "pot": "nothing"}, PotNotFoundError),
        ({"commitment": "nothing"}, CommitmentElsewhereError),
    ],
)
def test_a_reference_that_nobody_knows_is_refused(
    spender: Spender, changes: dict[str, Any], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        spender.world.do(spender.world.finance, record_claim, claim(spender, **changes))


def test_a_claim_uses_the_rota_it_names(spender: Spender) -> None:
    rota_of(spender, "500.00")
    spender.world.do(spender.world.finance, record_claim, claim(spender, commitment="R-500.00"))
    assert spender.world.line_position(spender.world.line_of(spender.budget_id)).committed == pounds("480.00")
