"""Live the year: what is written down for each day is done, the clock standing on that day."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial

from sqlalchemy.orm import Session, sessionmaker

from phb.budget.commitments.operations import expire_due
from phb.core.clock import move_clock
from phb.core.uow import begin_installation
from phb.demo.office import Office
from phb.demo.opening import CLOSES_AT, FIRST_DAY, LAST_DAY, OPENS_AT, instant
from phb.demo.year import budgets, changes, in_hand, receipts
from phb.demo.year.budgets import Course, courses
from phb.demo.year.diary import Diary
from phb.demo.year.paying import Payments
from phb.intake.files import RawRow
from phb.people.calendars.queries import holidays

ACCEPTED_AFTER = timedelta(days=4)
RECORDED_AFTER = timedelta(days=2)
RETURNS_DUE = 5  # the day of the month by which last month's returns are recorded


def live(offices: list[Office], *, progress: Callable[[date], None] = lambda _day: None) -> list[Payments]:
    """Live the year to its end and return the payments of each commissioner."""
    diary = Diary(LAST_DAY)
    payments = [write_down(diary, office) for office in offices]
    sessions = offices[0].sessions
    while (day := diary.next_day) is not None:
        set_clock(sessions, day, OPENS_AT)
        diary.do_day(day)
        progress(day)
    set_clock(sessions, LAST_DAY, CLOSES_AT)
    return payments


def write_down(diary: Diary, office: Office) -> Payments:
    """Write a commissioner's whole year into the diary: what is due first each day comes first."""
    with office.unit(office.staff.auditor) as uow:
        shut = holidays(uow.session)
    found = courses(office)
    budgets.write_into(diary, office, found)
    _files(diary, office, found)
    payments = Payments(office, shut)
    payments.plan(diary, FIRST_DAY, LAST_DAY)
    _months(diary, office)
    changes.write_into(diary, office, found, payments)
    if office.about.leaves_work_in_hand:
        in_hand.write_into(diary, office, found, payments)
    return payments


def set_clock(sessions: sessionmaker[Session], day: date, hour: int) -> None:
    """Move the clock to an hour of a day."""
    with begin_installation(sessions) as session:
        move_clock(session, instant(day, hour))


def _files(diary: Diary, office: Office, found: Mapping[str, Course]) -> None:
    """Write down every row of the files on its day; what one user records of a kind on a day goes together."""
    due: defaultdict[tuple[date, str, str], list[RawRow]] = defaultdict(list)
    for on, kind, by, row in _rows(office, found):
        due[on, kind, by].append(row)
    for (on, kind, by), rows in due.items():
        diary.add(on, partial(office.take, kind, rows, by=by))
    for row in office.rows("claims.csv", "claims"):
        course = found[row.cells["budget"]]
        if not _seen(course, row):
            receipts.write_into(diary, course, row)


def _rows(office: Office, found: Mapping[str, Course]) -> Iterator[tuple[date, str, str, RawRow]]:
    """Yield each row with the day it is imported on, its kind, and who imports it."""
    officer = office.staff.finance[0]
    for file, kind in (("agreements.csv", "agreements"), ("orders.csv", "orders")):
        for row in office.rows(file, kind):
            yield _day(row, "start_on"), kind, officer, row
    for row in office.rows("invoices.jsonl", "invoices"):
        yield _week_of(_day(row, "invoiced_on") + ACCEPTED_AFTER), "invoices", officer, row
    for row in office.rows("claims.csv", "claims"):
        course, spent_on = found[row.cells["budget"]], _day(row, "spent_on")
        if _seen(course, row):
            yield _return_of(spent_on), "claims", officer, row
        else:
            yield spent_on + RECORDED_AFTER, "claims", course.agreed_by, row


def _day(row: RawRow, name: str) -> date:
    return date.fromisoformat(row.cells[name])


def _week_of(day: date) -> date:
    """Return the Monday on which invoices are gone through that came by a day."""
    return day + timedelta(days=-day.weekday() % 7)


def _return_of(day: date) -> date:
    """Return when a month's returns are recorded; the last month's before the year is over."""
    month = day.month % 12 + 1
    return min(date(day.year + (month == 1), month, RETURNS_DUE), LAST_DAY - timedelta(days=1))


def _seen(course: Course, row: RawRow) -> bool:
    """Say whether the clerk records it: with the paper seen, or as whoever else holds the money reports it."""
    return row.cells.get("evidence_seen") == "yes" or '"third_party"' in course.row.cells["pots"]


def _months(diary: Diary, office: Office) -> None:
    """On the first of each month let go of what was promised and has expired."""
    for month in range(13):
        first = date(2026 + (3 + month) // 12, (3 + month) % 12 + 1, 1)
        diary.add(first, partial(office.as_the_system, expire_due, first))
