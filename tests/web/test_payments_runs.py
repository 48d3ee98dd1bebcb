"""Payment runs on pages: the day, the preview, three people, the file, and what each of them may not do."""

from datetime import date
from hashlib import sha256
from uuid import uuid4

from phb.core.actor import Role
from phb.payments.bank_files import bacs_standard_18 as bacs
from phb.payments.checks.operations import put_hold
from phb.payments.kinds import HoldKind
from phb.payments.runs.operations import approve_run
from phb.people.standing.operations import withdraw_consent
from phb.people.standing.queries import consents
from tests.budget.conftest import stated
from tests.payments.conftest import DETAILS
from tests.web.bank import EIGHTH, Bank, a_bank, day, run_page  # noqa: F401 - a fixture

NEW = "/payment-runs/new"
PREVIEW = f"{NEW}/2026-04-08"


def test_only_days_that_can_still_be_reached_are_offered(bank: Bank) -> None:
    page = bank.clerk.open(NEW)
    assert page.title == "When should the payments arrive? - Personal health budgets"
    # Sent on Thursday 2 April, worked on after Easter on the 7th, booked on the 8th.
    assert "Friday 3 April 2026: Banks are shut on this day." in page.text
    assert "Tuesday 7 April 2026 (send the file by 1 April 2026)" in page.text
    assert "Wednesday 8 April 2026 (send the file by 2 April 2026)" in page.text
    assert "Thursday 2 April 2026: The file would have to be sent by 31 March 2026, which has passed." in page.text
    assert 'value="2026-04-03"' not in page.html
    assert bank.clerk.send(NEW).wrong == {"entry_on": "Choose a day"}
    assert bank.clerk.send(NEW, entry_on="2026-04-03").wrong == {"entry_on": "Choose one of the answers"}


def test_a_run_goes_from_its_preview_to_settlement_by_three_people(bank: Bank) -> None:
    bank.paying.paid_plan()
    clerk, approver, releaser = bank.clerk, bank.approver, bank.releaser
    preview = clerk.send(NEW, entry_on="2026-04-08")
    assert preview.response.request.path == PREVIEW
    assert "Payments in the run 1 In all £400.00 Left out 0" in preview.text
    assert "Aled Example" in preview.text
    run = clerk.send(PREVIEW, preview)
    assert "The payments are in a run. An approver looks at it next." in run.text
    address = run.response.request.path
    assert "account ending 58" in run.text
    assert "You assembled this run" not in run.text  # who may approve nothing wonders about nothing
    assert "Approve this run" not in run.text
    assert "Withdraw this run" in run.text
    assert clerk.open(f"{address}/approve").status == 403

    shown = approver.open(address)
    assert "Approve this run" in shown.text
    assert "Withdraw this run" not in shown.text
    done = approver.send(f"{address}/approve")
    assert "The run is approved. A third person releases it next." in done.text
    assert "Approve this run" not in done.text

    assert "Release this run" in releaser.open(address).text
    done = releaser.send(f"{address}/release")
    assert "The run is released and booked." in done.text
    assert "Number of the file 000001" in done.text
    assert "Fetch the file" not in done.text
    assert releaser.open(f"{address}/file").status == 404
    done = releaser.send(f"{address}/export")
    file = releaser.client.get(f"{address}/file")
    assert file.headers["Content-Disposition"] == 'attachment; filename="bacs-000001-20260408.txt"'
    assert [item.payee for item in bacs.read(file.data).items] == [DETAILS.for_bacs]
    assert sha256(file.data).hexdigest() in done.text
    assert sha256(file.data).hexdigest() in clerk.open(address).text
    assert "Fetch the file" not in clerk.open(address).text
    assert clerk.open(f"{address}/file").status == 403

    assert "There is nothing to record today" in clerk.open("/payment-runs/settlement").text
    assert "Record what arrived" not in clerk.open(address).text
    bank.paying.world.on(EIGHTH)
    assert "1 run should have arrived." in clerk.open("/payment-runs").text
    assert "£400.00" in clerk.open("/payment-runs/settlement").text
    done = clerk.send("/payment-runs/settlement")
    assert "The payments are recorded as arrived." in done.text
    assert "Settled" in done.text
    steps = clerk.open(address).text
    assert all(step in steps for step in ("Assembled", "Approved", "Released", "Exported", "Settled"))
    assert "Nothing. The payments arrived on 8 April 2026." in steps
    bank.paying.assert_sound()


def test_somebody_barred_by_an_earlier_step_reads_why(bank: Bank) -> None:
    bank.paying.paid_plan()
    run = bank.paying.assembled()
    everything = bank.also(bank.paying.clerk, Role.APPROVER, Role.PAYMENTS_RELEASER)
    browser = bank.as_(everything)
    page = browser.open(run_page(run.id))
    assert "You assembled this run, so somebody else approves it." in page.text
    assert "Approve this run" not in page.text
    bank.paying.do(bank.paying.approver, approve_run, run.id)
    listed = browser.open("/payment-runs").text
    assert "You assembled or approved this run, so a third person releases it." in listed
    page = browser.open(run_page(run.id))
    assert "Release this run" not in page.text
    # The step's own page leads to the run, which says why; what is sent anyway is refused.
    assert browser.open(run_page(run.id, "/release")).response.request.path == run_page(run.id)
    form = bank.releaser.open(run_page(run.id, "/release"))
    refused = browser.send(
        run_page(run.id, "/release"), form, csrf_token=browser.open("/sign-out").fields["csrf_token"]
    )
    assert refused.status == 403
    assert "so somebody else must release it" in refused.text


def test_what_is_left_out_is_told_with_code_sentence_and_what_to_do(bank: Bank) -> None:
    budget_id = bank.paying.paid_plan()[1][0].budget_id
    bank.paying.do(
        bank.paying.clerk, put_hold, budget_id, kind=HoldKind.HOLD, start_on=EIGHTH, reason="Statements are missing"
    )
    page = bank.clerk.open(PREVIEW)
    assert "Payments in the run 0 In all £0.00 Left out 1" in page.text
    assert "Payments are on hold from 8 April 2026. Read the reason with the budget, and lift it first" in page.text
    assert "on-hold" in page.text
    assert "Put these payments into a run" not in page.text
    other = bank.paying.pot(stated("care", "1300.00"))
    bank.paying.plan(other)
    run = bank.clerk.send(PREVIEW)
    assert "1 left out, with why" in run.text
    left_out = bank.auditor.open(f"{run.response.request.path}/left-out")
    assert "Payments are on hold from 8 April 2026." in left_out.text
    assert "£100.00" in run.text  # £1,300.00 in thirteen instalments


def test_a_day_that_cannot_be_reached_is_refused_in_words(bank: Bank) -> None:
    late = bank.clerk.open(f"{NEW}/2026-04-02")
    assert late.status == 422
    assert "the file must be sent by 31 March 2026, which has passed" in late.text
    assert bank.clerk.open(f"{NEW}/2026-04-04").status == 422
    assert bank.clerk.open(f"{NEW}/tomorrow").status == 404


def test_a_run_is_withdrawn_with_a_reason(bank: Bank) -> None:
    bank.paying.paid_plan()
    run = bank.paying.assembled()
    address = run_page(run.id, "/withdraw")
    assert bank.clerk.send(address).wrong == {"reason": "Enter why you withdraw it"}
    done = bank.clerk.send(address, reason="Wrong day")
    assert "The run is withdrawn." in done.text
    assert "Withdrawn" in done.text
    assert "Wrong day" in done.text
    assert "Its payments wait for another run." in done.text


def test_a_stale_run_is_refused_and_a_form_sent_twice_is_carried_out_once(bank: Bank) -> None:
    bank.paying.paid_plan()
    run = bank.paying.assembled()
    approver = bank.approver
    form = approver.open(run_page(run.id, "/approve"))
    stale = approver.send(run_page(run.id, "/approve"), form, version=str(run.version + 1))
    assert stale.status == 409
    assert "Somebody changed this since you read it." in stale.text
    first = approver.send(run_page(run.id, "/approve"), form)
    second = approver.send(run_page(run.id, "/approve"), form)
    assert (first.status, second.status) == (200, 200)
    assert second.response.request.path == run_page(run.id)
    assert second.text.count("Approved") == first.text.count("Approved")


def test_a_releaser_sees_what_stands_against_a_run_before_releasing(bank: Bank) -> None:
    bank.paying.paid_plan()
    run = bank.paying.assembled()
    bank.paying.do(bank.paying.approver, approve_run, run.id)
    world = bank.paying.world
    given = bank.paying.ask(world.auditor, consents, world.person_id, world.service.today)[0]
    bank.paying.do(world.coordinator, withdraw_consent, given.id, on=world.service.today)
    page = bank.releaser.open(run_page(run.id, "/release"))
    assert page.title == "This run cannot be released as it is - Personal health budgets"
    assert "Nobody's consent to the direct payment is in force" in page.text
    assert "<form" not in page.html.split("<main")[1]


def test_a_run_that_cannot_be_sent_in_time_offers_no_step_but_withdrawing(bank: Bank) -> None:
    bank.paying.paid_plan()
    run = bank.paying.assembled()
    bank.paying.world.on(date(2026, 4, 3))
    page = bank.approver.open(run_page(run.id))
    assert "The file should have been sent by 2 April 2026" in page.text
    assert "Approve this run" not in page.text
    assert "Withdraw this run" in bank.clerk.open(run_page(run.id)).text


def test_a_released_run_that_was_never_sent_says_what_to_do(bank: Bank) -> None:
    bank.paying.paid_plan()
    run = bank.paying.released()
    bank.paying.world.on(EIGHTH)
    page = bank.releaser.open(run_page(run.id))
    assert "No money has moved." in page.text
    assert "Write the file" not in page.text
    settling = bank.clerk.open("/payment-runs/settlement").text
    assert "Never sent" in settling
    assert "Record that these arrived" not in settling


def test_your_part_is_shown_to_those_who_have_one(bank: Bank) -> None:
    bank.paying.paid_plan()
    bank.paying.assembled()
    approver, releaser = (who.open("/payment-runs").text for who in (bank.approver, bank.releaser))
    assert "Your part" in approver
    assert "You can approve it" in approver
    assert "Your part" not in releaser
    assert "Approval by an approver" in releaser


def test_the_list_is_narrowed_by_days_and_state(bank: Bank) -> None:
    bank.paying.paid_plan()
    run = bank.paying.assembled()
    clerk = bank.clerk
    assert "8 April 2026" in clerk.open("/payment-runs").text
    chosen = clerk.send("/payment-runs", **day("from_day", 1, 4), **day("to_day", 7, 4))
    assert chosen.response.request.query_string == b"first=2026-04-01&last=2026-04-07"
    assert "There is no payment run of this kind." in chosen.text
    assert "8 April 2026" in clerk.send("/payment-runs", state="assembled").text
    none = clerk.send("/payment-runs", state="settled")
    assert "There is no payment run of this kind." in none.text
    assert none.title.startswith("Settled")
    assert none.title.endswith("\N{EN DASH} payment runs - Personal health budgets")
    wrong = clerk.send("/payment-runs", **day("from_day", 31, 4))
    assert (wrong.status, wrong.wrong) == (422, {"from_day-day": "Enter a real date, like 27 3 2026"})
    assert clerk.open("/payment-runs", first="never").status == 400
    assert clerk.open("/payment-runs", state="lost").status == 400
    assert clerk.open(PREVIEW, payable="-1").status == 400
    assert run.count == 1


def test_the_pages_are_for_those_who_work_with_the_books(bank: Bank) -> None:
    bank.paying.paid_plan()
    run = bank.paying.assembled()
    assert bank.auditor.open(run_page(run.id)).status == 200
    assert bank.as_(bank.paying.world.coordinator).open(run_page(run.id)).status == 403
    assert bank.clerk.open(run_page(uuid4())).status == 404
    assert bank.approver.open(NEW).status == 403
