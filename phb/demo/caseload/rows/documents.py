"""Invoices of providers and claims of who holds the money, some of which will be asked about."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from phb.demo.caseload.reading import texts
from phb.demo.caseload.rows.plans import order_of
from phb.demo.caseload.rows.services import Service, pounds_of, services_of
from phb.demo.caseload.rows.spending import LAST_PAID, covers, paid_on
from phb.demo.caseload.who.area import NORTHVALE
from phb.demo.caseload.who.cases import Case

PAID_WITHIN = timedelta(days=28)
SEEN, ASKED_ABOUT = 70, 16  # per cent of claims, and of long-running accounts
KEPT_UP = frozenset({"assistants", "mixed", "agency"})
ODD_AFTER = (60, 75, 90, 102, 118, 140, 200, 260, 300)


def invoices(case: Case) -> Iterator[dict[str, Any]]:
    """Yield the invoices of the providers that the commissioner pays: one for what each brings in a month."""
    together: dict[tuple[str, str], list[Service]] = {}
    for service in services_of(case):
        if service.management == "notional":
            together.setdefault((service.provider, service.rhythm), []).append(service)
    for services in together.values():
        for number, day in enumerate(paid_on(case, services[0]), start=1):
            yield _invoice(case, services, number, day)


def claims(case: Case) -> Iterator[dict[str, str]]:
    """Yield what left the accounts of the person, of who acts for them, or of a third party."""
    for service in services_of(case):
        if service.management != "notional":
            for number, day in enumerate(paid_on(case, service), start=1):
                yield _claim(case, service, number, day)
    if case.way in KEPT_UP:
        yield from _odd(case)


def _odd(case: Case) -> Iterator[dict[str, str]]:
    """Yield what somebody will have to decide on: two things of each of the first people, something of some others."""
    dice, kinds = case.dice("odd"), texts("words")["odd"]
    if case.number <= len(kinds) or case.area.code != NORTHVALE.code:
        found = [(kinds[(case.number + step) % len(kinds)], days) for step, days in ((0, 60), (5, 102))]
    else:
        found = [(dice.one_of(kinds), dice.one_of(ODD_AFTER))] if dice.falls(ASKED_ABOUT) else []
    known = {service.line["reference"] for service in services_of(case)}
    for (category, words, payee, pence, line), days in found:
        spent_on = case.start_on + timedelta(days=days)
        if spent_on <= min(case.last_day, LAST_PAID):
            yield {
                "reference": f"C-{case.number:04}-odd-{days}",
                "budget": case.budget,
                "spent_on": spent_on.isoformat(),
                "amount": pounds_of(pence),
                "category": category,
                "payee": payee,
                "words": words,
                "line": line if line in known else "",
                "evidence_seen": "no",
            }


def _invoice(case: Case, services: Sequence[Service], number: int, day: date) -> dict[str, Any]:
    first = services[0]
    return {
        "provider": first.provider,
        "reference": f"{first.provider[4:]}-{case.number:04}-{first.line['reference'].upper()}-{number:02}",
        "budget": case.budget,
        "invoiced_on": day.isoformat(),
        "lines": [_invoiced(case, service, day) for service in services],
        "pay_by": (day + PAID_WITHIN).isoformat(),
    }


def _invoiced(case: Case, service: Service, day: date) -> dict[str, str]:
    first, last = covers(service, case, day)
    order = order_of(case, service, last)
    return {
        "line": service.line["reference"],
        "amount": pounds_of(service.pence),
        "covers_from": first.isoformat(),
        "covers_to": last.isoformat(),
        "words": f"{service.line['words']}, {first:%-d %B} to {last:%-d %B %Y}",
    } | ({"order": order} if order else {})


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
        "evidence_seen": "yes" if case.dice(reference).falls(SEEN) else "no",
    }
