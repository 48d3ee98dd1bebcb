"""The next payment of each pot and every check of it."""

from datetime import date
from uuid import UUID

from phb.payments.checklist import NextPayment, next_payments
from phb.payments.checks.operations import lift_hold, put_hold
from phb.payments.checks.queries import holds_not_over
from phb.payments.checks.rules import Code
from phb.payments.kinds import HoldKind
from tests.budget.conftest import stated
from tests.payments.conftest import Paying


def asked(paying: Paying, budget_id: UUID) -> NextPayment:
    found: list[NextPayment] = paying.ask(paying.clerk, next_payments, budget_id, paying.world.service.today)
    (only,) = found
    return only


def test_the_first_instalment_that_no_run_has_taken_is_checked(paying: Paying) -> None:
    budget_id = paying.paid_plan()[1][0].budget_id
    first = asked(paying, budget_id)
    assert first.instalment is not None
    assert (first.instalment.number, first.verdict.may_be_paid) == (1, True)
    assert {check.outcome for check in first.checks} == {"passed"}
    paying.assembled()
    second = asked(paying, budget_id)
    assert second.instalment is not None
    assert second.instalment.number == 2


def test_a_hold_fails_its_own_check(paying: Paying) -> None:
    budget_id = paying.paid_plan()[1][0].budget_id
    paying.do(paying.clerk, put_hold, budget_id, kind=HoldKind.STOP, start_on=date(2026, 4, 1), reason="Moved away")
    failed = [check for check in asked(paying, budget_id).checks if check.outcome == "failed"]
    assert [[reason.code for reason in check.failures] for check in failed] == [[Code.STOPPED]]


def test_a_pot_without_instalments_has_nothing_to_check(paying: Paying) -> None:
    budget_id = paying.world.active(stated("care", "10.00"), stated("nurse", "5.00", pot="np"))
    found = asked(paying, budget_id)
    assert (found.instalment, found.verdict.may_be_paid, found.pot.reference) == (None, True, "dp")


def test_holds_that_are_over_are_left_out(paying: Paying) -> None:
    world = paying.world
    budget_id = world.active()
    over, later = (
        paying.do(paying.clerk, put_hold, budget_id, kind=HoldKind.HOLD, start_on=date(2026, 4, day), reason="Why")
        for day in (1, 20)
    )
    paying.do(paying.clerk, lift_hold, over.id, end_on=date(2026, 4, 9), reason="Found")

    def standing(day: int) -> list[object]:
        return [hold.id for hold in paying.ask(paying.clerk, holds_not_over, budget_id, date(2026, 4, day))]

    assert (standing(8), standing(9)) == ([over.id, later.id], [later.id])
