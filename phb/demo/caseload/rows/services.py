"""What the invented people buy: the services of each way of holding the money, as lines of a care plan."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from phb.demo.caseload.reading import texts
from phb.demo.caseload.who.cases import Case

ASSISTANT_PENCE, WEEKEND_PENCE, TEAM_PENCE, SESSION_PENCE = 1400, 1520, 2100, 8500
RATES = {"day": 2540, "weekend": 2800, "sleep-in": 9950}  # what providers charge: the rate card, rates.csv
MANY_HOURS = 16
WEEKEND_SHARE = 4
WHEELCHAIRS = ("manual-wheelchair", "manual-wheelchair", "powered-wheelchair")
PACKAGE_PENCE = {"maternity-package": 42000, "discharge-package": 60000, "wellbeing-package": 35000}
PACKAGES = {"MATERNITY_PMCB": "maternity-package", "HOSPITAL_DISCHARGE": "discharge-package"}
CHAIR_PENCE = {"manual-wheelchair": 66000, "powered-wheelchair": 221500}
CUSHION_PENCE = 19000
PRICED_BY_THE_RATE_CARD = frozenset(
    {"ADULT_CHC", "ADULT_CHC_FAST_TRACK", "END_OF_LIFE", "JOINT_FUNDED", "S117_AFTERCARE"}
)
THEMES = {"MENTAL_HEALTH": "mind", "LOOKED_AFTER_CYP_MH": "mind", "HOSPITAL_DISCHARGE": "leaving"}
PROVIDERS = ("ORG-LARK", "ORG-HARB", "ORG-TREE", "ORG-DALE")

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
    return WAYS[case.way](case)


def needs_of(case: Case) -> list[dict[str, Any]]:
    """Return what the assessment found: the things that the budget model of the cohort prices."""
    if case.way.startswith("wheelchair"):
        cushion = [{"code": "pressure-cushion", "quantity": 1, "unit": "each", "per": "once"}]
        return [_once_needed(_chair(case)), *(cushion if _has_cushion(case) else [])]
    if _package(case):
        return [_once_needed(_package(case))]
    found = [("day", case.hours, "hour"), *([("weekend", _weekend(case), "hour")] if _weekend(case) else [])]
    found += [("sleep-in", nights, "night")] if (nights := _nights(case)) else []
    return [{"code": code, "quantity": many, "unit": unit, "per": "week"} for code, many, unit in found]


def _once_needed(code: str) -> dict[str, Any]:
    return {"code": code, "quantity": 1, "unit": "each", "per": "once"}


def _assistants(case: Case, *, share: int = 1) -> tuple[Service, ...]:
    hours, weekend = max(case.hours // share, 4), _weekend(case) // share
    paid = hours * ASSISTANT_PENCE + weekend * WEEKEND_PENCE
    wages = _weekly("wages", "PA_WAGES", _words(case, "wages"), hours, ASSISTANT_PENCE)
    on_costs = _weekly("on-costs", "EMPLOYMENT_COSTS", "National Insurance and pension", hours + weekend, 150)
    payroll = _weekly("payroll", "PAYROLL", "Payroll service", 1, 550) | {"unit": "each"}
    insurance = _once("insurance", "INSURANCE", "Employer's liability insurance", 12250)
    training = _once("training", "TRAINING", "Training of my assistants", 29000, purpose="training")
    spare = _once("spare", "CONTINGENCY", "If an assistant is ill", 60000, purpose="contingency")
    services = [
        Service(wages, "direct_payment", "four_weekly", hours * 4 * ASSISTANT_PENCE * 49 // 50, "My assistants"),
        Service(on_costs, "direct_payment", "monthly", paid * 4 * 8 // 100, "HMRC and pension"),
        Service(payroll, "direct_payment", "quarterly", 6540, "Abacus Payroll"),
        Service(insurance, "direct_payment", "once", 11890, "Fernleigh Insurance"),
        Service(
            training, "direct_payment", "once" if case.dice("trained").falls(60) else "never", 14500, "Skill Share"
        ),
        Service(spare, "direct_payment", "never", 0),
    ]
    if weekend:
        line = _weekly("weekend", "PA_WAGES", _words(case, "weekend"), weekend, WEEKEND_PENCE)
        services.insert(
            1, Service(line, "direct_payment", "four_weekly", weekend * 4 * WEEKEND_PENCE * 49 // 50, "My assistants")
        )
    return tuple(services)


def _agency(case: Case) -> tuple[Service, ...]:
    payee = case.dice("agency").one_of(("Larkfield Care", "Harbour Care", "Two Trees Care", "Dale Homecare"))
    return (_by_agency(case, "direct_payment", payee, ""), *_therapy(case, "direct_payment", "Moor Physio", ""))


def _notional(case: Case) -> tuple[Service, ...]:
    provider = case.dice("agency").one_of(PROVIDERS)
    services = [_by_agency(case, "notional", "", provider)]
    if weekend := _weekend(case):
        services.append(_by_the_card(case, "weekend", weekend, provider))
    if nights := _nights(case):
        services.append(_by_the_card(case, "sleep-in", nights, provider))
    return (*services, *_therapy(case, "notional", "", "ORG-PHYS"))


def _third_party(case: Case) -> tuple[Service, ...]:
    care = _weekly("care", "PERSONAL_CARE", _words(case, "team"), case.hours, TEAM_PENCE)
    fee = _once("fee", "MANAGED_ACCOUNT", "Holding Hands' fee", 48000)
    return (
        Service(care, "third_party", "four_weekly", case.hours * 4 * 2000, "My team"),
        Service(fee, "third_party", "quarterly", 12000, "Holding Hands"),
    )


def _small_third_party(case: Case) -> tuple[Service, ...]:
    category, words, payee = case.dice("sessions").one_of(texts("words")["sessions"])
    line = _once("sessions", category, words, 35000 + 500 * (case.number % 7))
    return (Service(line, "third_party", "quarterly", SESSION_PENCE, payee),)


def _mixed(case: Case) -> tuple[Service, ...]:
    night = _once("night", "NIGHT_CARE", _words(case, "night"), 240000)
    return (*_assistants(case, share=2), Service(night, "notional", "quarterly", 52000, "", "ORG-HARB"))


def _wheelchair(case: Case) -> tuple[Service, ...]:
    return _chair_lines(case, "notional", "", "ORG-WHEEL")


def _wheelchair_own(case: Case) -> tuple[Service, ...]:
    return _chair_lines(case, "direct_payment", "Rolling Rightly", "")


def _wheelchair_third(case: Case) -> tuple[Service, ...]:
    line = _once("repairs", "WHEELCHAIR", "Repairs for five years", 30000)
    later = Service(line, "third_party", "never", 0)
    return (*_chair_lines(case, "third_party", "Freewheel Independent", ""), later)


def _one_off(case: Case, management: str = "direct_payment", provider: str = "") -> tuple[Service, ...]:
    dice = case.dice("one-off")
    category, words = dice.one_of(texts("words")["one_off"][THEMES.get(case.cohort, "small")])
    pence = PACKAGE_PENCE[_package(case)]
    shop = "" if provider else dice.one_of(texts("words")["shops"])
    return (
        Service(
            _once("package", category, words, pence),
            management,
            "once",
            pence - dice.between(0, 40) * 125,
            shop,
            provider,
        ),
    )


def _one_off_notional(case: Case) -> tuple[Service, ...]:
    return _one_off(case, "notional", case.dice("supplier").one_of(("ORG-PHYS", "ORG-DALE", "ORG-EQUIP", "ORG-EQUIP")))


def _maternity(case: Case) -> tuple[Service, ...]:
    pence = PACKAGE_PENCE[_package(case)]
    line = _once("midwife", "MATERNITY", _words(case, "midwife"), pence)
    return (Service(line, "notional", "once", pence, "", "ORG-MIDW"),)


def _by_agency(case: Case, management: str, payee: str, provider: str) -> Service:
    """Return care by the hour: priced by the rate card where the cohort's model has hours by day."""
    pence = None if case.cohort in PRICED_BY_THE_RATE_CARD else RATES["day"]
    line = _weekly("care", "PERSONAL_CARE", _words(case, "care"), case.hours, pence)
    return Service(line, management, "monthly", case.hours * RATES["day"] * 4, payee, provider)


def _by_the_card(case: Case, band: str, many: int, provider: str) -> Service:
    """Return care at weekends or nights, from the provider that comes in the week."""
    category, words = ("NIGHT_CARE", _words(case, "night")) if band == "sleep-in" else ("PERSONAL_CARE", "Weekends")
    line = _weekly(band, category, words, many, RATES[band]) | {"unit": "night" if band == "sleep-in" else "hour"}
    if case.cohort in PRICED_BY_THE_RATE_CARD:
        line = {name: value for name, value in line.items() if name != "unit_price"} | {"need": band}
    return Service(line, "notional", "monthly", many * RATES[band] * 4, "", provider)


def _therapy(case: Case, management: str, payee: str, provider: str) -> tuple[Service, ...]:
    dice = case.dice("therapy")
    category, words = dice.one_of(texts("words")["therapy"])
    line = _once("therapy", category, words, 64800)
    return (Service(line, management, "quarterly", 16200, payee, provider),) if dice.falls(70) else ()


def _chair_lines(case: Case, management: str, payee: str, provider: str) -> tuple[Service, ...]:
    pence = CHAIR_PENCE[_chair(case)]
    chair = _once("chair", "WHEELCHAIR", _words(case, "chairs"), pence)
    services = (Service(chair, management, "once", pence, payee, provider),)
    if not _has_cushion(case):
        return services
    cushion = _once("cushion", "EQUIPMENT", "A pressure cushion", CUSHION_PENCE)
    return (*services, Service(cushion, management, "once", CUSHION_PENCE, payee, provider))


def _chair(case: Case) -> str:
    return case.dice("chair").one_of(WHEELCHAIRS)


def _has_cushion(case: Case) -> bool:
    return case.dice("cushion").falls(25)


def _weekend(case: Case) -> int:
    return case.hours // WEEKEND_SHARE if case.hours >= MANY_HOURS and case.way in {"assistants", "notional"} else 0


def _nights(case: Case) -> int:
    may = case.way == "notional" and case.cohort in {"ADULT_CHC", "ADULT_CHC_FAST_TRACK"}
    return case.dice("nights").between(1, 2) if may and case.dice("sleep-in").falls(25) else 0


def _package(case: Case) -> str:
    if case.way not in {"one_off", "one_off_notional", "maternity", "small_third_party"}:
        return ""
    return PACKAGES.get(case.cohort, "wellbeing-package")


def _words(case: Case, key: str) -> str:
    words: str = case.dice(key).one_of(texts("words")[key])
    return words


def _weekly(reference: str, category: str, words: str, quantity: int, pence: int | None) -> Line:
    line = {"reference": reference, "category": category, "words": words, "quantity": quantity, "unit": "hour"}
    price = {"need": "day"} if pence is None else {"unit_price": pounds_of(pence)}
    return line | {"frequency": "week"} | price


def _once(reference: str, category: str, words: str, pence: int, *, purpose: str = "service") -> Line:
    line: Line = {"reference": reference, "category": category, "words": words, "quantity": 1, "unit": "each"}
    return line | {"frequency": "once", "unit_price": pounds_of(pence), "purpose": purpose}


def pounds_of(pence: int) -> str:
    """Return pence as a file holds them."""
    return f"{pence // 100}.{pence % 100:02}"


WAYS: dict[str, Callable[[Case], tuple[Service, ...]]] = {
    "assistants": _assistants,
    "agency": _agency,
    "notional": _notional,
    "third_party": _third_party,
    "small_third_party": _small_third_party,
    "mixed": _mixed,
    "wheelchair": _wheelchair,
    "wheelchair_own": _wheelchair_own,
    "wheelchair_third": _wheelchair_third,
    "one_off": _one_off,
    "one_off_notional": _one_off_notional,
    "maternity": _maternity,
}
