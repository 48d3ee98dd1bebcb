"""The history of one budget: its steps, its changes and holds, every event, and who did what."""

from datetime import date

import pytest

from phb.budget.queries import BudgetNotFoundError
from phb.monitoring.history import history_of
from phb.payments.checks.operations import lift_hold, put_hold
from phb.payments.kinds import HoldKind
from tests.budget.conftest import World, stated
from tests.people.conftest import APRIL, Service


def test_what_was_done_to_the_budget_its_changes_and_holds_is_told_in_order(world: World) -> None:
    budget_id = world.active(stated("care", "100.00"))
    world.changed(budget_id, stated("care", "90.00"), finance=False)
    hold = world.do(world.finance, put_hold, budget_id, kind=HoldKind.HOLD, start_on=APRIL, reason="Statement")
    world.do(world.finance, lift_hold, hold.id, end_on=date(2026, 4, 2), reason="It came")
    world.active(stated("care", "5.00"))  # another budget of the same person
    found = world.ask(world.approver, history_of, budget_id, APRIL)
    assert [step.step for step in found.steps] == [
        "submit",
        "sign_off_clinically",
        "sign_off_finance",
        "agree",
        "activate",
        "submit",
        "sign_off_clinically",
        "agree",
        "apply",
    ]
    actions = [event.action for event in found.events]
    assert (actions[0], actions[-2:]) == ("budget.proposed", ["hold.put", "hold.lifted"])
    assert {"revision.proposed", "revision.applied"} <= set(actions)
    assert actions.count("budget.activated") == 1
    assert {event.user_id for event in found.events} <= set(found.people)
    assert (len(found.changes), [one.id for one in found.holds]) == (1, [hold.id])


def test_another_commissioners_budget_has_no_history_here(world: World) -> None:
    elsewhere = World(Service(world.service.sessions))
    budget_id = world.active()
    with pytest.raises(BudgetNotFoundError):
        elsewhere.ask(elsewhere.auditor, history_of, budget_id, APRIL)
