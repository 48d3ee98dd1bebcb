"""The journeys of auditors and administrators, from the keyboard alone: nothing here is clicked."""

from pathlib import Path

import pytest

from phb.governance.policies import SpendingPolicy
from phb.intake.jobs.operations import run_waiting
from tests.intake.jobs.conftest import organisations
from tests.payments.conftest import Paying
from tests.people.conftest import on_day
from tests.web.bank import EIGHTH
from tests.web.browser.conftest import Visit, counter_of
from tests.web.browser.keyboard import Keyboard
from tests.web.conftest import Counter


@pytest.mark.journey
def test_an_auditor_searches_reads_journals_checks_the_books_and_takes_a_list_away(
    paying: Paying, visit_with_scripts: Visit
) -> None:
    paying.plan(paying.pot(reference="B-1"))
    paying.settled(EIGHTH)
    auditor = visit_with_scripts(counter_of(paying.world), paying.world.auditor, "keyboard-auditor")
    hands = Keyboard(auditor)
    hands.press("Audit")
    hands.skip()
    hands.type(term="a")
    hands.enter()
    hands.mend("Enter at least two letters or digits.")
    hands.type(term="aled")
    hands.enter()
    auditor.reads("You looked for “aled”.", "Aled Example")
    hands.press("What was done to B-1")
    auditor.reads("Settled", "8 April 2026")

    hands.press("Audit")
    hands.skip()
    hands.press("Journals")
    hands.unfold("Show only some of them")
    hands.pick("kind", "Payment settled")
    hands.press("Show these")
    hands.press("Payment settled, 8 April 2026")
    auditor.reads("£400.00", "Funds held")

    hands.press("Audit")
    hands.press("Do the books hold?")
    hands.press("Check the books now")
    auditor.reads("What your check found on 8 April 2026", "identities hold.")

    hands.press("Audit")
    hands.skip()
    hands.press("Reports")
    hands.skip()
    hands.press("Payments")
    assert hands.fetch("Take the whole report away as CSV").startswith(b"\xef\xbb\xbf")
    assert hands.fetch("Take the whole report away as PDF").startswith(b"%PDF")


@pytest.mark.journey
def test_an_administrator_adds_a_user_and_gives_a_role(counter: Counter, visit_with_scripts: Visit) -> None:
    ada = visit_with_scripts(counter, counter.service.administrator, "keyboard-administrator-user")
    hands = Keyboard(ada)
    hands.press("Users")
    hands.skip()
    hands.press("Add a user")
    hands.press("Add user")
    hands.mend("Enter a sign-in name")
    hands.type(sign_in_name=f"noor.{counter.service.code}", name="Noor Newly")
    hands.press("Add user")
    ada.reads("The user is added.", "They hold no role")
    hands.press("Give a role")
    hands.pick("role", "Auditor")
    hands.pick("organisation_id", "Northvale")
    hands.press("Give role")
    hands.mend("Enter the first day")
    hands.type(start_on__day="1", start_on__month="4", start_on__year="2026")
    hands.press("Give role")
    ada.reads("Noor Newly has the role.", "From 1 April 2026")


@pytest.mark.journey
def test_a_policy_is_proposed_by_one_administrator_and_confirmed_by_another(
    counter: Counter, visit_with_scripts: Visit
) -> None:
    ada = visit_with_scripts(counter, counter.service.administrator, "keyboard-administrator-proposes")
    proposing = Keyboard(ada)
    proposing.press("Policies")
    proposing.skip()
    proposing.press(SpendingPolicy.title)
    proposing.press("Propose a change")
    proposing.type(evidence_not_needed_below="25.00")
    proposing.press("Propose change")
    proposing.mend("Enter the day from which it holds")
    proposing.type(effective_from__day="1", effective_from__month="5", effective_from__year="2026")
    proposing.type(source="Committee, item 7")
    proposing.press("Propose change")
    ada.reads("Another administrator confirms it before it takes effect.", "not confirmed yet")
    proposing.unfold("Values from 1 May 2026")

    bo = visit_with_scripts(counter, counter.service.named("bo"), "keyboard-administrator-confirms")
    confirming = Keyboard(bo)
    confirming.press("Check this policy, which a colleague proposed, and confirm it")
    bo.reads("£25.00 (changes)")
    confirming.press("Confirm change")
    bo.reads("The change is confirmed.")


@pytest.mark.journey
def test_an_administrator_sends_a_file_reads_its_report_and_looks_at_the_jobs(
    counter: Counter, visit_with_scripts: Visit, tmp_path: Path
) -> None:
    service, file = counter.service, tmp_path / "organisations.csv"
    file.write_bytes(organisations(2, bad=1))
    ada = visit_with_scripts(counter, service.administrator, "keyboard-administrator-file")
    hands = Keyboard(ada)
    hands.press("Files")
    hands.skip()
    hands.press("Send a file")
    hands.press("Send")
    hands.mend("Choose what is in the file")
    hands.pick("kind", "Organisations")
    hands.give("file", file)
    hands.choose("Take the good rows, and give back the others to be mended")
    hands.press("Send")
    ada.reads("The file is sent.", "Waiting")
    hands.press("Stop it from doing so")
    run_waiting(service.sessions, clock=on_day(service.today))
    hands.press("Look again")
    ada.reads("2 rows are stored. 1 row was given back, to be mended.", "does not fit “kind”")
    assert b"ORG-X0000" in hands.fetch("the rows that were given back, as CSV")
    hands.press("Jobs")
    hands.skip()
    hands.press("All runs (Import files)")
    ada.reads("It has not run yet.")
