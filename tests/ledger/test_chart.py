"""The words of the chart and the database's event table tell the same."""

from sqlalchemy import select

from phb.ledger.chart import LAYERS, Account, JournalKind
from phb.ledger.models import EventLine
from tests.ledger.conftest import Books


def event_lines(books: Books) -> list[EventLine]:
    """Return the whole event table."""
    return books.ask(lambda session: list(session.scalars(select(EventLine))))


def test_every_kind_of_journal_is_in_the_event_table(books: Books) -> None:
    assert {line.kind for line in event_lines(books)} == set(JournalKind)


def test_every_account_is_in_the_event_table(books: Books) -> None:
    assert {line.account for line in event_lines(books)} == set(Account)


def test_every_account_lies_in_the_layer_of_the_event_table(books: Books) -> None:
    assert {(line.account, line.layer) for line in event_lines(books)} == {*LAYERS.items()}


def test_every_kind_of_journal_has_a_debit_and_a_credit_in_each_layer(books: Books) -> None:
    sides: dict[tuple[str, int], set[str]] = {}
    for line in event_lines(books):
        sides.setdefault((line.kind, line.layer), set()).add(line.side)
    assert all(both >= {"debit", "credit"} or "either" in both for both in sides.values())
