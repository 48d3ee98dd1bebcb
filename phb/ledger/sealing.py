"""Seal journals and audit events in blocks, and prove that one of them is under a published head."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import URL, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from phb.core.database import make_engine
from phb.core.errors import NotFoundError
from phb.core.merkle import Step, path_of
from phb.core.roles import OWNER
from phb.core.uow import UnitOfWork
from phb.ledger.models import Seal, SealBlock
from phb.ledger.refusals import explained

LARGEST_BLOCK = 10_000  # leaves; a transaction that is larger makes one larger block

BEGIN_EPOCH = text("INSERT INTO seal_epoch VALUES (current_epoch() + 1, :now) RETURNING number")
SEAL = text("SELECT seal_books(:stream, :now, :most)")


class Stream(StrEnum):
    """What is sealed, each in a chain of its own."""

    JOURNALS = "journal"
    AUDIT_EVENTS = "audit_event"


class NotSealedError(NotFoundError):
    """There is no such journal, or no block has taken it yet."""

    code = "not-sealed"


@dataclass(frozen=True)
class Head:
    """The newest block of a stream: whoever keeps it can tell later whether anything up to `last_place` was changed."""

    stream: Stream
    block: int
    last_place: int
    head: bytes
    sealed_at: datetime

    def told(self) -> dict[str, str | int]:
        """Return the head as it is published: checker.py reads it so."""
        return {
            "stream": self.stream.value,
            "block": self.block,
            "last_place": self.last_place,
            "head": self.head.hex(),
            "sealed_at": self.sealed_at.isoformat(),
        }


@dataclass(frozen=True)
class Proof:
    """That one leaf is under the head of its block: `earlier_head` is None for the first block."""

    place: int
    leaf: bytes
    path: Sequence[Step]
    block: int
    root: bytes
    earlier_head: bytes | None
    head: bytes


def seal(uow: UnitOfWork) -> dict[Stream, int]:
    """Seal everything that can no longer be preceded by anything, and return how many of each were sealed.

    Raises:
        RestoredError: the database was restored from a backup, and begin_epoch() was not called.
    """
    with explained():
        return {stream: _seal(uow, stream) for stream in Stream}


def begin_epoch(url: URL, now: datetime) -> int:
    """Begin an epoch after the database was restored from a backup, and return its number.

    The server it was restored on counts transactions anew, so what came with the backup is told from what is posted
    later by its epoch alone.
    """
    with make_engine(url, role=OWNER, pooled=False).begin() as connection:
        number = int(connection.scalar(BEGIN_EPOCH, {"now": now}) or 0)
        for stream in Stream:
            connection.execute(text(f"ALTER TABLE {stream} ALTER COLUMN epoch SET DEFAULT {number}"))
    return number


def _seal(uow: UnitOfWork, stream: Stream) -> int:
    names = {"stream": stream, "now": uow.now, "most": LARGEST_BLOCK}
    sealed = 0
    while taken := int(uow.session.scalar(SEAL, names) or 0):
        sealed += taken
    return sealed


def heads(session: Session) -> list[Head]:
    """Return the newest head of each stream that has one."""
    row = SealBlock
    newest = select(row).ext(distinct_on(row.stream)).order_by(row.stream, row.number.desc())
    blocks = session.scalars(newest)
    return [Head(Stream(block.stream), block.number, block.last_place, block.head, block.sealed_at) for block in blocks]


def proof_of(session: Session, journal_id: UUID) -> Proof:
    """Return the proof that a journal is sealed.

    Raises:
        NotSealedError: there is no such journal, or no block has taken it yet.
    """
    own = Seal.stream == Stream.JOURNALS
    sealed = session.scalars(select(Seal).where(own, Seal.subject_id == journal_id)).first()
    if sealed is None:
        raise NotSealedError("This journal has no seal. Check its number, or wait until the books are sealed next.")
    row = SealBlock
    of_stream = row.stream == Stream.JOURNALS
    block = session.scalars(select(row).where(of_stream, row.last_place >= sealed.place).order_by(row.number)).first()
    if block is None:
        raise NotSealedError("The block of this journal is missing. Verify the books.")
    within = Seal.place.between(block.first_place, block.last_place)
    leaves = session.scalars(select(Seal.leaf).where(own, within).order_by(Seal.place)).all()
    earlier = session.scalar(select(row.head).where(of_stream, row.number == block.number - 1))
    path = path_of(leaves, sealed.place - block.first_place)
    return Proof(sealed.place, sealed.leaf, path, block.number, block.root, earlier, block.head)
