"""Who sees a budget: those whose tie, office and term reach it; to everybody else it does not exist."""

from datetime import date, datetime
from uuid import uuid4

import pytest
from moneyed import Money

from phb.budget import queries
from phb.budget.budgets.models import PersonalHealthBudget
from phb.core.actor import Actor, Role
from phb.core.money import from_pence, pounds
from phb.core.period import financial_year
from phb.ledger.entry import Portion, Share
from phb.ledger.views import record_view
from phb.people.kinds import Scope
from tests.budget.conftest import YEAR, World, dates, line, stated

APRIL = date(2026, 4, 1)


def sees(world: World, actor: Actor, on: date = APRIL) -> int:
    with world.service.unit(actor) as uow:
        return len(uow.session.scalars(queries.visible_budgets(actor, on)).all())


def test_every_role_sees_the_budgets_of_whom_it_may_see(world: World) -> None:
    world.propose()
    broker = world.service.broker(world.person_id, Scope.BUDGET)
    other = world.service.broker(world.person_id, Scope.SPEND)
    stranger = world.service.user(Role.HOLDER, world.service.commissioner_id, person_id=world.service.person())
    releaser = world.service.staff(Role.PAYMENTS_RELEASER)
    all_of_it = (world.coordinator, world.clinician, world.approver, world.finance, world.auditor, releaser)
    assert [sees(world, actor) for actor in (*all_of_it, world.holder, broker)] == [1] * 8
    assert [sees(world, actor) for actor in (other, stranger, world.administrator)] == [0] * 3


def test_a_role_sees_only_what_has_days_inside_its_term(world: World) -> None:
    short = dates("2026-04-01", "2026-04-30")
    world.propose(line(period=short), period=short)
    world.on(date(2026, 6, 1))
    late = world.service.staff(Role.FINANCE_OFFICER, start_on=date(2026, 6, 1))
    assert sees(world, late, date(2026, 6, 1)) == 0
    assert sees(world, world.finance, date(2026, 6, 1)) == 1


def test_a_budget_that_is_not_yours_looks_absent(world: World) -> None:
    budget_id = world.propose().id
    for actor, wanted in ((world.administrator, budget_id), (world.auditor, uuid4())):
        for query in (queries.budget, queries.plan_of, queries.sign_offs_of, queries.revisions_of):
            with pytest.raises(queries.BudgetNotFoundError):
                world.ask(actor, query, wanted, APRIL)
        with pytest.raises(queries.PotNotFoundError):
            world.ask(actor, queries.pot, wanted, APRIL)
        with pytest.raises(queries.PlanLineNotFoundError):
            world.ask(actor, queries.plan_line, wanted, APRIL)


def test_a_budget_runs_from_its_first_day_once_it_is_active(world: World) -> None:
    may = dates("2026-05-01", "2026-06-30")
    world.agreed()
    active_id = world.active(line(period=may), period=may)

    def running(on: date) -> list[PersonalHealthBudget]:
        with world.service.unit(world.auditor) as uow:
            return list(uow.session.scalars(queries.running_budgets(world.auditor, on)))

    assert [len(running(day)) for day in (APRIL, date(2026, 4, 30), date(2026, 7, 1))] == [0, 0, 0]
    assert [(row.id, row.period) for row in running(date(2026, 6, 30))] == [(active_id, may)]


def test_a_budget_is_found_by_its_reference(world: World) -> None:
    budget = world.propose(reference="B-7")
    assert world.ask(world.auditor, queries.budget_by_reference, "B-7", APRIL).id == budget.id


def test_the_lines_of_a_pot_and_the_shares_of_an_amount(world: World) -> None:
    budget_id = world.active(line(), stated("chair", "1200.00", pot="np", category="EQUIPMENT"))
    view = world.line_of(budget_id)
    found = world.ask(world.auditor, queries.lines_of_pot, view.pot.id, APRIL)
    assert [one.line.id for one in found] == [view.line.id]
    assert queries.portions_of(view, financial_year(2026), pounds("5.00")) == (
        Portion(view.place(2026), Share("nhs", pounds("5.00"))),
    )
    with pytest.raises(queries.PlanLineNotFoundError):
        queries.portions_of(view, financial_year(2027), pounds("5.00"))


def known_at(world: World) -> datetime:
    """Record what is known, and return when that was."""
    return world.do(world.auditor, record_view).recorded_at


def test_the_pots_add_up_to_the_budget_and_the_next_steps_are_named(world: World) -> None:
    budget_id = world.active(line(), stated("chair", "1200.00", pot="np", category="EQUIPMENT"))
    standing = world.ask(world.holder, queries.standing_of, budget_id, APRIL, year=2026)
    assert [pot.position.available for pot in standing.pots] == [pounds("10428.57"), pounds("1200.00")]
    assert standing.position.available == pounds("11628.57")
    for when in ({"as_of": APRIL}, {"known_at": known_at(world)}):
        stood = world.ask(world.holder, queries.standing_of, budget_id, APRIL, **when)
        assert stood.position == standing.position
        assert [pot.position for pot in stood.pots] == [pot.position for pot in standing.pots]
    waiting_id = world.propose().id
    assert world.ask(world.coordinator, queries.agreement_of, waiting_id, APRIL).allowed == ("submit",)
    assert world.ask(world.holder, queries.agreement_of, budget_id, APRIL).allowed == ()


def test_the_portions_of_a_plan_are_all_of_its_money(world: World) -> None:
    budget_id = world.active(line(), stated("chair", "1200.00", pot="np", category="EQUIPMENT"))
    plan = world.plan_of(budget_id)
    total: Money = sum((portion.share.amount for portion in plan.portions()), from_pence(0))
    assert total == plan.amount == world.approved(budget_id)
    assert plan.plan.period == YEAR
    assert [one.cost for one in plan.lines] == [one.amount for one in plan.lines]


def test_references_are_told_of_the_budgets_that_one_may_see(world: World) -> None:
    row = world.propose()
    found = {row.id: row.reference}
    assert world.ask(world.auditor, queries.references_of, [row.id, uuid4(), None], APRIL) == found
    stranger = world.service.broker(world.service.person(), Scope.BUDGET)
    assert world.ask(stranger, queries.references_of, [row.id], APRIL) == {}
