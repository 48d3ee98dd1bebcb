"""The second, tiny commissioner: other policies, another model, other limits."""

from datetime import date
from itertools import islice
from typing import Any

from phb.demo.caseload.rows import offices
from phb.demo.caseload.rows.offices import Row
from phb.demo.caseload.who.area import EASTMERE
from phb.demo.caseload.who.cases import YEAR_ENDS, Case
from phb.demo.caseload.who.numbers import nhs_numbers

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
WAYS = ("assistants", "notional", "assistants", "notional")
WORKS_WITH = frozenset({"ORG-LARK", "ORG-HARB", "ORG-TREE", "ORG-DALE", "ORG-PHYS"})
OFFERED_TO = ("LEARNING_DISABILITY", "ADULT_CHC")


def cases() -> list[Case]:
    """Return the four people of Eastmere."""
    people = zip(STARTS, WAYS, islice(nhs_numbers(), len(WAYS)), strict=True)
    return [
        Case(EASTMERE, FIRST + place, nhs_number, "LEARNING_DISABILITY", way, start_on, YEAR_ENDS, 9 + place)
        for place, (start_on, way, nhs_number) in enumerate(people)
    ]


def organisations() -> list[Row]:
    """Return whom Eastmere works with."""
    return [row for row in offices.organisations() if row["reference"] in WORKS_WITH]


def payees() -> list[Row]:
    """Return the accounts of its providers."""
    return [row for row in offices.payees() if row["organisation"] in WORKS_WITH]


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
