"""Finding a budget, and one budget whole: its pages and their figures."""

from datetime import date
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.budget.assessments.operations import set_indicative
from phb.budget.budgets import operations as budgets
from phb.budget.commitments.draft import NewCommitment
from phb.budget.commitments.operations import raise_commitment
from phb.budget.kinds import BudgetKind, CareSetting, CommitmentKind
from phb.core.actor import Role
from phb.core.money import pounds
from phb.people.details import PersonDetails
from phb.people.kinds import TraceStatus
from tests.budget.conftest import YEAR, World, dates, line, stated
from tests.payments.conftest import Paying
from tests.people.conftest import BORN, Service, invented_number
from tests.spending.conftest import SHARED, Spender, usual_lines
from tests.web.finance_office import Office, links


@pytest.fixture
def office(vault_sessions: sessionmaker[Session]) -> Office:
    """Return a commissioner that pays, on 1 April 2026."""
    return Office(Paying(World(Service(vault_sessions))))


@pytest.fixture
def spender(office: Office) -> Spender:
    """Return a budget in use, with £3,000.00 paid into the holder's account, on 15 June 2026."""
    spender = Spender(office.world, office.world.active(*usual_lines(), reference="B-USED"))
    spender.pay_in("3000.00")
    office.world.on(date(2026, 6, 15))
    return spender


def another_person(office: Office, given_names: str, stem: int) -> UUID:
    """Propose a notional budget for somebody else with an NHS number."""
    world = office.world
    details = PersonDetails(
        given_names, "Parry", BORN, nhs_number=invented_number(stem), trace_status=TraceStatus.VERIFIED
    )
    person_id = world.service.person(details)
    put = world.do(
        world.coordinator,
        budgets.propose,
        person_id,
        reference=f"N-{given_names.upper()}",
        cohort_code="WHEELCHAIR_ADULT",
        kind=BudgetKind.WHEELCHAIR,
        care_setting=CareSetting.HOME,
        plan=world.plan(stated("chair", "700.00", pot="np", category="EQUIPMENT")),
    )
    return put.row.id


def test_budgets_are_listed_with_person_way_amount_and_state(office: Office) -> None:
    office.world.active(stated("care", "5200.00"), reference="B-1")
    another_person(office, "Nerys", 12)
    page = office.browser(office.world.auditor).open("/budgets")
    for words in ("B-1", "Aled Example", "Direct payment", "£5,200.00", "Active"):
        assert words in page.text
    for words in ("N-NERYS", "Nerys Parry", "Notional budget", "£700.00", "Draft"):
        assert words in page.text


@pytest.mark.parametrize(
    ("sought", "fits"),
    [
        ({"name": "nerys"}, True),
        ({"name": "s parr"}, True),
        ({"name": "example"}, False),
        ({"nhs_number": str(invented_number(12))}, True),
        ({"nhs_number": str(invented_number(13))}, False),
        ({"reference": "n-ner"}, True),
        ({"reference": "NERYS"}, False),
        ({"name": "%"}, False),
    ],
)
def test_a_search_finds_what_fits_and_keeps_its_words_out_of_the_address(
    office: Office,
    sought: dict[str, str],
    fits: bool,  # noqa: FBT001 - a case
) -> None:
    another_person(office, "Nerys", 12)
    browser = office.browser(office.world.finance)
    page = browser.send("/budgets", **sought)
    assert ("N-NERYS" in page.text) is fits
    assert ("No budget fits." in page.text) is not fits
    assert page.response.request.query_string == b""
    assert "N-NERYS" in browser.send("/budgets/everything", page).text


def test_what_is_no_nhs_number_is_refused_at_its_field(office: Office) -> None:
    page = office.browser(office.world.finance).send("/budgets", nhs_number="999 000 0001")
    assert page.status == 422
    assert list(page.wrong) == ["nhs_number"]
    assert "999 000 0001" in page.html


def test_the_list_is_narrowed_by_state_cohort_and_way(office: Office) -> None:
    office.world.active(stated("care", "5200.00"), reference="B-1")
    another_person(office, "Nerys", 12)
    browser = office.browser(office.world.finance)
    for narrowed in ({"state": "draft"}, {"cohort": "WHEELCHAIR_ADULT"}, {"way": "notional"}):
        page = browser.open("/budgets", **narrowed)
        assert ("N-NERYS" in page.text, "B-1" in page.text) == (True, False)
    none = browser.open("/budgets", state="draft", way="direct_payment")
    assert "No budget fits." in none.text
    assert none.title.startswith("Draft, Direct payment")
    assert none.title.endswith("\N{EN DASH} budgets - Personal health budgets")


def test_a_search_stays_while_the_list_is_narrowed(office: Office) -> None:
    another_person(office, "Nerys", 12)
    browser = office.browser(office.world.finance)
    browser.send("/budgets", name="nerys")
    assert "No budget fits." in browser.open("/budgets", state="active").text
    assert "The list shows only what fits your last search." in browser.open("/budgets").text


def test_another_commissioners_budget_is_no_page(office: Office) -> None:
    elsewhere = Office(Paying(World(Service(office.world.service.sessions))))
    budget_id = office.world.active()
    browser = elsewhere.browser(elsewhere.world.finance)
    for part in ("", "/trace", "/plan", "/money", "/payments", "/spending", "/invoices", "/history", "/journals"):
        assert browser.open(f"/budgets/{budget_id}{part}").status == 404


def test_nobody_sees_their_own_budget_by_their_office(office: Office) -> None:
    person_id = office.world.person_id
    own = office.world.service.user(Role.FINANCE_OFFICER, office.world.service.commissioner_id, person_id=person_id)
    budget_id = office.world.active()
    assert office.browser(own).open(f"/budgets/{budget_id}").status == 404


def test_the_overview_says_whose_it_is_and_where_the_money_stands(office: Office, spender: Spender) -> None:
    spender.spend("250.00")
    spender.spend("40.00", line=None)
    page = office.browser(office.world.auditor).open(f"/budgets/{spender.budget_id}")
    # care 3,000 + kit 500 + agency 2,000 + nurse 1,000
    for words in (
        "Aled Example, B-USED",
        "It is active.",
        "Spent £250.00",
        "Available £6,250.00",
        "Approved £6,500.00",
        "£40.00 left an account and is being asked about. It still counts as available.",
        "1 April 2026 to 31 March 2027",
        "Value for the scheme of delegation £6,500.00",
        "First estimate None was made",
        "Third party budget (tp): The third_party",
        "Notional budget (np): Northvale",
    ):
        assert words in page.text, words


def test_the_trace_shows_every_input_price_step_and_rounding(office: Office) -> None:
    world = office.world
    assessment = world.assessment()
    indicative = world.do(world.coordinator, set_indicative, assessment.id, YEAR).row
    put = world.do(
        world.coordinator,
        budgets.propose,
        world.person_id,
        reference="B-1",
        cohort_code="ADULT_CHC",
        kind=BudgetKind.PERSONAL_HEALTH_BUDGET,
        care_setting=CareSetting.HOME,
        plan=world.plan(line()),
        indicative_id=indicative.id,
    )
    page = office.browser(world.auditor).open(f"/budgets/{put.row.id}/trace")
    # 10 hours x £20.00 = £200.00 a week; x 365 / 7 = £10,428.571...; two weeks aside are £400.00
    for words in (
        "Care at home, version 1, from 1 April 2026",
        "an invented board paper",
        "to the penny for a week of each thing, half up",
        "day 10 hours each week",
        "day £20.00 hour 1 April 2026 Northvale rate card",
        "10 \N{MULTIPLICATION SIGN} £20.00 £200.00 £200.00",
        "£10,428.57",
        "Set aside £400.00",
        "Together £10,828.57",
        "It costs £10,428.57 in full. £10,428.57 is set aside for it.",
    ):
        assert words in page.text, words


def test_a_budget_without_an_estimate_says_so(office: Office) -> None:
    budget_id = office.world.active()
    page = office.browser(office.world.auditor).open(f"/budgets/{budget_id}/trace")
    assert "This budget was proposed without a first estimate." in page.text


def test_the_plan_shows_each_year_each_payer_and_what_is_left(office: Office, spender: Spender) -> None:
    spender.spend("250.00")
    page = office.browser(office.world.auditor).open(f"/budgets/{spender.budget_id}/plan")
    # care: £3,000.00, 60% NHS and 40% council; £250.00 of it is spent
    for words in (
        "Version 1 of the plan, 1 April 2026 to 31 March 2027. Its lines come to £6,500.00.",
        "Set aside £3,000.00 Spent £250.00 Committed £0.00 Available £2,750.00",
        "Year 2026/27 Full cost £3,000.00 Set aside £3,000.00 Who pays NHS £1,800.00; Council £1,200.00",
        "How much 1, once",
        "I want living",
        "Call the co-ordinator",
        "An assistant is ill The agency sends somebody",
    ):
        assert words in page.text, words


def test_a_line_that_was_referred_tells_the_decision(office: Office) -> None:
    care = line("care", quantity=Fraction(16))
    paid = stated("sister", "100.00", category="HOUSEHOLD_CONNECTED_PERSON", referral_reason="Nobody else can")
    budget_id = office.world.propose(care, paid).id
    page = office.browser(office.world.auditor).open(f"/budgets/{budget_id}/plan")
    assert "16 hours each week" in page.text
    assert "sister needed a decision: Nobody else can" in page.text


def test_pots_show_what_may_be_spent_and_where_the_cash_is(office: Office, spender: Spender) -> None:
    spender.spend("250.00")
    spender.spend("40.00", line=None)
    page = office.browser(office.world.auditor).open(f"/budgets/{spender.budget_id}/money")
    # of £3,500.00 by direct payment £3,000.00 was paid in; £250.00 was spent and £40.00 is asked about
    for words in (
        "The whole budget",
        "Direct payment (dp)",
        "Aled Example holds this money.",
        "Available £3,250.00 Approved £3,500.00",
        "Cash held £2,710.00 Still to pay out £500.00",
        "Being asked about £40.00",
        "Nothing is paid out of it: the commissioner pays the providers' invoices.",
    ):
        assert words in page.text, words


def test_before_it_is_active_a_budget_has_no_money(office: Office) -> None:
    budget_id = office.to_sign_off()
    browser = office.browser(office.world.auditor)
    for part in ("", "/money"):
        assert "No money is allocated yet." in browser.open(f"/budgets/{budget_id}{part}").text
    assert "The books have nothing of this budget yet." in browser.open(f"/budgets/{budget_id}/journals").text
    assert "No step was taken yet." not in browser.open(f"/budgets/{budget_id}/history").text
    assert "Nothing was recorded yet." in browser.open(f"/budgets/{budget_id}/spending").text
    assert "No invoice was accepted for this budget." in browser.open(f"/budgets/{budget_id}/invoices").text


def test_spending_lists_what_was_bought_and_promised(office: Office, spender: Spender) -> None:
    spender.spend("250.00")
    promised = NewCommitment(
        reference="ORD-1",
        kind=CommitmentKind.ORDER,
        amount=pounds("300.00"),
        period=dates("2026-06-15", "2026-09-30"),
        words="Nurse visits",
        provider_id=office.world.provider_id,
    )
    office.world.do(office.world.finance, raise_commitment, spender.line_id("nurse"), promised)
    page = office.browser(office.world.finance).open(f"/budgets/{spender.budget_id}/spending")
    for words in ("Help at home", "Sam's care", "£250.00", "Order ORD-1", "Promised £300.00", "Still open £300.00"):
        assert words in page.text, words


def test_the_history_tells_every_step_who_took_it_and_why(office: Office) -> None:
    world = office.world
    budget_id = world.active(stated("care", "1000.00"))
    row = office.change(budget_id, "1500.00")
    page = office.browser(world.auditor).open(f"/budgets/{budget_id}/history")
    for words in ("Value signed off", "£1,000.00", "Made active", "More hours at night", "Budget: activated"):
        assert words in page.text, words
    assert f"/budgets/{budget_id}/changes/{row.id}" in links(page.html)
    assert f"/audit/budgets/{budget_id}" in links(page.html)
    assert f"/audit/budgets/{budget_id}" not in links(
        office.browser(world.finance).open(f"/budgets/{budget_id}/history").html
    )


def test_journals_show_their_lines_by_debit_and_credit(office: Office) -> None:
    budget_id = office.world.active(stated("care", "1000.00", shares=SHARED), reference="B-1")
    page = office.browser(office.paying.releaser).open(f"/budgets/{budget_id}/journals")
    # £1,000.00 shared 60 to 40, each allocated out of its payer's envelope
    for words in (
        "Budget B-1 agreed, 1 April 2026",
        "Allocation NHS 2026/27 £600.00",
        "Envelope NHS 2026/27 £600.00",
        "Allocation Council 2026/27 £400.00",
        "Envelope Council 2026/27 £400.00",
    ):
        assert words in page.text, words


def test_an_address_that_names_nothing_is_no_page(office: Office) -> None:
    browser = office.browser(office.world.finance)
    budget_id = office.world.active()
    for place in ("changes", "spending", "invoices"):
        assert browser.open(f"/budgets/{budget_id}/{place}/{uuid4()}").status == 404
