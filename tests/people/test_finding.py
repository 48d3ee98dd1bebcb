"""People are found by what is known of them, and only by those who may see them."""

import pytest

from phb.core.actor import Actor, Role
from phb.people.details import PersonDetails
from phb.people.finding import SoughtPerson, sought_people
from phb.people.kinds import TraceStatus
from tests.people.conftest import APRIL, BORN, Service, invented_number

NUMBER = invented_number(21)


@pytest.fixture
def known(service: Service) -> Service:
    """Register two people, one with an NHS number."""
    service.person(PersonDetails("Mair", "Example-Jones", BORN, NUMBER, TraceStatus.VERIFIED))
    service.person(PersonDetails("Aled", "Sample", BORN))
    return service


def found(service: Service, actor: Actor, **sought: object) -> list[str]:
    """Return the names of whom an actor finds."""
    with service.unit(actor) as uow:
        query = sought_people(actor, APRIL, SoughtPerson(**sought))  # type: ignore[arg-type]  # a test's own words
        return sorted(row.full_name for row in uow.session.scalars(query))


@pytest.mark.parametrize(
    ("sought", "names"),
    [
        ({}, ["Aled Sample", "Mair Example-Jones"]),
        ({"name": "jones"}, ["Mair Example-Jones"]),
        ({"name": "example MA"}, ["Mair Example-Jones"]),
        ({"name": "%"}, []),
        ({"nhs_number": NUMBER}, ["Mair Example-Jones"]),
        ({"nhs_number": NUMBER, "name": "Aled"}, []),
        ({"reference": "p-"}, ["Aled Sample", "Mair Example-Jones"]),
        ({"reference": "x"}, []),
    ],
)
def test_people_are_found_by_each_thing_known(known: Service, sought: dict[str, object], names: list[str]) -> None:
    assert found(known, known.coordinator, **sought) == names


def test_nobody_finds_whom_they_may_not_see(known: Service) -> None:
    assert found(known, known.staff(Role.ADMINISTRATOR), name="Mair") == []
