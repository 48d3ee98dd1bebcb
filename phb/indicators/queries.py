"""The checks from live data, as of any day inside the reader's own term.

Counts are of everybody: a total that left out the reader's own budget, or that of somebody they act for, would be
wrong and would tell which. No row of a person leaves this module.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from phb.budget.kinds import CareSetting
from phb.budget.reference.queries import home_packages, offered_groups
from phb.core.actor import Actor, Permission
from phb.core.errors import PermissionDeniedError
from phb.governance import policy
from phb.governance.policies import IndicatorPolicy
from phb.indicators.counting import count_of
from phb.indicators.models import CountedDay
from phb.indicators.reference import IndicatorRule, chc_home_cohorts, indicator_rules
from phb.indicators.report import (
    IN_THE_RETURN,
    Check,
    Counted,
    Report,
    how_counted,
    row_of,
    rows_by_group,
    rows_by_way,
    those,
)
from phb.indicators.rules import judge


class OutsideTermError(PermissionDeniedError):
    """The figures of that day are not the reader's to see."""

    code = "outside-term"


def checks(session: Session, actor: Actor, as_of: date, *, anew: bool = False) -> Report:
    """Return the checks of a commissioner as they stood at the end of a day.

    A day that was counted and kept is told as it was kept, unless it is to be counted `anew`.

    Raises:
        MissingPermissionError: the actor may not read indicators.
        OutsideTermError: the day is outside the days that the actor's roles are for.
    """
    actor.require(Permission.INDICATORS_READ)
    _require_in_term(actor, as_of)
    settings = policy.read(session, IndicatorPolicy, as_of)
    count = count_of(session, actor, as_of, settings, anew=anew)
    counted = count.counted
    figures = {
        "IND_COHORT_BREADTH": (len(offered_groups(session, as_of)), None),
        "IND_COHORT_MIX": _mix(counted, settings),
        "IND_DP_OR_TP": _handed_over(counted),
        "IND_CHC_HOME": _chc_home(session, counted, as_of, settings),
    }
    return Report(
        as_of=as_of,
        checks=_judged(indicator_rules(as_of), figures),
        whole=row_of("all", counted),
        cohorts=rows_by_group(counted),
        ways=rows_by_way(counted),
        how_counted=how_counted(settings, count.kept_at),
        kept_at=count.kept_at,
    )


def day_to_show(session: Session, actor: Actor, today: date) -> date:
    """Return the day whose checks are shown first: yesterday where it was counted and kept, else today."""
    yesterday = today - timedelta(days=1)
    kept = session.get(CountedDay, (actor.commissioner_id, yesterday))
    return today if kept is None or (actor.sees is not None and yesterday not in actor.sees) else yesterday


def _mix(counted: Sequence[Counted], settings: IndicatorPolicy) -> tuple[int, int]:
    """Return the people of the largest group of cohorts, and all people; wheelchair budgets are in."""
    inside = those(
        counted, lambda each: each.cohort.in_national_return == IN_THE_RETURN or settings.separate_lines_in_mix
    )
    largest = max((row.people for row in rows_by_group(inside)), default=0)
    return largest, row_of("all", inside).people


def _handed_over(counted: Sequence[Counted]) -> tuple[int, int]:
    """Return the budgets held as direct payment or by a third party, and all; wheelchair budgets are out of both."""
    inside = those(counted, lambda each: each.is_in_direct_payment_check)
    handed_over = those(inside, lambda each: each.reported_as.is_handed_over)
    return row_of("handed over", handed_over).budgets, row_of("all", inside).budgets


def _chc_home(session: Session, counted: Sequence[Counted], as_of: date, settings: IndicatorPolicy) -> tuple[int, int]:
    """Return the home packages of continuing healthcare that are budgets, and all of them."""
    codes = chc_home_cohorts(as_of, settings)
    at_home = those(counted, lambda each: each.is_home_package and each.cohort.code in codes)
    budgets = row_of("budgets", at_home).budgets
    packages = home_packages(session, as_of)
    others = sum(each.care_setting == CareSetting.HOME and each.cohort_code in codes for each in packages)
    return budgets, budgets + others


def _judged(rules: Mapping[str, IndicatorRule], figures: Mapping[str, tuple[int, int | None]]) -> tuple[Check, ...]:
    """Return the outcome of each rule in force."""
    return tuple(Check(rule, judge(*figures[code], rule.threshold)) for code, rule in rules.items())


def _require_in_term(actor: Actor, as_of: date) -> None:
    if actor.sees is not None and as_of not in actor.sees:
        raise OutsideTermError(
            f"Your role lets you see what is dated from {actor.sees.start_on:%-d %B %Y} to "
            f"{actor.sees.last_day:%-d %B %Y}. Choose one of these days, or ask an administrator.",
            field="as_of",
        )
