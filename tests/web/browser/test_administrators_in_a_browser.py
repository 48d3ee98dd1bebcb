"""The administrators' journey in a browser: a user, a policy that takes two of them, a file of rows, and the jobs."""

from pathlib import Path

import pytest

from phb.core.actor import Role
from phb.governance.policies import SpendingPolicy
from phb.intake.jobs.operations import run_waiting
from tests.intake.jobs.conftest import organisations
from tests.people.conftest import on_day
from tests.web.browser.conftest import Visit
from tests.web.conftest import Counter


@pytest.mark.journey
def test_an_administrator_adds_a_user_and_gives_a_role(counter: Counter, visit: Visit) -> None:
    ada = visit(counter, counter.service.administrator, "administrator-user")
    ada.press("Users")
    ada.press("Add a user")
    ada.press("Add user")
    ada.reads("There is a problem", "Enter a sign-in name", "Enter their name")
    ada.fill(sign_in_name=f"noor.{counter.service.code}", name="Noor Newly")
    ada.press("Add user")
    ada.reads("The user is added.", "They hold no role")
    ada.press("Give a role")
    ada.pick("role", "Auditor")
    ada.pick("organisation_id", "Northvale")
    ada.fill_day("start_on", "2026-04-01")
    ada.press("Give role")
    ada.reads("Auditor", "From 1 April 2026")
    ada.press("Set a first password")
    ada.fill(password="three unrelated words")  # a test's own  # pragma: allowlist secret
    ada.press("Set password")
    ada.reads("They choose their own when they sign in.")


@pytest.mark.journey
def test_a_policy_is_proposed_by_one_administrator_and_confirmed_by_another(counter: Counter, visit: Visit) -> None:
    ada = visit(counter, counter.service.administrator, "administrator-proposes")
    ada.press("Policies")
    ada.press(SpendingPolicy.title)
    ada.press("Propose a change")
    ada.fill(evidence_not_needed_below="25.00", source="Committee, item 7")
    ada.fill_day("effective_from", "2026-05-01")
    ada.press("Propose change")
    ada.reads("Another administrator confirms it before it takes effect.", "not confirmed yet")

    bo = visit(counter, counter.service.named("bo"), "administrator-confirms")
    bo.reads("You have 1 thing to do", "By 15 April 2026")
    bo.press("Check this policy, which a colleague proposed, and confirm it")
    bo.reads("£25.00 (changes)")
    bo.press("Confirm change")
    bo.reads("The change is confirmed.")
    bo.press("Your work")
    bo.reads("There is nothing you need to do today")


@pytest.mark.journey
def test_an_administrator_sends_a_file_and_mends_what_comes_back(
    counter: Counter, visit: Visit, tmp_path: Path
) -> None:
    service, file = counter.service, tmp_path / "organisations.csv"
    file.write_bytes(organisations(2, bad=1))
    ada = visit(counter, service.administrator, "administrator-file")
    ada.press("Files")
    ada.press("Files to fill in")
    assert ada.fetch("organisations.csv").decode("utf-8-sig").startswith("reference,")
    ada.press("Back")
    ada.press("Send a file")
    ada.pick("kind", "Organisations")
    ada.page.set_input_files("#file", file)
    ada.choose("Take the good rows, and give back the others to be mended")
    ada.press("Send")
    ada.reads("The file is sent.", "Waiting", "This page looks again every 5 seconds.")
    ada.press("Stop it from doing so")
    run_waiting(service.sessions, clock=on_day(service.today))
    ada.press("Look again")
    ada.reads("2 rows are stored. 1 row was given back, to be mended.", "does not fit “kind”")
    mended = tmp_path / "mended.csv"
    mended.write_bytes(ada.fetch("the rows that were given back").replace(b"shop", b"provider"))
    ada.press("Back")
    ada.press("Send a file")
    ada.pick("kind", "Organisations")
    ada.page.set_input_files("#file", mended)
    ada.choose("Try it: say what would happen, and store nothing")
    ada.press("Send")
    ada.press("Stop it from doing so")
    run_waiting(service.sessions, clock=on_day(service.today))
    ada.press("Look again")
    ada.reads("This was a try. Nothing was stored. 1 row would be stored.")


@pytest.mark.journey
def test_an_administrator_sees_what_happens_by_itself(counter: Counter, visit: Visit) -> None:
    bo = visit(counter, counter.service.staff(Role.ADMINISTRATOR), "administrator-jobs")
    bo.press("Jobs")
    bo.reads("Settle payments", "Overdue since 1 April 2026, 05:00")
    bo.follow("Settle payments")
    bo.reads("It has not run yet.")
