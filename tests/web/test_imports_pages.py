"""Files in, as people send them: templates, a file left, its progress, what became of its rows, and rows to mend."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook

from phb.core.actor import Role
from phb.intake.jobs.attempts import Attempt
from phb.intake.jobs.models import ImportJob, JobState
from phb.intake.jobs.operations import run_job
from phb.intake.jobs.queries import visible_jobs
from tests.intake.jobs.conftest import organisations
from tests.people.conftest import on_day
from tests.web.conftest import Browser, Counter, Page


@dataclass(frozen=True)
class Sender:
    """Somebody who sends files."""

    counter: Counter
    browser: Browser

    def send(self, content: bytes | None, *, page: Page | None = None, **answers: Any) -> Page:
        """Send a file of organisations, its good rows to be taken; no file where there is no content."""
        files = {} if content is None else {"file": (BytesIO(content), "Siân Example.csv")}
        given = {"kind": "organisations", "way": "good"} | answers
        return self.browser.send("/imports/new", page, **given, **files)

    def run(self) -> ImportJob:
        """Let a job take in the one file that waits."""
        service = self.counter.service
        with service.unit(service.administrator) as uow:
            job: ImportJob = uow.session.scalars(visible_jobs(uow.actor, state=JobState.WAITING)).one()
        assert run_job(service.sessions, service.commissioner_id, job.id, clock=on_day(service.today))
        return job

    def taken(self, content: bytes, **answers: Any) -> Page:
        """Send a file, let a job take it in, and look at what came of it."""
        self.send(content, **answers)
        return self.browser.open(f"/imports/{self.run().id}")


@pytest.fixture
def sender(counter: Counter) -> Sender:
    """Return an administrator."""
    return Sender(counter, counter.browser(counter.service.administrator))


def test_a_file_is_sent_and_waits(sender: Sender) -> None:
    page = sender.send(organisations(2))
    assert page.title == "Taking in a file, Organisations - Personal health budgets"
    assert "The file is sent." in page.text
    assert "Where it stands Waiting" in page.text
    assert "How Take the good rows, and give back the others to be mended" in page.text
    assert "Sent 1 April 2026, 12:00, by Ada Admin" in page.text
    assert "Siân" not in page.html


def test_the_page_looks_again_while_it_waits_unless_it_is_told_not_to(sender: Sender) -> None:
    page = sender.send(organisations(1))
    address = page.response.request.path
    assert page.response.headers["Refresh"] == "5"
    still = sender.browser.open(f"{address}?still")
    assert "Refresh" not in still.response.headers
    assert "Look again" in still.text
    sender.run()
    done = sender.browser.open(address)
    assert "Refresh" not in done.response.headers
    assert "looks again" not in done.text


def test_while_it_runs_it_says_how_far_it_is_in_words_and_in_a_bar(sender: Sender) -> None:
    address = sender.send(organisations(1)).response.request.path
    service = sender.counter.service
    job_id = UUID(address.rsplit("/", 1)[1])
    attempt = Attempt(service.sessions, service.administrator, job_id, on_day(service.today))
    assert attempt.claim()
    assert "The file is being read." in sender.browser.open(address).text
    attempt.progress(1200, 6000)
    page = sender.browser.open(address)
    assert "1,200 of 6,000 rows are done." in page.text
    assert 'max="6000" value="1200"' in page.html


def test_every_count_is_told_and_rows_given_back_say_why(sender: Sender) -> None:
    page = sender.taken(organisations(2, bad=1))
    assert "2 rows are stored. 1 row was given back, to be mended." in page.text
    assert "New 2 rows Changed 0 rows As they were before 0 rows Given back 1 row" in page.text
    assert "does not fit “kind”" in page.text
    assert "This same file was taken in" not in page.text
    again = sender.taken(organisations(2, bad=1))
    assert "0 rows are stored." in again.text
    assert "As they were before 2 rows" in again.text
    assert "This same file was taken in on 1 April 2026 by an administrator; 2 rows are unchanged." in again.text


def test_the_rows_to_mend_are_sent_again_as_they_are(sender: Sender) -> None:
    sender.send(organisations(1, bad=1))
    job = sender.run()
    file = sender.browser.open(f"/imports/{job.id}/rows-to-mend.csv").response
    assert file.headers["Content-Disposition"] == 'attachment; filename="rows-to-mend.csv"'
    assert file.content_type == "text/csv; charset=utf-8"
    assert "1 row is stored." in sender.taken(file.data.replace(b"shop", b"provider")).text


def test_a_try_stores_nothing_and_says_what_would_happen(sender: Sender) -> None:
    page = sender.taken(organisations(2, bad=1), way="try")
    assert "This was a try. Nothing was stored. 2 rows would be stored and 1 row given back." in page.text
    assert "2 rows are stored." in sender.taken(organisations(2)).text


def test_all_rows_or_none(sender: Sender) -> None:
    page = sender.taken(organisations(2, bad=1), way="all")
    assert "Nothing was stored, because 1 row is wrong and you asked for all rows or none." in page.text
    assert "Where it stands Nothing stored" in page.text


def test_a_file_that_is_refused_as_a_whole_says_why(sender: Sender) -> None:
    page = sender.taken(b"colour\nblue\n")
    assert "This file was refused" in page.text
    assert "colour" in page.text
    assert "Nothing of it was stored." in page.text


def test_what_is_left_out_is_said_at_its_field(sender: Sender) -> None:
    page = sender.send(None, kind="", way="")
    assert page.status == 422
    assert page.wrong == {
        "kind": "Choose what is in the file",
        "file": "Choose the file",
        "way": "Choose what should happen to the rows",
    }
    assert "A file has between 1 byte and 10 MB" in sender.send(b"").wrong["file"]


def test_the_form_sent_twice_leaves_one_file(sender: Sender) -> None:
    form = sender.browser.open("/imports/new")
    first = sender.send(organisations(1), page=form)
    second = sender.send(organisations(1), page=form)
    assert first.response.request.path == second.response.request.path
    assert sender.browser.open("/imports").text.count("1 April 2026, 12:00") == 1


def test_templates_are_those_of_the_role_and_come_in_both_formats(sender: Sender) -> None:
    page = sender.browser.open("/imports/templates")
    assert "organisations.xlsx" in page.text
    assert "claims.xlsx" not in page.text
    csv = sender.browser.open("/imports/templates/organisations.csv").response
    assert csv.data.decode("utf-8-sig").startswith("reference,")
    xlsx = sender.browser.open("/imports/templates/organisations.xlsx").response
    assert load_workbook(BytesIO(xlsx.data)).sheetnames[0] == "organisations"
    assert xlsx.headers["Content-Disposition"] == 'attachment; filename="organisations.xlsx"'
    assert sender.browser.open("/imports/templates/organisations.pdf").status == 404
    assert sender.browser.open("/imports/templates/colours.csv").status == 404


def test_a_role_may_send_only_its_own_kinds(counter: Counter) -> None:
    clerk = counter.staff(Role.FINANCE_OFFICER)
    assert 'value="claims"' in clerk.open("/imports/new").html
    page = clerk.send("/imports/new", kind="users", way="good", file=(BytesIO(b"a\n1\n"), "a.csv"))
    assert page.wrong == {"kind": "Choose one of the answers"}
    auditor = counter.staff(Role.AUDITOR)
    assert "Send a file" not in auditor.open("/imports").text
    assert "Your role sends no files." in auditor.open("/imports/templates").text


def test_an_import_is_its_senders_and_an_auditors_and_an_administrator_sees_no_rows(sender: Sender) -> None:
    clerk = sender.counter.staff(Role.FINANCE_OFFICER)
    clerk.send("/imports/new", kind="claims", way="good", file=(BytesIO(b"Ann Example\n1\n"), "a.csv"))
    address = f"/imports/{sender.run().id}"
    assert "Ann Example" in clerk.open(address).text
    assert "Ann Example" in sender.counter.staff(Role.AUDITOR).open(address).text
    page = sender.browser.open(address)
    assert "Ann Example" not in page.text
    assert "The reason is for who sent it" in page.text
    other = sender.counter.staff(Role.FINANCE_OFFICER)
    assert [other.open(of).status for of in (address, f"{address}/rows-to-mend.csv")] == [404, 404]
    assert sender.browser.open(f"{address}/rows-to-mend.csv").status == 403
    assert "No file was sent yet." in other.open("/imports").text


def test_an_administrator_is_told_how_many_of_anothers_rows_were_given_back_and_not_which(sender: Sender) -> None:
    other = Sender(sender.counter, sender.counter.staff(Role.ADMINISTRATOR))
    other.send(organisations(1, bad=1))
    page = sender.browser.open(f"/imports/{sender.run().id}")
    assert "Given back 1 row" in page.text
    assert "The rows are for who sent the file and for an auditor." in page.text
    assert "shop" not in page.text


def test_long_lists_go_on_over_the_page(sender: Sender) -> None:
    page = sender.taken(organisations(0, bad=51))
    address = page.html.split('href="?after=')[1].split('"')[0]
    rest = sender.browser.open(f"{page.response.request.path}?after={address}")
    assert (page.text.count("does not fit “kind”"), rest.text.count("does not fit “kind”")) == (50, 1)
