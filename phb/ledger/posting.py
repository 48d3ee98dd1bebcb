"""Post entries and reverse them: the only way lines come into the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from phb.core.period import Period
from phb.core.uow import UnitOfWork
from phb.ledger import queries
from phb.ledger.chart import LAYERS, Account, JournalKind
from phb.ledger.entry import Entry, Heading, Line, Source
from phb.ledger.models import JournalLine
from phb.ledger.refusals import explained

POST = text(
    "SELECT place, journal_id, replayed FROM post_journals(:recorded_at,"
    " :keys, :hashes, :kinds, :effective, :narrations, :source_kinds, :source_ids, :prepared, :approved, :reverses,"
    " :line_counts, :places, :ordinals, :line_kinds, :line_dates, :accounts, :layers, :funds, :pence, :years,"
    " :budgets, :pots, :plan_lines, :commitments, :counterparties, :covers, :adjusts)"
)


@dataclass(frozen=True)
class Posted:
    """A journal in the books; `replayed` where the same key had posted it before."""

    journal_id: UUID
    replayed: bool


def post(uow: UnitOfWork, entry: Entry, *, key: UUID | None = None, adjusts: bool = False) -> Posted:
    """Post one entry; see post_batch()."""
    return post_batch(uow, [entry], keys=[key or uow.next_key()], adjusts=adjusts)[0]


def post_batch(
    uow: UnitOfWork, entries: Sequence[Entry], *, keys: Sequence[UUID] | None = None, adjusts: bool = False
) -> list[Posted]:
    """Post entries in one call, all or none, and return a journal for each in the same order.

    Args:
        uow: whose instant the journals are recorded at.
        entries: any number.
        keys: one for each entry, unique for the commissioner for ever; derived from the request when left out.
        adjusts: report them in their own months, where these are closed but not for good; otherwise the first open
            month reports what comes late.

    Raises:
        TooLittleLeftError: a plan line would fall below its tolerance.
        NotPayableError: a pot would be paid twice.
        CommitmentUsedUpError, CommitmentExpiredError: more is used than is open, or too late.
        KeyReusedError: a key came back with another entry.
        MonthClosedError: an entry adjusts a month that is closed for good.
        UnsoundEntryError: an entry does not follow the event table or does not balance.
    """
    if not entries:
        return []
    uuids = keys or [uow.next_key() for _ in entries]
    columns = {name: _as_array(values) for name, values in columns_of(uow, entries, uuids).items()}
    with explained():
        rows = uow.session.execute(POST, columns | {"recorded_at": uow.now, "adjusts": adjusts}).all()
    return [Posted(row.journal_id, row.replayed) for row in rows]


def reverse(uow: UnitOfWork, journal_id: UUID, *, reason: str, approved_by: UUID | None = None) -> Posted:
    """Post the mirror of a journal, dated today, and link the two.

    Raises:
        JournalNotFoundError: there is none.
        ReversedAlreadyError: it was reversed before.
    """
    found = queries.journal(uow.session, journal_id)
    journal = found.journal
    heading = Heading(uow.today, reason, Source(journal.source_kind, journal.source_id), approved_by=approved_by)
    mirror = tuple(_line(row).mirrored() for row in found.lines)
    return post(uow, Entry(JournalKind(journal.kind), heading, mirror, reverses_id=journal_id))


def _line(row: JournalLine) -> Line:
    covers = (
        Period(row.covers.lower, row.covers.upper) if row.covers and row.covers.lower and row.covers.upper else None
    )
    return Line(
        Account(row.account),
        row.fund,
        row.pence,
        row.year,
        row.budget_id,
        row.pot_id,
        row.plan_line_id,
        row.commitment_id,
        row.counterparty_id,
        covers,
    )


def columns_of(uow: UnitOfWork, entries: Sequence[Entry], keys: Sequence[UUID]) -> dict[str, list[object]]:
    """Return what the database posts entries from: for each column of journals and lines, its values in order."""
    return _journal_columns(uow, entries, keys) | _line_columns(entries)


def _journal_columns(uow: UnitOfWork, entries: Sequence[Entry], keys: Sequence[UUID]) -> dict[str, list[object]]:
    headings = [entry.heading for entry in entries]
    return {
        "keys": list(keys),
        "hashes": [entry.digest() for entry in entries],
        "kinds": [str(entry.kind) for entry in entries],
        "effective": [heading.effective_on for heading in headings],
        "narrations": [heading.narration for heading in headings],
        "source_kinds": [heading.source.kind for heading in headings],
        "source_ids": [heading.source.id for heading in headings],
        "prepared": [heading.prepared_by or uow.actor.user_id for heading in headings],
        "approved": [heading.approved_by for heading in headings],
        "reverses": [entry.reverses_id for entry in entries],
        "line_counts": [len(entry.lines) for entry in entries],
    }


def _line_columns(entries: Sequence[Entry]) -> dict[str, list[object]]:
    placed = [(place, entry) for place, entry in enumerate(entries, start=1) for _ in entry.lines]
    lines = [line for entry in entries for line in entry.lines]
    return {
        "places": [place for place, _ in placed],
        "ordinals": [ordinal for entry in entries for ordinal, _ in enumerate(entry.lines, start=1)],
        "line_kinds": [str(entry.kind) for _, entry in placed],
        "line_dates": [entry.heading.effective_on for _, entry in placed],
        "accounts": [str(line.account) for line in lines],
        "layers": [int(LAYERS[line.account]) for line in lines],
        "funds": [line.fund for line in lines],
        "pence": [line.pence for line in lines],
        "years": [line.year for line in lines],
        "budgets": [line.budget_id for line in lines],
        "pots": [line.pot_id for line in lines],
        "plan_lines": [line.plan_line_id for line in lines],
        "commitments": [line.commitment_id for line in lines],
        "counterparties": [line.counterparty_id for line in lines],
        "covers": [_as_range(line.covers) for line in lines],
    }


def _as_array(values: list[object]) -> str:
    """Return values as PostgreSQL writes an array of any type; the driver's own way costs as much as the posting."""
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str | bytes):
        escaped = as_text(value).replace("\\", r"\\").replace('"', r"\"")
        return f'"{escaped}"'
    return str(value)


def as_text(value: object) -> str:
    """Return a value of a column as PostgreSQL reads it."""
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)


def _as_range(period: Period | None) -> str | None:
    return None if period is None else f"[{period.start_on},{period.end_on})"
