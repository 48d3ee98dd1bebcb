"""The dated national rules of the checks, and the cohorts whose home packages are counted, with their sources."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from importlib.resources import files

from phb.governance.policies import IndicatorPolicy
from phb.indicators.rules import Operator, Threshold


@dataclass(frozen=True)
class IndicatorRule:
    """One check: what is counted, against what, and what “how many more” is of; words are the table's own."""

    code: str
    name: str
    threshold: Threshold
    numerator: str
    denominator: str
    exclusions: str
    more: str
    source: str
    confidence: str


def indicator_rules(on: date) -> dict[str, IndicatorRule]:
    """Return the rules in force on a day by their codes, in the order of the table."""
    return {row["indicator_id"]: _rule(row) for row in _rows("indicator_rules", on)}


def chc_home_cohorts(on: date, policy: IndicatorPolicy) -> frozenset[str]:
    """Return the codes of the cohorts in the check of CHC home packages on a day, as the commissioner counts them."""
    in_force = _rows("chc_home_cohorts", on)
    return frozenset(row["cohort_code"] for row in in_force if _is_counted(row["counted_if"], policy))


def _is_counted(setting: str, policy: IndicatorPolicy) -> bool:
    return not setting or bool(getattr(policy, setting))


def _rule(row: Mapping[str, str]) -> IndicatorRule:
    return IndicatorRule(
        code=row["indicator_id"],
        name=row["name"],
        threshold=Threshold(Operator(row["operator"]), Fraction(row["threshold"])),
        numerator=row["numerator"],
        denominator=row["denominator"],
        exclusions=row["exclusions"],
        more=row["more"],
        source=row["source"],
        confidence=row["confidence"],
    )


def _rows(table: str, on: date) -> Iterator[Mapping[str, str]]:
    """Yield the rows of a table that are in force on a day; a row's last day is included."""
    text = files("phb.indicators").joinpath("data", f"{table}.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        ends = row["effective_to"]
        if date.fromisoformat(row["effective_from"]) <= on and (not ends or on <= date.fromisoformat(ends)):
            yield row
