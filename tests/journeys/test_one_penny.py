"""One person's money, followed from what he needs to his statement, through the published API and nothing else.

Aled needs ten hours of care at home a week. An hour costs £18.43.

    a week           10 hours x £18.43                     =    £184.30
    the year         £184.30 x 365 days / 7 days           =  £9,609.93   (9,609.928..., rounded once)
    two spare weeks  2 x £184.30                           =    £368.60
    first estimate   £9,609.93 + £368.60                   =  £9,978.53
    instalment 1     £9,609.93 x 1/13                      =    £739.23   (739.225..., rounded)
    instalment 2     £9,609.93 x 2/13, less instalment 1   =    £739.22   (1,478.450..., rounded, less 739.23)
    arrived          £739.23 + £739.22                     =  £1,478.45
    still to pay     £9,609.93 - £1,478.45                 =  £8,131.48
    spent            £100.07 + £84.16                      =    £184.23
    cash left        £1,478.45 - £184.23                   =  £1,294.22
    available        £9,609.93 - £184.23                   =  £9,425.70
"""

from datetime import date
from typing import Any

import pytest

from phb.payments.bank_files import bacs_standard_18 as bacs
from tests.journeys.conftest import Office, Somebody, pounds

pytestmark = pytest.mark.journey

FROM_APRIL = {"effective_from": "2026-04-01"}
FINANCIAL_YEAR = {"start_on": "2026-04-01", "last_day": "2027-03-31"}


def test_one_penny_travels_from_need_to_statement(office: Office) -> None:
    given_what_the_commissioner_decided(office)
    person = when_a_person_is_registered(office)
    when_their_need_is_assessed_and_explained(office, person)
    budget = when_a_plan_is_proposed_for_direct_payment(office, person)
    when_everybody_signs_it_off(office, budget)
    then_the_books_hold_the_budget(office, budget)

    payee = given_consent_and_a_bank_account_that_two_people_confirmed(office, person)
    when_the_year_is_cut_into_instalments(office, budget, payee)
    when_three_people_pay(office, entry_on="2026-04-08", pence=b"00000073923", amount="739.23")
    then_it_arrives_on(office, date(2026, 4, 8))
    office.opens_on(date(2026, 4, 22))
    when_three_people_pay(office, entry_on="2026-04-29", pence=b"00000073922", amount="739.22")
    then_it_arrives_on(office, date(2026, 4, 29))

    office.opens_on(date(2026, 5, 18))
    when_the_holder_records_what_was_bought(office, budget)
    office.opens_on(date(2026, 6, 1))
    then_the_statement_is_right_to_the_penny(office, budget)
    then_the_books_prove_themselves(office)


def given_what_the_commissioner_decided(office: Office) -> None:
    """Rates, a budget model, a limit that a second administrator confirms, staff, and money for the year."""
    ada, bo = office.administrator("ada"), office.administrator("bo")
    for name, role in (
        ("carys", "care_coordinator"),
        ("elin", "clinician"),
        ("finn", "finance_officer"),
        ("gwen", "finance_officer"),
        ("huw", "approver"),
        ("ines", "payments_releaser"),
        ("jo", "auditor"),
    ):
        office.employs(name, role)

    ada.sends("/rates", code="day", amount="18.43", unit="hour", source="Northvale rate card", **FROM_APRIL)
    ada.sends("/budget-models", model=budget_model())
    ada.sends("/calendars/national")

    limit = ada.sends(
        "/delegations", role="approver", limit=pounds("10000.00"), source="Scheme of delegation", **FROM_APRIL
    )
    assert ada.is_refused(f"/delegations/{limit['id']}/confirmation") == "confirm-own-proposal"
    bo.sends(f"/delegations/{limit['id']}/confirmation")

    finn, gwen = office.signs_in("finn"), office.signs_in("gwen")
    finn.sends("/programme-budgets", fund="nhs", year=2026, amount=pounds("50000.00"), source="Board, 12 March 2026")
    own = {"sort_code": "20-29-59", "account_number": "63748472", "name": "NORTHVALE ICB"}
    account = finn.sends("/paying-accounts", service_user_number="123456", **own)
    gwen.sends(f"/paying-accounts/{account['id']}/confirmation")


def when_a_person_is_registered(office: Office) -> str:
    """Register the person by a care co-ordinator; he gets a sign-in name as the holder of a budget."""
    carys = office.signs_in("carys")
    person = carys.sends("/people", given_names="Aled", family_name="Example", date_of_birth="1980-05-17")
    person_id: str = person["id"]
    office.employs("aled", "holder", person_id=person_id)
    return person_id


def when_their_need_is_assessed_and_explained(office: Office, person: str) -> None:
    """Ten hours a week become a first estimate, which says how it was worked out and comes to the same pence again."""
    carys, aled = office.signs_in("carys"), office.signs_in("aled")
    assessment = carys.sends(
        "/assessments",
        person_id=person,
        reference="A-1",
        cohort_code="ADULT_CHC",
        assessed_on="2026-04-01",
        assessed_by="Nurse assessor",
        needs=[{"code": "day", "quantity": "10", "unit": "hour", "per": "week"}],
    )
    estimate = carys.sends(f"/assessments/{assessment['id']}/indicative-budgets", **FINANCIAL_YEAR)
    assert estimate["total"] == pounds("9978.53")

    explained = aled.reads(f"/indicative-budgets/{estimate['id']}/explanation")
    assert explained["total"] == pounds("9978.53")
    in_plain_english = " ".join(explained["paragraphs"])
    for figure in ("£18.43", "£184.30", "£9,609.93", "£368.60", "£9,978.53"):
        assert figure in in_plain_english


def when_a_plan_is_proposed_for_direct_payment(office: Office, person: str) -> str:
    """Propose a plan by the care co-ordinator: one outcome, one line that serves it, paid to the holder."""
    carys = office.signs_in("carys")
    proposed = carys.sends(
        "/budgets",
        person_id=person,
        reference="B-1",
        cohort_code="ADULT_CHC",
        care_setting="home",
        plan=plan(named_coordinator=carys.reads("/assessments")[0]["recorded_by"]),
    )
    assert proposed["state"] == "draft"
    budget = f"/budgets/{proposed['id']}"
    assert carys.reads(f"{budget}/plan")["amount"] == pounds("9609.93")
    return budget


def when_everybody_signs_it_off(office: Office, budget: str) -> None:
    """Submit it, have clinician and finance (within the limit) sign it off, the holder agree it; make it active."""
    carys, elin, huw, aled = (office.signs_in(name) for name in ("carys", "elin", "huw", "aled"))
    assert carys.sends(f"{budget}/submission")["state"] == "submitted"
    assert carys.is_refused(f"{budget}/clinical-sign-off", note="My own plan") == "missing-permission"
    elin.sends(f"{budget}/clinical-sign-off", note="Safe, and meets the need")
    huw.sends(f"{budget}/finance-sign-off", note="£9,609.93 is within £10,000.00")
    aled.sends(f"{budget}/agreement")
    assert huw.sends(f"{budget}/activation")["state"] == "active"
    taken = {step["step"]: step["value"] for step in aled.reads(f"{budget}/agreement")["taken"]}
    assert taken["sign_off_finance"] == pounds("9609.93")


def then_the_books_hold_the_budget(office: Office, budget: str) -> None:
    """Find the whole sum approved and nothing of it spent."""
    position = office.signs_in("aled").reads(f"{budget}/standing", year="2026")["position"]
    assert position == {
        "approved": pounds("9609.93"),
        "spent": pounds("0.00"),
        "committed": pounds("0.00"),
        "available": pounds("9609.93"),
        "owed_back": pounds("0.00"),
    }


def given_consent_and_a_bank_account_that_two_people_confirmed(office: Office, person: str) -> str:
    """Consent is recorded; one finance officer enters the bank details, another confirms and approves them."""
    carys, finn, gwen = (office.signs_in(name) for name in ("carys", "finn", "gwen"))
    carys.sends(f"/standing/consents/of/{person}", given_on="2026-03-01", how_recorded="Signed form seen")
    payee = finn.sends("/payees", reference="P-1", kind="holder", person_id=person)
    details = {"sort_code": "08-99-99", "account_number": "66374958", "name": "A Example", "use": "dedicated"}
    account = finn.sends(f"/payees/{payee['id']}/bank-accounts", **details)
    assert account["masked"] == "account ending 58"
    address = f"/payees/bank-accounts/{account['id']}"
    assert finn.is_refused(f"{address}/confirmation") == "confirm-own-details"
    gwen.sends(f"{address}/confirmation")
    gwen.sends(f"{address}/approval", evidence="Statement of an empty account seen")
    payee_id: str = payee["id"]
    return payee_id


def when_the_year_is_cut_into_instalments(office: Office, budget: str, payee: str) -> None:
    """Thirteen four-weekly instalments come to exactly the budget, the pennies spread over the year."""
    finn, aled = office.signs_in("finn"), office.signs_in("aled")
    pot = aled.reads(f"{budget}/plan")["pots"][0]["id"]
    planned = finn.sends("/instalment-schedules", pot_id=pot, payee_id=payee, year=2026, rhythm="four_weekly")
    amounts = [instalment["amount"]["amount"] for instalment in planned["instalments"]]
    assert (len(amounts), amounts[:2]) == (13, ["739.23", "739.22"])
    assert sum(int(amount.replace(".", "")) for amount in amounts) == 960993


def when_three_people_pay(office: Office, *, entry_on: str, pence: bytes, amount: str) -> None:
    """One person assembles the run, a second approves it, a third releases it and writes the bank's file."""
    finn, huw, ines = (office.signs_in(name) for name in ("finn", "huw", "ines"))
    run = finn.sends("/payment-runs", entry_on=entry_on)
    address = f"/payment-runs/{run['id']}"
    assert finn.is_refused(f"{address}/approval") == "missing-permission"
    assert huw.sends(f"{address}/approval")["state"] == "approved"
    assert huw.is_refused(f"{address}/release") == "missing-permission"
    assert ines.sends(f"{address}/release")["state"] == "released"
    assert ines.is_refused(f"{address}/release") == "wrong-state"
    ines.sends(f"{address}/export")

    file = ines.reads_file(f"{address}/file")
    (to_the_holder,) = bacs.read(file).items
    assert str(to_the_holder.amount.amount) == amount
    assert b"089999" + b"66374958" in file  # into the holder's account ...
    assert pence in file  # ... so many pence, as the bank reads them


def then_it_arrives_on(office: Office, entry_day: date) -> None:
    """On the entry day the payment settles, once."""
    office.opens_on(entry_day)
    finn = office.signs_in("finn")
    assert len(finn.sends("/payments/settlement", on=entry_day.isoformat())["settled"]) == 1
    assert finn.sends("/payments/settlement", on=entry_day.isoformat())["settled"] == []


def when_the_holder_records_what_was_bought(office: Office, budget: str) -> None:
    """Two weeks of help at home; the receipts may come later."""
    aled = office.signs_in("aled")
    care = aled.reads(f"{budget}/plan")["lines"][0]["id"]
    for spent_on, amount in (("2026-05-05", "100.07"), ("2026-05-12", "84.16")):
        spend = aled.sends(
            "/spending",
            budget_id=budget.rpartition("/")[2],
            plan_line_id=care,
            spent_on=spent_on,
            amount=pounds(amount),
            category="PERSONAL_CARE",
            payee="Sam's care",
            words="Help at home",
        )
        assert (spend["state"], spend["evidence"]) == ("accepted", "awaited")


def then_the_statement_is_right_to_the_penny(office: Office, budget: str) -> None:
    """Read the holder's own statement for April and May; the sums are worked out at the top of this file."""
    aled = office.signs_in("aled")
    statement = aled.reads(f"{budget}/statement", **{"from": "2026-04-01", "to": "2026-05-31", "format": "json"})
    sections = {section["key"]: section for section in statement["sections"]}
    assert sections["position"]["facts"]["position"] == {
        "approved": pounds("9609.93"),
        "spent": pounds("184.23"),
        "committed": pounds("0.00"),
        "available": pounds("9425.70"),
    }
    assert sections["position"]["facts"]["alongside"]["still_to_pay_out"] == pounds("8131.48")
    assert sections["cash"]["facts"]["cash"] == {
        "opening": pounds("0.00"),
        "received": pounds("1478.45"),
        "spent": pounds("184.23"),
        "closing": pounds("1294.22"),
    }
    assert [(row["happened_on"], row["cash_held"]) for row in sections["cash"]["tables"]["movements"]["rows"]] == [
        ("2026-04-01", pounds("0.00")),
        ("2026-04-08", pounds("739.23")),
        ("2026-04-29", pounds("1478.45")),
        ("2026-05-05", pounds("1378.38")),
        ("2026-05-12", pounds("1294.22")),
    ]


def then_the_books_prove_themselves(office: Office) -> None:
    """Let an auditor, who can change nothing, find that what must always hold does hold, and where every penny is."""
    jo = office.signs_in("jo")
    proofs = jo.reads("/ledger/verification")
    assert [proof["number"] for proof in proofs] == list(range(1, 12))
    assert [proof for proof in proofs if proof["first_breach"]] == []
    assert trial_balance(jo) == {
        "funding_approved": "-50000.00",  # what the board gave the year ...
        "envelope": "40390.07",  # ... is still free but for the budget: £50,000.00 - £9,609.93
        "allocation": "9609.93",
        "bank": "-1478.45",  # what left the bank ...
        "funds_held": "1294.22",  # ... is in the holder's account ...
        "expenditure": "184.23",  # ... or was spent: £1,294.22 + £184.23 = £1,478.45
    }


def trial_balance(jo: Somebody) -> dict[str, str]:
    """Read what every account of the books holds on 31 May 2026, those with nothing left out."""
    rows = jo.reads("/ledger/trial-balance", as_of="2026-05-31")
    return {row["account"]: row["amount"]["amount"] for row in rows if row["amount"]["amount"] != "0.00"}


def budget_model() -> dict[str, Any]:
    """Describe how the commissioner sets a first estimate: hours, two spare weeks, weeks in the year."""
    return {
        "code": "home-care",
        "version": "1",
        "title": "Care at home",
        "source": "Board, 12 March 2026",
        "round_by": "week",
        "steps": [
            {
                "type": "hours",
                "name": "care",
                "words": "care at home",
                "bands": [{"band": "day", "words": "day care", "rate": "day"}],
            },
            {"type": "contingency_weeks", "name": "spare", "words": "contingency", "weeks": "2", "of": ["care"]},
            {"type": "weeks_in_the_year", "name": "weeks", "words": "weeks", "method": {"type": "days_over_seven"}},
        ],
        **FROM_APRIL,
    }


def plan(*, named_coordinator: str) -> dict[str, Any]:
    """Describe a care plan of one outcome and one line, which costs what the budget model says."""
    return {
        "pots": [{"reference": "dp", "management": "direct_payment"}],
        "outcomes": [{"reference": "living", "words": "I want to live at home"}],
        "lines": [
            {
                "reference": "care",
                "outcome": "living",
                "pot": "dp",
                "category": "PERSONAL_CARE",
                "words": "Help at home",
                "quantity": "10",
                "unit": "hour",
                "frequency": "week",
                "need": "day",
                "shares": [{"fund": "nhs"}],
                **FINANCIAL_YEAR,
            }
        ],
        "risks": [{"words": "An assistant is ill", "response": "The agency sends somebody"}],
        "contingency": "Call the co-ordinator",
        "training": "Moving and handling",
        "review_on": "2026-07-01",
        "care_coordinator_id": named_coordinator,
        **FINANCIAL_YEAR,
    }
