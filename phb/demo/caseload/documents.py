"""Invoices of providers and claims of who holds the money, some of which will be asked about."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from phb.demo.caseload.budgets import order_of
from phb.demo.caseload.cases import Case
from phb.demo.caseload.dice import Dice
from phb.demo.caseload.services import Service, pounds_of, services_of
from phb.demo.caseload.spending import covers, paid_on

PAID_WITHIN = timedelta(days=28)

# What will be asked about: whose budget, days after its start, what was bought, in words, whom from, pence and line.
ODD = (
    (1, 75, "ALCOHOL", "Wine for a birthday", "Corner shop", 1840, ""),
    (2, 90, "THERAPY", "Massage after a fall", "Moor Physio", 4500, ""),
    (3, 102, "TRANSPORT", "Taxi to a friend", "Station Cars", 1620, "wages"),
    (4, 140, "GAMBLING", "Raffle tickets", "Village hall", 500, ""),
    (7, 60, "LIVING_COSTS", "Electricity bill", "Northvale Power", 8725, ""),
    (12, 118, "ACTIVITIES", "Choir subscription", "Valley Choir", 3000, ""),
    (19, 96, "TOBACCO", "Tobacco", "Corner shop", 1390, ""),
    (901, 70, "ALCOHOL", "Beer for a barbecue", "Corner shop", 2260, ""),
    (901, 85, "THERAPY", "Massage after a fall", "Moor Physio", 4000, ""),
    (903, 30, "TRANSPORT", "Train to the sea", "Station", 1890, ""),
)


def invoices(case: Case) -> Iterator[dict[str, Any]]:
    """Yield the invoices of the providers that the commissioner pays."""
    for service in services_of(case):
        if service.management == "notional":
            for number, day in enumerate(paid_on(case, service), start=1):
                yield _invoice(case, service, number, day)


def claims(case: Case) -> Iterator[dict[str, str]]:
    """Yield what left the accounts of the person, of who acts for them, or of a third party."""
    for service in services_of(case):
        if service.management != "notional":
            for number, day in enumerate(paid_on(case, service), start=1):
                yield _claim(case, service, number, day)
    for number, after, category, words, payee, pence, line in ODD:
        if number == case.number:
            yield {
                "reference": f"C-{case.number:04}-odd-{after}",
                "budget": case.budget,
                "spent_on": (case.start_on + timedelta(days=after)).isoformat(),
                "amount": pounds_of(pence),
                "category": category,
                "payee": payee,
                "words": words,
                "line": line,
                "evidence_seen": "no",
            }


def _invoice(case: Case, service: Service, number: int, day: date) -> dict[str, Any]:
    first, last = covers(service, case, day)
    line = {
        "line": service.line["reference"],
        "amount": pounds_of(service.pence),
        "covers_from": first.isoformat(),
        "covers_to": last.isoformat(),
        "words": f"{service.line['words']}, {first:%-d %B} to {last:%-d %B %Y}",
    }
    order = order_of(case, service, last)
    return {
        "provider": service.provider,
        "reference": f"{service.provider[4:]}-{case.number:04}-{number:02}",
        "budget": case.budget,
        "invoiced_on": day.isoformat(),
        "lines": [line | ({"order": order} if order else {})],
        "pay_by": (day + PAID_WITHIN).isoformat(),
    }


def _claim(case: Case, service: Service, number: int, day: date) -> dict[str, str]:
    first, last = covers(service, case, day)
    reference = f"C-{case.number:04}-{service.line['reference']}-{number:02}"
    return {
        "reference": reference,
        "budget": case.budget,
        "spent_on": day.isoformat(),
        "amount": pounds_of(service.pence),
        "category": service.line["category"],
        "payee": service.payee,
        "words": service.line["words"],
        "line": service.line["reference"],
        "covers_from": first.isoformat(),
        "covers_to": last.isoformat(),
        "order": order_of(case, service, day),
        "evidence_seen": "yes" if Dice(reference).between(1, 10) <= 7 else "no",  # noqa: PLR2004 - seven in ten
    }
