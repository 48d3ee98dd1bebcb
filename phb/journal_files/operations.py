"""Make a file of what was not sent to the finance system yet: each journal is in one file, once and for ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from moneyed import Money
from sqlalchemy import func, select, text

from phb.core.actor import Permission
from phb.core.errors import ConflictError, RuleViolationError
from phb.core.money import from_pence
from phb.core.period import add_months, month_in_words, month_of
from phb.core.uow import UnitOfWork
from phb.documents import as_list
from phb.documents.document import Column, Table
from phb.documents.words import Cell
from phb.governance import audit
from phb.journal_files.codes import Subject, code_of, codes
from phb.journal_files.models import FinanceCode, JournalFile
from phb.ledger.chart import Layer
from phb.ledger.trial import sides
from phb.people.saving import save

NIL = from_pence(0)
A_DAY = timedelta(days=1)
MOST_NAMED = 5
COLUMNS = (
    Column("row", "Row"),
    Column("file", "File", numeric=True),
    Column("month", "Month"),
    Column("cost_centre", "Cost centre"),
    Column("subjective_code", "Subjective code"),
    Column("account", "Account"),
    Column("category", "Category"),
    Column("fund", "Fund"),
    Column("debit", "Debit", numeric=True),
    Column("credit", "Credit", numeric=True),
    Column("count", "Count", numeric=True),
)
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('journal file' || :commissioner_id, 0))")
# A journal is of the month that reports it. One that only agrees or promises money has nothing for the finance system.
TAKE = text("""
    INSERT INTO sent_journal (commissioner_id, journal_id, file_number)
    SELECT j.commissioner_id, j.id, :number FROM journal j
    WHERE j.commissioner_id = :commissioner_id
        AND coalesce(j.reporting_month, date_trunc('month', j.effective_on)::date) <= :month
        AND NOT EXISTS (SELECT FROM sent_journal s WHERE s.commissioner_id = j.commissioner_id AND s.journal_id = j.id)
        AND EXISTS (SELECT FROM journal_line l
            WHERE l.commissioner_id = j.commissioner_id AND l.journal_id = j.id AND l.layer = :actual)
""")
# A plan line is of the category that its newest version says.
SUMS = text("""
    SELECT coalesce(j.reporting_month, date_trunc('month', j.effective_on)::date) AS month, l.account,
        t.category_code, l.fund, sum(l.pence) AS pence, count(*) AS lines
    FROM sent_journal s
    JOIN journal j ON j.commissioner_id = s.commissioner_id AND j.id = s.journal_id
    JOIN journal_line l ON l.commissioner_id = j.commissioner_id AND l.journal_id = j.id AND l.layer = :actual
    LEFT JOIN LATERAL (
        SELECT terms.category_code FROM line_terms terms
        JOIN care_plan plan ON plan.commissioner_id = terms.commissioner_id AND plan.id = terms.plan_id
        WHERE terms.commissioner_id = l.commissioner_id AND terms.plan_line_id = l.plan_line_id
        ORDER BY plan.plan_version DESC LIMIT 1
    ) t ON true
    WHERE s.commissioner_id = :commissioner_id AND s.file_number = :number
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
""")


class NothingToSendError(ConflictError):
    """Everything up to the month was sent before."""

    code = "nothing-to-send"
    stops_duplicate = True


class MonthNotOverError(RuleViolationError):
    """The month is not over, so its figures still change."""

    code = "month-not-over"


class FinanceCodeMissingError(RuleViolationError):
    """Something that is to be sent has no code in the finance system."""

    code = "finance-code-missing"


@dataclass(frozen=True)
class Sum:
    """What the journals of a file come to in one month, account, category and fund, of how many lines."""

    month: date
    subject: Subject
    amount: Money
    lines: int


def make_file(uow: UnitOfWork, month: date) -> JournalFile:
    """Make a file of every journal up to the end of a month that is in no file yet; all of them, or none.

    Raises:
        MissingPermissionError: the actor may not.
        MonthNotOverError: the month is not over.
        NothingToSendError: every journal up to then was sent before.
        FinanceCodeMissingError: an amount has no cost centre and subjective code at the end of its month.
    """
    uow.actor.require(Permission.PERIOD_CLOSE)
    until = month_of(month)
    if until >= month_of(uow.today):
        raise MonthNotOverError(
            f"{month_in_words(until)} is not over. Make its file from the first day of the month after.", field="month"
        )
    uow.session.execute(LOCK, {"commissioner_id": str(uow.commissioner_id)})
    number = 1 + (uow.session.scalar(select(func.max(JournalFile.number))) or 0)
    of_file = {"commissioner_id": uow.commissioner_id, "number": number, "actual": Layer.ACTUAL}
    taken: int = uow.session.execute(TAKE, of_file | {"month": until}).rowcount  # type: ignore[attr-defined]  # of an INSERT
    if not taken:
        raise NothingToSendError(
            f"Everything up to the end of {month_in_words(until)} was sent before. Give a file again that was made, or "
            "wait for the next month."
        )
    sums = [
        Sum(row.month, Subject(row.account, row.category_code, row.fund), from_pence(int(row.pence)), row.lines)
        for row in uow.session.execute(SUMS, of_file)
        if row.pence
    ]
    return _store(uow, JournalFile(number=number, until_month=until, journals=taken), sums)


def _rows(uow: UnitOfWork, number: int, sums: Sequence[Sum]) -> list[tuple[Cell, ...]]:
    known = codes(uow.session)
    coded = [(one, code_of(known, one.subject, add_months(one.month, 1) - A_DAY)) for one in sums]
    missing = [one.subject for one, code in coded if code is None]
    if missing:
        raise FinanceCodeMissingError(
            f"There is no code of the finance system for {_named(missing)}. Import “finance-codes” with a code for "
            "each, or one for the whole account; nothing was sent.",
            field="month",
        )
    return [_row(number, one, code) for one, code in coded if code is not None]


def _row(number: int, one: Sum, code: FinanceCode) -> tuple[Cell, ...]:
    subject = one.subject
    return (
        "line",
        number,
        f"{one.month:%Y-%m}",
        code.cost_centre,
        code.subjective_code,
        subject.account,
        subject.category_code,
        subject.fund,
        *sides(one.amount),
        one.lines,
    )


def _store(uow: UnitOfWork, file: JournalFile, sums: Sequence[Sum]) -> JournalFile:
    """Store a file with what it adds up to: its last row, which the finance system compares."""
    rows = _rows(uow, file.number, sums)
    file.debit = sum((one.amount for one in sums if one.amount > NIL), NIL)
    file.credit = -sum((one.amount for one in sums if one.amount < NIL), NIL)
    blank = (None,) * 5
    control = ("control", file.number, f"{file.until_month:%Y-%m}", *blank, file.debit, file.credit, len(rows))
    table = Table("journal-file", "Journal file", COLUMNS, (*rows, control))
    file.content = as_list.render(as_list.list_of(table, about=f"file {file.number}"))
    file.commissioner_id, file.lines = uow.commissioner_id, len(rows)
    file.digest, file.made_by, file.made_at = sha256(file.content).digest(), uow.actor.user_id, uow.now
    save(uow, {}, file)
    audit.record(
        uow,
        "journal_file.made",
        "commissioner",
        uow.commissioner_id,
        number=file.number,
        month=file.until_month,
        journals=file.journals,
        debit=file.debit,
        digest=f"sha256:{file.digest.hex()}",
    )
    return file


def _named(subjects: Sequence[Subject]) -> str:
    words = [
        f"“{one.account}”" + (f" of {one.category_code}" if one.category_code else "") + f", fund {one.fund}"
        for one in subjects[:MOST_NAMED]
    ]
    more = len(subjects) - MOST_NAMED
    return "; ".join(words) + (f" and {more} more" if more > 0 else "")
