"""One row of every kind that fits the others, and which of the staff imports it."""

from collections.abc import Mapping
from typing import Any

from phb.budget.budgets import operations as budgets
from phb.budget.queries import budget_by_reference
from tests.intake.conftest import SAMPLES, Office, as_csv, as_lines

PERSON = {
    "reference": "P-0001",
    "given_names": "Aled",
    "family_name": "Example",
    "date_of_birth": "1980-05-17",
    "nhs_number": "999 000 0026",
    "trace_status": "verified",
    "address": "1 High Street; Northvale",
    "postcode": "nv1 2ab",
    "statement_format": "large-print",
}
PARENT = {"reference": "P-0002", "given_names": "Bronwen", "family_name": "Example"}
CHILD = {"reference": "P-0003", "given_names": "Cai", "family_name": "Example", "date_of_birth": "2018-02-03"}
POLICY = {
    "policy": "reviews",
    "effective_from": "2026-04-01",
    "source": "Board, 5 March 2026",
    "value": {"first_within_months": 2},
}
LIMIT = {"role": "approver", "limit": "90000.00", "effective_from": "2026-04-01", "source": "Scheme 2026"}
PROVIDER = {"reference": "ORG-02", "kind": "provider", "name": "Larkfield Care", "start_on": "2025-04-01"}
THIRD = {"reference": "ORG-05", "kind": "third_party", "name": "Holding Hands", "start_on": "2025-04-01"}
MODEL = {
    "code": "care",
    "version": "1",
    "title": "Care at home",
    "source": "Board paper 7",
    "effective_from": "2026-04-01",
    "round_by": "year",
    "steps": [
        {
            "type": "hours",
            "name": "care",
            "words": "care at home",
            "bands": [{"band": "day", "words": "day care", "rate": "care-day"}],
        },
        {"type": "weeks_in_the_year", "name": "weeks", "words": "weeks", "method": {"type": "days_over_seven"}},
    ],
    "cohorts": ["ADULT_CHC"],
}
A_CODE = {
    "account": "expenditure",
    "effective_from": "2026-04-01",
    "cost_centre": "916043",
    "subjective_code": "52161020",
    "source": "Chart of accounts 2026/27",
    "category_code": "PERSONAL_CARE",
    "fund": "nhs",
}
RATE = {
    "code": "care-day",
    "amount": "20.00",
    "unit": "hour",
    "effective_from": "2026-04-01",
    "known_from": "2026-02-13",
    "source": "Rate card",
}
ASSESSMENT = {
    "reference": "A-0001",
    "person": "P-0001",
    "cohort": "ADULT_CHC",
    "assessed_on": "2026-03-20",
    "assessed_by": "Nurse assessor",
    "needs": [{"code": "day", "quantity": 10, "unit": "hour", "per": "week"}],
    "start_on": "2026-04-01",
    "last_day": "2027-03-31",
}
PAYEE = {
    "reference": "PAY-0001",
    "kind": "holder",
    "person": "P-0001",
    "use": "dedicated",
    "sort_code": "08-99-99",
    "account_number": "66374958",
    "account_name": "A Example",
    "approval_evidence": "Statement seen",
}
ORDER = {
    "reference": "O-0001",
    "budget": "B-0001",
    "line": "visits",
    "amount": "1200.00",
    "start_on": "2026-04-01",
    "last_day": "2026-09-30",
    "words": "Physiotherapy",
    "provider": "ORG-02",
}
AGREEMENT = ORDER | {"reference": "AG-0001", "line": "days", "amount": "600.00", "provider": "", "words": "Day out"}
INVOICE = {
    "provider": "ORG-02",
    "reference": "LK-1",
    "budget": "B-0001",
    "invoiced_on": "2026-04-01",
    "lines": [
        {
            "line": "visits",
            "amount": "50.00",
            "covers_from": "2026-04-01",
            "covers_to": "2026-04-01",
            "words": "A visit",
            "order": "O-0001",
        }
    ],
}
CLAIM = {
    "reference": "C-1",
    "budget": "B-0001",
    "spent_on": "2026-04-01",
    "amount": "20.00",
    "category": "PERSONAL_CARE",
    "payee": "An assistant",
    "words": "An hour of help",
    "line": "care",
}


def plan(office: Office, **changes: object) -> dict[str, Any]:
    """Describe a budget with three ways of holding the money."""
    once = {"quantity": 1, "unit": "each", "frequency": "once", "outcome": "home"}
    return {
        "reference": "B-0001",
        "person": "P-0001",
        "cohort": "ADULT_CHC",
        "care_setting": "home",
        "start_on": "2026-04-01",
        "last_day": "2027-03-31",
        "review_on": "2026-06-29",
        "care_coordinator": office.ann,
        "contingency": "Call the agency",
        "training": "Moving and handling",
        "assessment": "A-0001",
        "pots": [
            {"reference": "own", "management": "direct_payment"},
            {"reference": "held", "management": "third_party", "organisation": "ORG-05"},
            {"reference": "np", "management": "notional"},
        ],
        "outcomes": [{"reference": "home", "words": "I want to stay in my own home"}],
        "risks": [{"words": "An assistant is ill", "response": "The agency sends somebody"}],
        "lines": [
            {
                "reference": "care",
                "outcome": "home",
                "pot": "own",
                "category": "PERSONAL_CARE",
                "words": "Help at home",
                "quantity": 10,
                "unit": "hour",
                "frequency": "week",
                "need": "day",
                "shares": [{"fund": "nhs"}, {"fund": "council", "percent": "40"}],
            },
            {"reference": "visits", "pot": "np", "category": "THERAPY", "words": "Physio", "unit_price": "1500.00"}
            | once,
            {"reference": "days", "pot": "held", "category": "ACTIVITIES", "words": "Days", "unit_price": "900.00"}
            | once,
        ],
    } | changes


def files(office: Office) -> dict[str, tuple[str, str]]:
    """Return a file of every kind in the order they are imported, each with who imports it."""
    relation = {
        "person": "P-0003",
        "kind": "representative",
        "basis": "parental_responsibility",
        "start_on": "2026-03-16",
        "acting_person": "P-0002",
        "evidence": "Birth certificate seen",
    }
    holder = {"sign_in_name": f"aled@{office.service.code}.example", "name": "Aled Example", "role": "holder"}
    holder |= {"organisation": office.service.code, "start_on": "2026-03-16", "person": "P-0001"}
    holiday = {"day": "2026-05-04", "title": "Early May", "source": "GOV.UK"}
    package = {"reference": "PKG-1", "cohort": "ADULT_CHC", "care_setting": "home", "start_on": "2025-11-03"}
    money = [{"fund": fund, "year": "2026", "amount": "900000.00", "source": "Board"} for fund in ("nhs", "council")]
    weights = (SAMPLES / "northvale" / "modulus-weights.csv").read_text(encoding="utf-8")
    return {
        "calendars": ("ada", as_csv([holiday])),
        "policies": ("ada", as_lines(POLICY)),
        "delegations": ("ada", as_csv([LIMIT])),
        "organisations": ("ada", as_csv([PROVIDER, THIRD])),
        "modulus-weights": ("ada", weights),
        "rates": ("ada", as_csv([RATE])),
        "finance-codes": ("ada", as_csv([A_CODE])),
        "budget-models": ("ada", as_lines(MODEL)),
        "offers": ("ada", as_csv([{"cohort": "ADULT_CHC", "offered_from": "2019-04-01", "source": "Local offer"}])),
        "packages": ("ada", as_csv([package | {"source": "CHC database"}])),
        "people": ("ann", as_csv([PERSON, PARENT, CHILD])),
        "users": ("ada", as_csv([holder])),
        "needs": ("ann", as_csv([{"person": "P-0001", "need": "large_print", "start_on": "2026-04-01"}])),
        "capacity": ("ann", as_csv([{"person": "P-0001", "assessed_on": "2026-03-20", "has_capacity": "yes"}])),
        "relations": ("ann", as_csv([relation])),
        "consents": (
            "ann",
            as_csv(
                [
                    {"person": "P-0001", "given_on": "2026-03-20", "how_recorded": "Signed form seen"},
                    {
                        "person": "P-0003",
                        "given_on": "2026-03-20",
                        "how_recorded": "Signed form seen",
                        "representative": "P-0002",
                    },
                ]
            ),
        ),
        "programme-budgets": ("clerk", as_csv(money)),
        "payees": ("clerk", as_csv([PAYEE])),
        "assessments": ("ann", as_lines(ASSESSMENT)),
        "plans": ("ann", as_lines(plan(office))),
        "agreements": ("clerk", as_csv([AGREEMENT])),
        "orders": ("clerk", as_csv([ORDER])),
        "invoices": ("clerk", as_lines(INVOICE)),
        "claims": ("clerk", as_csv([CLAIM])),
    }


def take_until(office: Office, kind: str) -> Mapping[str, tuple[str, str]]:
    """Import the files of every kind before one, signing the budget off once it is planned; return them all."""
    found = files(office)
    for name, (by, text) in found.items():
        if name == kind:
            break
        office.good(name, by, text)
        after(office, name)
    return found


def after(office: Office, name: str) -> None:
    """Do what follows a file: a limit is confirmed by the second administrator, a plan is agreed."""
    found = files(office)
    if name in {"delegations", "policies"}:
        office.good(name, "bo", found[name][1])
    if name == "plans":
        agree(office)


def agree(office: Office) -> None:
    """Have the budget signed off, agreed and made active."""
    actors = office.actors
    holder = office.acting(f"aled@{office.service.code}.example")
    with office.service.unit(actors["auditor"]) as uow:
        budget_id = budget_by_reference(uow.session, uow.actor, "B-0001", uow.today).id
    office.service.do(actors["ann"], budgets.submit, budget_id)
    office.service.do(actors["clinician"], budgets.sign_off_clinically, budget_id)
    office.service.do(actors["approver"], budgets.sign_off_finance, budget_id)
    office.service.do(holder, budgets.agree, budget_id)
    office.service.do(actors["approver"], budgets.activate, budget_id)
