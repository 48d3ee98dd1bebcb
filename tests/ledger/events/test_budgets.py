"""Events of budgets: each is posted, moves what it says and keeps every identity."""

import pytest

from phb.core.money import pounds
from phb.ledger import events
from phb.ledger.chart import Account
from phb.ledger.entry import BudgetShare, Share
from phb.ledger.queries import balance_of, pay_out_of, position_of_budget, position_of_plan_line, position_of_pot
from phb.ledger.refusals import NotPayableError, TooLittleLeftError
from tests.ledger.conftest import Books, heading, portion
from tests.ledger.steps import open_next_year, pay_in, spend, standing

NIL = pounds("0")


def test_programme_budget_is_set_for_each_funder(books: Books) -> None:
    books.post(
        events.programme_budget_set(heading(), 2026, [Share("nhs", pounds("900")), Share("council", pounds("100"))])
    )
    assert books.ask(balance_of, Account.ENVELOPE) == pounds("1000")
    books.assert_sound()


def test_budget_agreed_allocates_and_makes_a_direct_payment_payable(funded: Books) -> None:
    position = funded.ask(position_of_budget, funded.budget_id)
    assert (position.approved, position.available) == (pounds("2000"), pounds("2000"))
    assert funded.ask(pay_out_of, funded.pot_id, 2026).still_to_pay_out == pounds("1000")
    assert funded.ask(pay_out_of, funded.notional_pot_id, 2026).payable == NIL


def test_a_contribution_is_allocated_but_not_paid_out(books: Books) -> None:
    books.post(events.budget_agreed(heading(), [portion(books.care, "90")], [portion(books.care, "10", "council")]))
    assert books.ask(position_of_pot, books.pot_id).approved == pounds("100")
    assert books.ask(pay_out_of, books.pot_id, 2026).payable == pounds("90")
    books.assert_sound()


def test_budget_raised_adds_to_both(funded: Books) -> None:
    funded.post(events.budget_raised(heading(), [portion(funded.care, "250.50")]))
    assert funded.ask(position_of_plan_line, funded.care.plan_line_id, 2026).approved == pounds("1250.50")
    assert funded.ask(pay_out_of, funded.pot_id, 2026).payable == pounds("1250.50")


def test_budget_lowered_takes_from_both(funded: Books) -> None:
    funded.post(events.budget_lowered(heading(), [portion(funded.care, "400")]))
    assert funded.ask(position_of_plan_line, funded.care.plan_line_id, 2026).available == pounds("600")
    assert funded.ask(pay_out_of, funded.pot_id, 2026).still_to_pay_out == pounds("600")


def test_budget_is_not_lowered_below_what_is_spent(funded: Books) -> None:
    pay_in(funded, "600")
    funded.post(events.paid_from_funds(heading(), [portion(funded.care, "600")]))
    with pytest.raises(TooLittleLeftError, match=r"needs £400\.01 and the plan line has £400\.00 left"):
        funded.post(events.budget_lowered(heading(), [portion(funded.care, "400.01")]))


def test_budget_is_not_lowered_by_what_was_handed_over(funded: Books) -> None:
    pay_in(funded, "700")
    with pytest.raises(NotPayableError):
        funded.post(events.budget_lowered(heading(), [portion(funded.care, "300.01")]))


def test_each_funder_has_books_that_balance(funded: Books) -> None:
    shares = [portion(funded.care, "70"), portion(funded.care, "30", "council")]
    funded.post(events.budget_raised(heading(), shares))
    funded.post(events.payment_released(heading(), shares))
    funded.post(events.payment_settled(heading(), shares))
    funded.post(
        events.paid_from_funds(heading(), [portion(funded.care, "41.67"), portion(funded.care, "8.33", "council")])
    )
    assert funded.cash() == pounds("50")


def test_money_moves_from_a_notional_line_to_a_direct_payment(funded: Books) -> None:
    funded.post(
        events.money_moved(heading(), given=[portion(funded.equipment, "250")], received=[portion(funded.care, "250")])
    )
    assert standing(funded) == ("1250", "0", "0", "1250", "0", "0")
    assert funded.ask(position_of_plan_line, funded.equipment.plan_line_id, 2026).approved == pounds("750")


def test_money_moved_back_is_the_reversal(funded: Books) -> None:
    moved = events.money_moved(
        heading(), given=[portion(funded.care, "250")], received=[portion(funded.equipment, "250")]
    )
    funded.reverse(funded.post(moved))
    assert standing(funded) == ("1000", "0", "0", "1000", "0", "0")


def test_a_line_gives_no_more_than_it_has_left(funded: Books) -> None:
    with pytest.raises(TooLittleLeftError):
        funded.post(
            events.money_moved(
                heading(), given=[portion(funded.equipment, "1000.01")], received=[portion(funded.care, "1000.01")]
            )
        )


def test_money_that_was_handed_over_does_not_move_to_a_notional_line(funded: Books) -> None:
    pay_in(funded, "700")
    with pytest.raises(NotPayableError):
        funded.post(
            events.money_moved(
                heading(), given=[portion(funded.care, "300.01")], received=[portion(funded.equipment, "300.01")]
            )
        )


def test_a_disputed_decision_is_in_sight_and_moves_nothing(funded: Books) -> None:
    asked = [BudgetShare(funded.budget_id, 2026, Share("nhs", pounds("3500")))]
    before = funded.ask(position_of_budget, funded.budget_id)
    funded.post(events.decision_disputed(heading(), asked))
    assert funded.ask(balance_of, Account.DISPUTED, budget_id=funded.budget_id) == pounds("3500")
    assert funded.ask(position_of_budget, funded.budget_id) == before
    funded.post(events.dispute_decided(heading(), asked))
    assert funded.ask(balance_of, Account.DISPUTED, budget_id=funded.budget_id) == NIL


def test_money_already_handed_over_is_carried_into_the_next_year(funded: Books) -> None:
    care_next, _ = open_next_year(funded)
    pay_in(funded, "1000")
    spend(funded, "940")
    funded.post(
        events.handed_over_carried(heading(), given=[portion(funded.care, "60")], received=[portion(care_next, "60")])
    )
    assert standing(funded) == ("940", "940", "0", "0", "1000", "60")
    assert standing(funded, care_next) == ("60", "0", "0", "0", "0", "60")


def test_money_not_handed_over_lapses(funded: Books) -> None:
    pay_in(funded, "700")
    spend(funded, "700")
    funded.post(events.year_end_lapsed(heading(), [portion(funded.care, "300"), portion(funded.equipment, "1000")]))
    assert standing(funded) == ("700", "700", "0", "0", "700", "0")
    assert funded.ask(position_of_budget, funded.budget_id).available == NIL


def test_money_not_handed_over_is_carried_where_policy_lets_it(funded: Books) -> None:
    care_next, equipment_next = open_next_year(funded)
    pay_in(funded, "700")
    spend(funded, "700")
    funded.post(
        events.not_handed_over_carried(
            heading(),
            given=[portion(funded.care, "300"), portion(funded.equipment, "1000")],
            received=[portion(care_next, "300"), portion(equipment_next, "1000")],
        )
    )
    assert standing(funded) == ("700", "700", "0", "0", "700", "0")
    assert standing(funded, care_next) == ("300", "0", "0", "300", "0", "0")
    assert funded.ask(position_of_plan_line, equipment_next.plan_line_id, 2027).available == pounds("1000")
