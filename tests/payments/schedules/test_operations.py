"""Schedules planned, planned again and refused, on real pots."""

from datetime import date
from uuid import UUID

import pytest

from phb.core.actor import Role
from phb.core.money import pounds
from phb.core.period import DatesWrongWayRoundError, Period
from phb.governance.policies import Rhythm
from phb.governance.workflow import ReasonNeededError
from phb.payments.kinds import AccountUse, PayeeKind
from phb.payments.runs.operations import withdraw_run
from phb.payments.schedules import operations, queries, rules
from phb.payments.schedules.models import as_period
from tests.budget.conftest import stated
from tests.payments.conftest import YEAR, Paying

MAY = date(2026, 5, 1)


def replanned(paying: Paying, pot_id: UUID, **terms: object) -> operations.Planned:
    """Plan a pot's year again."""
    found: operations.Planned = paying.do(
        paying.clerk,
        operations.replan_schedule,
        pot_id,
        payee_id=paying.payee_id,
        year=2026,
        reason="Monthly suits her better",
        terms=operations.Terms(**terms),  # type: ignore[arg-type]  # any of its fields
    )
    return found


def test_a_schedule_takes_what_is_still_to_pay_out_over_the_year(paying: Paying) -> None:
    planned = paying.plan(paying.pot())
    assert (as_period(planned.schedule.covers), planned.schedule.total) == (YEAR, pounds("5200"))
    assert (planned.schedule.rhythm, planned.schedule.in_advance) == (Rhythm.FOUR_WEEKLY, True)


def test_a_plan_may_have_its_own_rhythm(paying: Paying) -> None:
    planned = paying.plan(paying.pot(), rhythm=Rhythm.MONTHLY, in_advance=False)
    assert len(planned.instalments) == 12
    assert planned.instalments[0].due_on == date(2026, 4, 30)


def test_a_schedule_past_the_plans_end_is_refused(paying: Paying) -> None:
    half = Period(YEAR.start_on, date(2026, 10, 1))
    pot_id = paying.pot(stated("care", "5200.00", period=half), period=half)
    with pytest.raises(rules.SchedulePastPlanEndError):
        paying.plan(pot_id, days=YEAR)
    assert as_period(paying.plan(pot_id).schedule.covers) == half
    with pytest.raises(rules.ScheduleCrossesYearError):
        paying.do(
            paying.clerk,
            operations.plan_schedule,
            pot_id,
            payee_id=paying.payee_id,
            year=2027,
            terms=operations.Terms(days=half),
        )


def test_days_and_money_are_planned_once(paying: Paying) -> None:
    pot_id, _ = paying.paid_plan()
    with pytest.raises(rules.ScheduleAmountError, match="Nothing is left"):
        paying.plan(pot_id)
    with pytest.raises(rules.ScheduleAmountError, match=r"£0\.00 is still"):
        paying.plan(pot_id, total=pounds("1"))


def test_the_same_days_are_planned_once(paying: Paying) -> None:
    pot_id = paying.pot()
    paying.plan(pot_id, total=pounds("1300"))
    with pytest.raises(operations.PlannedAlreadyError):
        paying.plan(pot_id, total=pounds("1300"))


def test_only_what_is_not_sent_is_planned_again(paying: Paying) -> None:
    pot_id, before = paying.paid_plan()
    paying.settled()
    planned = replanned(paying, pot_id, rhythm=Rhythm.MONTHLY)
    assert planned.instalments[0].period.start_on == before[1].period.start_on
    assert sum((row.amount for row in planned.instalments), pounds("0")) == pounds("4800")
    ended = paying.ask(paying.clerk, operations.planned, before[0].schedule_id, paying.world.service.today)
    assert [row.ended for row in ended.instalments] == [None, *["replanned"] * 12]


def test_what_is_in_a_run_is_not_planned_again(paying: Paying) -> None:
    pot_id, _ = paying.paid_plan()
    run = paying.assembled()
    planned = replanned(paying, pot_id)
    assert planned.schedule.total == pounds("4800")
    paying.do(paying.clerk, withdraw_run, run.id, reason="Too early")
    replanned(paying, pot_id)
    assert [payment.state for payment in paying.payments(run)] == ["cancelled"]


def test_planning_again_needs_a_reason_and_may_be_the_first_time(paying: Paying) -> None:
    pot_id = paying.pot()
    with pytest.raises(ReasonNeededError):
        paying.do(paying.clerk, operations.replan_schedule, pot_id, payee_id=paying.payee_id, year=2026, reason=" ")
    assert len(replanned(paying, pot_id).instalments) == 13


def test_a_start_up_payment_stands_beside_the_others(paying: Paying) -> None:
    pot_id = paying.pot()
    one = paying.do(
        paying.clerk,
        operations.plan_one_off,
        pot_id,
        payee_id=paying.payee_id,
        amount=pounds("200"),
        due_on=date(2026, 4, 10),
        reason="Start-up costs",
    )
    assert (one.schedule.rhythm, one.instalments[0].one_off) == ("once", True)
    assert paying.plan(pot_id).schedule.total == pounds("5000")
    assert len(replanned(paying, pot_id).instalments) == 13
    with pytest.raises(ReasonNeededError):
        paying.do(
            paying.clerk,
            operations.plan_one_off,
            pot_id,
            payee_id=paying.payee_id,
            amount=pounds("1"),
            due_on=MAY,
            reason="",
        )


def test_only_a_pot_that_was_handed_over_is_paid_out_and_to_its_own_payee(paying: Paying) -> None:
    budget_id = paying.world.active(stated("care", "100.00", pot="np"), stated("other", "500.00", pot="tp"))
    notional, third_party = (pot.id for pot in paying.world.plan_of(budget_id).pots)
    with pytest.raises(operations.PotNotPaidOutError):
        paying.plan(notional)
    with pytest.raises(operations.PayeeDoesNotFitError):
        paying.plan(third_party)
    provider = paying.payee(PayeeKind.PROVIDER, organisation_id=paying.world.provider_id)
    with pytest.raises(operations.PayeeDoesNotFitError):
        paying.plan(third_party, payee_id=provider)
    another = paying.payee(PayeeKind.THIRD_PARTY, organisation_id=paying.world.provider_id)
    with pytest.raises(operations.PayeeDoesNotFitError):
        paying.plan(third_party, payee_id=another)
    right = paying.payee(PayeeKind.THIRD_PARTY, organisation_id=paying.world.third_party_id)
    assert paying.plan(third_party, payee_id=right).schedule.payee_id == right
    paying.account(right, use=AccountUse.ORGANISATION)
    assert [payment.payee_id for payment in paying.payments(paying.settled())] == [right]
    paying.assert_sound()


def test_the_days_of_a_schedule_are_given_both_or_not() -> None:
    assert operations.days_between(None, None) is None
    assert operations.days_between(MAY, MAY) == Period(MAY, date(2026, 5, 2))
    with pytest.raises(operations.DaysUnclearError):
        operations.days_between(MAY, None)
    with pytest.raises(DatesWrongWayRoundError):
        operations.days_between(MAY, YEAR.start_on)


def test_a_holder_sees_their_own_instalments_and_nobody_elses(paying: Paying) -> None:
    world = paying.world
    _, rows = paying.paid_plan()
    on = world.service.today
    stranger = world.service.user(Role.HOLDER, world.service.commissioner_id, person_id=world.service.person())
    for actor, count in ((world.holder, 13), (stranger, 0), (paying.clerk, 13)):
        with world.service.unit(actor) as uow:
            assert len(uow.session.scalars(queries.visible_instalments(actor, on)).all()) == count
    with pytest.raises(queries.ScheduleNotFoundError):
        paying.ask(stranger, operations.planned, rows[0].schedule_id, on)
