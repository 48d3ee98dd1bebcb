"""The invented people, who acts for them, their needs, consent and the accounts they are paid into."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import count

from nhs_number.validate import calculate_checksum

from phb.demo.caseload.cases import Case
from phb.demo.caseload.dice import Dice
from phb.payments.modulus import ModulusOutcome, ModulusTable, check

Row = dict[str, str]

GIVEN = [
    "Aled",
    "Aisha",
    "Bethan",
    "Callum",
    "Chidi",
    "Dilys",
    "Eira",
    "Farah",
    "Gethin",
    "Grace",
    "Hari",
    "Ioan",
    "Iris",
    "Jamal",
    "Jodie",
    "Kofi",
    "Leila",
    "Lowri",
    "Marek",
    "Mei",
    "Nadia",
    "Nia",
    "Oluwaseun",
    "Owen",
    "Padma",
    "Rhys",
    "Rosa",
    "Sanjay",
    "Seren",
    "Tegan",
    "Tomasz",
    "Una",
    "Wiktoria",
    "Yusuf",
    "Zofia",
    "Zoë",
]
FAMILY = [
    "Abara",
    "Ashworth",
    "Bevan",
    "Brightwell",
    "Carrow",
    "Chaudhry",
    "Dunmore",
    "Eastlake",
    "Fairbairn",
    "Garside",
    "Hallam",
    "Ibrahim",
    "Jankowska",
    "Kettlewell",
    "Lathom",
    "Mbeki",
    "Northrop",
    "Okafor",
    "Pennant",
    "Quill",
    "Rushworth",
    "Sandhu",
    "Thorley",
    "Underhill",
    "Vaughan",
    "Whitlow",
    "Yardley",
]
STREETS = ("Alder Row", "Beacon Street", "Canal Side", "Dyer Lane", "Elm Grove", "Fountain Road", "Gasworks Lane")
FORMATS = ("html", "large-print", "pdf", "html", "csv")
NEEDS = {1: "large_print", 4: "easy_read", 7: "bsl_interpreter", 11: "telephone", 19: "hearing_aid", 30: "text_message"}
STAFF_FROM = "2026-03-02"
KNOWN_FROM = date(2026, 3, 2)
SORT_CODE = "089999"
NO_CHECK_DIGIT = 10
ONES_HELD = frozenset({"assistants", "agency", "mixed", "one_off", "wheelchair_own"})
BY_THIRD_PARTY = frozenset({"third_party", "small_third_party"})


def name_of(case: Case, *, acting: bool = False) -> tuple[str, str]:
    """Return the given and family name of a person, or of who acts for them: a parent shares the family name."""
    dice = Dice(f"name {case.number}")
    given, family = dice.one_of(GIVEN), dice.one_of(FAMILY)
    if not acting:
        return given, family
    return dice.one_of(GIVEN), family if case.is_child else dice.one_of(FAMILY)


def people(case: Case) -> Iterator[Row]:
    """Yield a person, and who acts for them."""
    given, family = name_of(case)
    dice = Dice(f"person {case.number}")
    years = dice.between(4, 13) if case.is_child else dice.between(24, 88)
    yield {
        "reference": case.person,
        "given_names": given,
        "family_name": family,
        "date_of_birth": date(2026 - years, dice.between(1, 12), dice.between(1, 28)).isoformat(),
        "nhs_number": nhs_number(case.number),
        "trace_status": "verified" if case.number % 9 else "unverified",
        "address": f"{dice.between(1, 140)} {dice.one_of(STREETS)}; Northvale",
        "postcode": f"NV{dice.between(1, 9)} {dice.between(1, 9)}{dice.one_of('ABDEFGH')}{dice.one_of('JLNPQRS')}",
        "statement_format": FORMATS[case.number % len(FORMATS)],
        "language": "cy" if case.number % 23 == 0 else "en",
    }
    if acts_by_person(case):
        given, family = name_of(case, acting=True)
        yield {"reference": case.acting, "given_names": given, "family_name": family, "trace_status": "none"}


def acts_by_person(case: Case) -> bool:
    """Say whether another person acts: a parent, a deputy or a nominee."""
    return case.is_child or case.helper in {"deputy", "nominee"}


def nhs_number(number: int) -> str:
    """Return the nth number of the range kept for invented people; stems without a check digit are passed over."""
    stems = (f"999{stem:06}" for stem in count(number * 37))
    checked = ((stem, calculate_checksum(stem)) for stem in stems)
    return next(f"{stem}{digit}" for stem, digit in checked if digit in range(NO_CHECK_DIGIT))


def relations(case: Case) -> Iterator[Row]:
    """Yield the care co-ordinator and everybody who acts."""
    common = {"person": case.person, "start_on": STAFF_FROM}
    yield common | {"kind": "care_coordinator", "basis": "assigned", "user": f"{case.co_ordinator}@northvale.example"}
    if case.is_child:
        evidence = {"basis": "parental_responsibility", "evidence": "Birth certificate seen on 2 March 2026"}
        yield common | {"kind": "representative", "acting_person": case.acting} | evidence
    if case.helper == "deputy":
        evidence = {"basis": "deputyship", "evidence": "Order of the Court of Protection seen on 2 March 2026"}
        yield common | {"kind": "representative", "acting_person": case.acting} | evidence
    consent = {
        "consent_of": "representative" if case.is_represented else "person",
        "consent_on": "2026-02-20",
        "consent_recorded": "Signed form seen",
    }
    if case.helper == "nominee":
        yield common | consent | {"kind": "nominee", "basis": "nominated", "acting_person": case.acting}
    if case.helper == "broker":
        scopes = "record; budget; statements; spend"
        yield (
            common
            | consent
            | {
                "kind": "broker",
                "basis": "agreement",
                "organisation": "ORG-BROKER",
                "scopes": scopes,
            }
        )
    if case.template in BY_THIRD_PARTY:
        yield common | consent | {"kind": "third_party", "basis": "agreement", "organisation": "ORG-HOLDS"}


def capacity(case: Case) -> Iterator[Row]:
    """Yield what was found of the capacity of people for whom a deputy acts."""
    if case.helper == "deputy":
        yield {"person": case.person, "assessed_on": "2026-02-10", "has_capacity": "no", "expected_to_return": "no"}


def consents(case: Case) -> Iterator[Row]:
    """Yield the consent to a direct payment."""
    if case.template in ONES_HELD:
        yield {
            "person": case.person,
            "given_on": max(KNOWN_FROM, case.start_on - timedelta(days=28)).isoformat(),
            "how_recorded": "Signed form seen",
            "representative": case.acting if case.is_represented else "",
        }


def needs(case: Case) -> Iterator[Row]:
    """Yield a communication need of some people."""
    if case.number in NEEDS:
        yield {"person": case.person, "need": NEEDS[case.number], "start_on": "2026-04-01"}


def signs_in_as(case: Case) -> str:
    """Return the sign-in name of who agrees the budget: the person, or who represents them."""
    return f"{(case.acting if case.is_represented else case.person).lower()}@people.northvale.example"


def users(case: Case) -> Iterator[Row]:
    """Yield the user of who agrees, and of a nominee."""
    found = [("representative" if case.is_represented else "holder", case.is_represented)]
    found += [("nominee", True)] if case.helper == "nominee" else []
    for role, acting in found:
        reference = case.acting if acting else case.person
        yield {
            "sign_in_name": f"{reference.lower()}@people.northvale.example",
            "name": " ".join(name_of(case, acting=acting)),
            "role": role,
            "organisation": "QNV",
            "start_on": STAFF_FROM,
            "person": reference,
        }


def payees(case: Case) -> Iterator[Row]:
    """Yield the account a direct payment goes into."""
    if case.template not in ONES_HELD:
        return
    kind = "nominee" if case.helper == "nominee" else "representative" if case.is_represented else "holder"
    given, family = name_of(case, acting=kind != "holder")
    once = case.template in {"one_off", "wheelchair_own"}
    yield {
        "reference": f"PAY-{case.number:04}",
        "kind": kind,
        "person": case.person,
        "acting_person": "" if kind == "holder" else case.acting,
        "use": "one_off" if once else "dedicated",
        "sort_code": SORT_CODE,
        "account_number": account_number(case.number),
        "account_name": f"{given[0]} {family}".replace("ë", "e"),
        "approval_evidence": "" if once else "Statement of an empty account seen",
    }


def account_number(number: int) -> str:
    """Return an invented account number that passes the modulus check."""
    candidates = (f"{66_000_000 + number * 5000 + step:08}" for step in count())
    return next(text for text in candidates if check(_weights(), SORT_CODE, text) is ModulusOutcome.VALID)


@cache
def _weights() -> ModulusTable:
    weights = ",".join(f"{letter}={weight}" for letter, weight in zip("uvwxyzabcdefgh", "00000071371371", strict=True))
    row = dict(part.split("=") for part in weights.split(","))
    place = {"file_order": "1", "sort_code_from": SORT_CODE, "sort_code_to": SORT_CODE, "method": "MOD10"}
    return ModulusTable.from_rows([row | place | {"exception": ""}], version="8.50")
