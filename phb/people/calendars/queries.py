"""The days on which banks are shut."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from phb.people.calendars.models import BankHoliday


def holidays(session: Session) -> frozenset[date]:
    """Return every bank holiday the commissioner has imported and that is observed."""
    return frozenset(session.scalars(select(BankHoliday.day).where(BankHoliday.observed)))


def calendar(session: Session) -> Sequence[BankHoliday]:
    """Return the calendar in order, days that were moved away included."""
    return session.scalars(select(BankHoliday).order_by(BankHoliday.day)).all()
