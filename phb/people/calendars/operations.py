"""Import bank holidays, one day at a time, or the calendar that comes with the project."""

import csv
from dataclasses import dataclass, fields
from datetime import date
from importlib import resources

from phb.core.actor import Permission
from phb.core.errors import RuleViolationError
from phb.core.uow import UnitOfWork
from phb.governance import audit
from phb.people.calendars.models import BankHoliday
from phb.people.saving import Change, Put, save


class BankHolidayError(RuleViolationError):
    """A bank holiday has no title or source."""

    code = "bank-holiday"


@dataclass(frozen=True)
class Holiday:
    """A day of the calendar; `observed` is false for one that was moved to another day."""

    day: date
    title: str
    source: str
    confidence: str = "verified"
    observed: bool = True


def put_holiday(uow: UnitOfWork, holiday: Holiday) -> Put[BankHoliday]:
    """Add a day to the commissioner's calendar, or change what it says; the same again changes nothing.

    Raises:
        BankHolidayError: it has no title or source.
    """
    uow.actor.require(Permission.REFERENCE_WRITE)
    if not holiday.title.strip() or not holiday.source.strip():
        raise BankHolidayError("Give the holiday's title and where its date comes from.", field="title")
    row = uow.session.get(BankHoliday, (uow.commissioner_id, holiday.day), with_for_update=True)
    change = Change.ADDED if row is None else Change.CHANGED
    row = row or BankHoliday(commissioner_id=uow.commissioner_id, day=holiday.day)
    new = {field.name: getattr(holiday, field.name) for field in fields(Holiday)}
    if change is Change.CHANGED and all(getattr(row, name) == value for name, value in new.items()):
        return Put(row, Change.UNCHANGED)
    for name, value in new.items():
        setattr(row, name, value)
    save(uow, {}, row)
    audit.record(uow, "calendar.recorded", "calendar", uow.commissioner_id, day=row.day, observed=row.observed)
    return Put(row, change)


def put_national_calendar(uow: UnitOfWork) -> Change:
    """Add the bank holidays of England and Wales that come with the project; again, it changes nothing."""
    changes = {put_holiday(uow, holiday).change for holiday in national_calendar()}
    return Change.UNCHANGED if changes == {Change.UNCHANGED} else Change.CHANGED


def national_calendar() -> list[Holiday]:
    """Return the bank holidays of England and Wales, each with its source, from the project's data file."""
    text = (resources.files("phb.people") / "data" / "bank_holidays_england.csv").read_text(encoding="utf-8")
    return [
        Holiday(date.fromisoformat(row["date"]), row["title"], row["source"], row["confidence"])
        for row in csv.DictReader(text.splitlines())
    ]
