"""The journeys of those at home and of care, from the keyboard alone: nothing here is clicked."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.budget.budgets import operations as budgets
from phb.people.kinds import Basis, RelationKind
from tests.budget.conftest import World, stated
from tests.people.conftest import Service
from tests.spending.conftest import JUNE, Spender, usual_lines
from tests.web.browser.conftest import Visit, counter_of
from tests.web.browser.keyboard import Keyboard
from tests.web.browser.test_holder_in_a_browser import acting
from tests.web.conftest import CHOSEN, give_password


@pytest.fixture
def spender(vault_sessions: sessionmaker[Session]) -> Spender:
    """Return a budget with £3,000.00 in the holder's account, on 15 June 2026."""
    world = World(Service(vault_sessions))
    spender = Spender(world, world.active(*usual_lines()))
    spender.pay_in("3000.00")
    world.on(JUNE)
    return spender


@pytest.mark.journey
def test_a_holder_records_spending(spender: Spender, visit_with_scripts: Visit) -> None:
    holder = visit_with_scripts(counter_of(spender.world), spender.world.holder, "keyboard-holder")
    hands = Keyboard(holder)
    hands.press("Your budget")
    hands.skip()
    hands.press("Record spending")
    hands.press("Continue")
    holder.reads("There is a problem")
    hands.mend("Choose what the money was for")
    hands.choose("Help at home")
    hands.press("Continue")
    hands.type(amount="12.50")
    hands.press("Continue")
    hands.type(spent_on__day="4", spent_on__month="5", spent_on__year="2026")
    hands.press("Continue")
    hands.type(payee="Sam's care", words="Help in the morning")
    hands.press("Continue")
    hands.press("Continue")
    hands.press("Record this")
    holder.reads("£12.50 counts as spent.")


@pytest.mark.journey
def test_a_representative_agrees_a_budget_and_a_nominee_reads_why_not(
    spender: Spender, visit_with_scripts: Visit
) -> None:
    world, counter = spender.world, counter_of(spender.world)
    chair = stated("chair", "640.00", category="EQUIPMENT", words="A chair")
    row = world.propose(chair, reference="B-CHAIR", review_on=JUNE)
    for actor, step in (
        (world.coordinator, budgets.submit),
        (world.clinician, budgets.sign_off_clinically),
        (world.approver, budgets.sign_off_finance),
    ):
        world.do(actor, step, row.id)
    nominee = visit_with_scripts(counter, acting(world, RelationKind.NOMINEE, Basis.NOMINATED), "keyboard-nominee")
    hands = Keyboard(nominee)
    hands.press("Your budget")
    hands.press("Aled Example: 1 April 2026 to 31 March 2027, B-CHAIR")
    nominee.reads("Only Aled Example, or who represents Aled by law, can agree to it or send it back.")
    somebody = acting(world, RelationKind.REPRESENTATIVE, Basis.APPOINTED)
    representative = visit_with_scripts(counter, somebody, "keyboard-representative")
    hands = Keyboard(representative)
    hands.press("Your budget")
    hands.press("Aled Example: 1 April 2026 to 31 March 2027, B-CHAIR")
    hands.press("Agree to this budget")
    hands.press("Agree")
    representative.reads("Agreed. The finance team can now start the budget.")


@pytest.mark.journey
def test_somebody_signs_in_and_a_clinician_signs_off(spender: Spender, visit_with_scripts: Visit) -> None:
    world = spender.world
    row = world.propose(stated("chair", "640.00", category="EQUIPMENT", words="A chair"), review_on=JUNE)
    world.do(world.coordinator, budgets.submit, row.id)
    clinician = visit_with_scripts(counter_of(world), world.clinician, "keyboard-clinician")
    hands = Keyboard(clinician)
    hands.press("Sign out")
    hands.skip()
    hands.press("Sign out")
    hands.skip()
    hands.type(sign_in_name=give_password(world.service, world.clinician), password=CHOSEN)
    hands.enter()
    hands.press("Sign off this budget clinically, or return it with your reasons")
    hands.press("Sign off the plan")
    hands.type(note="It fits")
    hands.press("Sign off")
    clinician.reads("It is signed off clinically. Finance signs off its value next.")


@pytest.mark.journey
def test_a_care_co_ordinator_registers_somebody(spender: Spender, visit_with_scripts: Visit) -> None:
    world = spender.world
    coordinator = visit_with_scripts(counter_of(world), world.coordinator, "keyboard-care-co-ordinator")
    hands = Keyboard(coordinator)
    hands.press("People")
    hands.skip()
    hands.press("Register somebody")
    hands.type(given_names="Mair", family_name="Jones")
    hands.type(date_of_birth__day="15", date_of_birth__month="3", date_of_birth__year="1984")
    hands.enter()
    while "Check your answers" not in coordinator.page.title():
        hands.press("Continue")
    hands.press("Register this person")
    coordinator.reads("They are registered.", "Mair Jones", "15 March 1984")
