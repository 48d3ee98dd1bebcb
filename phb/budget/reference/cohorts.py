"""The groups of people budgets are counted by, as the national return and the standard model name them."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from phb.budget.reference.tables import YES, day, holds_on, rows
from phb.core.errors import RuleViolationError


class UnknownCohortError(RuleViolationError):
    """No cohort has that code on that day."""

    code = "unknown-cohort"


@dataclass(frozen=True)
class Cohort:
    """One cohort.

    Args:
        group: what breadth and mix count it as; both wheelchair codes are one group.
        counts_in_40pct: whether it is in the check of direct payments and third party budgets.
        in_national_return: "yes", "no", or how it is reported apart.
    """

    code: str
    label: str
    group: str
    age_group: str
    right_to_have: bool
    right_from: date | None
    counts_in_40pct: bool
    in_national_return: str
    effective_from: date
    effective_to: date | None
    source: str
    confidence: str


def cohorts(on: date) -> tuple[Cohort, ...]:
    """Return the cohorts in force on a day."""
    return tuple(known for known in _table() if holds_on(known.effective_from, known.effective_to, on))


def cohort(code: str, on: date) -> Cohort:
    """Return the cohort of a code as it is on a day.

    Raises:
        UnknownCohortError: there is none.
    """
    in_force = cohorts(on)
    for known in in_force:
        if known.code == code:
            return known
    raise UnknownCohortError(
        f"There is no cohort “{code}” on {on:%-d %B %Y}. Use one of {', '.join(known.code for known in in_force)}.",
        field="cohort",
    )


@cache
def _table() -> tuple[Cohort, ...]:
    return tuple(
        Cohort(
            code=row["code"],
            label=row["label"],
            group=row["group"],
            age_group=row["age_group"],
            right_to_have=row["right_to_have"] == YES,
            right_from=day(row["right_from"]),
            counts_in_40pct=row["counts_in_40pct"] == YES,
            in_national_return=row["in_national_return"],
            effective_from=date.fromisoformat(row["effective_from"]),
            effective_to=day(row["effective_to"]),
            source=row["source"],
            confidence=row["confidence"],
        )
        for row in rows("cohorts")
    )
