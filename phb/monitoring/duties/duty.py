"""What a kind of duty is: one select that finds what waits, whom it waits for, and by when it is due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Date, Numeric, Select, Text, Uuid, cast, func, literal, null
from sqlalchemy.orm import InstrumentedAttribute, Session

from phb.core.actor import Actor, Role
from phb.core.clock import LONDON
from phb.governance import policy
from phb.governance.delegation import Scheme, scheme_on
from phb.governance.policies import ApprovedValue, DelegationPolicy, FinancePolicy, TaskPolicy

Column: TypeAlias = ColumnElement[Any] | InstrumentedAttribute[Any]
DAY_IN_WORDS = "FMDD FMMonth YYYY"


@dataclass(frozen=True)
class Terms:
    """What a select has to know besides the records: today, and what the commissioner decided."""

    today: date
    tasks: TaskPolicy
    finance: FinancePolicy
    measure: ApprovedValue
    scheme: Scheme

    @classmethod
    def of(cls, session: Session, today: date) -> "Terms":
        """Return the terms of a day, for the commissioner whose rows the session sees."""
        return cls(
            today,
            policy.read(session, TaskPolicy, today),
            policy.read(session, FinancePolicy, today),
            policy.read(session, DelegationPolicy, today).measure,
            scheme_on(session, today),
        )


Found: TypeAlias = Callable[[Select[Any], Terms], Select[Any]]


@dataclass(frozen=True)
class Source:
    """The records a duty is read from: all of the commissioner's, or those an actor may see on a day."""

    every: Callable[[], Select[Any]]
    visible: Callable[[Actor, date], Select[Any]]


@dataclass(frozen=True)
class Duty:
    """One kind of thing that is somebody's to do.

    Args:
        kind: its name for ever: what it is about, then what is to be done.
        title: what is to be done, as the person reads it who is to do it.
        roles: any one of them may do it.
        opens: the address, below that of the API, of what to open.
        source: the records it is read from.
        found: narrows the source's select to what waits, and gives it the columns of row().
        not_by: columns of users who may not do it, because they did an earlier step.
        only: the column of the one user whose it is, where it is not everybody's with the role.
        within: the condition that it is inside what an actor may decide, where there is such a limit.
    """

    kind: str
    title: str
    roles: frozenset[Role]
    opens: str
    source: Source
    found: Found
    not_by: tuple[Column, ...] = ()
    only: Column | None = None
    within: Callable[[Actor, Terms], ColumnElement[bool]] | None = None


def row(
    *,
    subject_id: Column,
    since_on: Column,
    due_on: Column,
    label: Column,
    budget_id: Column | None = None,
    person_id: Column | None = None,
) -> tuple[ColumnElement[Any], ...]:
    """Return the columns that every duty's select gives.

    Args:
        subject_id: what waits.
        since_on: the day it began to wait.
        due_on: the last day that is in time.
        label: what it is called, beginning in small letters.
        budget_id: the budget it is about, where it is about one.
        person_id: the person it is about, where it is about one.
    """
    return (
        subject_id.label("subject_id"),
        _or_null(budget_id).label("budget_id"),
        _or_null(person_id).label("person_id"),
        since_on.label("since_on"),
        due_on.label("due_on"),
        cast(label, Text).label("label"),
    )


def day_of(instant: Column) -> ColumnElement[date]:
    """Return the date in London of an instant."""
    return cast(func.timezone(LONDON.key, instant), Date)


def in_words(day: Column) -> ColumnElement[str]:
    """Return a date as people write it: 4 April 2026."""
    return func.to_char(day, DAY_IN_WORDS)


def in_pounds(pence: Column) -> ColumnElement[str]:
    """Return an amount as people write it: £1,234.50."""
    return literal("£") + func.to_char(cast(pence, Numeric) / 100, "FM999,999,999,990.00")


def _or_null(column: Column | None) -> ColumnElement[Any]:
    return cast(null() if column is None else column, Uuid)
