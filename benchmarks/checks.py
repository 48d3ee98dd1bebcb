"""The checks of a commissioner with some hundreds of budgets against one hand-written query that counts the same.

The query is given the cohorts and how the commissioner counts as rows, since both are files and settings. The budgets
are agreed through the operations, of every cohort but wheelchairs and maternity, held in every way and in two at once.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import cycle
from typing import Any
from uuid import UUID

import psycopg

from benchmarks.measure import Compared, Row, measure_in_turns, rate
from benchmarks.pgbench import address_of
from benchmarks.world import World
from phb.budget.reference.cohorts import cohorts
from phb.core.database import make_session_factory
from phb.governance.policies import IndicatorPolicy
from phb.indicators.reference import chc_home_cohorts
from phb.indicators.report import IN_THE_RETURN, Report
from tests.budget.conftest import World as People
from tests.indicators.conftest import Area
from tests.people.conftest import APRIL, Service

SECONDS = 1.5
BUDGETS = 200
PACKAGES = 20
OFFERED = ("ADULT_CHC", "WHEELCHAIR_ADULT", "S117_AFTERCARE", "END_OF_LIFE")
WAYS = (("dp",), ("np",), ("tp",), ("dp", "np"), ("np", "tp"))

COUNTS = """
WITH cohort AS (
    SELECT * FROM unnest(%(codes)s::text[], %(groups)s::text[], %(in_mix)s::boolean[], %(in_40)s::boolean[],
                         %(in_home)s::boolean[]) AS c (code, grp, in_mix, in_40, in_home)
), in_force AS (
    SELECT DISTINCT ON (p.budget_id) p.budget_id, p.id AS plan_id
    FROM care_plan AS p
    JOIN (SELECT plan_id FROM sign_off WHERE step = 'activate'
          UNION SELECT plan_id FROM budget_revision WHERE state = 'applied' AND applied_on <= %(on)s) AS s
      ON s.plan_id = p.id
    ORDER BY p.budget_id, p.plan_version DESC
), held AS (
    SELECT b.person_id, b.kind, b.care_setting, c.*,
           coalesce(min(array_position(%(order)s::text[], pot.management))
                        FILTER (WHERE t.start_on <= %(on)s AND t.end_on > %(on)s),
                    min(array_position(%(order)s::text[], pot.management))) AS way
    FROM personal_health_budget AS b
    JOIN in_force AS f ON f.budget_id = b.id
    JOIN line_terms AS t ON t.plan_id = f.plan_id
    JOIN plan_line AS l ON l.id = t.plan_line_id
    JOIN pot ON pot.id = l.pot_id
    JOIN cohort AS c ON c.code = b.cohort_code
    WHERE b.commissioner_id = %(commissioner)s AND b.state = 'active'
      AND b.active_from <= %(on)s AND b.start_on <= %(on)s AND b.end_on > %(on)s
    GROUP BY b.id, b.person_id, b.kind, b.care_setting, c.code, c.grp, c.in_mix, c.in_40, c.in_home
), other AS (
    SELECT count(*) AS packages FROM home_package AS h JOIN cohort AS c ON c.code = h.cohort_code
    WHERE c.in_home AND h.care_setting = 'home' AND h.start_on <= %(on)s AND coalesce(h.end_on >= %(on)s, true)
)
SELECT (SELECT count(DISTINCT c.grp) FROM service_offer AS o JOIN cohort AS c ON c.code = o.cohort_code
        WHERE o.offered_from <= %(on)s AND coalesce(o.offered_to >= %(on)s, true)),
       (SELECT max(people) FROM (SELECT count(DISTINCT person_id) AS people FROM held WHERE in_mix GROUP BY grp) AS g),
       count(DISTINCT person_id) FILTER (WHERE in_mix),
       count(*) FILTER (WHERE in_40 AND kind <> 'wheelchair' AND (%(order)s::text[])[way] <> 'notional'),
       count(*) FILTER (WHERE in_40 AND kind <> 'wheelchair'),
       count(*) FILTER (WHERE in_home AND care_setting = 'home'),
       count(*) FILTER (WHERE in_home AND care_setting = 'home') + (SELECT packages FROM other)
FROM held
"""

READ, CHECKS = "plain SQL", "checks"
COMPARED = (Compared(f"checks, {BUDGETS} budgets / plain SQL", CHECKS, READ),)


def rows(world: World, tell: Callable[[str], None]) -> list[Row]:
    """Measure the row of this group."""
    tell(f"agreeing {BUDGETS} budgets")
    area = _area(world)
    world.tidy()
    commissioner_id = area.world.service.commissioner_id
    words = words_of(commissioner_id, APRIL, IndicatorPolicy())
    with psycopg.connect(address_of(world.as_writer(commissioner_id)), autocommit=True) as connection:

        def read() -> int:
            connection.execute(COUNTS, words).fetchone()
            return 1

        def check() -> int:
            area.report()
            return 1

        _require_same(area, connection.execute(COUNTS, words).fetchone())
        measures = {READ: partial(rate, read, SECONDS), CHECKS: partial(rate, check, SECONDS)}
        rates = measure_in_turns(measures, tell)
    return [compared.row(rates, "reports/s") for compared in COMPARED]


def _area(world: World) -> Area:
    area = Area(People(Service(make_session_factory(world.engine))))
    codes = [each.code for each in cohorts(APRIL) if each.in_national_return == IN_THE_RETURN and each.counts_in_40pct]
    for _, code, ways in zip(range(BUDGETS), cycle(codes), cycle(WAYS), strict=False):
        area.give(code, *ways)
    for _ in range(PACKAGES):
        area.package()
    area.offer(*OFFERED)
    return area


def words_of(commissioner_id: UUID, on: date, policy: IndicatorPolicy) -> dict[str, Any]:
    """Return what the query asks with: the cohorts of a day and the order of ways, as a commissioner counts."""
    every, at_home = cohorts(on), chc_home_cohorts(on, policy)
    return {
        "commissioner": commissioner_id,
        "on": on,
        "codes": [each.code for each in every],
        "groups": [each.group for each in every],
        "in_mix": [each.in_national_return == IN_THE_RETURN or policy.separate_lines_in_mix for each in every],
        "in_40": [each.counts_in_40pct for each in every],
        "in_home": [each.code in at_home for each in every],
        "order": policy.reporting_order.split(" > "),
    }


def _require_same(area: Area, read: tuple[Any, ...] | None) -> None:
    """Refuse to compare counts that differ."""
    parts = counted(area.report())
    if parts != read:
        raise AssertionError(f"the two counts differ: {parts} and {read}")


def counted(report: Report) -> tuple[int, ...]:
    """Return the figures of a report in the order that the query gives them."""
    outcomes = [check.outcome for check in report.checks]
    return tuple(part for each in outcomes for part in (each.numerator, each.denominator) if part is not None)
