"""hledger and ledger read the plain-text rendering and come to our balances; `make interop` runs this."""

import csv
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from phb.ledger.plain_text import Dialect, plain_text
from tests.ledger.conftest import Books
from tests.ledger.lived import balances, live

READERS = {
    "hledger": ["hledger", "balance", "--flat", "--no-total", "--output-format", "csv", "-f"],
    "ledger": ["ledger", "balance", "--flat", "--no-total", "--format", "%(account),%(display_total)\\n", "-f"],
}


@pytest.mark.parametrize("program", READERS)
def test_a_program_comes_to_our_balances(program: str, session_factory: sessionmaker[Session], tmp_path: Path) -> None:
    books = Books(session_factory)
    books.open()
    books.allocate()
    live(books)
    file = tmp_path / "books.journal"
    file.write_text("".join(books.ask(lambda session: list(plain_text(session, Dialect.LEDGER)))))
    done = subprocess.run([*READERS[program], str(file)], check=True, capture_output=True, text=True)  # noqa: S603 - our own words
    rows = [row for row in csv.reader(done.stdout.splitlines()) if row and row[0] != "account"]
    told = {name: Decimal(amount.removesuffix(" GBP")) for name, amount in rows if amount not in {"", "0"}}
    assert told == balances(books)
