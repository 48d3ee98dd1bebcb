"""A run as people read it: its days, its steps, its payments in order, and what now stands against them."""

from datetime import date
from hashlib import sha256

import pytest

from phb.core.actor import MissingPermissionError
from phb.core.days import ANY_DAY, Days
from phb.payments.checks.operations import put_hold
from phb.payments.kinds import HoldKind
from phb.payments.runs import overview, queries
from phb.payments.runs.following import to_settle
from phb.payments.runs.models import Instruction, PaymentRun, RunItem
from phb.payments.runs.rules import EntryDayError
from phb.payments.workflow import InstructionState, RunState
from tests.budget.conftest import stated
from tests.payments.conftest import Paying, money

APRIL, EIGHTH = date(2026, 4, 1), date(2026, 4, 8)


def two_budgets(paying: Paying) -> None:
    """Plan two budgets: £400.00 and £100.00 fall due on 1 April."""
    paying.paid_plan()
    paying.plan(paying.pot(stated("care", "1300.00")))


def test_a_preview_names_what_it_takes_and_leaves_out(paying: Paying) -> None:
    budget_id = paying.paid_plan()[1][0].budget_id
    found = paying.ask(paying.clerk, overview.preview, EIGHTH, APRIL)
    assert (found.found.total, found.days.input_by) == (money("400"), date(2026, 4, 2))
    assert found.called.payees == {paying.payee_id: "Aled Example"}
    assert found.called.budgets == {budget_id: paying.world.budget(budget_id).reference}
    with pytest.raises(EntryDayError):
        paying.ask(paying.clerk, overview.preview, date(2026, 4, 2), APRIL)
    with pytest.raises(MissingPermissionError):
        paying.ask(paying.approver, overview.preview, EIGHTH, APRIL)


def test_twenty_days_are_offered(paying: Paying) -> None:
    with paying.world.service.unit(paying.clerk) as uow:
        days = overview.days_to_choose(uow.session, APRIL)
    assert len([entry for entry in days if entry.days]) == 20
    assert days[2].why_not == "Banks are shut on this day."  # Good Friday


def test_a_run_is_shown_with_its_steps_and_its_file(paying: Paying) -> None:
    two_budgets(paying)
    run = paying.exported()
    view = paying.ask(paying.world.auditor, overview.overview, run.id)
    assert (view.run.count, view.run.total, view.left_out) == (2, money("500"), 0)
    assert [event.action for event in view.events][:3] == [
        "payment_run.assembled",
        "payment_run.approved",
        "payment_run.released",
    ]
    assert {event.action for event in view.events[3:]} == {"payment_run.exported", "payment_file.written"}
    assert set(view.people) >= {paying.clerk.user_id, paying.approver.user_id, paying.releaser.user_id}
    content = paying.ask(paying.releaser, queries.file_of_run, run.id)
    assert view.file is not None
    assert (view.file.digest, view.file.length) == (sha256(content).digest(), len(content))
    before = paying.assembled(date(2026, 5, 8))
    assert paying.ask(paying.clerk, overview.overview, before.id).file is None


def test_the_payments_of_a_run_are_read_some_at_a_time(paying: Paying) -> None:
    two_budgets(paying)
    run = paying.assembled()
    with paying.world.service.unit(paying.clerk) as uow:
        second = queries.items_in(paying.clerk, run.id).where(RunItem.ordinal == 2)
        items = uow.session.scalars(second).all()
        lines = overview.lines(uow.session, paying.clerk, items, APRIL)
        assert [view.item.ordinal for view in lines.views] == [2]
        assert lines.called.payees == {paying.payee_id: "Aled Example"}
        stranger = queries.items_in(paying.world.coordinator, run.id)
        assert uow.session.scalars(stranger).all() == []


def test_what_was_left_out_is_named_by_its_budget(paying: Paying) -> None:
    two_budgets(paying)
    held = paying.plan(paying.pot(stated("care", "2600.00"))).schedule.budget_id
    paying.do(paying.clerk, put_hold, held, kind=HoldKind.HOLD, start_on=APRIL, reason="Statements are missing")
    run = paying.assembled()
    assert paying.ask(paying.clerk, overview.overview, run.id).left_out == 1
    with paying.world.service.unit(paying.clerk) as uow:
        rows = uow.session.scalars(queries.left_out_of(paying.clerk, run.id)).all()
        assert [reason["code"] for row in rows for reason in row.reasons] == ["on-hold"]
        assert overview.budgets_of(uow.session, paying.clerk, rows, APRIL) == {
            held: paying.world.budget(held).reference
        }


def test_what_stands_against_a_run_now_is_told_by_reference(paying: Paying) -> None:
    budget_id = paying.paid_plan()[1][0].budget_id
    run = paying.assembled()
    assert paying.ask(paying.releaser, overview.against, run.id, APRIL) == {}
    paying.do(paying.clerk, put_hold, budget_id, kind=HoldKind.STOP, start_on=APRIL, reason="Misused")
    found = paying.ask(paying.releaser, overview.against, run.id, APRIL)
    assert [[reason.code.value for reason in reasons] for reasons in found.values()] == [["stopped"]]


def test_runs_and_payments_are_narrowed_by_day_state_and_budget(paying: Paying) -> None:
    budget_id = paying.paid_plan()[1][0].budget_id
    run = paying.settled()
    later = paying.assembled(date(2026, 4, 30), due_by=date(2026, 4, 29))

    def runs(days: Days = ANY_DAY, state: str | None = None) -> set[object]:
        with paying.world.service.unit(paying.clerk) as uow:
            return {row.id for row in uow.session.scalars(queries.runs_arriving(paying.clerk, days, state=state))}

    assert runs() == {run.id, later.id}
    assert runs(Days(last=EIGHTH)) == {run.id}
    assert runs(state=RunState.ASSEMBLED) == {later.id}

    def payments(days: Days = ANY_DAY, **narrowed: object) -> list[str]:
        with paying.world.service.unit(paying.clerk) as uow:
            query = queries.payments_due(paying.clerk, EIGHTH, days, **narrowed)  # type: ignore[arg-type]  # as given
            return [row.state for row in uow.session.scalars(query.order_by(Instruction.due_on))]

    assert payments() == [InstructionState.SETTLED, InstructionState.IN_RUN]
    assert payments(Days(first=date(2026, 4, 2))) == [InstructionState.IN_RUN]
    assert payments(state=InstructionState.SETTLED) == [InstructionState.SETTLED]
    assert len(payments(budget_id=budget_id)) == 2
    assert payments(budget_id=run.id) == []


def test_what_settles_is_told_before_it_does(paying: Paying) -> None:
    paying.paid_plan()
    run = paying.exported()
    assert paying.ask(paying.clerk, to_settle, date(2026, 4, 7)).settled == []
    told: list[PaymentRun] = paying.ask(paying.clerk, to_settle, EIGHTH).settled
    assert [(row.id, row.state) for row in told] == [(run.id, RunState.EXPORTED)]
    assert paying.ask(paying.world.coordinator, to_settle, EIGHTH).settled == []
