"""The invented people, who acts for them, their needs, consent and the accounts they are paid into."""

from collections.abc import Iterator
from datetime import date, timedelta

from phb.demo.caseload.reading import texts
from phb.demo.caseload.who.cases import Case
from phb.demo.caseload.who.numbers import SORT_CODE, account_number

Row = dict[str, str]

FORMATS = ("html", "html", "large-print", "pdf", "html", "csv")
NEEDS = (
    "large_print",
    "easy_read",
    "bsl_interpreter",
    "telephone",
    "hearing_aid",
    "text_message",
    "email",
    "letter",
    "audio",
    "lipreads",
    "communication_aid",
    "longer_appointment",
    "coloured_paper",
    "advocate",
)
STAFF_FROM = "2026-03-02"
KNOWN_FROM = date(2026, 3, 2)
ONES_HELD = frozenset({"assistants", "agency", "mixed", "one_off", "wheelchair_own"})
HELD_BY = {"third_party": "ORG-HOLDS", "small_third_party": "ORG-HOLDS", "wheelchair_third": "ORG-CHAIRS"}
PAID_ONCE = frozenset({"one_off", "wheelchair_own"})
FEW = 6


def name_of(case: Case, *, acting: bool = False) -> tuple[str, str]:
    """Return the given and family name of a person, or of who acts for them: a parent shares the family name."""
    dice, names = case.dice("name"), texts("names")
    given, family = dice.one_of(names["given"]), dice.one_of(names["family"])
    if not acting:
        second = f" {dice.one_of(names['given'])}" if dice.falls(FEW) else ""
        return given + second, family
    return dice.one_of(names["given"][::-1]), family if case.is_child else dice.one_of(names["family"])


def people(case: Case) -> Iterator[Row]:
    """Yield a person, and who acts for them."""
    given, family = name_of(case)
    dice, area = case.dice("person"), case.area
    years = dice.between(4, 13) if case.is_child else dice.between(19, 96)
    yield {
        "reference": case.person,
        "given_names": given,
        "family_name": family,
        "date_of_birth": date(2026 - years, dice.between(1, 12), dice.between(1, 28)).isoformat(),
        "nhs_number": case.nhs_number,
        "trace_status": "none" if not case.nhs_number else "unverified" if dice.falls(FEW) else "verified",
        "address": _address(case),
        "postcode": f"{area.postcode}{dice.between(1, 9)} {dice.between(1, 9)}"
        f"{dice.one_of('ABDEFGH')}{dice.one_of('JLNPQRS')}",
        "statement_format": dice.one_of(FORMATS),
        "language": "cy" if dice.falls(FEW) else "en",
    }
    if acts_by_person(case):
        given, family = name_of(case, acting=True)
        yield {"reference": case.acting, "given_names": given, "family_name": family, "trace_status": "none"}


def _address(case: Case) -> str:
    dice, names = case.dice("address"), texts("names")
    form = dice.one_of(names["houses"]) if dice.falls(15) else "{number} {street}"
    house = form.format(number=dice.between(1, 140), street=dice.one_of(names["streets"]))
    return f"{house}; {case.area.town}"


def acts_by_person(case: Case) -> bool:
    """Say whether another person acts: a parent, a deputy, a nominee or an advocate."""
    return case.is_child or case.helper in {"deputy", "nominee", "advocate"}


def relations(case: Case) -> Iterator[Row]:
    """Yield the care co-ordinator and everybody who acts."""
    common = {"person": case.person, "start_on": STAFF_FROM}
    yield common | {"kind": "care_coordinator", "basis": "assigned", "user": case.co_ordinator}
    if case.is_child:
        evidence = {"basis": "parental_responsibility", "evidence": "Birth certificate seen on 2 March 2026"}
        yield common | {"kind": "representative", "acting_person": case.acting} | evidence
    consent = {
        "consent_of": "representative" if case.is_represented else "person",
        "consent_on": "2026-02-20",
        "consent_recorded": "Signed form seen",
    }
    if case.helper is not None:
        yield common | _helping(case, consent)
    if case.way in HELD_BY:
        yield common | consent | {"kind": "third_party", "basis": "agreement", "organisation": HELD_BY[case.way]}


def _helping(case: Case, consent: Row) -> Row:
    """Return what ties a person to who helps them, where somebody does."""
    by_person = {"acting_person": case.acting}
    match case.helper:
        case "deputy":
            seen = "Order of the Court of Protection seen on 2 March 2026"
            return {"kind": "representative", "basis": "deputyship", "evidence": seen} | by_person
        case "nominee":
            return consent | {"kind": "nominee", "basis": "nominated"} | by_person
        case "advocate":
            return consent | {"kind": "advocate", "basis": "chosen", "scopes": "record; budget; decisions"} | by_person
        case _:
            scopes = {"scopes": "record; budget; statements; spend"}
            return consent | {"kind": "broker", "basis": "agreement", "organisation": "ORG-BROKER"} | scopes


def capacity(case: Case) -> Iterator[Row]:
    """Yield what was found of the capacity of people for whom a deputy acts."""
    if case.helper == "deputy":
        yield {"person": case.person, "assessed_on": "2026-02-10", "has_capacity": "no", "expected_to_return": "no"}


def consents(case: Case) -> Iterator[Row]:
    """Yield the consent to a direct payment."""
    if case.way in ONES_HELD:
        yield {
            "person": case.person,
            "given_on": max(KNOWN_FROM, case.start_on - timedelta(days=28)).isoformat(),
            "how_recorded": case.dice("consent").one_of(("Signed form seen", "Said so in the meeting, with a witness")),
            "representative": case.acting if case.is_represented else "",
        }


def needs(case: Case) -> Iterator[Row]:
    """Yield the communication needs of some people."""
    dice = case.dice("needs")
    if dice.falls(12):
        for need in dice.some_of(NEEDS, 2):
            yield {"person": case.person, "need": need, "start_on": "2026-04-01"}


def signs_in_as(case: Case, *, acting: bool = False) -> str:
    """Return the sign-in name of a person, or of who acts for them."""
    return f"{(case.acting if acting else case.person).lower()}@people.{case.area.domain}"


def users(case: Case) -> Iterator[Row]:
    """Yield the user of who agrees, and of a nominee or advocate."""
    found = [("representative" if case.is_represented else "holder", case.is_represented)]
    found += [(case.helper, True)] if case.helper in {"nominee", "advocate"} else []
    for role, acting in found:
        yield {
            "sign_in_name": signs_in_as(case, acting=acting),
            "name": " ".join(name_of(case, acting=acting)),
            "role": role,
            "organisation": case.area.code,
            "start_on": STAFF_FROM,
            "person": case.acting if acting else case.person,
        }


def payees(case: Case) -> Iterator[Row]:
    """Yield the account a direct payment goes into."""
    if case.way not in ONES_HELD:
        return
    kind = "nominee" if case.helper == "nominee" else "representative" if case.is_represented else "holder"
    given, family = name_of(case, acting=kind != "holder")
    once = case.way in PAID_ONCE
    yield {
        "reference": f"PAY-{case.number:04}",
        "kind": kind,
        "person": case.person,
        "acting_person": "" if kind == "holder" else case.acting,
        "use": "one_off" if once else "dedicated",
        "sort_code": SORT_CODE,
        "account_number": account_number(case.number),
        "account_name": f"{given[0]} {family}",
        "approval_evidence": "" if once else "Statement of an empty account seen",
    }
