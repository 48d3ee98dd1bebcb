"""Holds put and lifted, and each reason why something due is left out of a run."""

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

import pytest

from phb.budget.queries import PotNotFoundError, pot
from phb.core.actor import Role
from phb.core.money import pounds
from phb.core.period import DatesWrongWayRoundError
from phb.governance.workflow import ReasonNeededError
from phb.payments.agreed import agreed_pot
from phb.payments.checks import operations, queries
from phb.payments.checks.receivers import acts_for
from phb.payments.kinds import AccountUse, HoldKind, PayeeKind
from phb.payments.payees.operations import approve_bank_account, confirm_bank_account, propose_bank_account
from phb.payments.payees.queries import payee
from phb.payments.runs import queries as runs
from phb.payments.runs.candidates import Candidates, candidates
from phb.payments.runs.operations import (
    NothingToPayError,
    RunNotReadyError,
    approve_run,
    assemble_run,
    release_run,
)
from phb.payments.runs.queries import run_view
from phb.people.details import PersonDetails
from phb.people.kinds import Basis, RelationKind
from phb.people.operations import amend_person, details_of
from phb.people.queries import person
from phb.people.relations.operations import end_relation
from phb.people.relations.rules import NewRelation
from phb.people.standing.operations import record_exclusion, withdraw_consent
from phb.people.standing.queries import consents
from tests.budget.conftest import stated
from tests.payments.conftest import DETAILS, OTHER_DETAILS, Paying
from tests.people.conftest import BY_THE_PERSON

APRIL, EIGHTH = date(2026, 4, 1), date(2026, 4, 8)


def look(paying: Paying, entry_on: date = EIGHTH) -> Candidates:
    """Return what a run would take and leave out."""
    today = paying.world.service.today
    found: Candidates = paying.ask(paying.clerk, candidates, entry_on=entry_on, due_by=entry_on, on=today)
    return found


def left_out(paying: Paying) -> list[str]:
    """Return the codes of the one thing that is left out."""
    found = look(paying)
    assert found.payable == []
    return [reason.code for reason in found.left_out[0].verdict.failures]


def hold(paying: Paying, budget_id: UUID, **options: object) -> UUID:
    """Put a hold on a budget."""
    terms = {"kind": HoldKind.HOLD, "start_on": APRIL, "reason": "Statements missing"} | options
    hold_id: UUID = paying.do(paying.clerk, operations.put_hold, budget_id, **terms).id
    return hold_id


def end_consent(paying: Paying) -> None:
    """Let the person withdraw their consent."""
    world = paying.world
    (consent,) = world.ask(world.coordinator, consents, world.person_id, world.service.today)
    world.do(world.coordinator, withdraw_consent, consent.id, on=APRIL)


def exclude(paying: Paying) -> None:
    """Record a ground of the Schedule."""
    world = paying.world
    world.do(world.coordinator, record_exclusion, world.person_id, ground="DRR", start_on=APRIL)


def stop(paying: Paying) -> None:
    """Stop the budget's payments."""
    instalment = look(paying).payable[0]
    assert instalment.budget_id is not None
    hold(paying, instalment.budget_id, kind=HoldKind.STOP)


@pytest.mark.parametrize(("happens", "code"), [(end_consent, "no-consent"), (exclude, "excluded"), (stop, "stopped")])
def test_what_happens_to_the_person_leaves_their_instalment_out(
    paying: Paying, happens: Callable[[Paying], None], code: str
) -> None:
    paying.paid_plan()
    assert len(look(paying).payable) == 1
    happens(paying)
    assert left_out(paying) == [code]
    with pytest.raises(NothingToPayError) as refused:
        paying.do(paying.clerk, assemble_run, entry_on=EIGHTH)
    assert refused.value.facts["left_out"] == 1


def test_a_run_keeps_what_it_left_out_with_every_reason(paying: Paying) -> None:
    paying.paid_plan()
    second = paying.pot()
    held_id = paying.plan(second).instalments[0].budget_id
    hold(paying, held_id, pot_id=second)
    run = paying.assembled()
    view = paying.ask(paying.clerk, run_view, run.id)
    assert [[reason["code"] for reason in row.reasons] for row in view.left_out] == [["on-hold"]]
    assert (view.run.count, len(view.items)) == (1, 1)


def test_a_hold_after_approval_stops_the_release(paying: Paying) -> None:
    _, instalments = paying.paid_plan()
    run = paying.assembled()
    paying.do(paying.approver, approve_run, run.id)
    hold(paying, instalments[0].budget_id)
    with pytest.raises(RunNotReadyError, match="on hold") as refused:
        paying.do(paying.releaser, release_run, run.id)
    assert list(refused.value.facts["stopped"].values()) == [["on-hold"]]  # type: ignore[attr-defined]
    assert paying.pay_out(instalments[0].pot_id).in_payment == pounds("0")


def test_bank_details_changed_after_approval_stop_the_release(paying: Paying) -> None:
    paying.paid_plan()
    run = paying.assembled()
    paying.do(paying.approver, approve_run, run.id)
    paying.account(paying.payee_id, OTHER_DETAILS)
    with pytest.raises(RunNotReadyError, match="bank details changed"):
        paying.do(paying.releaser, release_run, run.id)


def test_a_hold_is_lifted_once_from_today_on_and_with_a_reason(paying: Paying) -> None:
    _, instalments = paying.paid_plan()
    hold_id = hold(paying, instalments[0].budget_id)
    with pytest.raises(ReasonNeededError):
        paying.do(paying.clerk, operations.lift_hold, hold_id, end_on=APRIL, reason="")
    with pytest.raises(DatesWrongWayRoundError):
        paying.do(paying.clerk, operations.lift_hold, hold_id, end_on=date(2026, 3, 31), reason="Seen")
    assert left_out(paying) == ["on-hold"]
    paying.do(paying.clerk, operations.lift_hold, hold_id, end_on=EIGHTH, reason="Seen")
    assert len(look(paying).payable) == 1
    with pytest.raises(operations.LiftedAlreadyError):
        paying.do(paying.clerk, operations.lift_hold, hold_id, end_on=EIGHTH, reason="Seen")
    with pytest.raises(queries.HoldNotFoundError):
        paying.do(paying.clerk, operations.lift_hold, uuid4(), end_on=EIGHTH, reason="Seen")


def test_a_hold_has_a_reason_a_day_to_come_and_a_pot_of_its_budget(paying: Paying) -> None:
    _, instalments = paying.paid_plan()
    budget_id = instalments[0].budget_id
    with pytest.raises(ReasonNeededError):
        hold(paying, budget_id, reason=" ")
    with pytest.raises(operations.HoldInThePastError):
        hold(paying, budget_id, start_on=date(2026, 3, 31))
    with pytest.raises(PotNotFoundError):
        hold(paying, budget_id, pot_id=paying.pot())


def test_details_must_be_confirmed_and_a_dedicated_account_approved(paying: Paying) -> None:
    world = paying.world
    person_id = world.person_id
    nominee = world.service.person()
    relation = world.service.relate(
        person_id,
        NewRelation(
            RelationKind.NOMINEE, Basis.NOMINATED, APRIL, None, acting_person_id=nominee, consent=BY_THE_PERSON
        ),
    )
    payee_id = paying.payee(PayeeKind.NOMINEE, person_id=person_id, acting_person_id=nominee)
    paying.plan(paying.pot(), payee_id=payee_id)
    assert left_out(paying) == ["details-not-confirmed"]
    account = paying.do(paying.clerk, propose_bank_account, payee_id, DETAILS, use=AccountUse.DEDICATED).row
    assert left_out(paying) == ["details-not-confirmed"]
    paying.do(paying.checker, confirm_bank_account, account.id)
    assert left_out(paying) == ["account-not-approved"]
    paying.do(paying.checker, approve_bank_account, account.id, evidence="Seen")
    assert look(paying).left_out == []
    world.do(world.coordinator, record_exclusion, nominee, ground="DRR", start_on=APRIL)
    assert left_out(paying) == ["payee-excluded"]
    world.on(date(2026, 4, 2))
    world.do(world.coordinator, end_relation, relation.id, on=date(2026, 4, 2))
    assert left_out(paying) == ["payee-not-valid", "payee-excluded"]


def test_a_managed_account_needs_no_approval(paying: Paying) -> None:
    managed = paying.payee(
        PayeeKind.MANAGED_ACCOUNT, person_id=paying.world.person_id, organisation_id=paying.world.third_party_id
    )
    paying.account(managed, use=AccountUse.MANAGED)
    paying.plan(paying.pot(), payee_id=managed)
    assert len(look(paying).payable) == 1


def test_a_payee_of_another_kind_or_that_does_not_trade_yet_may_not_receive_the_money(paying: Paying) -> None:
    world = paying.world
    managed = paying.payee(PayeeKind.MANAGED_ACCOUNT, organisation_id=world.third_party_id)
    provider = paying.payee(PayeeKind.PROVIDER, organisation_id=world.provider_id)
    pot_id = paying.pot()
    with world.service.unit(paying.clerk) as uow:
        agreed = agreed_pot(uow.session, paying.clerk, pot_id, APRIL)
        for payee_id, on, acts in (
            (managed, APRIL, True),
            (managed, date(2025, 12, 31), False),
            (provider, APRIL, False),
        ):
            row = payee(uow.session, paying.clerk, payee_id, APRIL)
            assert acts_for(uow.session, row, agreed, on) is acts


def test_an_account_for_one_payment_takes_one(paying: Paying) -> None:
    paying.account(paying.payee_id, OTHER_DETAILS, use=AccountUse.ONE_OFF)
    pot_id = paying.pot()
    paying.plan(pot_id)
    assert left_out(paying) == ["not-the-only-payment"]


def test_nothing_is_paid_to_a_holder_who_died(paying: Paying) -> None:
    world = paying.world
    paying.paid_plan()
    row = world.ask(world.coordinator, person, world.person_id, APRIL)
    details = details_of(row)
    dead = PersonDetails(**{**vars(details), "died_on": APRIL})
    world.do(world.coordinator, amend_person, world.person_id, dead, version=None)
    assert "payee-not-valid" in left_out(paying)


def test_money_lowered_after_planning_leaves_the_last_instalments_out(paying: Paying) -> None:
    world = paying.world
    pot_id, _ = paying.paid_plan()
    budget = world.ask(paying.clerk, pot, pot_id, APRIL).budget_id
    world.changed(budget, stated("care", "300.00"))
    assert left_out(paying) == ["more-than-still-to-pay"]


def test_a_review_is_due_three_months_after_the_first_payment_at_the_latest(paying: Paying) -> None:
    pot_id = paying.pot(stated("care", "5200.00"), review_on=date(2026, 12, 1))
    paying.plan(pot_id)
    assert look(paying).payable[0].verdict.warnings == ()
    paying.settled()
    paying.world.on(date(2026, 7, 6))
    found = look(paying, date(2026, 7, 10))
    assert {warning.code for one in found.payable for warning in one.verdict.warnings} == {"review-overdue"}


def test_somebody_without_a_part_in_payments_sees_no_run(paying: Paying) -> None:
    paying.paid_plan()
    run = paying.assembled()
    holder = paying.world.holder
    with pytest.raises(runs.RunNotFoundError):
        paying.ask(holder, runs.run, run.id)
    (payment,) = paying.payments(run)
    on = paying.world.service.today
    assert paying.ask(holder, runs.instruction, payment.id, on).amount == pounds("400")
    stranger = paying.world.service.user(
        Role.HOLDER, paying.world.service.commissioner_id, person_id=paying.world.service.person()
    )
    with pytest.raises(runs.InstructionNotFoundError):
        paying.ask(stranger, runs.instruction, payment.id, on)
