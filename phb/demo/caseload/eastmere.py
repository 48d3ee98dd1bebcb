"""The second, tiny commissioner: other policies, another model, other limits."""

from dataclasses import replace
from datetime import date
from typing import Any

from phb.demo.caseload import offices
from phb.demo.caseload.budgets import assessment, plan
from phb.demo.caseload.cases import Case
from phb.demo.caseload.offices import Row

DOMAIN = "eastmere.example"
CODE = "QEM"
STAFF = (
    ("mari", "Mari Moss", "care_coordinator"),
    ("nell", "Dr Nell Nash", "clinician"),
    ("otis", "Otis Orr", "finance_officer"),
    ("pia", "Pia Penn", "finance_officer"),
    ("quinn", "Quinn Rae", "approver"),
    ("rose", "Rose Shaw", "payments_releaser"),
    ("sam", "Sam Tait", "auditor"),
)
FIRST = 901
STARTS = (date(2026, 4, 1), date(2026, 4, 1), date(2026, 8, 3), date(2026, 10, 5))
TEMPLATES = ("assistants", "notional", "assistants", "notional")


def cases() -> list[Case]:
    """Return the four people of Eastmere."""
    return [
        Case(FIRST + place, "LEARNING_DISABILITY", template, start_on, date(2027, 3, 31), 9 + place)
        for place, (template, start_on) in enumerate(zip(TEMPLATES, STARTS, strict=True))
    ]


def organisations() -> list[Row]:
    """Return whom Eastmere works with."""
    return [row for row in offices.organisations() if row["reference"] in {"ORG-LARK", "ORG-HARB", "ORG-PHYS"}]


def payees() -> list[Row]:
    """Return the accounts of its providers."""
    return [row for row in offices.payees() if row["organisation"] in {"ORG-LARK", "ORG-HARB", "ORG-PHYS"}]


def policies() -> list[dict[str, Any]]:
    """Return what Eastmere decided: monthly, in arrears, the working day after, tighter reviews, receipts over £25."""
    values: dict[str, dict[str, Any]] = {
        "spending": {"tolerance": "5.00", "evidence_not_needed_below": "25.00", "largest_single_spend": "5000.00"},
        "instalments": {"rhythm": "monthly", "in_advance": False, "non_working_day": "after"},
        "reviews": {"first_within_months": 2, "then_within_months": 6},
        "delegation": {"measure": "agreed_total", "limit_included": False},
    }
    source = "Eastmere board paper 9 (invented)"
    return [
        {"policy": name, "effective_from": "2025-04-01", "source": source, "value": value}
        for name, value in values.items()
    ]


def delegations() -> list[Row]:
    """Return what its approver may sign off."""
    return [row | {"limit": "25000.00", "source": "Eastmere scheme of delegation"} for row in offices.delegations()]


def programme_budgets() -> list[Row]:
    """Return what Eastmere has."""
    return [
        row | {"amount": "150000.00"}
        for row in offices.programme_budgets()
        if row["fund"] == "nhs" and row["year"] == "2026"
    ]


def plans() -> list[dict[str, Any]]:
    """Return its plans, with the reference of its own care co-ordinator."""
    return [plan(case) | {"care_coordinator": f"mari@{DOMAIN}"} for case in cases()]


def assessments() -> list[dict[str, Any]]:
    """Return its assessments."""
    return [assessment(replace(case)) for case in cases()]
