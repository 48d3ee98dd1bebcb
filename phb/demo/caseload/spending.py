"""When and how the invented people's money is spent: the days, the invoices and the claims."""

from collections.abc import Iterator
from datetime import date, timedelta

from phb.demo.caseload.cases import Case
from phb.demo.caseload.services import Service

YEAR_ENDS = date(2027, 3, 31)
STEPS = {"four_weekly": 28, "monthly": 28, "quarterly": 84, "once": 10_000}
FIRST_AFTER = {"four_weekly": 28, "monthly": 28, "quarterly": 35, "once": 16}


def paid_on(case: Case, service: Service) -> Iterator[date]:
    """Yield the days a service is paid for, inside the plan and the demo's year."""
    if service.rhythm == "never":
        return
    day = case.start_on + timedelta(days=FIRST_AFTER[service.rhythm])
    last_day = min(case.last_day, YEAR_ENDS - timedelta(days=14))
    while day <= last_day:
        yield day
        day += timedelta(days=STEPS[service.rhythm])


def covers(service: Service, case: Case, day: date) -> tuple[date, date]:
    """Return the first and last day that a payment is for."""
    length = min(STEPS[service.rhythm], FIRST_AFTER[service.rhythm])
    first = max(case.start_on, day - timedelta(days=length))
    return first, day - timedelta(days=1)
