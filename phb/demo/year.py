"""Twelve months of both commissioners, lived day by day through the operations the API uses."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial

from sqlalchemy.orm import Session, sessionmaker

from phb.budget.commitments.operations import expire_due
from phb.core.clock import move_clock
from phb.core.uow import begin_installation
from phb.demo import changes
from phb.demo.budgets import Course, courses
from phb.demo.diary import Diary
from phb.demo.office import Office
from phb.demo.opening import CLOSES_AT, FIRST_DAY, LAST_DAY, OPENS_AT, instant
from phb.demo.paying import Payments
from phb.intake.files import RawRow
from phb.people.calendars.queries import holidays

ACCEPTED_AFTER = timedelta(days=4)
RECORDED_AFTER = timedelta(days=2)


def live(offices: list[Office], *, progress: Callable[[date], None] = lambda _day: None) -> list[Payments]:
    """Live the year to its end and return the payments of each commissioner."""
    diary = Diary()
    payments = [write_down(diary, office) for office in offices]
    sessions = offices[0].sessions
    while (day := diary.next_day) is not None and day <= LAST_DAY:
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
    for course in found.values():
        course.write_into(diary)
    _files(diary, office, found)
    payments = Payments(office, shut)
    payments.plan(diary, FIRST_DAY, LAST_DAY)
    _months(diary, office)
    changes.write_into(diary, office, found, payments)
    return payments


def set_clock(sessions: sessionmaker[Session], day: date, hour: int) -> None:
    """Move the clock to an hour of a day."""
    with begin_installation(sessions) as session:
        move_clock(session, instant(day, hour))


def _files(diary: Diary, office: Office, found: dict[str, Course]) -> None:
    """Write down every row of the files on its day; what one user records of a kind on a day goes together."""
    due: defaultdict[tuple[date, str, str], list[RawRow]] = defaultdict(list)
    for on, kind, by, row in _rows(office, found):
        due[on, kind, by].append(row)
    for (on, kind, by), rows in due.items():
        if on <= LAST_DAY:
            diary.add(on, partial(office.take, kind, rows, by=by))


def _rows(office: Office, found: dict[str, Course]) -> Iterator[tuple[date, str, str, RawRow]]:
    """Yield each row with the day it is imported on, its kind, and who imports it."""
    officer = office.staff.finance[0]
    for file, kind in (("agreements.csv", "agreements"), ("orders.csv", "orders")):
        for row in office.rows(file, kind):
            yield _day(row, "start_on"), kind, officer, row
    for row in office.rows("invoices.jsonl", "invoices"):
        yield _day(row, "invoiced_on") + ACCEPTED_AFTER, "invoices", officer, row
    for row in office.rows("claims.csv", "claims"):
        course = found[row.cells["budget"]]
        by = officer if row.cells.get("evidence_seen") == "yes" or _held(course) else course.agreed_by
        yield _day(row, "spent_on") + RECORDED_AFTER, "claims", by, row


def _day(row: RawRow, name: str) -> date:
    return date.fromisoformat(row.cells[name])


def _held(course: Course) -> bool:
    """Say whether somebody else holds the money: the clerk records what they report."""
    return '"third_party"' in course.row.cells["pots"]


def _months(diary: Diary, office: Office) -> None:
    """On the first of each month let go of what was promised and has expired."""
    for month in range(13):
        first = date(2026 + (3 + month) // 12, (3 + month) % 12 + 1, 1)
        if first <= LAST_DAY:
            diary.add(first, partial(office.as_the_system, expire_due, first))
