"""The days that a list is narrowed to."""

from datetime import date

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.core.days import ANY_DAY, Days
from phb.people.models import Organisation
from phb.people.organisations.queries import visible_organisations
from tests.people.conftest import Service

FOUNDED = date(2026, 1, 1)
BEFORE, AFTER = date(2025, 12, 31), date(2026, 1, 2)


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (ANY_DAY, True),
        (Days(FOUNDED, FOUNDED), True),
        (Days(first=FOUNDED), True),
        (Days(first=AFTER), False),
        (Days(last=FOUNDED), True),
        (Days(last=BEFORE), False),
    ],
)
def test_both_ends_are_included_and_either_may_be_left_open(
    session_factory: sessionmaker[Session], days: Days, *, found: bool
) -> None:
    service = Service(session_factory)
    with service.unit(service.administrator) as uow:
        query = days.of(visible_organisations(service.administrator), Organisation.start_on)
        assert bool(uow.session.scalars(query).all()) is found
