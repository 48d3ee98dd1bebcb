"""How a pot is paid out, as people read it."""

from datetime import date

import pytest

from phb.budget.queries import PotNotFoundError
from phb.core.actor import Actor
from phb.payments.kinds import PayeeKind
from phb.payments.runs.operations import withdraw_run
from phb.payments.schedules.operations import plan_one_off, replan_schedule
from phb.payments.schedules.overview import PotView, pot_view
from phb.people.kinds import Scope
from tests.budget.conftest import dates, stated
from tests.payments.conftest import Paying, money

APRIL, EIGHTH = date(2026, 4, 1), date(2026, 4, 8)


def view_of(paying: Paying, pot_id: object, actor: Actor | None = None) -> PotView:
    """Return how a pot is paid out, as the clerk reads it unless somebody else is named."""
    view: PotView = paying.ask(actor or paying.clerk, pot_view, pot_id, paying.world.service.today)
    return view


def test_a_pot_without_a_plan_has_everything_left(paying: Paying) -> None:
    pot_id = paying.pot()
    view = view_of(paying, pot_id)
    assert (view.is_paid_out, view.has_left, view.has_unsent) == (True, True, False)
    assert view.payees == {paying.payee_id: "Aled Example"}
    (year,) = view.years
    assert (year.year, year.not_planned, year.not_sent, year.plans) == (2026, money("5200"), money("5200"), [])
    assert view.reference == paying.world.budget(view.pot.budget_id).reference


def test_each_instalment_is_shown_where_it_stands(paying: Paying) -> None:
    pot_id, _ = paying.paid_plan()
    view = view_of(paying, pot_id)
    assert (view.has_left, view.has_unsent) == (False, True)
    run = paying.assembled()
    (year,) = view_of(paying, pot_id).years
    assert (year.in_runs, year.planned, year.not_planned) == (money("400"), money("4800"), money("0"))
    assert [line.state for line in year.plans[0].lines] == ["in_run", *["planned"] * 12]
    paying.do(paying.clerk, withdraw_run, run.id, reason="Wrong day")
    assert view_of(paying, pot_id).years[0].plans[0].lines[0].state == "requested"
    paying.settled(EIGHTH)
    (year,) = view_of(paying, pot_id).years
    assert (year.pay_out.paid, year.plans[0].lines[0].state) == (money("400"), "settled")


def test_what_was_planned_again_ends_and_the_newest_plan_stands_first(paying: Paying) -> None:
    pot_id, _ = paying.paid_plan()
    paying.world.on(EIGHTH)
    paying.do(paying.clerk, replan_schedule, pot_id, payee_id=paying.payee_id, year=2026, reason="Her wish")
    newest, first = view_of(paying, pot_id).years[0].plans
    assert newest.schedule.reason == "Her wish"
    assert {line.state for line in first.lines} == {"replanned"}
    assert {line.state for line in newest.lines} == {"planned"}
    assert view_of(paying, pot_id).people[newest.schedule.planned_by]


def test_a_one_off_payment_is_not_planned_again(paying: Paying) -> None:
    pot_id = paying.pot()
    paying.do(
        paying.clerk,
        plan_one_off,
        pot_id,
        payee_id=paying.payee_id,
        amount=money("200"),
        due_on=date(2026, 4, 10),
        reason="Start-up",
    )
    view = view_of(paying, pot_id)
    assert (view.has_left, view.has_unsent) == (True, False)
    assert view.years[0].not_planned == money("5000")


def test_a_plan_over_two_financial_years_has_both(paying: Paying) -> None:
    over = dates("2026-07-01", "2027-06-30")
    pot_id = paying.pot(stated("care", "1000.00", period=over), period=over, review_on=date(2026, 9, 1))
    assert [year.year for year in view_of(paying, pot_id).years] == [2026, 2027]


def test_only_payees_that_fit_are_offered(paying: Paying) -> None:
    world = paying.world
    third_party = paying.payee(PayeeKind.THIRD_PARTY, organisation_id=world.third_party_id)
    other = world.service.person()
    paying.payee(PayeeKind.HOLDER, person_id=other)
    held = view_of(paying, paying.pot(stated("care", "1000.00", pot="tp")))
    assert held.payees == {third_party: "The third_party"}
    notional = view_of(paying, paying.pot(stated("care", "1000.00", pot="np")))
    assert (notional.payees, notional.is_paid_out) == ({}, False)
    assert set(view_of(paying, paying.pot()).payees) == {paying.payee_id}


def test_a_pot_of_somebody_else_is_not_shown(paying: Paying) -> None:
    stranger = paying.world.service.broker(paying.world.service.person(), Scope.BUDGET)
    with pytest.raises(PotNotFoundError):
        view_of(paying, paying.pot(), stranger)
