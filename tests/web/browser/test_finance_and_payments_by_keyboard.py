"""The journeys of finance and of payments, from the keyboard alone: nothing here is clicked."""

import pytest

from phb.budget.budgets import operations as budgets
from phb.payments.bank_files import bacs_standard_18 as bacs
from phb.payments.payees.overview import payee_view
from tests.payments.conftest import DETAILS, OTHER_DETAILS, Paying
from tests.spending.conftest import JUNE, Spender, usual_lines
from tests.web.bank import EIGHTH
from tests.web.browser.conftest import Visit, counter_of
from tests.web.browser.keyboard import Keyboard
from tests.web.finance_office import Office

PARTS = (
    "How it was worked out",
    "Plan and lines",
    "Pots and cash",
    "Payments and checks",
    "Spending",
    "Invoices",
    "History",
    "Journals",
    "Overview",
)


@pytest.mark.journey
def test_an_approver_reads_a_budget_whole_signs_it_off_and_returns_another(
    paying: Paying, visit_with_scripts: Visit
) -> None:
    office = Office(paying)
    budget_id = office.to_sign_off()
    approver = visit_with_scripts(counter_of(paying.world), paying.approver, "keyboard-approver")
    hands = Keyboard(approver)
    hands.skip()
    hands.press("Sign off the value of this budget, or return it with your reasons")
    for part in PARTS:
        hands.skip()
        hands.press(part)
    hands.press("Sign off the value")
    hands.type(note="Within the scheme")
    hands.press("Sign off")
    approver.reads("The value is signed off. The person can now agree to the budget.")
    paying.do(paying.world.holder, budgets.agree, budget_id)
    hands.press("Your work")
    hands.press("Put this budget in force")
    hands.press("Make it active")
    hands.press("Make it active")
    approver.reads("The budget is active, and its money is allocated.")

    office.to_sign_off("640.00", reference="B-2")
    hands.press("Waiting for you")
    hands.skip()
    hands.press("Budget to sign off of Aled Example, B-2, £640.00")
    hands.press("Return it")
    hands.press("Return it")
    hands.mend("Say why you return it")
    hands.type(reason="The price is last year's")
    hands.press("Return it")
    approver.reads("The budget is returned. Every step is taken again when it comes back.")


@pytest.mark.journey
def test_a_finance_officer_decides_about_spend_that_is_asked_about(paying: Paying, visit_with_scripts: Visit) -> None:
    spender = Spender(paying.world, paying.world.active(*usual_lines(), reference="B-1"))
    spender.pay_in("3000.00")
    paying.world.on(JUNE)
    spender.spend("8.00", line=None, category="TRANSPORT", words="A taxi")
    officer = visit_with_scripts(counter_of(paying.world), paying.clerk, "keyboard-finance-officer")
    hands = Keyboard(officer)
    hands.press("Decide about this spend: it is being asked about")
    hands.press("Accept it")
    hands.press("Accept it")
    hands.mend("Choose a line of the plan")
    hands.choose("kit: Grab rails")
    hands.type(reason="The taxi went to the clinic")
    hands.press("Accept it")
    officer.reads("It is accepted and counts as spent.", "Line of the plan Grab rails")


@pytest.mark.journey
def test_three_people_take_a_payment_run_from_its_preview_to_settlement(
    paying: Paying, visit_with_scripts: Visit
) -> None:
    paying.paid_plan()
    counter = counter_of(paying.world)
    clerk = visit_with_scripts(counter, paying.clerk, "keyboard-payments-clerk")
    assembling = Keyboard(clerk)
    assembling.press("Payments")
    assembling.skip()
    assembling.press("Start a payment run")
    assembling.press("Continue")
    assembling.mend("Choose a day")
    assembling.pick("entry_on", "Wednesday 8 April 2026 (send the file by 2 April 2026)")
    assembling.press("Continue")
    clerk.reads("Nothing is saved yet.", "£400.00")
    assembling.press("Put these payments into a run")
    clerk.reads("The payments are in a run. An approver looks at it next.")

    approver = visit_with_scripts(counter, paying.approver, "keyboard-payments-approver")
    approving = Keyboard(approver)
    approving.press("Approve this payment run, or withdraw it")
    approving.press("Approve this run")
    approving.press("Approve")
    approver.reads("The run is approved. A third person releases it next.")

    releaser = visit_with_scripts(counter, paying.releaser, "keyboard-payments-releaser")
    releasing = Keyboard(releaser)
    releasing.press("Release this payment run")
    releasing.press("Release this run")
    releasing.press("Release")
    releasing.press("Write the file for the bank")
    releasing.press("Write the file")
    file = releasing.fetch("Fetch the file for the bank")
    assert [item.payee for item in bacs.read(file).items] == [DETAILS.for_bacs]

    paying.world.on(EIGHTH)
    assembling.press("Your work")
    assembling.press("Book these payments as arrived")
    assembling.press("Record what arrived")
    assembling.press("Record that these arrived")
    clerk.reads("The payments are recorded as arrived.", "Settled")
    paying.assert_sound()


@pytest.mark.journey
def test_bank_details_are_entered_by_one_person_and_confirmed_by_another(
    paying: Paying, visit_with_scripts: Visit
) -> None:
    counter = counter_of(paying.world)
    payee = paying.ask(paying.clerk, payee_view, paying.payee_id, paying.world.service.today).payee
    clerk = visit_with_scripts(counter, paying.clerk, "keyboard-payee-clerk")
    entering = Keyboard(clerk)
    entering.press("Payees")
    entering.skip()
    entering.press(payee.reference)
    entering.press("Enter new bank details")
    entering.type(name=OTHER_DETAILS.name)
    entering.press("Enter these details")
    entering.mend("Enter the sort code")
    entering.type(sort_code=OTHER_DETAILS.sort_code, account_number=OTHER_DETAILS.account_number)
    entering.choose("An account of their own, for this money alone")
    entering.press("Enter these details")
    clerk.reads("The details are entered. A second person confirms them next.")

    checker = visit_with_scripts(counter, paying.checker, "keyboard-payee-checker")
    confirming = Keyboard(checker)
    confirming.press("Check these bank details and confirm them")
    confirming.press("Confirm these details")
    confirming.press("Confirm")
    checker.reads("The details are in use.")
    confirming.press("Approve it for a direct payment")
    confirming.press("Approve")
    confirming.mend("Enter what you have seen")
    confirming.type(evidence="The first statement, with nothing else in it")
    confirming.press("Approve")
    checker.reads("The account is approved.")
