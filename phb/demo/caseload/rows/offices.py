"""What a commissioner decides and whom it works with, for Northvale and for the much smaller Eastmere."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from phb.demo.caseload.who.area import Area
from phb.ledger.chart import LAYERS, Account, Layer
from phb.people.calendars.operations import national_calendar

Row = dict[str, str]
SINCE = "2025-04-01"
ACCOUNTS = {
    "ORG-LARK": ("10-79-99", "88837491", "LARKFIELD CARE"),
    "ORG-HARB": ("20-29-59", "63748472", "HARBOUR CARE"),
    "ORG-PHYS": ("08-99-99", "66374958", "MOOR PHYSIO"),
    "ORG-WHEEL": ("10-79-99", "88837491", "ROLLING RIGHTLY"),
    "ORG-MIDW": ("08-99-99", "66374958", "VALLEY MIDWIVES"),
    "ORG-TREE": ("20-29-59", "63748472", "TWO TREES CARE"),
    "ORG-DALE": ("10-79-99", "88837491", "DALE HOMECARE"),
    "ORG-EQUIP": ("08-99-99", "66374958", "NORTHVALE MOBILITY"),
    "ORG-HOLDS": ("20-29-59", "63748472", "HOLDING HANDS"),
    "ORG-CHAIRS": ("08-99-99", "66374958", "FREEWHEEL"),
}
THIRD_PARTIES = frozenset({"ORG-HOLDS", "ORG-CHAIRS"})
PACKAGES = (
    ("ADULT_CHC", ""),
    ("ADULT_CHC", "2026-09-30"),
    ("ADULT_CHC", "2026-10-31"),
    ("ADULT_CHC_FAST_TRACK", "2026-06-30"),
    ("CYP_CONTINUING_CARE", ""),
)
PEOPLE_TO_A_PACKAGE = 28
TEN_THOUSAND_POUNDS = 10**6  # in pence
STAFF = (
    ("ann", "Ann Arbour", "care_coordinator"),
    ("bryn", "Bryn Bowen", "care_coordinator"),
    ("carys", "Carys Cole", "care_coordinator"),
    ("dev", "Dev Das", "care_coordinator"),
    ("elin", "Dr Elin Ewart", "clinician"),
    ("finn", "Finn Field", "finance_officer"),
    ("gwen", "Gwen Gale", "finance_officer"),
    ("huw", "Huw Hale", "approver"),
    ("ines", "Ines Ito", "payments_releaser"),
    ("jo", "Jo Judd", "auditor"),
)


def calendars() -> Iterator[Row]:
    """Yield the bank holidays of the years that matter here."""
    for holiday in national_calendar():
        yield {
            "day": holiday.day.isoformat(),
            "title": holiday.title,
            "source": holiday.source,
            "confidence": holiday.confidence,
            "observed": "yes",
        }


def staff(area: Area, people: Sequence[tuple[str, str, str]] = STAFF) -> Iterator[Row]:
    """Yield who works for a commissioner: those with names, and the further care co-ordinators of many people."""
    named = {name for name, _, _ in people}
    more = [(name, name.capitalize(), "care_coordinator") for name in area.co_ordinators if name not in named]
    for name, full_name, role in (*people, *more):
        yield {
            "sign_in_name": f"{name}@{area.domain}",
            "name": full_name,
            "role": role,
            "organisation": area.code,
            "start_on": "2026-03-02",
            "sees_from": SINCE,
        }


def helpers() -> Iterator[Row]:
    """Yield who works for the third party and the broker of Northvale."""
    for name, full_name, role, organisation in (
        ("kit@holdinghands.example", "Kit Kane", "third_party", "ORG-HOLDS"),
        ("lou@pathways.example", "Lou Lane", "broker", "ORG-BROKER"),
    ):
        yield {
            "sign_in_name": name,
            "name": full_name,
            "role": role,
            "organisation": organisation,
            "start_on": "2026-03-02",
            "sees_from": "",
        }


def organisations() -> Iterator[Row]:
    """Yield whom Northvale works with."""
    for reference, kind, name, fund in (
        ("ORG-COUNCIL", "council", "Northvale Borough Council", "council"),
        ("ORG-LARK", "provider", "Larkfield Care", ""),
        ("ORG-HARB", "provider", "Harbour Care", ""),
        ("ORG-PHYS", "provider", "Moor Physio", ""),
        ("ORG-WHEEL", "provider", "Rolling Rightly", ""),
        ("ORG-MIDW", "provider", "Valley Midwives", ""),
        ("ORG-TREE", "provider", "Two Trees Care", ""),
        ("ORG-DALE", "provider", "Dale Homecare", ""),
        ("ORG-EQUIP", "provider", "Northvale Mobility", ""),
        ("ORG-HOLDS", "third_party", "Holding Hands", ""),
        ("ORG-CHAIRS", "third_party", "Freewheel Independent", ""),
        ("ORG-BROKER", "broker", "Pathways Brokerage", ""),
        ("ORG-ABACUS", "payroll_bureau", "Abacus Payroll", ""),
    ):
        yield {"reference": reference, "kind": kind, "name": name, "start_on": SINCE, "fund": fund}


def payees() -> Iterator[Row]:
    """Yield the accounts of providers and of the third party."""
    for organisation, (sort_code, number, name) in ACCOUNTS.items():
        yield {
            "reference": f"PAY-{organisation[4:]}",
            "kind": "third_party" if organisation in THIRD_PARTIES else "provider",
            "organisation": organisation,
            "use": "organisation",
            "sort_code": sort_code,
            "account_number": number,
            "account_name": name,
        }


def policies() -> Iterator[dict[str, Any]]:
    """Yield what Northvale decided where the defaults do not suit it."""
    source = "Northvale board, 26 February 2026 (invented)"
    contact = "Ring the budgets team on 0300 555 0100, or write to budgets@northvale.example."
    for name, value in (
        ("spending", {"evidence_not_needed_below": "10.00", "largest_single_spend": "20000.00"}),
        ("instalments", {"rhythm": "four_weekly", "in_advance": True}),
        ("indicators", {"fast_track_in_chc_home": True}),
        ("statements", {"contact": contact}),
    ):
        yield {"policy": name, "effective_from": SINCE, "source": source, "value": value}


def delegations() -> Iterator[Row]:
    """Yield what approvers may sign off."""
    yield {"role": "approver", "limit": "65000.00", "effective_from": SINCE, "source": "Scheme of delegation 2025"}


def programme_budgets(cost: Mapping[str, int]) -> Iterator[Row]:
    """Yield what the funders have: enough for what their people's services cost in pence, and for the years beside."""
    for fund, pence in cost.items():
        for year, per_cent in (("2025", 5), ("2026", 120), ("2027", 60)):
            amount = f"{(pence * per_cent // TEN_THOUSAND_POUNDS // 100 + 1) * 10_000}.00"
            yield {"fund": fund, "year": year, "amount": amount, "source": "Board and cabinet papers (invented)"}


def finance_codes(cost_centre: str) -> Iterator[Row]:
    """Yield what the finance system calls each account, with a code of its own for personal care."""
    sent = (account for account in Account if LAYERS[account] is Layer.ACTUAL)
    for number, account in enumerate(sent, start=1):
        yield _code(cost_centre, account, f"7{number:03}0000", "")
    yield _code(cost_centre, Account.EXPENDITURE, "52161020", "PERSONAL_CARE")


def _code(cost_centre: str, account: str, subjective_code: str, category: str) -> Row:
    return {
        "account": account,
        "effective_from": SINCE,
        "cost_centre": cost_centre,
        "subjective_code": subjective_code,
        "source": "Chart of accounts (invented)",
        "category_code": category,
        "fund": "",
    }


def offers(cohorts: Sequence[str]) -> Iterator[Row]:
    """Yield the offer to each cohort."""
    for cohort in cohorts:
        yield {"cohort": cohort, "offered_from": SINCE, "source": "Local offer 2025 (invented)", "last_day": ""}


def packages(people: int) -> Iterator[Row]:
    """Yield the home packages that are no budgets: enough to miss 85 % until some of them end in the autumn."""
    for number in range(1, max(people // PEOPLE_TO_A_PACKAGE, len(PACKAGES)) + 1):
        cohort, last_day = PACKAGES[number % len(PACKAGES)]
        yield {
            "reference": f"PKG-{number:03}",
            "cohort": cohort,
            "care_setting": "home",
            "start_on": "2025-06-02",
            "source": "Continuing healthcare records (invented)",
            "last_day": last_day,
        }
