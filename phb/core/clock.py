"""What time it is: the system's, a fixed one for tests, or one moved forward by hand."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from phb.core.errors import RuleViolationError

LONDON = ZoneInfo("Europe/London")


class Clock(Protocol):
    """Anything that tells the instant."""

    def now(self) -> datetime:
        """Return the instant, aware and in UTC."""


class SystemClock:
    """The machine's own clock; tokens and sessions always expire by it."""

    def now(self) -> datetime:
        """Return the instant, aware and in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still."""

    at: datetime

    def now(self) -> datetime:
        """Return the instant, aware and in UTC."""
        return self.at.astimezone(UTC)


def london_date(instant: datetime) -> date:
    """Return the date in London at an instant: the "today" of every rule."""
    return instant.astimezone(LONDON).date()


def end_of_day(day: date) -> datetime:
    """Return the last instant of a day in London."""
    return datetime.combine(day, time.max, tzinfo=LONDON)


def instant_in_words(instant: datetime) -> str:
    """Return an instant as people in London write it: 5 April 2026 at 09:30."""
    return f"{instant.astimezone(LONDON):%-d %B %Y at %H:%M}"


class SystemClockCannotMoveError(RuleViolationError):
    """The database was made for the system's clock, so nobody may move its time."""

    code = "clock-not-settable"


class ClockMovesForwardOnlyError(RuleViolationError):
    """A settable clock was asked to go back."""

    code = "clock-moves-forward-only"


def installation_now(session: Session) -> datetime:
    """Return the instant by the clock this database was made with: the system's, or the settable one."""
    return instant_of(session.scalar(text("SELECT clock_at FROM installation")))


def instant_of(clock_at: datetime | None) -> datetime:
    """Return the instant of an installation whose settable clock stands at `clock_at`, or that keeps real time."""
    return clock_at.astimezone(UTC) if clock_at else SystemClock().now()


def move_clock(session: Session, to: datetime) -> None:
    """Move a settable clock forward; whoever opens a unit of work next finds it moved.

    Args:
        session: of a transaction of its own, since other units read the clock as they open.
        to: aware; the instant the clock already shows is allowed.

    Raises:
        SystemClockCannotMoveError: the database was made with the system's clock.
        ClockMovesForwardOnlyError: `to` is earlier than the clock.
    """
    at = session.scalar(text("SELECT clock_at FROM installation FOR UPDATE"))
    if at is None:
        raise SystemClockCannotMoveError(
            "This database keeps real time, so its clock cannot be moved. "
            "Use a demonstration database (made with PHB_CLOCK=settable) to try out other dates."
        )
    if to < at:
        raise ClockMovesForwardOnlyError(
            f"The clock stands at {at.astimezone(LONDON):%-d %B %Y %H:%M} in London and only moves forward. "
            "Give a later time."
        )
    session.execute(text("UPDATE installation SET clock_at = :to"), {"to": to})
