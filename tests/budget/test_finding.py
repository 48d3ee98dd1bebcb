"""Budgets are found by what is known of them, and described with people and plans, however many there are."""

from uuid import UUID

import pytest
from sqlalchemy import Engine

from phb.budget.budgets import operations as budgets
from phb.budget.finding import Found, Sought, describe, sought_budgets
from phb.budget.kinds import BudgetKind, CareSetting, ManagementType
from phb.core.actor import Actor
from phb.core.money import pounds
from phb.people.details import PersonDetails
from phb.people.kinds import TraceStatus
from tests.budget.conftest import World, stated
from tests.monitoring.waiting.test_waiting_queries import statements
from tests.people.conftest import BORN, invented_number


def of_somebody(world: World, name: str, stem: int, *, reference: str, cohort: str = "ADULT_CHC") -> UUID:
    details = PersonDetails(
        name, "O'Brien_Parry", BORN, nhs_number=invented_number(stem), trace_status=TraceStatus.VERIFIED
    )
    put = world.do(
        world.coordinator,
        budgets.propose,
        world.service.person(details),
        reference=reference,
        cohort_code=cohort,
        kind=BudgetKind.PERSONAL_HEALTH_BUDGET,
        care_setting=CareSetting.HOME,
        plan=world.plan(stated("kit", "70.00", pot="np", category="EQUIPMENT"), stated("care", "100.00")),
    )
    return put.row.id


def found(world: World, sought: Sought, actor: Actor | None = None) -> list[Found]:
    reader = actor or world.auditor
    with world.service.unit(reader) as uow:
        rows = uow.session.scalars(sought_budgets(reader, uow.today, sought).order_by("reference")).all()
        return describe(uow.session, rows)


def references(world: World, sought: Sought, actor: Actor | None = None) -> list[str]:
    return [one.budget.reference for one in found(world, sought, actor)]


@pytest.mark.parametrize(
    "sought",
    [
        Sought(name="nerys o'b"),
        Sought(name="brien_p"),
        Sought(nhs_number=invented_number(12)),
        Sought(reference="x-1"),
        Sought(state="draft", name="nerys"),
        Sought(cohort_code="WHEELCHAIR_ADULT"),
        Sought(management=ManagementType.NOTIONAL),
    ],
)
def test_what_fits_is_found_and_nothing_else(world: World, sought: Sought) -> None:
    of_somebody(world, "Nerys", 12, reference="X-1", cohort="WHEELCHAIR_ADULT")
    world.active(stated("care", "5.00"), reference="B-1")
    assert references(world, sought) == ["X-1"]


@pytest.mark.parametrize(
    "sought",
    [Sought(name="%"), Sought(name="brien?"), Sought(reference="-1"), Sought(management=ManagementType.THIRD_PARTY)],
)
def test_what_does_not_fit_is_not_found(world: World, sought: Sought) -> None:
    of_somebody(world, "Nerys", 12, reference="X-1")
    assert references(world, sought) == []


def test_the_persons_own_reference_finds_their_budgets(world: World) -> None:
    of_somebody(world, "Nerys", 12, reference="X-1")
    person = found(world, Sought(name="nerys"))[0].person
    assert references(world, Sought(reference=person.reference)) == ["X-1"]


def test_a_budget_is_described_by_its_person_ways_and_amount(world: World) -> None:
    of_somebody(world, "Nerys", 12, reference="X-1")
    (one,) = found(world, Sought())
    assert (one.person.full_name, one.amount) == ("Nerys O'Brien_Parry", pounds("170.00"))
    assert one.ways == (ManagementType.NOTIONAL, ManagementType.DIRECT_PAYMENT)


def test_nobody_finds_what_is_not_theirs_to_see(world: World) -> None:
    of_somebody(world, "Nerys", 12, reference="X-1")
    assert references(world, Sought(), world.holder) == []


def test_more_budgets_ask_the_database_no_more_often(world: World, engine: Engine) -> None:
    def asked() -> int:
        with statements(engine) as sent:
            found(world, Sought())
        return len(sent)

    of_somebody(world, "Nerys", 12, reference="X-1")
    few = asked()
    for stem, reference in ((13, "X-2"), (15, "X-3")):
        of_somebody(world, "Gwen", stem, reference=reference)
    assert asked() == few
