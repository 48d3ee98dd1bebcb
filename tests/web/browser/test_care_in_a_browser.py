"""Care's journey in a browser: assess, estimate, plan part by part, send, and sign off clinically."""

import pytest

from tests.budget.conftest import World
from tests.web.browser.conftest import Visit, Visitor, counter_of

TEN_HOURS = "£10,428.57"  # 10 x 20.00 x 365 / 7 = 10,428.571...
WITH_CONTINGENCY = "£10,828.57"  # and two weeks of 200.00


def assess(nurse: Visitor) -> None:
    """Assess ten hours of day care a week, and set the first estimate."""
    nurse.press("Record an assessment")
    nurse.press("Continue")
    nurse.reads("There is a problem", "Choose the group")
    nurse.page.select_option("#cohort_code", "ADULT_CHC")
    nurse.press("Continue")
    nurse.fill(need_0="10")
    nurse.press("Continue")
    nurse.reads("Check your answers")
    nurse.press("Record this assessment")
    nurse.reads("The assessment is recorded.", "10 hours a week")
    nurse.press("Set a first estimate")
    nurse.press("Set the estimate")
    nurse.reads(WITH_CONTINGENCY)


def plan(coordinator: Visitor) -> None:
    """Plan the ten hours, from the estimate on."""
    coordinator.press("Plan a budget")
    coordinator.page.check("input[name=care_setting][value=home]")
    coordinator.press("Continue")
    coordinator.fill_day("review_on", "2026-07-01")
    coordinator.press("Continue")
    coordinator.fill(outcome_words="I want to be up and dressed", words="Help in the morning")
    coordinator.page.select_option("#category", "PERSONAL_CARE")
    coordinator.press("Continue")
    coordinator.page.select_option("#need", "day")
    coordinator.fill(quantity="10")
    coordinator.page.select_option("#frequency", "week")
    coordinator.press("Continue")
    coordinator.page.go_back()
    coordinator.page.go_forward()
    coordinator.page.check("input[name=management][value=direct_payment]")
    coordinator.press("Continue")
    while not coordinator.page.locator("#contingency").count():
        coordinator.press("Continue")
    coordinator.fill(contingency="Call the agency", training="Moving and handling")
    coordinator.press("Save the draft")
    coordinator.reads("The draft is saved.", "Help in the morning", TEN_HOURS)


@pytest.mark.journey
def test_a_co_ordinator_assesses_plans_and_sends_and_a_clinician_signs_off(world: World, visit: Visit) -> None:
    counter = counter_of(world)
    coordinator = visit(counter, world.coordinator, "care-co-ordinator")
    coordinator.press("People")
    coordinator.fill(name="Aled")
    coordinator.press("Search")
    coordinator.follow("Aled Example")
    assess(coordinator)
    plan(coordinator)
    coordinator.press("Send it to be signed off")
    coordinator.press("Send it")

    clinician = visit(counter, world.clinician, "clinician")
    clinician.reads("You have 1 thing to do", "Aled Example. By 8 April 2026")
    clinician.press("To sign off")
    clinician.follow("Budget ")
    clinician.reads("Help in the morning", TEN_HOURS)
    clinician.press("Return it")
    clinician.press("Return it")
    clinician.reads("There is a problem", "Say why you return it")
    clinician.fill(reason="Say who comes at the weekend")
    clinician.press("Return it")

    coordinator.press("Your work")
    coordinator.press("Prepare this budget again: it was returned with reasons")
    coordinator.reads("It was sent back", "Say who comes at the weekend")
    coordinator.press("Send it to be signed off")
    coordinator.press("Send it")

    clinician.press("Your work")
    clinician.press("Sign off this budget clinically, or return it with your reasons")
    clinician.press("Sign off the plan")
    clinician.press("Sign off")
    clinician.reads("It is signed off clinically. Finance signs off its value next.")
