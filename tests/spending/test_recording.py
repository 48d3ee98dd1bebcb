"""Spend posts at once where it is planned, is asked about where it is not, and the books always equal the bank."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from moneyed import Money

from phb.budget.commitments.draft import NewCommitment
from phb.budget.commitments.operations import BudgetNotActiveError, raise_commitment
from phb.budget.kinds import CommitmentKind
from phb.budget.plans.draft import AbsurdAmountError, WordsMissingError
from phb.budget.queries import BudgetNotFoundError, PlanLineNotFoundError, PotNotFoundError
from phb.budget.reference.categories import UnknownCategoryError
from phb.budget.reference.operations import set_programme_budget
from phb.budget.written import KnownDifferentlyError
from phb.core.actor import Actor, MissingPermissionError, Role
from phb.core.errors import DomainError
from phb.core.money import FractionOfAPennyError, pounds
from phb.core.period import Period
from phb.governance.policy import confirm, propose
from phb.people.kinds import Basis, RelationKind, Scope
from phb.people.relations.rules import NewRelation
from phb.people.saving import Change
from phb.spending.kinds import Evidence, ShareKind, SpendState
from phb.spending.promises import CommitmentElsewhereError
from phb.spending.records import queries
from phb.spending.records.draft import NewSpend
from phb.spending.records.models import SpendRecord
from phb.spending.records.operations import EvidenceNotYoursError, record_spend
from phb.spending.records.placing import (
    NotHandedOverError,
    NotYourAccountError,
    WhichPotError,
)
from phb.spending.records.rules import SpentBeforeBudgetError, SpentInFutureError
from tests.budget.conftest import World, dates, stated
from tests.people.conftest import APRIL, BY_THE_PERSON
from tests.spending.conftest import JUNE, MAY, Spender, usual_lines

NIL = pounds("0")


def shares(spender: Spender, spend_id: Any, kind: ShareKind = ShareKind.SPENT) -> list[tuple[int, str, int]]:
    found = spender.ask(queries.shares, spend_id, kind)
    return [(share.year, share.fund, share.pence) for share in found]


def test_planned_spend_is_spent_at_once_and_shared_between_the_funders(spender: Spender) -> None:
    row = spender.spend("100.01")
    assert (row.state, row.reason_code, row.booked_line_id) == (SpendState.ACCEPTED, None, spender.line_id())
    assert shares(spender, row.id) == [(2026, "council", 4000), (2026, "nhs", 6001)]
    assert (spender.spent(), spender.cash(), spender.asked_about()) == (pounds("100.01"), pounds("2899.99"), NIL)


def test_what_left_before_counts_from_the_day_it_left(spender: Spender) -> None:
    spender.spend("100.00")
    assert spender.cash(as_of=date(2026, 5, 3)) == pounds("3000.00")
    assert spender.cash(as_of=MAY) == pounds("2900.00")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"category": "ALCOHOL"}, "barred-category"),
        ({"category": "COMMISSIONED_ELSEWHERE"}, "referred-category"),
        ({"line": None, "category": "EQUIPMENT"}, "not-in-plan"),
        ({"category": "TRANSPORT"}, "category-not-the-lines"),
        ({"covers": dates("2027-03-30", "2027-04-02")}, "outside-line-dates"),
        ({"amount": "3000.01"}, "too-little-left"),
    ],
)
def test_whatever_the_bar_it_is_recorded_that_money_left(spender: Spender, changes: dict[str, Any], code: str) -> None:
    row = spender.spend(changes.pop("amount", "40.00"), **changes)
    assert (row.state, row.reason_code, row.booked_line_id) == (SpendState.ASKED_ABOUT, code, None)
    assert row.reason is not None
    assert (spender.asked_about(), spender.spent()) == (row.amount, NIL)
    assert spender.cash() == pounds("3000.00") - row.amount


def test_too_little_left_says_how_much_there_was(spender: Spender) -> None:
    spender.spend("2950.00")
    row = spender.spend("60.00")
    assert "This was £60.00 and the plan line had £50.00 left" in (row.reason or "")
    assert spender.spend("50.00").state == SpendState.ACCEPTED


def test_money_outside_the_plan_is_shared_as_the_pot_is(spender: Spender) -> None:
    row = spender.spend("35.00", line=None)
    # The pot's lines come to £3,500: £1,800 + £500 by the NHS, £1,200 by the council.
    assert shares(spender, row.id, ShareKind.ASKED_ABOUT) == [(2026, "council", 1200), (2026, "nhs", 2300)]


def test_a_third_party_account_is_named_by_its_line_or_its_pot(spender: Spender) -> None:
    spender.spend("10.00", line="agency")
    assert spender.cash("tp") == pounds("990.00")
    with pytest.raises(WhichPotError, match="one of dp, tp"):
        spender.spend(line=None, pot_id=None)
    row = spender.spend("5.00", line=None, pot_id=spender.pot_id("tp"))
    assert (row.pot_id, spender.cash("tp")) == (spender.pot_id("tp"), pounds("985.00"))


def test_a_line_that_left_the_plan_is_not_in_the_plan(spender: Spender) -> None:
    kit = spender.line_id("kit")
    bought = {"plan_line_id": kit, "category": "EQUIPMENT"}
    without_kit = [line for line in usual_lines() if line.reference != "kit"]
    spender.world.changed(spender.budget_id, *without_kit, finance=False)
    assert spender.spend("13.00", line=None, pot_id=None, **bought).reason_code == "not-in-plan"


def test_a_line_of_another_budget_is_not_found(spender: Spender) -> None:
    with pytest.raises(PlanLineNotFoundError):
        spender.spend(plan_line_id=uuid4())


def test_a_rota_is_used_by_what_is_spent(spender: Spender) -> None:
    rota = rota_of(spender, "500.00")
    spender.spend("120.00", commitment_id=rota)
    position = spender.world.line_position(spender.world.line_of(spender.budget_id))
    assert (position.committed, position.spent) == (pounds("380.00"), pounds("120.00"))
    spender.spend("400.00", commitment_id=rota)
    position = spender.world.line_position(spender.world.line_of(spender.budget_id))
    assert (position.committed, position.spent, position.available) == (NIL, pounds("520.00"), pounds("2480.00"))


def test_a_rota_past_its_last_day_is_not_used(spender: Spender) -> None:
    rota = rota_of(spender, "500.00", dates("2026-04-01", "2026-05-03"))
    spender.spend("120.00", commitment_id=rota)
    assert spender.world.line_position(spender.world.line_of(spender.budget_id)).committed == pounds("500.00")


def test_money_promised_to_others_is_not_left(spender: Spender) -> None:
    rota = rota_of(spender, "2950.00")
    assert spender.spend("60.00").reason_code == "too-little-left"
    assert spender.spend("60.00", commitment_id=rota).state == SpendState.ACCEPTED


def test_care_across_two_years_is_spent_of_each_by_its_days(world: World) -> None:
    both = dates("2026-04-01", "2028-03-31")
    world.do(world.finance, set_programme_budget, fund="nhs", year=2027, amount=pounds("9000.00"), source="Board")
    line = stated("care", "2.00", period=both, quantity=10, unit="hour", frequency="week", money=None)
    spender = Spender(world, world.active(line, period=both))
    spender.pay_in("50.00")
    world.on(date(2027, 4, 10))
    row = spender.spend("7.00", spent_on=date(2027, 4, 5), covers=dates("2027-03-29", "2027-04-04"))
    assert shares(spender, row.id) == [(2026, "nhs", 300), (2027, "nhs", 400)]
    assert spender.spent() == pounds("7.00")


def test_a_year_that_the_line_has_no_money_for_is_asked_about(world: World) -> None:
    both = dates("2026-04-01", "2028-03-31")
    spender = Spender(world, world.active(stated("care", "100.00", period=both), period=both))
    spender.pay_in("50.00")
    world.on(date(2027, 4, 10))
    row = spender.spend("7.00", spent_on=date(2027, 4, 5))
    assert (row.reason_code, shares(spender, row.id, ShareKind.ASKED_ABOUT)) == (
        "too-little-left",
        [(2026, "nhs", 700)],
    )
    assert "has no money for 5 April 2027" in (row.reason or "")


def test_a_budget_without_an_account_has_nothing_to_spend_from(world: World) -> None:
    spender = Spender(world, world.active(stated("nurse", "100.00", pot="np", category="NURSING")))
    for line in ("nurse", None):
        with pytest.raises(NotHandedOverError):
            spender.put(world.holder, line=line, pot_id=None, spent_on=APRIL)


def test_the_same_reference_again_changes_nothing(spender: Spender) -> None:
    first = spender.put(spender.world.finance, reference="CL-1")
    again = spender.put(spender.world.finance, reference="CL-1")
    assert (first.change, again.change, again.row.id) == (Change.ADDED, Change.UNCHANGED, first.row.id)
    assert spender.cash() == pounds("2900.00")


@pytest.mark.parametrize("changes", [{"amount": "100.01"}, {"payee": "Another"}, {"spent_on": date(2026, 5, 5)}])
def test_the_same_reference_for_something_else_is_refused(spender: Spender, changes: dict[str, Any]) -> None:
    spender.spend(reference="CL-1")
    with pytest.raises(KnownDifferentlyError):
        spender.spend(changes.pop("amount", "100.00"), reference="CL-1", **changes)


def test_what_looks_the_same_is_taken_and_flagged(spender: Spender) -> None:
    first = spender.spend()
    second = spender.spend(payee="SAM'S CARE")
    assert (first.duplicate_of, second.duplicate_of) == (None, first.id)
    assert spender.spend(payee="Jo").duplicate_of is None
    assert spender.cash() == pounds("2700.00")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"amount": "0.00"}, AbsurdAmountError),
        ({"amount": "-1.00"}, AbsurdAmountError),
        ({"amount": "50000.01"}, AbsurdAmountError),
        ({"spent_on": date(2026, 6, 16)}, SpentInFutureError),
        ({"spent_on": date(2026, 3, 31)}, SpentBeforeBudgetError),
        ({"category": "CHOCOLATE"}, UnknownCategoryError),
        ({"line": "nurse"}, NotHandedOverError),
        ({"payee": " "}, WordsMissingError),
        ({"words": ""}, WordsMissingError),
        ({"reference": ""}, WordsMissingError),
        ({"commitment_id": uuid4()}, CommitmentElsewhereError),
        ({"pot_id": uuid4()}, PotNotFoundError),
        ({"line": None, "pot_id": uuid4()}, PotNotFoundError),
        ({"evidence_seen": True}, EvidenceNotYoursError),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(
    spender: Spender, changes: dict[str, Any], error: type[DomainError]
) -> None:
    with pytest.raises(error) as refused:
        spender.spend(changes.pop("amount", "100.00"), **changes)
    assert refused.value.sentence.endswith(".")
    assert spender.cash() == pounds("3000.00")
    assert spender.ask(lambda session: session.scalars(queries.visible_spend(spender.world.holder, JUNE)).all()) == []


def test_three_decimals_are_refused() -> None:
    with pytest.raises(FractionOfAPennyError):
        NewSpend(MAY, Money("1.001", "GBP"), "OTHER", "A shop", "A thing")


def test_a_budget_that_is_not_active_has_nothing_to_spend(world: World) -> None:
    spender = Spender(world, world.agreed(stated("care", "100.00")))
    with pytest.raises(BudgetNotActiveError):
        spender.put(world.holder, spent_on=APRIL)


def test_evidence_is_a_state_and_never_a_condition(spender: Spender) -> None:
    assert spender.spend().evidence == Evidence.AWAITED
    assert spender.put(spender.world.finance, evidence_seen=True).row.evidence == Evidence.SEEN
    need_no_receipts_below(spender.world, "20.00")
    assert spender.spend("19.99").evidence == Evidence.NOT_NEEDED
    assert spender.spend("20.00").evidence == Evidence.AWAITED


def test_every_role_records_for_whom_it_may(spender: Spender) -> None:
    world = spender.world
    may = [
        world.holder,
        world.finance,
        world.coordinator,
        third_party(world),
        world.service.broker(world.person_id, Scope.BUDGET, Scope.SPEND),
    ]
    for actor in may:
        line = "agency" if Role.THIRD_PARTY in actor.roles else "care"
        assert spender.put(actor, "1.00", line=line).change is Change.ADDED


@pytest.mark.parametrize("role", ["auditor", "approver", "clinician", "administrator"])
def test_roles_that_record_nothing_are_told_so(spender: Spender, role: str) -> None:
    with pytest.raises(MissingPermissionError):
        spender.put(getattr(spender.world, role))


def test_somebody_elses_budget_is_not_found(spender: Spender) -> None:
    world = spender.world
    stranger = world.service.user(Role.HOLDER, world.service.commissioner_id, person_id=world.service.person())
    without_scope = world.service.broker(world.person_id, Scope.BUDGET)
    another = World(type(world.service)(world.service.sessions))
    for actor in (stranger, without_scope, ended_broker(world), another.finance):
        with pytest.raises(BudgetNotFoundError):
            world.do(actor, record_spend, spender.budget_id, spender.new())


def test_a_broker_records_only_days_inside_the_consent(spender: Spender) -> None:
    broker = spender.world.service.broker(spender.world.person_id, Scope.SPEND, start_on=date(2026, 5, 10))
    with pytest.raises(BudgetNotFoundError):
        spender.put(broker)
    assert spender.put(broker, spent_on=date(2026, 5, 10)).change is Change.ADDED


def test_a_third_party_records_only_for_the_account_it_holds(spender: Spender) -> None:
    with pytest.raises(NotYourAccountError):
        spender.put(third_party(spender.world))


def test_what_an_actor_may_see_is_what_they_are_shown(spender: Spender) -> None:
    world = spender.world
    spender.spend("1.00", spent_on=date(2026, 4, 20))
    spender.spend("2.00")
    broker = world.service.broker(world.person_id, Scope.SPEND, start_on=date(2026, 5, 1))
    stranger = world.service.user(Role.HOLDER, world.service.commissioner_id, person_id=world.service.person())

    def seen(actor: Actor) -> list[Money]:
        query = queries.visible_spend(actor, JUNE, budget_id=spender.budget_id).order_by(SpendRecord.spent_on)
        with world.service.unit(actor) as uow:
            return [row.amount for row in uow.session.scalars(query)]

    assert seen(world.holder) == seen(world.finance) == seen(world.auditor) == [pounds("1.00"), pounds("2.00")]
    assert seen(broker) == [pounds("2.00")]
    assert seen(stranger) == seen(world.administrator) == []


def rota_of(spender: Spender, amount: str, period: Period | None = None) -> Any:
    new = NewCommitment(
        f"R-{amount}", CommitmentKind.ROTA, pounds(amount), period or dates("2026-04-01", "2027-03-31"), "Weekly rota"
    )
    return spender.world.do(spender.world.finance, raise_commitment, spender.line_id(), new).row.id


def need_no_receipts_below(world: World, amount: str) -> None:
    value = {"evidence_not_needed_below": {"amount": amount, "currency": "GBP"}}
    row = world.do(
        world.administrator, propose, "spending", value, effective_from=APRIL, source="Finance committee, March 2026"
    )
    world.do(world.service.named("bo"), confirm, row.id)


def third_party(world: World) -> Actor:
    world.service.relate(
        world.person_id,
        NewRelation(
            RelationKind.THIRD_PARTY,
            Basis.AGREEMENT,
            APRIL,
            None,
            organisation_id=world.third_party_id,
            consent=BY_THE_PERSON,
        ),
    )
    return world.service.user(Role.THIRD_PARTY, world.third_party_id)


def ended_broker(world: World) -> Actor:
    return world.service.broker(world.person_id, Scope.BUDGET, Scope.SPEND, end_on=date(2026, 6, 1))
