"""Files in over the API: kinds and templates, a file left for a job, its progress, its rows, and the rows to mend."""

from dataclasses import dataclass
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from openpyxl import load_workbook
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from phb.core.actor import Role
from phb.intake.jobs.operations import run_job
from phb.intake.kinds import KINDS
from tests.api.conftest import Answer, Caller, Desk
from tests.intake.jobs.conftest import organisations
from tests.intake.reading.workbooks import workbook
from tests.people.conftest import on_day


@dataclass(frozen=True)
class Sender:
    """Somebody who sends files."""

    desk: Desk
    caller: Caller

    def send(self, content: bytes | None, *, key: str | None = None, **form: str) -> Answer:
        """Post a file of organisations with the other parts of the form; no file where there is no content."""
        parts = {"kind": "organisations"} | form
        files = {} if content is None else {"file": (BytesIO(content), "Siân Example.csv")}
        headers = {"Authorization": f"Bearer {self.caller.token}", "Idempotency-Key": key or str(uuid4())}
        response = self.caller.client.post("/api/v1/imports", data=parts | files, headers=headers)
        response.request.environ["wsgi.input"].close()  # the client leaves a large body open
        return Answer.of(response)

    def run(self, sent: Answer) -> None:
        """Let a job take in what was sent."""
        service = self.desk.service
        assert run_job(service.sessions, service.commissioner_id, sent.body["id"], clock=on_day(service.today))

    def file(self, address: str) -> tuple[bytes, dict[str, str]]:
        """Return a file's bytes and headers."""
        headers = {"Authorization": f"Bearer {self.caller.token}"}
        response = self.caller.client.get(f"/api/v1{address}", headers=headers)
        assert response.status_code == 200
        return response.data, dict(response.headers)


@pytest.fixture
def sender(desk: Desk) -> Sender:
    """Return an administrator."""
    return Sender(desk, desk.call_as(desk.service.administrator))


def test_a_file_is_left_taken_in_and_reported_row_by_row(sender: Sender) -> None:
    sent = sender.send(organisations(2, bad=1))
    assert (sent.status, sent.body["state"], sent.body["rows_all"]) == (202, "waiting", None)
    address = sent.headers["Location"].removeprefix("/api/v1")
    sender.run(sent)
    done = sender.caller.get(address).body
    assert (done["state"], done["rows_done"], done["rows_all"], done["written"]) == ("done", 3, 3, True)
    assert (done["added"], done["unchanged"], done["given_back"]) == (2, 0, 1)
    first = sender.caller.get(f"{address}/rows", limit=2)
    rest = sender.caller.get(first.headers["Link"].split(">")[0].removeprefix("</api/v1"))
    rows = first.body + rest.body
    assert [(row["row"], row["outcome"], row["code"]) for row in rows] == [
        (2, "added", None),
        (3, "added", None),
        (4, "given_back", "cell"),
    ]
    assert "does not fit “kind”" in rows[2]["reason"]
    assert [row["row"] for row in sender.caller.get(f"{address}/rows", outcome="given_back").body] == [4]


def test_the_files_name_is_nowhere(sender: Sender) -> None:
    sent = sender.send(organisations(1))
    sender.run(sent)
    address = sent.headers["Location"].removeprefix("/api/v1")
    assert "Siân" not in str([sender.caller.get(address).body, sender.caller.get(f"{address}/rows").body])


def test_rows_given_back_come_as_a_file_that_is_sent_again_as_it_is(sender: Sender) -> None:
    sent = sender.send(organisations(1, bad=1))
    sender.run(sent)
    content, headers = sender.file(f"/imports/{sent.body['id']}/bad-rows")
    assert (headers["Content-Type"], headers["Cache-Control"]) == ("text/csv; charset=utf-8", "no-store")
    assert headers["Content-Disposition"] == 'attachment; filename="rows-to-mend.csv"'
    again = sender.send(content.replace(b"shop", b"provider"))
    sender.run(again)
    assert sender.caller.get(f"/imports/{again.body['id']}").body["added"] == 1


def test_a_dry_run_and_all_or_nothing_write_nothing(sender: Sender) -> None:
    for form in ({"dry_run": "true"}, {"all_or_nothing": "true"}):
        sent = sender.send(organisations(1, bad=1), **form)
        sender.run(sent)
        assert sender.caller.get(f"/imports/{sent.body['id']}").body["written"] is False
    assert [row["reference"] for row in sender.caller.get("/organisations").body if "ORG" in row["reference"]] == []


def test_a_workbook_is_taken_too(sender: Sender) -> None:
    sent = sender.send(
        workbook(("reference", "kind", "name", "start_on"), ("ORG-1", "provider", "Larkfield", "01/04/2025"))
    )
    sender.run(sent)
    assert sender.caller.get(f"/imports/{sent.body['id']}").body["added"] == 1


def test_a_file_that_is_refused_as_a_whole_says_why(sender: Sender) -> None:
    sent = sender.send(workbook(("reference",), ("1",))[:-600])
    sender.run(sent)
    body = sender.caller.get(f"/imports/{sent.body['id']}").body
    assert (body["state"], body["code"], body["written"]) == ("failed", "file", False)
    assert "only part of it arrived" in body["reason"]


def test_the_same_request_is_a_conflict_until_it_has_ended_and_then_the_first_answer(sender: Sender) -> None:
    key = str(uuid4())
    first = sender.send(organisations(1), key=key)
    running = sender.send(organisations(1), key=key)
    assert (running.status, running.body["code"]) == (409, "import-still-running")
    assert running.body["facts"]["import"] == running.headers["Location"] == first.headers["Location"]
    sender.run(first)
    replayed = sender.send(organisations(1), key=key)
    assert (replayed.status, replayed.body, replayed.headers["Idempotent-Replayed"]) == (202, first.body, "true")
    assert replayed.headers["Location"] == first.headers["Location"]
    assert len(sender.caller.get("/imports").body) == 1


@pytest.mark.parametrize("changed", [{"dry_run": "true"}, {"kind": "people"}])
def test_the_same_key_for_another_request_is_refused(sender: Sender, changed: dict[str, str]) -> None:
    key = str(uuid4())
    sender.send(organisations(1), key=key)
    other = sender.send(organisations(1), key=key, **changed)
    assert (other.status, other.body["code"]) == (422, "key-used-for-another-request")
    assert sender.send(organisations(2), key=key).body["code"] == "key-used-for-another-request"


def test_everybody_sees_their_own_imports_and_an_auditor_all(sender: Sender) -> None:
    desk = sender.desk
    mine, theirs = (Sender(desk, desk.staff(Role.FINANCE_OFFICER)) for _ in range(2))
    ids = [each.send(b"reference\n1\n", kind="claims").body["id"] for each in (mine, theirs)]
    assert [row["id"] for row in mine.caller.get("/imports").body] == ids[:1]
    assert {row["id"] for row in desk.staff(Role.AUDITOR).get("/imports").body} == set(ids)
    hidden = mine.caller.get(f"/imports/{ids[1]}")
    assert (hidden.status, hidden.body["code"]) == (404, "import-not-found")
    assert mine.caller.get(f"/imports/{ids[1]}/rows").status == 404
    assert mine.caller.get(f"/imports/{ids[1]}/bad-rows").status == 404


def test_an_administrator_sees_that_a_file_was_refused_and_not_what_stood_in_it(sender: Sender) -> None:
    clerk = Sender(sender.desk, sender.desk.staff(Role.FINANCE_OFFICER))
    sent = clerk.send(b"Ann Example\n1\n", kind="claims")
    sender.run(sent)
    address = f"/imports/{sent.body['id']}"
    seen = sender.caller.get(address).body
    assert (seen["code"], seen["reason"]) == ("headings", None)
    assert "Ann Example" in clerk.caller.get(address).body["reason"]
    refused = sender.caller.get(f"{address}/rows")
    assert (refused.status, refused.body["code"]) == (403, "import-rows-not-yours")


def test_the_list_is_paged_and_narrowed(sender: Sender) -> None:
    sent = [sender.send(organisations(number)) for number in (1, 2, 3)]
    sender.run(sent[0])
    first = sender.caller.get("/imports", limit=2)
    rest = sender.caller.get(first.headers["Link"].split(">")[0].removeprefix("</api/v1"))
    assert {row["id"] for row in first.body + rest.body} == {answer.body["id"] for answer in sent}
    assert [row["id"] for row in sender.caller.get("/imports", state="done").body] == [sent[0].body["id"]]
    assert sender.caller.get("/imports", kind="people").body == []


@pytest.mark.parametrize(
    ("content", "form", "field"),
    [
        (None, {}, "file"),
        (b"x", {"kind": "shoes"}, "kind"),
        (b"x", {"dry_run": "perhaps"}, "dry_run"),
        (b"x", {"name": "x"}, "name"),
    ],
)
def test_a_form_that_does_not_fit_names_the_field(
    sender: Sender, content: bytes | None, form: dict[str, str], field: str
) -> None:
    answer = sender.send(content, **form)
    assert (answer.status, [error["field"] for error in answer.body["errors"]]) == (422, [field])


def test_who_may_not_import_the_kind_is_told_at_once(sender: Sender) -> None:
    answer = sender.send(b"x", kind="claims")
    assert (answer.status, answer.body["code"]) == (403, "missing-permission")


def test_a_key_is_needed(sender: Sender) -> None:
    assert sender.send(organisations(1), key="none").body["code"] == "idempotency-key-missing"


@pytest.mark.parametrize(("size", "status"), [(10 * 1024**2 + 1, 422), (12 * 1024**2 + 1, 413)])
def test_a_very_large_file_is_refused(sender: Sender, size: int, status: int) -> None:
    answer = sender.send(bytes(size))
    assert answer.status == status
    assert "10 MB" in answer.body["detail"]


def test_a_file_that_breaks_off_leaves_nothing_and_the_same_request_sends_it_again(sender: Sender) -> None:
    whole, key = organisations(10_000), str(uuid4())
    parts = {"kind": "organisations", "file": FileStorage(BytesIO(whole), "file")}
    stream, length, boundary = stream_encode_multipart(parts)
    headers = {"Authorization": f"Bearer {sender.caller.token}", "Idempotency-Key": key}
    with stream:
        response = sender.caller.client.post(
            "/api/v1/imports",
            input_stream=BytesIO(stream.read(length // 2)),
            headers=headers,
            environ_overrides={"CONTENT_LENGTH": str(length)},
            content_type=f"multipart/form-data; boundary={boundary}",
        )
    answer = Answer.of(response)
    assert (answer.status, answer.body["code"]) == (400, "bad-request")
    assert sender.caller.get("/imports").body == []
    assert sender.send(whole, key=key).status == 202
    assert len(sender.caller.get("/imports").body) == 1


def test_the_kinds_come_with_their_columns(sender: Sender) -> None:
    kinds = sender.caller.get("/imports/kinds").body
    assert [kind["name"] for kind in kinds] == list(KINDS)
    claims = next(kind for kind in kinds if kind["name"] == "claims")
    assert (claims["permission"], claims["columns"][0]["name"]) == ("spend.record", "reference")
    invoices = next(kind for kind in kinds if kind["name"] == "invoices")
    lines = next(column for column in invoices["columns"] if column["name"] == "lines")
    assert {part["name"]: part["required"] for part in lines["parts"]}["order"] is False


def test_templates_are_files_to_fill_in(sender: Sender) -> None:
    content, headers = sender.file("/imports/kinds/claims/template")
    assert content.decode("utf-8-sig").startswith("reference,budget,spent_on,amount,")
    assert headers["Content-Disposition"] == 'attachment; filename="claims.csv"'
    content, headers = sender.file("/imports/kinds/claims/template?format=xlsx")
    assert load_workbook(BytesIO(content)).sheetnames[0] == "claims"
    assert headers["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    unknown = sender.caller.get("/imports/kinds/shoes/template")
    assert (unknown.status, unknown.body["code"]) == (404, "unknown-import-kind")
    assert sender.caller.get("/imports/kinds/claims/template", format="pdf").status == 400


@pytest.mark.parametrize("address", ["", "/kinds", "/kinds/claims/template", f"/{UUID(int=1)}", f"/{UUID(int=1)}/rows"])
def test_who_is_not_signed_in_is_told_how(desk: Desk, address: str) -> None:
    assert desk.app.test_client().get(f"/api/v1/imports{address}").status_code == 401
