"""Assessments and plans of the invented people, and what is ordered or agreed, as their files hold them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from phb.demo.caseload.reading import texts
from phb.demo.caseload.rows.people import HELD_BY
from phb.demo.caseload.rows.services import Service, needs_of, pounds_of, services_of
from phb.demo.caseload.rows.spending import paid_on
from phb.demo.caseload.who.cases import YEAR_ENDS, YEAR_STARTS, Case

ASSESSORS = ("Nurse assessor", "Occupational therapist", "Multidisciplinary team", "Children's community nurse")
POTS = {
    "direct_payment": {"reference": "own-account", "management": "direct_payment"},
    "third_party": {"reference": "held", "management": "third_party"},
    "notional": {"reference": "nhs-pays", "management": "notional"},
}
THEMES = {
    "ADULT_CHC_FAST_TRACK": "end",
    "END_OF_LIFE": "end",
    "CYP_CONTINUING_CARE": "child",
    "EHCP_SEND": "child",
    "S117_AFTERCARE": "mind",
    "MENTAL_HEALTH": "mind",
    "LOOKED_AFTER_CYP_MH": "mind",
    "LEARNING_DISABILITY": "learning",
    "WHEELCHAIR_ADULT": "chair",
    "WHEELCHAIR_CYP": "chair_child",
    "LONG_TERM_CONDITION": "small",
    "OTHER": "small",
    "HOSPITAL_DISCHARGE": "leaving",
    "MATERNITY_PMCB": "birth",
}
KINDS = {"WHEELCHAIR_ADULT": "wheelchair", "WHEELCHAIR_CYP": "wheelchair", "MATERNITY_PMCB": "maternity"}
EXPIRES_EARLY = date(2026, 9, 30)


def assessment(case: Case) -> dict[str, Any]:
    """Return what was found that a person needs."""
    dice = case.dice("assessment")
    return {
        "reference": f"A-{case.number:04}",
        "person": case.person,
        "cohort": case.cohort,
        "assessed_on": (case.start_on - timedelta(days=dice.between(36, 60))).isoformat(),
        "assessed_by": dice.one_of(ASSESSORS[2:] if case.is_child else ASSESSORS[:3]),
        "needs": needs_of(case),
        "start_on": case.start_on.isoformat(),
        "last_day": case.last_day.isoformat(),
    }


def plan(case: Case) -> dict[str, Any]:
    """Return a budget with its care plan."""
    services, dice, words = services_of(case), case.dice("plan"), texts("words")
    held = dict.fromkeys(service.management for service in services)
    wishes = dice.some_of(words["outcomes"][THEMES.get(case.cohort, "home")], min(3, len(services)))
    review_on = case.start_on + timedelta(days=min(84, (case.last_day - case.start_on).days))
    return {
        "reference": case.budget,
        "person": case.person,
        "cohort": case.cohort,
        "kind": "integrated" if case.council_percent else KINDS.get(case.cohort, "personal_health_budget"),
        "care_setting": "home",
        "start_on": case.start_on.isoformat(),
        "last_day": case.last_day.isoformat(),
        "review_on": review_on.isoformat(),
        "care_coordinator": case.co_ordinator,
        "contingency": dice.one_of(words["contingency"]),
        "training": dice.one_of(words["training"]),
        "assessment": f"A-{case.number:04}",
        "pots": [_pot(case, management) for management in held],
        "outcomes": [{"reference": f"wish-{place}", "words": wish} for place, wish in enumerate(wishes, start=1)],
        "risks": [{"words": risk, "response": answer} for risk, answer in dice.some_of(words["risks"], 3)],
        "lines": [_line(case, service, place % len(wishes)) for place, service in enumerate(services)],
    }


def orders(case: Case) -> Iterator[dict[str, str]]:
    """Yield an order for each service a provider is paid for, and a rota for assistants."""
    for service in _running(case):
        if service.management == "notional":
            yield _promised(case, service, f"O-{case.number:04}-{service.line['reference']}") | {
                "kind": "order",
                "provider": service.provider,
            }
        if service.line["reference"] == "wages":
            yield _promised(case, service, f"R-{case.number:04}") | {"kind": "rota", "provider": ""}


def agreements(case: Case) -> Iterator[dict[str, str]]:
    """Yield an agreement for each service a third party pays for."""
    for service in _running(case):
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


def _running(case: Case) -> tuple[Service, ...]:
    """Return the services that are paid for inside the year: nothing else is ordered or promised yet."""
    return tuple(service for service in services_of(case) if any(paid_on(case, service)))


def _pot(case: Case, management: str) -> dict[str, str]:
    return POTS[management] | ({"organisation": HELD_BY[case.way]} if management == "third_party" else {})


def _line(case: Case, service: Service, wish: int) -> dict[str, Any]:
    shares = []
    if case.council_percent:
        shares = [{"fund": "nhs"}, {"fund": "council", "percent": str(case.council_percent)}]
    line = service.line
    if line["frequency"] == "once" and case.start_on < YEAR_STARTS:
        line = line | {"start_on": YEAR_STARTS.isoformat()}
    return line | {
        "outcome": f"wish-{wish + 1}",
        "pot": POTS[service.management]["reference"],
        "shares": shares,
    }


def _promised(case: Case, service: Service, reference: str) -> dict[str, str]:
    start_on = max(case.start_on, YEAR_STARTS)
    days = list(paid_on(case, service))
    return {
        "reference": reference,
        "budget": case.budget,
        "line": service.line["reference"],
        "amount": pounds_of(max(service.pence * len(days) * 3 // 4, service.pence)),
        "start_on": start_on.isoformat(),
        "last_day": _last_day(case, service).isoformat(),
        "words": service.line["words"],
    }


def _last_day(case: Case, service: Service) -> date:
    """Return the last day of what is promised; some therapy ends early, with money left that expires."""
    early = service.line["reference"] == "therapy" and case.number % 2 == 0
    last_day = min(case.last_day, YEAR_ENDS)
    return min(last_day, EXPIRES_EARLY) if early and case.start_on < EXPIRES_EARLY else last_day
