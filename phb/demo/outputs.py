"""What the demonstration writes to out/demo/: statements, payment files, the checks, the verified books."""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import undefer

from phb.budget.queries import budget_by_reference
from phb.core.money import format_pounds
from phb.core.period import Period
from phb.demo.office import Office
from phb.indicators.queries import checks
from phb.intake.files import write_rows
from phb.journal_files.models import JournalFile
from phb.journal_files.operations import NothingToSendError, make_file
from phb.journal_files.queries import visible_files
from phb.ledger import queries
from phb.monitoring.reconcile import verify_books
from phb.payments.runs.models import PaymentRun
from phb.payments.runs.operations import file_name
from phb.payments.runs.queries import file_of_run
from phb.payments.workflow import RunState
from phb.statements.formats import FORMATS
from phb.statements.operations import issue_statement

QUARTERS = (date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31), date(2027, 3, 31))
LAST_MONTH_OVER = date(2027, 2, 1)
YEAR = Period(date(2026, 4, 1), date(2027, 4, 1))
SHOWN = 6
WRITTEN = frozenset({RunState.EXPORTED, RunState.SETTLED})

Files = Iterator[tuple[str, bytes]]


def write(folder: Path, offices: Sequence[Office]) -> Mapping[str, int]:
    """Write everything under a folder in place of what an earlier run wrote; return how many of each kind there are."""
    written: dict[str, int] = {}
    for office in offices:
        shutil.rmtree(folder / office.about.folder, ignore_errors=True)
        for kind, files in (
            ("statements", statements(office)),
            ("payment files", payment_files(office)),
            ("checks", indicator_checks(office)),
            ("journal files", journal_files(office)),
            ("books", books(office)),
        ):
            for name, content in files:
                path = folder / office.about.folder / kind.replace(" ", "-") / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                written[kind] = written.get(kind, 0) + 1
    return written


def statements(office: Office) -> Files:
    """Yield the year's statement, in every format, of the first person who holds their money in each way."""
    auditor = office.staff.auditor
    first_of = {row.cells["pots"]: row for row in reversed(office.rows("plans.jsonl", "plans"))}
    for reference in sorted(row.cells["reference"] for row in first_of.values())[:SHOWN]:
        with office.unit(auditor) as uow:
            budget = budget_by_reference(uow.session, uow.actor, reference, uow.today)
        for name in FORMATS:
            issued = office.do(auditor, issue_statement, budget.id, YEAR, format_name=name)
            yield issued.file_name, issued.content


def payment_files(office: Office) -> Files:
    """Yield every file that was written for the bank, as it was kept."""
    with office.unit(office.staff.releaser) as uow:
        for run in uow.session.scalars(select(PaymentRun).where(PaymentRun.state.in_(WRITTEN))):
            yield file_name(run), file_of_run(uow.session, uow.actor, run.id)


def journal_files(office: Office) -> Files:
    """Yield what the finance system takes in: of all the year's months that are over, made once."""
    auditor, finance = office.staff.auditor, office.staff.finance[0]
    with suppress(NothingToSendError):
        office.do(finance, make_file, LAST_MONTH_OVER)
    with office.unit(auditor) as uow:
        files = visible_files(uow.actor).options(undefer(JournalFile.content)).order_by(JournalFile.number)
        for file in uow.session.scalars(files):
            yield file.name, file.content


def indicator_checks(office: Office) -> Files:
    """Yield the checks of the standard model at the end of each quarter."""
    with office.unit(office.staff.auditor) as uow:
        for day in QUARTERS:
            report = checks(uow.session, uow.actor, day)
            yield f"checks-{day}.json", json.dumps(asdict(report), default=str, indent=2, ensure_ascii=False).encode()


def books(office: Office) -> Files:
    """Yield what was verified of the books, and their trial balance."""
    with office.unit(office.staff.auditor) as uow:
        results = verify_books(uow.session)
        balances = queries.trial_balance(uow.session)
    verified = [asdict(result) | {"holds": result.first_breach is None} for result in results]
    yield "verification.json", json.dumps(verified, indent=2, ensure_ascii=False).encode()
    rows = [
        {
            "layer": balance.layer.name.lower(),
            "account": balance.account.value,
            "fund": balance.fund,
            "debit": format_pounds(balance.amount) if balance.amount.amount >= 0 else "",
            "credit": "" if balance.amount.amount >= 0 else format_pounds(-balance.amount),
        }
        for balance in balances
    ]
    yield "trial-balance.csv", write_rows(["layer", "account", "fund", "debit", "credit"], rows).encode()
