"""What the invented people buy: the services of each way of holding the money, as lines of a care plan."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from phb.demo.caseload.cases import Case

ASSISTANT_PENCE = 1400
AGENCY_PENCE = 2540
WHEELCHAIRS = ("manual-wheelchair", "powered-wheelchair")
PACKAGE_PENCE = {"maternity-package": 42000, "discharge-package": 60000, "wellbeing-package": 35000}
PACKAGES = {"MATERNITY_PMCB": "maternity-package", "HOSPITAL_DISCHARGE": "discharge-package"}
CHAIR_PENCE = {"manual-wheelchair": 66000, "powered-wheelchair": 221500}
ROUND_THE_CLOCK = frozenset({"ADULT_CHC", "ADULT_CHC_FAST_TRACK", "END_OF_LIFE", "JOINT_FUNDED", "S117_AFTERCARE"})

Line = dict[str, Any]


@dataclass(frozen=True)
class Service:
    """A plan line and how its money is spent: `pence` at a time, every `rhythm`, paid to `payee`."""

    line: Line
    management: str
    rhythm: str  # "four_weekly", "monthly", "quarterly", "once" or "never"
    pence: int
    payee: str = ""
    provider: str = ""


def services_of(case: Case) -> tuple[Service, ...]:
    """Return what a person buys."""
    return TEMPLATES[case.template](case)


def need_of(case: Case) -> dict[str, Any]:
    """Return what the assessment found: the thing that the budget model of the cohort prices."""
    if case.template in {"wheelchair", "wheelchair_own"}:
        return {"code": _chair(case), "quantity": 1, "unit": "each", "per": "once"}
    if _package(case):
        return {"code": _package(case), "quantity": 1, "unit": "each", "per": "once"}
    return {"code": "day", "quantity": case.hours, "unit": "hour", "per": "week"}


def _assistants(case: Case, *, share: int = 1) -> tuple[Service, ...]:
    hours = case.hours // share
    wages = _weekly("wages", "PA_WAGES", "Wages of my assistants", hours, ASSISTANT_PENCE)
    on_costs = _weekly("on-costs", "EMPLOYMENT_COSTS", "National Insurance and pension", hours, 150)
    payroll = _weekly("payroll", "PAYROLL", "Payroll service", 1, 550) | {"unit": "each"}
    spare = _once("spare", "CONTINGENCY", "If an assistant is ill", 60000, purpose="contingency")
    month = hours * 4
    return (
        Service(wages, "direct_payment", "four_weekly", month * ASSISTANT_PENCE * 49 // 50, "My assistants"),
        Service(on_costs, "direct_payment", "four_weekly", month * 130, "HMRC and pension"),
        Service(payroll, "direct_payment", "four_weekly", 2180, "Abacus Payroll"),
        Service(spare, "direct_payment", "never", 0),
    )


def _agency(case: Case) -> tuple[Service, ...]:
    return (_by_agency(case, "direct_payment", "Larkfield Care", ""), _therapy("direct_payment", "Moor Physio", ""))


def _notional(case: Case) -> tuple[Service, ...]:
    provider = "ORG-LARK" if case.number % 2 else "ORG-HARB"
    return (_by_agency(case, "notional", "", provider), _therapy("notional", "", "ORG-PHYS"))


def _third_party(case: Case) -> tuple[Service, ...]:
    care = _weekly("care", "PERSONAL_CARE", "A small team that I chose", case.hours, 2100)
    fee = _once("fee", "MANAGED_ACCOUNT", "Holding Hands' fee", 48000)
    return (
        Service(care, "third_party", "four_weekly", case.hours * 4 * 2000, "My team"),
        Service(fee, "third_party", "quarterly", 12000, "Holding Hands"),
    )


def _small_third_party(case: Case) -> tuple[Service, ...]:
    line = _once("sessions", "ACTIVITIES", "Sessions that help me", 35000 + 500 * (case.number % 7))
    return (Service(line, "third_party", "quarterly", 8500, "Riverside Arts"),)


def _mixed(case: Case) -> tuple[Service, ...]:
    night = _once("night", "NIGHT_CARE", "Nights when my family is away", 240000)
    return (*_assistants(case, share=2), Service(night, "notional", "quarterly", 52000, "", "ORG-HARB"))


def _wheelchair(case: Case) -> tuple[Service, ...]:
    return (_chair_line(case, "notional", "", "ORG-WHEEL"),)


def _wheelchair_own(case: Case) -> tuple[Service, ...]:
    return (_chair_line(case, "direct_payment", "Rolling Rightly", ""),)


def _one_off(case: Case) -> tuple[Service, ...]:
    words = {"HOSPITAL_DISCHARGE": "What I need to go home"}.get(case.cohort, "What keeps me well")
    category = "EQUIPMENT" if case.cohort == "HOSPITAL_DISCHARGE" else "ACTIVITIES"
    pence = PACKAGE_PENCE[_package(case)]
    return (Service(_once("package", category, words, pence), "direct_payment", "once", pence - 1250, "Local shops"),)


def _maternity(case: Case) -> tuple[Service, ...]:
    pence = PACKAGE_PENCE[_package(case)]
    line = _once("midwife", "MATERNITY", "The midwife and classes I chose", pence)
    return (Service(line, "notional", "once", pence, "", "ORG-MIDW"),)


def _by_agency(case: Case, management: str, payee: str, provider: str) -> Service:
    """Return care by the hour: priced by the rate card where the cohort's model has hours by day."""
    words = "Care at home"
    if case.cohort in ROUND_THE_CLOCK:
        line = _weekly("care", "PERSONAL_CARE", words, case.hours, None)
    else:
        line = _weekly("care", "PERSONAL_CARE", words, case.hours, AGENCY_PENCE)
    return Service(line, management, "monthly", case.hours * AGENCY_PENCE * 4, payee, provider)


def _therapy(management: str, payee: str, provider: str) -> Service:
    line = _once("therapy", "THERAPY", "Physiotherapy", 64800)
    return Service(line, management, "quarterly", 16200, payee, provider)


def _chair_line(case: Case, management: str, payee: str, provider: str) -> Service:
    chair = _chair(case)
    line = _once("chair", "WHEELCHAIR", "A wheelchair that fits my life", CHAIR_PENCE[chair])
    return Service(line, management, "once", CHAIR_PENCE[chair], payee, provider)


def _chair(case: Case) -> str:
    return WHEELCHAIRS[case.number % 2]


def _package(case: Case) -> str:
    if case.template not in {"one_off", "maternity", "small_third_party"}:
        return ""
    return PACKAGES.get(case.cohort, "wellbeing-package")


def _weekly(reference: str, category: str, words: str, hours: int, pence: int | None) -> Line:
    line = {"reference": reference, "category": category, "words": words, "quantity": hours, "unit": "hour"}
    price = {"need": "day"} if pence is None else {"unit_price": pounds_of(pence)}
    return line | {"frequency": "week"} | price


def _once(reference: str, category: str, words: str, pence: int, *, purpose: str = "service") -> Line:
    line: Line = {"reference": reference, "category": category, "words": words, "quantity": 1, "unit": "each"}
    return line | {"frequency": "once", "unit_price": pounds_of(pence), "purpose": purpose}


def pounds_of(pence: int) -> str:
    """Return pence as a file holds them."""
    return f"{pence // 100}.{pence % 100:02}"


TEMPLATES: dict[str, Callable[[Case], tuple[Service, ...]]] = {
    "assistants": _assistants,
    "agency": _agency,
    "notional": _notional,
    "third_party": _third_party,
    "small_third_party": _small_third_party,
    "mixed": _mixed,
    "wheelchair": _wheelchair,
    "wheelchair_own": _wheelchair_own,
    "one_off": _one_off,
    "maternity": _maternity,
}
