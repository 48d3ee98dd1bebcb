"""What has not arrived yet: late, on its way or next, with what stands against it."""

from datetime import date
from uuid import UUID

from phb.core.actor import Actor
from phb.core.money import pounds
from phb.payments.checks.operations import lift_hold, put_hold
from phb.payments.checks.queries import holds_of
from phb.payments.coming import Coming, ComingPayment, coming_payments
from phb.payments.kinds import HoldKind
from phb.payments.runs.following import settle_due
from phb.payments.runs.operations import export_run
from phb.people.kinds import Scope
from phb.people.standing.operations import withdraw_consent
from phb.people.standing.queries import consents
from tests.payments.conftest import Paying

FIRST, EIGHTH, SECOND, THIRD = (date(2026, *day) for day in ((4, 1), (4, 8), (4, 29), (5, 27)))


def planned(paying: Paying) -> UUID:
    """Plan thirteen instalments of £400.00, paid every four weeks from 1 April, and return their budget."""
    return paying.paid_plan()[1][0].budget_id


def coming(paying: Paying, budget_id: UUID, actor: Actor | None = None) -> list[ComingPayment]:
    """Return what is coming soon of a budget, as its holder sees it unless somebody else is named."""
    return list(all_coming(paying, budget_id, actor).soon)


def all_coming(paying: Paying, budget_id: UUID, actor: Actor | None = None) -> Coming:
    """Return what is coming of a budget, the later payments included."""
    found: Coming = paying.ask(actor or paying.world.holder, coming_payments, budget_id, paying.world.service.today)
    return found


def told(found: list[ComingPayment]) -> list[tuple[date, str | None, date | None]]:
    """Return the payday of each, where its payment stands and when it arrives."""
    return [(one.instalment.pay_on, one.state, one.arrives_on) for one in found]


def test_what_is_late_is_told_with_the_next_one_and_nothing_after_it(paying: Paying) -> None:
    budget_id = planned(paying)
    assert told(coming(paying, budget_id)) == [(FIRST, None, None), (SECOND, None, None)]
    paying.world.on(SECOND)
    assert told(coming(paying, budget_id)) == [(FIRST, None, None), (SECOND, None, None), (THIRD, None, None)]
    assert [one.instalment.amount for one in coming(paying, budget_id)] == [pounds("400.00")] * 3
    assert all(not one.against and not one.holds for one in coming(paying, budget_id))


def test_what_is_planned_after_the_next_one_is_told_as_well(paying: Paying) -> None:
    # Thirteen every four weeks from 1 April: two told one by one leave eleven, the last 48 weeks after the first.
    later = all_coming(paying, planned(paying)).later
    assert [row.amount for row in later] == [pounds("400.00")] * 11
    assert (later[0].pay_on, later[-1].pay_on) == (THIRD, date(2027, 3, 3))


def test_a_payment_on_its_way_is_told_until_it_settles(paying: Paying) -> None:
    budget_id = planned(paying)
    run = paying.released(EIGHTH)
    assert told(coming(paying, budget_id)) == [(FIRST, "released", EIGHTH), (SECOND, None, None)]
    paying.do(paying.releaser, export_run, run.id)
    paying.world.on(EIGHTH)
    paying.do(paying.clerk, settle_due, EIGHTH)
    assert told(coming(paying, budget_id)) == [(SECOND, None, None)]


def test_a_payment_that_came_back_is_told(paying: Paying) -> None:
    budget_id = planned(paying)
    paying.returned(paying.settled(EIGHTH))
    assert told(coming(paying, budget_id)) == [(FIRST, "came_back", EIGHTH), (SECOND, None, None)]


def test_a_hold_and_what_else_stands_against_a_payment_are_told(paying: Paying) -> None:
    budget_id = planned(paying)
    hold = paying.do(
        paying.clerk, put_hold, budget_id, kind=HoldKind.HOLD, start_on=EIGHTH, reason="Statements are missing"
    )
    first, second = coming(paying, budget_id)
    assert (first.against, first.holds) == ((), [])
    assert [reason.code for reason in second.against] == ["on-hold"]
    assert [row.reason for row in second.holds] == ["Statements are missing"]
    paying.do(paying.clerk, lift_hold, hold.id, end_on=EIGHTH, reason="They came")
    given = paying.ask(paying.world.auditor, consents, paying.world.person_id, FIRST)[0]
    paying.do(paying.world.coordinator, withdraw_consent, given.id, on=FIRST)
    assert [[reason.code for reason in one.against] for one in coming(paying, budget_id)] == [["no-consent"]] * 2
    assert [row.lift_reason for row in paying.ask(paying.world.holder, holds_of, budget_id, FIRST)] == ["They came"]


def test_another_persons_payments_are_not_told(paying: Paying) -> None:
    budget_id = planned(paying)
    service = paying.world.service
    stranger = service.broker(service.person(), Scope.BUDGET)
    assert coming(paying, budget_id, stranger) == []
    assert paying.ask(stranger, holds_of, budget_id, FIRST) == []
