"""When the invented people's money is spent: the days, and what each payment is for."""

from collections.abc import Iterator
from datetime import date, timedelta

from phb.demo.caseload.rows.services import Service
from phb.demo.caseload.who.cases import YEAR_ENDS, Case

STEPS = {"four_weekly": 28, "monthly": 28, "quarterly": 84}
FIRST_AFTER = {"four_weekly": 28, "monthly": 28, "quarterly": 35}
WEEKS = {"wheelchair": (3, 10), "wheelchair_third": (3, 10)}
SOON = (2, 6)
NEVER_AGAIN = 10_000
LAST_PAID = YEAR_ENDS - timedelta(days=14)


def paid_on(case: Case, service: Service) -> Iterator[date]:
    """Yield the days a service is paid for, inside the plan and the demo's year."""
    if service.rhythm == "never":
        return
    day = case.start_on + timedelta(days=_first_after(case, service))
    while day <= min(case.last_day, LAST_PAID):
        yield day
        day += timedelta(days=STEPS.get(service.rhythm, NEVER_AGAIN))


def covers(service: Service, case: Case, day: date) -> tuple[date, date]:
    """Return the first and last day that a payment is for."""
    length = FIRST_AFTER.get(service.rhythm, 1)
    first = max(case.start_on, day - timedelta(days=length))
    return first, day - timedelta(days=1)


def _first_after(case: Case, service: Service) -> int:
    """Return after how many days it is paid for first: what comes once takes its weeks, the rest a few days more."""
    if service.rhythm == "once":
        return 7 * case.dice("weeks").between(*WEEKS.get(case.way, SOON)) + 2
    return FIRST_AFTER[service.rhythm] + case.dice("days").between(0, 2)
