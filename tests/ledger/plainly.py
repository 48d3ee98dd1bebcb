"""Write journals by plain statements, to try the guards and as the oracle of the posting function."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import Connection, Engine, insert, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError

from phb.ledger.chart import LAYERS
from phb.ledger.entry import Entry, Line
from phb.ledger.models import Journal, JournalLine
from tests.ledger.conftest import Books

Row = dict[str, Any]


def journal_row(books: Books, entry: Entry, **changes: object) -> Row:
    """Return an entry's journal as a row, with some of its columns changed."""
    heading = entry.heading
    row = {
        "commissioner_id": books.actor.commissioner_id,
        "id": uuid4(),
        "key": uuid4(),
        "request_hash": entry.digest(),
        "kind": str(entry.kind),
        "effective_on": heading.effective_on,
        "recorded_at": datetime(2026, 4, 1, 12, tzinfo=UTC),
        "narration": heading.narration,
        "source_kind": heading.source.kind,
        "source_id": heading.source.id,
        "prepared_by": heading.prepared_by or books.actor.user_id,
        "approved_by": heading.approved_by,
        "reverses_id": entry.reverses_id,
        "line_count": len(entry.lines),
    }
    return row | changes


def line_rows(journal: Row, lines: Sequence[Line], **changes: object) -> list[Row]:
    """Return lines of a journal as rows, each with some of its columns changed."""
    return [_line_row(journal, ordinal, line) | changes for ordinal, line in enumerate(lines, start=1)]


def _line_row(journal: Row, ordinal: int, line: Line) -> Row:
    covers = line.covers
    return {
        "commissioner_id": journal["commissioner_id"],
        "journal_id": journal["id"],
        "ordinal": ordinal,
        "kind": journal["kind"],
        "effective_on": journal["effective_on"],
        "account": str(line.account),
        "layer": int(LAYERS[line.account]),
        "fund": line.fund,
        "pence": line.pence,
        "year": line.year,
        "budget_id": line.budget_id,
        "pot_id": line.pot_id,
        "plan_line_id": line.plan_line_id,
        "commitment_id": line.commitment_id,
        "counterparty_id": line.counterparty_id,
        "covers": Range(covers.start_on, covers.end_on) if covers else None,
    }


def with_pence(entry: Entry, place: int, pence: int) -> Entry:
    """Return an entry with other pence on one of its lines."""
    lines = list(entry.lines)
    lines[place] = replace(lines[place], pence=pence)
    return replace(entry, lines=tuple(lines))


@dataclass(frozen=True)
class PlainSql:
    """Runs statements in transactions of their own, as one role, for one commissioner."""

    engine: Engine
    books: Books

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open a transaction that sees the books' commissioner."""
        with self.engine.begin() as connection:
            setting = {"id": str(self.books.actor.commissioner_id)}
            connection.execute(text("SELECT set_config('phb.commissioner_id', :id, true)"), setting)
            yield connection

    def run(self, statement: str, **values: object) -> None:
        """Run one statement; `:commissioner` is the books' commissioner."""
        with self.transaction() as connection:
            connection.execute(text(statement), {"commissioner": self.books.actor.commissioner_id, **values})

    def post(self, entry: Entry, **changes: object) -> UUID:
        """Post an entry whole, in one statement, and return the journal's id."""
        journal = journal_row(self.books, entry, **changes)
        self.insert(journal, line_rows(journal, entry.lines))
        return UUID(str(journal["id"]))

    def insert(self, journal: Row | None, lines: Sequence[Row]) -> None:
        """Insert a journal and lines in one statement, either of them absent where there is none."""
        with self.transaction() as connection:
            insert_rows(connection, journal, lines)


def insert_rows(connection: Connection, journal: Row | None, lines: Sequence[Row]) -> None:
    """Insert a journal and lines in one statement of an open transaction."""
    journals = insert(Journal).values(journal) if journal else None
    if not lines:
        assert journals is not None
        connection.execute(journals)
        return
    statement = insert(JournalLine).values(list(lines))
    connection.execute(statement if journals is None else statement.add_cte(journals.cte("posted")))


@contextmanager
def refused(*states: str, because: str | None = None) -> Iterator[None]:
    """Expect the database to refuse what the block does, with one of these SQLSTATEs and these words."""
    with pytest.raises(DBAPIError, match=because) as error:
        yield
    assert isinstance(error.value.orig, psycopg.Error)
    assert error.value.orig.sqlstate in states, error.value


def plant(administrator: Engine, books: Books, statement: str) -> None:
    """Run a statement with no trigger and no row-level security in its way; it names the books' ids."""
    values = {
        "commissioner": books.actor.commissioner_id,
        "care": books.care.plan_line_id,
        "pot": books.pot_id,
        "notional_pot": books.notional_pot_id,
        "nobody": UUID(int=0),
    }
    named = {name: value for name, value in values.items() if f":{name}" in statement}
    with administrator.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        assert connection.execute(text(statement), named).rowcount > 0
