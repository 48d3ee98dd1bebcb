"""A file holds what was not sent yet, each journal once, adds up, and is given again as it was made."""

import csv
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from phb.core.actor import MissingPermissionError
from phb.core.money import from_pence, pounds
from phb.journal_files.codes import record_code
from phb.journal_files.models import JournalFile, SentJournal
from phb.journal_files.operations import FinanceCodeMissingError, MonthNotOverError, NothingToSendError, make_file
from phb.journal_files.queries import JournalFileNotFoundError, journal_file
from phb.spending.records.models import SpendRecord
from tests.journal_files.conftest import ACCOUNTS, CARE, record_codes
from tests.spending.conftest import Spender

APRIL, MAY, JUNE = (date(2026, month, 1) for month in (4, 5, 6))
NIL = from_pence(0)


def make(spender: Spender, month: date) -> JournalFile:
    row: JournalFile = spender.world.do(spender.world.finance, make_file, month)
    return row


def rows_of(spender: Spender, number: int) -> list[dict[str, str]]:
    """Read a file as the finance system does: as CSV."""
    content = spender.world.ask(spender.world.auditor, journal_file, number).content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def told(rows: Sequence[dict[str, str]], *names: str) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def test_a_file_holds_each_account_and_funder_of_a_month_and_what_they_add_up_to(spender: Spender) -> None:
    """£3,000.00 went to the holder, 60 % of the NHS, and £1,000.00 to the third party: 2,800.00 and 1,200.00."""
    record_codes(spender, *ACCOUNTS)
    made = make(spender, APRIL)
    rows = rows_of(spender, 1)
    assert told(rows, "row", "month", "account", "fund", "debit", "credit") == [
        ("line", "2026-04", "bank", "council", "", "1200.00"),
        ("line", "2026-04", "bank", "nhs", "", "2800.00"),
        ("line", "2026-04", "funds_held", "council", "1200.00", ""),
        ("line", "2026-04", "funds_held", "nhs", "2800.00", ""),
        ("control", "2026-04", "", "", "4000.00", "4000.00"),
    ]
    assert rows[-1]["count"] == "4"
    assert rows[0]["subjective_code"] == "40000001"
    # Four journals: the two payments went out and arrived, and what was in transit comes to nothing.
    assert (made.journals, made.lines, made.debit, made.credit) == (4, 4, pounds("4000.00"), pounds("4000.00"))
    assert made.name == "journals-0001-2026-04.csv"


def test_spending_goes_by_the_category_of_its_plan_line(spender: Spender, spent: SpendRecord) -> None:
    record_codes(spender, *ACCOUNTS)
    spender.world.do(spender.world.administrator, record_code, CARE)
    make(spender, MAY)
    bought = [row for row in rows_of(spender, 1) if row["account"] == "expenditure"]
    assert told(bought, "category", "subjective_code", "fund", "debit") == [
        ("PERSONAL_CARE", "52000001", "council", "40.00"),
        ("PERSONAL_CARE", "52000001", "nhs", "60.00"),
    ]
    assert spent.amount == pounds("100.00")


def test_what_was_sent_is_not_sent_again(spender: Spender, spent: SpendRecord) -> None:
    record_codes(spender, *ACCOUNTS)
    assert make(spender, APRIL).journals == 4
    with pytest.raises(NothingToSendError, match="Everything up to the end of April 2026 was sent before"):
        make(spender, APRIL)
    later = make(spender, MAY)
    assert (later.number, later.journals, later.debit) == (2, 1, spent.amount)
    assert {row["month"] for row in rows_of(spender, 2)} == {"2026-05"}


def test_what_came_late_goes_into_the_next_file(spender: Spender) -> None:
    record_codes(spender, *ACCOUNTS)
    make(spender, APRIL)
    spender.pay_in("500.00")
    late = make(spender, MAY)
    assert late.journals == 2
    assert {row["month"] for row in rows_of(spender, 2) if row["row"] == "line"} == {"2026-04"}


def test_without_a_code_nothing_is_sent_and_it_says_what_has_none(spender: Spender, spent: SpendRecord) -> None:
    record_codes(spender, "bank", "in_transit")
    with pytest.raises(FinanceCodeMissingError, match=r"“expenditure” of PERSONAL_CARE, fund council; .*nothing was"):
        make(spender, MAY)
    with spender.world.service.unit(spender.world.auditor) as uow:
        assert uow.session.scalars(select(SentJournal)).all() == []
    record_codes(spender, "expenditure", "funds_held")
    assert make(spender, MAY).number == 1
    assert spent.amount == pounds("100.00")


def test_a_month_that_is_not_over_has_no_file(spender: Spender) -> None:
    with pytest.raises(MonthNotOverError, match="June 2026 is not over"):
        make(spender, JUNE)


def test_two_who_make_a_file_at_once_send_each_journal_once(spender: Spender) -> None:
    record_codes(spender, *ACCOUNTS)

    def attempt(_: int) -> object:
        try:
            return make(spender, APRIL).journals
        except NothingToSendError:
            return None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4)), key=str) == [4, None, None, None]


def test_who_may_not_is_told_and_no_other_file_is_found(spender: Spender) -> None:
    with pytest.raises(MissingPermissionError):
        spender.world.do(spender.world.auditor, make_file, APRIL)
    with pytest.raises(MissingPermissionError):
        spender.world.ask(spender.world.holder, journal_file, 1)
    for number in (1, 0, 10**30):
        with pytest.raises(JournalFileNotFoundError):
            spender.world.ask(spender.world.auditor, journal_file, number)


INSERT = """
    INSERT INTO journal_file (commissioner_id, number, until_month, journals, lines, debit_pence, credit_pence, content,
        digest, made_by, made_at)
    SELECT commissioner_id, {number}, until_month, {journals}, lines, {debit}, credit_pence, {content}, digest, made_by,
        made_at FROM journal_file
"""
MORE = """
    INSERT INTO sent_journal SELECT commissioner_id, id, 1 FROM journal
    WHERE id NOT IN (SELECT journal_id FROM sent_journal) LIMIT 1
"""
USUAL = {"number": "2", "journals": "1", "debit": "debit_pence", "content": "content"}


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE journal_file SET lines = 1", "permission denied"),
        ("DELETE FROM sent_journal", "permission denied"),
        ("TRUNCATE finance_code", "permission denied"),
        (INSERT.format(**USUAL), "journal file 2 holds 0 journals and says 1"),
        (INSERT.format(**USUAL | {"debit": "debit_pence + 1"}), "ck_journal_file_balances"),
        (INSERT.format(**USUAL | {"content": "'other'::bytea"}), "ck_journal_file_digest"),
        (INSERT.format(**USUAL | {"journals": "0"}), "ck_journal_file_journals"),
        ("INSERT INTO sent_journal SELECT commissioner_id, journal_id, 2 FROM sent_journal LIMIT 1", "pk_sent_journal"),
        (
            MORE,
            "a journal file that was made takes no more journals",
        ),
    ],
)
def test_the_database_refuses_what_would_send_twice_or_change_what_was_sent(
    spender: Spender, statement: str, words: str
) -> None:
    record_codes(spender, *ACCOUNTS)
    make(spender, APRIL)
    with pytest.raises(DBAPIError, match=words), spender.world.service.unit(spender.world.finance) as uow:
        uow.session.execute(text(statement))


CHANGES = ("UPDATE {} SET commissioner_id = commissioner_id", "DELETE FROM {}", "TRUNCATE {} CASCADE")


@pytest.mark.parametrize("table", ["journal_file", "sent_journal", "finance_code"])
@pytest.mark.parametrize("change", CHANGES)
def test_not_even_the_owner_changes_what_was_sent(
    spender: Spender, owner: sessionmaker[Session], table: str, change: str
) -> None:
    record_codes(spender, *ACCOUNTS)
    make(spender, APRIL)
    with owner() as session:
        names = {"id": str(spender.world.service.commissioner_id)}
        session.execute(text("SELECT set_config('phb.commissioner_id', :id, true)"), names)
        with pytest.raises(DBAPIError, match="rows are never changed or removed"):
            session.execute(text(change.format(table)))
