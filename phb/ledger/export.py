"""Write the books into an archive that anybody can check with Python alone: docs/check-the-books.md says how."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from phb.core.actor import Permission
from phb.core.merkle import path_of
from phb.core.uow import UnitOfWork
from phb.ledger import checker
from phb.ledger.models import (
    EventLine,
    JournalLine,
    PeriodBalance,
    PeriodStep,
    PlanLinePosition,
    PotPosition,
    Seal,
    SealBlock,
)
from phb.ledger.periods import Stage, Step, last_step, stage_of
from phb.ledger.sealing import Stream

FORMAT = "phb-archive-1"
AT_ONCE = 5_000
FILES = {Stream.JOURNALS: "journals.jsonl", Stream.AUDIT_EVENTS: "audit_events.jsonl"}
README = """This is an archive of the books of a commissioner of personal health budgets, or of one budget.
Check it with Python 3.9 or newer, without the program that wrote it:

    python check.py THIS_ARCHIVE HEADS...

HEADS are the files of heads that you kept from earlier days. Read check.py first: it is short, and uses nothing else.
"""

FORMS = {stream: text(f"SELECT form FROM {stream}_form(:own, :ids) ORDER BY n") for stream in Stream}  # noqa: S608 - names of ours
UNSEALED = """
    SELECT r.id FROM {stream} r
    WHERE NOT EXISTS (SELECT FROM seal s WHERE s.stream = '{stream}' AND s.subject_id = r.id) ORDER BY r.txid, r.id
"""
TRIAL_BALANCE = """
    SELECT layer, account, fund, sum(pence)::bigint AS pence FROM journal_line
    WHERE CAST(:budget AS uuid) IS NULL OR budget_id = :budget GROUP BY layer, account, fund
"""


class _Entry(NamedTuple):
    place: int | None
    subject_id: UUID
    leaf: bytes | None


Progress = Callable[[int, int], None]


def export(
    uow: UnitOfWork,
    out: IO[bytes],
    *,
    budget_id: UUID | None = None,
    statements: Iterable[dict[str, Any]] = (),
    told: Progress | None = None,
) -> int:
    """Write the books, or what concerns one budget, into a zip file; return the number of journals.

    Args:
        uow: with one view of everything (`begin(one_view=True)`), so that balances and journals are of one instant.
        out: where the file goes.
        budget_id: whose journals alone are written, each with the path that ties it to its block.
        statements: what statements that were shown told of where a budget stood; see phb.statements.shown.
        told: called with how many journals are written, and of how many.
    """
    uow.actor.require(Permission.LEDGER_READ)
    session = uow.session
    manifest = {
        "format": FORMAT,
        "commissioner_id": str(uow.commissioner_id),
        "budget_id": str(budget_id) if budget_id else None,
        "made_at": uow.now.isoformat(),
    }
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README)
        archive.writestr("check.py", Path(checker.__file__).read_text(encoding="utf-8"))
        archive.writestr("manifest.json", json.dumps(manifest, indent=2))
        archive.writestr("events.json", json.dumps(_rows(session, select(EventLine.__table__)), indent=1))
        archive.writestr("trial_balance.json", json.dumps(_trial_balance(session, budget_id), indent=1))
        archive.writestr("positions.json", json.dumps(_positions(session, budget_id), indent=1))
        archive.writestr("months.json", json.dumps(_months(session) if budget_id is None else [], indent=1))
        _write(archive, "statements.jsonl", iter(statements))
        _write(archive, "blocks.jsonl", _blocks(session))
        audit_events = _entries(session, uow.commissioner_id, Stream.AUDIT_EVENTS) if budget_id is None else iter(())
        _write(archive, FILES[Stream.AUDIT_EVENTS], audit_events)
        journals = _entries(session, uow.commissioner_id, Stream.JOURNALS, budget_id, told)
        return _write(archive, FILES[Stream.JOURNALS], journals)


def _write(archive: ZipFile, name: str, rows: Iterator[dict[str, Any]]) -> int:
    count = 0
    with archive.open(name, "w", force_zip64=True) as file:
        for row in rows:
            file.write(json.dumps(row).encode() + b"\n")
            count += 1
    return count


def _entries(
    session: Session, own: UUID, stream: Stream, budget_id: UUID | None = None, told: Progress | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the entries of a stream in the order of their running numbers, then those that have none yet."""
    wanted = _of_budget(session, budget_id) if budget_id else None
    query = select(Seal.place, Seal.subject_id, Seal.leaf).where(Seal.stream == stream).order_by(Seal.place)
    entries = [_Entry(*row) for row in session.execute(query)]
    entries += [_Entry(None, subject_id, None) for subject_id in session.scalars(text(UNSEALED.format(stream=stream)))]
    entries = [entry for entry in entries if wanted is None or entry.subject_id in wanted]
    paths = _paths(session, [entry.place for entry in entries if entry.place]) if budget_id else {}
    for start in range(0, len(entries), AT_ONCE):
        part = entries[start : start + AT_ONCE]
        forms = session.scalars(FORMS[stream], {"own": own, "ids": [entry.subject_id for entry in part]})
        for entry, form in zip(part, forms, strict=True):
            row = {"place": entry.place, "leaf": entry.leaf.hex() if entry.leaf else None, "form": form}
            yield row | ({"path": paths[entry.place]} if entry.place in paths else {})
        if told:
            told(start + len(part), len(entries))


def _of_budget(session: Session, budget_id: UUID) -> set[UUID]:
    return set(session.scalars(select(JournalLine.journal_id).where(JournalLine.budget_id == budget_id).distinct()))


def _paths(session: Session, places: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """Return the path of each place up to the root of its block."""
    found = {}
    for block in session.scalars(select(SealBlock).where(SealBlock.stream == Stream.JOURNALS)):
        own = [place for place in places if block.first_place <= place <= block.last_place]
        if not own:
            continue
        within = (Seal.stream == Stream.JOURNALS) & Seal.place.between(block.first_place, block.last_place)
        leaves = session.scalars(select(Seal.leaf).where(within).order_by(Seal.place)).all()
        for place in own:
            steps = path_of(leaves, place - block.first_place)
            found[place] = [("left" if step.is_left else "right", step.node.hex()) for step in steps]
    return found


def _blocks(session: Session) -> Iterator[dict[str, Any]]:
    for block in session.scalars(select(SealBlock).order_by(SealBlock.stream, SealBlock.number)):
        yield {
            "stream": block.stream,
            "number": block.number,
            "first_place": block.first_place,
            "last_place": block.last_place,
            "root": block.root.hex(),
            "head": block.head.hex(),
        }


def _trial_balance(session: Session, budget_id: UUID | None) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(text(TRIAL_BALANCE), {"budget": budget_id}).mappings()]


def _months(session: Session) -> list[dict[str, Any]]:
    """Return the months that are closed for good, each with the trial balance that was stored when it was closed."""
    stands = last_step(session)
    closings = session.scalars(
        select(PeriodStep).where(PeriodStep.step == Step.CLOSE_FOR_GOOD).order_by(PeriodStep.ordinal)
    )
    newest = {closing.month: closing for closing in closings}
    row = PeriodBalance
    return [
        {
            "month": month.isoformat(),
            "digest": (closing.digest or b"").hex(),
            "balances": _rows(
                session, select(row.layer, row.account, row.fund, row.pence).where(row.ordinal == closing.ordinal)
            ),
        }
        for month, closing in sorted(newest.items())
        if stage_of(stands, month) is Stage.CLOSED
    ]


def _positions(session: Session, budget_id: UUID | None) -> dict[str, list[dict[str, Any]]]:
    plan_lines, pots = select(PlanLinePosition.__table__), select(PotPosition.__table__)
    if budget_id:
        plan_lines = plan_lines.where(PlanLinePosition.budget_id == budget_id)
        pots = pots.where(PotPosition.budget_id == budget_id)
    return {"plan_lines": _rows(session, plan_lines), "pots": _rows(session, pots)}


def _rows(session: Session, query: Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    rows = session.execute(query).mappings()
    return [{name: str(value) if isinstance(value, UUID) else value for name, value in row.items()} for row in rows]
