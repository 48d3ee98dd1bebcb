"""Orders, agreements and rotas promise money of a plan line, once, and let it go again."""

from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
from moneyed import Money

from phb.budget.budgets import operations as budgets
from phb.budget.commitments import queries
from phb.budget.commitments.draft import NewCommitment
from phb.budget.commitments.models import SpendCommitment
from phb.budget.commitments.operations import (
    BudgetNotActiveError,
    CommitmentOutsideLineError,
    NothingOpenError,
    ProviderUnclearError,
    WrongWayOfHoldingError,
    expire_due,
    increase,
    raise_commitment,
    release,
)
from phb.budget.kinds import CommitmentKind, ShareBasis
from phb.budget.plans.draft import AbsurdAmountError, ShareRule, WordsMissingError
from phb.budget.plans.operations import UnknownOrganisationError
from phb.budget.queries import PlanLineNotFoundError
from phb.budget.reference.categories import BarredCategoryError, ReferredCategoryError
from phb.budget.written import KnownDifferentlyError
from phb.core.actor import SYSTEM_USER_ID, Actor, MissingPermissionError, Role
from phb.core.money import from_pence, pounds
from phb.governance.permissions import permissions_of
from phb.ledger.refusals import TooLittleLeftError
from phb.people.saving import Change
from tests.budget.conftest import YEAR, World, dates, line, stated

APRIL = date(2026, 4, 1)
JOINTLY = (ShareRule("nhs", ShareBasis.PERCENT, percent=Fraction(60)), ShareRule("council"))
KINDS = {CommitmentKind.ORDER: "np", CommitmentKind.AGREEMENT: "tp", CommitmentKind.ROTA: "dp"}


def line_id(world: World, pot: str = "np", *, reference: str = "care") -> UUID:
    return world.line_of(world.active(line(pot=pot, shares=JOINTLY)), reference).line.id


def new(world: World, **changes: Any) -> NewCommitment:
    given: dict[str, Any] = {
        "reference": "O-1",
        "kind": CommitmentKind.ORDER,
        "amount": pounds("1000.00"),
        "period": dates("2026-05-01", "2026-05-31"),
        "words": "Care in May",
        "provider_id": world.provider_id,
    }
    return NewCommitment(**given | changes)


def raised(world: World, plan_line_id: UUID, **changes: Any) -> SpendCommitment:
    return world.do(world.coordinator, raise_commitment, plan_line_id, new(world, **changes)).row


def still_open(world: World, commitment_id: UUID) -> dict[str, Money]:
    with world.service.unit(world.auditor) as uow:
        found = queries.still_open(uow.session, commitment_id)
    return {promise.portion.share.fund: promise.portion.share.amount for promise in found}


@pytest.mark.parametrize(("kind", "pot"), KINDS.items())
def test_each_way_of_holding_has_its_own_kind_of_promise(world: World, kind: CommitmentKind, pot: str) -> None:
    plan_line_id = line_id(world, pot)
    provider_id = world.provider_id if kind is CommitmentKind.ORDER else None
    row = raised(world, plan_line_id, kind=kind, provider_id=provider_id)
    assert row.provider_id == {"np": world.provider_id, "tp": world.third_party_id, "dp": None}[pot]
    assert still_open(world, row.id) == {"nhs": pounds("600.00"), "council": pounds("400.00")}
    for other in set(CommitmentKind) - {kind}:
        with pytest.raises(WrongWayOfHoldingError):
            raised(world, plan_line_id, reference="O-2", kind=other)
    world.assert_sound()


def test_the_same_promise_again_changes_nothing(world: World) -> None:
    plan_line_id = line_id(world)
    raised(world, plan_line_id)
    again = world.do(world.finance, raise_commitment, plan_line_id, new(world))
    assert again.change is Change.UNCHANGED
    with pytest.raises(KnownDifferentlyError):
        raised(world, plan_line_id, amount=pounds("1000.01"))


def test_a_promise_beyond_what_is_left_is_refused(world: World) -> None:
    plan_line_id = line_id(world)
    with pytest.raises(TooLittleLeftError):
        raised(world, plan_line_id, amount=pounds("10428.58"))
    assert still_open(world, raised(world, plan_line_id, amount=pounds("10428.57")).id) == {
        "nhs": pounds("6257.14"),
        "council": pounds("4171.43"),
    }
    world.assert_sound()


def test_it_is_increased_released_in_part_and_released_whole(world: World) -> None:
    row = raised(world, line_id(world))
    world.do(world.coordinator, increase, row.id, amount=pounds("0.05"), reason="One more hour")
    assert sum(still_open(world, row.id).values(), from_pence(0)) == pounds("1000.05")
    world.do(world.coordinator, release, row.id, amount=pounds("500.05"), reason="Half is not needed")
    assert still_open(world, row.id) == {"nhs": pounds("300.00"), "council": pounds("200.00")}
    with pytest.raises(NothingOpenError):
        world.do(world.coordinator, release, row.id, amount=pounds("500.01"), reason="Too much")
    world.do(world.coordinator, release, row.id, reason="In hospital")
    assert still_open(world, row.id) == {}
    with pytest.raises(NothingOpenError):
        world.do(world.coordinator, release, row.id, reason="Again")
    world.assert_sound()


def test_what_is_past_its_last_day_expires_once(world: World) -> None:
    row = raised(world, line_id(world))
    system = Actor(
        SYSTEM_USER_ID, world.service.commissioner_id, frozenset({Role.SYSTEM}), permissions_of([Role.SYSTEM])
    )
    expired = [world.do(system, expire_due, date(2026, month, day)) for month, day in ((5, 31), (6, 1), (6, 2))]
    assert expired == [0, 1, 0]
    assert still_open(world, row.id) == {}
    world.assert_sound()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"provider_id": None}, ProviderUnclearError),
        ({"provider_id": uuid4()}, UnknownOrganisationError),
        ({"period": dates("2026-03-31", "2026-04-30")}, CommitmentOutsideLineError),
        ({"expires_on": date(2026, 5, 30)}, CommitmentOutsideLineError),
        ({"category_code": "ALCOHOL"}, BarredCategoryError),
        ({"category_code": "LIVING_COSTS"}, ReferredCategoryError),
    ],
)
def test_a_promise_that_does_not_fit_is_refused(world: World, changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        raised(world, line_id(world), **changes)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"amount": pounds("0.00")}, AbsurdAmountError),
        ({"amount": pounds("-1.00")}, AbsurdAmountError),
        ({"words": ""}, WordsMissingError),
    ],
)
def test_a_promise_of_nothing_is_refused(world: World, changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        new(world, **changes)


def test_a_promise_belongs_to_one_financial_year(world: World) -> None:
    across = dates("2027-01-01", "2027-06-30")
    chair = stated("chair", "100.00", pot="np", period=across)
    budget_id = world.active(chair, period=across, review_on=date(2027, 4, 1))
    plan_line_id = world.line_of(budget_id, "chair").line.id
    with pytest.raises(CommitmentOutsideLineError):
        raised(world, plan_line_id, period=dates("2027-03-01", "2027-04-30"))
    with pytest.raises(PlanLineNotFoundError, match="no money in the financial year 2027"):
        raised(world, plan_line_id, period=dates("2027-04-01", "2027-04-30"))


def test_a_referred_category_carries_its_reason_from_the_plan_or_gives_its_own(world: World) -> None:
    referred = line(pot="np", category="LIVING_COSTS", referral_reason="Dialysis at home")
    plan_line_id = world.line_of(world.active(referred)).line.id
    assert raised(world, plan_line_id).referral_reason == "Dialysis at home"
    other = raised(
        world, plan_line_id, reference="O-2", category_code="NHS_NOT_ROUTINE", referral_reason="Panel of May"
    )
    assert other.referral_reason == "Panel of May"


def test_money_of_a_budget_that_is_not_active_is_not_promised(world: World) -> None:
    budget = world.propose(line(pot="np"))
    world.do(world.coordinator, budgets.submit, budget.id)
    with pytest.raises(BudgetNotActiveError):
        raised(world, world.line_of(budget.id).line.id)


def test_what_is_not_yours_is_not_found(world: World) -> None:
    with pytest.raises(PlanLineNotFoundError):
        raised(world, uuid4())
    with pytest.raises(queries.CommitmentNotFoundError):
        world.do(world.coordinator, release, uuid4(), reason="x")
    with pytest.raises(MissingPermissionError):
        world.do(world.holder, raise_commitment, uuid4(), new(world, period=YEAR))


def test_promises_are_listed_for_their_line_and_for_who_may_see_the_budget(world: World) -> None:
    row = raised(world, line_id(world))
    with world.service.unit(world.holder) as uow:
        assert queries.commitment(uow.session, uow.actor, row.id, APRIL).reference == "O-1"
        assert [one.id for one in queries.commitments_of_line(uow.session, row.plan_line_id)] == [row.id]


def test_what_was_promised_of_a_budget_is_told_with_what_is_open(world: World) -> None:
    plan_line_id = line_id(world)
    budget_id = raised(world, plan_line_id).budget_id
    later = raised(world, plan_line_id, reference="O-2", period=dates("2026-06-01", "2026-06-30"))
    world.do(world.finance, increase, later.id, amount=pounds("50.00"), reason="More visits")
    world.do(world.finance, release, later.id, amount=pounds("400.00"), reason="Fewer visits")
    found = world.ask(world.auditor, queries.promises_of_budget, budget_id, APRIL)
    told = [(one.commitment.reference, one.promised, one.open_amount) for one in found]
    assert told == [
        ("O-1", pounds("1000.00"), pounds("1000.00")),
        ("O-2", pounds("1050.00"), pounds("650.00")),
    ]
