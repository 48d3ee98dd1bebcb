"""Prices as dated data: a rate, and the card that finds the one in force and known."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal

from phb.budget.setting.schema.checks import Checked, Code, Pounds, Words, number_text
from phb.budget.setting.schema.reading import Json, read, write
from phb.budget.setting.weeks import Method
from phb.core.errors import RuleViolationError
from phb.core.period import DatesWrongWayRoundError, Period

RateUnit = Literal["hour", "night", "each", "week", "year"]


class RateGapError(RuleViolationError):
    """No price is in force and known on a day that needs one."""

    code = "rate-gap"


class RateOverlapError(RuleViolationError):
    """Two prices are in force on a day and nothing says which came later."""

    code = "rate-overlap"


class RateChangesError(RuleViolationError):
    """A price changes inside a period that should be cut there."""

    code = "rate-changes"


@dataclass(frozen=True)
class Rate(Checked):
    """What one hour, night, week, year or piece costs from a day on.

    Args:
        code: what budget models call it; several rates of one code follow each other in time.
        amount: pounds, at most six decimals (mileage is priced in parts of a penny).
        effective_from: the first day it holds.
        effective_to: the last day it holds, included; None until a later one takes over.
        known_from: the instant it was recorded; of two that hold on a day, the later known one counts.
        source: where it was published, as people are told: "Northvale rate card".
        confidence: how sure the source is.
        weeks: its own way of becoming a longer amount; None is the model's.
    """

    code: Code
    amount: Pounds
    unit: RateUnit
    effective_from: date
    known_from: datetime
    source: Words
    effective_to: date | None = None
    confidence: Words | None = None
    note: Words | None = None
    weeks: Method | None = None

    def __post_init__(self) -> None:
        """Refuse a rate that ends before it starts."""
        super().__post_init__()
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise DatesWrongWayRoundError(
                f"The price “{self.code}” starts on {_day(self.effective_from)} and its last day is "
                f"{_day(self.effective_to)}, which is earlier. Give a last day on or after the first.",
                field="effective_to",
            )

    def holds_on(self, day: date) -> bool:
        """Say whether it is in force on a day."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)

    @classmethod
    def from_json(cls, document: object) -> "Rate":
        """Return a rate from what JSON holds, or refuse with the place of the fault."""
        return read(cls, document)

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> "Rate":
        """Return a rate from a row of a CSV file.

        Args:
            row: the fields of a rate by name; `weeks`, `weeks_number`, `weeks_days` (as in "mon tue") and
                `weeks_bank_holidays` together say its own way of becoming a longer amount. Blank is absent.
        """
        given = {name: text.strip() for name, text in row.items() if text and text.strip()}
        method = {name: given.pop(column) for name, column in _METHOD_COLUMNS.items() if column in given}
        weekdays = {"weekdays": method["weekdays"].split()} if "weekdays" in method else {}
        return read(cls, given | ({"weeks": method | weekdays} if method else {}))

    def to_json(self) -> dict[str, Json]:
        """Return the rate as JSON holds it."""
        return write(self)


_METHOD_COLUMNS = {
    "type": "weeks",
    "weeks": "weeks_number",
    "weekdays": "weeks_days",
    "bank_holidays": "weeks_bank_holidays",
}


class RateCard:
    """Every rate of a commissioner, looked up as of a date and as known at an instant."""

    def __init__(self, rates: Iterable[Rate], known_at: datetime | None = None) -> None:
        """Hold the rates known by an instant; None holds all that were ever recorded."""
        self.rates = tuple(rate for rate in rates if known_at is None or rate.known_from <= known_at)
        self.known_at = known_at

    def as_known_at(self, instant: datetime) -> "RateCard":
        """Return the card as it was known at an instant."""
        return RateCard(self.rates, min(instant, self.known_at or instant))

    def rate_on(self, code: str, day: date) -> Rate:
        """Return the rate in force on a day.

        Raises:
            RateGapError: there is none.
            RateOverlapError: there are two, recorded at the same instant.
        """
        found = [rate for rate in self._by_code.get(code, ()) if rate.holds_on(day)]
        if not found:
            raise RateGapError(f"There is no price for “{code}” on {_day(day)}. {self._mend(code)}", rate=code, on=day)
        latest = max(rate.known_from for rate in found)
        last = [rate for rate in found if rate.known_from == latest]
        if len(last) > 1:
            raise RateOverlapError(
                f"Two prices for “{code}” hold on {_day(day)}: {_said(last[0])} and {_said(last[1])}. "
                "End one on the day before the other starts.",
                rate=code,
                on=day,
            )
        return last[0]

    def rate_through(self, code: str, period: Period) -> Rate:
        """Return the one rate that holds through a period.

        Raises:
            RateGapError: some day has none.
            RateOverlapError: some day has two.
            RateChangesError: another one takes over inside.
        """
        rate = self.rate_on(code, period.start_on)
        change_on = self.next_change((code,), period)
        if change_on is None:
            return rate
        after = self.rate_on(code, change_on)
        raise RateChangesError(
            f"The price “{code}” changes on {_day(change_on)}, from {_said(rate)} to {_said(after)}. "
            "Work out the days before and from that day apart.",
            rate=code,
            on=change_on,
        )

    def next_change(self, codes: Iterable[str], period: Period) -> date | None:
        """Return the first day inside a period on which one of the prices is not as on its first day."""
        changes = [day for code in codes for day in self._edges(code, period) if self._differs(code, day, period)]
        return min(changes, default=None)

    def _differs(self, code: str, day: date, period: Period) -> bool:
        try:
            return self.rate_on(code, day) != self.rate_on(code, period.start_on)
        except RateGapError:
            return True

    def _edges(self, code: str, period: Period) -> set[date]:
        rates = self._by_code.get(code, ())
        starts = {rate.effective_from for rate in rates}
        lasts = {rate.effective_to for rate in rates if rate.effective_to and rate.effective_to < period.last_day}
        after = {last + timedelta(days=1) for last in lasts}
        return {day for day in starts | after if period.start_on < day < period.end_on}

    def _mend(self, code: str) -> str:
        known = self._by_code.get(code)
        if not known:
            return "The rate card does not have it at all: add it, or correct the code in the budget model."
        return f"The rate card has it for {', '.join(_dates(rate) for rate in known)}: add the missing days."

    @cached_property
    def _by_code(self) -> Mapping[str, list[Rate]]:
        by_code: defaultdict[str, list[Rate]] = defaultdict(list)
        for rate in self.rates:
            by_code[rate.code].append(rate)
        return dict(by_code)


def _said(rate: Rate) -> str:
    return f"£{number_text(rate.amount, 2)} ({rate.source}, {_dates(rate)})"


def _dates(rate: Rate) -> str:
    until = f" to {_day(rate.effective_to)}" if rate.effective_to else ""
    return f"from {_day(rate.effective_from)}{until}"


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
