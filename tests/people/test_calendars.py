"""Bank holidays are dated data of each commissioner."""

from dataclasses import replace
from datetime import date

import pytest

from phb.core.actor import MissingPermissionError
from phb.people.calendars.operations import (
    BankHolidayError,
    Holiday,
    national_calendar,
    put_holiday,
    put_national_calendar,
)
from phb.people.calendars.queries import calendar, holidays
from phb.people.saving import Change
from tests.people.conftest import Service

CHRISTMAS = Holiday(date(2026, 12, 25), "Christmas Day", "GOV.UK")


def test_the_national_calendar_is_put_once_and_stays_the_commissioners_own(service: Service, another: Service) -> None:
    changes = [service.do(service.administrator, put_national_calendar) for _ in range(2)]
    assert changes == [Change.CHANGED, Change.UNCHANGED]
    with service.unit(service.coordinator) as uow:
        days = holidays(uow.session)
        assert len(calendar(uow.session)) == len(days) == len(national_calendar())
    assert {date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 28)} <= days
    with another.unit(another.coordinator) as uow:
        assert holidays(uow.session) == frozenset()


def test_a_holiday_that_moves_is_no_longer_observed(service: Service) -> None:
    changes = [
        service.do(service.administrator, put_holiday, given).change
        for given in (CHRISTMAS, CHRISTMAS, replace(CHRISTMAS, observed=False))
    ]
    assert changes == [Change.ADDED, Change.UNCHANGED, Change.CHANGED]
    with service.unit(service.coordinator) as uow:
        assert holidays(uow.session) == frozenset()


def test_a_holiday_needs_a_title_a_source_and_the_right_to_import(service: Service) -> None:
    for given in (replace(CHRISTMAS, title=" "), replace(CHRISTMAS, source="")):
        with pytest.raises(BankHolidayError):
            service.do(service.administrator, put_holiday, given)
    with pytest.raises(MissingPermissionError):
        service.do(service.coordinator, put_holiday, CHRISTMAS)


def test_every_day_of_the_national_calendar_says_where_it_comes_from() -> None:
    assert all(holiday.source and holiday.confidence for holiday in national_calendar())
