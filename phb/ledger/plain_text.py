"""The books as plain-text accounting, for beancount, hledger and ledger: one transaction for each journal."""

from collections.abc import Iterator
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from phb.core.money import PENCE_IN_A_POUND
from phb.ledger.chart import LAYERS, Account, Layer
from phb.ledger.models import JournalLine

AT_ONCE = 5_000


class Dialect(StrEnum):
    """Whose plain text it is; hledger and ledger read the same."""

    BEANCOUNT = "beancount"
    LEDGER = "ledger"


# Plain-text accounting wants every account under one of five roots; what is agreed, promised or disputed is nobody's
# money, and stands under equity.
ROOTS = {
    "Expenses": {Account.EXPENDITURE, Account.LOSSES, Account.LEFT_WITH_HOLDER, Account.BALANCES_MOVED_OUT},
    "Income": {Account.FUNDING, Account.CONTRIBUTION, Account.BALANCES_MOVED_IN},
    "Liabilities": {
        Account.CREDITOR,
        Account.SPENT_NOT_YET_PAID,
        Account.DUE_TO_FUNDER,
        Account.DUE_TO_FUND,
        Account.DUE_TO_COMMISSIONER,
        Account.CAME_BACK,
    },
}


def name_of(account: Account, fund: str) -> str:
    """Return what an account of one fund is called: "Expenses:Actual:Expenditure:Nhs"."""
    layer = LAYERS[account]
    root = "Equity" if layer is not Layer.ACTUAL else "Assets"
    root = next((name for name, accounts in ROOTS.items() if account in accounts), root)
    return ":".join([root, *(word.title().replace("_", "-") for word in (layer.name, account, fund))])


def plain_text(session: Session, dialect: Dialect) -> Iterator[str]:
    """Yield the books in parts: the accounts first where the dialect wants them opened, then each journal by its day.

    Every query should see the same instant: see begin(one_view=True).
    """
    if dialect is Dialect.BEANCOUNT:
        yield from _opened(session)
    row, before = JournalLine, None
    lines = select(row).order_by(row.effective_on, row.journal_id, row.ordinal).execution_options(yield_per=AT_ONCE)
    for line in session.scalars(lines):
        if line.journal_id != before:
            before = line.journal_id
            yield _heading(dialect, line)
        yield f"  {name_of(Account(line.account), line.fund)}  {_amount(line.pence)} GBP\n"


def _opened(session: Session) -> Iterator[str]:
    query = select(JournalLine.account, JournalLine.fund).distinct().order_by(JournalLine.account, JournalLine.fund)
    for account, fund in session.execute(query):
        yield f"1990-01-01 open {name_of(Account(account), fund)} GBP\n"


def _heading(dialect: Dialect, line: JournalLine) -> str:
    words = line.kind.replace("_", " ").capitalize()
    if dialect is Dialect.BEANCOUNT:
        return f'\n{line.effective_on} * "{words}" "{line.journal_id}"\n'
    return f"\n{line.effective_on} * ({line.journal_id}) {words}\n"


def _amount(pence: int) -> str:
    """Return pence as a decimal number of pounds."""
    return f"{'-' if pence < 0 else ''}{abs(pence) // PENCE_IN_A_POUND}.{abs(pence) % PENCE_IN_A_POUND:02d}"
