"""Offers, home packages and programme budgets are recorded once."""

from datetime import date
from typing import Any

import pytest

from phb.budget.kinds import CareSetting
from phb.budget.reference import queries
from phb.budget.reference.cohorts import UnknownCohortError
from phb.budget.reference.operations import (
    NothingSetError,
    UnknownFundError,
    YearOutOfRangeError,
    record_home_package,
    record_offer,
    set_programme_budget,
)
from phb.core.actor import MissingPermissionError
from phb.core.money import pounds
from phb.core.period import DatesWrongWayRoundError
from phb.ledger.chart import Account
from phb.ledger.queries import trial_balance
from phb.people.saving import Change
from tests.budget.conftest import World

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)


def envelope(world: World) -> dict[str, Any]:
    with world.service.unit(world.auditor) as uow:
        return {
            balance.fund: balance.amount
            for balance in trial_balance(uow.session)
            if balance.account is Account.ENVELOPE
        }


def test_a_programme_budget_is_booked_once_and_replaced_by_another_sum(world: World) -> None:
    again = world.do(world.finance, set_programme_budget, fund="nhs", year=2026, amount=pounds("900000.00"), source="x")
    assert again.change is Change.UNCHANGED
    put = world.do(world.finance, set_programme_budget, fund="nhs", year=2026, amount=pounds("850000.00"), source="x")
    assert put.change is Change.ADDED
    assert envelope(world) == {"nhs": pounds("850000.00"), "council": pounds("900000.00")}
    with world.service.unit(world.auditor) as uow:
        assert len(uow.session.scalars(queries.programme_budgets()).all()) == 3
    world.assert_sound()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"fund": "N.H.S."}, UnknownFundError),
        ({"year": 26}, YearOutOfRangeError),
        ({"amount": pounds("0.00")}, NothingSetError),
        ({"amount": pounds("-5.00")}, NothingSetError),
    ],
)
def test_an_odd_programme_budget_is_refused(world: World, change: dict[str, Any], error: type[Exception]) -> None:
    given: dict[str, Any] = {"fund": "nhs", "year": 2026, "amount": pounds("10.00"), "source": "Board"}
    with pytest.raises(error):
        world.do(world.finance, set_programme_budget, **given | change)


def test_an_approver_sets_no_programme_budget(world: World) -> None:
    with pytest.raises(MissingPermissionError):
        world.do(world.approver, set_programme_budget, fund="nhs", year=2026, amount=pounds("1.00"), source="x")


def test_breadth_counts_groups_that_are_offered_on_the_day(world: World) -> None:
    for code, last in (("WHEELCHAIR_ADULT", None), ("WHEELCHAIR_CYP", None), ("ADULT_CHC", APRIL)):
        world.do(
            world.administrator, record_offer, cohort_code=code, offered_from=APRIL, offered_to=last, source="Board"
        )
    with world.service.unit(world.auditor) as uow:
        assert queries.offered_groups(uow.session, APRIL) == {"WHEELCHAIR", "CHC"}
        assert queries.offered_groups(uow.session, MAY) == {"WHEELCHAIR"}


def test_an_offer_is_recorded_once_and_may_end(world: World) -> None:
    given: dict[str, Any] = {"cohort_code": "ADULT_CHC", "offered_from": APRIL, "source": "Board"}
    changes = [
        world.do(world.administrator, record_offer, **given, offered_to=last).change for last in (None, None, MAY, MAY)
    ]
    assert changes == [Change.ADDED, Change.UNCHANGED, Change.CHANGED, Change.UNCHANGED]


def test_an_offer_to_nobody_or_backwards_is_refused(world: World) -> None:
    with pytest.raises(UnknownCohortError):
        world.do(world.administrator, record_offer, cohort_code="X", offered_from=APRIL, offered_to=None, source="x")
    with pytest.raises(DatesWrongWayRoundError):
        world.do(
            world.administrator, record_offer, cohort_code="ADULT_CHC", offered_from=MAY, offered_to=APRIL, source="x"
        )


def test_a_home_package_is_recorded_once_and_counts_on_its_days(world: World) -> None:
    given: dict[str, Any] = {
        "reference": "P-1",
        "cohort_code": "ADULT_CHC",
        "care_setting": CareSetting.HOME,
        "start_on": APRIL,
        "source": "CHC system",
    }
    changes = [
        world.do(world.administrator, record_home_package, **given, end_on=last).change
        for last in (None, None, date(2026, 4, 30))
    ]
    assert changes == [Change.ADDED, Change.UNCHANGED, Change.CHANGED]
    with world.service.unit(world.auditor) as uow:
        assert [package.reference for package in queries.home_packages(uow.session, date(2026, 4, 30))] == ["P-1"]
        assert queries.home_packages(uow.session, MAY) == []
