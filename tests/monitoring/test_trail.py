"""The audit trail of one budget, and of nobody else's."""

from datetime import date
from uuid import UUID

import pytest

from phb.budget.queries import BudgetNotFoundError
from phb.core.actor import Actor, MissingPermissionError, Role
from phb.governance.models import AuditEvent
from phb.monitoring.trail import trail_of_budget
from phb.payments.checks.operations import put_hold
from phb.payments.kinds import HoldKind
from tests.payments.conftest import Paying

APRIL, EIGHTH = date(2026, 4, 1), date(2026, 4, 8)


def told(of: Paying, actor: Actor, budget_id: UUID) -> set[str]:
    """Return what was done to a budget, as somebody reads it."""
    with of.world.service.unit(actor) as uow:
        query = trail_of_budget(uow.session, actor, budget_id, of.world.service.today)
        return {event.action for event in uow.session.scalars(query.order_by(AuditEvent.recorded_at))}


def test_a_budgets_trail_has_all_that_belongs_to_it_and_nothing_of_another(paying: Paying) -> None:
    pot_id, instalments = paying.paid_plan()
    mine = instalments[0].budget_id
    other = paying.world.active()
    paying.do(paying.clerk, put_hold, other, kind=HoldKind.HOLD, start_on=APRIL, reason="Statements are missing")
    paying.settled(EIGHTH)
    done = told(paying, paying.world.auditor, mine)
    assert done >= {
        "budget.proposed",
        "budget.submitted",
        "budget.signed_off_clinically",
        "budget.signed_off_finance",
        "budget.agreed",
        "budget.activated",
        "instalments.planned",
        "instruction.included",
        "instruction.released",
        "instruction.settled",
    }
    assert "hold.put" not in done
    assert {"hold.put", "budget.proposed"} <= told(paying, paying.world.auditor, other)
    assert pot_id


def test_a_trail_is_for_auditors_and_not_for_ones_own_budget(paying: Paying) -> None:
    budget_id = paying.paid_plan()[1][0].budget_id
    with pytest.raises(MissingPermissionError):
        told(paying, paying.clerk, budget_id)
    service = paying.world.service
    theirs = service.user(Role.AUDITOR, service.commissioner_id, person_id=paying.world.person_id)
    with pytest.raises(BudgetNotFoundError):
        told(paying, theirs, budget_id)
