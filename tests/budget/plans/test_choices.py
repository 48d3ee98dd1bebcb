"""A plan is made of what there is on the day it starts."""

from datetime import date

from phb.budget.kinds import ManagementType
from phb.budget.plans.choices import PlanChoices, plan_choices
from phb.budget.reference.categories import Severity, categories
from tests.budget.conftest import World

SPRING = date(2026, 4, 1)


def choices(world: World, on: date = SPRING, cohort: str | None = "ADULT_CHC") -> PlanChoices:
    """Return what the care co-ordinator may choose from."""
    with world.service.unit(world.coordinator) as uow:
        return plan_choices(uow.session, uow.actor, on, known_at=uow.now, cohort=cohort)


def test_everything_a_plan_names_is_offered(world: World) -> None:
    found = choices(world)
    assert "ADULT_CHC" in {one.code for one in found.cohorts}
    assert "PERSONAL_CARE" in {one.code for one in found.categories}
    assert [one.code for one in found.priced] == ["day", "night"]
    assert [one.id for one in found.third_parties] == [world.third_party_id]
    assert [one.fund for one in found.funders] == ["nhs"]
    assert [one.id for one in found.coordinators] == [world.coordinator.user_id]


def test_nothing_is_priced_without_a_cohort_or_without_a_model(world: World) -> None:
    assert choices(world, cohort=None).priced == ()
    assert choices(world, date(2026, 3, 31)).priced == ()


def test_no_plan_is_offered_what_may_not_be_bought_however_the_money_is_held(world: World) -> None:
    offered = {one.code for one in choices(world).categories}
    assert offered == {
        one.code
        for one in categories(SPRING)
        if any(one.severity_for(way) is not Severity.BLOCK for way in ManagementType)
    }
    assert not offered & {"ALCOHOL", "GAMBLING", "TOBACCO"}
    assert offered >= {"DENTAL", "LIVING_COSTS", "PERSONAL_CARE"}  # barred from direct payments alone, referred, usual
