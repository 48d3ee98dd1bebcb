"""Finance's journeys in a browser: what waits, one budget whole, and a payment run by three people."""

import pytest

from phb.budget.budgets import operations as budgets
from phb.payments.bank_files import bacs_standard_18 as bacs
from tests.budget.conftest import stated
from tests.payments.conftest import DETAILS, Paying
from tests.spending.conftest import JUNE, Spender, usual_lines
from tests.web.bank import EIGHTH
from tests.web.browser.conftest import Visit, counter_of


@pytest.mark.journey
def test_an_approver_reads_one_budget_whole_and_signs_it_off(paying: Paying, visit: Visit) -> None:
    world = paying.world
    budget_id = world.propose(stated("care", "5200.00"), reference="B-1").id
    world.do(world.coordinator, budgets.submit, budget_id)
    world.do(world.clinician, budgets.sign_off_clinically, budget_id)
    approver = visit(counter_of(world), paying.approver, "approver")
    approver.reads("Sign off the value of this budget, or return it with your reasons", "Budget B-1, Aled Example")
    approver.press("Waiting for you")
    approver.follow("Aled Example")
    approver.reads("It waits for an approver to sign off its value.", "£5,200.00")
    for page in (
        "How it was worked out",
        "Plan and lines",
        "Pots and cash",
        "Payments and checks",
        "Spending",
        "Invoices",
        "History",
        "Journals",
        "Overview",
    ):
        approver.press(page)
    approver.press("Return it")
    approver.press("Return it")
    approver.reads("There is a problem", "Say why you return it")
    approver.page.go_back()
    approver.page.go_back()
    approver.press("Sign off the value")
    approver.fill(note="Within the scheme")
    approver.press("Sign off")
    approver.reads("The value is signed off. The person can now agree to the budget.")
    world.do(world.holder, budgets.agree, budget_id)
    approver.press("Your work")
    approver.press("Put this budget in force")
    approver.press("Make it active")
    approver.press("Make it active")
    approver.reads("The budget is active, and its money is allocated.")


@pytest.mark.journey
def test_a_finance_officer_decides_about_spend_that_is_asked_about(
    paying: Paying,
    visit: Visit,
) -> None:
    spender = Spender(paying.world, paying.world.active(*usual_lines(), reference="B-1"))
    spender.pay_in("3000.00")
    paying.world.on(JUNE)
    spender.spend("8.00", line=None, category="TRANSPORT", words="A taxi")
    officer = visit(counter_of(paying.world), paying.clerk, "finance-officer")
    officer.press("Decide about this spend: it is being asked about")
    officer.reads("A taxi")
    officer.press("Accept it")
    officer.page.locator("input[name=line]").first.check()
    officer.fill(reason="The taxi went to the clinic")
    officer.press("Accept it")
    officer.press("Your work")
    officer.reads("There is nothing you need to do today")
    officer.press("Checks")


@pytest.mark.journey
def test_three_people_take_a_payment_run_from_its_preview_to_settlement(
    paying: Paying,
    visit: Visit,
) -> None:
    paying.paid_plan()
    counter = counter_of(paying.world)
    clerk = visit(counter, paying.clerk, "payments-clerk")
    clerk.press("Payments")
    clerk.press("Start a payment run")
    clerk.page.select_option("#entry_on", "2026-04-08")
    clerk.press("Continue")
    clerk.reads("Nothing is saved yet.", "£400.00")
    clerk.press("Put these payments into a run")
    clerk.reads("The payments are in a run. An approver looks at it next.")

    approver = visit(counter, paying.approver, "payments-approver")
    approver.press("Approve this payment run, or withdraw it")
    approver.press("Approve this run")
    approver.press("Approve")
    approver.reads("The run is approved. A third person releases it next.")

    releaser = visit(counter, paying.releaser, "payments-releaser")
    releaser.press("Release this payment run")
    releaser.press("Release this run")
    releaser.press("Release")
    releaser.press("Write the file for the bank")
    releaser.press("Write the file")
    file = releaser.fetch("Fetch the file for the bank")
    assert [item.payee for item in bacs.read(file).items] == [DETAILS.for_bacs]

    paying.world.on(EIGHTH)
    clerk.press("Your work")
    clerk.press("Book these payments as arrived")
    clerk.press("Record what arrived")
    clerk.press("Record that these arrived")
    clerk.reads("The payments are recorded as arrived.", "Settled")
    paying.assert_sound()
