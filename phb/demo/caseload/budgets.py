"""Assessments and plans of the invented people, and what is ordered or agreed, as their files hold them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from phb.demo.caseload.cases import Case
from phb.demo.caseload.services import Service, need_of, pounds_of, services_of
from phb.demo.caseload.spending import YEAR_ENDS, paid_on

POTS = {
    "direct_payment": {"reference": "own-account", "management": "direct_payment"},
    "third_party": {"reference": "held", "management": "third_party", "organisation": "ORG-HOLDS"},
    "notional": {"reference": "nhs-pays", "management": "notional"},
}
OUTCOMES = (
    "I want to stay in my own home",
    "I want to see my friends every week",
    "I want to choose who helps me",
    "I want to be able to go to school",
    "I want to sleep through the night",
)
KINDS = {"wheelchair": "wheelchair", "wheelchair_own": "wheelchair", "maternity": "maternity"}
YEAR_STARTS = date(2026, 4, 1)
EXPIRES_EARLY = date(2026, 9, 30)


def assessment(case: Case) -> dict[str, Any]:
    """Return what was found that a person needs."""
    return {
        "reference": f"A-{case.number:04}",
        "person": case.person,
        "cohort": case.cohort,
        "assessed_on": (case.start_on - timedelta(days=42)).isoformat(),
        "assessed_by": "Nurse assessor" if case.number % 3 else "Occupational therapist",
        "needs": [need_of(case)],
        "start_on": case.start_on.isoformat(),
        "last_day": case.last_day.isoformat(),
    }


def plan(case: Case) -> dict[str, Any]:
    """Return a budget with its care plan."""
    services = services_of(case)
    held = dict.fromkeys(service.management for service in services)
    return {
        "reference": case.budget,
        "person": case.person,
        "cohort": case.cohort,
        "kind": "integrated" if case.council_percent else KINDS.get(case.template, "personal_health_budget"),
        "care_setting": "home",
        "start_on": case.start_on.isoformat(),
        "last_day": case.last_day.isoformat(),
        "review_on": (case.start_on + timedelta(days=min(84, (case.last_day - case.start_on).days))).isoformat(),
        "care_coordinator": f"{case.co_ordinator}@northvale.example",
        "contingency": "My sister comes first; then call the co-ordinator",
        "training": "Moving and handling before the first shift",
        "assessment": f"A-{case.number:04}",
        "pots": [POTS[management] for management in held],
        "outcomes": [{"reference": "living", "words": OUTCOMES[case.number % len(OUTCOMES)]}],
        "risks": [{"words": "Whoever helps me is ill", "response": "The plan's spare money, or the agency"}],
        "lines": [_line(case, service) for service in services],
    }


def orders(case: Case) -> Iterator[dict[str, str]]:
    """Yield an order for each service a provider is paid for, and a rota for assistants."""
    for service in services_of(case):
        if service.management == "notional":
            yield _promised(case, service, f"O-{case.number:04}-{service.line['reference']}") | {
                "kind": "order",
                "provider": service.provider,
            }
        if service.line["reference"] == "wages":
            yield _promised(case, service, f"R-{case.number:04}") | {"kind": "rota", "provider": ""}


def agreements(case: Case) -> Iterator[dict[str, str]]:
    """Yield an agreement for each service a third party pays for."""
    for service in services_of(case):
        if service.management == "third_party":
            yield _promised(case, service, f"AG-{case.number:04}-{service.line['reference']}") | {"provider": ""}


def order_of(case: Case, service: Service, day: date) -> str:
    """Return the reference of the order, agreement or rota that spend of a day uses, or nothing."""
    if day > _last_day(case, service):
        return ""
    if service.management == "notional":
        return f"O-{case.number:04}-{service.line['reference']}"
    if service.management == "third_party":
        return f"AG-{case.number:04}-{service.line['reference']}"
    return f"R-{case.number:04}" if service.line["reference"] == "wages" else ""


def _line(case: Case, service: Service) -> dict[str, Any]:
    shares = []
    if case.council_percent:
        shares = [{"fund": "nhs"}, {"fund": "council", "percent": str(case.council_percent)}]
    return service.line | {"outcome": "living", "pot": POTS[service.management]["reference"], "shares": shares}


def _promised(case: Case, service: Service, reference: str) -> dict[str, str]:
    days = [day for day in paid_on(case, service) if day <= YEAR_ENDS]
    last_day = _last_day(case, service)
    return {
        "reference": reference,
        "budget": case.budget,
        "line": service.line["reference"],
        "amount": pounds_of(max(service.pence * len(days) * 3 // 4, service.pence)),
        "start_on": max(case.start_on, YEAR_STARTS).isoformat(),
        "last_day": last_day.isoformat(),
        "words": service.line["words"],
    }


def _last_day(case: Case, service: Service) -> date:
    """Return the last day of what is promised; some therapy ends early, with money left that expires."""
    early = service.line["reference"] == "therapy" and case.number % 2 == 0
    last_day = min(case.last_day, YEAR_ENDS)
    return min(last_day, EXPIRES_EARLY) if early and case.start_on < EXPIRES_EARLY else last_day
