"""Care co-ordinators assess, plan part by part, send, and change plans; two who edit one plan lose nothing."""

from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.budget.assessments.operations import set_indicative
from phb.budget.budgets import operations as budgets
from phb.budget.kinds import Frequency, ShareBasis
from phb.budget.plans.draft import ShareRule
from phb.budget.setting.weeks import CountedDays
from phb.core.actor import Role
from phb.people.details import OrganisationDetails
from phb.people.kinds import OrganisationKind, Scope
from phb.people.organisations.operations import register_organisation
from tests.budget.conftest import YEAR, World, line, stated
from tests.people.conftest import Service
from tests.web.caring import CareOffice, Desk, day, path_of
from tests.web.conftest import Page

TWELVE = "£12,514.29"  # 12 hours x 20.00 x 365 / 7 = 12,514.285...
TEN = "£10,428.57"  # 10 hours x 20.00 x 365 / 7 = 10,428.571...
WHAT = {"outcome_words": "I want to be up and dressed", "words": "Help in the morning", "category": "PERSONAL_CARE"}
PRICE = {"need": "day", "quantity": "10", "frequency": "week"}
MONEY = {"management": "direct_payment"}
END = {"contingency": "Call the agency", "training": "Moving and handling"}


@pytest.fixture
def office(vault_sessions: sessionmaker[Session]) -> CareOffice:
    """Return a care office on 1 April 2026."""
    return CareOffice(World(Service(vault_sessions)))


@pytest.fixture
def desk(office: CareOffice) -> Desk:
    """Return the care co-ordinator's desk."""
    return office.desk(office.world.coordinator)


def colleague(office: CareOffice) -> Desk:
    """Return the desk of another care co-ordinator."""
    return office.desk(office.world.service.staff(Role.CARE_COORDINATOR))


def about() -> list[dict[str, Any]]:
    """Return the answers about a budget itself."""
    return [
        {"cohort_code": "ADULT_CHC", "care_setting": "home"},
        day("start_on", "2026-04-01") | day("last_day", "2027-03-31") | day("review_on", "2026-07-01"),
    ]


def start(office: CareOffice) -> str:
    """Return where a budget is planned."""
    return f"/people/{office.world.person_id}/budgets/new"


def budget_of(page: Page) -> UUID:
    """Return the id of the budget that a page shows."""
    return UUID(path_of(page).rpartition("/")[2])


def test_an_assessment_is_recorded_by_what_the_model_prices(office: CareOffice, desk: Desk) -> None:
    page = desk.open(f"/people/{office.world.person_id}/assess")
    needs = desk.walk(page, {"cohort_code": "ADULT_CHC", "assessed_by": "Nurse Nell"})
    assert "Day care, in hours" in needs.text
    assert desk.send(needs).wrong == {"need_0": "Say how much is needed of at least one thing"}
    assert desk.send(needs, need_0="ten").wrong == {"need_0": "Enter a number, like 10 or 7.5"}
    check = desk.walk(needs, {"need_0": "10", "need_1": "3.5", "per_1": "year"})
    done = desk.send(check)
    assert "day care 10 hours a week night care 3.5 hours a year" in done.text
    assert "Nurse Nell" in done.text
    estimate = desk.send(desk.open(f"{path_of(done)}/estimate"))
    # 10 x 20.00 x 365 / 7 is 10,428.571..., and two weeks of it 400.00; 3.5 x 25.00 a year is 87.50, two weeks 3.36.
    assert "£10,919.43" in estimate.text


def test_more_hours_than_there_are_is_refused(office: CareOffice, desk: Desk) -> None:
    page = desk.open(f"/people/{office.world.person_id}/assess")
    check = desk.walk(page, {"cohort_code": "ADULT_CHC", "assessed_by": "Nell"}, {"need_0": "9000"})
    refused = desk.send(check)
    assert refused.status == 422
    assert "more than 10 carers at once" in refused.text


def test_a_day_without_prices_says_what_to_do(office: CareOffice, desk: Desk) -> None:
    assessment = office.world.assessment()
    page = desk.open(f"/assessments/{assessment.id}/estimate")
    refused = desk.send(page, **day("start_on", "2026-03-01"), **day("last_day", "2026-03-31"))
    assert refused.status == 422
    assert "No budget model is for ADULT_CHC on 1 March 2026" in refused.wrong[""]
    assert "end before" in desk.send(page, **day("last_day", "2026-03-31")).wrong[""]


def test_a_clinician_assesses_and_does_not_plan(office: CareOffice) -> None:
    clinician = office.desk(office.world.clinician)
    assert clinician.open(f"/people/{office.world.person_id}/assess").status == 200
    assert clinician.open(start(office)).status == 403


def test_a_budget_is_planned_step_by_step_and_priced(office: CareOffice, desk: Desk) -> None:
    done = desk.walk(desk.open(start(office)), *about(), WHAT, PRICE, MONEY, END)
    assert "The draft is saved." in done.text
    for words in ("Help in the morning", "I want to be up and dressed", f"The plan comes to {TEN}", "10 hours a week"):
        assert words in done.text, words
    assert f"Costs {TEN} in full, {TEN} is set aside: enough for all of it" in done.text
    plan = office.world.plan_of(budget_of(done))
    assert (plan.plan.contingency, plan.plan.review_on) == ("Call the agency", date(2026, 7, 1))
    assert plan.lines[0].line.reference == "help-in-the-morning"
    assert plan.plan.care_coordinator_id == office.world.coordinator.user_id


def test_an_estimate_fills_in_what_it_knows(office: CareOffice, desk: Desk) -> None:
    estimate = office.world.do(office.world.coordinator, set_indicative, office.world.assessment().id, YEAR).row
    page = desk.open(start(office), estimate=str(estimate.id))
    done = desk.walk(page, {"care_setting": "home"}, day("review_on", "2026-07-01"), WHAT, PRICE, MONEY, END)
    budget = office.world.budget(budget_of(done))
    assert (budget.indicative_id, budget.cohort_code) == (estimate.id, "ADULT_CHC")
    assert (budget.start_on, budget.end_on) == (YEAR.start_on, YEAR.end_on)
    assert "What they need As assessed on 1 April 2026 by Nurse assessor: Day care: 10 hours a week" in done.text


def test_what_is_missing_is_asked_for_on_its_page(office: CareOffice, desk: Desk) -> None:
    first = desk.open(start(office))
    assert desk.send(first).wrong == {"cohort_code": "Choose the group", "care_setting": "Choose where"}
    what = desk.walk(first, *about())
    assert set(desk.send(what).wrong) == {"outcome_words", "words", "category"}
    price = desk.walk(what, WHAT)
    assert desk.send(price, need="stated", quantity="0", frequency="once").wrong == {
        "unit_price": "Enter the price of one, or choose a price of the rate card",
        "unit": "Choose what is counted",
        "quantity": "Enter a number above nil, or leave it empty",
    }
    money = desk.walk(price, PRICE)
    assert desk.send(money, management="third_party").wrong == {
        "organisation_id": "Choose the organisation that holds the money"
    }


@pytest.mark.parametrize(
    ("answers", "place", "says"),
    [
        ([WHAT | {"category": "DENTAL"}, PRICE, MONEY], "category", "cannot be bought with this money"),
        ([WHAT | {"category": "LIVING_COSTS"}, PRICE, MONEY], "referral_reason", "Say why it is right here"),
        ([WHAT, PRICE, MONEY | {"money": "10428.56"}], "money", "Give it enough for the whole service"),
        ([WHAT, PRICE, MONEY | {"fund_1": "nhs", "percent_1": "50"}], "rest_fund", "each once"),
        ([WHAT, PRICE | {"quantity": "9000"}, MONEY], "quantity", "carers"),
    ],
    ids=["barred", "referred", "not enough", "shared twice", "absurd"],
)
def test_what_the_plan_may_not_say_is_refused_at_its_field(
    office: CareOffice, desk: Desk, answers: list[dict[str, str]], place: str, says: str
) -> None:
    refused = desk.send(desk.walk(desk.open(start(office)), *about(), *answers), **END)
    assert refused.status == 422
    assert says in refused.wrong[place]


def test_what_is_barred_by_law_is_not_offered_and_what_needs_a_decision_says_so(office: CareOffice, desk: Desk) -> None:
    what = desk.walk(desk.open(start(office)), *about())
    for word in ("Alcohol", "Tobacco", "Gambling"):
        assert word not in what.text
    for words in (
        "Ordinary living costs (rent, food, utilities) with no care link (needs a decision: say why it is right)",
        "NHS dental treatment (not with a direct payment)",
        "Long-term residential care by direct payment (with a direct payment it needs a decision: say why it is right)",
    ):
        assert words in what.text, words
    assert desk.send(what, **WHAT | {"category": "ALCOHOL"}).wrong.keys() == {"category"}


def test_a_refused_answer_is_put_right_without_losing_the_others(office: CareOffice, desk: Desk) -> None:
    steps = [*about(), WHAT | {"category": "DENTAL"}, PRICE, MONEY]
    refused = desk.send(desk.walk(desk.open(start(office)), *steps), **END)
    again = desk.walk(refused, {"category": "PERSONAL_CARE"})
    assert "What if things go wrong?" in again.title
    assert "Call the agency" in again.html
    assert "The draft is saved." in desk.send(again).text


def test_a_service_is_added_changed_and_taken_out(office: CareOffice, desk: Desk) -> None:
    world = office.world
    budget = world.propose()
    added = desk.walk(
        desk.open(f"/care/budgets/{budget.id}/plan/services/new"),
        {"outcome": "another", "outcome_words": "I want to walk", "words": "A frame", "category": "EQUIPMENT"},
        {"need": "stated", "unit_price": "120.50", "unit": "each", "quantity": "2", "frequency": "once"},
        {"management": "notional"},
    )
    assert "£10,669.57" in added.text  # 10,428.57 and twice 120.50
    address = f"/care/budgets/{budget.id}/plan/services/a-frame"
    priced = desk.send(desk.open(f"{address}/price"), unit_price="100.00")
    assert "£10,628.57" in priced.text
    moved = desk.send(
        desk.open(f"{address}/money"), management="third_party", organisation_id=str(world.third_party_id)
    )
    assert "Third party: an organisation holds the money and pays (The third_party)" in moved.text
    (reference,) = {view.line.reference for view in world.plan_of(budget.id).lines} - {"care"}
    assert reference == "a-frame-2"  # A line keeps its pot, so another took its place.
    out = desk.send(desk.open(f"/care/budgets/{budget.id}/plan/services/{reference}/remove"))
    assert f"The plan comes to {TEN}" in out.text
    assert "I want to walk" not in out.text


def test_shares_are_asked_for_as_parts_and_the_rest(office: CareOffice, desk: Desk) -> None:
    world = office.world
    shares = (
        ShareRule("nhs", ShareBasis.PERCENT, percent=Fraction(60)),
        ShareRule("council", ShareBasis.PERCENT, percent=Fraction(40)),
    )
    with_council(world)
    budget = world.propose(stated("care", "1000.00", shares=shares))
    page = desk.open(f"/care/budgets/{budget.id}/plan/services/care/money")
    assert 'value="40"' in page.html
    done = desk.send(page, percent_1="25")
    assert "Northvale £750.00, The council £250.00" in done.text
    fixed = desk.send(
        desk.open(f"/care/budgets/{budget.id}/plan/services/care/money"), percent_1="", amount_1="100.00", money="1200"
    )
    assert "Northvale £1,100.00, The council £100.00" in fixed.text
    assert "£200.00 more than it costs" in fixed.text
    wrong = desk.send(
        desk.open(f"/care/budgets/{budget.id}/plan/services/care/money"), percent_1="10", amount_1="100.00"
    )
    assert wrong.wrong == {"percent_1": "Choose who pays, and enter either a percentage or a sum"}


def with_council(world: World) -> None:
    details = OrganisationDetails("The council", date(2026, 1, 1), fund="council")
    world.do(world.administrator, register_organisation, OrganisationKind.COUNCIL, details)


def test_arrangements_risks_outcomes_and_days_are_changed(office: CareOffice, desk: Desk) -> None:
    budget = office.world.propose()
    address = f"/care/budgets/{budget.id}/plan"
    changed = desk.send(desk.open(f"{address}/arrangements"), contingency="Ring Nia", **day("review_on", "2026-08-01"))
    assert "Ring Nia" in changed.text
    assert "1 August 2026" in changed.text
    assert (
        "past or before"
        in desk.send(desk.open(f"{address}/arrangements"), **day("review_on", "2026-03-01")).wrong["review_on-day"]
    )
    assert "I want to sing" in desk.send(desk.open(f"{address}/outcomes"), outcome_0="I want to sing").text
    risks = desk.send(desk.open(f"{address}/risks"), risk_2="A power cut", response_2="The battery")
    assert "A power cut The battery" in risks.text
    fewer = desk.send(desk.open(f"{address}/risks"), risk_1="", response_1="")
    assert "An assistant is ill" not in fewer.text
    half = desk.send(desk.open(f"{address}/risks"), response_1="")
    assert half.wrong == {"response_1": "Say both what could go wrong and what is then done, or neither"}
    days = desk.send(desk.open(f"{address}/days"), **day("last_day", "2026-09-30"))
    # 183 days of 200.00 a week: 5,228.571...
    assert "The plan comes to £5,228.57" in days.text
    assert office.world.plan_of(budget.id).lines[0].terms.period.last_day == date(2026, 9, 30)


def test_two_people_edit_one_plan_and_the_second_sees_both_versions(office: CareOffice, desk: Desk) -> None:
    budget = office.world.propose()
    address = f"/care/budgets/{budget.id}/plan/services/care/price"
    mine, other = desk.open(address), colleague(office)
    other.send(other.open(address), quantity="12")
    page = desk.send(mine, quantity="14", need="night")
    assert page.status == 409
    assert "Somebody changed this while you were typing" in page.wrong[""]
    assert "How many? Different 12 14" in page.text
    assert "How often? Every week Every week" in page.text
    assert 'value="14"' in page.html
    assert office.world.plan_of(budget.id).lines[0].terms.quantity == 12
    done = desk.send(page)
    assert done.status == 200
    assert office.world.plan_of(budget.id).lines[0].terms.quantity == 14


def test_a_line_that_somebody_took_out_keeps_what_was_typed(office: CareOffice, desk: Desk) -> None:
    budget = office.world.propose(line(), stated("kit", "50.00"))
    address = f"/care/budgets/{budget.id}/plan/services/kit"
    mine, other = desk.open(f"{address}/price"), colleague(office)
    other.send(other.open(f"{address}/remove"))
    page = desk.send(mine, unit_price="60.00")
    assert page.status == 409
    again = desk.send(page)
    assert again.status == 409
    assert "is not in the plan any more" in again.wrong[""]
    assert 'value="60.00"' in again.html


def test_a_plan_that_was_sent_meanwhile_is_not_changed(office: CareOffice, desk: Desk) -> None:
    budget = office.world.propose()
    page = desk.open(f"/care/budgets/{budget.id}/plan/services/new")
    third = desk.walk(page, WHAT | {"outcome": "living"}, PRICE)
    other = colleague(office)
    other.send(other.open(f"/care/budgets/{budget.id}/submit"))
    refused = desk.send(third, **MONEY)
    assert refused.status == 409
    assert "only a draft's plan is replaced" in refused.wrong[""]


def test_the_same_service_sent_twice_is_added_once(office: CareOffice, desk: Desk) -> None:
    budget = office.world.propose()
    page = desk.open(f"/care/budgets/{budget.id}/plan/services/new")
    last = desk.walk(page, WHAT | {"outcome": "living"}, PRICE)
    first, again = desk.send(last, **MONEY), desk.send(last, **MONEY)
    assert (first.status, again.status) == (200, 200)
    assert len(office.world.plan_of(budget.id).lines) == 2


def test_a_draft_is_sent_and_then_waits_for_somebody_else(office: CareOffice, desk: Desk) -> None:
    budget = office.world.propose()
    shown = desk.open(f"/care/budgets/{budget.id}")
    assert "Send it to be signed off" in shown.text
    page = desk.open(f"/care/budgets/{budget.id}/submit")
    done = desk.send(page)
    assert "It is sent." in done.text
    assert "It waits for a clinician to sign it off." in done.text
    for words in ("Send it to be signed off", "Add a service", "Change", "Sign off the plan"):
        assert words not in done.text, words
    stale = desk.send(desk.open(f"/care/budgets/{budget.id}/submit"))
    assert stale.status == 409
    assert "so you cannot submit it" in stale.text


def test_a_budget_that_was_sent_back_says_why(office: CareOffice, desk: Desk) -> None:
    budget = office.world.propose()
    office.world.do(office.world.coordinator, budgets.submit, budget.id)
    office.world.do(office.world.clinician, budgets.return_to_draft, budget.id, reason="Who lifts at night?")
    text = desk.open(f"/care/budgets/{budget.id}").text
    assert "It was sent back" in text
    assert "Who lifts at night?" in text
    assert "Send it to be signed off" in text


def test_a_change_of_an_active_budget_is_proposed_and_gone_on_with(office: CareOffice, desk: Desk) -> None:
    budget_id = office.world.active()
    address = f"/care/budgets/{budget_id}"
    assert "you propose a change that is agreed like the budget was" in desk.open(address).text
    page = desk.open(f"{address}/plan/services/care/price")
    assert desk.send(page, quantity="12").wrong == {"reason": "Say why the plan should change"}
    change = desk.send(page, quantity="12", reason="More help is needed")
    assert path_of(change).startswith("/care/changes/")
    for words in (
        "Why it should change: More help is needed",
        f"The plan comes to {TWELVE}",
        f"in force comes to {TEN}",
    ):
        assert words in change.text, words
    more = desk.walk(
        desk.open(f"{path_of(change)}/plan/services/new"),
        WHAT | {"outcome": "living", "words": "A taxi"},
        {"need": "stated", "unit_price": "30.00", "unit": "each", "quantity": "1", "frequency": "once"},
        MONEY,
    )
    assert "A taxi (new)" in more.text
    assert "Help at home (changed)" in more.text
    shown = desk.open(address)
    assert "A change of this plan is being agreed." in shown.text
    assert "Add a service" not in shown.text
    sent = desk.send(desk.open(f"{path_of(change)}/submit"))
    assert "It is sent." in sent.text


def test_a_change_may_begin_with_a_new_service_and_keeps_where_money_is_held(office: CareOffice, desk: Desk) -> None:
    budget_id = office.world.active()
    change = desk.walk(
        desk.open(f"/care/budgets/{budget_id}/plan/services/new"),
        WHAT | {"outcome": "living", "words": "A taxi"},
        {"need": "stated", "unit_price": "30.00", "unit": "each", "quantity": "1", "frequency": "once"},
        MONEY,
        {"reason": "To get to the clinic"},
    )
    assert "Why it should change: To get to the clinic" in change.text
    money = desk.open(f"{path_of(change)}/plan/services/care/money")
    assert "Its money stays where it is held." in money.text
    assert "Who holds the money?" not in money.text


def test_somebody_elses_budget_is_not_found(office: CareOffice) -> None:
    administrator = office.desk(office.world.administrator)
    budget = office.world.propose()
    assert administrator.open(f"/care/budgets/{budget.id}").status == 403
    broker = office.desk(office.world.service.broker(office.world.service.person(), Scope.BUDGET))
    assert broker.open(f"/care/budgets/{budget.id}").status == 404
    assert office.desk(office.world.clinician).open(f"/care/budgets/{budget.id}/plan/days").status == 403


def test_a_part_that_does_not_exist_is_not_found(office: CareOffice, desk: Desk) -> None:
    budget = office.world.propose()
    assert desk.open(f"/care/budgets/{budget.id}/plan/services/care/colour").status == 404


def test_every_part_of_a_line_that_no_page_asks_for_stays(office: CareOffice, desk: Desk) -> None:
    world = office.world
    counted = CountedDays(("mon",), "include")
    budget = world.propose(stated("club", "9.50", frequency=Frequency.WEEK, quantity=Fraction(1), weeks=counted))
    before = world.plan_of(budget.id).amount
    desk.send(desk.open(f"/care/budgets/{budget.id}/plan/services/club/what"), words="The club on Mondays")
    after = world.plan_of(budget.id)
    assert (after.lines[0].terms.words, after.amount) == ("The club on Mondays", before)
